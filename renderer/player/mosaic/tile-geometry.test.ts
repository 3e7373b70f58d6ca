import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tileArea, tileGeometry, type PictureSize, type Rect } from './tile-geometry.ts';

const square = (width: number, height: number): PictureSize => ({ width, height, displayWidth: width, displayHeight: height });
const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });
const at = (place: Rect, view: Rect | null = null) => ({ ...place, view });

describe('a picture in its tile', () => {
  test.each<[string, ReturnType<typeof at>, PictureSize, Rect, Rect]>([
    ['of the same size', at(rect(0, 0, 320, 180)), square(320, 180), rect(0, 0, 320, 180), rect(0, 0, 320, 180)],
    ['of the same shape, smaller', at(rect(10, 20, 160, 90)), square(320, 180), rect(0, 0, 320, 180), rect(10, 20, 160, 90)],
    ['too wide: black above and below', at(rect(0, 0, 100, 100)), square(200, 100), rect(0, 0, 200, 100), rect(0, 25, 100, 50)],
    ['too high: black left and right', at(rect(0, 0, 101, 100)), square(100, 200), rect(0, 0, 100, 200), rect(25, 0, 50, 100)],
    [
      'with pixels that are not square',
      at(rect(0, 0, 160, 90)),
      { width: 352, height: 288, displayWidth: 512, displayHeight: 288 },
      rect(0, 0, 352, 288),
      rect(0, 0, 160, 90),
    ],
    ['zoomed in', at(rect(0, 0, 160, 90), rect(0.5, 0.25, 0.5, 0.5)), square(320, 180), rect(160, 45, 160, 90), rect(0, 0, 160, 90)],
    [
      'zoomed in to a part of another shape',
      at(rect(0, 0, 100, 100), rect(0, 0, 1, 0.5)),
      square(100, 100),
      rect(0, 0, 100, 50),
      rect(0, 25, 100, 50),
    ],
    [
      'with a view that leaves the picture',
      at(rect(0, 0, 100, 100), rect(0.5, 0.5, 1, 1)),
      square(100, 100),
      rect(50, 50, 50, 50),
      rect(0, 0, 100, 100),
    ],
    [
      'with a view beside the picture: all of it',
      at(rect(0, 0, 100, 100), rect(2, 0, 1, 1)),
      square(100, 100),
      rect(0, 0, 100, 100),
      rect(0, 0, 100, 100),
    ],
    [
      'with a view of nothing: all of it',
      at(rect(0, 0, 100, 100), rect(0.5, 0.5, 0, Number.NaN)),
      square(100, 100),
      rect(0, 0, 100, 100),
      rect(0, 0, 100, 100),
    ],
    ['half beside the canvas', at(rect(-50, 350, 100, 100)), square(200, 200), rect(100, 0, 100, 100), rect(0, 350, 50, 50)],
    ['between pixels', at(rect(0.4, 0.6, 99.4, 49)), square(100, 49), rect(0, 0, 100, 49), rect(0, 1, 100, 49)],
    ['of one pixel for a very wide picture', at(rect(0, 0, 10, 10)), square(4000, 2), rect(0, 0, 4000, 2), rect(0, 4, 10, 1)],
  ])('%s', (_name, place, picture, source, destination) => {
    expect(tileGeometry(place, picture, 600, 400)).toEqual({ source, destination });
  });

  test.each<[string, ReturnType<typeof at>, PictureSize]>([
    ['a tile beside the canvas', at(rect(600, 0, 100, 100)), square(10, 10)],
    ['a tile without a size', at(rect(0, 0, 0.2, 100)), square(10, 10)],
    ['a tile that is no place', at(rect(Number.NaN, 0, 100, 100)), square(10, 10)],
    ['an endless tile', at(rect(0, 0, Infinity, 100)), square(10, 10)],
    ['a picture without a size', at(rect(0, 0, 100, 100)), square(0, 10)],
    ['a picture of no shape', at(rect(0, 0, 100, 100)), { ...square(10, 10), displayWidth: 0 }],
    // The picture is in the middle of its tile: of a tall tile that hangs out above, only its black part is on the canvas.
    ['a tile whose picture is cut off whole', at(rect(0, -90, 10, 100)), square(10, 10)],
  ])('nothing is seen of %s', (_name, place, picture) => {
    expect(tileGeometry(place, picture, 600, 400)).toBeNull();
  });
});

