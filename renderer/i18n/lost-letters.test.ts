import { expect, test } from 'vitest';
import { lettersOf } from './lost-letters.ts';
import { messages } from './messages.ts';

test('whatever tells that the hub is lost is among the letters that are fetched before', () => {
  const letters = new Set(lettersOf('zh-CN'));
  const { console: desk, alerts, panels } = messages['zh-CN'];
  for (const words of [desk.connection.stale, desk.connection.staleHint, alerts.wall.asOf, panels.asOf, panels.never])
    for (const letter of words) if (/\p{sc=Han}/u.test(letter)) expect(letters).toContain(letter);
  expect(letters.size).toBe(lettersOf('zh-CN').length);
});

test('English needs none', () => expect(lettersOf('en')).toBe(''));
