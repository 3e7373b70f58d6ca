import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawMark } from './draw-mark.ts';
import { hasDot, letterColumns, letterRows } from './letters.ts';
import { markLayout } from './mark-layout.ts';
import { markForm } from './mark-text.ts';
import { planarBytes, planarPixels, rgbaPixels } from './marked-pixels.ts';
import { printable, readMark, type Light } from './testdata/read-mark.ts';

const text = 'li.wei desk-12 2026-03-01 08:15:30 UTC+08:00 DS07-00123';

const grounds: Readonly<Record<string, Light>> = {
  black: () => 0,
  white: () => 255,
  grey: () => 128,
  stripes: (x) => (x % 8 < 4 ? 0 : 255),
  noise: (x, y) => (Math.imul(x * 7919 + y * 104_729, 2_654_435_761) >>> 24) & 255,
};

/** A marked picture on this ground: the light of its pixels. */
function drawn(width: number, height: number, ground: Light): Light {
  const data = new Uint8Array(planarBytes(width, height)).fill(90);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data[y * width + x] = ground(x, y);
  drawMark(planarPixels(data, width, height), text);
  return (x, y) => data[y * width + x]!;
}

describe('letters', () => {
  test('all printable ones are there, and no two look the same', () => {
    const shapes = printable.map((letter) =>
      Array.from({ length: letterRows }, (_, row) =>
        Array.from({ length: letterColumns }, (_column, column) => (hasDot(letter, column, row) ? '#' : '.')).join(''),
      ).join('\n'),
    );
    expect(new Set(shapes).size).toBe(printable.length);
    expect(shapes.every((shape) => shape.includes('#'))).toBe(true);
  });

  test.each([' ', 'é', '路', '', '__proto__', 'constructor'])('%j has no dots', (letter) => {
    expect(hasDot(letter, 2, 3)).toBe(false);
  });
});

describe('the mark along the bottom', () => {
  test.each(
    Object.entries(grounds).flatMap(([name, ground]) =>
      [
        [1920, 1080],
        [640, 360],
        [320, 180],
        [1080, 1920],
        [176, 144],
      ].map(([width, height]) => [name, width!, height!, ground] as const),
    ),
  )('can be read on %s, %d × %d', (_name, width, height, ground) => {
    const picture = drawn(width, height, ground);
    const { bar, dot } = markLayout(width, height, text);
    expect(dot * letterRows).toBeGreaterThanOrEqual(height * 0.025);
    const letters = bar.filter(({ letter }) => letter !== ' ');
    expect(readMark(picture, width, height, text)).toBe(text.replaceAll(' ', ''));
    for (const { x, y } of letters) {
      expect(x + letterColumns * dot).toBeLessThanOrEqual(width);
      expect(y + letterRows * dot).toBeLessThanOrEqual(height);
    }
  });

  test('longer words than a line are broken, and none is lost', () => {
    const long = `${'w'.repeat(70)} ${'x'.repeat(64)} 2026-03-01`;
    const { bar } = markLayout(320, 180, long);
    expect(
      bar
        .map(({ letter }) => letter)
        .join('')
        .replaceAll(' ', ''),
    ).toBe(long.replaceAll(' ', ''));
  });
});

describe('the faint mark over the rest', () => {
  test.each(Object.keys(grounds))('is seen on %s in each part of the picture that is worth cutting out', (name) => {
    const [width, height] = [1280, 720];
    const ground = grounds[name]!;
    const picture = drawn(width, height, ground);
    const { barTop } = markLayout(width, height, text);
    for (let row = 0; row < 2; row += 1)
      for (let column = 0; column < 4; column += 1) {
        let changed = 0;
        const [left, top] = [(column * width) / 4, Math.floor((row * barTop) / 2)];
        for (let y = top; y < top + Math.floor(barTop / 2); y += 1)
          for (let x = left; x < left + width / 4; x += 1) if (Math.abs(picture(x, y) - ground(x, y)) >= 15) changed += 1;
        expect(changed, `part ${column},${row}`).toBeGreaterThan(200);
      }
  });

  test('leaves the picture to be seen', () => {
    const [width, height] = [1280, 720];
    const picture = drawn(width, height, () => 128);
    const { barTop, dot } = markLayout(width, height, text);
    let most = 0;
    for (let y = 0; y < barTop - dot; y += 1) for (let x = 0; x < width; x += 1) most = Math.max(most, Math.abs(picture(x, y) - 128));
    expect(most).toBeLessThan(40);
  });
});

describe('pixels', () => {
  test('of a canvas get the same mark, their opacity stays', () => {
    const [width, height] = [320, 180];
    const rgba = new Uint8ClampedArray(width * height * 4).fill(128);
    drawMark(rgbaPixels(rgba, width, height), text);
    const planar = drawn(width, height, () => 128);
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        const at = 4 * (y * width + x);
        if (Math.abs(rgba[at]! - planar(x, y)) > 1 || rgba[at] !== rgba[at + 2] || rgba[at + 3] !== 128)
          throw new Error(`pixel ${x},${y} is ${rgba.slice(at, at + 4).join()}`);
      }
  });

  test('lose their colour under the letters', () => {
    const [width, height] = [64, 64];
    const data = new Uint8Array(planarBytes(width, height)).fill(200);
    planarPixels(data, width, height).blend(10, 20, 255, 1);
    expect([data[20 * width + 10], data[width * height + 10 * 32 + 5], data[width * height * 1.25 + 10 * 32 + 5]]).toEqual([255, 128, 128]);
    expect(data.filter((value) => value !== 200)).toHaveLength(3);
  });

  test('outside the picture are left alone, whatever its size and text', () => {
    const mark = fc
      .string({ unit: fc.constantFrom(...printable, ' '), minLength: 1, maxLength: 256 })
      .filter((words) => markForm.test(words));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 80 }), mark, (halfWidth, halfHeight, words) => {
        const [width, height] = [halfWidth * 2, halfHeight * 2];
        const bytes = planarBytes(width, height);
        const guarded = new Uint8Array(bytes + 32).fill(77);
        drawMark(planarPixels(guarded.subarray(16, 16 + bytes), width, height), words);
        expect(guarded.subarray(0, 16).every((value) => value === 77) && guarded.subarray(16 + bytes).every((value) => value === 77)).toBe(
          true,
        );
        expect(guarded.subarray(16, 16 + bytes).some((value) => value !== 77)).toBe(true);
      }),
      { seed: 20_260_301, numRuns: 150 },
    );
  });
});
