import { expect, test } from 'vitest';
import { noTries, refreshStep, triesANight, tryAgainAfterMs, type RefreshSituation, type RefreshTries } from './refresh-step.ts';

const hour = 3_600_000;
const three = new Date('2026-11-27T03:00').getTime();
const times = { at: '03:00', apartMinutes: 3 };
const weekMs = 168 * hour;
const atNight: RefreshSituation = { times, nth: 0, now: three, pageAgeMs: weekMs, askedAt: null, putOff: null };
const tried = (inNight: number, latestAt: number): RefreshTries => ({ night: three, inNight, latestAt });

test.each<[string, RefreshTries, Partial<RefreshSituation>, 'rest' | 'wait' | 'begin']>([
  ['the time has come', noTries, {}, 'begin'],
  ['not yet', noTries, { now: three - 1 }, 'rest'],
  ['the hub has not said when', noTries, { times: null }, 'rest'],
  ['another screen is first', noTries, { nth: 1 }, 'rest'],
  ['a person is there', noTries, { putOff: 'person' }, 'wait'],
  ['it failed just now', tried(1, weekMs), { now: three + 90_000, pageAgeMs: weekMs + 90_000 }, 'rest'],
  ['it failed an hour ago', tried(1, weekMs), { now: three + hour, pageAgeMs: weekMs + tryAgainAfterMs }, 'begin'],
  ['it failed three times', tried(triesANight, weekMs + 2 * hour), { now: three + 2.9 * hour, pageAgeMs: weekMs + 3.1 * hour }, 'rest'],
  [
    'it failed three times, but yesterday',
    tried(triesANight, weekMs - 20 * hour),
    { now: three + 24 * hour, pageAgeMs: weekMs + 24 * hour },
    'begin',
  ],
  ['asked by day', noTries, { now: three + 9 * hour, askedAt: weekMs - 10 }, 'begin'],
  ['asked while a person is there', noTries, { now: three + 9 * hour, askedAt: weekMs - 10, putOff: 'person' }, 'wait'],
  ['asked before the page was opened', noTries, { now: three + 9 * hour, pageAgeMs: 5000, askedAt: -200 }, 'rest'],
  ['asked, and tried since', tried(1, weekMs - 5), { now: three + 9 * hour, askedAt: weekMs - 10 }, 'rest'],
  ['asked although it failed three times', tried(triesANight, weekMs - 500), { now: three + 2 * hour, askedAt: weekMs - 10 }, 'begin'],
  ['nothing asked, off', noTries, { times: { ...times, at: 'off' } }, 'rest'],
  ['asked, off', noTries, { times: { ...times, at: 'off' }, askedAt: weekMs - 10 }, 'begin'],
])('%s', (_, tries, more, kind) => {
  expect(refreshStep(tries, { ...atNight, ...more }).kind).toBe(kind);
});

test('tries of a night are counted, and what was asked is none of them', () => {
  expect(refreshStep(tried(1, weekMs), { ...atNight, now: three + hour, pageAgeMs: weekMs + hour })).toEqual({
    kind: 'begin',
    tries: tried(2, weekMs + hour),
  });
  expect(refreshStep(tried(2, weekMs), { ...atNight, pageAgeMs: weekMs + 20, askedAt: weekMs + 10 })).toEqual({
    kind: 'begin',
    tries: tried(2, weekMs + 20),
  });
});
