import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CoveragePromise, StillScene, TourScene } from './contract.ts';
import { anyTour } from './testdata/arbitrary-scenes.ts';
import { controlTour, type TourAction } from './tour-control.ts';
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
const coverage: CoveragePromise = { district: null, groups: [], everyHours: 24, rows: 1, cols: 1, dwellMs: 5000 };

test.each<[string, TourScene, TourAction, number, number, number]>([
  ['next, in the middle of a scene', tour, 'next', 14_000, 2, 4000],
  ['next, in the last one', tour, 'next', 20_000, 0, 3000],
  ['previous, in the middle of a scene', tour, 'previous', 14_000, 0, 3000],
  ['previous, in the first one', tour, 'previous', 11_000, 2, 4000],
  ['next, in the last one of a tour that does not loop', { ...tour, loop: false }, 'next', 20_000, 2, 4000],
  ['next, at the end of such a tour', { ...tour, loop: false }, 'next', 50_000, 2, 4000],
  ['previous, at the end of such a tour', { ...tour, loop: false }, 'previous', 50_000, 1, 5000],
  ['previous, in its first one', { ...tour, loop: false }, 'previous', 11_000, 0, 3000],
  ['next, where the hub plans on', { ...tour, coverage }, 'next', 20_000, 2, 4000],
  ['previous, where the hub planned on', { ...tour, coverage }, 'previous', 11_000, 0, 3000],
  ['pause', tour, 'pause', 14_000, 1, 4000],
  ['resume of what is not paused', tour, 'resume', 14_000, 1, 4000],
])('%s', (_name, shown, action, now, index, remainingMs) => {
  expect(tourStep(controlTour(shown, action, now), now)).toMatchObject({ index, remainingMs });
});

test('what changes nothing is the same tour', () => {
  const paused = controlTour(tour, 'pause', 14_000);
  expect(controlTour(paused, 'pause', 15_000)).toBe(paused);
  expect(controlTour(tour, 'resume', 15_000)).toBe(tour);
});

const anyStarted = fc
  .record({
    tour: anyTour,
    loop: fc.boolean(),
    startedAt: fc.integer({ min: 1e12, max: 2e12 }),
    // A clock may be behind the one that started it.
    at: fc.integer({ min: -1e9, max: 1e12 }),
  })
  .map(({ tour: any, loop, startedAt, at }) => ({
    shown: { ...any, startedAt, ...(loop ? {} : { loop }) } as TourScene,
    at: startedAt + at,
  }));

test('a pause of any length, on any clock, neither skips nor repeats anything', () => {
  fc.assert(
    fc.property(anyStarted, fc.integer({ min: -1e9, max: 1e12 }), fc.integer({ min: 0, max: 1e9 }), ({ shown, at }, lengthMs, laterMs) => {
      const before = tourStep(shown, at);
      const paused = controlTour(shown, 'pause', at);
      expect(tourStep(paused, at)).toEqual(before);
      expect(tourStep(paused, at + lengthMs)).toEqual(before);
      const resumed = controlTour(paused, 'resume', at + lengthMs);
      expect(resumed).not.toHaveProperty('pausedAt');
      expect(tourStep(resumed, at + lengthMs)).toEqual(before);
      // As if the time of the pause had not been.
      expect(tourStep(resumed, at + lengthMs + laterMs)).toEqual(tourStep(shown, at + laterMs));
    }),
    { seed: 4712, numRuns: 300 },
  );
});

test('a step lands exactly at the beginning of its scene, also while the tour is paused', () => {
  fc.assert(
    fc.property(anyStarted, fc.boolean(), fc.constantFrom('next' as const, 'previous' as const), ({ shown, at }, isPaused, action) => {
      const from = isPaused ? controlTour(shown, 'pause', at) : shown;
      const now = isPaused ? at + 12_345 : at;
      const { index } = tourStep(from, now);
      const stepped = controlTour(from, action, now);
      const { length } = from.steps;
      const wished = action === 'next' ? index + 1 : index - 1;
      const to = from.loop === false ? Math.min(length - 1, Math.max(0, wished)) : (wished + length) % length;
      expect(tourStep(stepped, now)).toEqual({ index: to, scene: from.steps[to]!.scene, remainingMs: from.steps[to]!.dwellMs });
      expect(stepped.pausedAt).toBe(from.pausedAt);
    }),
    { seed: 4713, numRuns: 300 },
  );
});
