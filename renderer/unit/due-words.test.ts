import { afterEach, expect, test } from 'vitest';
import { setLocale } from '../i18n/index.ts';
import { dueWords } from './due-words.ts';

afterEach(() => setLocale('zh-CN'));
const now = new Date(2026, 10, 27, 14, 0).getTime();

test.each([
  [25 * 60_000, 'by 14:25', '25 min left', 'no'],
  [9 * 60_000, 'by 14:09', '9 min left', 'soon'],
  [1, 'by 14:00', '1 ms left', 'soon'],
  [0, 'by 14:00', 'overdue by 0 s', 'over'],
  [-5 * 60_000, 'by 13:55', 'overdue by 5 min', 'over'],
  [24 * 3_600_000, 'by 28 Nov, 14:00', '24 h left', 'no'],
] as const)('due in %d ms', (inMs, by, left, pressing) => {
  setLocale('en');
  const words = dueWords(now + inMs, now);
  expect(words).toEqual({ by, left, pressing });
});
