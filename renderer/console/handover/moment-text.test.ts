import { expect, test } from 'vitest';
import { momentText } from './moment-text.ts';

const local = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime();
const now = local(2026, 10, 26, 8, 0);

test.each([
  [local(2026, 10, 26, 7, 5), '07:05'],
  [local(2026, 10, 26, 23, 59), '23:59'],
  [local(2026, 10, 25, 23, 59), '11-25 23:59'],
  [local(2025, 11, 31, 23, 59), '2025-12-31 23:59'],
])('%j is %s', (at, words) => {
  expect(momentText(at, now)).toBe(words);
});
