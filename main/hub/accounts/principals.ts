import type { Config } from '../../config/config.ts';
import { isLoopback } from '../../config/load-config.ts';
import type { User } from '../../contract/accounts.ts';
import type { SessionId, UnitId, UserId } from '../../contract/ids.ts';
import { privilegedRoles } from '../../contract/permissions.ts';
import type { Barrier, Principal } from '../../contract/principal.ts';
import { wholeCity } from '../../contract/scope.ts';
import type { Clock } from '../../contract/time.ts';
import type { Credentials } from './credentials.ts';
import { permissionsOf, unitPermissions, wallPermissions } from './permissions-of.ts';
import type { Session } from './sessions.ts';
import type { UserLookup } from './user-lookup.ts';

/** Who is behind a session, as the account is now. */
export interface Principals {
  /** Undefined when the account is disabled or gone, or the unit is. */
  of(session: Session): Principal | undefined;
  /** The account as if in that session, whatever became of it; undefined when the account is disabled or gone. */
  ofUser(userId: UserId, sessionId: SessionId): Principal | undefined;
  /** What this user must do before anything else, when his session is not locked. */
  barrierOf(user: User): Barrier | null;
}

const dayMs = 86_400_000;

export function createPrincipals(parts: {
  readonly users: UserLookup;
  /** What people call a unit; undefined when there is none with this id. */
  unitNumber(unitId: UnitId): string | undefined;
  readonly credentials: Credentials;
  readonly config: Pick<Config, 'hub' | 'accounts'>;
  readonly clock: Pick<Clock, 'now'>;
}): Principals {
  const { users, credentials, clock } = parts;
  const { secondFactor, passwordDays } = parts.config.accounts;
  const enrolmentRequired = secondFactor === 'required' || (secondFactor === 'auto' && !isLoopback(parts.config.hub.host));

  const barrierOf = (user: User): Barrier | null => {
    const credential = credentials.of(user.id as UserId);
    // without a password there is nothing to change and nothing to add to: it is the demo's account
    if (!credential) return null;
    const expired = passwordDays > 0 && clock.now() - credential.changedAt >= passwordDays * dayMs;
    if (credential.mustChange || expired) return 'password-change-required';
    const enrols = enrolmentRequired && !user.secondFactor && user.roles.some((role) => privilegedRoles.has(role));
    return enrols ? 'second-factor-enrolment-required' : null;
  };

  const person = (user: User, sessionId: SessionId, locked: boolean, barrier: Barrier | null): Principal => ({
    sessionId,
    userId: user.id as UserId,
    name: user.name,
    roles: user.roles,
    permissions: permissionsOf(user, locked),
    scope: user.scope,
    screen: null,
    barrier,
  });

  return {
    of({ id, holder, locked }) {
      if (holder.kind === 'wall') {
        const { wallId, screenId } = holder;
        const name = wallName(wallId, screenId);
        return {
          sessionId: id,
          userId: name as UserId,
          name,
          roles: ['wall'],
          permissions: wallPermissions,
          scope: wholeCity,
          screen: { wallId, screenId },
          barrier: null,
        };
      }
      if (holder.kind === 'unit') {
        const { unitId } = holder;
        const number = parts.unitNumber(unitId);
        if (number === undefined) return undefined;
        return {
          sessionId: id,
          userId: `unit:${unitId}` as UserId,
          name: unitName(number),
          roles: ['unit'],
          permissions: unitPermissions,
          // Its tasks lie wherever it is sent; that they are its own is checked by whoever reads or changes one.
          scope: wholeCity,
          screen: null,
          unit: unitId,
          barrier: null,
        };
      }
      const user = users.byId(holder.userId);
      if (!user || user.disabled) return undefined;
      return person(user, id, locked, locked ? 'session-locked' : barrierOf(user));
    },
    ofUser(userId, sessionId) {
      const user = users.byId(userId);
      return user && !user.disabled ? person(user, sessionId, false, barrierOf(user)) : undefined;
    },
    barrierOf,
  };
}

/** What a screen is called where people have their login. */
export function wallName(wallId: string, screenId: string): string {
  return `wall:${wallId}:${screenId}`;
}

/** What a unit is called where people have their login. */
export function unitName(number: string): string {
  return `unit:${number}`;
}
