import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../contract.ts';
import { createRuleEngine, type RuleEngine } from './evaluate-rules.ts';
import type { AlertSignal, Rule, RuleCondition, RuleInput, SeenObservation } from './rule.ts';
import { asset, cityEvent, ruleOf, seen, start } from './testdata/inputs.ts';

const short = ({ kind, rule, key }: AlertSignal): string => `${kind} ${rule.id} ${key}`;
const at = (seconds: number): number => start + seconds * 1000;

const level: Extract<RuleCondition, { kind: 'threshold' }> = {
  kind: 'threshold',
  assetKind: 'pump-station',
  quantity: 'tank-level',
  limit: { op: '>', value: 3 },
  forMs: 0,
  deadBand: 0,
  clearForMs: 0,
};
const pit = asset('pit');

/** Values of one pump one after the other, a tick before each and at the end; answers what was said, with the second. */
function said(
  when: RuleCondition,
  steps: readonly (readonly [seconds: number, value: SeenObservation['value'] | 'tick', more?: Partial<SeenObservation>])[],
  { quantity = 'tank-level', of = pit }: { readonly quantity?: string; readonly of?: SeenObservation['asset'] } = {},
): string[] {
  const engine = createRuleEngine([ruleOf('r', when)]);
  return steps.flatMap(([seconds, value, more]) => {
    const input: RuleInput =
      value === 'tick' ? { kind: 'tick' } : { kind: 'observation', observation: seen(of, quantity, value, seconds, more) };
    return engine.tell(input, at(seconds)).map(({ kind }) => `${kind} ${seconds}`);
  });
}

describe('a threshold', () => {
  test.each<[string, Partial<typeof level>, Parameters<typeof said>[1], string[]]>([
    [
      'raises and clears at once without delay',
      {},
      [
        [0, 2],
        [1, 3.1],
        [2, 4],
        [3, 3],
      ],
      ['raise 1', 'clear 3'],
    ],
    [
      'knows at-least',
      { limit: { op: '>=', value: 3 } },
      [
        [0, 3],
        [1, 2.9],
      ],
      ['raise 0', 'clear 1'],
    ],
    [
      'knows below',
      { limit: { op: '<', value: 3 } },
      [
        [0, 2.9],
        [1, 3],
      ],
      ['raise 0', 'clear 1'],
    ],
    [
      'knows at-most',
      { limit: { op: '<=', value: 3 } },
      [
        [0, 3],
        [1, 3.1],
      ],
      ['raise 0', 'clear 1'],
    ],
    [
      'waits for its time, by the values',
      { forMs: 60_000 },
      [
        [0, 4],
        [59, 4],
        [60, 4],
      ],
      ['raise 60'],
    ],
    [
      'waits for its time, by the clock',
      { forMs: 60_000 },
      [
        [0, 4],
        [59, 'tick'],
        [60, 'tick'],
        [61, 'tick'],
      ],
      ['raise 60'],
    ],
    [
      'forgets when it was beyond for too short a time',
      { forMs: 60_000 },
      [
        [0, 4],
        [30, 2],
        [31, 4],
        [61, 'tick'],
        [91, 'tick'],
      ],
      ['raise 91'],
    ],
    [
      'holds within the dead band',
      { deadBand: 0.5 },
      [
        [0, 4],
        [1, 2.8],
        [2, 2.5],
      ],
      ['raise 0', 'clear 2'],
    ],
    [
      'a value in the dead band does not raise',
      { deadBand: 0.5, forMs: 10_000 },
      [
        [0, 4],
        [5, 2.8],
        [12, 4],
        [13, 'tick'],
      ],
      [],
    ],
    [
      'clears after its time',
      { clearForMs: 60_000 },
      [
        [0, 4],
        [10, 2],
        [69, 'tick'],
        [70, 'tick'],
      ],
      ['raise 0', 'clear 70'],
    ],
    [
      'does not clear when it is beyond again',
      { clearForMs: 60_000 },
      [
        [0, 4],
        [10, 2],
        [50, 4],
        [71, 'tick'],
      ],
      ['raise 0'],
    ],
    [
      'no-data neither raises nor clears',
      {},
      [
        [0, null],
        [1, 4],
        [2, null, { quality: 'no-data' }],
        [3, 2, { quality: 'bad' }],
        [4, 2, { quality: 'suspect' }],
      ],
      ['raise 1'],
    ],
    [
      'a bad value does not raise',
      {},
      [
        [0, 9, { quality: 'bad' }],
        [1, Number.NaN],
        [2, 'high'],
        [3, true],
      ],
      [],
    ],
    [
      'a late value says nothing',
      {},
      [
        [0, 9, { late: true }],
        [1, 4],
        [2, 1, { late: true }],
      ],
      ['raise 1'],
    ],
    [
      'a value of the future says nothing',
      {},
      [
        [0, 9, { at: at(1) }],
        [1, 4],
        [2, 1, { at: at(3) }],
      ],
      ['raise 1'],
    ],
    [
      'one old value, told alone, does not stand for the time since',
      { forMs: 60_000 },
      [
        [7200, 4, { at: at(0) }],
        [7201, 'tick'],
        [7210, 2],
        [7300, 'tick'],
      ],
      [],
    ],
  ])('%s', (_name, change, steps, expected) => {
    expect(said({ ...level, ...change }, steps)).toEqual(expected);
  });

  test('has the limit that its asset names, times a factor; without one nothing is known', () => {
    const when: RuleCondition = { ...level, limit: { op: '>', value: { property: 'danger-level', factor: 0.9 } } };
    expect(
      said(
        when,
        [
          [0, 4.6],
          [1, 4.4],
        ],
        { of: asset('pit', { properties: { 'danger-level': 5 } }) },
      ),
    ).toEqual(['raise 0', 'clear 1']);
    expect(said(when, [[0, 99]], { of: asset('pit', { properties: { 'danger-level': 'five' } }) })).toEqual([]);
    expect(said(when, [[0, 99]])).toEqual([]);
  });

  test('says what raised it, and when that began', () => {
    const engine = createRuleEngine([ruleOf('r', { ...level, forMs: 60_000 }, { labels: { kind: 'water' } })]);
    engine.tell({ kind: 'observation', observation: seen(pit, 'tank-level', 4, 0) }, at(0));
    const [signal] = engine.tell({ kind: 'tick' }, at(90));
    expect(signal).toMatchObject({
      kind: 'raise',
      key: 'pumps/pit',
      severity: 'medium',
      at: at(0),
      subject: { kind: 'asset', id: 'pumps/pit', name: 'pit' },
      reading: { quantity: 'tank-level', value: 4, limit: 3, unit: 'm' },
      labels: {
        system: 'utilities',
        rule: 'r',
        condition: 'threshold',
        feed: 'pumps',
        'asset-kind': 'pump-station',
        district: '370102',
        kind: 'water',
      },
    });
  });
});

