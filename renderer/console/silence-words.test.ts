import { afterEach, expect, test } from 'vitest';
import { setLocale } from '../i18n/index.ts';
import { silenceWords } from './silence-words.ts';

const now = new Date(2026, 2, 1, 0, 0, 9).getTime();
afterEach(() => setLocale('zh-CN'));

test.each([
  ['en', now - 9000, 'Silent since 00:00:00'],
  ['en', now - 9001, 'Silent since 2026-02-28 23:59:59'],
  ['zh-CN', now - 5000, '00:00:04 起无上报'],
] as const)('%s', (locale, since, words) => {
  setLocale(locale);
  expect(silenceWords(since, now)).toBe(words);
});
