import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  camerasOf,
  coveragePromise,
  scene as sceneSchema,
  wallEntity,
  type Scene,
  type TourScene,
  type Wall,
} from '../../../../layouts/contract.ts';
import { controlTour } from '../../../../layouts/tour-control.ts';
import { tourStep } from '../../../../layouts/tour.ts';
import { silentLog } from '../../../contract/log.ts';
import { MemoryLedger } from '../../ledger/memory-ledger.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { firstWall } from '../first-walls.ts';
import type { SeenCamera } from '../seen/seen-cameras.ts';
import { startCoverageTours, type CoverageTours } from './coverage-tours.ts';

const cause = { kind: 'command', id: 'test', by: 'test' } as const;
const dwellMs = 10_000;
const promise = coveragePromise.parse({ district: '32', everyHours: 24, rows: 1, cols: 2, dwellMs });
const asked: Scene = {
  kind: 'tour',
  coverage: promise,
  loop: false,
  steps: [{ scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] }, dwellMs: 5000 }],
};

let clock: ManualClock;
let ledger: MemoryLedger;
let seen: Map<string, SeenCamera>;
let coverage: CoverageTours;
let heldByOthers: boolean;

const start = () =>
  startCoverageTours({ ledger, seen: { of: (id) => seen.get(id) }, holds: { admitHub: () => !heldByOthers }, clock, log: silentLog });
const put = (from: number, to: number, district = '3202') =>
  ledger.commit(
    Array.from({ length: to - from }, (_, n) => {
      const number = String(from + n).padStart(3, '0');
      return { collection: 'cameras', op: 'put' as const, key: `c${number}`, value: { id: `c${number}`, number, district, groups: [] } };
    }),
    cause,
  );
beforeEach(() => {
  clock = new ManualClock(1_000_000_000);
  ledger = new MemoryLedger({ clock });
  seen = new Map();
  heldByOthers = false;
  coverage = start();
  ledger.commit([{ collection: 'walls', op: 'put', key: 'main', value: firstWall() }], cause);
});
afterEach(() => coverage.stop());

const wall = () => ledger.get('walls', 'main') as Wall;
const screen = () => wall().screens[0]!;
const show = (scene: Scene) => {
  const screens = wall().screens.map((one, at) => (at === 0 ? { ...one, scene, revision: one.revision + 1, changedBy: 'li' } : one));
  ledger.commit([{ collection: 'walls', op: 'put', key: 'main', value: { ...wall(), screens } }], cause);
};
const begin = () => {
  const shown = coverage.toShow(asked, clock.now());
  if (!shown.ok) throw new Error(shown.error.code);
  show(shown.value);
};
const tour = () => screen().scene as TourScene;
const due = () => camerasOf(tourStep(tour(), clock.now()).scene);
/** The screen reports what it shows, and time goes by. */
const watch = async (ms: number) => {
  for (let left = ms; left > 0; left -= 1000) {
    for (const id of due()) seen.set(id, { seenAt: clock.now(), triedAt: clock.now() });
    await clock.advance(Math.min(left, 1000));
  }
};

test('a fair-coverage tour gets the hub’s steps when it is shown, and goes round; other scenes stay what they are', () => {
  put(0, 40);
  put(40, 50, '11');
  const shown = coverage.toShow(asked, 77);
  expect(shown).toMatchObject({ ok: true, value: { kind: 'tour', startedAt: 77, coverage: promise } });
  if (!shown.ok) return;
  expect(sceneSchema.parse(shown.value)).not.toHaveProperty('loop');
  expect((shown.value as TourScene).steps).toHaveLength(20);
  expect(camerasOf(shown.value)).toHaveLength(40);
  const grid: Scene = { kind: 'grid', rows: 1, cols: 2, tiles: [] };
  expect(coverage.toShow(grid, 77)).toEqual({ ok: true, value: { ...grid, tiles: [null, null] } });
  const { coverage: _, ...plain } = asked;
  expect(coverage.toShow(plain, 77)).toMatchObject({ value: { steps: asked.steps, startedAt: 77, loop: false } });
});

test('where there is no camera it says so', () => {
  put(0, 3, '11');
  expect(coverage.toShow(asked, 77)).toEqual({ ok: false, error: { code: 'coverage-empty', params: { district: '32' } } });
});

test('it is planned on when its last step begins: what is shown stays, the next revision has what follows', async () => {
  put(0, 200);
  begin();
  const planned = tour().steps.length;
  expect([planned, screen().revision]).toEqual([60, 1]);
  await watch((planned - 1) * dwellMs - 1000);
  expect(screen().revision).toBe(1);
  await watch(1000);
  expect(screen()).toMatchObject({ revision: 2, changedBy: 'li' });
  wallEntity.parse(wall());
  const at = tourStep(tour(), clock.now());
  expect(due()).toEqual(['c118', 'c119']);
  expect(at).toMatchObject({ index: 3, remainingMs: dwellMs });
  expect(tour().steps).toHaveLength(64);
  await watch(dwellMs);
  expect(due()).toEqual(['c120', 'c121']);
  expect(screen().revision).toBe(2);
});