test.each<[string, RuleCondition, Parameters<typeof said>[1], string[]]>([
  [
    'words',
    { kind: 'state', assetKind: null, quantity: 'tank-level', is: ['fault', 'trip'], forMs: 0 },
    [
      [0, 'ok'],
      [1, 'trip'],
      [2, 'fault'],
      [3, 'ok'],
    ],
    ['raise 1', 'clear 3'],
  ],
  [
    'yes and no',
    { kind: 'state', assetKind: null, quantity: 'tank-level', is: [true], forMs: 0 },
    [
      [0, true],
      [1, 7],
      [2, null],
      [3, false],
    ],
    ['raise 0', 'clear 3'],
  ],
  [
    'for a time',
    { kind: 'state', assetKind: null, quantity: 'tank-level', is: [false], forMs: 5000 },
    [
      [0, false],
      [4, 'tick'],
      [5, 'tick'],
      [6, true],
    ],
    ['raise 5', 'clear 6'],
  ],
])('a state: %s', (_name, when, steps, expected) => {
  expect(said(when, steps)).toEqual(expected);
});

test.each<[string, Parameters<typeof said>[1], string[]]>([
  [
    'three of the last four',
    [
      [0, 4],
      [1, 4],
      [2, 2],
      [3, 4],
      [4, 2],
      [5, 2],
    ],
    ['raise 3', 'clear 4'],
  ],
  [
    'values that are too old do not count',
    [
      [0, 4],
      [1, 4],
      [102, 4],
      [103, 4],
      [104, 4],
    ],
    ['raise 104'],
  ],
  [
    'good ones push bad ones out',
    [
      [0, 4],
      [1, 4],
      [2, 2],
      [3, 2],
      [4, 4],
    ],
    [],
  ],
  [
    'silence and late values change nothing',
    [
      [0, 4],
      [1, 4],
      [2, 4],
      [3, 2, { late: true }],
      [500, 'tick'],
      [501, 2],
    ],
    ['raise 2', 'clear 501'],
  ],
])('n in m: %s', (_name, steps, expected) => {
  const when: RuleCondition = {
    kind: 'n-in-m',
    assetKind: 'pump-station',
    quantity: 'tank-level',
    limit: { op: '>', value: 3 },
    n: 3,
    m: 4,
    withinMs: 100_000,
  };
  expect(said(when, steps)).toEqual(expected);
});

