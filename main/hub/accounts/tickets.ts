import { createHash, randomBytes } from 'node:crypto';
import type { UserId } from '../../contract/ids.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';

/** What a one-time link opens. */
export type TicketPurpose =
  | { readonly kind: 'console'; readonly userId: UserId }
  | { readonly kind: 'wall'; readonly wallId: string; readonly screenId: string };

/** One-time links: in memory only, so a restart of the hub voids them; each opens one session, once, within ten minutes. */
export interface Tickets {
  issue(purpose: TicketPurpose): { readonly ticket: string; readonly expiresAt: EpochMs };
  /** Uses the ticket up, whatever it was for; `null` when it was used before, is too old, or never existed. */
  redeem(ticket: string): TicketPurpose | null;
  /** The links that open a wall, or one of its screens, open nothing any more. */
  voidOfWall(wallId: string, screenId: string | null): void;
}

const lifetimeMs = 10 * 60_000;
const heldAtMost = 1000;

export function createTickets(clock: Clock): Tickets {
  const held = new Map<string, { readonly purpose: TicketPurpose; readonly until: number }>();
  const digest = (ticket: string) => createHash('sha256').update(ticket).digest('base64url');

  return {
    issue(purpose) {
      const ticket = randomBytes(32).toString('base64url');
      if (held.size >= heldAtMost) held.delete(held.keys().next().value!);
      held.set(digest(ticket), { purpose, until: clock.monotonic() + lifetimeMs });
      return { ticket, expiresAt: clock.now() + lifetimeMs };
    },
    redeem(ticket) {
      const key = digest(ticket);
      const found = held.get(key);
      held.delete(key);
      return found && clock.monotonic() < found.until ? found.purpose : null;
    },
    voidOfWall(wallId, screenId) {
      for (const [key, { purpose }] of held)
        if (purpose.kind === 'wall' && purpose.wallId === wallId && (screenId === null || purpose.screenId === screenId)) held.delete(key);
    },
  };
}
