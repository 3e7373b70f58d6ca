import { describe, expect, test } from 'vitest';
import { nowhere } from '../../main/contract/place.ts';
import type { Asset, CityEvent } from '../feed-contract.ts';
import { reckonIndicators, reckonInSteps, type CityAtHand } from './indicator-book.ts';
import type { IndicatorFrom, SystemPack } from './system-pack.ts';

const now = 1_800_000_000_000;
const minute = 60_000;
type Latest = Asset['latest'][string];

const asset = (
  entity: string,
  values: Readonly<Record<string, Latest['value']>>,
  more: Partial<Asset> & { at?: number; quality?: Latest['quality'] } = {},
): Asset => {
  const { at = now - minute, quality = 'good', ...rest } = more;
  return {
    id: `f/${entity}`,
    feedId: 'f' as Asset['feedId'],
    system: 's' as Asset['system'],
    entity,
    assetKind: 'car-park',
    name: entity,
    place: nowhere,
    properties: {},
    latest: Object.fromEntries(
      Object.entries(values).map(([quantity, value]) => [quantity, { value, quality, flag: null, at, receivedAt: at }]),
    ),
    simulated: false,
    drill: false,
    ...rest,
  };
};
const event = (more: Partial<CityEvent>) =>
  ({
    system: 's',
    feedId: 'f',
    class: 'grid.stall',
    status: 'open',
    at: now,
    receivedAt: now,
    drill: false,
    simulated: false,
    ...more,
  }) as CityEvent;
const w = { zh: '一', en: 'one' };

function reckoned(
  from: IndicatorFrom,
  city: Partial<{
    assets: readonly Asset[];
    events: readonly CityEvent[];
    cameras: ReturnType<CityAtHand['cameras']>;
    cases: Record<string, ReturnType<CityAtHand['cases']>>;
  }>,
) {
  const pack: SystemPack = {
    id: 's',
    number: 1,
    name: w,
    department: w,
    feeds: [],
    rules: [],
    indicators: [{ id: 'i', name: w, unit: '', target: null, staleAfterSeconds: 60, from }],
  };
  const figures = reckonIndicators(
    [pack],
    {
      assets: () => city.assets ?? [],
      events: () => city.events ?? [],
      cameras: () => city.cameras ?? null,
      cases: (of) => city.cases?.[of] ?? null,
      staleAfterMs: () => 10 * minute,
      midnight: () => now - 3_600_000,
    },
    now,
  );
  return figures.get('s/i');
}

const free: IndicatorFrom = { kind: 'sum', assetKind: 'car-park', quantity: 'spaces-free' };
const share: IndicatorFrom = { kind: 'share', assetKind: 'car-park', quantity: 'online', where: { is: [true] } };

describe('a figure of which nothing is known is unknown, never zero', () => {
  test.each<[string, IndicatorFrom, Asset[]]>([
    ['no assets', free, []],
    ['no value', free, [asset('a', {})]],
    ['a stale one', free, [asset('a', { 'spaces-free': 5 }, { at: now - 11 * minute })]],
    ['a bad one', free, [asset('a', { 'spaces-free': 5 }, { quality: 'bad' })]],
    ['no data', free, [asset('a', { 'spaces-free': null })]],
    ['a word', free, [asset('a', { 'spaces-free': 'many' })]],
    ['of another system', free, [asset('a', { 'spaces-free': 5 }, { system: 'other' as never })]],
    ['of a drill', free, [asset('a', { 'spaces-free': 5 }, { drill: true })]],
    ['of another kind', free, [asset('a', { 'spaces-free': 5 }, { assetKind: 'venue' })]],
    ['a share of nothing', share, []],
    ['online of nothing', { kind: 'online', assetKind: 'car-park' }, []],
    [
      'a ratio to nothing',
      { kind: 'ratio', assetKind: 'car-park', quantity: 'spaces-free', of: 'spaces-total' },
      [asset('a', { 'spaces-free': 5 })],
    ],
  ])('%s', (_what, from, assets) => {
    expect(reckoned(from, { assets })?.value).toBeNull();
  });
});

test.each<[IndicatorFrom, Asset[], number]>([
  [
    free,
    [asset('a', { 'spaces-free': 5 }), asset('b', { 'spaces-free': 7 }), asset('c', { 'spaces-free': 9 }, { quality: 'suspect' })],
    12,
  ],
  [{ ...free, kind: 'mean' }, [asset('a', { 'spaces-free': 5 }), asset('b', { 'spaces-free': 6 })], 5.5],
  [{ ...free, kind: 'least' }, [asset('a', { 'spaces-free': 5 }), asset('b', { 'spaces-free': 6 })], 5],
  [{ ...free, kind: 'most' }, [asset('a', { 'spaces-free': 5 }), asset('b', { 'spaces-free': 6 })], 6],
  [{ kind: 'count', assetKind: 'car-park' }, [asset('a', {}), asset('b', {})], 2],
  [
    { kind: 'online', assetKind: 'car-park' },
    [asset('a', { online: true }), asset('b', {}), asset('c', { online: true }, { at: now - 11 * minute })],
    33.333,
  ],
  [share, [asset('a', { online: true }), asset('b', { online: false }), asset('c', {})], 50],
  [
    { kind: 'share', assetKind: 'car-park', quantity: 'spaces-free', where: { op: '>=', value: { property: 'least', factor: 2 } } },
    [
      asset('a', { 'spaces-free': 10 }, { properties: { least: 5 } }),
      asset('b', { 'spaces-free': 9 }, { properties: { least: 5 } }),
      asset('c', { 'spaces-free': 9 }),
    ],
    33.333,
  ],
  [
    { kind: 'ratio', assetKind: 'car-park', quantity: 'spaces-free', of: 'spaces-total' },
    [
      asset('a', { 'spaces-free': 5, 'spaces-total': 10 }),
      asset('b', { 'spaces-free': 5 }, { properties: { 'spaces-total': 30 } }),
      asset('c', { 'spaces-free': 100 }),
    ],
    25,
  ],
])('%j', (from, assets, value) => {
  expect(reckoned(from, { assets })?.value).toBe(value);
});

