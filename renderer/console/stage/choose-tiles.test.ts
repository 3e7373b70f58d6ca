import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyScene, type SceneTemplate } from '../../../layouts/scene-edit.ts';
import { solveScene } from '../../../layouts/solve.ts';
import type { Direction, PlacedTile } from '../tile-walk.ts';
import { rectAround } from '../wall-span.ts';
import { chosenTiles, extend, tileNear, type TileRef } from './choose-tiles.ts';

const screen = (screenId: string, x: number, template: SceneTemplate): PlacedTile[] =>
  solveScene(emptyScene(template), { x, y: 0, width: 1920, height: 1080 }, 0).map(({ tileId, rect }) => ({
    screenId,
    tileId,
    rect: { ...rect, x: rect.x + x },
  }));
/** A bezel of 20 pixels between them. */
const wall = [...screen('1', 0, { kind: 'grid', rows: 2, cols: 2 }), ...screen('2', 1940, { kind: 'grid', rows: 3, cols: 3 })];
const ref = (name: string): TileRef => {
  const [screenId, tileId] = name.split(' ');
  return { screenId: screenId!, tileId: tileId! };
};
const names = (tiles: readonly PlacedTile[]) => tiles.map(({ screenId, tileId }) => `${screenId} ${tileId}`);

describe('the tiles between two corners', () => {
  test.each([
    ['one alone', '1 g-0-0', null, ['1 g-0-0']],
    ['twice the same', '1 g-0-0', '1 g-0-0', ['1 g-0-0']],
    ['a row across the bezel', '1 g-0-1', '2 g-0-0', ['1 g-0-1', '2 g-0-0']],
    ['backwards', '2 g-0-0', '1 g-0-1', ['1 g-0-1', '2 g-0-0']],
    ['a block', '1 g-0-0', '1 g-1-1', ['1 g-0-0', '1 g-0-1', '1 g-1-0', '1 g-1-1']],
    ['another grid', '1 g-0-1', '2 g-1-0', ['1 g-0-1', '2 g-0-0', '2 g-1-0']],
    ['a corner that is gone', '1 g-0-0', '9 g-0-0', ['1 g-0-0']],
    ['a beginning that is gone', '9 g-0-0', '1 g-0-0', []],
  ])('%s', (_, from, to, chosen) => {
    expect(names(chosenTiles(wall, ref(from), to === null ? null : ref(to)))).toEqual(chosen);
  });

  test('one across screens is the same on each of them', () => {
    const over: PlacedTile = { screenId: '1', tileId: 'w-a', rect: { x: 1800, y: 0, width: 400, height: 400 } };
    expect(names(chosenTiles([...wall, over], ref('2 w-a'), null))).toEqual(['1 w-a']);
  });

  test('none when nothing is chosen', () => {
    expect(chosenTiles(wall, null, ref('1 g-0-0'))).toEqual([]);
  });

  test('a picture laid around them covers every one of them, and their corners are among them', () => {
    const any = fc.constantFrom(...wall);
    fc.assert(
      fc.property(any, any, (from, to) => {
        const chosen = chosenTiles(wall, from, to);
        expect(chosen).toContain(from);
        expect(chosen).toContain(to);
        const around = rectAround(chosen.map(({ rect }) => rect));
        for (const { rect } of chosen) expect(rectAround([around, rect])).toEqual(around);
        expect(names(chosenTiles(wall, to, from))).toEqual(names(chosen));
      }),
      { seed: 6 },
    );
  });
});

describe('drawn further', () => {
  test.each<[string, string | null, string | null, Direction, string | null]>([
    ['from one tile', '1 g-0-0', null, 'right', '1 g-0-1'],
    ['from the other corner', '1 g-0-0', '1 g-0-1', 'right', '2 g-0-0'],
    ['back again', '1 g-0-0', '1 g-0-1', 'left', '1 g-0-0'],
    ['down', '1 g-0-0', '2 g-0-0', 'down', '2 g-1-0'],
    ['at the edge of the wall', '1 g-0-0', null, 'left', null],
    ['of nothing', null, null, 'left', null],
    ['of what is gone', '9 g-0-0', null, 'left', null],
  ])('%s', (_, from, to, direction, end) => {
    const moved = extend(wall, from === null ? null : ref(from), to === null ? null : ref(to), direction);
    expect(moved && `${moved.screenId} ${moved.tileId}`).toBe(end);
  });
});

describe('the tile at a point', () => {
  const over: PlacedTile = { screenId: '1', tileId: 'w-a', rect: { x: 900, y: 500, width: 100, height: 100 } };
  test.each([
    ['in it', 10, 10, 'g-0-0'],
    ['on the bezel', 1925, 10, 'g-0-1'],
    ['beyond the wall', 9000, 2000, 'g-2-2'],
    ['under another one', 950, 550, 'w-a'],
  ])('%s', (_, x, y, tileId) => {
    expect(tileNear([...wall, over], x, y)?.tileId).toBe(tileId);
  });
  test('none on a wall without tiles', () => {
    expect(tileNear([], 1, 1)).toBeNull();
  });
});
