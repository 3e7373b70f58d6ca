import type { User } from '../../contract/accounts.ts';
import type { UserId } from '../../contract/ids.ts';
import type { Ledger } from '../../contract/ledger.ts';

/** Accounts as they are now. */
export interface UserLookup {
  all(): readonly User[];
  byId(id: UserId): User | undefined;
  /** The account that logs in with this name; never the demo's, which has no password. */
  byName(name: string): User | undefined;
}

export function createUserLookup(ledger: Ledger): UserLookup {
  const all = () => [...ledger.all('users')] as User[];
  return {
    all,
    byId: (id) => ledger.get('users', id) as User | undefined,
    byName: (name) => all().find((user) => user.name === name && !user.simulated),
  };
}
