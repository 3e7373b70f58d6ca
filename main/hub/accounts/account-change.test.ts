import { describe, expect, test } from 'vitest';
import type { User } from '../../contract/accounts.ts';
import type { UserId } from '../../contract/ids.ts';
import type { PersonRole } from '../../contract/permissions.ts';
import { accountProblem, onlyRenames } from './account-change.ts';
import { dutiesHeldTogether } from './separate-duties.ts';

const user = (id: string, roles: readonly PersonRole[], more: Partial<User> = {}): User => ({
  id,
  name: id,
  fullName: null,
  roles: [...roles],
  denied: [],
  scope: { districts: '*', groups: '*' },
  shift: null,
  networks: '*',
  disabled: false,
  secondFactor: false,
  createdAt: 1,
  passwordChangedAt: 1,
  lockedUntil: null,
  lastLoginAt: null,
  simulated: false,
  drill: false,
  ...more,
});

const founder = user('admin', ['administrator', 'security-administrator', 'auditor']);
const keeper = user('wang', ['security-administrator']);
const chief = user('zhou', ['administrator']);
const li = user('li', ['operator']);
const everybody = [founder, keeper, chief, li];

const judge = (
  before: User | undefined,
  change: Partial<User>,
  more: { by?: string; users?: readonly User[]; password?: boolean; reset?: boolean } = {},
) =>
  accountProblem({
    before,
    after: { ...(before ?? user('new', ['operator'])), ...change },
    users: more.users ?? everybody,
    by: (more.by ?? 'wang') as UserId,
    setsPassword: more.password ?? false,
    resetsSecondFactor: more.reset ?? false,
  });

describe('duties', () => {
  test.each<[string, User | undefined, PersonRole[], string | null]>([
    ['a new operator', undefined, ['operator'], null],
    ['desk duties together', undefined, ['operator', 'dispatcher', 'traffic'], null],
    ['an administrator may sit at a desk', undefined, ['administrator', 'operator'], null],
    ['an auditor who operates', undefined, ['auditor', 'operator'], 'auditor, operator'],
    ['both administrators in one hand', undefined, ['administrator', 'security-administrator'], 'administrator, security-administrator'],
    ['all three', li, ['administrator', 'security-administrator', 'auditor'], 'auditor, administrator, security-administrator'],
    ['what the first account holds it may keep', founder, ['administrator', 'security-administrator', 'auditor'], null],
    ['and give away one by one', founder, ['administrator', 'auditor'], null],
    ['but not add to', founder, ['administrator', 'security-administrator', 'auditor', 'traffic'], 'auditor, traffic'],
  ])('%s', (_name, before, roles, refused) => {
    expect(judge(before, { roles })).toEqual(refused === null ? null : { code: 'roles-incompatible', params: { roles: refused } });
  });

  test('who holds duties together is known, unless he cannot use them', () => {
    const gone = user('gone', ['auditor', 'operator'], { disabled: true });
    const demo = user('demo', ['administrator', 'auditor'], { simulated: true });
    expect(dutiesHeldTogether([...everybody, gone, demo])).toEqual([
      { name: 'admin', roles: ['auditor', 'administrator', 'security-administrator'] },
    ]);
    expect(dutiesHeldTogether([keeper, chief, li])).toEqual([]);
  });
});

describe('somebody’s own account', () => {
  test.each<[string, Partial<User>, { password?: boolean; reset?: boolean }, string | null]>([
    ['a full name', { fullName: 'Wang Fang' }, {}, null],
    ['one more role', { roles: ['security-administrator', 'traffic'] }, {}, 'roles'],
    ['another role', { roles: ['operator'] }, {}, 'roles'],
    ['more permissions', { denied: [] }, {}, 'denied'],
    ['a wider scope', { scope: { districts: '*', groups: '*' } }, {}, 'scope'],
    ['another shift', { shift: null }, {}, 'shift'],
    ['another network', { networks: '*' }, {}, 'networks'],
    ['disabled', { disabled: true }, {}, 'disabled'],
    ['a password without the one of now', {}, { password: true }, 'password'],
    ['no second factor', {}, { reset: true }, 'resetSecondFactor'],
  ])('%s', (_name, change, more, field) => {
    const own = user('wang', ['security-administrator'], {
      denied: ['session.admin'],
      scope: { districts: ['32'], groups: '*' },
      shift: [{ days: [1], from: '08:00', to: '20:00' }],
      networks: ['10.0.0.0/8'],
    });
    const refused = field === null ? null : { code: 'forbidden', params: { reason: 'own-account', field } };
    expect(judge(own, change, { ...more, by: 'wang', users: [founder, own] })).toEqual(refused);
    const ofAnother = judge(own, change, { ...more, by: 'admin', users: [founder, own] });
    expect(ofAnother).toBeNull();
  });

  test('gives duties away', () => {
    expect(judge(founder, { roles: ['administrator'] }, { by: 'admin' })).toBeNull();
    expect(judge(founder, { roles: ['auditor'] }, { by: 'admin' })).toBeNull();
  });
});

describe('the last one', () => {
  const alone = [founder, li];
  const refused = (field: string, reason: string) => ({ code: 'field-invalid', params: { field, reason } });
  test.each<[string, User, Partial<User>, readonly User[], object | null]>([
    [
      'administrator keeps the role',
      founder,
      { roles: ['security-administrator', 'auditor'] },
      alone,
      refused('roles', 'last-administrator'),
    ],
    ['and is not disabled', founder, { disabled: true }, alone, refused('disabled', 'last-administrator')],
    ['and not denied what makes it one', founder, { denied: ['system.admin'] }, alone, refused('denied', 'last-administrator')],
    ['security administrator', founder, { roles: ['administrator'] }, alone, refused('roles', 'last-security-administrator')],
    ['denied', founder, { denied: ['user.admin'] }, alone, refused('denied', 'last-security-administrator')],
    [
      'and is not left a part of the city, where nothing of it can be administered',
      founder,
      { scope: { districts: ['320282'], groups: '*' } },
      alone,
      refused('scope', 'last-administrator'),
    ],
    [
      'nor is one who has a part of the city any other',
      founder,
      { roles: ['administrator'] },
      [founder, { ...keeper, scope: { districts: '*', groups: ['traffic'] } }],
      refused('roles', 'last-security-administrator'),
    ],
    [
      'a disabled one is no other',
      founder,
      { roles: ['administrator'] },
      [founder, { ...keeper, disabled: true }],
      refused('roles', 'last-security-administrator'),
    ],
    [
      'nor one who is denied',
      founder,
      { roles: ['administrator'] },
      [founder, { ...keeper, denied: ['user.admin'] }],
      refused('roles', 'last-security-administrator'),
    ],
    [
      'nor the demo’s',
      founder,
      { disabled: true },
      [founder, { ...founder, id: 'demo', simulated: true }],
      refused('disabled', 'last-administrator'),
    ],
    ['with others it may go', founder, { disabled: true }, everybody, null],
    ['who was none may go', { ...chief, disabled: true }, { disabled: true }, [{ ...chief, disabled: true }], null],
  ])('%s', (_name, before, change, users, expected) => {
    expect(judge(before, change, { users, by: 'somebody' })).toEqual(expected);
  });
});

test.each<[string, Partial<User>, boolean]>([
  ['another full name', { fullName: 'Li Wei' }, true],
  ['nothing', {}, true],
  ['another role', { roles: ['traffic'] }, false],
  ['another password', { passwordChangedAt: 2 }, false],
])('%s', (_name, change, only) => {
  expect(onlyRenames(li, { ...li, ...change })).toBe(only);
});
