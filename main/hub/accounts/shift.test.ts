import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ShiftWindow } from '../../contract/accounts.ts';
import { inShift, localTime } from './shift.ts';

const day: ShiftWindow = { days: [1, 2, 3, 4, 5], from: '08:00', to: '20:00' };
const night: ShiftWindow = { days: [5], from: '20:00', to: '08:00' };
const sundayNight: ShiftWindow = { days: [7], from: '22:30', to: '06:00' };
const round: ShiftWindow = { days: [3], from: '07:00', to: '07:00' };

describe('in Yixing, which has one time all the year', () => {
  test.each<[string, readonly ShiftWindow[] | null, string, boolean]>([
    ['no windows: at any time', null, '2026-11-29T03:00:00+08:00', true],
    ['the minute before a window', [day], '2026-11-26T07:59:59.999+08:00', false],
    ['its first minute', [day], '2026-11-26T08:00:00+08:00', true],
    ['its last minute', [day], '2026-11-26T19:59:59.999+08:00', true],
    ['the minute it ends at', [day], '2026-11-26T20:00:00+08:00', false],
    ['a weekday it does not have', [day], '2026-11-28T12:00:00+08:00', false],
    ['Friday night', [night], '2026-11-27T23:59:00+08:00', true],
    ['after midnight it goes on', [night], '2026-11-28T00:00:00+08:00', true],
    ['until Saturday morning', [night], '2026-11-28T07:59:00+08:00', true],
    ['and no longer', [night], '2026-11-28T08:00:00+08:00', false],
    ['not on Friday morning, which belongs to Thursday', [night], '2026-11-27T07:00:00+08:00', false],
    ['Sunday night goes on into Monday', [sundayNight], '2026-11-30T05:59:00+08:00', true],
    ['Monday night is another', [sundayNight], '2026-11-30T23:00:00+08:00', false],
    ['a day round: begins', [round], '2026-11-25T07:00:00+08:00', true],
    ['a day round: the last minute', [round], '2026-11-26T06:59:00+08:00', true],
    ['a day round: over', [round], '2026-11-26T07:00:00+08:00', false],
    ['one window of several is enough', [day, night], '2026-11-28T01:00:00+08:00', true],
  ])('%s', (_name, windows, at, inside) => {
    expect(inShift(windows, localTime(Date.parse(at), 'Asia/Shanghai'))).toBe(inside);
  });
});

describe('in Berlin, where clocks are set forward at 02:00 on 29 March 2026 and back at 03:00 on 25 October', () => {
  const early: ShiftWindow = { days: [7], from: '01:00', to: '02:30' };
  const saturdayNight: ShiftWindow = { days: [6], from: '22:00', to: '06:00' };
  test.each<[string, ShiftWindow, string, boolean]>([
    ['before the leap', early, '2026-03-29T00:59:00Z', true],
    ['02:30 does not come: from 03:00 on it is over', early, '2026-03-29T01:00:00Z', false],
    ['the night over the leap ends at six by the clock', saturdayNight, '2026-03-29T03:59:00Z', true],
    ['and not an hour later', saturdayNight, '2026-03-29T04:00:00Z', false],
    ['the first 02:15', early, '2026-10-25T00:15:00Z', true],
    ['the first 02:30', early, '2026-10-25T00:30:00Z', false],
    ['the second 02:15', early, '2026-10-25T01:15:00Z', true],
    ['the second 02:30', early, '2026-10-25T01:30:00Z', false],
    ['the long night ends at six by the clock', saturdayNight, '2026-10-25T04:59:00Z', true],
    ['and is over then', saturdayNight, '2026-10-25T05:00:00Z', false],
  ])('%s', (_name, window, at, inside) => {
    expect(inShift([window], localTime(Date.parse(at), 'Europe/Berlin'))).toBe(inside);
  });
});

test('midnight is the first minute of the day, not the last', () => {
  expect(localTime(Date.parse('2026-11-26T16:00:00Z'), 'Asia/Shanghai')).toEqual({ weekday: 5, minute: 0 });
});

test('any window holds as many minutes of a week as it is long, once for each of its days', () => {
  const time = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const minuteOfDay = fc.nat(1439);
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 });
  const week = Array.from({ length: 7 * 1440 }, (_none, index) => ({ weekday: 1 + Math.floor(index / 1440), minute: index % 1440 }));
  const holds = fc.property(days, minuteOfDay, minuteOfDay, (on, from, to) => {
    const inside = week.filter((at) => inShift([{ days: on, from: time(from), to: time(to) }], at)).length;
    return inside === on.length * (from < to ? to - from : 1440 - from + to);
  });
  expect(fc.check(holds, { seed: 8601, numRuns: 100 }).counterexample).toBeNull();
});
