import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { camerasOf, type CoveragePromise, type TourScene } from '../../../../layouts/contract.ts';
import type { CameraId } from '../../../contract/ids.ts';
import { coverageRoundMs, maxPlannedSteps, planCoverage, type CoverageCamera } from './plan-coverage.ts';

const promise: CoveragePromise = { district: null, groups: [], everyHours: 24, rows: 1, cols: 2, dwellMs: 10_000 };
const now = 1_000_000_000;
const camera = (id: string, seenAt: number | null = null, triedAt: number | null = seenAt): CoverageCamera => ({
  id: id as CameraId,
  number: id,
  seenAt,
  triedAt,
});
const ids = (step: TourScene['steps'][number]) => camerasOf(step.scene);
const order = (steps: TourScene['steps']) => steps.flatMap(ids);
/** The first round of a plan. */
const firstRound = (steps: TourScene['steps'], cameras: number) => order(steps).slice(0, cameras);

test.each<[string, CoverageCamera[], string[]]>([
  ['never seen before all, ties by number', [camera('3', now - 500_000), camera('2'), camera('1'), camera('4')], ['1', '2', '4', '3']],
  ['unseen for longest first', [camera('1', now - 100_000), camera('2', now - 300_000), camera('3', now - 200_000)], ['2', '3', '1']],
  // A round of four takes 20 s.
  [
    'tried in vain within the last round: behind those that can be seen',
    [camera('1', null, now - 15_000), camera('2', now - 1000), camera('3', now - 2000), camera('4')],
    ['4', '3', '2', '1'],
  ],
  [
    'tried in vain a round ago: it is its turn again',
    [camera('1', null, now - 25_000), camera('2', now - 1000), camera('3', now - 2000), camera('4')],
    ['1', '4', '3', '2'],
  ],
  [
    'live when it was last on, but for its last moment: not in vain',
    [camera('1', now - 12_000, now - 10_000), camera('2', now - 1000), camera('3', now - 2000), camera('4', now - 3000)],
    ['1', '4', '3', '2'],
  ],
  [
    'several tried in vain: who waits longest first',
    [camera('1', null, now - 5000), camera('2', null, now - 15_000), camera('3', now - 2000), camera('4', now - 3000)],
    ['4', '3', '2', '1'],
  ],
])('%s', (_, cameras, expected) => {
  expect(firstRound(planCoverage(promise, cameras, now), cameras.length)).toEqual(expected);
});

test('what is on the screen now waits for its next turn', () => {
  const cameras = ['1', '2', '3', '4', '5'].map((id) => camera(id));
  const plan = planCoverage(promise, [...cameras, camera('6', null, now - 1000)], now, new Set(['1', '2']));
  expect(firstRound(plan, 6)).toEqual(['3', '4', '5', '1', '2', '6']);
});

test('cameras that fit into one step make one step, and what they leave is empty', () => {
  expect(planCoverage(promise, [camera('1')], now)).toEqual([
    {
      scene: { kind: 'grid', rows: 1, cols: 2, tiles: [{ panel: 'video', cameraId: '1', profile: 'auto' }, null] },
      dwellMs: 10_000,
    },
  ]);
  expect(planCoverage(promise, [], now)).toEqual([]);
});

test.each<[string, Partial<CoveragePromise>, number, number]>([
  ['a few cameras are gone round several times', {}, 5, 12],
  ['one round, when it is not long', {}, 60, 30],
  ['no more than so many steps', {}, 500, maxPlannedSteps],
  ['nor more tiles than everybody can be sent', { rows: 12, cols: 12 }, 30_000, 6],
])('as many steps: %s', (_, more, count, expected) => {
  const cameras = Array.from({ length: count }, (_camera, n) => camera(`c${n}`));
  expect(planCoverage({ ...promise, ...more }, cameras, now)).toHaveLength(expected);
});

test.each([
  [0, 0],
  [1, 10_000],
  [2, 10_000],
  [30_000, 150_000_000],
])('a round of %i cameras', (cameras, roundMs) => {
  expect(coverageRoundMs(promise, cameras)).toBe(roundMs);
});

const anyAt = fc.option(fc.integer({ min: now - 200_000, max: now }), { nil: null });
const anyCameras = fc
  .array(fc.record({ seenAt: anyAt, triedAt: anyAt }), { minLength: 1, maxLength: 120 })
  .map((all) => all.map(({ seenAt, triedAt }, n) => camera(`${n}`, seenAt, triedAt === null ? seenAt : Math.max(triedAt, seenAt ?? 0))));

test('whoever is there gets a turn in every round, nobody twice in one step, whatever was seen before', () => {
  fc.assert(
    fc.property(anyCameras, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), (cameras, rows, cols) => {
      const plan = planCoverage({ ...promise, rows, cols }, cameras, now);
      expect(plan.length).toBeGreaterThan(0);
      for (const step of plan) {
        const shown = ids(step);
        expect(shown).toHaveLength(Math.min(rows * cols, cameras.length));
        expect(step.scene).toMatchObject({ kind: 'grid', rows, cols });
      }
      const shown = new Set(order(plan));
      if (plan.length < maxPlannedSteps) expect(shown.size).toBe(cameras.length);
    }),
    { seed: 4715, numRuns: 200 },
  );
});

test('as it is shown round after round, nobody who can be seen waits longer than a round, however many are offline', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 60 }), fc.integer({ min: 0, max: 30 }), (seeable, offline) => {
      const all = Array.from({ length: seeable + offline }, (_, n) => `c${n}`);
      const known = new Map<string, { seenAt: number | null; triedAt: number | null }>();
      const live = new Set(all.slice(offline));
      const lastSeen = new Map<string, number>();
      let at = now;
      let onScreen = new Set<string>();
      const roundMs = coverageRoundMs(promise, all.length);
      while (at < now + roundMs * 4) {
        const cameras = all.map((id) => camera(id, known.get(id)?.seenAt ?? null, known.get(id)?.triedAt ?? null));
        for (const step of planCoverage(promise, cameras, at, onScreen)) {
          at += promise.dwellMs;
          onScreen = new Set(ids(step));
          for (const id of onScreen) {
            known.set(id, { seenAt: live.has(id) ? at : (known.get(id)?.seenAt ?? null), triedAt: at });
            if (live.has(id)) {
              // One step more for what was planned before it was known.
              expect(at - (lastSeen.get(id) ?? now)).toBeLessThanOrEqual(roundMs + promise.dwellMs * 2);
              lastSeen.set(id, at);
            }
          }
        }
      }
      expect(lastSeen.size).toBe(seeable);
      expect(known.size).toBe(all.length);
    }),
    { seed: 4716, numRuns: 60 },
  );
});
