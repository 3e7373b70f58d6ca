import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import type { SeenObservation } from '../../alerts/rules/rule.ts';
import type { CityEvent, EventFact, Fact, ObservationFact } from '../feed-contract.ts';
import { nowhere } from '../../main/contract/place.ts';
import { createKnownCity, type FactSource, type KnownCity } from './known-city.ts';

const now = 1_800_000_000_000;
const source = (more: Partial<FactSource> = {}): FactSource => ({
  feedId: 'rivers' as FactSource['feedId'],
  system: 'emergency' as FactSource['system'],
  receivedAt: now,
  simulated: false,
  drill: false,
  ...more,
});
const level = (value: ObservationFact['value'], at: number | null = now - 1000, more: Partial<ObservationFact> = {}): Fact => ({
  kind: 'observation',
  entity: 'g1',
  quantity: 'water-level',
  value,
  quality: 'good',
  flag: null,
  at,
  ...more,
});
const warning = (external: string, version: number, more: Partial<EventFact> = {}): Fact => ({
  kind: 'event',
  external,
  version,
  supersedes: [],
  class: 'weather.rainstorm',
  status: 'open',
  severity: 'high',
  title: '暴雨橙色预警',
  text: null,
  instruction: null,
  at: now - 1000,
  startsAt: null,
  endsAt: null,
  place: nowhere,
  area: null,
  source: {},
  exercise: false,
  ...more,
});

/** What a pack makes of a figure: kept under its own name. */
const figure = (value: number | null) => ({
  outcome: 'taken' as const,
  changes: [{ collection: 'given-indicators', op: 'put' as const, key: 'emergency/drills', value: { key: 'emergency/drills', value } }],
  told: () => void shown.set('emergency/drills', value),
});

let ledger: MemoryLedger;
let city: KnownCity;
let seen: SeenObservation[];
let told: CityEvent[];
let shown: Map<string, unknown>;
const open = () => {
  seen = [];
  told = [];
  shown = new Map();
  city = createKnownCity({
    ledger,
    latest: { set: ({ key, fields }) => void shown.set(key, fields), get: () => undefined, forget: () => {} },
    onObservation: (one) => seen.push(one),
    onEvent: (event) => told.push(event),
    onIndicator: (_system, { indicator, value }) => (indicator === 'drills' ? figure(value) : null),
  });
};
beforeEach(() => {
  ledger = new MemoryLedger();
  open();
});
const take = (facts: readonly Fact[], from = source()) => {
  const taken = city.take(facts, from);
  city.flush();
  return taken;
};

