import { expect, test } from 'vitest';
import { fittedSize } from './shrink-photo.ts';

test.each([
  [4000, 3000, 1600, 1600, 1200],
  [3000, 4000, 1600, 1200, 1600],
  [800, 600, 1600, 800, 600],
  [10_000, 3, 1600, 1600, 1],
  [0, 0, 1600, 1, 1],
])('%d × %d within %d is %d × %d', (width, height, side, ...fitted) => {
  expect(Object.values(fittedSize(width, height, side))).toEqual(fitted);
});
