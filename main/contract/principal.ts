import type { SessionId, UnitId, UserId } from './ids.ts';
import type { Permission, Role } from './permissions.ts';
import type { Scope } from './scope.ts';

/**
 * What must happen before a session may do anything else; also the code of the refusal. `session-locked` leaves the rights of a wall: it shows
 * and controls nothing.
 */
export type Barrier = 'password-change-required' | 'second-factor-enrolment-required' | 'session-locked';

/** Who is asking, as proven by a session. */
export interface Principal {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly name: string;
  readonly roles: readonly Role[];
  /** What the roles allow without what the account is denied: deny overrides allow. */
  readonly permissions: ReadonlySet<Permission>;
  readonly scope: Scope;
  /** Set for a wall session: the one screen it may show and report for. */
  readonly screen: { readonly wallId: string; readonly screenId: string } | null;
  /** Set for the session of a field page: the one unit whose tasks it may see and report. A person has none, whatever his roles. */
  readonly unit?: UnitId;
  readonly barrier: Barrier | null;
}
