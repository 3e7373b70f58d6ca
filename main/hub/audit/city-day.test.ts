import { describe, expect, it } from 'vitest';
import { cityDays, dayAfter, dayBefore } from './city-day.ts';

const at = (text: string) => Date.parse(text);

describe('the days of a city', () => {
  it.each([
    ['Asia/Shanghai', '2026-11-26T15:59:59.999Z', '2026-11-26'],
    ['Asia/Shanghai', '2026-11-26T16:00:00.000Z', '2026-11-27'],
    ['UTC', '2026-12-31T23:59:59.999Z', '2026-12-31'],
    ['Pacific/Kiritimati', '2026-11-26T10:00:00Z', '2026-11-27'],
    ['America/New_York', '2026-11-26T04:59:59Z', '2026-11-25'],
  ])('%s: %s is in %s', (zone, time, day) => {
    expect(cityDays(zone).dayOf(at(time))).toBe(day);
  });

  it.each([
    ['Asia/Shanghai', '2026-11-26', '2026-11-25T16:00:00Z'],
    ['UTC', '2026-03-01', '2026-03-01T00:00:00Z'],
    // summer time begins and ends
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00Z'],
    ['America/New_York', '2026-03-09', '2026-03-09T04:00:00Z'],
    ['America/New_York', '2026-11-02', '2026-11-02T05:00:00Z'],
    // clocks that go forward at midnight: the day begins at one
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z'],
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00Z'],
    // a day that Samoa left out has no length
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00Z'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00Z'],
    ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00Z'],
    ['Etc/GMT+12', '2026-01-01', '2026-01-01T12:00:00Z'],
  ])('%s: %s begins at %s', (zone, day, time) => {
    expect(new Date(cityDays(zone).startOf(day)).toISOString()).toBe(new Date(at(time)).toISOString());
  });

  it.each([
    ['2026-11-26', '2026-11-27'],
    ['2026-12-31', '2027-01-01'],
    ['2028-02-28', '2028-02-29'],
    ['2026-02-28', '2026-03-01'],
  ])('%s is followed by %s', (day, next) => {
    expect([dayAfter(day), dayBefore(next)]).toEqual([next, day]);
  });
});
