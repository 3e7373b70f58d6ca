import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PanelRef, Rect, Scene } from './contract.ts';
import { solveScreen, type SolvedTile } from './solve.ts';
import { tileCount, tileIdOf, tileIndexOf } from './templates.ts';
import { anyGrid, anyPanel, anyRect, anyScene, anySplit, anyStill, wallOf } from './testdata/arbitrary-scenes.ts';

const full: Rect = { x: 1940, y: 0, width: 1920, height: 1080 };
const clock: PanelRef = { panel: 'clock' };
const solve = (scene: Scene, rect = full, now = 0) => solveScreen(wallOf(scene, rect), '1', now);
const places = (tiles: SolvedTile[]) => tiles.map(({ tileId, rect: { x, y, width, height } }) => `${tileId} ${width}x${height}+${x}+${y}`);

test('a grid spreads the pixels that do not divide evenly', () => {
  expect(places(solve({ kind: 'grid', rows: 2, cols: 3, tiles: [] }, { x: 0, y: 0, width: 1000, height: 101 }))).toEqual([
    'g-0-0 333x50+0+0',
    'g-0-1 333x50+333+0',
    'g-0-2 334x50+666+0',
    'g-1-0 333x51+0+50',
    'g-1-1 333x51+333+50',
    'g-1-2 334x51+666+50',
  ]);
});

test.each([
  [
    '1+5',
    ['s-0 1280x720+0+0', 's-1 640x360+1280+0', 's-2 640x360+1280+360', 's-3 640x360+0+720', 's-4 640x360+640+720', 's-5 640x360+1280+720'],
  ],
  [
    '1+7',
    [
      's-0 1440x810+0+0',
      's-1 480x270+1440+0',
      's-2 480x270+1440+270',
      's-3 480x270+1440+540',
      's-4 480x270+0+810',
      's-5 480x270+480+810',
      's-6 480x270+960+810',
      's-7 480x270+1440+810',
    ],
  ],
  [
    '2+8',
    [
      's-0 960x540+0+0',
      's-1 960x540+960+0',
      's-2 480x270+0+540',
      's-3 480x270+480+540',
      's-4 480x270+960+540',
      's-5 480x270+1440+540',
      's-6 480x270+0+810',
      's-7 480x270+480+810',
      's-8 480x270+960+810',
      's-9 480x270+1440+810',
    ],
  ],
] as const)('%s', (template, expected) => {
  expect(places(solve({ kind: 'split', template, tiles: [] }))).toEqual(expected);
});

test('panels are row-major; tiles without one are there and empty', () => {
  const tiles = solve({ kind: 'grid', rows: 2, cols: 2, tiles: [null, clock] });
  expect(tiles.map((tile) => [tile.tileId, tile.panel])).toEqual([
    ['g-0-0', null],
    ['g-0-1', clock],
    ['g-1-0', null],
    ['g-1-1', null],
  ]);
});

test('free tiles are given in wall pixels; what lies beside the screen is not there', () => {
  const scene: Scene = {
    kind: 'free',
    tiles: [
      { rect: { x: 1900, y: 0, width: 40, height: 10 }, panel: clock },
      { rect: { x: 2000, y: 30, width: 400, height: 300 }, panel: clock },
    ],
  };
  expect(places(solve(scene))).toEqual(['f-1 400x300+60+30']);
});

test('a spanning tile lies on top of every screen it touches, bezel counted', () => {
  const wall = wallOf({ kind: 'grid', rows: 1, cols: 1, tiles: [] }, { x: 0, y: 0, width: 1920, height: 1080 }, [
    { tileId: 'flood', rect: { x: 1000, y: 100, width: 2000, height: 800 }, panel: clock },
  ]);
  const two = {
    ...wall,
    screens: [
      wall.screens[0]!,
      { ...wall.screens[0]!, id: '2' as never, rect: full },
      { ...wall.screens[0]!, id: '3' as never, rect: { ...full, x: 5000 } },
    ],
  };
  expect(places(solveScreen(two, '1', 0)).at(-1)).toBe('w-flood 2000x800+1000+100');
  expect(places(solveScreen(two, '2', 0)).at(-1)).toBe('w-flood 2000x800+-940+100');
  expect(places(solveScreen(two, '3', 0))).toEqual(['g-0-0 1920x1080+0+0']);
  expect(solveScreen(two, '1', 0).map((tile) => tile.spanning)).toEqual([false, true]);
});

test('a tour shows the scene that is due', () => {
  const tour: Scene = {
    kind: 'tour',
    startedAt: 1000,
    steps: [
      { scene: { kind: 'grid', rows: 1, cols: 1, tiles: [clock] }, dwellMs: 3000 },
      { scene: { kind: 'split', template: '1+5', tiles: [] }, dwellMs: 3000 },
    ],
  };
  expect(solve(tour, full, 3999).map((tile) => tile.tileId)).toEqual(['g-0-0']);
  expect(solve(tour, full, 4000)).toHaveLength(6);
});

