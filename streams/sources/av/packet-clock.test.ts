import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PacketClock } from './packet-clock.ts';

type Step = readonly [track: number, ptsUs: number | null, dtsUs: number | null];

function run(steps: readonly Step[]) {
  const clock = new PacketClock();
  const tracks = [clock.track(), clock.track()];
  return steps.map(([track, ptsUs, dtsUs]) => {
    const time = tracks[track]!(ptsUs, dtsUs);
    return [time.ptsUs, time.dtsUs, time.jumped] as const;
  });
}

test.each<[string, readonly Step[], readonly (readonly [number, number | null, boolean])[]]>([
  [
    'begins at one second, wherever the source begins; pictures shown later stay so',
    [
      [0, 90_040_000, 90_000_000],
      [0, 90_120_000, 90_040_000],
    ],
    [
      [1_040_000, 1_000_000, false],
      [1_120_000, 1_040_000, false],
    ],
  ],
  [
    'tracks keep their distance, before the beginning, too',
    [
      [0, 5_000_000, 5_000_000],
      [1, 4_900_000, 4_900_000],
      [1, 4_920_000, 4_920_000],
    ],
    [
      [1_000_000, 1_000_000, false],
      [900_000, 900_000, false],
      [920_000, 920_000, false],
    ],
  ],
  [
    'a missing time is one picture on; one of two is enough',
    [
      [0, null, null],
      [0, null, null],
      [0, 2_000_000, null],
      [0, null, 2_040_000],
    ],
    [
      [1_000_000, 1_000_000, false],
      [1_040_000, 1_040_000, false],
      [1_080_000, null, false],
      [1_120_000, 1_120_000, false],
    ],
  ],
  [
    'where only the times to show are known, they may step back',
    [
      [0, 0, null],
      [0, 120_000, null],
      [0, 40_000, null],
      [0, 400_000_000, null],
      [0, 399_960_000, null],
    ],
    [
      [1_000_000, null, false],
      [1_120_000, null, false],
      [1_040_000, null, false],
      [1_160_000, null, true],
      [1_120_000, null, false],
    ],
  ],
  [
    'what steps back a little goes on, what is shown before it is decoded is shown then',
    [
      [0, 0, 0],
      [0, -50_000, -50_000],
      [0, 10_000, 40_000],
    ],
    [
      [1_000_000, 1_000_000, false],
      [1_000_001, 1_000_001, false],
      [1_040_000, 1_040_000, false],
    ],
  ],
  [
    'a clock that is set is followed by both tracks, once each',
    [
      [0, 0, 0],
      [1, 0, 0],
      [0, 500_000_000, 500_000_000],
      [0, 500_040_000, 500_040_000],
      [1, 500_000_000, 500_000_000],
      [1, 500_020_000, 500_020_000],
      [0, 500_080_000, 500_080_000],
    ],
    [
      [1_000_000, 1_000_000, false],
      [1_000_000, 1_000_000, false],
      [1_040_000, 1_040_000, true],
      [1_080_000, 1_080_000, false],
      [1_040_000, 1_040_000, true],
      [1_060_000, 1_060_000, false],
      [1_120_000, 1_120_000, false],
    ],
  ],
  [
    'a track that begins late is not taken for another clock',
    [
      [0, 0, 0],
      [0, 9_000_000, 9_000_000],
      [0, 18_000_000, 18_000_000],
      [1, 18_000_000, 18_000_000],
    ],
    [
      [1_000_000, 1_000_000, false],
      [10_000_000, 10_000_000, false],
      [19_000_000, 19_000_000, false],
      [19_000_000, 19_000_000, false],
    ],
  ],
])('%s', (_name, steps, times) => {
  expect(run(steps)).toEqual(times);
});

test('whatever times come: decoding times rise, and nothing is shown before it is decoded or long after', () => {
  const time = fc.option(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), { nil: null });
  const near = fc.option(fc.integer({ min: 0, max: 20_000_000 }), { nil: null });
  const steps = fc.array(fc.tuple(fc.nat(1), fc.oneof(near, time), fc.oneof(near, time)), { maxLength: 40 });
  const holds = fc.property(steps, (given) => {
    const times = run(given);
    return [0, 1].every((track) => {
      const own = times.flatMap(([pts, dts], index) => (given[index]![0] === track && dts !== null ? [{ pts, dts }] : []));
      return own.every(({ pts, dts }, index) => pts >= dts && pts - dts <= 10_000_000 && (index === 0 || dts > own[index - 1]!.dts));
    });
  });
  expect(fc.check(holds, { seed: 28181, numRuns: 2000 }).counterexample).toBeNull();
});
