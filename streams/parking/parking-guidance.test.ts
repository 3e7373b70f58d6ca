import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nowhere } from '../../main/contract/place.ts';
import type { Asset } from '../feed-contract.ts';
import { createParkingGuidance, parkingGuidance } from './parking-guidance.ts';

const now = 1_800_000_000_000;
const staleMs = 300_000;
type Value = Asset['latest'][string]['value'];
type Told = Value | Partial<Asset['latest'][string]>;

const carPark = (values: Readonly<Record<string, Told>>, more: Partial<Asset> = {}): Asset => ({
  id: 'parking/p1',
  feedId: 'parking' as Asset['feedId'],
  system: 'traffic' as Asset['system'],
  entity: 'p1',
  assetKind: 'car-park',
  name: '东氿停车场',
  place: { ...nowhere, lat: 31.3, lon: 119.8, datum: 'gcj02', district: '320282', text: '东氿大道 1 号' },
  properties: {},
  latest: Object.fromEntries(
    Object.entries(values).map(([quantity, told]) => {
      const at = now - 20_000;
      const rest = typeof told === 'object' && told !== null ? told : { value: told };
      return [quantity, { value: null, quality: 'good', flag: null, at, receivedAt: at, ...rest }];
    }),
  ),
  simulated: false,
  drill: false,
  ...more,
});
const guidance = (...assets: Asset[]) => createParkingGuidance(assets, () => staleMs, now);
const only = (values: Readonly<Record<string, Told>>, more: Partial<Asset> = {}) => guidance(carPark(values, more)).carParks[0]!;

test('a car park is told by what is meant for drivers, and by nothing else', () => {
  const told = guidance(carPark({ 'spaces-free': 12, 'spaces-total': 100, state: 'open' }, { properties: { operator: '某公司' } }));
  expect(told).toEqual({
    at: now,
    carParks: [
      {
        id: expect.stringMatching(/^[\w-]{16}$/),
        name: '东氿停车场',
        lat: 31.3,
        lon: 119.8,
        datum: 'gcj02',
        free: 12,
        total: 100,
        state: 'open',
        ageSeconds: 20,
      },
    ],
  });
  expect(parkingGuidance.parse(told)).toEqual(told);
});

const old = { at: now - staleMs - 1 };
test.each<[string, Record<string, Told>, Partial<Asset>, object]>([
  ['nothing known', {}, {}, { free: null, total: null, state: 'unknown', ageSeconds: null }],
  ['stale is unknown', { 'spaces-free': { value: 12, ...old } }, {}, { free: null, state: 'unknown', ageSeconds: null }],
  ['no data is unknown', { 'spaces-free': { value: null, quality: 'no-data' } }, {}, { free: null, state: 'unknown' }],
  ['bad is unknown', { 'spaces-free': { value: 12, quality: 'bad' } }, {}, { free: null, state: 'unknown' }],
  ['no number is unknown', { 'spaces-free': 'many' }, {}, { free: null, state: 'unknown' }],
  ['none free is full', { 'spaces-free': 0 }, {}, { free: 0, state: 'full' }],
  ['counted below none is full', { 'spaces-free': -3 }, {}, { free: 0, state: 'full' }],
  ['from what is taken', { 'spaces-taken': 40 }, { properties: { 'spaces-total': 100 } }, { free: 60, total: 100, state: 'open' }],
  ['what is taken, of nobody knows how many', { 'spaces-taken': 40 }, {}, { free: null, state: 'unknown' }],
  [
    'more free than there are',
    { 'spaces-free': 120, 'spaces-total': 100 },
    {},
    { free: null, total: 100, state: 'unknown', ageSeconds: null },
  ],
  ['closed, whatever is counted', { 'spaces-free': 12, state: 'closedAbnormal' }, {}, { free: null, state: 'closed', ageSeconds: 20 }],
  ['a word left standing does not outweigh a count', { 'spaces-free': 12, state: 'full' }, {}, { free: 12, state: 'open' }],
  ['a word alone', { state: 'full' }, {}, { free: null, state: 'full', ageSeconds: 20 }],
  ['a word that says open', { state: 'almostFull' }, {}, { free: null, state: 'open' }],
  ['a word of which nobody knows what it means', { state: 'maintenance' }, {}, { state: 'unknown', ageSeconds: null }],
  ['a stale word', { state: { value: 'closed', ...old } }, {}, { state: 'unknown' }],
  ['an old capacity is one', { 'spaces-total': { value: 100, ...old } }, {}, { total: 100, free: null }],
  [
    'the age is of the newest',
    { 'spaces-free': { value: 1, at: now - 90_000 }, state: { value: 'open', at: now - 5000 } },
    {},
    { ageSeconds: 5 },
  ],
])('%s', (_what, values, more, expected) => {
  expect(only(values, more)).toMatchObject(expected);
});

test('nothing of a drill, nothing simulated, nothing that is no car park; in order, under names that stay; so many at most', () => {
  const named = (name: string, more: Partial<Asset> = {}) => carPark({}, { id: `parking/${name}`, name, ...more });
  const some = [named('b'), named('a'), named('c', { drill: true }), named('e', { simulated: true }), named('d', { assetKind: 'charger' })];
  const { carParks } = guidance(...some);
  expect(carParks.map(({ name }) => name).sort()).toEqual(['a', 'b']);
  expect(guidance(...some.toReversed()).carParks).toEqual(carParks);
  expect(new Set(carParks.map(({ id }) => id)).size).toBe(2);
  expect(guidance(...Array.from({ length: 5100 }, (_, index) => named(`p${index}`))).carParks).toHaveLength(5000);
});

test('whatever is known, what is told is as the contract has it, and an open one has free spaces where any are told (seeded)', () => {
  const value = fc.record({
    value: fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constantFrom(null, 'open', 'CLOSED', 'full', 'x')),
    quality: fc.constantFrom('good' as const, 'suspect' as const, 'bad' as const, 'no-data' as const),
    at: fc.integer({ min: now - 2 * staleMs, max: now }),
  });
  const values = fc.dictionary(fc.constantFrom('spaces-free', 'spaces-total', 'spaces-taken', 'state'), value);
  const properties = fc.dictionary(fc.constant('spaces-total'), fc.oneof(fc.double(), fc.constant('x'), fc.nat()));
  fc.assert(
    fc.property(values, properties, (latest, given) => {
      const told = guidance(carPark(latest, { properties: given }));
      expect(parkingGuidance.safeParse(told).success).toBe(true);
      const { free, total, state, ageSeconds } = told.carParks[0]!;
      if (state === 'open' && free !== null) expect(free).toBeGreaterThan(0);
      if (state === 'full' && free !== null) expect(free).toBe(0);
      if (free !== null && total !== null) expect(free).toBeLessThanOrEqual(total);
      if (state !== 'unknown') expect(ageSeconds).not.toBeNull();
    }),
    { seed: 41, numRuns: 2000 },
  );
});