test.each<[string, Extract<RuleCondition, { kind: 'rate' }>['limit'], Parameters<typeof said>[1], string[]]>([
  [
    'a rise',
    { op: '>', value: 1 },
    [
      [0, 1],
      [30, 1.5],
      [60, 2.1],
      [90, 2.4],
      [150, 2.5],
    ],
    ['raise 60', 'clear 90'],
  ],
  [
    'a fall',
    { op: '<', value: -1 },
    [
      [0, 3],
      [30, 2.5],
      [60, 1.9],
      [110, 1.8],
    ],
    ['raise 60', 'clear 110'],
  ],
  [
    'slowly is not too fast',
    { op: '>', value: 1 },
    [
      [0, 1],
      [61, 2.5],
      [122, 4],
    ],
    [],
  ],
  [
    'after a gap nothing is raised, and cleared if it changed less',
    { op: '>', value: 1 },
    [
      [0, 1],
      [500, 3],
      [501, 4.1],
      [900, 8],
      [1500, 8],
    ],
    ['raise 501', 'clear 1500'],
  ],
  [
    'no-data and late values say nothing',
    { op: '>', value: 1 },
    [
      [0, 1],
      [1, 9, { late: true }],
      [2, null],
    ],
    [],
  ],
])('a rate: %s', (_name, limit, steps, expected) => {
  expect(said({ kind: 'rate', assetKind: null, quantity: 'tank-level', limit, perMs: 60_000 }, steps)).toEqual(expected);
});

test('a rate of a source that sends all the time keeps a bounded number of values and is not far off', () => {
  const engine = createRuleEngine([
    ruleOf('r', { kind: 'rate', assetKind: null, quantity: 'tank-level', limit: { op: '>', value: 10 }, perMs: 60_000 }),
  ]);
  // 0.1 a second are 6 a minute; then 0.2 a second, which is 12.
  const raisedAt: number[] = [];
  for (let second = 0; second < 300; second += 1) {
    const value = second < 150 ? second * 0.1 : 15 + (second - 150) * 0.2;
    if (engine.tell({ kind: 'observation', observation: seen(pit, 'tank-level', value, second) }, at(second)).length > 0)
      raisedAt.push(second);
  }
  expect(raisedAt).toHaveLength(1);
  expect(Math.abs(raisedAt[0]! - 191)).toBeLessThanOrEqual(4);
});

describe('absence', () => {
  const silent: RuleCondition = { kind: 'absence', assetKind: 'pump-station', quantity: null, afterMs: 60_000 };

  test.each<[string, RuleCondition, Parameters<typeof said>[1], string[]]>([
    [
      'raises after its time and clears with the first word',
      silent,
      [
        [0, 1],
        [59, 'tick'],
        [60, 'tick'],
        [61, 'tick'],
        [70, 1],
      ],
      ['raise 60', 'clear 70'],
    ],
    [
      'every value counts, also late ones and such as hold nothing',
      silent,
      [
        [0, 1],
        [50, 1, { late: true }],
        [100, null, { quality: 'no-data' }],
        [150, 'tick'],
        [160, 'tick'],
      ],
      ['raise 160'],
    ],
    [
      'of one quantity only what is a value',
      { ...silent, quantity: 'tank-level' },
      [
        [0, 1],
        [50, null, { quality: 'no-data' }],
        [60, 'tick'],
        [61, null],
        [62, 1],
      ],
      ['raise 60', 'clear 62'],
    ],
    [
      'nobody fell silent because the clock was set forward',
      silent,
      [
        [0, 'tick'],
        [1, 1],
        [31_536_000, 'tick'],
        [31_536_030, 'tick'],
        [31_536_061, 'tick'],
      ],
      ['raise 31536061'],
    ],
    [
      'or back',
      silent,
      [
        [100_000, 'tick'],
        [100_001, 1],
        [5, 'tick'],
        [60, 'tick'],
        [66, 'tick'],
      ],
      ['raise 66'],
    ],
  ])('%s', (_name, when, steps, expected) => {
    expect(said(when, steps)).toEqual(expected);
  });

  test('misses an asset that is known and was never heard; one that was removed is missed no more', () => {
    const engine = createRuleEngine([ruleOf('r', silent)]);
    engine.tell({ kind: 'asset', asset: pit }, at(0));
    engine.tell({ kind: 'asset', asset: asset('camera', { assetKind: 'gauge' }) }, at(0));
    expect(engine.tell({ kind: 'tick' }, at(60)).map(short)).toEqual(['raise r pumps/pit']);
    expect(engine.tell({ kind: 'gone', id: pit.id }, at(61)).map(short)).toEqual(['clear r pumps/pit']);
    expect([engine.tell({ kind: 'tick' }, at(600)), engine.figures.states]).toEqual([[], 0]);
  });
});

