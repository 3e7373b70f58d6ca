import { expect, test } from 'vitest';
import { tilesToThin, type LoadedTile } from './overload.ts';

const tiles = (count: number, lagMs: number, over: (index: number) => Partial<LoadedTile> = () => ({})) =>
  Array.from({ length: count }, (_, index) => ({
    rank: 0,
    lagMs,
    leftOutAt: Number.NEGATIVE_INFINITY,
    waitsForKey: false,
    ...over(index),
  }));

test.each<[name: string, count: number, lagMs: number, thinned: number]>([
  ['no tiles', 0, 5000, 0],
  ['no lag', 64, 0, 0],
  ['a lag that nobody sees', 64, 400, 0],
  ['a little more', 64, 460, 2],
  ['halfway', 64, 700, 8],
  ['a second', 64, 1000, 16],
  ['much more', 64, 9000, 16],
  ['one tile alone', 1, 700, 1],
])('%s', (_name, count, lagMs, thinned) => {
  expect(tilesToThin(tiles(count, lagMs))).toHaveLength(thinned);
});

test('one camera that is late is no load', () => {
  expect(tilesToThin(tiles(9, 20, (index) => (index === 4 ? { lagMs: 5000 } : {})))).toEqual([]);
});

test('when half of them leave pictures out nobody else has to', () => {
  expect(tilesToThin(tiles(16, 1000, (index) => ({ waitsForKey: index < 9 })))).toEqual([]);
});

test('the lowest in rank first, equals in turn, who gives up pictures already is not asked again', () => {
  const all = tiles(16, 1000, (index) => ({ rank: index < 8 ? 1 : 2, leftOutAt: 100 - index, waitsForKey: index === 15 }));
  expect(tilesToThin(all).map((tile) => all.indexOf(tile))).toEqual([14, 13, 12, 11]);
});
