/**
 * Where a principal may act. `'*'` is everywhere. A resource is inside when its district is covered and, if the
 * principal is limited to groups, it carries one of them. District codes are administrative-division codes
 * (GB/T 2260: 2, 4, 6 … digits); a code covers every code it is a prefix of.
 */
export interface Scope {
  readonly districts: '*' | readonly string[];
  readonly groups: '*' | readonly string[];
}

/** What a command touches or an entity is, in scope terms. `'city'` means the whole city: only an unlimited scope covers it. */
export type ScopeClaim = 'none' | 'city' | { readonly district: string; readonly groups: readonly string[] };

export const wholeCity: Scope = { districts: '*', groups: '*' };

/** True when `scope` covers every claim. `'none'` claims are covered by any scope. */
export function covers(scope: Scope, claims: readonly ScopeClaim[]): boolean {
  return claims.every((claim) => coversOne(scope, claim));
}

function coversOne(scope: Scope, claim: ScopeClaim): boolean {
  if (claim === 'none') return true;
  if (claim === 'city') return scope.districts === '*' && scope.groups === '*';
  const inDistrict = scope.districts === '*' || scope.districts.some((code) => claim.district.startsWith(code));
  const inGroup = scope.groups === '*' || scope.groups.some((group) => claim.groups.includes(group));
  return inDistrict && inGroup;
}

/** A claim or several, as a list. */
export function claimsOf(claims: ScopeClaim | readonly ScopeClaim[]): readonly ScopeClaim[] {
  return Array.isArray(claims) ? (claims as readonly ScopeClaim[]) : [claims as ScopeClaim];
}
