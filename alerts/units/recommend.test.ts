import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nowhere } from '../../main/contract/place.ts';
import { recommend, restMs, staleAfterMs, type RecommendInput } from './recommend.ts';
import { aUnit } from './testdata/a-unit.ts';

const now = 10_000_000;
const scene = { ...nowhere, lat: 31.36, lon: 119.82, district: '320282' };
/** A unit so many metres north of the scene, seen just now. */
const at = (id: string, metres: number, more: object = {}) =>
  aUnit({
    id,
    number: id,
    capabilities: ['fire'],
    position: { lat: 31.36 + metres / 111_195, lon: 119.82, at: now - 5000, by: id },
    ...more,
  });
const ask = (units: RecommendInput['units'], more: Partial<RecommendInput> = {}) =>
  recommend({
    place: scene,
    drill: false,
    simulated: false,
    wants: [{ capability: 'fire', count: 1 }],
    units,
    sent: new Set(),
    now,
    ...more,
  });
const ids = (found: ReturnType<typeof recommend>) => found.ranked.map(({ unitId }) => unitId as string);
const codes = (reasons: readonly { readonly code: string }[]) => reasons.map(({ code }) => code);

describe('the order', () => {
  test.each([
    ['the nearer one first', [at('b', 400), at('a', 900)], ['b', 'a']],
    [
      'a stale position is never near',
      [at('b', 10, { position: { lat: 31.36, lon: 119.82, at: now - staleAfterMs - 1, by: 'b' } }), at('a', 30_000)],
      ['a', 'b'],
    ],
    [
      'nor one from the future',
      [at('b', 10, { position: { lat: 31.36, lon: 119.82, at: now + 61_000, by: 'b' } }), at('a', 30_000)],
      ['a', 'b'],
    ],
    ['nor one that nobody knows, though its home is near', [at('b', 0, { position: null, home: scene }), at('a', 30_000)], ['a', 'b']],
    ['who is late after who is not', [at('b', 100, { state: 'delayed' }), at('a', 900)], ['a', 'b']],
    [
      'who has not rested after who has',
      [at('b', 100, { lastReleasedAt: now - restMs + 1 }), at('a', 900, { lastReleasedAt: now - restMs })],
      ['a', 'b'],
    ],
    ['another district after its own', [at('b', 100, { districts: ['320281'] }), at('a', 900, { districts: ['3202'] })], ['a', 'b']],
    ['at one place by number', [at('b', 100), at('a', 100)], ['a', 'b']],
  ])('%s', (_name, units, expected) => {
    expect(ids(ask(units))).toEqual(expected);
    expect(ids(ask(units.toReversed()))).toEqual(expected);
  });
});

describe('who is left out, and why', () => {
  test.each([
    ['without the capability', { capabilities: ['rescue'] }, [{ code: 'capability-missing', params: { wanted: 'fire' } }]],
    ['with a task', { state: 'enRoute', task: 't1', queued: ['t2'] }, [{ code: 'busy', params: { taskId: 't1', queued: 1 } }]],
    [
      'with all the tasks that it can have',
      { state: 'enRoute', task: 't1', queued: [...'abcdefgh'] },
      [
        { code: 'busy', params: { taskId: 't1', queued: 8 } },
        { code: 'queue-full', params: { queued: 8 } },
      ],
    ],
    [
      'out of service',
      { state: 'outOfService', reason: 'tyre', backAt: 11 },
      [{ code: 'not-available', params: { state: 'outOfService', reason: 'tyre', backAt: 11 } }],
    ],
    ['for drills alone', { drill: true }, [{ code: 'for-drills-only', params: {} }]],
    ['for drills alone, and simulated', { drill: true, simulated: true }, [{ code: 'for-drills-only', params: {} }]],
  ])('%s', (_name, more, reasons) => {
    const found = ask([at('a', 100, more)]);
    expect(found.ranked).toEqual([]);
    expect(found.excluded).toEqual([{ unitId: 'a', reasons }]);
  });

  test('a drill is for units of drills; a simulated one, which has no crew, may rehearse; a crew on duty may not', () => {
    const found = ask([at('a', 100, { drill: true }), at('b', 10, { simulated: true }), at('c', 10)], { drill: true });
    expect(ids(found)).toEqual(['b', 'a']);
    expect(found.wants[0]!.short).toBe(0);
    expect(found.excluded).toEqual([{ unitId: 'c', reasons: [{ code: 'real-for-drill', params: {} }] }]);
  });

  test('of what nobody knows a need, everybody can be sent', () => {
    expect(ids(ask([at('a', 100, { capabilities: [] })], { wants: [] }))).toEqual(['a']);
  });
});

test('each rank says why', () => {
  const found = ask([at('a', 500, { districts: ['320282'], lastReleasedAt: now - 600_000 })]);
  expect(found.ranked[0]).toEqual({
    unitId: 'a',
    covers: ['fire'],
    distanceM: 500,
    positionAgeMs: 5000,
    stale: false,
    reasons: [
      { code: 'chosen', params: { capability: 'fire' } },
      { code: 'covers', params: { capabilities: 'fire' } },
      { code: 'position-fresh', params: { ageSeconds: 5 } },
      { code: 'distance', params: { metres: 500, from: 'position' } },
      { code: 'state', params: { state: 'available' } },
      { code: 'resting', params: { minutes: 10 } },
      { code: 'district-own', params: { district: '320282' } },
      { code: 'crew', params: { crew: 6 } },
    ],
  });
  expect(codes(ask([at('a', 0, { position: null })]).ranked[0]!.reasons)).toContain('distance-unknown');
});

