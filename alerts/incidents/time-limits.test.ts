import { expect, test } from 'vitest';
import type { TimeLimit } from './incident-type.ts';
import { changeLimits, followLimits, type Course } from './time-limits.ts';
import { calendar, friday } from './testdata/desk.ts';

const course = (more: Partial<Course> = {}): Course => ({
  state: 'reported',
  suspended: false,
  timers: [],
  plan: null,
  reports: 0,
  ...more,
});
const limit = (until: TimeLimit['until'], from: TimeLimit['from'], value = 1, unit: TimeLimit['unit'] = 'hours'): TimeLimit => ({
  until,
  from,
  value,
  unit,
});
const limits = [limit('accepted', 'reported'), limit('arrived', 'dispatched'), limit('closed', 'reported', 24)];
const hour = 3_600_000;

test('a limit begins where it counts from, and is met where it waits for', () => {
  const opened = followLimits(course(), limits, friday, calendar);
  expect(opened.map(({ id }) => id)).toEqual(['accepted-1', 'closed-1']);
  const sent = followLimits(course({ state: 'dispatched', timers: opened }), limits, friday + hour, calendar);
  expect(sent.map(({ id, metAt, startedAt }) => [id, metAt, startedAt])).toEqual([
    ['accepted-1', friday + hour, friday],
    ['closed-1', null, friday],
    ['arrived-1', null, friday + hour],
  ]);
  // Nothing happens twice.
  expect(followLimits(course({ state: 'dispatched', timers: sent }), limits, friday + 2 * hour, calendar)).toEqual(sent);
});

test.each(['rejected', 'voided', 'merged', 'transferred'] as const)('what is %s meets nothing and begins nothing', (state) => {
  const opened = followLimits(course(), limits, friday, calendar);
  expect(followLimits(course({ state, timers: opened }), limits, friday + hour, calendar)).toEqual(opened);
});

test('what begins while it is suspended stands still', () => {
  expect(followLimits(course({ suspended: true }), limits, friday, calendar).every(({ pausedAt }) => pausedAt === friday)).toBe(true);
});

test('gone back a hundred times it still has sixteen timers at most, all of those that run among them', () => {
  let timers = followLimits(course(), limits, friday, calendar);
  for (let round = 0; round < 100; round++) {
    const now = friday + round * hour;
    timers = followLimits(course({ state: 'onScene', timers }), limits, now, calendar);
    timers = followLimits(course({ state: 'dispatched', timers }), limits, now, calendar);
    expect(timers.length).toBeLessThanOrEqual(16);
    expect(
      timers
        .filter(({ metAt }) => metAt === null)
        .map(({ until }) => until)
        .toSorted(),
    ).toEqual(['arrived', 'closed']);
    expect(new Set(timers.map(({ id }) => id)).size).toBe(timers.length);
  }
});

test('more limits than there is room for: the first sixteen', () => {
  const many = Array.from({ length: 40 }, (_, at): TimeLimit => ({ ...limit('closed', 'reported'), step: `step-${at}` }));
  expect(followLimits(course(), many, friday, calendar)).toHaveLength(16);
});

test('a changed limit moves from where it was; one of another unit begins anew; others stay', () => {
  const opened = followLimits(course(), limits, friday, calendar);
  const changed = changeLimits(
    course({ timers: opened }),
    limits,
    [limit('accepted', 'reported', 2), limit('closed', 'reported', 3, 'working-days')],
    friday + hour,
    calendar,
  );
  expect(changed.map(({ id, startedAt, dueAt, unit }) => [id, startedAt, calendar.minuteOf(dueAt), unit])).toEqual([
    ['accepted-1', friday, '2026-11-27 11:00', 'hours'],
    ['closed-1', friday + hour, '2026-12-02 10:00', 'working-days'],
  ]);
  expect(changeLimits(course({ timers: opened }), limits, limits, friday + hour, calendar)).toEqual(opened);
  expect(changeLimits(course({ timers: opened }), limits, [], friday + hour, calendar)).toEqual([]);
});
