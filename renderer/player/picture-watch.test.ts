import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CameraPlayer } from './camera-player.ts';
import type { PictureReading } from './frame-watch.ts';
import type { TileFacts } from './mosaic/mosaic-protocol.ts';
import { createPictureWatch, type PictureWatch } from './picture-watch.ts';

let watch: PictureWatch;
let tile: { readonly kind: 'mosaic-tile'; facts: TileFacts | null };
let paceMs: number | null;
let restarts: number;
let reading: PictureReading | null;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  tile = { kind: 'mosaic-tile', facts: null };
  paceMs = null;
  restarts = 0;
  reading = null;
  watch = createPictureWatch(() => Date.now());
  const player = {
    state: { kind: 'playing' },
    failure: null,
    pictureSeen() {},
    restart: () => (restarts += 1),
  } as unknown as CameraPlayer;
  watch.watch({ target: tile, player, nominalDelayMs: 150, paceMs: () => paceMs, onReading: (next) => (reading = next) });
});
afterEach(() => {
  watch.stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** One more picture is painted; or the first of another playback. */
function paint(painted = (tile.facts?.painted ?? 0) + 1): void {
  tile.facts = {
    tile: 1,
    playback: 1,
    painted,
    firstPaintedAt: Date.now(),
    paintedAt: Date.now(),
    paintedAgoMs: 0,
    receivedAt: Date.now() - 60,
    cameraIntervalMs: null,
    unchangedMs: 0,
    look: null,
    width: 320,
    height: 180,
    reason: null,
    skipped: 0,
    rebuilt: 0,
    megapixelsPerSecond: 0,
    audio: null,
  };
}
const hide = (hidden: boolean) => vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);

test('a picture that stands still without a reason is begun anew', () => {
  paint();
  vi.advanceTimersByTime(5_000);
  expect([reading?.state, restarts]).toEqual(['stalled', 0]);
  vi.advanceTimersByTime(4_000);
  expect(restarts).toBe(1);
});

test('on a page that is hidden nothing is painted, and nothing is begun anew for it', () => {
  paint();
  vi.advanceTimersByTime(250);
  hide(true);
  vi.advanceTimersByTime(600_000);
  expect([reading?.state, restarts]).toEqual(['stalled', 0]);
  hide(false);
  vi.advanceTimersByTime(5_000);
  expect(restarts, 'it has its time to come back').toBe(0);
  vi.advanceTimersByTime(2_000);
  expect(restarts).toBe(1);
});

test('a key picture that is waited for may be far away: a camera with one in fifteen seconds is not begun anew', () => {
  paceMs = 2_000;
  for (let pictures = 0; pictures < 5; pictures += 1) {
    paint();
    tile.facts = { ...tile.facts!, cameraIntervalMs: 15_000 };
    vi.advanceTimersByTime(15_000);
  }
  expect(restarts).toBe(0);
  expect(reading?.state, 'as far apart as they really come').toBe('delayed');
  vi.advanceTimersByTime(200_000);
  expect(restarts, 'but not for ever').toBeGreaterThan(0);
});

test.each([
  [4000, null, 'live'],
  [4000, 'stream-gap', 'live'],
  [4000, 'viewer-too-slow', 'delayed'],
  [66, null, 'stalled'],
  [66, 'decoder-failed', 'stalled'],
  [66, 'viewer-too-slow', 'delayed'],
  [66, 'line-too-slow', 'delayed'],
] as const)(
  'of pictures that come %s ms apart one is painted in four seconds, reason %s: %s before the next',
  (cameraIntervalMs, reason, state) => {
    for (let i = 0; i < 6; i += 1) {
      if (i > 0) vi.advanceTimersByTime(4_000);
      paint();
      tile.facts = { ...tile.facts!, cameraIntervalMs, reason };
    }
    vi.advanceTimersByTime(3_500);
    expect(reading).toMatchObject({ state, reason });
  },
);

describe('after a standstill', () => {
  const hourMs = 3_600_000;
  let hubAheadMs: number;
  let isClockKnown: boolean;
  let player: { restarts: number };

  beforeEach(() => {
    watch.stop();
    hubAheadMs = 0;
    isClockKnown = true;
    player = { restarts: 0 };
    // The hub's clock as a page has it: by its own, and an hour ahead of nothing until somebody says so.
    watch = createPictureWatch(
      () => Date.now() + hubAheadMs,
      () => isClockKnown,
    );
    const restarting = { state: { kind: 'playing' }, failure: null, pictureSeen() {}, restart: () => (player.restarts += 1) };
    watch.watch({
      target: tile,
      player: restarting as unknown as CameraPlayer,
      nominalDelayMs: 150,
      onReading: (next) => (reading = next),
    });
  });
  /** Pictures come, as often as they are read. */
  const play = (ms: number) => {
    for (let past = 0; past < ms; past += 250) {
      paint();
      vi.advanceTimersByTime(250);
    }
  };
  /** The page does nothing for so long. `sleeps`: its monotonic clock stands still, too, as on Linux and macOS. */
  const standStill = (ms: number, sleeps: boolean) => {
    const at = performance.now() + (sleeps ? 0 : ms);
    vi.setSystemTime(Date.now() + ms);
    if (sleeps) return;
    const before = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => at + (passed() - before));
  };
  let passed: () => number;
  beforeEach(() => {
    const { now } = performance;
    passed = now.bind(performance);
  });

  test.each([
    ['a sleep of twenty seconds', 20_000, true],
    ['a night', 8 * hourMs, true],
    ['a sleep that the monotonic clock counts, or a process that was stopped', 20_000, false],
  ])('%s: the old picture is never live, and a new one is', (_, ms, sleeps) => {
    play(2000);
    expect(reading).toMatchObject({ state: 'live' });
    const lastAt = tile.facts!.paintedAt!;
    // One more was painted and told of, and nobody has read it.
    paint();
    standStill(ms, sleeps);
    vi.advanceTimersByTime(250);
    expect(reading).toMatchObject({ state: 'stalled', since: lastAt + 250 });
    expect(reading!.frameAgeMs).toBeGreaterThanOrEqual(ms);
    vi.advanceTimersByTime(1000);
    expect(reading!.state).toBe('stalled');
    play(500);
    expect([reading!.state, player.restarts], 'they came back by themselves').toEqual(['live', 0]);
  });

  test('whoever is about to say what they are has them read first, whatever timer comes first', () => {
    play(2000);
    standStill(20_000, true);
    expect(reading!.state, 'as it was').toBe('live');
    watch.catchUp();
    expect(reading!.state).toBe('stalled');
    // Otherwise they are read in their own time.
    paint();
    watch.catchUp();
    expect(reading!.state).toBe('stalled');
  });

  test('players whose pictures do not come back by themselves begin anew soon, and not at once', () => {
    play(2000);
    standStill(20_000, true);
    vi.advanceTimersByTime(1500);
    expect(player.restarts).toBe(0);
    vi.advanceTimersByTime(500);
    expect(player.restarts).toBe(1);
    vi.advanceTimersByTime(4000);
    expect(player.restarts, 'then with the usual patience').toBe(1);
  });

  test('a short standstill is no reason to begin anew', () => {
    play(2000);
    standStill(3000, true);
    vi.advanceTimersByTime(2500);
    expect([reading!.state, player.restarts]).toEqual(['stalled', 0]);
  });

  test('a clock that was set ahead costs one reading at most; one that was set back nothing', () => {
    play(2000);
    vi.setSystemTime(Date.now() + hourMs);
    hubAheadMs = -hourMs;
    vi.advanceTimersByTime(250);
    play(250);
    expect(reading!.state).toBe('live');
    vi.setSystemTime(Date.now() - hourMs);
    hubAheadMs = 0;
    vi.advanceTimersByTime(250);
    expect(reading!.state).toBe('live');
    play(2000);
    expect([reading!.state, player.restarts]).toEqual(['live', 0]);
  });
});