describe('a simulation', () => {
  const real = at('real', 40_000, { position: null, lastReleasedAt: now - 1000, state: 'delayed' });
  const made = at('made', 10, { simulated: true });
  const of = (found: ReturnType<typeof recommend>, id: string) => codes(found.ranked.find(({ unitId }) => unitId === id)!.reasons);

  test('a unit of one stands behind every real one, says so, and fills no need of a real incident', () => {
    const found = ask([made, real]);
    expect(ids(found)).toEqual(['real', 'made']);
    expect(of(found, 'made')[0]).toBe('simulated');
    expect(of(found, 'real')).not.toContain('simulated');
    const alone = ask([made]);
    expect(of(alone, 'made')).not.toContain('chosen');
    expect(alone.wants).toEqual([{ capability: 'fire', count: 1, short: 1 }]);
    // Sent already, it is no help either; staying, it covers no district.
    expect(ask([made], { sent: new Set(['made']) }).wants[0]!.short).toBe(1);
    expect(ask([made, real]).gaps).toEqual([{ capability: 'fire', district: '*' }]);
  });
  test('for a simulated incident no real unit drives to what is not there', () => {
    const found = ask([made, real], { simulated: true, wants: [{ capability: 'fire', count: 2 }] });
    expect(ids(found)).toEqual(['made']);
    expect(of(found, 'made')).not.toContain('simulated');
    expect(of(found, 'made')).toContain('chosen');
    expect(found.wants[0]!.short).toBe(1);
    expect(found.excluded).toEqual([{ unitId: 'real', reasons: [{ code: 'real-for-simulated', params: {} }] }]);
  });
});

describe('what cannot be met', () => {
  const wants = [
    { capability: 'fire', count: 2 },
    { capability: 'rescue', count: 1 },
  ];
  test('is said, and who fills what', () => {
    const found = ask([at('a', 100), at('b', 200, { capabilities: ['fire', 'rescue'] }), at('c', 300)], { wants });
    expect(found.wants).toEqual([
      { capability: 'fire', count: 2, short: 0 },
      { capability: 'rescue', count: 1, short: 0 },
    ]);
    const chosen = found.ranked.filter(({ reasons }) => reasons[0]!.code === 'chosen').map(({ unitId }) => unitId);
    expect(chosen).toEqual(['a', 'b']);
    expect(ask([at('a', 100)], { wants }).wants.map(({ short }) => short)).toEqual([1, 1]);
  });
  test('those that were sent already count', () => {
    const sent = at('a', 100, { state: 'enRoute', task: 't1' });
    expect(ask([sent], { wants, sent: new Set(['a']) }).wants.map(({ short }) => short)).toEqual([1, 1]);
    expect(ask([sent], { wants }).wants.map(({ short }) => short)).toEqual([2, 1]);
  });
  test('a district that would be left without is named', () => {
    const own = { districts: ['320282'] };
    expect(ask([at('a', 100, own)]).gaps).toEqual([{ capability: 'fire', district: '320282' }]);
    expect(ask([at('a', 100, own), at('b', 9000, own)]).gaps).toEqual([]);
    expect(ask([at('a', 100, own), at('b', 9000, { districts: ['320281'] })]).gaps).toEqual([{ capability: 'fire', district: '320282' }]);
    expect(ask([at('a', 100)]).gaps).toEqual([{ capability: 'fire', district: '*' }]);
  });
});

test('the same question has the same answer, and nobody is left out without a reason', () => {
  const unit = fc
    .record({
      metres: fc.integer({ min: 0, max: 50_000 }),
      ageMs: fc.integer({ min: -100_000, max: 4_000_000 }),
      known: fc.boolean(),
      state: fc.constantFrom('available', 'delayed', 'unavailable', 'staging', 'returning'),
      task: fc.constantFrom(null, null, 't'),
      capabilities: fc.subarray(['fire', 'rescue', 'medical']),
      districts: fc.subarray(['320281', '320282']),
      lastReleasedAt: fc.constantFrom(null, now - 1000, now - 2 * restMs),
      drill: fc.boolean(),
      simulated: fc.boolean(),
    })
    .map(({ metres, ageMs, known, ...more }) => ({
      ...more,
      state: more.task === null ? more.state : 'committed',
      position: known ? { lat: 31.36 + metres / 111_195, lon: 119.82, at: now - ageMs, by: 'x' } : null,
    }));
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (list, order) => {
      const units = list.map((more, index) => aUnit({ id: `u${index}`, number: `U-${index % 7}`, ...more }));
      const shuffled = units.map((one) => [order.next().value as number, one] as const).toSorted((a, b) => a[0] - b[0]);
      const found = ask(units);
      expect(ask(shuffled.map(([, one]) => one))).toEqual(found);
      expect(found.ranked.length + found.excluded.length).toBe(units.length);
      for (const { reasons } of [...found.ranked, ...found.excluded]) expect(reasons.length).toBeGreaterThan(0);
      const isMade = new Map<string, boolean>(units.map(({ id, simulated }) => [id, simulated]));
      const made = found.ranked.filter(({ unitId }) => isMade.get(unitId)!);
      const real = found.ranked.filter(({ unitId }) => !isMade.get(unitId)!);
      expect(found.ranked).toEqual([...real, ...made]);
      for (const { reasons } of made) expect(codes(reasons)).not.toContain('chosen');
      for (const part of [real, made])
        expect(part.map(({ stale }) => Number(stale))).toEqual(part.map(({ stale }) => Number(stale)).toSorted());
    }),
    { seed: 20261127, numRuns: 200 },
  );
});