test('age and source are told: the newest of what it came from, the feed where there is one, and whether any of it is simulated', () => {
  const assets = [asset('a', { 'spaces-free': 5 }), asset('b', { 'spaces-free': 7 }, { at: now - 2 * minute, simulated: true })];
  expect(reckoned(free, { assets })).toEqual({ value: 12, at: now - minute, source: 'f', ofSimulated: true });
  expect(reckoned(free, { assets: [...assets, asset('c', { 'spaces-free': 1 }, { feedId: 'g' as never })] })?.source).toBeNull();
});

test('events: those open now, those of today; of a class and below it, none of a drill', () => {
  const events = [
    event({}),
    event({ status: 'ended' }),
    event({ at: now - 7_200_000 }),
    event({ class: 'grid' }),
    event({ class: 'gridlock' }),
    event({ drill: true }),
  ];
  expect(reckoned({ kind: 'events', class: 'grid', count: 'open' }, { events })?.value).toBe(3);
  expect(reckoned({ kind: 'events', class: 'grid', count: 'today' }, { events })?.value).toBe(3);
  expect(reckoned({ kind: 'events', class: 'grid', count: 'open' }, { events: [] })?.value).toBeNull();
});

test('minutes that events took: of those that ended since midnight, by their begin and end', () => {
  const took = (minutes: number, more: Partial<CityEvent> = {}) =>
    event({ class: 'traffic.accident', status: 'ended', startsAt: now - (minutes + 1) * minute, at: now - minute, endsAt: null, ...more });
  const from: IndicatorFrom = { kind: 'duration', class: 'traffic' };
  const events = [
    took(10),
    took(25, { endsAt: now - 6 * minute }),
    took(99, { status: 'open' }),
    took(99, { startsAt: null }),
    took(99, { class: 'grid' }),
    took(99, { drill: true }),
    // Superseded: its time is when it was told.
    took(0),
    took(99, { at: now - 3_600_001 }),
  ];
  expect(reckoned(from, { events })).toMatchObject({ value: 15, at: now - minute, source: 'f' });
  expect(reckoned(from, { events: [took(9, { status: 'open' })] })?.value).toBeNull();
});

test('a figure that is sent is reckoned where it can be otherwise', () => {
  const assets = [asset('a', { online: true }), asset('b', {})];
  expect(reckoned({ kind: 'given', otherwise: { kind: 'online', assetKind: 'car-park' } }, { assets })?.value).toBe(50);
  expect(reckoned({ kind: 'given' }, { assets })).toBeUndefined();
});

test('thousands of things are gone through with pauses between, and come to the same', () => {
  const assets = Array.from({ length: 3000 }, (_, index) => asset(`a${index}`, { 'spaces-free': 1 }));
  const pack = { id: 's', indicators: [{ id: 'i', name: w, unit: '', target: null, staleAfterSeconds: 60, from: free }] };
  const city = {
    assets: () => assets,
    events: () => [],
    cameras: () => null,
    cases: () => null,
    staleAfterMs: () => 10 * minute,
    midnight: () => 0,
  };
  const steps = reckonInSteps([pack as unknown as SystemPack], city, now);
  let pauses = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) pauses += 1;
  expect(pauses).toBe(5);
  expect(step.value.get('s/i')?.value).toBe(3000);
});

test('cases closed in time', () => {
  const cases = { grid: { closed: 3, inTime: 2, lastAt: now - minute, simulated: true } };
  expect(reckoned({ kind: 'cases-in-time', of: 'grid' }, { cases })).toEqual({
    value: 66.667,
    at: now - minute,
    source: null,
    ofSimulated: true,
  });
  expect(reckoned({ kind: 'cases-in-time', of: 'urban' }, { cases })?.value).toBeNull();
});

test('cameras', () => {
  const cameras = { total: 200, online: 190, districts: 20, districtsCovered: 19 };
  expect(reckoned({ kind: 'cameras', what: 'count' }, { cameras })?.value).toBe(200);
  expect(reckoned({ kind: 'cameras', what: 'online-share' }, { cameras })?.value).toBe(95);
  expect(reckoned({ kind: 'cameras', what: 'districts-covered-share' }, { cameras })?.value).toBe(95);
  expect(reckoned({ kind: 'cameras', what: 'count' }, {})?.value).toBeNull();
});