describe('values', () => {
  test('the latest stands, with its unit; rules hear every one, in order; the history keeps all', () => {
    expect(take([level(3.2, now - 3000), level(3.4, now - 2000)])).toMatchObject({
      taken: 2,
      late: 0,
      points: [{ value: 3.2, unit: 'm' }, { value: 3.4 }],
    });
    expect(city.asset('rivers/g1')?.latest['water-level']).toMatchObject({ value: 3.4, at: now - 2000 });
    expect(seen.map(({ value, late }) => [value, late])).toEqual([
      [3.2, false],
      [3.4, false],
    ]);
    expect(shown.get('rivers/g1')).toEqual({ latest: city.asset('rivers/g1')!.latest });
  });

  test.each([
    ['older than what is known: kept, told as late, and nothing moves back', now - 5000, { late: 1, taken: 0 }, 3.4],
    ['of the same time with another value: a correction', now - 2000, { late: 0, taken: 1 }, 3.0],
    ['without a time: now', null, { late: 0, taken: 1 }, 3.0],
    ['a little ahead: our clock is the better one', now + 30_000, { late: 0, taken: 1 }, 3.0],
    ['far ahead: refused', now + 120_000, { taken: 0, problems: [{ code: 'time-future' }] }, 3.4],
  ] as const)('%s', (_what, at, answer, stands) => {
    take([level(3.4, now - 2000)]);
    expect(take([level(3.0, at)])).toMatchObject(answer);
    expect(city.asset('rivers/g1')?.latest['water-level']?.value).toBe(stands);
  });

  test('what was told while our own clock was a year ahead keeps nothing out once it is right', () => {
    const year = 365 * 86_400_000;
    take([level(9, null)], source({ receivedAt: (now + year) as FactSource['receivedAt'] }));
    expect(take([level(3)])).toMatchObject({ taken: 1, late: 0 });
    expect(city.asset('rivers/g1')?.latest['water-level']).toMatchObject({ value: 3, at: now - 1000 });
    expect(seen.at(-1)).toMatchObject({ value: 3, late: false });
    expect(take([level(2, now - 5000)])).toMatchObject({ taken: 0, late: 1 });
  });

  test('the same once more is a duplicate, and no rule hears of it', () => {
    take([level(3.4)]);
    expect(take([level(3.4)])).toMatchObject({ taken: 0, duplicate: 1, points: [] });
    expect(seen).toHaveLength(1);
  });

  test('a quantity that has no word is refused, the rest is taken', () => {
    expect(take([level(1, now, { quantity: 'happiness' }), level(2)])).toMatchObject({
      taken: 1,
      problems: [{ code: 'quantity-unknown', params: { quantity: 'happiness' } }],
    });
  });

  test('that a thing is described with each value makes no late or repeated value a new one', () => {
    const gauge: Fact = { kind: 'asset', entity: 'g1', assetKind: 'gauge', name: '水尺', place: nowhere, properties: {} };
    expect(take([gauge, level(3, now - 2000)])).toMatchObject({ taken: 2, late: 0, duplicate: 0 });
    expect(take([gauge, level(3, now - 2000)])).toMatchObject({ taken: 0, late: 0, duplicate: 1 });
    expect(take([gauge, level(2, now - 5000)])).toMatchObject({ taken: 0, late: 1, duplicate: 0 });
    expect(take([gauge, level(2, now + 120_000)])).toMatchObject({ taken: 0, duplicate: 0, problems: [{ code: 'time-future' }] });
    expect(take([gauge])).toMatchObject({ taken: 0, duplicate: 1 });
    expect(take([{ ...gauge, name: '新水尺' }, level(2, now - 6000)])).toMatchObject({ taken: 1, late: 1 });
  });

  test('of something that nobody described there is a sensor; described later, it is what it is', () => {
    take([level(3.4)]);
    expect(city.asset('rivers/g1')).toMatchObject({ assetKind: 'sensor', name: 'g1' });
    take([{ kind: 'asset', entity: 'g1', assetKind: 'gauge', name: '桥下水尺', place: nowhere, properties: { 'danger-level': 4 } }]);
    expect(city.asset('rivers/g1')).toMatchObject({ assetKind: 'gauge', name: '桥下水尺', latest: { 'water-level': { value: 3.4 } } });
    // Less said is not less known.
    take([{ kind: 'asset', entity: 'g1', assetKind: 'gauge', name: null, place: nowhere, properties: {} }]);
    expect(city.asset('rivers/g1')).toMatchObject({ name: '桥下水尺', properties: { 'danger-level': 4 } });
  });
});

