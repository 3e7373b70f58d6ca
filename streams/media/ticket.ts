import { createHmac, timingSafeEqual } from 'node:crypto';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';

/** What a ticket says: whoever shows it may open one playback of this lease, once, until then. */
export interface Ticket {
  readonly leaseId: string;
  /** Makes every ticket different, so that its use can be remembered. */
  readonly nonce: string;
  readonly expiresAt: EpochMs;
}

/** Why a ticket is not taken. `invalid` covers everything a forger could probe: shape, signature, an absurd life. */
export type TicketFault = 'invalid' | 'expired';

/** The longest life of a ticket. */
export const ticketLifeMs = 60_000;

/** How far the hub's and the relay's clocks may differ. */
const clockSkewMs = 5_000;
const longestTicket = 512;

/**
 * Signs a ticket: `base64url(leaseId/nonce/expiresAt) . base64url(HMAC-SHA256)`. `key` is the secret of this launch.
 * Neither `leaseId` nor `nonce` may hold a slash.
 */
export function signTicket(key: Buffer, ticket: Ticket): string {
  const said = Buffer.from(`${ticket.leaseId}/${ticket.nonce}/${ticket.expiresAt}`).toString('base64url');
  return `${said}.${seal(key, said).toString('base64url')}`;
}

/** Checks signature and time; that it is used once only is for the caller to remember, until `expiresAt`. */
export function verifyTicket(key: Buffer, text: string, now: EpochMs): Result<Ticket, TicketFault> {
  if (text.length > longestTicket) return err('invalid');
  const dot = text.indexOf('.');
  if (dot < 0) return err('invalid');
  const said = text.slice(0, dot);
  const shown = text.slice(dot + 1);
  const expected = seal(key, said);
  const given = Buffer.from(shown, 'base64url');
  // Compared in its one canonical spelling too: base64 decoders ignore stray characters and left-over bits.
  if (given.length !== expected.length || !timingSafeEqual(given, expected) || expected.toString('base64url') !== shown)
    return err('invalid');
  const [leaseId, nonce, until, ...rest] = Buffer.from(said, 'base64url').toString().split('/');
  const expiresAt = Number(until);
  if (!leaseId || !nonce || rest.length > 0 || !Number.isSafeInteger(expiresAt)) return err('invalid');
  if (expiresAt > now + ticketLifeMs + clockSkewMs) return err('invalid');
  return expiresAt <= now ? err('expired') : ok({ leaseId, nonce, expiresAt });
}

const seal = (key: Buffer, said: string): Buffer => createHmac('sha256', key).update('taodu ticket\n').update(said).digest();

/** Remembers used nonces until their tickets expire anyway. When it is full, nothing more is taken: forgetting would allow a second use. */
export class UsedTickets {
  readonly #until = new Map<string, EpochMs>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** Marks the ticket as used; `'full'` when no more can be remembered. */
  use(ticket: Ticket): 'first' | 'used' | 'full' {
    if (this.#until.has(ticket.nonce)) return 'used';
    if (this.#until.size >= this.#max) return 'full';
    this.#until.set(ticket.nonce, ticket.expiresAt);
    return 'first';
  }

  /** The use came to nothing (the camera did not start): the same ticket may be tried again. */
  giveBack(ticket: Ticket): void {
    this.#until.delete(ticket.nonce);
  }

  sweep(now: EpochMs): void {
    for (const [nonce, until] of this.#until) {
      if (until <= now) this.#until.delete(nonce);
    }
  }

  get size(): number {
    return this.#until.size;
  }
}
