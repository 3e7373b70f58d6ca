import { beforeEach, expect, test } from 'vitest';
import type { ShownReport } from '../../../layouts/contract.ts';
import { agreesForMs, createWallRefresh, firstWithinMs, overloadedForMs, readyWithinMs, type WallRefresh } from './wall-refresh.ts';
import type { PutOff } from './refresh-step.ts';

const hubIsAheadMs = 5000;
const report = (more: Partial<ShownReport> = {}): ShownReport => ({
  revision: 1,
  wallRevision: 1,
  at: age + hubIsAheadMs,
  capacity: null,
  painter: 'wasm',
  focus: null,
  tiles: [{ tileId: '1', cameraId: 'c', state: 'live', engine: 'mosaic', stream: 'sub', fps: 25, frameAgeMs: 40, reason: null }],
  ...more,
});

let age: number;
let putOff: PutOff | null;
let isOverloaded: boolean;
/** What the successor says; null: nothing. */
let next: (() => ShownReport | null) | null;
let isBroken: boolean;
let log: string[];
let refresh: WallRefresh;

beforeEach(() => {
  age = 60_000;
  putOff = null;
  isOverloaded = false;
  isBroken = false;
  next = () => report();
  log = [];
  refresh = createWallRefresh({
    situation: () => ({ times: { at: 'off', apartMinutes: 3 }, nth: 0, putOff }),
    report: () => report(isOverloaded ? { tiles: [{ ...report().tiles[0]!, reason: 'viewer-too-slow' }] } : {}),
    open() {
      log.push('open');
      return {
        report: () => next?.() ?? null,
        takeOver() {
          if (isBroken) throw new Error('no page');
          log.push('takes over');
        },
        drop: () => void log.push('drop'),
      };
    },
    doubled: (isDoubled) => void log.push(isDoubled ? 'plays twice' : 'plays alone'),
    handedOver: () => void log.push('ends'),
    now: () => age,
    hubNow: () => age + hubIsAheadMs,
    pageAgeMs: () => age,
    warn: (words) => void log.push(words),
  });
});

const pass = (ms: number) => {
  for (const end = age + ms; age < end;) {
    age += 1000;
    refresh.tick();
  }
};
const gaveUp = (why: string) => [
  'plays twice',
  'open',
  'drop',
  'plays alone',
  `the page could not be made anew (${why}); it goes on as it is`,
];

test('rests while nothing is due and nobody asks', () => {
  pass(10_000);
  expect(log).toEqual([]);
});

test('asked, it opens a successor, and changes places once both have agreed for some seconds', () => {
  refresh.asked(300);
  pass(1000);
  expect(log).toEqual(['plays twice', 'open']);
  pass(agreesForMs);
  expect(log).toEqual(['plays twice', 'open']);
  pass(1000);
  expect(log).toEqual(['plays twice', 'open', 'takes over', 'ends']);
  pass(200_000);
  expect(log).toHaveLength(4);
  expect(refresh.counts).toEqual({ begun: 1, failed: 0, lastFailure: null });
});

test('an older request that the hub still tells of does not take the place of a newer one', () => {
  refresh.asked(0);
  next = () => null;
  pass(firstWithinMs + 2000);
  expect(refresh.counts).toMatchObject({ begun: 1, failed: 1 });
  refresh.asked(0);
  refresh.asked(firstWithinMs + 2500);
  pass(1000);
  expect(refresh.counts).toMatchObject({ begun: 2 });
});

test('a moment in which they do not agree begins the seconds anew', () => {
  refresh.asked(300);
  pass(agreesForMs);
  next = () => report({ revision: 0 });
  pass(1000);
  next = () => report();
  pass(agreesForMs);
  expect(log).not.toContain('takes over');
  pass(1000);
  expect(log).toContain('takes over');
});

test.each<[string, string, number, () => ShownReport | null]>([
  ['silent', 'without a page', firstWithinMs, () => null],
  ['tiles', 'without a live picture', firstWithinMs, () => report({ tiles: [{ ...report().tiles[0]!, state: 'starting' }] })],
  ['other-scene', 'with an older scene', readyWithinMs, () => report({ revision: 0 })],
  ['tiles', 'with less of a picture', readyWithinMs, () => report({ tiles: [{ ...report().tiles[0]!, stream: 'still' }] })],
])('a successor that does not get there in time is taken away: %s, %s', (why, _, withinMs, says) => {
  next = says;
  refresh.asked(300);
  pass(withinMs);
  expect(log).toEqual(['plays twice', 'open']);
  pass(1000);
  expect(log).toEqual(gaveUp(why));
  expect(refresh.counts).toEqual({ begun: 1, failed: 1, lastFailure: why });
  // What was asked has been tried; the hub goes on saying so for a while.
  refresh.asked(withinMs + 2300);
  pass(5000);
  expect(log).toEqual(gaveUp(why));
  refresh.asked(0);
  pass(1000);
  expect(log.slice(5)).toEqual(['plays twice', 'open']);
});

test.each<PutOff>(['person', 'hidden', 'no-hub', 'safe', 'scene-changes'])(
  '%s puts it off: before it begins, and before the change',
  (reason) => {
    putOff = reason;
    refresh.asked(300);
    pass(10_000);
    expect(log).toEqual([]);
    putOff = null;
    pass(3000);
    putOff = reason;
    pass(20_000);
    expect(log).toEqual(['plays twice', 'open']);
    putOff = null;
    pass(agreesForMs + 1000);
    expect(log.slice(2)).toEqual(['takes over', 'ends']);
  },
);

test('the page that is seen comes first: if it leaves out pictures for long, the successor goes', () => {
  next = () => report({ revision: 0 });
  refresh.asked(300);
  pass(1000);
  isOverloaded = true;
  pass(overloadedForMs);
  isOverloaded = false;
  pass(1000);
  expect(log).toEqual(['plays twice', 'open']);
  isOverloaded = true;
  pass(overloadedForMs + 1000);
  expect(log).toEqual(gaveUp('overloaded'));
});

test('a successor that breaks at the last moment is taken away, and what is seen goes on', () => {
  isBroken = true;
  refresh.asked(300);
  pass(1000 + agreesForMs + 1000);
  expect(log).toEqual(gaveUp('broken'));
});

test('a page that ends takes its successor with it', () => {
  next = null;
  refresh.asked(300);
  pass(3000);
  refresh.stop();
  pass(200_000);
  expect(log).toEqual(['plays twice', 'open', 'drop']);
});
