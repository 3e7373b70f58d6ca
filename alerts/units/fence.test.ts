import { expect, test } from 'vitest';
import { nowhere } from '../../main/contract/place.ts';
import { dwellMs, fenceAfter, type Fence } from './fence.ts';

const place = { ...nowhere, lat: 31.36, lon: 119.82 };
const near = { lat: 31.361, lon: 119.82 };
const far = { lat: 31.363, lon: 119.82 };

/** Positions one after the other; answers when it had arrived, or null. */
function arrivedAt(steps: readonly (readonly [number, { lat: number; lon: number }])[], taskId = 't1'): number | null {
  let fence: Fence | null = null;
  for (const [now, at] of steps) {
    const step = fenceAfter(fence, { taskId, place, at }, now);
    if (step.arrived) return now;
    fence = step.fence;
  }
  return null;
}

test.each([
  [
    'who stays has arrived',
    [
      [0, far],
      [1000, near],
      [1000 + dwellMs, near],
    ],
    1000 + dwellMs,
  ],
  [
    'who stayed for less has not',
    [
      [1000, near],
      [999 + dwellMs, near],
    ],
    null,
  ],
  ['one position says nothing', [[1000, near]], null],
  [
    'who drives by has not',
    [
      [0, near],
      [10_000, far],
      [10_001, near],
      [10_000 + dwellMs, near],
    ],
    null,
  ],
  [
    'a clock that was set back begins anew',
    [
      [90_000, near],
      [1000, near],
      [1000 + dwellMs, near],
    ],
    1000 + dwellMs,
  ],
] as const)('%s', (_name, steps, expected) => {
  expect(arrivedAt(steps)).toBe(expected);
});

test('near the place of another task counts for that one alone', () => {
  const fence = { taskId: 'other', since: 0 };
  expect(fenceAfter(fence, { taskId: 't1', place, at: near }, dwellMs * 2)).toEqual({
    fence: { taskId: 't1', since: dwellMs * 2 },
    arrived: false,
  });
});

test('a place of a Chinese map is reached where it is', () => {
  const where = { ...place, lat: 31.3579285, lon: 119.8248405, datum: 'gcj02' as const };
  expect(fenceAfter({ taskId: 't1', since: 0 }, { taskId: 't1', place: where, at: near }, dwellMs).arrived).toBe(true);
});

test('a place without coordinates, or half a kilometre away on another map, is never reached by itself', () => {
  for (const where of [nowhere, { ...place, datum: 'gcj02' as const }])
    expect(fenceAfter({ taskId: 't1', since: 0 }, { taskId: 't1', place: where, at: near }, dwellMs)).toEqual({
      fence: null,
      arrived: false,
    });
});
