import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StillScene, TourScene } from './contract.ts';
import { anyTour } from './testdata/arbitrary-scenes.ts';
import { nextTourStep, tourProgress, tourStep } from './tour.ts';

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
const once: TourScene = { ...tour, loop: false };
const pausedAt = (at: number): TourScene => ({ ...tour, pausedAt: at });

test.each<[string, TourScene, number, number, number]>([
  ['at its start', tour, 10_000, 0, 3000],
  ['within the first scene', tour, 12_999, 0, 1],
  ['at a change', tour, 13_000, 1, 5000],
  ['in the last scene', tour, 21_999, 2, 1],
  ['in the second round', tour, 22_000, 0, 3000],
  ['a year later', tour, 10_000 + 12_000 * 2_628_000 + 3500, 1, 4500],
  ['on a clock that is behind', tour, 4000, 0, 3000],
  ['never started', neverStarted, 99_999, 0, 3000],
  ['paused in the second scene', pausedAt(14_000), 99_999, 1, 4000],
  ['paused in a later round', pausedAt(14_000 + 12_000), 99_999, 1, 4000],
  ['paused, on a clock that was set back', pausedAt(14_000), 11_000, 1, 4000],
  ['paused before its start', pausedAt(9000), 99_999, 0, 3000],
  ['that does not loop, in its round', once, 21_999, 2, 1],
  ['that does not loop, at its end', once, 22_000, 2, 0],
  ['that does not loop, a year later', once, 99_999_999, 2, 0],
])('a tour %s', (_name, shown, now, index, remainingMs) => {
  expect(tourStep(shown, now)).toMatchObject({ index, remainingMs });
});

test.each<[string, TourScene, number, object | null]>([
  ['in a scene', tour, 11_000, { index: 1, dueInMs: 2000 }],
  ['in the last one', tour, 20_000, { index: 0, dueInMs: 2000 }],
  ['before its start', tour, 4000, { index: 1, dueInMs: 9000 }],
  ['in the last one of a tour that does not loop', once, 20_000, null],
  ['at the end of such a tour', once, 99_999, null],
  ['while it is paused', pausedAt(11_000), 11_000, null],
  ['never started', neverStarted, 11_000, null],
  ['with one scene', { ...tour, steps: tour.steps.slice(0, 1) }, 11_000, null],
])('what follows %s', (_name, shown, now, expected) => {
  if (expected === null) expect(nextTourStep(shown, now)).toBeNull();
  else expect(nextTourStep(shown, now)).toMatchObject(expected);
});

test.each<[string, TourScene, number, object]>([
  ['at its start', tour, 10_000, { index: 0, steps: 3, dwellPart: 0, roundPart: 0, paused: false, over: false }],
  ['in the middle', tour, 14_000, { index: 1, dwellPart: 0.2, roundPart: 4 / 12 }],
  ['in the second round', tour, 26_000, { index: 1, dwellPart: 0.2, roundPart: 4 / 12 }],
  ['paused', pausedAt(14_000), 99_999, { index: 1, dwellPart: 0.2, roundPart: 4 / 12, paused: true, over: false }],
  ['at its end', once, 50_000, { index: 2, dwellPart: 1, roundPart: 1, paused: false, over: true }],
  ['never started', neverStarted, 50_000, { index: 0, dwellPart: 0, roundPart: 0 }],
])('how far a tour has come %s', (_name, shown, now, expected) => {
  expect(tourProgress(shown, now)).toMatchObject(expected);
});

test('the next scene is due exactly when the remaining time is over', () => {
  fc.assert(
    fc.property(anyTour, fc.boolean(), fc.integer({ min: 0, max: 2e12 }), (any, loops, now) => {
      const shown: TourScene = loops ? any : { ...any, loop: false };
      const due = tourStep(shown, now);
      const { over, dwellPart, roundPart } = tourProgress(shown, now);
      expect(due.scene).toBe(shown.steps[due.index]!.scene);
      expect(due.remainingMs).toBeLessThanOrEqual(shown.steps[due.index]!.dwellMs);
      for (const part of [dwellPart, roundPart]) {
        expect(part).toBeGreaterThanOrEqual(0);
        expect(part).toBeLessThanOrEqual(1);
      }
      const next = nextTourStep(shown, now);
      if (over) {
        expect([due.index, due.remainingMs, next]).toEqual([shown.steps.length - 1, 0, null]);
        return;
      }
      expect(due.remainingMs).toBeGreaterThan(0);
      if (shown.startedAt === undefined || now <= shown.startedAt) return;
      expect(tourStep(shown, now + due.remainingMs - 1).index).toBe(due.index);
      const atChange = tourStep(shown, now + due.remainingMs);
      expect(atChange.index).toBe(loops || due.index + 1 < shown.steps.length ? (due.index + 1) % shown.steps.length : due.index);
      if (next === null) return;
      expect(next).toEqual({ index: atChange.index, scene: atChange.scene, dueInMs: due.remainingMs });
    }),
    { seed: 4711, numRuns: 300 },
  );
});
