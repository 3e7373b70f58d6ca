import { expect, test } from 'vitest';
import { farSeatScale } from './far-seat.ts';

test.each([
  // A 55 inch full-HD display seen from six metres is as large as a quarter of it on the desk.
  [0.634, 6, 0.24],
  [0.634, 0.6, 2.396],
  [1.25, 12, 0.236],
])('pitch %d mm from %d m', (pixelPitchMm, farthestSeatM, scale) => {
  expect(farSeatScale({ pixelPitchMm, farthestSeatM })).toBeCloseTo(scale, 3);
});

test('a wall twice as far away is half as large', () => {
  const near = farSeatScale({ pixelPitchMm: 0.9, farthestSeatM: 5 });
  expect(farSeatScale({ pixelPitchMm: 0.9, farthestSeatM: 10 })).toBeCloseTo(near / 2, 9);
});