test('step after step everybody is shown, round after round', async () => {
  put(0, 31);
  begin();
  for (let round = 0; round < 3; round += 1) {
    const shown = new Set<string>();
    const from = clock.now();
    // One step more than a round: the last one was filled up.
    while (clock.now() < from + 17 * dwellMs) {
      due().forEach((id) => shown.add(id));
      await watch(1000);
    }
    expect(shown.size).toBe(31);
  }
});

test('while it is paused nothing is planned; afterwards it goes on', async () => {
  put(0, 200);
  begin();
  await watch(59 * dwellMs - 2000);
  show(controlTour(tour(), 'pause', clock.now()));
  await watch(10 * dwellMs);
  expect(screen().revision).toBe(2);
  show(controlTour(tour(), 'resume', clock.now()));
  await watch(2000);
  expect(screen().revision).toBe(4);
});

test('under somebody else’s hold it stays at what is planned, and is planned on after that', async () => {
  put(0, 200);
  begin();
  heldByOthers = true;
  const listed = vi.spyOn(ledger, 'all');
  await watch(70 * dwellMs);
  expect(screen().revision).toBe(1);
  // Nobody looks through the directory every second for a plan that may not be used.
  expect(listed.mock.calls.filter(([collection]) => collection === 'cameras')).toEqual([]);
  expect(coverage.running()).toMatchObject([{ paused: false, onlyPlanned: 120 }]);
  heldByOthers = false;
  await watch(1000);
  expect(screen().revision).toBe(2);
});

test('one that was begun by a clock that was an hour ahead does not stand at its first step for an hour', async () => {
  put(0, 200);
  begin();
  show({ ...tour(), startedAt: clock.now() + 3_600_000 });
  await watch(1000);
  expect(tour().startedAt).toBe(clock.now());
  await watch(dwellMs);
  expect(due()).toEqual(['c002', 'c003']);
});

test('a hub that was started again goes on where it was; what was over meanwhile is planned anew around what is shown', async () => {
  put(0, 200);
  begin();
  await watch(5 * dwellMs);
  coverage.stop();
  coverage = start();
  await watch(dwellMs);
  expect(screen().revision).toBe(1);
  coverage.stop();
  await clock.advance(500 * dwellMs);
  const shown = due();
  coverage = start();
  await clock.advance(1000);
  expect(screen().revision).toBe(2);
  expect(due()).toEqual(shown);
  await watch(dwellMs);
  // Who was never seen.
  expect(due()).toEqual(['c012', 'c013']);
});

test('it ends with another scene', async () => {
  put(0, 200);
  begin();
  expect(coverage.running()).toEqual([{ wallId: 'main', screenId: '1', promise, paused: false, onlyPlanned: null }]);
  show({ kind: 'grid', rows: 1, cols: 1, tiles: [null] });
  await clock.advance(100 * dwellMs);
  await clock.advance(1000);
  expect(screen().revision).toBe(2);
  expect(coverage.running()).toEqual([]);
});

test('what fits into one step stays, until cameras come or go', async () => {
  put(0, 1);
  begin();
  await watch(5 * dwellMs);
  expect([screen().revision, due()]).toEqual([1, ['c000']]);
  put(1, 2);
  await watch(1000);
  expect([screen().revision, due()]).toEqual([2, ['c000', 'c001']]);
  ledger.commit([{ collection: 'cameras', op: 'delete', key: 'c000' }], cause);
  await watch(1000);
  expect([screen().revision, due()]).toEqual([3, ['c001']]);
  ledger.commit([{ collection: 'cameras', op: 'delete', key: 'c001' }], cause);
  await watch(1000);
  expect(screen().revision).toBe(3);
});

test.each(['held by somebody else', 'paused'])('who came while it was %s is shown afterwards', async (how) => {
  put(0, 1);
  begin();
  await watch(2000);
  if (how === 'paused') show(controlTour(tour(), 'pause', clock.now()));
  else heldByOthers = true;
  put(1, 2);
  await watch(3000);
  expect(due()).toEqual(['c000']);
  if (how === 'paused') show(controlTour(tour(), 'resume', clock.now()));
  else heldByOthers = false;
  await watch(2000);
  expect(due()).toEqual(['c000', 'c001']);
});

test('whoever steps past what is planned finds what comes next, also while it is paused', async () => {
  put(0, 200);
  begin();
  await watch(58 * dwellMs + 1000);
  const paused = controlTour(tour(), 'pause', clock.now());
  expect(coverage.planOn(paused, clock.now())).toBe(paused);
  const last = controlTour(paused, 'next', clock.now());
  const on = controlTour(coverage.planOn(last, clock.now()), 'next', clock.now());
  expect(camerasOf(tourStep(on, clock.now()).scene)).toEqual(['c120', 'c121']);
  expect(on.pausedAt).toBe(paused.pausedAt);
});

test('stops for good', () => {
  coverage.stop();
  expect(clock.sleeping).toBe(0);
});
