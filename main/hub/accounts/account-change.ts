import type { User } from '../../contract/accounts.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { UserId } from '../../contract/ids.ts';
import type { Permission, Role } from '../../contract/permissions.ts';
import { isWholeCity } from '../../contract/scope.ts';
import { pairsAmong } from './separate-duties.ts';

/** Accounts without which nobody could set things right again. */
const indispensable: readonly { readonly role: Role; readonly permission: Permission; readonly reason: string }[] = [
  { role: 'administrator', permission: 'system.admin', reason: 'last-administrator' },
  { role: 'security-administrator', permission: 'user.admin', reason: 'last-security-administrator' },
];

/** What somebody wants an account to be. */
export interface AccountChange {
  readonly before: User | undefined;
  readonly after: User;
  /** All accounts as they are. */
  readonly users: readonly User[];
  /** Who changes it. */
  readonly by: UserId | null;
  readonly setsPassword: boolean;
  readonly resetsSecondFactor: boolean;
}

/**
 * Why an account may not become that, or null. `forbidden` {reason: own-account, field}: nobody changes what he himself may do or how he proves
 * himself, except to give duties away. `roles-incompatible` {roles}: duties come together that were not together before. `field-invalid`
 * {field, reason}: it is the last account in use that administers the system, or the accounts.
 */
export function accountProblem({ before, after, users, by, setsPassword, resetsSecondFactor }: AccountChange): Problem | null {
  if (before && by === before.id) {
    const field = ownField(before, after, setsPassword, resetsSecondFactor);
    if (field !== null) return problem('forbidden', { reason: 'own-account', field });
  }

  const together = pairsAmong(after.roles).filter(
    ([one, other]) => !(before && before.roles.includes(one) && before.roles.includes(other)),
  );
  if (together.length > 0) return problem('roles-incompatible', { roles: [...new Set(together.flat())].join(', ') });

  for (const { role, permission, reason } of indispensable) {
    // What administers claims the whole city: with a part of it nobody administers anything.
    const holds = (user: User) =>
      !user.disabled && !user.simulated && user.roles.includes(role) && !user.denied.includes(permission) && isWholeCity(user.scope);
    if (!before || !holds(before) || holds(after) || users.some((other) => other.id !== after.id && holds(other))) continue;
    const field = after.disabled
      ? 'disabled'
      : !after.roles.includes(role)
        ? 'roles'
        : after.denied.includes(permission)
          ? 'denied'
          : 'scope';
    return problem('field-invalid', { field, reason });
  }
  return null;
}

/** True when the change says what somebody is called and nothing else: then it disturbs nobody at work. */
export function onlyRenames(before: User, after: User): boolean {
  return JSON.stringify({ ...before, fullName: null }) === JSON.stringify({ ...after, fullName: null });
}

function ownField(before: User, after: User, setsPassword: boolean, resetsSecondFactor: boolean): string | null {
  if (after.roles.some((role) => !before.roles.includes(role))) return 'roles';
  const kept = ['denied', 'scope', 'shift', 'networks', 'disabled'] as const;
  const changed = kept.find((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (changed) return changed;
  if (setsPassword) return 'password';
  return resetsSecondFactor ? 'resetSecondFactor' : null;
}
