import type { User } from '../../contract/accounts.ts';
import { separateDuties, type Role } from '../../contract/permissions.ts';

/** The pairs of duties among these roles that one hand may not hold. */
export function pairsAmong(roles: readonly Role[]): readonly (readonly [Role, Role])[] {
  return separateDuties.filter(([one, other]) => roles.includes(one) && roles.includes(other));
}

/** Accounts in use that hold duties together which should be apart, as the first account of a hub does in the beginning; with all of those roles. */
export function dutiesHeldTogether(users: Iterable<User>): readonly { readonly name: string; readonly roles: readonly Role[] }[] {
  const together: { readonly name: string; readonly roles: readonly Role[] }[] = [];
  for (const { name, roles, disabled, simulated } of users) {
    if (disabled || simulated) continue;
    const duties = new Set(pairsAmong(roles).flat());
    if (duties.size > 0) together.push({ name, roles: [...duties] });
  }
  return together;
}
