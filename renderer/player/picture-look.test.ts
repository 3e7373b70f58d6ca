import { describe, expect, test } from 'vitest';
import { lookOf, LookWatch, sampleHeight, sampleWidth, type PictureLook } from './picture-look.ts';

type Colour = number | readonly [number, number, number];

/** A repeatable noise of about ± `by`. */
function noise(by: number): () => number {
  let seed = 7;
  return () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return ((seed >>> 8) / 2 ** 24 - 0.5) * 2 * by;
  };
}
/** A sample drawn place by place: `x` and `y` from 0 to 1. */
function sample(draw: (x: number, y: number, column: number, row: number) => Colour, grain = 0): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(sampleWidth * sampleHeight * 4);
  const rough = noise(grain);
  for (let row = 0; row < sampleHeight; row += 1) {
    for (let column = 0; column < sampleWidth; column += 1) {
      const colour = draw(column / (sampleWidth - 1), row / (sampleHeight - 1), column, row);
      const [r, g, b] = typeof colour === 'number' ? [colour, colour, colour] : colour;
      const shift = rough();
      pixels.set([r + shift, g + shift, b + shift, 255], (row * sampleWidth + column) * 4);
    }
  }
  return pixels;
}
/** White writing as cameras burn it in: the time above, the name below. */
const written =
  (draw: (x: number, y: number, column: number, row: number) => Colour) => (x: number, y: number, column: number, row: number) =>
    (row === 1 && column > 20) || (row === 16 && column < 12) ? (column % 2 ? 210 : 90) : draw(x, y, column, row);
const lamps =
  (places: readonly (readonly [number, number, number])[], dark: number) => (_x: number, _y: number, column: number, row: number) =>
    places.find(([x, y]) => x === column && y === row)?.[2] ?? dark;

describe('what a picture looks like', () => {
  test.each<[string, Uint8ClampedArray, PictureLook | null]>([
    ['no signal: black', sample(() => 0), 'black'],
    ['a cap on the lens: black level and grain', sample(() => 14, 3), 'black'],
    [
      'a cap on the lens, the time burnt in',
      sample(
        written(() => 8),
        2,
      ),
      'black',
    ],
    ['a night with one lamp far away', sample(lamps([[9, 7, 34]], 6), 2), null],
    [
      'a night with a few lamps',
      sample(
        lamps(
          [
            [4, 6, 180],
            [15, 9, 90],
            [27, 8, 140],
          ],
          9,
        ),
        2,
      ),
      null,
    ],
    ['a dark street: something can be made out', sample((x, y) => (y > 0.5 ? 22 - 14 * Math.abs(x - 0.5) : 5), 1), null],
    ['dusk', sample((_x, y) => 46 - 20 * y, 2), null],
    ['paint over the lens', sample(() => [96, 91, 88], 0.8), 'covered'],
    [
      'white paper over the lens, the name burnt in',
      sample(
        written(() => 228),
        0.8,
      ),
      'covered',
    ],
    ['blue screen of a recorder', sample(() => [16, 30, 190]), 'covered'],
    ['a wall of one colour, flat light: nothing can be seen', sample(() => [180, 170, 140], 0.9), 'covered'],
    ['a wall of one colour, light from the side', sample((x) => 150 + 30 * x, 1), null],
    ['fog', sample((_x, y) => 196 - 44 * y, 1.5), null],
    ['thick fog: only a slope is left', sample((_x, y) => 178 - 14 * y, 0.5), null],
    ['fog with a lamp post in it', sample((_x, _y, column) => (column === 12 ? 150 : 176), 0.8), null],
    ['snow on a square', sample((x, y, column, row) => 225 - ((column * 7 + row * 13) % 11) * 2 - 8 * x * y, 1), null],
    ['the sky and nothing else', sample((_x, y) => [120 + 40 * y, 160 + 30 * y, 220], 0.5), null],
    ['a tunnel', sample((x, y) => 60 + 90 * Math.exp(-((x - 0.5) ** 2 + (y - 0.4) ** 2) * 9), 2), null],
    ['a crossing by day', sample((x, y, column, row) => 90 + 60 * Math.sin(column * 1.7) * Math.cos(row * 1.1) + 30 * y - 10 * x, 3), null],
  ])('%s', (_, pixels, look) => {
    expect(lookOf(pixels)).toBe(look);
  });
});

describe('over time', () => {
  const black = sample(() => 4);
  const paper = sample(() => 228);
  const street = sample((x) => 250 * x);

  test('counts from the first sample that looked so, and anew after every other one', () => {
    const watch = new LookWatch();
    expect(watch.lasting(0)).toBeNull();
    watch.sample(1000, street);
    expect(watch.lasting(1500)).toBeNull();
    watch.sample(2000, black);
    watch.sample(4000, black);
    expect(watch.lasting(7000)).toEqual({ look: 'black', forMs: 5000 });
    watch.sample(8000, paper);
    expect(watch.lasting(8500)).toEqual({ look: 'covered', forMs: 500 });
    watch.sample(9000, street);
    expect(watch.lasting(9000)).toBeNull();
    watch.sample(10_000, black);
    watch.reset();
    expect(watch.lasting(20_000)).toBeNull();
  });
});
