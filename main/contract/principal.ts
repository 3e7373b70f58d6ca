import type { SessionId, UserId } from './ids.ts';
import type { Permission, Role } from './permissions.ts';
import type { Scope } from './scope.ts';

/** Who is asking, as proven by a session. */
export interface Principal {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly permissions: ReadonlySet<Permission>;
  readonly scope: Scope;
  /** Set for a wall session: the one screen it may show and report for. */
  readonly screen: { readonly wallId: string; readonly screenId: string } | null;
  /** True until a generated first password has been replaced; nothing but that change is allowed meanwhile. */
  readonly mustChangePassword: boolean;
}
