import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { refreshDue } from './refresh-due.ts';

beforeAll(() => void vi.stubEnv('TZ', 'Europe/Berlin'));
afterAll(() => void vi.unstubAllEnvs());

const local = (text: string) => new Date(text).getTime();
const times = { at: '03:00', apartMinutes: 3 };
const weekAgo = '2026-11-20T08:00';

test('the table is of a place with summer time', () => {
  expect(local('2026-07-01T12:00') - Date.UTC(2026, 6, 1, 12)).toBe(-2 * 3_600_000);
});

test.each<[string, Partial<typeof times>, number, string, string, string | null]>([
  ['before the hour', {}, 0, weekAgo, '2026-11-27T02:59:59', null],
  ['at the hour', {}, 0, weekAgo, '2026-11-27T03:00', '2026-11-27T03:00'],
  ['off', { at: 'off' }, 0, weekAgo, '2026-11-27T03:00', null],
  ['the seventh screen waits for the six before it', {}, 6, weekAgo, '2026-11-27T03:17:59', null],
  ['the seventh screen, when its turn comes', {}, 6, weekAgo, '2026-11-27T03:18', '2026-11-27T03:18'],
  ['the first screen of another wall does not wait for this one', {}, 0, weekAgo, '2026-11-27T03:00:10', '2026-11-27T03:00'],
  [
    'the last screen of the largest wall, over midnight',
    { at: '23:00', apartMinutes: 30 },
    63,
    weekAgo,
    '2026-11-28T07:00',
    '2026-11-28T06:30',
  ],
  ['an hour before midnight, looked at after it', { at: '23:30' }, 0, weekAgo, '2026-11-27T00:10', '2026-11-26T23:30'],
  ['nearly too late', {}, 0, weekAgo, '2026-11-27T05:59:59', '2026-11-27T03:00'],
  ['the computer slept over the hour, into the morning', {}, 0, weekAgo, '2026-11-27T06:00', null],
  ['the computer slept over the hour, and woke in the night', {}, 0, weekAgo, '2026-11-27T04:10', '2026-11-27T03:00'],
  ['the page was opened just before', {}, 0, '2026-11-27T02:50', '2026-11-27T03:00', null],
  ['the page was opened on the evening before', {}, 0, '2026-11-26T21:00', '2026-11-27T03:00', '2026-11-27T03:00'],
  ['the page was made anew this night', {}, 0, '2026-11-27T03:00:30', '2026-11-27T03:01', null],
  ['and is old enough on the next', {}, 0, '2026-11-27T03:00:30', '2026-11-28T03:00', '2026-11-28T03:00'],
  [
    'made anew, and the clock was set back over the hour: the page is as young as it is',
    {},
    0,
    '2026-11-27T02:29',
    '2026-11-27T03:00',
    null,
  ],
  ['the clock was set forward over the hour', {}, 0, weekAgo, '2026-11-27T03:40', '2026-11-27T03:00'],
  ['an hour that does not exist', { at: '02:30' }, 0, '2026-03-20T08:00', '2026-03-29T03:29', null],
  ['is that much later', { at: '02:30' }, 0, '2026-03-20T08:00', '2026-03-29T03:30', '2026-03-29T03:30'],
])('%s', (_, more, nth, openedAt, now, due) => {
  expect(refreshDue({ ...times, ...more }, { nth, openedAt: local(openedAt) }, local(now))).toBe(due === null ? null : local(due));
});

test('of an hour that comes twice the first counts, and only once', () => {
  const first = Date.UTC(2026, 9, 25, 0, 30);
  const page = { nth: 0, openedAt: local('2026-10-20T08:00') };
  expect(refreshDue({ ...times, at: '02:30' }, page, first)).toBe(first);
  // An hour later the clock on the wall says the same; it is the same night.
  expect(refreshDue({ ...times, at: '02:30' }, page, first + 3_600_000)).toBe(first);
  expect(refreshDue({ ...times, at: '02:30' }, { nth: 0, openedAt: first + 30_000 }, first + 3_600_000)).toBeNull();
});

test.each(['', '3:00', '03:00:00', 'never'])('what is no time is never: %j', (at) => {
  expect(refreshDue({ ...times, at }, { nth: 0, openedAt: 0 }, local('2026-11-27T03:00'))).toBeNull();
});
