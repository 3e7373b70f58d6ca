import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue';
import type { Scene, StillScene, TourScene } from '../../layouts/contract.ts';
import { useTour, type PageTour } from './use-tour.ts';

const still = (cols: number): StillScene => ({ kind: 'grid', rows: 1, cols, tiles: [] });
const tour = (...dwells: number[]): TourScene => ({
  kind: 'tour',
  startedAt: Date.now(),
  steps: dwells.map((dwellMs, n) => ({ scene: still(n + 1), dwellMs })),
});

let scope: EffectScope;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

const scene = shallowRef<Scene | undefined>(undefined);
const clockListeners = new Set<() => void>();
const stepClock = () => clockListeners.forEach((listener) => listener());
const follow = (first: Scene | undefined, hubNow: () => number = Date.now): PageTour => {
  scene.value = first;
  const onClock = (listener: () => void) => {
    clockListeners.add(listener);
    return () => clockListeners.delete(listener);
  };
  return scope.run(() => useTour(() => scene.value, { hubNow, onClock }))!;
};

test.each<[string, number[], number, number]>([
  ['five seconds before it is due', [60_000, 60_000], 55_000, 2],
  ['half of a short dwell before it is due', [6000, 60_000], 3000, 2],
])('the next scene is made ready %s', async (_, dwells, readyAtMs, cols) => {
  const { upcoming, turn } = follow(tour(...dwells));
  await vi.advanceTimersByTimeAsync(readyAtMs - 1);
  expect(upcoming.value).toBeNull();
  await vi.advanceTimersByTimeAsync(10);
  expect(upcoming.value).toEqual(still(cols));
  const before = turn.value;
  await vi.advanceTimersByTimeAsync(dwells[0]! - readyAtMs - 10);
  expect(turn.value).toBe(before);
  await vi.advanceTimersByTimeAsync(10);
  expect(turn.value).toBeGreaterThan(before);
  expect(upcoming.value).toBeNull();
});

test.each<[string, Scene | undefined]>([
  ['no scene', undefined],
  ['one that is no tour', still(1)],
  ['a tour that is paused', { ...tour(6000, 6000), startedAt: 1_799_999_996_000, pausedAt: 1_799_999_999_000 }],
  ['one with a single scene', { ...tour(6000), startedAt: 1_799_999_996_000 }],
])('nothing is due, and nothing runs, with %s', async (_, shown) => {
  const { upcoming } = follow(shown);
  await vi.advanceTimersByTimeAsync(0);
  expect([upcoming.value, vi.getTimerCount()]).toEqual([null, 0]);
});

test('another scene ends what was coming', async () => {
  const { upcoming } = follow(tour(6000, 6000));
  await vi.advanceTimersByTimeAsync(4000);
  expect(upcoming.value).toEqual(still(2));
  scene.value = still(9);
  await nextTick();
  expect([upcoming.value, vi.getTimerCount()]).toEqual([null, 0]);
});

test.each<[string, boolean, number]>([
  ['at once when it is told of', true, 0],
  ['within a minute when nobody tells', false, 60_000],
])('a clock that is set is noticed %s', async (_, isTold, withinMs) => {
  let offsetMs = 0;
  const { upcoming, turn } = follow(tour(600_000, 600_000), () => Date.now() + offsetMs);
  await vi.advanceTimersByTimeAsync(1000);
  offsetMs = 596_000 - withinMs;
  if (isTold) stepClock();
  await vi.advanceTimersByTimeAsync(withinMs);
  expect(upcoming.value).toEqual(still(2));
  // And the other way: what was to come is far away again.
  const before = turn.value;
  offsetMs = 0;
  if (!isTold) return;
  stepClock();
  await nextTick();
  expect([upcoming.value, turn.value]).toEqual([null, before + 1]);
});

test('nothing runs on after its end', async () => {
  follow(tour(6000, 6000));
  await vi.advanceTimersByTimeAsync(0);
  scope.stop();
  expect([vi.getTimerCount(), clockListeners.size]).toEqual([0, 0]);
});
