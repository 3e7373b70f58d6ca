import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeriesPoints, stretches } from './series-points.ts';

/** With one hour a stretch is 18 s. */
const hour = 3_600_000;
const t0 = 1_800_000_000_000;
const point = (at: number, value: number, min = value, max = value) => ({ at, value, min, max, count: 1 });

test('what the hub kept and what came since are one line', () => {
  const points = new SeriesPoints(1);
  points.history([point(t0, 1), point(t0 + 18_000, 2)]);
  points.append(t0 + 36_000, 3);
  expect(points.line(60_000)).toEqual([
    [t0, 1],
    [t0 + 18_000, 2],
    [t0 + 36_000, 3],
  ]);
});

test('a peak within a stretch is seen, whatever came after it', () => {
  const points = new SeriesPoints(1);
  points.append(t0, 5);
  points.append(t0 + 20_000, 5);
  points.append(t0 + 24_000, 90);
  points.append(t0 + 30_000, 6);
  const line = points.line(60_000);
  expect(line.map(([, value]) => value)).toEqual([5, 5, 90, 6]);
  expect(line.map(([at]) => at)).toEqual(line.map(([at]) => at).toSorted((a, b) => a - b));
});

test('where nothing came for longer than a value holds there is a gap, and no line', () => {
  const points = new SeriesPoints(1);
  for (const at of [0, 20_000, 40_000, 300_000]) points.append(t0 + at, 1);
  expect(points.line(60_000)).toEqual([
    [t0, 1],
    [t0 + 20_000, 1],
    [t0 + 40_000, 1],
    [t0 + 40_001, null],
    [t0 + 300_000, 1],
  ]);
  expect(points.line(400_000).some(([, value]) => value === null)).toBe(false);
});

test('a source that is heard of every ten minutes has no gaps between; one that pauses has', () => {
  const points = new SeriesPoints(6);
  const times = [0, 10, 20, 30, 40, 75, 85].map((minutes) => t0 + minutes * 60_000);
  for (const at of times) points.append(at, 7);
  const gaps = points.line(null).filter(([, value]) => value === null);
  expect(gaps).toEqual([[t0 + 40 * 60_000 + 1, null]]);
});

test('a value that became unknown breaks the line at once', () => {
  const points = new SeriesPoints(1);
  points.append(t0, 1);
  points.append(t0 + 5000, null);
  points.append(t0 + 20_000, 2);
  expect(points.line(600_000)).toEqual([
    [t0, 1],
    [t0 + 5000, null],
    [t0 + 20_000, 2],
  ]);
});

test('what came late moves no end of a stretch back', () => {
  const points = new SeriesPoints(1);
  points.append(t0 + 10_000, 8);
  points.append(t0 + 2000, 3);
  expect(points.line(null).at(-1)).toEqual([t0 + 10_000, 8]);
});

test('it forgets what is out of sight', () => {
  const points = new SeriesPoints(1);
  points.append(t0, 1);
  points.append(t0 + hour, 2);
  points.trim(t0 + 2 * hour);
  expect(points.line(null)).toEqual([[t0 + hour, 2]]);
});

test('whatever comes, in whatever order: bounded, in order of time, between the least and the most', () => {
  const anyValue = fc.oneof(fc.constant(null), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
  const anyFact = fc.tuple(fc.integer({ min: 0, max: 20 * hour }), anyValue);
  fc.assert(
    fc.property(fc.array(anyFact, { maxLength: 900 }), fc.integer({ min: 1, max: 72 }), (facts, hours) => {
      const points = new SeriesPoints(hours);
      for (const [at, value] of facts) points.append(t0 + at, value);
      points.trim(t0 + 20 * hour);
      const line = points.line(null);
      expect(points.size).toBeLessThanOrEqual(stretches + 3);
      expect(line.length).toBeLessThanOrEqual(4 * (stretches + 3));
      for (const [index, [at]] of line.entries()) if (index > 0) expect(at).toBeGreaterThanOrEqual(line[index - 1]![0]);
      const values = facts.flatMap(([, value]) => (value === null ? [] : [value]));
      for (const [, value] of line) if (value !== null) expect(values).toContain(value);
    }),
    { seed: 41, numRuns: 200 },
  );
});
