import { randomUUID } from 'node:crypto';
import type { User } from '../../contract/accounts.ts';
import { ProblemError } from '../../contract/errors.ts';
import type { UserId } from '../../contract/ids.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import type { Role } from '../../contract/permissions.ts';
import type { Clock } from '../../contract/time.ts';
import type { Credentials } from './credentials.ts';
import { firstAdministrator } from './first-administrator.ts';
import type { FirstPassword } from './first-password.ts';
import type { PasswordHasher } from './password-hash.ts';
import { passwordProblem } from './password-policy.ts';
import type { UserLookup } from './user-lookup.ts';

/** The first account holds all three duties until they are given to others. */
const foundingRoles: readonly Role[] = ['administrator', 'security-administrator', 'auditor'];
const started = { kind: 'start', id: 'accounts', by: 'hub' } as const;

interface Parts {
  readonly ledger: Ledger;
  readonly users: UserLookup;
  readonly credentials: Credentials;
  readonly hasher: PasswordHasher;
  readonly firstPassword: FirstPassword;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * At the first start, makes the user `admin` with the given password, or with a generated one that must be changed; an empty one is none. Answers whom it
 * made; null at every later start.
 */
export async function makeFirstAdministrator(parts: Parts, password: string | null): Promise<UserId | null> {
  const { ledger, users, credentials, hasher, firstPassword, clock, log } = parts;
  if (users.all().some((user) => !user.simulated)) return null;
  const given = password === '' ? null : password;
  const weakness = given === null ? null : passwordProblem(given, firstAdministrator);
  if (weakness) log.warn({ reason: weakness.params['reason'] }, 'the first administrator was given a weak password: change it');
  const hashed = await hasher.hash(given ?? firstPassword.generate(firstAdministrator));
  if (!hashed.ok) throw new ProblemError(hashed.error);
  const now = clock.now();
  const user = founder(firstAdministrator, { createdAt: now, passwordChangedAt: now, simulated: false });
  // the credential first: a crash in between leaves no account that nobody can open
  credentials.set(user.id as UserId, { passwordHash: hashed.value, mustChange: given === null }, now);
  ledger.commit([{ collection: 'users', op: 'put', key: user.id, value: user }], started);
  return user.id as UserId;
}

/**
 * With `demo`, sees to it that there is a simulated administrator without any password, reachable only through a one-time link, and answers it.
 * Without, removes it and answers whom it removed.
 */
export function arrangeDemoUser(
  { ledger, users, clock }: Pick<Parts, 'ledger' | 'users' | 'clock'>,
  demo: boolean,
): { readonly kept: UserId | null; readonly removed: UserId | null } {
  const existing = users.all().find((user) => user.simulated);
  if (!demo) {
    if (existing) ledger.commit([{ collection: 'users', op: 'delete', key: existing.id }], started);
    return { kept: null, removed: (existing?.id as UserId | undefined) ?? null };
  }
  if (existing) return { kept: existing.id as UserId, removed: null };
  const user = founder('demo', { createdAt: clock.now(), passwordChangedAt: null, simulated: true });
  ledger.commit([{ collection: 'users', op: 'put', key: user.id, value: user }], started);
  return { kept: user.id as UserId, removed: null };
}

function founder(name: string, more: Pick<User, 'createdAt' | 'passwordChangedAt' | 'simulated'>): User {
  return {
    id: randomUUID(),
    name,
    fullName: null,
    roles: [...foundingRoles],
    denied: [],
    scope: { districts: '*', groups: '*' },
    shift: null,
    networks: '*',
    disabled: false,
    secondFactor: false,
    lockedUntil: null,
    lastLoginAt: null,
    drill: false,
    ...more,
  };
}
