import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaClock } from './media-clock.ts';

interface Step {
  readonly timestamp: number;
  readonly arrivalMs: number;
}

function times(steps: readonly Step[], clockRate = 90_000): (number | string)[] {
  const clock = new MediaClock(clockRate);
  return steps.map(({ timestamp, arrivalMs }) => {
    const us = clock.timeOf(timestamp >>> 0, arrivalMs);
    return clock.isBreak ? `break ${us}` : us;
  });
}

describe('the media clock', () => {
  const table: readonly (readonly [string, readonly (readonly [number, number])[], readonly (number | string)[]])[] = [
    [
      'counts from one second on',
      [
        [5000, 0],
        [8600, 40],
      ],
      ['break 1000000', 1_040_000],
    ],
    [
      'does not mind the wrap',
      [
        [0xffff_f000, 0],
        [0xffff_fe10, 40],
        [0xc20, 80],
      ],
      ['break 1000000', 1_040_000, 1_080_000],
    ],
    [
      'lets pictures step back',
      [
        [0, 0],
        [10_800, 0],
        [3600, 40],
        [7200, 80],
      ],
      ['break 1000000', 1_120_000, 1_040_000, 1_080_000],
    ],
    [
      'takes what was buffered all at once',
      [
        [0, 0],
        [90_000 * 9, 1],
      ],
      ['break 1000000', 10_000_000],
    ],
    [
      'takes a pause that arrival confirms',
      [
        [0, 0],
        [90_000 * 60, 60_000],
      ],
      ['break 1000000', 61_000_000],
    ],
    [
      'does not jump hours',
      [
        [0, 0],
        [90_000 * 7200, 40],
        [90_000 * 7200 + 3600, 80],
      ],
      ['break 1000000', 'break 1040000', 1_080_000],
    ],
    [
      'does not go back',
      [
        [90_000 * 60, 0],
        [0, 40],
        [3600, 80],
      ],
      ['break 1000000', 'break 1040000', 1_080_000],
    ],
    [
      'comes back from one absurd time stamp',
      [
        [0, 0],
        [1 << 30, 40],
        [7200, 80],
        [10_800, 120],
      ],
      ['break 1000000', 'break 1040000', 'break 1080000', 1_120_000],
    ],
  ];
  it.each(table)('%s', (_name, steps, expected) => {
    expect(times(steps.map(([timestamp, arrivalMs]) => ({ timestamp, arrivalMs })))).toEqual(expected);
  });

  it('does not drift over days of a rate that is no divisor', () => {
    const clock = new MediaClock(44_100);
    let us = 0;
    for (let i = 0; i <= 44_100; i += 1) us = clock.timeOf((i * 441_000) >>> 0, i * 10_000);
    expect(us).toBe(1_000_000 + 44_100 * 10_000_000);
  });

  it.each([
    ['stands still', 0],
    ['counts milliseconds', 40],
    ['runs ten times too fast', 36_000],
  ])('goes by arrival once it is clear that the clock %s', (_name, step) => {
    const clock = new MediaClock(90_000);
    const seen = Array.from({ length: 400 }, (_, i) => ({ us: clock.timeOf(i * step, i * 40), isBreak: clock.isBreak }));
    const breaks = seen.flatMap(({ isBreak }, i) => (isBreak ? [i] : []));
    // after five seconds of 40 ms
    expect(breaks).toEqual([0, 125]);
    expect(seen[399]!.us - seen[125]!.us).toBe((399 - 125) * 40_000);
    expect(seen[125]!.us).toBeGreaterThan(seen[124]!.us);
  });

  it.each([
    ['comes from a buffer first', (i: number) => (i < 200 ? i / 10 : 20 + (i - 200) * 40)],
    ['stalls again and again, and catches up', (i: number) => Math.floor(i / 75) * 3000 + (i % 75)],
    ['comes in bursts', (i: number) => Math.floor(i / 12) * 480],
    ['is sent at twice its speed', (i: number) => i * 20],
  ])('trusts a clock whose stream %s', (_name, arrivalMs) => {
    const clock = new MediaClock(90_000);
    const times = Array.from({ length: 1000 }, (_, i) => {
      const us = clock.timeOf(i * 3600, arrivalMs(i));
      expect(clock.isBreak).toBe(i === 0);
      return us;
    });
    expect(times[999]).toBe(1_000_000 + 999 * 40_000);
  });

  it('begins anew after everything before when the sender changes', () => {
    const clock = new MediaClock(90_000);
    clock.timeOf(0, 0);
    clock.timeOf(90_000 * 5, 40);
    clock.restart();
    expect([clock.timeOf(77, 40), clock.isBreak]).toEqual([6_000_001, true]);
    expect([clock.timeOf(77 + 3600, 80), clock.isBreak]).toEqual([6_040_001, false]);
  });

  it('never goes back by more than pictures are reordered, nor ahead of arrival by more than was buffered', () => {
    const step = fc.record({ timestamp: fc.oneof(fc.nat(400_000), fc.nat(0xffff_ffff)), waitMs: fc.nat(5000) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 60 }), (steps) => {
        const clock = new MediaClock(90_000);
        let last = Number.NaN;
        let highest = 0;
        let arrivalMs = 0;
        for (const { timestamp, waitMs } of steps) {
          arrivalMs += waitMs;
          const us = clock.timeOf(timestamp, arrivalMs);
          expect(Number.isSafeInteger(us)).toBe(true);
          if (clock.isBreak) expect(us).toBeGreaterThan(highest);
          else expect(us - last).toBeGreaterThanOrEqual(-2_000_001);
          if (!Number.isNaN(last)) expect(us - Math.max(last, highest)).toBeLessThanOrEqual(waitMs * 1000 + 10_000_001);
          last = us;
          highest = Math.max(highest, us);
        }
      }),
      { seed: 15, numRuns: 500 },
    );
  });
});