describe('an event', () => {
  const garbage: RuleCondition = { kind: 'event', class: 'grid', atLeast: 'medium' };
  const tell = (engine: RuleEngine, ...args: Parameters<typeof cityEvent>) =>
    engine.tell({ kind: 'event', event: cityEvent(...args) }, at(args[1]));

  test('raises with its class or below it, and at least so severe; over with its event', () => {
    const engine = createRuleEngine([ruleOf('r', garbage)]);
    expect(tell(engine, 'a', 0).map(short)).toEqual(['raise r cases/a']);
    expect(tell(engine, 'b', 1, { class: 'gridlock.jam' })).toEqual([]);
    expect(tell(engine, 'c', 2, { severity: 'low' })).toEqual([]);
    expect(tell(engine, 'c', 3, { version: 2, severity: 'critical' })[0]).toMatchObject({ kind: 'raise', severity: 'critical' });
    expect(tell(engine, 'a', 4, { version: 2, status: 'ended' }).map(short)).toEqual(['clear r cases/a']);
    expect(tell(engine, 'c', 5, { version: 3, severity: 'information' }).map(short)).toEqual(['clear r cases/c']);
  });

  test('becomes something else: its rule hears it', () => {
    const engine = createRuleEngine([ruleOf('r', garbage), ruleOf('s', { kind: 'event', class: 'traffic', atLeast: 'low' })]);
    tell(engine, 'a', 0);
    expect(tell(engine, 'a', 1, { version: 2, class: 'traffic.jam' }).map(short)).toEqual(['clear r cases/a', 'raise s cases/a']);
  });

  test('is over when its time is, when another makes it void, and when it is known no more', () => {
    const engine = createRuleEngine([ruleOf('r', garbage)]);
    tell(engine, 'a', 0, { endsAt: at(10) });
    tell(engine, 'b', 0);
    tell(engine, 'c', 0);
    expect(engine.tell({ kind: 'tick' }, at(9))).toEqual([]);
    expect(engine.tell({ kind: 'tick' }, at(10)).map(short)).toEqual(['clear r cases/a']);
    expect(tell(engine, 'd', 11, { supersedes: ['b'] }).map(short)).toEqual(['clear r cases/b', 'raise r cases/d']);
    expect(engine.tell({ kind: 'gone', id: 'cases/c' }, at(12)).map(short)).toEqual(['clear r cases/c']);
  });

  test('told again, of an older version, or from the future: nothing', () => {
    const engine = createRuleEngine([ruleOf('r', garbage)]);
    tell(engine, 'a', 0, { version: 5 });
    expect(tell(engine, 'a', 1, { version: 5 })).toEqual([]);
    expect(tell(engine, 'a', 2, { version: 4, severity: 'critical' })).toEqual([]);
    tell(engine, 'a', 3, { version: 6, status: 'ended' });
    expect(tell(engine, 'a', 4, { version: 5 })).toEqual([]);
    expect(tell(engine, 'f', 5, { at: at(5) + 300_001 })).toEqual([]);
    expect(tell(engine, 'g', 6, { endsAt: at(6) })).toEqual([]);
    expect(engine.figures).toMatchObject({ replayed: 3, future: 1 });
    tell(engine, 'h', 7);
    expect(tell(engine, 'h', 8, { status: 'ended' }).map(short)).toEqual(['clear r cases/h']);
    expect(tell(engine, 'h', 9)).toEqual([]);
  });

  test('an exercise is a drill', () => {
    const engine = createRuleEngine([ruleOf('r', garbage)]);
    expect(tell(engine, 'a', 0, { exercise: true })[0]).toMatchObject({ drill: true });
  });
});

