import { describe, expect, test } from 'vitest';
import type { PanelRef, Rect, Scene, SpanningTile, Wall } from '../../../../layouts/contract.ts';
import { wallOf } from '../../../../layouts/testdata/arbitrary-scenes.ts';
import type { CameraId, ScreenId, WallId } from '../../../contract/ids.ts';
import { panelsByTile, partsOverlap, screenReached, shapeOf, spanningReached, type HeldPart } from './held-part.ts';

const video = (id: string): PanelRef => ({ panel: 'video', cameraId: id as CameraId, profile: 'auto' });
const clock: PanelRef = { panel: 'clock' };
const screenRect: Rect = { x: 1000, y: 0, width: 1000, height: 1000 };
const grid = (...tiles: (PanelRef | null)[]): Scene => ({ kind: 'grid', rows: 2, cols: 2, tiles });
const free = (...tiles: [Rect, PanelRef][]): Scene => ({ kind: 'free', tiles: tiles.map(([rect, panel]) => ({ rect, panel })) });
const tour = (more: object = {}): Scene => ({
  kind: 'tour',
  steps: [{ dwellMs: 5000, scene: { kind: 'grid', rows: 1, cols: 1, tiles: [clock] } }],
  ...more,
});
const at = (x: number, y: number): Rect => ({ x, y, width: 100, height: 100 });
const part = (...tiles: string[]): HeldPart => ({
  wallId: 'main' as WallId,
  screenId: '1' as ScreenId,
  tiles: tiles.length === 0 ? null : tiles,
});

test.each<[string, Scene, Scene, boolean]>([
  ['grids of one size, whatever they show', grid(clock), grid(video('a'), null), true],
  ['grids of other sizes', grid(), { kind: 'grid', rows: 4, cols: 1, tiles: [] }, false],
  [
    'a grid and a split of as many tiles',
    { kind: 'grid', rows: 2, cols: 3, tiles: [] },
    { kind: 'split', template: '1+5', tiles: [] },
    false,
  ],
  ['splits of one template', { kind: 'split', template: '1+7', tiles: [] }, { kind: 'split', template: '1+7', tiles: [clock] }, true],
  ['free tiles in the same places', free([at(0, 0), clock]), free([at(0, 0), video('a')]), true],
  ['a free tile that was moved', free([at(0, 0), clock]), free([at(1, 0), clock]), false],
  ['a free tile more', free([at(0, 0), clock]), free([at(0, 0), clock], [at(200, 0), clock]), false],
  ['free tiles on another canvas', { kind: 'free', tiles: [] }, { kind: 'free', canvas: { width: 1920, height: 1080 }, tiles: [] }, false],
  ['the same tour', tour(), tour(), true],
  ['a tour that was paused', tour({ startedAt: 1 }), tour({ startedAt: 1, pausedAt: 2 }), false],
])('one shape: %s', (_, one, other, expected) => {
  expect(shapeOf(one) === shapeOf(other)).toBe(expected);
});

test('what tiles show, by name', () => {
  expect([...panelsByTile({ kind: 'grid', rows: 1, cols: 3, tiles: [clock] })]).toEqual([
    ['g-0-0', clock],
    ['g-0-1', null],
    ['g-0-2', null],
  ]);
  expect([...panelsByTile({ kind: 'free', tiles: [{ rect: at(0, 0), panel: clock }] })]).toEqual([['f-0', clock]]);
});

test.each<[string, HeldPart, HeldPart, boolean]>([
  ['the whole screen twice', part(), part(), true],
  ['the whole and a tile', part(), part('g-0-0'), true],
  ['a tile and the whole', part('g-0-0'), part(), true],
  ['a common tile', part('g-0-0', 'g-0-1'), part('g-0-1'), true],
  ['different tiles', part('g-0-0'), part('g-0-1'), false],
  ['another screen', part(), { ...part(), screenId: '2' as ScreenId }, false],
  ['a screen of that name on another wall', part(), { ...part(), wallId: 'hall' as WallId }, false],
])('overlap: %s', (_, one, other, expected) => {
  expect(partsOverlap(one, other)).toBe(expected);
});

