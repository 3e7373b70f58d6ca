import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { userUpsert, type User } from '../../../../main/contract/accounts.ts';
import { personRoles, type Role } from '../../../../main/contract/permissions.ts';
import { dutiesInOneHand, formOf, needsSecondFactor, userArgs, type UserForm } from './user-form.ts';

const li: User = {
  id: 'u-li',
  name: 'li',
  fullName: '李工',
  roles: ['dispatcher'],
  denied: ['layout.edit'],
  scope: { districts: ['320282101'], groups: ['公安'] },
  shift: [{ days: [1, 2], from: '20:00', to: '08:00' }],
  networks: ['10.1.0.0/16', 'fd00::/8'],
  disabled: false,
  secondFactor: true,
  createdAt: 1,
  passwordChangedAt: 1,
  lockedUntil: null,
  lastLoginAt: null,
  simulated: false,
  drill: false,
};
const fresh = (more: Partial<UserForm> = {}): UserForm => ({
  ...formOf(null),
  name: 'zhao',
  roles: ['operator'],
  password: 'Kiln-and-glaze-9',
  ...more,
});
const codes = (form: UserForm, before: User | null = null) => {
  const answer = userArgs(form, before);
  return answer.ok ? [] : answer.error.map(({ code }) => code);
};

describe('the fields of an account', () => {
  test('an account that nobody touched is sent as it is', () => {
    expect(userArgs(formOf(li), li)).toEqual({
      ok: true,
      value: {
        name: 'li',
        fullName: '李工',
        roles: ['dispatcher'],
        denied: ['layout.edit'],
        scope: { districts: ['320282101'], groups: ['公安'] },
        shift: [{ days: [1, 2], from: '20:00', to: '08:00' }],
        networks: ['10.1.0.0/16', 'fd00::/8'],
        disabled: false,
        resetSecondFactor: false,
      },
    });
  });

  test('changing a field changes nothing of the account it came from', () => {
    const form = formOf(li);
    form.shift[0]!.days.push(7);
    form.districts.push('320282102');
    expect([li.shift![0]!.days, li.scope.districts]).toEqual([[1, 2], ['320282101']]);
  });

  test.each<[string, Partial<UserForm>, string[]]>([
    ['a new account', {}, []],
    ['no name', { name: ' ' }, ['name']],
    ['a name in Chinese', { name: '赵' }, ['name']],
    ['capitals, which are made small', { name: 'Zhao' }, []],
    ['no role', { roles: [] }, ['rolesMissing']],
    ['auditor and operator at once', { roles: ['auditor', 'operator'] }, ['rolesIncompatible']],
    ['no password', { password: '' }, ['passwordMissing']],
    ['a weak password', { password: 'short' }, ['passwordWeak']],
    ['a password that holds the name', { password: 'Zhao-and-glaze-9' }, ['passwordWeak']],
    ['districts wanted and none chosen', { allDistricts: false }, ['districtsMissing']],
    ['groups wanted and none given', { allGroups: false }, ['groupsMissing']],
    ['a district that is no code', { allDistricts: false, districts: ['x'] }, ['scope']],
    ['shifts wanted and none given', { atAnyTime: false }, ['shift']],
    ['a shift without a day', { atAnyTime: false, shift: [{ days: [], from: '08:00', to: '18:00' }] }, ['shift']],
    ['a shift at no time', { atAnyTime: false, shift: [{ days: [1], from: '', to: '18:00' }] }, ['shift']],
    ['networks wanted and none given', { fromAnywhere: false, networks: ' \n' }, ['networks']],
    ['an address without its length', { fromAnywhere: false, networks: '10.1.2.3' }, ['networks']],
    ['networks in lines and after commas', { fromAnywhere: false, networks: '10.0.0.0/8，192.168.0.0/16\nfd00::/8' }, []],
    ['two things wrong', { name: '', roles: [] }, ['name', 'rolesMissing']],
  ])('%s', (_what, more, expected) => {
    expect(codes(fresh(more))).toEqual(expected);
  });

  test('who keeps his password needs none', () => {
    expect(codes(formOf(li), li)).toEqual([]);
  });

  test('whatever is let through, the contract takes', () => {
    const times = fc.constantFrom('00:00', '08:30', '23:59', '24:00', '8:00', '');
    const forms = fc.record({
      name: fc.string({ maxLength: 70 }),
      fullName: fc.string({ maxLength: 70 }),
      roles: fc.subarray([...personRoles]),
      denied: fc.constant<UserForm['denied']>([]),
      allDistricts: fc.boolean(),
      districts: fc.array(fc.string({ maxLength: 14 }), { maxLength: 3 }),
      allGroups: fc.boolean(),
      groups: fc.array(fc.string({ maxLength: 70 }), { maxLength: 3 }),
      atAnyTime: fc.boolean(),
      shift: fc.array(fc.record({ days: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 8 }), from: times, to: times }), {
        maxLength: 3,
      }),
      fromAnywhere: fc.boolean(),
      networks: fc.oneof(fc.string({ maxLength: 40 }), fc.constant('10.0.0.0/8')),
      disabled: fc.boolean(),
      password: fc.oneof(fc.constant(''), fc.constant('Kiln-and-glaze-9'), fc.string({ maxLength: 300 })),
      resetSecondFactor: fc.boolean(),
    });
    fc.assert(
      fc.property(forms, (form) => {
        const answer = userArgs(form, null);
        return !answer.ok || userUpsert.args.safeParse(answer.value).success;
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe('duties in one hand', () => {
  test.each<[Role[], Role[], number]>([
    [['administrator'], [], 0],
    [['administrator', 'auditor'], [], 1],
    [['administrator', 'security-administrator', 'auditor'], [], 3],
    [['administrator', 'security-administrator', 'auditor'], ['administrator', 'security-administrator', 'auditor'], 0],
    [['administrator', 'auditor', 'operator'], ['administrator', 'auditor'], 1],
    [['operator', 'dispatcher', 'traffic'], [], 0],
  ])('%j, before %j', (roles, before, conflicts) => {
    expect(dutiesInOneHand(roles, before)).toHaveLength(conflicts);
  });

  test('who administers needs a second factor', () => {
    expect([needsSecondFactor(['operator']), needsSecondFactor(['operator', 'auditor'])]).toEqual([false, true]);
  });
});