describe('a cluster', () => {
  const when: RuleCondition = { kind: 'cluster', class: 'grid.garbage', count: 3, radiusM: 300, withinMs: 3_600_000 };
  const where = (eastM: number) => ({ lat: 36.65, lon: 117.12 + eastM / 89_200, datum: 'wgs84' as const, district: '370102', text: null });
  const run = (events: readonly Parameters<typeof cityEvent>[]) => {
    const engine = createRuleEngine([ruleOf('r', when)]);
    return {
      engine,
      said: events.flatMap((args) =>
        engine.tell({ kind: 'event', event: cityEvent(...args) }, at(args[1])).map((signal) => `${short(signal)} ${signal.reading?.value}`),
      ),
    };
  };

  test.each<[string, Parameters<typeof cityEvent>[], string[]]>([
    [
      'three near each other',
      [
        ['a', 0, { place: where(0) }],
        ['b', 1, { place: where(200) }],
        ['c', 2, { place: where(100) }],
      ],
      ['raise r cases/a 3'],
    ],
    [
      'a fourth one joins',
      [
        ['a', 0, { place: where(0) }],
        ['b', 1, { place: where(0) }],
        ['c', 2, { place: where(0) }],
        ['d', 3, { place: where(250) }],
      ],
      ['raise r cases/a 3', 'raise r cases/a 4'],
    ],
    [
      'too far away',
      [
        ['a', 0, { place: where(0) }],
        ['b', 1, { place: where(0) }],
        ['c', 2, { place: where(310) }],
      ],
      [],
    ],
    [
      'too long ago',
      [
        ['a', 0],
        ['b', 1],
        ['c', 3700],
      ],
      [],
    ],
    [
      'one event told three times',
      [
        ['a', 0],
        ['a', 1, { version: 2 }],
        ['a', 2, { version: 3 }],
      ],
      [],
    ],
    [
      'exercises are not counted with real ones',
      [
        ['a', 0],
        ['b', 1],
        ['c', 2, { exercise: true }],
      ],
      [],
    ],
    [
      'nor simulated ones',
      [
        ['a', 0],
        ['b', 1],
        ['c', 2, { simulated: true }],
      ],
      [],
    ],
    [
      'the same numbers on another map lie elsewhere',
      [
        ['a', 0],
        ['b', 1],
        ['c', 2, { place: { ...where(0), datum: 'gcj02' } }],
      ],
      [],
    ],
    [
      'the same spot on another map',
      [
        ['a', 0, { place: where(0) }],
        ['b', 1, { place: where(0) }],
        ['c', 2, { place: { ...where(0), lat: 36.6504292, lon: 117.1261278, datum: 'gcj02' } }],
      ],
      ['raise r cases/a 3'],
    ],
    [
      'without a position',
      [
        ['a', 0],
        ['b', 1],
        ['c', 2, { place: { ...where(0), lat: null } }],
      ],
      [],
    ],
    [
      'cancelled ones are taken out',
      [
        ['a', 0],
        ['b', 1],
        ['c', 2],
        ['b', 3, { version: 2, status: 'cancelled' }],
      ],
      ['raise r cases/a 3', 'clear r cases/a 2'],
    ],
    [
      'ended ones count: it happened',
      [
        ['a', 0],
        ['b', 1, { status: 'ended' }],
        ['c', 2],
      ],
      ['raise r cases/a 3'],
    ],
  ])('%s', (_name, events, expected) => {
    expect(run(events).said).toEqual(expected);
  });

  test('is over when its events are too old, one by one', () => {
    const { engine } = run([
      ['a', 0],
      ['b', 100],
      ['c', 200],
      ['d', 300],
    ]);
    expect(engine.tell({ kind: 'tick' }, at(3600))).toEqual([]);
    expect(engine.tell({ kind: 'tick' }, at(3601))).toEqual([]);
    expect(engine.tell({ kind: 'tick' }, at(3701)).map(short)).toEqual(['clear r cases/a']);
    engine.tell({ kind: 'tick' }, at(4000));
    expect(engine.figures.states).toBe(0);
  });
});

