import { expect, test } from 'vitest';
import type { User } from '../../contract/accounts.ts';
import { permissions, rolePermissions, type Permission, type PersonRole } from '../../contract/permissions.ts';
import { permissionsOf } from './permissions-of.ts';

const sorted = (held: ReadonlySet<Permission>) => [...held].sort();

test.each<[string, PersonRole[], User['denied'], readonly Permission[]]>([
  ['one role', ['unit'], [], rolePermissions.unit],
  [
    'deny overrides allow',
    ['operator'],
    ['wall.control', 'layout.edit'],
    rolePermissions.operator.filter((one) => one !== 'wall.control' && one !== 'layout.edit'),
  ],
  [
    'also what several roles allow',
    ['operator', 'administrator'],
    ['camera.view'],
    rolePermissions.administrator.filter((one) => one !== 'camera.view'),
  ],
  ['what no role allows is not given by denying something else', ['operator'], ['user.admin'], rolePermissions.operator],
  ['everything denied', ['administrator', 'auditor'], [...permissions], []],
])('%s', (_name, roles, denied, expected) => {
  expect(sorted(permissionsOf({ roles, denied }))).toEqual([...expected].sort());
});

test.each<[string, PersonRole[], User['denied'], readonly Permission[]]>([
  ['an operator', ['operator'], [], rolePermissions.wall],
  ['an operator who sees no wall', ['operator'], ['wall.view'], rolePermissions.wall.filter((one) => one !== 'wall.view')],
  ['an auditor sees no camera, locked or not', ['auditor'], [], ['system.view']],
])('locked: %s', (_name, roles, denied, expected) => {
  expect(sorted(permissionsOf({ roles, denied }, true))).toEqual([...expected].sort());
});

test('is worked out once', () => {
  const account = { roles: ['operator' as const], denied: [] };
  expect(permissionsOf(account)).toBe(permissionsOf(account));
  expect(permissionsOf({ ...account })).not.toBe(permissionsOf(account));
});
