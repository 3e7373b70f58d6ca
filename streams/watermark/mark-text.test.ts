import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMark, markText, type MarkSubject } from './mark-text.ts';

const subject: MarkSubject = {
  login: 'li.wei',
  workstation: 'desk-12',
  address: '10.1.2.3',
  at: Date.UTC(2026, 2, 1, 0, 15, 30),
  timeZone: 'Asia/Shanghai',
  camera: 'DS07-00123',
};

test.each<[string, Partial<MarkSubject>, string]>([
  ['who, where, when, what', {}, 'li.wei desk-12 2026-03-01 08:15:30 UTC+08:00 DS07-00123'],
  ['another zone', { timeZone: 'America/New_York' }, 'li.wei desk-12 2026-02-28 19:15:30 UTC-05:00 DS07-00123'],
  ['no offset', { timeZone: 'UTC' }, 'li.wei desk-12 2026-03-01 00:15:30 UTC+00:00 DS07-00123'],
  ['midnight is 00', { at: Date.UTC(2026, 1, 28, 16, 0, 5) }, 'li.wei desk-12 2026-03-01 00:00:05 UTC+08:00 DS07-00123'],
  ['no name of a machine', { workstation: null }, 'li.wei 10.1.2.3 2026-03-01 08:15:30 UTC+08:00 DS07-00123'],
  ['one that has no letters here', { workstation: '值班台一' }, 'li.wei 10.1.2.3 2026-03-01 08:15:30 UTC+08:00 DS07-00123'],
  ['one of spaces', { workstation: '   ' }, 'li.wei 10.1.2.3 2026-03-01 08:15:30 UTC+08:00 DS07-00123'],
  ['one with a space', { workstation: 'desk 12 ' }, 'li.wei desk_12 2026-03-01 08:15:30 UTC+08:00 DS07-00123'],
  [
    'one that its machine called like another person and time',
    { workstation: 'x zhao 2020-01-01 00:00:00 UTC+08:00' },
    'li.wei x_zhao_2020-01-01_00:00:00_UTC+08:00 2026-03-01 08:15:30 UTC+08:00 DS07-00123',
  ],
  ['nothing known', { workstation: null, address: '' }, 'li.wei unknown 2026-03-01 08:15:30 UTC+08:00 DS07-00123'],
  ['a screen of a wall', { login: 'wall:main:1', camera: null }, 'wall:main:1 desk-12 2026-03-01 08:15:30 UTC+08:00'],
  ['minutes', { seconds: false, camera: null }, 'li.wei desk-12 2026-03-01 08:15 UTC+08:00'],
])('%s', (_name, more, expected) => {
  const text = markText({ ...subject, ...more });
  expect(text).toBe(expected);
  expect(isMark(text)).toBe(true);
});

test.each<[unknown, boolean]>([
  ['a', true],
  ['a b', true],
  ['', false],
  [' ', false],
  [' a', false],
  ['a ', false],
  ['路', false],
  ['a\nb', false],
  ['a'.repeat(256), true],
  ['a'.repeat(257), false],
  [undefined, false],
  [{ toString: () => 'a' }, false],
])('%j is a mark: %s', (text, expected) => {
  expect(isMark(text)).toBe(expected);
});

test('whatever people and machines are called, there is a mark', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 64 }),
      fc.option(fc.string({ unit: 'binary', maxLength: 64 })),
      fc.string({ maxLength: 45 }),
      fc.integer({ min: 0, max: 8_000_000_000_000 }),
      (login, workstation, address, at) => isMark(markText({ ...subject, login, workstation, address, at })),
    ),
    { seed: 20_260_302, numRuns: 200 },
  );
});
