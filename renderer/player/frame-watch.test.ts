import { describe, expect, test } from 'vitest';
import type { TileState } from '../../layouts/contract.ts';
import { ChangeWatch, FrameCounter, pictureFault, pictureLimits, tileStateOf, type PictureFacts } from './frame-watch.ts';

function paint(counter: FrameCounter, from: number, to: number, everyMs: number): void {
  for (let at = from, count = 1; at <= to; at += everyMs, count++) counter.count(at, count);
}
const picture = (value: number) => new Uint8ClampedArray(8).fill(value);
const limits = pictureLimits(1500);
const good: PictureFacts = {
  wanted: true,
  failure: null,
  sinceFrameMs: 40,
  frameIntervalMs: 66,
  leftOut: false,
  frameAgeMs: 1300,
  unchangedMs: 0,
  look: null,
  paceMs: null,
};

test.each<[string, Partial<PictureFacts>, TileState]>([
  ['no camera', { wanted: false }, 'empty'],
  ['no camera, though a frame is there', { wanted: false, sinceFrameMs: 0 }, 'empty'],
  ['nothing yet', { sinceFrameMs: null, frameIntervalMs: null, frameAgeMs: null }, 'starting'],
  ['nothing yet, and the source failed', { sinceFrameMs: null, failure: 'source-file-missing' }, 'offline'],
  ['as it should be', {}, 'live'],
  ['at the margin', { frameAgeMs: 2500 }, 'live'],
  ['just above the margin', { frameAgeMs: 2501 }, 'delayed'],
  ['ahead of the clock', { frameAgeMs: -20 }, 'live'],
  ['just as far ahead as it may be behind', { frameAgeMs: -1000 }, 'live'],
  ['painted long before it was received: a clock is wrong', { frameAgeMs: -1001 }, 'delayed'],
  ['of unknown age', { frameAgeMs: null }, 'delayed'],
  ['just before two seconds without a frame', { sinceFrameMs: 1999 }, 'live'],
  ['two seconds without a frame', { sinceFrameMs: 2000 }, 'stalled'],
  ['a slow camera between two frames', { sinceFrameMs: 2500, frameIntervalMs: 1000 }, 'live'],
  ['a slow camera that missed three', { sinceFrameMs: 3000, frameIntervalMs: 1000 }, 'stalled'],
  ['some are left out, and it is hardly seen', { leftOut: true, frameAgeMs: 60, sinceFrameMs: 900 }, 'live'],
  [
    'some are left out, and it has been seen for long',
    { leftOut: true, frameAgeMs: 60, sinceFrameMs: 2500, frameIntervalMs: 2000 },
    'delayed',
  ],
  ['so many are left out that each is seen for long', { leftOut: true, frameAgeMs: 60, frameIntervalMs: 4000 }, 'delayed'],
  ['all but three are left out, and the next does not come', { leftOut: true, sinceFrameMs: 12_000, frameIntervalMs: 4000 }, 'stalled'],
  ['frozen, and the source failed', { sinceFrameMs: 2000, failure: 'source-stalled' }, 'offline'],
  ['failed, but the last second still moves', { sinceFrameMs: 100, failure: 'source-stalled' }, 'live'],
  ['nothing changes', { unchangedMs: 10_000 }, 'suspect'],
  ['nothing has changed for a little', { unchangedMs: 9_999 }, 'live'],
  ['nothing changes, and late', { unchangedMs: 20_000, frameAgeMs: 9000 }, 'suspect'],
  ['black', { look: { look: 'black', forMs: 5000 } }, 'suspect'],
  ['black for a little', { look: { look: 'black', forMs: 4999 } }, 'live'],
  ['covered, and late', { look: { look: 'covered', forMs: 8000 }, frameAgeMs: 9000 }, 'suspect'],
  ['black, and nothing comes any more', { look: { look: 'black', forMs: 9000 }, sinceFrameMs: 9000 }, 'stalled'],
  ['key pictures only, however young', { paceMs: 2000, frameIntervalMs: 2000, frameAgeMs: 100 }, 'delayed'],
  ['between two key pictures', { paceMs: 2000, frameIntervalMs: null, sinceFrameMs: 5999 }, 'delayed'],
  ['key pictures that have stopped', { paceMs: 2000, frameIntervalMs: null, sinceFrameMs: 6000 }, 'stalled'],
  ['a camera with few key pictures', { paceMs: 2000, frameIntervalMs: 8000, sinceFrameMs: 20_000 }, 'delayed'],
  ['one still after another', { paceMs: 10_000, sinceFrameMs: 9000, unchangedMs: 12_000 }, 'delayed'],
  ['three stills that were the same', { paceMs: 10_000, sinceFrameMs: 9000, unchangedMs: 30_000 }, 'suspect'],
  ['nothing changes because nothing comes', { unchangedMs: 20_000, sinceFrameMs: 20_000 }, 'stalled'],
])('%s', (_name, facts, state) => {
  expect(tileStateOf({ ...good, ...facts }, limits)).toBe(state);
});

