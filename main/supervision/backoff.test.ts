import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('doubles up to the cap, jittered by a quarter, never above the cap', () => {
  const options = { firstMs: 100, capMs: 2000 };
  expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, options, () => 0.5))).toEqual([100, 200, 400, 800]);
  expect(backoffMs(0, options, () => 0)).toBe(75);
  expect(backoffMs(0, options, () => 1)).toBe(125);
  for (const attempt of [5, 40, 4000]) expect(backoffMs(attempt, options, () => 1)).toBe(2000);
});