describe('all of several', () => {
  const rain: RuleCondition = {
    kind: 'threshold',
    assetKind: 'rain-gauge',
    quantity: 'rain-hour',
    limit: { op: '>', value: 30 },
    forMs: 0,
    deadBand: 0,
    clearForMs: 0,
  };
  const flood: RuleCondition = { kind: 'event', class: 'grid.waterlogging', atLeast: 'low' };
  const both = (same: 'asset' | 'district', of: readonly RuleCondition[] = [rain, level]): RuleCondition => ({
    kind: 'all',
    of,
    same,
    withinMs: 600_000,
  });
  const gauge = asset('gauge', { assetKind: 'rain-gauge' });
  const observed = (engine: RuleEngine, of: SeenObservation['asset'], quantity: string, value: number, seconds: number) =>
    engine.tell({ kind: 'observation', observation: seen(of, quantity, value, seconds) }, at(seconds)).map(short);

  test('in one district; what held a while ago counts still', () => {
    const engine = createRuleEngine([ruleOf('r', both('district'))]);
    expect(observed(engine, gauge, 'rain-hour', 40, 0)).toEqual([]);
    expect(observed(engine, gauge, 'rain-hour', 10, 10)).toEqual([]);
    expect(observed(engine, pit, 'tank-level', 4, 600)).toEqual(['raise r utilities:370102']);
    expect(engine.tell({ kind: 'tick' }, at(610))).toEqual([]);
    expect(engine.tell({ kind: 'tick' }, at(611)).map(short)).toEqual(['clear r utilities:370102']);
  });

  test('not in two districts, not in none, not an exercise with what is real', () => {
    const elsewhere = (district: string | null) => ({ ...pit, place: { ...pit.place, district } });
    const engine = createRuleEngine([ruleOf('r', both('district'))]);
    observed(engine, gauge, 'rain-hour', 40, 0);
    expect(observed(engine, elsewhere('370103'), 'tank-level', 4, 1)).toEqual([]);
    expect(observed(engine, { ...elsewhere(null), id: 'pumps/x' }, 'tank-level', 4, 1)).toEqual([]);
    expect(observed(engine, { ...pit, id: 'pumps/y', drill: true }, 'tank-level', 4, 1)).toEqual([]);
    expect(observed(engine, { ...pit, id: 'pumps/z' }, 'tank-level', 4, 1)).toEqual(['raise r utilities:370102']);
  });

  test('what ended long ago counts for no longer, although nobody looked meanwhile', () => {
    const cluster: RuleCondition = { kind: 'cluster', class: 'grid.garbage', count: 2, radiusM: 300, withinMs: 60_000 };
    const run = (seconds: number) => {
      const engine = createRuleEngine([ruleOf('r', { kind: 'all', of: [cluster, flood], same: 'district', withinMs: 30_000 })]);
      const events = [cityEvent('a', 0), cityEvent('b', 1), cityEvent('w', seconds, { class: 'grid.waterlogging' })];
      return events.flatMap((event) => {
        engine.tell({ kind: 'tick' }, event.at);
        return engine.tell({ kind: 'event', event }, event.at).map(short);
      });
    };
    expect([run(59), run(3600)]).toEqual([['raise r utilities:370102'], []]);
  });

  test('at one asset, and with an event', () => {
    const pressure: RuleCondition = { ...level, quantity: 'pressure', limit: { op: '<', value: 1 } };
    const engine = createRuleEngine([ruleOf('r', both('asset', [level, pressure])), ruleOf('s', both('district', [level, flood]))]);
    observed(engine, pit, 'tank-level', 4, 0);
    expect(observed(engine, asset('other'), 'pressure', 0, 1)).toEqual([]);
    expect(observed(engine, pit, 'pressure', 0, 2)).toEqual(['raise r pumps/pit']);
    const event = cityEvent('w', 3, { class: 'grid.waterlogging.street', severity: 'low' });
    expect(engine.tell({ kind: 'event', event }, at(3)).map(short)).toEqual(['raise s utilities:370102']);
    expect(engine.tell({ kind: 'gone', id: event.id }, at(4))).toEqual([]);
    expect(engine.tell({ kind: 'tick' }, at(605)).map(short)).toEqual(['clear s utilities:370102']);
  });
});

test('a feed that stopped: after its time, and over with its first word; waiting says nothing', () => {
  const feed = { id: 'pumps', name: 'Pumps', simulated: false, drill: false } as Extract<RuleInput, { kind: 'feed' }>['feed'];
  const engine = createRuleEngine([ruleOf('r', { kind: 'feed', states: ['stale', 'failing'], forMs: 60_000 })]);
  const tell = (state: Extract<RuleInput, { kind: 'feed' }>['state'], seconds: number) =>
    [...engine.tell({ kind: 'feed', feed, state }, at(seconds)), ...engine.tell({ kind: 'tick' }, at(seconds))].map(short);
  expect([
    tell('waiting', 0),
    tell('live', 1),
    tell('stale', 10),
    tell('failing', 69),
    tell('failing', 70),
    tell('waiting', 71),
    tell('live', 72),
  ]).toEqual([[], [], [], [], ['raise r pumps'], [], ['clear r pumps']]);
});

// ---- restart

const alertOf = (signal: AlertSignal): Alert => ({ ...signal, rule: signal.rule.id, active: true, since: signal.at }) as unknown as Alert;

