import { expect, test } from 'vitest';
import { spanOfTime } from './span-of-time.ts';

test.each([
  [-5, '0.0 s'],
  [1240, '1.2 s'],
  [10_000, '10 s'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'],
  [7_380_000, '2 h 3 min'],
  [90_061_000, '1 d 1 h'],
  [20 * 86_400_000, '20 d'],
])('%i ms is %s', (ms, text) => {
  expect(spanOfTime(ms)).toBe(text);
});
