import type { User } from '../../contract/accounts.ts';
import { rolePermissions, type Permission } from '../../contract/permissions.ts';

type Holder = Pick<User, 'roles' | 'denied'>;
/** What an account may do, and what is left of it while its session is locked: worked out once for every version of the account. */
interface Held {
  readonly full: ReadonlySet<Permission>;
  readonly locked: ReadonlySet<Permission>;
}

const worked = new WeakMap<Holder, Held>();
const shown: ReadonlySet<Permission> = new Set(rolePermissions.wall);

/** What the roles allow without what the account is denied. `account` is as the ledger holds it: frozen, and another object once it changes. */
export function permissionsOf(account: Holder, locked = false): ReadonlySet<Permission> {
  let held = worked.get(account);
  if (!held) {
    const full = account.roles.flatMap((role) => rolePermissions[role]).filter((permission) => !account.denied.includes(permission));
    held = { full: new Set(full), locked: new Set(full.filter((permission) => shown.has(permission))) };
    worked.set(account, held);
  }
  return locked ? held.locked : held.full;
}

/** What a screen may do. */
export const wallPermissions = shown;

/** What a unit in the field may do. */
export const unitPermissions: ReadonlySet<Permission> = new Set(rolePermissions.unit);
