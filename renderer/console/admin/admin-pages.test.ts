import { describe, expect, test } from 'vitest';
import { rolePermissions, type Role } from '../../../main/contract/permissions.ts';
import { adminPages, hashOf, pageOfHash, pagesFor } from './admin-pages.ts';

describe('the address of a page', () => {
  test.each([
    ['#admin/users', 'users'],
    ['#admin/audit', 'audit'],
    ['#admin', 'first'],
    ['#admin/', 'first'],
    ['#admin/nothing', null],
    ['#admin/users/7', null],
    ['#users', null],
    ['#', null],
    ['', null],
    ['#admin/__proto__', null],
  ])('%s is %s', (hash, page) => {
    expect(pageOfHash(hash)).toBe(page);
  });

  test('every page comes back from its own address', () => {
    for (const { id } of adminPages) expect(pageOfHash(hashOf(id))).toBe(id);
    expect(hashOf(null)).toBe('');
  });
});

test.each<[Role, string[]]>([
  ['operator', ['feeds', 'approvals', 'system']],
  ['administrator', ['cameras', 'feeds', 'walls', 'approvals', 'system']],
  ['security-administrator', ['users', 'sessions', 'approvals', 'system']],
  ['auditor', ['users', 'approvals', 'audit', 'system']],
  ['unit', []],
])('%s opens %j', (role, pages) => {
  expect(pagesFor((permission) => rolePermissions[role].includes(permission))).toEqual(pages);
});
