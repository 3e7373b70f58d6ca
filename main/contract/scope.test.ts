import { describe, expect, it } from 'vitest';
import { covers, distinctClaims, isIn, type PlaceClaim, type Scope, type ScopeClaim, wholeCity } from './scope.ts';

const yixing: Scope = { districts: ['320282'], groups: '*' };
const traffic: Scope = { districts: '*', groups: ['traffic'] };
const trafficOfTown: Scope = { districts: ['320282101', '320282102'], groups: ['traffic', 'police'] };
const nothing: Scope = { districts: [], groups: [] };

const at = (district: string, ...groups: string[]): ScopeClaim => ({ district, groups });

describe('covers', () => {
  it.each<[string, Scope, ScopeClaim[], boolean]>([
    ['everything is covered by the whole city', wholeCity, ['city', 'none', at('32')], true],
    ['no claim needs no scope', nothing, [], true],
    ['none needs no scope', nothing, ['none'], true],
    ['an empty scope covers no place', nothing, [at('320282')], false],
    ['an empty scope does not cover the city', nothing, ['city'], false],
    ['a district covers itself', yixing, [at('320282')], true],
    ['a district covers what is below it', yixing, [at('320282101005')], true],
    ['a district does not cover what is above it', yixing, [at('3202')], false],
    ['a district does not cover its neighbour', yixing, [at('320281')], false],
    ['a district does not cover the city', yixing, ['city'], false],
    ['groups do not cover the city', traffic, ['city'], false],
    ['a group covers what carries it', traffic, [at('11', 'police', 'traffic')], true],
    ['a group does not cover what carries none', traffic, [at('11')], false],
    ['a group is compared whole', traffic, [at('11', 'traffic-2')], false],
    ['district and group must both hold', trafficOfTown, [at('320282102', 'police')], true],
    ['the right group elsewhere is not covered', trafficOfTown, [at('320282103', 'police')], false],
    ['the wrong group in the right place is not covered', trafficOfTown, [at('320282102', 'parks')], false],
    ['every claim must be covered', yixing, [at('320282'), at('320281')], false],
  ])('%s', (_name, scope, claims, expected) => {
    expect(covers(scope, claims)).toBe(expected);
  });

  const place = (code: string): PlaceClaim => ({ place: code });
  it.each<[string, Scope, PlaceClaim, boolean]>([
    ['the whole city sees every place', wholeCity, place('11'), true],
    ['a district is seen', yixing, place('320282'), true],
    ['and what is below it', yixing, place('320282101'), true],
    ['and what it hangs under', yixing, place('3202'), true],
    ['its neighbour is not', yixing, place('320281'), false],
    ['a town of two sees the county above both', trafficOfTown, place('320282'), true],
    ['and not the third', trafficOfTown, place('320282103'), false],
    ['groups do not narrow the tree', traffic, place('320281'), true],
    ['who sees nothing sees no place', nothing, place('320282'), false],
  ])('of a place in the tree: %s', (_name, scope, claim, expected) => {
    expect(covers(scope, [claim])).toBe(expected);
  });
});

it('tells what lies in a district', () => {
  expect(([at('320282101'), { place: '320282' }, at('3202'), 'city', 'none'] as const).map((claim) => isIn(claim, '320282'))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

it('keeps each claim once', () => {
  const claims = [at('320282', 'b', 'a'), 'city', at('320282', 'a', 'b'), at('320282'), 'none', 'city', at('320282')] as const;
  expect(distinctClaims(claims)).toEqual([at('320282', 'a', 'b'), 'city', at('320282'), 'none']);
  expect(distinctClaims([])).toEqual([]);
});
