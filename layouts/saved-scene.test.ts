import { expect, test } from 'vitest';
import type { Scene } from './contract.ts';
import { asSaved, isSaved } from './saved-scene.ts';

const grid: Scene = { kind: 'grid', rows: 1, cols: 1, tiles: [{ panel: 'video', cameraId: 'c-1' as never, profile: 'auto' }] };
const tour: Scene = { kind: 'tour', steps: [{ scene: grid, dwellMs: 5000 }] };
const coverage = { district: '320282', groups: [], everyHours: 4, rows: 1, cols: 2, dwellMs: 6000 };

test('when a tour began and stood still is not kept, whether it goes round is', () => {
  expect(asSaved({ ...tour, loop: false, startedAt: 5, pausedAt: 6 })).toEqual({ ...tour, loop: false });
  expect(isSaved({ ...tour, startedAt: 5 }, tour)).toBe(true);
  expect(isSaved({ ...tour, startedAt: 5, loop: false }, tour)).toBe(false);
});

test('the steps of a fair-coverage tour are the hub’s', () => {
  const kept = asSaved({ ...tour, coverage, startedAt: 5 });
  expect(kept).toEqual({
    kind: 'tour',
    steps: [{ scene: { kind: 'grid', rows: 1, cols: 2, tiles: [null, null] }, dwellMs: 6000 }],
    coverage,
  });
  expect(isSaved({ ...tour, coverage }, kept)).toBe(true);
  expect(isSaved({ ...tour, coverage: { ...coverage, everyHours: 5 } }, kept)).toBe(false);
});

test('another picture is another scene', () => {
  expect(isSaved(grid, { ...grid, tiles: [null] })).toBe(false);
});