describe('after a restart', () => {
  const rules: readonly Rule[] = [
    ruleOf('level', level),
    ruleOf('often', {
      kind: 'n-in-m',
      assetKind: null,
      quantity: 'tank-level',
      limit: { op: '>', value: 3 },
      n: 2,
      m: 3,
      withinMs: 60_000,
    }),
    ruleOf('rate', { kind: 'rate', assetKind: null, quantity: 'tank-level', limit: { op: '>', value: 1 }, perMs: 60_000 }),
    ruleOf('silent', { kind: 'absence', assetKind: 'pump-station', quantity: null, afterMs: 60_000 }),
    ruleOf('event', { kind: 'event', class: 'grid', atLeast: 'low' }),
    ruleOf('both', { kind: 'all', of: [level, { ...level, quantity: 'pressure' }], same: 'district', withinMs: 60_000 }),
    ruleOf('same', { kind: 'all', of: [level, { ...level, quantity: 'pressure' }], same: 'asset', withinMs: 60_000 }),
  ];
  const before = createRuleEngine(rules);
  const observe = (engine: RuleEngine, quantity: string, value: number | null, seconds: number) =>
    engine.tell({ kind: 'observation', observation: seen(pit, quantity, value, seconds) }, at(seconds)).map(short);
  observe(before, 'tank-level', 1, 0);
  observe(before, 'tank-level', 4, 1);
  observe(before, 'tank-level', 4, 2);
  observe(before, 'pressure', 4, 3);
  before.tell({ kind: 'event', event: cityEvent('a', 4) }, at(4));
  before.tell({ kind: 'tick' }, at(100));
  const alerts = [...before.standing()].map(alertOf);

  test('all of them stood', () => {
    expect(alerts.map(({ rule }) => rule)).toEqual(['level', 'often', 'rate', 'silent', 'event', 'both', 'same']);
  });

  test('what was active stays so while nothing is known, and clears with the first good value', () => {
    const engine = createRuleEngine(rules);
    engine.tell({ kind: 'event', event: cityEvent('a', 4) }, at(200));
    engine.tell({ kind: 'asset', asset: pit }, at(200));
    expect(engine.adopt(alerts, at(200))).toEqual([]);
    expect([...Array(600)].flatMap((_, second) => engine.tell({ kind: 'tick' }, at(200 + second)))).toEqual([]);
    expect(observe(engine, 'tank-level', null, 800)).toEqual(['clear silent pumps/pit']);
    expect(observe(engine, 'tank-level', 2, 801)).toEqual(['clear level pumps/pit', 'clear often pumps/pit']);
    observe(engine, 'pressure', 1, 802);
    expect(observe(engine, 'tank-level', 2, 803)).toEqual(['clear rate pumps/pit']);
    expect(engine.tell({ kind: 'tick' }, at(850))).toEqual([]);
    expect(engine.tell({ kind: 'tick' }, at(870)).map(short).toSorted()).toEqual(
      ['clear both utilities:370102', 'clear same pumps/pit', 'raise silent pumps/pit'].toSorted(),
    );
  });

  test('an event that ended meanwhile, and a rule that is no more, are over', () => {
    const engine = createRuleEngine(rules.slice(1));
    engine.tell({ kind: 'event', event: cityEvent('a', 4, { version: 2, status: 'ended' }) }, at(200));
    expect(engine.adopt(alerts, at(200)).map(({ rule }) => rule)).toEqual(['level', 'event']);
  });
});

// ---- bounds and properties

test('the number of states is bounded, and what finds no place is counted', () => {
  const engine = createRuleEngine([ruleOf('r', level)], { statesAtMost: 10 });
  for (let index = 0; index < 25; index += 1)
    engine.tell({ kind: 'observation', observation: seen(asset(`p${index}`), 'tank-level', 4, index) }, at(index));
  expect(engine.figures).toMatchObject({ states: 10, statesRefused: 15 });
  expect([...engine.standing()]).toHaveLength(10);
  engine.tell({ kind: 'observation', observation: seen(asset('p0'), 'tank-level', 1, 30) }, at(30));
  expect(engine.tell({ kind: 'observation', observation: seen(asset('p24'), 'tank-level', 4, 31) }, at(31)).map(short)).toEqual([
    'raise r pumps/p24',
  ]);
});

test('versions of events are remembered in bounds', () => {
  const engine = createRuleEngine([ruleOf('r', { kind: 'event', class: 'grid', atLeast: 'low' })], { eventsAtMost: 3 });
  const tell = (name: string) => engine.tell({ kind: 'event', event: cityEvent(name, 0, { status: 'ended' }) }, at(0));
  for (const name of ['a', 'b', 'c', 'd', 'b']) tell(name);
  expect(engine.figures.replayed).toBe(1);
  tell('a');
  expect(engine.figures.replayed).toBe(1);
});

test('a record that was read a day after it came tells of the past; one that waited for an hour does not', () => {
  const engine = createRuleEngine([ruleOf('r', level)]);
  const told = (name: string, waited: number) =>
    engine.tell({ kind: 'observation', observation: seen(asset(name), 'tank-level', 4, 0) }, at(waited)).map(short);
  expect([told('a', 86_401), told('b', 3600)]).toEqual([[], ['raise r pumps/b']]);
});

test('two rules of one name are refused', () => {
  expect(() => createRuleEngine([ruleOf('r', level), ruleOf('r', level)])).toThrow('two rules are called r');
});