test.each<[string, Rect, Rect | null]>([
  ['whole', rect(1, 2, 30, 40), rect(1, 2, 30, 40)],
  ['cut off on all sides', rect(-10, -10, 1000, 1000), rect(0, 0, 600, 400)],
  ['beside the canvas', rect(-10, 0, 10, 10), null],
  ['no place', rect(0, Number.NaN, 10, 10), null],
])('the area of a tile: %s', (_name, place, area) => {
  expect(tileArea(place, 600, 400)).toEqual(area);
});

test('tiles that touch leave no gap and do not overlap, wherever their edges fall', () => {
  const seven = Array.from({ length: 7 }, (_, column) => tileArea(rect((column * 1000) / 7, 0, 1000 / 7, 10), 1000, 10)!);
  for (const [index, area] of seven.entries()) expect(area.x).toBe(index === 0 ? 0 : seven[index - 1]!.x + seven[index - 1]!.width);
  expect(seven.at(-1)!.x + seven.at(-1)!.width).toBe(1000);
});

test('never outside, never negative, in the right shape to a pixel', () => {
  const length = fc.oneof(fc.integer({ min: -3, max: 5000 }), fc.double({ min: -10, max: 5000 }));
  const share = fc.oneof(fc.double({ min: -0.5, max: 1.5 }), fc.constantFrom(0, 1, Number.NaN));
  const place = fc.record({
    x: length,
    y: length,
    width: length,
    height: length,
    view: fc.option(fc.record({ x: share, y: share, width: share, height: share })),
  });
  const picture = fc.record({
    width: fc.integer({ min: 0, max: 8192 }),
    height: fc.integer({ min: 0, max: 8192 }),
    displayWidth: fc.integer({ min: 0, max: 8192 }),
    displayHeight: fc.integer({ min: 0, max: 8192 }),
  });
  const canvas = { width: 1920, height: 1080 };
  let seen = 0;
  const holds = fc.property(place, picture, (place, picture) => {
    const geometry = tileGeometry(place, picture, canvas.width, canvas.height);
    if (!geometry) return true;
    seen += 1;
    const { source, destination } = geometry;
    const area = tileArea(place, canvas.width, canvas.height)!;
    const integers = Object.values(destination).every(Number.isInteger);
    const inSource = source.x >= 0 && source.y >= 0 && source.width >= 0 && source.height >= 0;
    const within = source.x + source.width <= picture.width && source.y + source.height <= picture.height;
    return integers && inSource && within && liesIn(destination, area) && shapeIsKept(place, picture, geometry);
  });
  const { counterexample } = fc.check(holds, { seed: 28181, numRuns: 20_000 });
  expect(counterexample).toBeNull();
  expect(seen).toBeGreaterThan(1000);
});

function liesIn(inner: Rect, outer: Rect): boolean {
  return (
    inner.width > 0 &&
    inner.height > 0 &&
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/** One of the sides fills the tile and the other follows from it; judged where nothing was cut off. */
function shapeIsKept(place: Rect, picture: PictureSize, { source, destination }: { source: Rect; destination: Rect }): boolean {
  const uncut = rect(
    Math.round(place.x),
    Math.round(place.y),
    Math.round(place.x + place.width) - Math.round(place.x),
    Math.round(place.y + place.height) - Math.round(place.y),
  );
  if (uncut.x < 0 || uncut.y < 0 || uncut.x + uncut.width > 1920 || uncut.y + uncut.height > 1080) return true;
  const shape = (source.width / picture.width) * picture.displayWidth * (1 / ((source.height / picture.height) * picture.displayHeight));
  if (!Number.isFinite(shape) || shape === 0) return true;
  const asHigh = Math.abs(destination.height - destination.width / shape) <= 1;
  const asWide = Math.abs(destination.width - destination.height * shape) <= 1;
  return (destination.width === uncut.width && asHigh) || (destination.height === uncut.height && asWide);
}
