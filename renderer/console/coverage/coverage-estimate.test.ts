import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverageEstimate } from './coverage-estimate.ts';

const promise = { rows: 4, cols: 4, dwellMs: 15_000, everyHours: 24 };

test.each([
  ['a district fits', 3000, promise, { steps: 188, roundMs: 2_820_000, keeps: true, screensNeeded: 1, hoursPossible: 1 }],
  [
    'exactly as long as promised',
    16 * 240,
    { ...promise, everyHours: 1 },
    { roundMs: 3_600_000, keeps: true, tilesNeeded: 16, screensNeeded: 1 },
  ],
  [
    'one camera more is one scene too many',
    16 * 240 + 1,
    { ...promise, everyHours: 1 },
    { keeps: false, tilesNeeded: 17, screensNeeded: 2, hoursPossible: 2 },
  ],
  [
    'the whole city within an hour',
    30_000,
    { ...promise, everyHours: 1 },
    { steps: 1875, keeps: false, tilesNeeded: 125, screensNeeded: 8, hoursPossible: 8 },
  ],
])('%s', (_, cameras, given, expected) => {
  expect(coverageEstimate(cameras, given)).toMatchObject(expected);
});

test('no cameras are no tour', () => {
  expect(coverageEstimate(0, promise)).toBeNull();
});

test('what it says would do does, and less does not', () => {
  const whole = (max: number) => fc.integer({ min: 1, max });
  fc.assert(
    fc.property(
      whole(100_000),
      whole(12),
      whole(12),
      fc.integer({ min: 5000, max: 600_000 }),
      whole(720),
      (cameras, rows, cols, dwellMs, everyHours) => {
        const found = coverageEstimate(cameras, { rows, cols, dwellMs, everyHours })!;
        const keeps = (tiles: number, screens: number) =>
          Math.ceil(Math.ceil(cameras / tiles) / screens) * dwellMs <= everyHours * 3_600_000;
        expect(found.keeps).toBe(keeps(rows * cols, 1));
        expect(keeps(found.tilesNeeded, 1)).toBe(true);
        if (found.tilesNeeded > 1) expect(keeps(found.tilesNeeded - 1, 1)).toBe(false);
        expect(keeps(rows * cols, found.screensNeeded)).toBe(true);
        if (found.screensNeeded > 1) expect(keeps(rows * cols, found.screensNeeded - 1)).toBe(false);
        expect(found.roundMs <= found.hoursPossible * 3_600_000).toBe(true);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});