test('a value costs as many rules as look at it, however many there are', () => {
  const calls: string[] = [];
  const rules = Array.from({ length: 100 }, (_, index) =>
    ruleOf(`r${index}`, { ...level, quantity: index === 7 ? 'tank-level' : `q-${index}` }),
  );
  const engine = createRuleEngine(rules);
  const watched = seen(pit, 'tank-level', 4, 0);
  // Whoever looks at a value reads its quality.
  const counted = new Proxy(watched, {
    get(target, name, receiver) {
      if (name === 'quality') calls.push('looked');
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
  expect(engine.tell({ kind: 'observation', observation: counted }, at(0)).map(short)).toEqual(['raise r7 pumps/pit']);
  expect(calls).toHaveLength(1);
});

const mixed: readonly Rule[] = [
  ruleOf('level', { ...level, forMs: 20_000, deadBand: 0.5, clearForMs: 10_000 }),
  ruleOf('rate', { kind: 'rate', assetKind: null, quantity: 'tank-level', limit: { op: '>', value: 2 }, perMs: 30_000 }),
  ruleOf('often', { kind: 'n-in-m', assetKind: null, quantity: 'tank-level', limit: { op: '>', value: 3 }, n: 2, m: 4, withinMs: 60_000 }),
  ruleOf('silent', { kind: 'absence', assetKind: 'pump-station', quantity: null, afterMs: 40_000 }),
];
const step = fc.record({
  of: fc.nat(3),
  value: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(null)),
  late: fc.boolean(),
  tick: fc.boolean(),
});

/** What is said of each asset, told in this order at a second each; the ticks are where they are. */
function saidOfEach(
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  order: readonly number[],
): Map<string, string[]> {
  const engine = createRuleEngine(mixed);
  const all = new Map<string, string[]>();
  for (const index of order) {
    const { of, value, late, tick } = steps[index]!;
    const second = Math.floor(index / 4) * 5;
    const signals = engine.tell(
      tick && index % 4 === 0
        ? { kind: 'tick' }
        : { kind: 'observation', observation: seen(asset(`p${of}`), 'tank-level', value, second, { late }) },
      at(second),
    );
    for (const signal of signals) all.set(signal.key, [...(all.get(signal.key) ?? []), `${short(signal)} ${signal.at}`]);
  }
  return all;
}

test('the same input gives the same signals, and the order of what does not depend on each other does not matter', () => {
  const holds = fc.property(fc.array(step, { maxLength: 120 }), fc.infiniteStream(fc.nat()), (steps, random) => {
    const order = steps.map((_, index) => index);
    // Within the same second, values of different assets change places; ticks and values of one asset keep theirs.
    const shuffled = [...order];
    for (let index = 0; index + 1 < shuffled.length; index += 1) {
      const [one, other] = [shuffled[index]!, shuffled[index + 1]!];
      const isTick = (at: number) => steps[at]!.tick && at % 4 === 0;
      const sameSecond = Math.floor(one / 4) === Math.floor(other / 4);
      const swap = random.next().value! % 2 === 0;
      if (swap && sameSecond && !isTick(one) && !isTick(other) && steps[one]!.of !== steps[other]!.of)
        [shuffled[index], shuffled[index + 1]] = [other, one];
    }
    expect(saidOfEach(steps, order)).toEqual(saidOfEach(steps, order));
    const sorted = (said: Map<string, string[]>) => [...said].toSorted(([one], [other]) => (one < other ? -1 : 1));
    expect(sorted(saidOfEach(steps, shuffled))).toEqual(sorted(saidOfEach(steps, order)));
  });
  fc.assert(holds, { seed: 182, numRuns: 300 });
});

test('raise and clear take turns, and late values and such from the future change nothing at all', () => {
  const holds = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
    const rules = mixed.slice(0, 3);
    const [plain, disturbed] = [createRuleEngine(rules), createRuleEngine(rules)];
    const state = new Map<string, string>();
    steps.forEach(({ of, value, late, tick }, index) => {
      const tell = (engine: RuleEngine, more: Partial<SeenObservation> = {}) =>
        engine
          .tell({ kind: 'observation', observation: seen(asset(`p${of}`), 'tank-level', value, index * 5, more) }, at(index * 5))
          .map(short);
      if (late) {
        expect(tell(disturbed, { late: true })).toEqual([]);
        expect(tell(disturbed, { at: at(index * 5) + 1, value: 99 })).toEqual([]);
      }
      const one = tick ? plain.tell({ kind: 'tick' }, at(index * 5)).map(short) : tell(plain);
      const other = tick ? disturbed.tell({ kind: 'tick' }, at(index * 5)).map(short) : tell(disturbed);
      expect(other).toEqual(one);
      for (const said of one) {
        const [kind = '', ...rest] = said.split(' ');
        expect(state.get(rest.join(' ')) ?? 'clear').not.toBe(kind);
        state.set(rest.join(' '), kind);
      }
    });
  });
  fc.assert(holds, { seed: 10, numRuns: 300 });
});