const wall = (scene: Scene, revision: number): Wall => {
  const made = wallOf(scene, screenRect);
  return { ...made, screens: [{ ...made.screens[0]!, revision }] };
};

test.each<[string, HeldPart, Scene, Scene, boolean]>([
  ['the whole screen, by anything', part(), grid(clock), grid(clock, clock), true],
  ['the whole screen, by the same again', part(), grid(clock), grid(clock), true],
  ['a tile, by another panel on it', part('g-0-1'), grid(clock, null), grid(clock, clock), true],
  ['a tile, by another profile of its camera', part('g-0-0'), grid(video('a')), grid({ ...video('a'), profile: 'main' } as PanelRef), true],
  ['a tile, by what happens beside it', part('g-0-1'), grid(clock, null), grid(video('a'), null, video('b')), false],
  ['a tile, by an empty entry that was left out', part('g-1-1'), grid(clock), grid(clock, null, null, null), false],
  ['a tile, by another shape', part('g-0-0'), grid(clock), { kind: 'grid', rows: 1, cols: 1, tiles: [clock] }, true],
  ['a tile, by a tour', part('g-0-0'), grid(clock), tour(), true],
  ['a free tile, by its panel', part('f-0'), free([at(0, 0), clock]), free([at(0, 0), video('a')]), true],
  [
    'a free tile, by the panel of another',
    part('f-1'),
    free([at(0, 0), clock], [at(9, 9), clock]),
    free([at(0, 0), video('a')], [at(9, 9), clock]),
    false,
  ],
  ['a tile that went with its shape, by a tour that goes on', part('g-0-0'), tour(), tour(), false],
])('reached: %s', (_, held, before, after, expected) => {
  expect(screenReached(held, wall(before, 1), wall(after, 2))).toBe(expected);
});

test('a screen that nobody touched is not reached, nor one that is not there', () => {
  expect(screenReached(part(), wall(grid(), 1), wall(grid(), 1))).toBe(false);
  expect(screenReached({ ...part(), screenId: '7' as ScreenId }, wall(grid(), 1), wall(grid(), 2))).toBe(false);
});

describe('tiles over the wall', () => {
  const over = (tileId: string, x: number, panel: PanelRef = clock): SpanningTile => ({
    tileId,
    rect: { x, y: 0, width: 400, height: 400 },
    panel,
  });
  // the screen lies from 1000 to 2000; the right column of its grid from 1500 on
  const right = part('g-0-1');

  test.each<[string, HeldPart, SpanningTile[], SpanningTile[], boolean]>([
    ['one that comes over the screen', part(), [], [over('a', 900)], true],
    ['one that comes beside it', part(), [], [over('a', 600)], false],
    ['one that touches its edge', part(), [], [over('a', 2000)], false],
    ['one that goes', part(), [over('a', 1200)], [], true],
    ['one that moves away', part(), [over('a', 1200)], [over('a', 0)], true],
    ['one that shows something else', part(), [over('a', 1200)], [over('a', 1200, video('x'))], true],
    ['one that only lies over the rest', right, [], [over('a', 1050)], false],
    ['one that reaches what is held', right, [], [over('a', 1101)], true],
    ['another order over what is held', part(), [over('a', 1000), over('b', 1200)], [over('b', 1200), over('a', 1000)], true],
    ['another order beside it', part(), [over('a', 0), over('b', 200)], [over('b', 200), over('a', 0)], false],
    ['another one beside it', part(), [over('a', 1200)], [over('b', 0), over('a', 1200)], false],
  ])('%s', (_, held, before, after, expected) => {
    const scene = grid();
    expect(spanningReached(held, wallOf(scene, screenRect, before), wallOf(scene, screenRect, after))).toBe(expected);
  });

  test('on a tour they reach it wherever they lie on the screen', () => {
    expect(spanningReached(right, wallOf(tour(), screenRect), wallOf(tour(), screenRect, [over('a', 1050)]))).toBe(true);
  });
});
