import { expect, test } from 'vitest';
import { arcMinOf, capHeightPx, fontPx, legibilityOf } from './legibility.ts';

const seat = (farthestSeatM: number) => ({ pixelPitchMm: 0.634, farthestSeatM });

/** 55-inch full-HD display: distance, 16′ capital height, 16′ font size, 20′ font size, all in pixels. */
test.each([
  [3, 22, 31, 39],
  [5, 37, 52, 66],
  [6, 44, 63, 79],
  [8, 59, 84, 105],
  [10, 73, 105, 131],
  [12, 88, 126, 157],
])('from %d m', (distanceM, cap, latin, han) => {
  expect(capHeightPx(16, seat(distanceM))).toBeCloseTo(cap, -0.5);
  expect(Math.abs(fontPx(16, seat(distanceM)) - latin)).toBeLessThan(1);
  expect(Math.abs(fontPx(20, seat(distanceM)) - han)).toBeLessThan(1);
});

test('a size and its angle belong together', () => {
  expect(arcMinOf(fontPx(18, seat(7)), seat(7))).toBeCloseTo(18, 9);
});

test.each([
  ['latin', 63, true],
  ['latin', 62, false],
  ['han', 63, false],
  ['han', 79, true],
] as const)('%s at %d px from 6 m: legible %s', (script, px, legible) => {
  expect(legibilityOf(px, script, seat(6)).legible).toBe(legible);
});

test('the verdict says what would help', () => {
  const verdict = legibilityOf(40, 'han', seat(6));
  expect(Math.round(verdict.neededPx)).toBe(79);
  expect(legibilityOf(verdict.neededPx, 'han', seat(6)).legible).toBe(true);
  expect(legibilityOf(40, 'han', seat(verdict.readableWithinM)).legible).toBe(true);
  expect(legibilityOf(40, 'han', seat(verdict.readableWithinM + 0.01)).legible).toBe(false);
});