describe('events', () => {
  test('a version supersedes the one before, an older or equal one changes nothing', () => {
    expect(take([warning('w1', 1)])).toMatchObject({ taken: 1 });
    expect(take([warning('w1', 1)])).toMatchObject({ duplicate: 1 });
    expect(take([warning('w1', 3, { severity: 'critical' })])).toMatchObject({ taken: 1 });
    expect(take([warning('w1', 2)])).toMatchObject({ late: 1 });
    expect([...city.events()]).toMatchObject([{ id: 'rivers/w1', version: 3, severity: 'critical' }]);
    expect(told.map(({ version }) => version)).toEqual([1, 3]);
  });

  test('a source that numbers by the time of a report says what is done about it under the same number', () => {
    const state = (word: string, more: Partial<EventFact> = {}) => warning('c1', 7, { source: { state: word }, ...more });
    expect(take([state('立案')])).toMatchObject({ taken: 1 });
    expect(take([state('派遣')])).toMatchObject({ taken: 1 });
    expect(take([state('派遣')])).toMatchObject({ taken: 0, duplicate: 1 });
    expect(take([state('结案', { status: 'ended' })])).toMatchObject({ taken: 1 });
    // Sent once more, an earlier word opens nothing again.
    expect(take([state('立案')])).toMatchObject({ duplicate: 1 });
    expect(told.map(({ version, status }) => [version, status])).toEqual([
      [7, 'open'],
      [8, 'open'],
      [9, 'ended'],
    ]);
    open();
    expect(take([state('结案', { status: 'ended' })])).toMatchObject({ duplicate: 1 });
    expect(take([warning('c1', 6)])).toMatchObject({ late: 1 });
    expect(take([warning('c1', 8, { source: { state: '返工' } })])).toMatchObject({ taken: 1 });
    expect([...city.events()]).toMatchObject([{ version: 10, status: 'open', source: { state: '返工' } }]);
    expect(take([warning('c1', 12)])).toMatchObject({ taken: 1 });
    expect([...city.events()][0]).toMatchObject({ version: 12 });
    expect([...city.events()][0]).not.toHaveProperty('toldVersion');
  });

  test.each([
    ['at another time it is a repetition', { at: now - 500, title: 'another' }],
    ['of what was superseded or is over by its time', { status: 'open', endsAt: now - 1 }],
  ] as const)('under the same number, %s', (_what, more) => {
    take([warning('w1', 1, { endsAt: now - 1 })]);
    city.expire(now);
    expect(take([warning('w1', 1, more)])).toMatchObject({ taken: 0, duplicate: 1 });
  });

  test('without a time and without a number what is said is what counts', () => {
    take([warning('w1', 0, { at: null })]);
    expect(take([warning('w1', 0, { at: null })], source({ receivedAt: (now + 5000) as FactSource['receivedAt'] }))).toMatchObject({
      duplicate: 1,
    });
    expect(take([warning('w1', 0, { at: null, status: 'ended' })])).toMatchObject({ taken: 1 });
    expect([...city.events()]).toMatchObject([{ status: 'ended' }]);
  });

  test('what one supersedes is over', () => {
    take([warning('w1', 1)]);
    take([warning('w2', 1, { supersedes: ['w1', 'nobody'] })]);
    expect(told.map(({ id, status }) => [id, status])).toEqual([
      ['rivers/w1', 'open'],
      ['rivers/w2', 'open'],
      ['rivers/w1', 'ended'],
    ]);
  });

  test('whose time is over end by themselves, once', () => {
    take([warning('w1', 1, { endsAt: now + 10 }), warning('w2', 1)]);
    city.expire(now + 9);
    expect(told).toHaveLength(2);
    city.expire(now + 10);
    city.expire(now + 11);
    expect(told.slice(2)).toMatchObject([{ id: 'rivers/w1', status: 'ended' }]);
  });

  test('an exercise is a drill for everything that comes of it', () => {
    take([warning('w1', 1, { exercise: true })]);
    expect(told[0]).toMatchObject({ drill: true, exercise: true });
  });
});

test('a figure that the pack does not have is refused', () => {
  const facts: Fact[] = ['drills', 'nothing'].map((indicator) => ({
    kind: 'indicator',
    indicator,
    value: 1,
    unit: null,
    at: null,
    district: null,
  }));
  expect(take(facts)).toMatchObject({ taken: 1, problems: [{ code: 'indicator-unknown' }] });
});

test('a figure is committed with its record, and shown after that', () => {
  const facts: Fact[] = [{ kind: 'indicator', indicator: 'drills', value: 4, unit: null, at: null, district: null }];
  city.take(facts, source());
  expect([ledger.get('given-indicators', 'emergency/drills'), shown.get('emergency/drills')]).toEqual([undefined, undefined]);
  city.flush();
  expect([ledger.get('given-indicators', 'emergency/drills'), shown.get('emergency/drills')]).toEqual([
    { key: 'emergency/drills', value: 4 },
    4,
  ]);
});

test('nothing is told before it is committed; several records are one commit', () => {
  city.take([warning('w1', 1)], source());
  city.take([warning('w2', 1)], source());
  expect(told).toEqual([]);
  const before = ledger.seq;
  city.flush();
  expect(ledger.seq).toBe(before + 1);
  expect(told).toHaveLength(2);
});

test('what the ledger knows is known after a start, and told as a duplicate when it is sent again', () => {
  take([warning('w1', 1), { kind: 'asset', entity: 'g1', assetKind: 'gauge', name: '水尺', place: nowhere, properties: {} }]);
  open();
  expect(city.asset('rivers/g1')).toMatchObject({ assetKind: 'gauge', name: '水尺' });
  expect(take([warning('w1', 1)])).toMatchObject({ duplicate: 1 });
});

test('whatever order values come in, the newest stands and none is lost from the history (seeded)', () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray(
        Array.from({ length: 12 }, (_, index) => index),
        { minLength: 1 },
      ),
      (order) => {
        ledger = new MemoryLedger();
        open();
        const points = order.flatMap((step) => take([level(step, now - 100_000 + step)]).points);
        expect(city.asset('rivers/g1')?.latest['water-level']?.value).toBe(Math.max(...order));
        expect(points.map(({ value }) => value)).toEqual(order);
      },
    ),
    { seed: 26, numRuns: 100 },
  );
});