test('a screen that the wall does not have shows nothing', () => {
  expect(solveScreen(wallOf({ kind: 'grid', rows: 1, cols: 1, tiles: [] }, full), '9', 0)).toEqual([]);
});

describe('for any valid scene and screen', () => {
  const options = { seed: 4711, numRuns: 300 };
  const small: fc.Arbitrary<Rect> = fc.record({
    x: fc.integer({ min: -500, max: 500 }),
    y: fc.integer({ min: -500, max: 500 }),
    width: fc.integer({ min: 1, max: 90 }),
    height: fc.integer({ min: 1, max: 90 }),
  });

  test('grid and split tiles cover every pixel exactly once', () => {
    fc.assert(
      fc.property(fc.oneof(anyGrid, anySplit), small, (scene, rect) => {
        const painted = new Uint8Array(rect.width * rect.height);
        for (const tile of solve(scene, rect)) {
          for (let y = tile.rect.y; y < tile.rect.y + tile.rect.height; y += 1)
            for (let x = tile.rect.x; x < tile.rect.x + tile.rect.width; x += 1) painted[y * rect.width + x]! += 1;
        }
        expect(painted.every((times) => times === 1)).toBe(true);
      }),
      options,
    );
  });

  test('grid and split tiles stay inside, add up to the screen, and differ by little', () => {
    fc.assert(
      fc.property(fc.oneof(anyGrid, anySplit), anyRect, (scene, rect) => {
        const solved = solve(scene, rect);
        let area = 0;
        for (const tile of solved) {
          expect(tile.rect.x).toBeGreaterThanOrEqual(0);
          expect(tile.rect.y).toBeGreaterThanOrEqual(0);
          expect(tile.rect.x + tile.rect.width).toBeLessThanOrEqual(rect.width);
          expect(tile.rect.y + tile.rect.height).toBeLessThanOrEqual(rect.height);
          area += tile.rect.width * tile.rect.height;
        }
        expect(area).toBe(rect.width * rect.height);
        if (scene.kind === 'grid' && solved.length === scene.rows * scene.cols) {
          const widths = solved.map((tile) => tile.rect.width);
          expect(Math.max(...widths) - Math.min(...widths)).toBeLessThanOrEqual(1);
        }
      }),
      options,
    );
  });

  test('all tiles are whole pixels that touch the screen, under names of their own', () => {
    fc.assert(
      fc.property(anyScene, anyRect, anyRect, anyPanel, fc.integer({ min: 0, max: 2e12 }), (scene, rect, over, panel, now) => {
        const solved = solveScreen(wallOf(scene, rect, [{ tileId: 'a', rect: over, panel }]), '1', now);
        expect(new Set(solved.map((tile) => tile.tileId)).size).toBe(solved.length);
        for (const { rect: tile } of solved) {
          for (const value of Object.values(tile)) expect(Number.isInteger(value)).toBe(true);
          expect(tile.x < rect.width && tile.y < rect.height && tile.x + tile.width > 0 && tile.y + tile.height > 0).toBe(true);
        }
      }),
      options,
    );
  });

  test('every tile is found again by its name', () => {
    fc.assert(
      fc.property(anyStill, (scene) => {
        for (let index = 0; index < tileCount(scene); index += 1) expect(tileIndexOf(scene, tileIdOf(scene, index))).toBe(index);
        expect(tileIndexOf(scene, 'x-1')).toBe(-1);
      }),
      options,
    );
  });
});

describe('a free scene with a canvas', () => {
  const drawn = (width: number, height: number): Scene => ({
    kind: 'free',
    canvas: { width, height },
    tiles: [
      { rect: { x: 0, y: 0, width: width / 2, height }, panel: clock },
      { rect: { x: width / 2, y: 0, width: width / 2, height: height / 2 }, panel: clock },
    ],
  });

  test('stands on a screen of its size as it was drawn, wherever that lies', () => {
    const elsewhere: Rect = { x: 1940, y: 300, width: 1920, height: 1080 };
    expect(places(solve(drawn(1920, 1080), elsewhere))).toEqual(['f-0 960x1080+0+0', 'f-1 960x540+960+0']);
  });

  test('is fitted to a screen of another size, and tiles that met still meet', () => {
    const odd: Rect = { x: 0, y: 0, width: 1367, height: 769 };
    expect(places(solve(drawn(1920, 1080), odd))).toEqual(['f-0 684x769+0+0', 'f-1 683x385+684+0']);
  });

  test('without one its tiles are pixels of the wall', () => {
    const scene: Scene = { kind: 'free', tiles: [{ rect: { x: 100, y: 0, width: 200, height: 100 }, panel: clock }] };
    expect(places(solve(scene, full))).toEqual([]);
  });
});
