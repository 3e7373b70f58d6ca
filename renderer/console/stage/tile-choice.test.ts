import { expect, test } from 'vitest';
import type { PlacedTile } from '../tile-walk.ts';
import { tileChoice } from './tile-choice.ts';

const tile = (tileId: string, x: number): PlacedTile => ({ screenId: '1', tileId, rect: { x, y: 0, width: 100, height: 100 } });
const tiles = [tile('g-0-0', 0), tile('g-0-1', 100), tile('w-a', 200)];
const ref = (tileId: string) => ({ screenId: '1', tileId });

test.each([
  ['nothing', null, null, { kind: 'none' }],
  ['what is gone', ref('g-9-9'), null, { kind: 'none' }],
  ['one tile', ref('g-0-0'), null, { kind: 'tile', tile: tiles[0] }],
  ['one whose other corner is gone', ref('g-0-0'), ref('g-9-9'), { kind: 'tile', tile: tiles[0] }],
  ['one across screens', ref('w-a'), null, { kind: 'span', tile: tiles[2], spanId: 'a' }],
  ['several', ref('g-0-0'), ref('g-0-1'), { kind: 'several', tiles: [tiles[0], tiles[1]] }],
  ['several of both kinds', ref('g-0-1'), ref('w-a'), { kind: 'several', tiles: [tiles[1], tiles[2]] }],
])('%s', (_, from, to, choice) => {
  expect(tileChoice(tiles, from, to)).toEqual(choice);
});
