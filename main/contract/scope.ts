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

/**
 * A place of the district tree itself, not something in it: seen by whoever may see something below it or above it, so that the tree of a
 * scoped reader hangs together. Groups have no places of their own and do not narrow it.
 */
export interface PlaceClaim {
  readonly place: string;
}

export const wholeCity: Scope = { districts: '*', groups: '*' };

/** True for a scope that leaves nothing out: only its holder may read what counts the whole city. */
export function isWholeCity(scope: Scope): boolean {
  return scope.districts === '*' && scope.groups === '*';
}

/** True when `scope` covers every claim. `'none'` claims are covered by any scope. */
export function covers(scope: Scope, claims: readonly (ScopeClaim | PlaceClaim)[]): boolean {
  return claims.every((claim) => coversOne(scope, claim));
}

function coversOne(scope: Scope, claim: ScopeClaim | PlaceClaim): boolean {
  if (claim === 'none') return true;
  if (claim === 'city') return isWholeCity(scope);
  if ('place' in claim) {
    const { place } = claim;
    return scope.districts === '*' || scope.districts.some((code) => place.startsWith(code) || code.startsWith(place));
  }
  const inDistrict = scope.districts === '*' || scope.districts.some((code) => claim.district.startsWith(code));
  const inGroup = scope.groups === '*' || scope.groups.some((group) => claim.groups.includes(group));
  return inDistrict && inGroup;
}

/** A claim or several, as a list. */
export function claimsOf<C extends ScopeClaim | PlaceClaim>(claims: C | readonly C[]): readonly C[] {
  return Array.isArray(claims) ? (claims as readonly C[]) : [claims as C];
}

/** True when a claim lies in this district or below it. */
export function isIn(claim: ScopeClaim | PlaceClaim, district: string): boolean {
  return typeof claim === 'object' && ('place' in claim ? claim.place : claim.district).startsWith(district);
}

/** Each claim once, groups in order, as plain values of their own: a thousand cameras of one town claim one place. */
export function distinctClaims(claims: readonly ScopeClaim[]): ('none' | 'city' | { district: string; groups: string[] })[] {
  const distinct = new Map<string, 'none' | 'city' | { district: string; groups: string[] }>();
  for (const claim of claims) {
    if (typeof claim === 'string') distinct.set(claim, claim);
    else {
      const groups = [...claim.groups].sort();
      distinct.set(JSON.stringify([claim.district, ...groups]), { district: claim.district, groups });
    }
  }
  return [...distinct.values()];
}
