import { beforeEach, expect, test } from 'vitest';
import type { TileFacts } from './mosaic/mosaic-protocol.ts';
import { mosaicPicture } from './mosaic-picture.ts';
import type { PaintedPicture } from './painted-picture.ts';

const hubAt0 = 1_800_000_000_000;
const nothing: TileFacts = {
  tile: 1,
  playback: 1,
  painted: 0,
  firstPaintedAt: null,
  paintedAt: null,
  paintedAgoMs: null,
  receivedAt: null,
  cameraIntervalMs: null,
  unchangedMs: 0,
  look: null,
  width: 0,
  height: 0,
  reason: null,
  skipped: 0,
  rebuilt: 0,
  megapixelsPerSecond: 0,
  audio: null,
};
let now: number;
let hubOffset: number;
let tile: { facts: TileFacts | null };
let seen: number;
let picture: PaintedPicture;

beforeEach(() => {
  now = 0;
  hubOffset = hubAt0;
  seen = 0;
  tile = { facts: null };
  picture = mosaicPicture({ tile, hubNow: () => hubOffset + now, onFrame: () => (seen += 1) });
});
const painted = (count: number, at = now, ageMs = 60) =>
  (tile.facts = { ...nothing, painted: count, paintedAt: hubOffset + at, paintedAgoMs: now - at, receivedAt: hubOffset + at - ageMs });

test('nothing was painted before anything was told', () => {
  expect(picture.read(now)).toMatchObject({ sinceFrameMs: null, frameAgeMs: null, fps: 0, reason: null });
  tile.facts = { ...nothing, reason: 'path-starting' };
  expect(picture.read(now)).toMatchObject({ sinceFrameMs: null, reason: 'path-starting' });
  expect(seen).toBe(0);
});

test('fifteen pictures a second, told of four times a second, are fifteen', () => {
  for (; now <= 3000; now += 250) {
    painted(1 + Math.floor((now * 15) / 1000), now - 20);
    picture.read(now);
  }
  const facts = picture.read(3000);
  expect(facts.fps).toBeCloseTo(15, 0);
  expect(facts.paintedIntervalMs).toBeCloseTo(1000 / 15, 0);
  expect(facts.frameAgeMs).toBe(60);
  expect(facts.paintedAt).toBe(hubAt0 + 2980);
});

test('when pictures stop, the last one grows older', () => {
  painted(1);
  picture.read(now);
  now = 250;
  painted(2);
  picture.read(now);
  now = 5250;
  expect(picture.read(now).sinceFrameMs).toBe(5000);
  expect(seen).toBe(2);
});

test('a playback that begins anew is counted anew, and the old picture keeps its age until a new one comes', () => {
  painted(100);
  picture.read(now);
  now = 1000;
  tile.facts = nothing;
  expect(picture.read(now).sinceFrameMs).toBe(1000);
  now = 1250;
  painted(1);
  expect(picture.read(now).sinceFrameMs).toBe(0);
});

test('one picture of each playback is a new picture each time, and no measure of their distance', () => {
  for (const playback of [1, 2, 3, 4]) {
    painted(1);
    tile.facts = { ...tile.facts!, playback, cameraIntervalMs: 66 };
    expect(picture.read(now)).toMatchObject({ sinceFrameMs: 0, paintedIntervalMs: null, cameraIntervalMs: 66 });
    now += 3000;
  }
  expect(seen).toBe(4);
});

test('a step of the hub’s clock makes no picture old', () => {
  painted(1);
  picture.read(now);
  now = 250;
  painted(2);
  hubOffset += 60_000;
  expect(picture.read(now).sinceFrameMs).toBeLessThanOrEqual(250);
});

test('what a page that stood still hears of late was painted before', () => {
  painted(1);
  picture.read(now);
  const last = 240;
  // Read once before the message comes that had waited.
  now = 10_240;
  expect(picture.read(now).sinceFrameMs).toBe(10_240);
  now = 10_260;
  painted(2, last);
  expect(picture.read(now).sinceFrameMs).toBe(now - last);
});

test('a sleep that the clock of all threads does not count makes no picture young', () => {
  painted(1);
  picture.read(now);
  now = 240;
  painted(2, 230);
  // Told before the sleep, read after it.
  now = 10_240;
  expect(picture.read(now).sinceFrameMs).toBe(10_010);
});

test('an age is unknown while the hub’s clock is', () => {
  tile.facts = { ...nothing, painted: 1, paintedAt: hubAt0, paintedAgoMs: 0, receivedAt: null };
  expect(picture.read(now)).toMatchObject({ sinceFrameMs: 0, frameAgeMs: null });
});
