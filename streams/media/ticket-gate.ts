import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { RelayCounters } from './relay-counters.ts';
import { ticketLifeMs, UsedTickets, verifyTicket, type Ticket } from './ticket.ts';

const ticketsRemembered = 65_536;

/** Takes tickets for all doors of one relay, so that each of them opens one playback in all. */
export class TicketGate {
  readonly #used = new UsedTickets(ticketsRemembered);
  readonly #key: Buffer;
  readonly #clock: Clock;
  readonly #counters: Pick<RelayCounters, 'ticketsRefused'>;
  readonly #startedAt: number;

  constructor(key: Buffer, clock: Clock, counters: Pick<RelayCounters, 'ticketsRefused'>) {
    this.#key = key;
    this.#clock = clock;
    this.#counters = counters;
    this.#startedAt = clock.now();
  }

  /** The ticket, used from now on. Errors: `ticket-refused` with its `reason`; `relay-overloaded`, which leaves it unused. */
  take(text: string): Result<Ticket, Problem> {
    const ticket = verifyTicket(this.#key, text, this.#clock.now());
    if (!ticket.ok) return err(this.refuse(ticket.error));
    // A relay that was started again does not know which of the older tickets were used.
    if (ticket.value.expiresAt - ticketLifeMs < this.#startedAt) return err(this.refuse('older-than-relay'));
    const use = this.#used.use(ticket.value);
    if (use === 'used') return err(this.refuse('used'));
    return use === 'full' ? err(problem('relay-overloaded')) : ok(ticket.value);
  }

  /** Why a ticket opens nothing; counted. */
  refuse(reason: string): Problem {
    this.#counters.ticketsRefused += 1;
    return problem('ticket-refused', { reason });
  }

  /** The use came to nothing: the same ticket may be tried again. */
  giveBack(ticket: Ticket): void {
    this.#used.giveBack(ticket);
  }

  /** Forgets what need not be remembered any more. */
  sweep(): void {
    this.#used.sweep(this.#clock.now());
  }
}
