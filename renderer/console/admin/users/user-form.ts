import { userUpsert, type ShiftWindow, type User } from '../../../../main/contract/accounts.ts';
import type { CommandInput } from '../../../../main/contract/catalog.ts';
import { err, ok, type Result } from '../../../../main/contract/result.ts';
import {
  personRoles,
  privilegedRoles,
  separateDuties,
  type Permission,
  type PersonRole,
  type Role,
} from '../../../../main/contract/permissions.ts';
import { passwordRules, rulesMet } from '../../../login/password-rules.ts';

/** What the fields of the editor hold. */
export interface UserForm {
  name: string;
  fullName: string;
  roles: PersonRole[];
  denied: Permission[];
  allDistricts: boolean;
  districts: string[];
  allGroups: boolean;
  groups: string[];
  atAnyTime: boolean;
  shift: ShiftWindow[];
  fromAnywhere: boolean;
  /** One network a line. */
  networks: string;
  disabled: boolean;
  password: string;
  resetSecondFactor: boolean;
}

/** A field that has to be mended, and why; the words are `admin.users.wrong.<code>`. */
export interface FormFault {
  readonly field: 'name' | 'fullName' | 'roles' | 'scope' | 'shift' | 'networks' | 'password';
  readonly code: FaultCode;
}
export type FaultCode =
  | 'name'
  | 'fullName'
  | 'rolesMissing'
  | 'rolesIncompatible'
  | 'districtsMissing'
  | 'groupsMissing'
  | 'scope'
  | 'shift'
  | 'networks'
  | 'passwordMissing'
  | 'passwordWeak';

/** A day shift on working days: where the first window begins. */
export const usualShift: ShiftWindow = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };

/** The fields for an account as it is; for a new one when there is none. */
export function formOf(user: User | null): UserForm {
  const { districts, groups } = user?.scope ?? { districts: '*', groups: '*' };
  return {
    name: user?.name ?? '',
    fullName: user?.fullName ?? '',
    roles: personRoles.filter((role) => user?.roles.includes(role) ?? false),
    denied: [...(user?.denied ?? [])],
    allDistricts: districts === '*',
    districts: districts === '*' ? [] : [...districts],
    allGroups: groups === '*',
    groups: groups === '*' ? [] : [...groups],
    atAnyTime: (user?.shift ?? null) === null,
    shift: (user?.shift ?? []).map((window) => ({ ...window, days: [...window.days] })),
    fromAnywhere: (user?.networks ?? '*') === '*',
    networks: user && user.networks !== '*' ? user.networks.join('\n') : '',
    disabled: user?.disabled ?? false,
    password: '',
    resetSecondFactor: false,
  };
}

/** Duties that these roles would put into one hand, which it does not hold already. */
export function dutiesInOneHand(roles: readonly Role[], before: readonly Role[]): (readonly [Role, Role])[] {
  const holds = (held: readonly Role[], [one, other]: readonly [Role, Role]) => held.includes(one) && held.includes(other);
  return separateDuties.filter((pair) => holds(roles, pair) && !holds(before, pair));
}

/** Whoever holds one of these roles must use a second factor. */
export function needsSecondFactor(roles: readonly Role[]): boolean {
  return roles.some((role) => privilegedRoles.has(role));
}

const fieldOf: Readonly<Record<string, FormFault>> = {
  name: { field: 'name', code: 'name' },
  fullName: { field: 'fullName', code: 'fullName' },
  roles: { field: 'roles', code: 'rolesMissing' },
  scope: { field: 'scope', code: 'scope' },
  shift: { field: 'shift', code: 'shift' },
  networks: { field: 'networks', code: 'networks' },
  password: { field: 'password', code: 'passwordWeak' },
};

/** The arguments of `user.upsert` for the fields, or everything that is wrong with them. `before`: the account as it is, null for a new one. */
export function userArgs(form: UserForm, before: User | null): Result<CommandInput<'user.upsert'>, readonly FormFault[]> {
  const faults: FormFault[] = [];
  const name = form.name.trim().toLowerCase();
  const networks = form.networks.split(/[\s,，、;；]+/).filter((network) => network !== '');

  if (dutiesInOneHand(form.roles, before?.roles ?? []).length > 0) faults.push({ field: 'roles', code: 'rolesIncompatible' });
  if (!form.allDistricts && form.districts.length === 0) faults.push({ field: 'scope', code: 'districtsMissing' });
  if (!form.allGroups && form.groups.length === 0) faults.push({ field: 'scope', code: 'groupsMissing' });
  if (!form.atAnyTime && form.shift.length === 0) faults.push({ field: 'shift', code: 'shift' });
  if (!form.fromAnywhere && networks.length === 0) faults.push({ field: 'networks', code: 'networks' });
  if (before === null && form.password === '') faults.push({ field: 'password', code: 'passwordMissing' });
  else if (form.password !== '' && rulesMet(form.password, name).size < passwordRules.length)
    faults.push({ field: 'password', code: 'passwordWeak' });

  const fullName = form.fullName.trim();
  const args = {
    name,
    ...(fullName === '' ? {} : { fullName }),
    roles: form.roles,
    denied: form.denied,
    scope: { districts: form.allDistricts ? ('*' as const) : form.districts, groups: form.allGroups ? ('*' as const) : form.groups },
    shift: form.atAnyTime ? null : form.shift,
    networks: form.fromAnywhere ? ('*' as const) : networks,
    disabled: form.disabled,
    ...(form.password === '' ? {} : { password: form.password }),
    resetSecondFactor: form.resetSecondFactor,
  };
  const checked = userUpsert.args.safeParse(args);
  for (const { path } of checked.error?.issues ?? []) {
    const fault = fieldOf[String(path[0])];
    if (fault && !faults.some(({ field }) => field === fault.field)) faults.push(fault);
  }
  return faults.length > 0 ? err(faults) : ok(args);
}
