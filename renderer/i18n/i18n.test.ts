import { afterEach, describe, expect, test } from 'vitest';
import { errorStatus, problem, type ErrorCode } from '../../main/contract/errors.ts';
import { durationText } from './format.ts';
import { hasText, i18n, locales, setLocale, text, type MessageKey } from './index.ts';
import { chooseLocale } from './locale.ts';
import { messages } from './messages.ts';
import { problemText } from './problem-text.ts';

afterEach(() => setLocale('zh-CN'));

/** Every text of a tree by its path. */
function flat(tree: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...flat(value as object, `${prefix}${key}.`)],
    ),
  );
}

const zh = flat(messages['zh-CN']);
const en = flat(messages.en);
const places = (message: string) => [...new Set([...message.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort();

describe('both languages', () => {
  test('have the same keys, none of them empty', () => {
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
    for (const message of [...zh.values(), ...en.values()]) expect(message.trim()).not.toBe('');
  });

  test('fill in the same places', () => {
    for (const [key, message] of zh) expect({ key, places: places(en.get(key)!) }).toEqual({ key, places: places(message) });
  });

  test.each(locales)('%s: every text can be shown', (locale) => {
    setLocale(locale);
    const filled = Object.fromEntries([...zh.values()].flatMap(places).map((name) => [name, '7']));
    for (const key of zh.keys()) {
      const shown = text(key as MessageKey, filled);
      expect(shown).not.toBe(key);
      expect(shown).not.toMatch(/[{}]/);
    }
  });

  test('English texts hold no Chinese, Chinese ones are Chinese', () => {
    for (const [key, message] of en) expect(`${key}: ${message}`).not.toMatch(/\p{Script=Han}/u);
    for (const [code] of Object.entries(errorStatus)) expect(messages['zh-CN'].errors[code as ErrorCode]).toMatch(/\p{Script=Han}/u);
  });
});

describe('error sentences', () => {
  const codes = Object.keys(errorStatus) as ErrorCode[];

  test.each(codes)('%s has a whole sentence in both languages', (code) => {
    setLocale('zh-CN');
    expect(problemText(problem(code))).toMatch(/。$/);
    setLocale('en');
    expect(problemText(problem(code))).toMatch(/^[A-Z].*\.$/);
  });

  test('there is no sentence for a code that does not exist', () => {
    expect(Object.keys(messages['zh-CN'].errors).sort()).toEqual([...codes].sort());
    for (const code of [...Object.keys(messages['zh-CN'].precise), ...Object.keys(messages['zh-CN'].because)])
      expect(codes).toContain(code);
  });

  test.each([
    [problem('too-many-requests', { retryAfterMs: 61_200 }), '操作过于频繁，请在 62 秒 后再试。'],
    [problem('too-many-requests'), '操作过于频繁，请稍后再试。'],
    [problem('password-too-weak', { reason: 'too-short', lengthAtLeast: 10, classesAtLeast: 3 }), '新密码太短：至少 10 个字符。'],
    [problem('password-too-weak', { reason: 'never-heard-of' }), '新密码不符合密码规则。'],
    [problem('field-missing', { field: 'name' }), '缺少必填项“name”。'],
    [problem('incident-event-illegal', { state: 'enRoute', event: 'file', suspended: false }), '“途中”状态下不能这样做。'],
    [problem('internal-error', {}, 'a detail is for the log'), '系统内部出错，已记入日志。'],
  ])('%j', (given, sentence) => {
    expect(problemText(given)).toBe(sentence);
  });

  test('a code of a newer hub still gives a sentence', () => {
    expect(problemText({ code: 'from-the-future' as ErrorCode })).toBe('系统内部出错，已记入日志。');
  });

  test('parameters are text, never a message of their own', () => {
    expect(problemText(problem('field-missing', { field: '{number} @:common.brand' }))).toBe('缺少必填项“{number} @:common.brand”。');
  });
});

describe('the language', () => {
  test.each([
    ['?lang=en', null, 'en'],
    ['?lang=zh', 'en', 'zh-CN'],
    ['', 'en', 'en'],
    ['', null, 'zh-CN'],
    ['?lang=xx', 'en', 'en'],
    ['?lang=__proto__', 'constructor', 'zh-CN'],
  ])('%s with %s stored is %s', (search, stored, locale) => {
    expect(chooseLocale(search, stored)).toBe(locale);
  });

  test.each([
    ['', null, 'en', 'en'],
    ['', 'zh-CN', 'en', 'zh-CN'],
    ['?lang=zh', null, 'en', 'zh-CN'],
    ['', null, 'fr', 'zh-CN'],
    ['', null, '', 'zh-CN'],
  ])('%s with %s stored on a page served in %s is %s', (search, stored, served, locale) => {
    expect(chooseLocale(search, stored, served)).toBe(locale);
  });

  test('a choice changes the page and is kept', () => {
    setLocale('en');
    expect(document.documentElement.lang).toBe('en');
    expect(localStorage.getItem('taodu.locale')).toBe('en');
    expect(i18n.global.locale.value).toBe('en');
    expect(durationText(3000)).toBe('3 s');
  });

  test.each([
    ['common.tile.live', true],
    ['common.tile', false],
    ['common.tile.live.more', false],
    ['toString', false],
  ])('hasText(%s) is %s', (key, there) => {
    expect(hasText(key)).toBe(there);
  });
});
