import { expect, test } from 'vitest';
import type { PanelRef } from '../../layouts/contract.ts';
import { solveScene, type SolvedTile } from '../../layouts/solve.ts';
import { decodedAtMost, fitStage, placeTiles } from './placed-tiles.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const seating = { pixelPitchMm: 0.634, farthestSeatM: 6 };
const video = (id: string, profile: 'auto' | 'main' | 'sub' = 'auto') => ({ panel: 'video', cameraId: id, profile }) as PanelRef;
const grid = (rows: number, cols: number, tiles: (PanelRef | null)[]) => solveScene({ kind: 'grid', rows, cols, tiles }, screen, 0);
const place = (solved: SolvedTile[], window = { width: 1920, height: 1080 }, bar = 43) =>
  placeTiles(solved, screen, fitStage(screen, window), bar, seating);

test.each([
  [
    { width: 1920, height: 1080 },
    { left: 0, top: 0, width: 1920, height: 1080, scale: 1 },
  ],
  [
    { width: 3840, height: 2160 },
    { left: 0, top: 0, width: 3840, height: 2160, scale: 2 },
  ],
  [
    { width: 1000, height: 1000 },
    { left: 0, top: 218, width: 1000, height: 563, scale: 1000 / 1920 },
  ],
  [
    { width: 3000, height: 1080 },
    { left: 540, top: 0, width: 1920, height: 1080, scale: 1 },
  ],
])('a screen fits into a window of %j', (window, stage) => {
  expect(fitStage(screen, window)).toEqual(stage);
});

test('tiles fill the stage below the bar without gaps', () => {
  const tiles = place(
    grid(
      3,
      3,
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((id) => video(id)),
    ),
    { width: 1366, height: 720 },
  );
  expect(Math.min(...tiles.map((tile) => tile.top))).toBe(43);
  expect(Math.max(...tiles.map((tile) => tile.top + tile.height))).toBe(720);
  expect(Math.max(...tiles.map((tile) => tile.left + tile.width))).toBe(1280);
  expect(tiles.reduce((sum, tile) => sum + tile.width * tile.height, 0)).toBe(1280 * (720 - 43));
});

test('a spanning tile keeps its exact place', () => {
  const rect = { x: 960, y: 0, width: 1920, height: 1080 };
  const [tile] = place([{ tileId: 'w-1', rect, panel: video('a'), spanning: true }]);
  expect(tile).toMatchObject({ left: 960, top: 0, width: 1920, height: 1080 });
});

test('what stays keeps its key and its order, wherever it moves', () => {
  const before = place(grid(2, 2, [video('a'), video('b'), video('c'), null]));
  const after = place(grid(2, 2, [video('c'), null, video('a'), video('d')]));
  const keys = (tiles: typeof before) => tiles.filter((tile) => tile.panel).map((tile) => tile.key);
  expect(keys(before)).toEqual(['video:a:sub#0', 'video:b:sub#0', 'video:c:sub#0']);
  expect(keys(after)).toEqual(['video:a:sub#0', 'video:c:sub#0', 'video:d:sub#0']);
});

test('the same camera twice has two players', () => {
  expect(place(grid(1, 2, [video('a', 'sub'), video('a', 'sub')])).map((tile) => tile.key)).toEqual(['video:a:sub#0', 'video:a:sub#1']);
});

test('a large tile asks for the large picture, unless told otherwise', () => {
  expect(place(grid(1, 1, [video('a')]))[0]!.profile).toBe('main');
  expect(place(grid(3, 3, [video('a')]))[0]!.key).toContain('empty');
  expect(place(grid(1, 1, [video('a', 'sub')]))[0]!.profile).toBe('sub');
  expect(place(grid(3, 3, [video('a')])).find((tile) => tile.panel)!.profile).toBe('sub');
});

test('beyond the budget the smaller ones are not decoded', () => {
  const small = Array.from({ length: 16 }, (_, index) => video(`c${index}`));
  const tiles = place([
    ...grid(4, 4, small),
    { tileId: 'w-1', rect: { x: 0, y: 0, width: 1000, height: 900 }, panel: video('big'), spanning: true },
  ]);
  const decoded = tiles.filter((tile) => tile.profile && tile.decoded);
  expect(decoded).toHaveLength(decodedAtMost);
  expect(decoded.some((tile) => tile.tileId === 'w-1')).toBe(true);
  expect(place(grid(1, 2, [{ panel: 'clock' }, null])).every((tile) => tile.decoded)).toBe(true);
});

test('signs are sized for the farthest seat, whatever the window', () => {
  // 16 arc-minutes at 6 m are 27.9 mm, 44 px of 0.634 mm.
  expect(place(grid(1, 1, [null]))[0]!.signPx).toBeCloseTo(44, 0);
  expect(place(grid(1, 1, [null]), { width: 3840, height: 2160 })[0]!.signPx).toBeCloseTo(88, 0);
});
