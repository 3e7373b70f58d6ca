import { expect, test } from 'vitest';
import { neighbourCamera } from './neighbour-camera.ts';

test.each<[string[], string | null, 1 | -1, string | null]>([
  [['a', 'b', 'c'], 'a', 1, 'b'],
  [['a', 'b', 'c'], 'c', 1, 'a'],
  [['a', 'b', 'c'], 'a', -1, 'c'],
  [['a', 'b', 'c'], 'x', 1, 'a'],
  [['a', 'b', 'c'], null, -1, 'c'],
  [['a'], 'a', 1, 'a'],
  [[], 'a', 1, null],
])('%j from %s by %i', (ids, current, by, next) => {
  expect(neighbourCamera(ids, current, by)).toBe(next);
});
