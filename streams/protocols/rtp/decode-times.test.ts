import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeTimes } from './decode-times.ts';

const ms = 1000;
const start = 1_000_000;

/** Decoding and presentation times in milliseconds of pictures shown at these places, 40 ms each. */
function run(shown: readonly number[], depth: number | null): { dts: number[]; pts: number[] } {
  const times = new DecodeTimes();
  const all = shown.map((place, i) => {
    times.take(start + place * 40 * ms, depth, i === 0);
    return { dts: times.dtsUs, pts: times.ptsUs };
  });
  return { dts: all.map(({ dts }) => (dts - start) / ms), pts: all.map(({ pts }) => (pts - start) / ms) };
}

describe('decoding times', () => {
  it.each([null, 0])('are the presentation times when nothing is reordered (depth %s)', (depth) => {
    expect(run([0, 1, 2, 3], depth)).toEqual({ dts: [0, 40, 80, 120], pts: [0, 40, 80, 120] });
  });

  it('go evenly when the depth is known', () => {
    expect(run([0, 3, 1, 2, 6, 4, 5, 9], 1).dts).toEqual([-40, 0, 40, 80, 120, 160, 200, 240]);
    // a pyramid of B pictures
    expect(run([0, 4, 2, 1, 3, 8, 6, 5, 7], 2).dts).toEqual([-80, -40, 0, 40, 80, 120, 160, 200, 240]);
  });

  it('learn the depth when nobody said it: the first pictures that wait are shown late, then everything is even', () => {
    const { dts, pts } = run([0, 3, 1, 2, 6, 4, 5, 9, 7, 8], null);
    expect(pts.slice(4)).toEqual([240, 160, 200, 360, 280, 320]);
    expect(dts.slice(5)).toEqual([160, 200, 240, 280, 320]);
  });

  it('do not believe a depth that is too small', () => {
    const { pts } = run([0, 4, 2, 1, 3, 8, 6, 5, 7, 12, 10, 9, 11], 1);
    expect(pts.slice(5)).toEqual([8, 6, 5, 7, 12, 10, 9, 11].map((place) => place * 40));
  });

  it('keep what they learnt over a break, and begin it with room for those who wait', () => {
    const times = new DecodeTimes();
    for (const place of [0, 3, 1, 2, 6, 4, 5]) times.take(start + place * 40 * ms, null, false);
    times.take(start + 5_000_000, null, true);
    expect(times.dtsUs).toBe(start + 5_000_000 - 40 * ms);
    times.take(start + 5_000_000 + 120 * ms, null, false);
    expect(times.dtsUs).toBe(start + 5_000_000);
  });

  it('always rise and are never after the presentation', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000_000 }), fc.constantFrom(null, 0, 1, 2, 16, 99), fc.boolean()), { maxLength: 80 }),
        (steps) => {
          const times = new DecodeTimes();
          let last = Number.NEGATIVE_INFINITY;
          for (const [at, depth, isBreak] of steps) {
            times.take(start + at, depth, isBreak);
            expect(times.dtsUs).toBeGreaterThan(last);
            expect(times.dtsUs).toBeLessThanOrEqual(times.ptsUs);
            expect(times.ptsUs).toBeGreaterThanOrEqual(start + at);
            last = times.dtsUs;
          }
        },
      ),
      { seed: 16, numRuns: 500 },
    );
  });
});