test.each<[Pick<PictureFacts, 'unchangedMs' | 'look'>, ReturnType<typeof pictureFault>]>([
  [{ unchangedMs: 9999, look: null }, null],
  [{ unchangedMs: 10_000, look: null }, 'picture-frozen'],
  [{ unchangedMs: 10_000, look: { look: 'black', forMs: 4000 } }, 'picture-frozen'],
  [{ unchangedMs: 10_000, look: { look: 'black', forMs: 5000 } }, 'picture-black'],
  [{ unchangedMs: 0, look: { look: 'covered', forMs: 5000 } }, 'picture-covered'],
])('%j is %s', (facts, fault) => {
  expect(pictureFault({ ...good, ...facts }, limits)).toBe(fault);
});

describe('counting frames', () => {
  test('15 frames a second are 15', () => {
    const counter = new FrameCounter();
    paint(counter, 0, 5000, 1000 / 15);
    expect(counter.fps(5000)).toBeCloseTo(15, 0);
    expect(counter.intervalMs).toBeCloseTo(1000 / 15, 1);
  });

  test('frames painted between two callbacks count too', () => {
    const counter = new FrameCounter();
    for (let i = 0; i <= 20; i++) counter.count(i * 100, i * 3);
    expect(counter.fps(2000)).toBeCloseTo(30, 0);
  });

  test('when frames stop the rate falls to nothing', () => {
    const counter = new FrameCounter();
    paint(counter, 0, 3000, 50);
    expect(counter.fps(4000)).toBeLessThan(12);
    expect(counter.fps(5200)).toBe(0);
    expect(counter.sinceFrameMs(5000)).toBe(2000);
    expect(counter.intervalMs).toBeCloseTo(50, 1);
  });

  test('one gap after the other does not become the distance of frames; a camera that is slow all the time is slow', () => {
    const counter = new FrameCounter();
    paint(counter, 0, 3000, 50);
    const at = [7000, 19_000].map((gapEnd) => {
      counter.count(gapEnd, gapEnd);
      return counter.intervalMs;
    });
    expect(at.every((interval) => interval! <= 50)).toBe(true);
    const slow = new FrameCounter();
    for (let i = 0; i <= 4; i += 1) slow.count(i * 5000, i);
    expect(slow.intervalMs).toBe(5000);
  });

  test('after a clock that was set back frames are counted anew, and no distance is less than none', () => {
    const counter = new FrameCounter();
    paint(counter, 3_600_000, 3_603_000, 50);
    counter.count(0, 1000);
    expect(counter.intervalMs).toBeNull();
    counter.count(100, 1001);
    expect([counter.intervalMs, counter.fps(100)]).toEqual([100, 10]);
  });

  test('an element that began anew is counted anew', () => {
    const counter = new FrameCounter();
    paint(counter, 0, 1000, 100);
    counter.count(1100, 1);
    counter.count(1200, 2);
    expect(counter.fps(1200)).toBeCloseTo(10, 0);
    counter.count(9000, 1);
    expect(counter.intervalMs, 'how long it took to begin is no distance').toBeNull();
  });
});

describe('watching for change', () => {
  test('counts from the last change', () => {
    const watch = new ChangeWatch();
    expect(watch.unchangedMs(99)).toBe(0);
    watch.sample(0, picture(1));
    watch.sample(2000, picture(1));
    watch.sample(4000, picture(1));
    expect(watch.unchangedMs(5000)).toBe(5000);
    watch.sample(6000, picture(2));
    expect(watch.unchangedMs(6500)).toBe(500);
  });

  test('one pixel is a change', () => {
    const watch = new ChangeWatch();
    watch.sample(0, picture(1));
    const other = picture(1);
    other[5] = 2;
    watch.sample(2000, other);
    expect(watch.unchangedMs(2000)).toBe(0);
  });
});
