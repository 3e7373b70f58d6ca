import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contrastRatio, worstGround } from './contrast.ts';
import { hexOf, linearOf } from './srgb.ts';

test.each([
  ['#ffffff', '#000000', 21],
  ['#777777', '#ffffff', 4.48],
  ['#0000ff', '#ffffff', 8.59],
  ['#123456', '#123456', 1],
])('%s on %s is %d : 1', (front, back, ratio) => {
  expect(contrastRatio(front, back)).toBeCloseTo(ratio, 2);
  expect(contrastRatio(back, front)).toBeCloseTo(ratio, 2);
});

test.each(['', 'white', '#fff', '#12345g', 'rgb(1 2 3)'])('%j is no colour that can be judged', (css) => {
  expect(contrastRatio(css, '#000000')).toBeNull();
  expect(worstGround(css)).toBeNull();
});

test.each([
  ['#181b1f', '#181b1f'],
  [' #181B1F ', '#181B1F'],
  ['rgb(0 0 0 / 100%)', '#000000'],
  ['rgb(0 0 0 / 0%)', '#ffffff'],
  ['rgb(8 9 10 / 72%)', '#4d4e4f'],
])('%s over a white picture is %s', (css, ground) => {
  expect(worstGround(css)).toBe(ground);
});

test('every colour is read and written back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
      const hex = `#${value.toString(16).padStart(6, '0')}`;
      expect(hexOf(linearOf(hex)!)).toBe(hex);
    }),
    { seed: 22, numRuns: 500 },
  );
});

test('any text is a colour or none, and never an error', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^#[0-9a-f]{5,7}$/), fc.stringMatching(/^rgb\(\d{1,4} \d{1,4} \d{1,4} \/ \d{1,4}%\)$/)),
      (css) => {
        const ground = worstGround(css);
        if (ground !== null) expect(contrastRatio('#ffffff', ground)).toBeGreaterThanOrEqual(1);
      },
    ),
    { seed: 143, numRuns: 500 },
  );
});
