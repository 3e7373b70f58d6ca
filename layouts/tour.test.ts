import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StillScene, TourScene } from './contract.ts';
import { anyTour } from './testdata/arbitrary-scenes.ts';
import { tourStep } from './tour.ts';

const still: StillScene = { kind: 'grid', rows: 1, cols: 1, tiles: [] };
const tour: TourScene = {
  kind: 'tour',
  startedAt: 10_000,
  steps: [
    { scene: still, dwellMs: 3000 },
    { scene: still, dwellMs: 5000 },
    { scene: still, dwellMs: 4000 },
  ],
};
const { startedAt: _, ...neverStarted } = tour;

test.each([
  ['at its start', tour, 10_000, 0, 3000],
  ['within the first scene', tour, 12_999, 0, 1],
  ['at a change', tour, 13_000, 1, 5000],
  ['in the last scene', tour, 21_999, 2, 1],
  ['in the second round', tour, 22_000, 0, 3000],
  ['a year later', tour, 10_000 + 12_000 * 2_628_000 + 3500, 1, 4500],
  ['on a clock that is behind', tour, 4000, 0, 3000],
  ['never started', neverStarted, 99_999, 0, 3000],
])('%s', (_name, shown, now, index, remainingMs) => {
  expect(tourStep(shown, now)).toMatchObject({ index, remainingMs });
});

test('the next scene is due exactly when the remaining time is over', () => {
  fc.assert(
    fc.property(anyTour, fc.integer({ min: 0, max: 2e12 }), (any, now) => {
      const due = tourStep(any, now);
      expect(due.scene).toBe(any.steps[due.index]!.scene);
      expect(due.remainingMs).toBeGreaterThan(0);
      expect(due.remainingMs).toBeLessThanOrEqual(any.steps[due.index]!.dwellMs);
      if (any.startedAt === undefined || now <= any.startedAt) return;
      expect(tourStep(any, now + due.remainingMs - 1).index).toBe(due.index);
      expect(tourStep(any, now + due.remainingMs).index).toBe((due.index + 1) % any.steps.length);
    }),
    { seed: 4711, numRuns: 300 },
  );
});
