import { describe, expect, test } from 'vitest';
import type { SpanningTile, Wall } from '../../layouts/contract.ts';
import { twoScreenWall } from './testdata/fake-hub.ts';
import { placedTiles, placeWords, viewWall } from './wall-view.ts';

const span = (tileId: string, x: number, y: number, width: number, height: number): SpanningTile => ({
  tileId,
  rect: { x, y, width, height },
  panel: { panel: 'clock' },
});
const view = (...spanning: SpanningTile[]) => viewWall(twoScreenWall({ spanning }) as unknown as Wall, 1_700_000_000_000);
const names = (...spanning: SpanningTile[]) => placedTiles(view(...spanning)).map(({ screenId, tileId }) => `${screenId} ${tileId}`);

describe('the tiles that can be chosen', () => {
  test('of the scenes, in the order of their screens', () => {
    expect(names()).toEqual(['1 g-0-0', '1 g-0-1', '1 g-1-0', '1 g-1-1', '2 g-0-0']);
  });

  test('what lies wholly under a tile across screens is not seen and not walked; what peeps out is', () => {
    expect(names(span('a', 960, 0, 960, 1080))).toEqual(['1 g-0-0', '1 g-1-0', '2 g-0-0', '1 w-a']);
    expect(names(span('a', 961, 0, 960, 1080))).toContain('1 g-0-1');
  });

  test('a tile across screens is there once, by the first screen that it touches, in its place on the wall', () => {
    const tiles = placedTiles(view(span('b', 1900, 0, 500, 500), span('a', 3000, 0, 100, 100)));
    expect(tiles.slice(-2)).toEqual([
      { screenId: '1', tileId: 'w-b', rect: { x: 1900, y: 0, width: 500, height: 500 } },
      { screenId: '2', tileId: 'w-a', rect: { x: 3000, y: 0, width: 100, height: 100 } },
    ]);
  });

  test('one beside every screen is nowhere', () => {
    expect(names(span('a', 9000, 0, 100, 100))).not.toContain('1 w-a');
  });
});

test.each([
  ['1', 'g-1-0', '1 · 3'],
  ['2', 'g-0-0', '2 · 1'],
  ['2', null, '2'],
  ['2', 'w-a', '2'],
])('screen %s, tile %s is called %s', (screenId, tileId, words) => {
  expect(placeWords(view(span('a', 3000, 0, 100, 100)), { screenId, tileId })).toBe(words);
});
