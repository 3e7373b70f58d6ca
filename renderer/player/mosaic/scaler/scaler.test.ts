import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { Scaler, type Colours } from './scaler.ts';

/** happy-dom has none; the scaler only wraps its memory in one. */
class PlainImage {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}
vi.stubGlobal('ImageData', PlainImage);

const limited: Colours = { matrix: 'bt709', fullRange: false };

/** Scales a picture whose samples are given by place; answers the colour at each pixel. */
function scaled(
  scaler: Scaler,
  [width, height]: readonly [number, number],
  [targetWidth, targetHeight]: readonly [number, number],
  sample: (plane: number, x: number, y: number) => number,
  colours = limited,
  light = 1,
): (x: number, y: number) => number[] {
  const planes = scaler.planes(width, height, targetWidth, targetHeight)!;
  planes.layout.forEach(({ offset, stride }, plane) => {
    const [w, h] = plane === 0 ? [width, height] : [(width + 1) >> 1, (height + 1) >> 1];
    for (let y = 0; y < h; y += 1) for (let x = 0; x < w; x += 1) scaler.bytes[offset + y * stride + x] = sample(plane, x, y);
  });
  const image = scaler.scale(planes, targetWidth, targetHeight, colours, light);
  const data = image.data.slice();
  return (x, y) => [...data.subarray((y * image.width + x) * 4, (y * image.width + x) * 4 + 4)];
}

const flat = (y: number, u: number, v: number) => (plane: number) => [y, u, v][plane]!;

it.each<[string, Colours, [number, number, number], [number, number, number]]>([
  ['black', limited, [16, 128, 128], [0, 0, 0]],
  ['white', limited, [235, 128, 128], [255, 255, 255]],
  ['grey, full range', { matrix: 'bt601', fullRange: true }, [100, 128, 128], [100, 100, 100]],
  ['darker than black', limited, [0, 128, 128], [0, 0, 0]],
  ['red of BT.709', limited, [63, 102, 240], [255, 1, 0]],
  ['green of BT.709', limited, [173, 42, 26], [0, 255, 1]],
  ['blue of BT.709', limited, [32, 240, 118], [1, 0, 255]],
  ['red of BT.601', { matrix: 'bt601', fullRange: false }, [81, 90, 240], [254, 0, 0]],
  ['blue of BT.601, full range', { matrix: 'bt601', fullRange: true }, [29, 255, 107], [0, 0, 254]],
])('%s', (_name, colours, samples, rgb) => {
  const at = scaled(new Scaler(), [320, 180], [240, 135], flat(...samples), colours);
  for (const [x, y] of [
    [0, 0],
    [239, 134],
    [17, 80],
  ] as const) {
    at(x, y).forEach((value, index) => expect(Math.abs(value - [...rgb, 255][index]!)).toBeLessThanOrEqual(2));
  }
});

it('a table that is in use is not given away to the other one of the same picture', () => {
  const scaler = new Scaler();
  const step = (plane: number, x: number) => (plane > 0 ? 128 : x < 160 ? 16 : 235);
  scaled(scaler, [323, 16], [160, 16], step);
  for (const target of [20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 42]) scaled(scaler, [64, 16], [target, 16], step);
  // Its luma has the oldest table of all, its colours have none.
  const at = scaled(scaler, [322, 16], [160, 16], step);
  // Half a pixel of the step lies in it; by the table of the colours none would.
  expect([at(78, 8)[0], at(80, 8)[0]]).toEqual([0, 255]);
  expect(at(79, 8)[0]).toBeGreaterThan(100);
  expect(at(79, 8)[0]).toBeLessThan(155);
});

it('halves whole pictures so that every sample counts: a chequered picture is grey', () => {
  const chequered = (plane: number, x: number, y: number) => (plane > 0 ? 128 : (x + y) % 2 ? 235 : 16);
  const at = scaled(new Scaler(), [320, 180], [160, 90], chequered);
  for (const x of [0, 1, 80, 159]) expect(at(x, 45)[0]).toBeGreaterThan(120);
  for (const x of [0, 1, 80, 159]) expect(at(x, 45)[0]).toBeLessThan(136);
});

it('dims all colours alike, and leaves black black', () => {
  const at = scaled(new Scaler(), [64, 64], [32, 32], flat(235, 128, 128), limited, 0.22);
  expect(Math.abs(at(5, 5)[0]! - 0.22 * 255)).toBeLessThanOrEqual(2);
});

it('keeps tiles of many sizes apart, larger and smaller than the picture', () => {
  const scaler = new Scaler();
  for (let round = 0; round < 2; round += 1) {
    for (let width = 16; width < 700; width += 17) {
      const at = scaled(scaler, [352, 288], [width, 100], (plane, x) => (plane > 0 ? 128 : x < 176 ? 16 : 235));
      expect(at(0, 50)[0]).toBe(0);
      expect(at(width - 1, 50)[0]).toBeGreaterThanOrEqual(254);
    }
  }
});

it('has no room for pictures beyond its memory, and goes on with others', () => {
  const scaler = new Scaler();
  expect(scaler.planes(40_000, 40_000, 100, 100)).toBeNull();
  expect(scaler.planes(4000, 4000, 2000, 2000)).not.toBeNull();
  expect(scaled(scaler, [320, 180], [160, 90], flat(235, 128, 128))(9, 9)[0]).toBe(255);
});

it('is within two steps of the arithmetic in floating point, whatever the sizes', () => {
  const scaler = new Scaler();
  const side = fc.integer({ min: 16, max: 400 });
  const holds = fc.property(
    side,
    side,
    fc.integer({ min: 2, max: 400 }),
    fc.integer({ min: 2, max: 400 }),
    fc.nat(255),
    (w, h, tw, th, seed) => {
      // A slope in both directions: bilinear scaling of it is the slope itself, away from the edges.
      const level = (x: number, y: number) => 40 + ((x / w) * 80 + (y / h) * 60 + seed * 0.1);
      const at = scaled(scaler, [w, h], [tw, th], (plane, x, y) => (plane > 0 ? 128 : Math.round(level(x, y))));
      for (const [x, y] of [
        [tw >> 1, th >> 1],
        [tw >> 2, th >> 1],
      ] as const) {
        const expected = ((level(((x + 0.5) * w) / tw - 0.5, ((y + 0.5) * h) / th - 0.5) - 16) * 255) / 219;
        // A halving of an odd side leaves its last line out: up to one sample of slope.
        const slack = 3 + 200 / Math.min(w, h, tw, th);
        if (Math.abs(at(x, y)[0]! - expected) > slack) return false;
      }
      return true;
    },
  );
  expect(fc.check(holds, { seed: 28181, numRuns: 300 }).counterexample).toBeNull();
});
