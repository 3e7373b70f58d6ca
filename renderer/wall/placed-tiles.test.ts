import { expect, test } from 'vitest';
import type { PanelRef } from '../../layouts/contract.ts';
import { solveScene, type SolvedTile } from '../../layouts/solve.ts';
import { fitStage, placeTiles } from './placed-tiles.ts';

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
  expect(keys(before)).toEqual(['video:a#0', 'video:b#0', 'video:c#0']);
  expect(keys(after)).toEqual(['video:a#0', 'video:c#0', 'video:d#0']);
});

test('the same camera twice has two players', () => {
  expect(place(grid(1, 2, [video('a', 'sub'), video('a', 'sub')])).map((tile) => tile.key)).toEqual(['video:a#0', 'video:a#1']);
});

test('the largest tile has the first rank', () => {
  const tiles = place([
    ...grid(2, 2, [video('a'), video('b')]),
    { tileId: 'w-1', rect: { x: 0, y: 0, width: 1900, height: 900 }, panel: video('big'), spanning: true },
  ]);
  expect(tiles.find(({ tileId }) => tileId === 'w-1')!.rank).toBe(0);
  expect(tiles.map(({ rank }) => rank).toSorted()).toEqual([0, 1, 1, 1, 1]);
});

test('tiles of a grid that differ by a pixel have the same rank: none of them always gives way to the others', () => {
  const tiles = place(grid(7, 9, Array<PanelRef>(63).fill(video('a'))));
  expect(new Set(tiles.map(({ width, height }) => width * height)).size).toBeGreaterThan(1);
  expect(new Set(tiles.map(({ rank }) => rank))).toEqual(new Set([0]));
});

test('what lies over others is a layer above them, and neighbours are not over one another', () => {
  const free = (tileId: string, x: number, width: number): SolvedTile => ({
    tileId,
    rect: { x, y: 0, width, height: 400 },
    panel: video(tileId),
    spanning: false,
  });
  const layers = (tiles: readonly SolvedTile[]) => Object.fromEntries(place([...tiles]).map(({ tileId, layer }) => [tileId, layer]));
  expect(layers(grid(7, 7, Array<PanelRef>(49).fill(video('a'))))).toSatisfy((all: object) => Object.values(all).every((one) => one === 0));
  expect(layers([free('1', 0, 400), free('2', 300, 400), free('3', 350, 100), free('4', 700, 200)])).toEqual({ 1: 0, 2: 1, 3: 2, 4: 0 });
});

test('signs are sized for the farthest seat, whatever the window', () => {
  // 16 arc-minutes at 6 m are 27.9 mm, 44 px of 0.634 mm.
  expect(place(grid(1, 1, [null]))[0]!.signPx).toBeCloseTo(44, 0);
  expect(place(grid(1, 1, [null]), { width: 3840, height: 2160 })[0]!.signPx).toBeCloseTo(88, 0);
});
