import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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
    receivedAt: Date.now() - 60,
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
    vi.advanceTimersByTime(15_000);
  }
  expect(restarts).toBe(0);
  expect(reading?.state, 'as far apart as they really come').toBe('delayed');
  vi.advanceTimersByTime(200_000);
  expect(restarts, 'but not for ever').toBeGreaterThan(0);
});

test.each([
  [null, 'live'],
  ['viewer-too-slow', 'live'],
  ['decoder-failed', 'stalled'],
  ['stream-gap', 'stalled'],
] as const)('pictures four seconds apart, reason %s, are %s before the next', (reason, state) => {
  for (let i = 0; i < 5; i += 1) {
    paint();
    tile.facts = { ...tile.facts!, reason };
    vi.advanceTimersByTime(4_000);
  }
  paint();
  tile.facts = { ...tile.facts!, reason };
  vi.advanceTimersByTime(3_500);
  expect(reading).toMatchObject({ state, reason });
});
