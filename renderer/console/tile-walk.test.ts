import { describe, expect, test } from 'vitest';
import { solveScene } from '../../layouts/solve.ts';
import { emptyScene, type SceneTemplate } from '../../layouts/scene-edit.ts';
import { neighbour, type Direction, type PlacedTile } from './tile-walk.ts';

const at = (x: number, y: number) => ({ x, y, width: 1920, height: 1080 });
const screen = (screenId: string, x: number, y: number, template: SceneTemplate): PlacedTile[] =>
  solveScene(emptyScene(template), at(x, y), 0).map(({ tileId, rect }) => ({
    screenId,
    tileId,
    rect: { ...rect, x: rect.x + x, y: rect.y + y },
  }));

const wall = [
  ...screen('1', 0, 0, { kind: 'grid', rows: 3, cols: 3 }),
  ...screen('2', 1940, 0, { kind: 'split', template: '1+5' }),
  ...screen('3', 0, 1100, { kind: 'grid', rows: 1, cols: 1 }),
];
const walk = (from: string, direction: Direction) => {
  const [screenId, tileId] = from.split(' ');
  const next = neighbour(
    wall,
    wall.find((tile) => tile.screenId === screenId && tile.tileId === tileId)!,
    direction,
  );
  return next && `${next.screenId} ${next.tileId}`;
};

describe('walking over the wall', () => {
  test.each<[string, Direction, string | null]>([
    ['1 g-0-0', 'right', '1 g-0-1'],
    ['1 g-0-1', 'down', '1 g-1-1'],
    ['1 g-1-1', 'up', '1 g-0-1'],
    ['1 g-0-0', 'left', null],
    ['1 g-0-0', 'up', null],
    // across the bezel, to what lies opposite
    ['1 g-0-2', 'right', '2 s-0'],
    ['1 g-2-2', 'right', '2 s-3'],
    ['2 s-0', 'left', '1 g-0-2'],
    ['2 s-3', 'left', '1 g-2-2'],
    ['2 s-0', 'right', '2 s-1'],
    ['2 s-0', 'down', '2 s-3'],
    ['2 s-5', 'up', '2 s-2'],
    ['1 g-2-1', 'down', '3 g-0-0'],
    ['3 g-0-0', 'up', '1 g-2-1'],
  ])('%s %s is %s', (from, direction, to) => {
    expect(walk(from, direction)).toBe(to);
  });

  test('every tile of a grid can be reached', () => {
    const seen = new Set(['1 g-0-0']);
    for (const from of seen) {
      for (const direction of ['left', 'right', 'up', 'down'] as const) {
        const next = walk(from, direction);
        if (next) seen.add(next);
      }
    }
    expect(seen.size).toBe(wall.length);
  });
});

test('tiles that overlap are walked by their middles', () => {
  const free = (tileId: string, x: number): PlacedTile => ({ screenId: '1', tileId, rect: { x, y: 0, width: 800, height: 400 } });
  const tiles = [free('a', 0), free('b', 300), free('c', 600)];
  expect(neighbour(tiles, tiles[0]!, 'right')?.tileId).toBe('b');
  expect(neighbour(tiles, tiles[2]!, 'left')?.tileId).toBe('b');
  expect(neighbour(tiles, tiles[2]!, 'right')).toBeNull();
});
