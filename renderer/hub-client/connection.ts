import type { ErrorCode, Problem } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';

/**
 * The page's line to the hub. `connecting`: never had it yet. `stale`: had it and lost it, what is shown is old since `since`.
 * `incompatible`: the hub speaks another protocol, the page must be loaded anew. `refused`: the hub does not let this page in
 * (no session, session ended); it is asked again now and then.
 */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'stale'; readonly since: EpochMs }
  | { readonly kind: 'incompatible' }
  | { readonly kind: 'refused'; readonly reason: Problem };

/** What happens to the line. `silent`: connected, but the hub has not answered for too long. */
export type ConnectionEvent =
  | { readonly kind: 'welcomed' }
  | { readonly kind: 'answered' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'refused'; readonly reason: Problem };

/** Refusals that only mean "not now": the page keeps showing what it has and goes on trying. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'unavailable',
  'shutting-down',
  'too-many-requests',
  'internal-error',
  'deadline-exceeded',
]);

/** The next state of the line. */
export function nextConnection(state: Connection, event: ConnectionEvent, now: EpochMs): Connection {
  switch (event.kind) {
    case 'welcomed':
      return { kind: 'live' };
    case 'answered':
      return state.kind === 'stale' ? { kind: 'live' } : state;
    case 'silent':
    case 'lost':
      return state.kind === 'live' ? { kind: 'stale', since: now } : state;
    case 'refused':
      if (event.reason.code === 'protocol-incompatible') return { kind: 'incompatible' };
      if (passing.has(event.reason.code)) return state.kind === 'live' ? { kind: 'stale', since: now } : state;
      return { kind: 'refused', reason: event.reason };
  }
}
