import { afterEach, expect, test } from 'vitest';
import { setLocale } from '../../i18n/index.ts';
import { figureText, unitText } from './figure-text.ts';

afterEach(() => setLocale('zh-CN'));

test.each([
  [null, '—'],
  [0, '0'],
  [96.44, '96.4'],
  [192_815.4, '192,815'],
  [Number.NaN, '—'],
])('%s is written %s', (value, words) => expect(figureText(value)).toBe(words));

test('a unit of Chinese is one that readers of English know', () => {
  expect([unitText('亿元'), unitText('%')]).toEqual(['亿元', '%']);
  setLocale('en');
  expect([unitText('亿元'), unitText('km/h')]).toEqual(['100M CNY', 'km/h']);
});
