import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarData, type CalendarData } from './calendar-data.ts';
import { chinaCalendar } from './china-calendar.ts';
import { createCityCalendar } from './city-calendar.ts';

const china = createCityCalendar(chinaCalendar);
const hour = 3_600_000;
/** An instant by the clocks of Shanghai. */
const at = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+08:00`);
const shown = china.minuteOf;

describe('the days of China', () => {
  test.each([
    ['2026-01-01', false, 'New Year'],
    ['2026-01-04', true, 'a Sunday that is worked'],
    ['2026-02-14', true, 'a Saturday that is worked'],
    ['2026-02-16', false, 'a Monday of the Spring Festival'],
    ['2026-02-23', false, 'the last day of the Spring Festival'],
    ['2026-02-24', true, 'the day after'],
    ['2026-05-05', false, 'a Tuesday of Labour Day'],
    ['2026-05-09', true, 'a Saturday that is worked'],
    ['2026-09-20', true, 'a Sunday that is worked'],
    ['2026-10-07', false, 'the last day of National Day'],
    ['2026-10-10', true, 'a Saturday that is worked'],
    ['2026-11-27', true, 'a Friday'],
    ['2026-11-28', false, 'a Saturday'],
    ['2027-02-08', false, 'provisional'],
  ])('%s is worked: %s (%s)', (day, worked) => {
    expect(china.isWorkingDay(day)).toBe(worked);
  });

  test('what is known of them is checked, and its end is said', () => {
    expect(calendarData.parse(chinaCalendar)).toEqual(chinaCalendar);
    expect([china.isKnown('2026-12-31'), china.isKnown('2027-01-01')]).toEqual([true, false]);
    expect(china.workingDayMs).toBe(7 * hour);
  });

  test('33 days of 2026 are holidays, 6 weekend days are worked, and so 248 days are', () => {
    const of2026 = chinaCalendar.holidays.filter((day) => day.startsWith('2026'));
    expect([of2026.length, new Set(of2026).size]).toEqual([33, 33]);
    let worked = 0;
    for (let day = Date.UTC(2026, 0, 1); day < Date.UTC(2027, 0, 1); day += 24 * hour)
      if (china.isWorkingDay(new Date(day).toISOString().slice(0, 10))) worked++;
    expect(worked).toBe(248);
  });
});

test.each<[string, string, number, string]>([
  ['within a morning', '2026-11-27 09:00', 2, '2026-11-27 11:00'],
  ['over noon', '2026-11-27 11:00', 2, '2026-11-27 15:00'],
  ['until work ends', '2026-11-27 14:00', 3.5, '2026-11-27 17:30'],
  ['from the night', '2026-11-26 22:00', 1, '2026-11-27 09:30'],
  ['from noon', '2026-11-27 12:30', 1, '2026-11-27 15:00'],
  ['over a weekend', '2026-11-27 16:30', 2, '2026-11-30 09:30'],
  ['over a day off that begins on a Sunday and a Saturday that is worked', '2026-02-14 16:30', 2, '2026-02-24 09:30'],
  ['one working day', '2026-11-26 10:00', 7, '2026-11-27 10:00'],
  ['one working day from the evening', '2026-11-26 20:00', 7, '2026-11-27 17:30'],
  ['over National Day into a Saturday that is worked', '2026-09-30 17:30', 14.5, '2026-10-10 09:00'],
  ['backwards within a morning', '2026-11-27 11:00', -2, '2026-11-27 09:00'],
  ['backwards over a weekend', '2026-11-30 09:30', -2, '2026-11-27 16:30'],
  ['backwards from the night', '2026-11-26 22:00', -1, '2026-11-26 16:30'],
  ['nothing at night is the night', '2026-11-26 22:00', 0, '2026-11-26 22:00'],
])('%s: %s and %d hours of work', (_name, from, hours, expected) => {
  expect(shown(china.addWorking(at(from), hours * hour))).toBe(expected);
});

test.each<[string, string, number]>([
  ['2026-11-27 09:00', '2026-11-27 11:00', 2],
  ['2026-11-27 11:30', '2026-11-27 14:30', 1],
  ['2026-11-27 17:30', '2026-11-30 08:30', 0],
  ['2026-02-14 08:30', '2026-02-24 17:30', 14],
  ['2026-11-27 11:00', '2026-11-27 09:00', 0],
])('from %s to %s there are %d hours of work', (from, to, hours) => {
  expect(china.workingMs(at(from), at(to))).toBe(hours * hour);
});

test('where the clocks change, a working day is as long as its clocks say', () => {
  const berlin = createCityCalendar({ ...chinaCalendar, timeZone: 'Europe/Berlin', holidays: [], makeUpDays: ['2026-03-29'] });
  // On that Sunday it is 03:00 after 01:59:59.
  expect(new Date(berlin.addWorking(Date.parse('2026-03-28T12:00:00Z'), hour)).toISOString()).toBe('2026-03-29T07:30:00.000Z');
  expect(berlin.minuteOf(Date.parse('2026-03-29T07:30:00Z'))).toBe('2026-03-29 09:30');
  expect(berlin.dayOf(Date.parse('2026-03-28T22:59:59Z'))).toBe('2026-03-28');
  expect(berlin.dayOf(Date.parse('2026-03-28T23:00:00Z'))).toBe('2026-03-29');
});

test('a calendar in which nobody ever works says so', () => {
  const never = createCityCalendar({ ...chinaCalendar, workingWeekdays: [] });
  expect(() => never.addWorking(at('2026-11-27 09:00'), 8 * 366 * 24 * hour)).toThrow(RangeError);
});

const instants = fc.integer({ min: at('2026-01-01 00:00'), max: at('2027-12-31 00:00') });
const spans = fc.integer({ min: 1, max: 60 * 7 * hour });

test('what is added can be measured, is in working time, and can be taken back', () => {
  const holds = fc.property(instants, spans, (from, ms) => {
    const due = china.addWorking(from, ms);
    const [start, end] = [china.addWorking(due, -1), china.addWorking(due, 1)];
    return (
      china.workingMs(from, due) === ms &&
      china.workingMs(start, due) === 1 &&
      // The moment before it is worked: it is never at night.
      start === due - 1 &&
      china.workingMs(due, end) === 1 &&
      china.workingMs(china.addWorking(due, -ms), due) === ms
    );
  });
  expect(fc.check(holds, { seed: 30428, numRuns: 500 }).counterexample).toBeNull();
});

test('in two steps it is the same as in one', () => {
  const holds = fc.property(instants, spans, spans, (from, one, other) => {
    const steps = china.addWorking(china.addWorking(from, one), other);
    return steps === china.addWorking(from, one + other);
  });
  expect(fc.check(holds, { seed: 30428, numRuns: 300 }).counterexample).toBeNull();
});

test.each<[string, Partial<Record<keyof CalendarData, unknown>>]>([
  ['no such zone', { timeZone: 'Asia/Nowhere' }],
  ['a morning that ends before it begins', { workingHours: [['12:00', '08:30']] }],
  [
    'stretches over one another',
    {
      workingHours: [
        ['08:30', '12:00'],
        ['11:00', '17:30'],
      ],
    },
  ],
  ['no hours', { workingHours: [] }],
  ['the 32nd', { holidays: ['2026-01-32'] }],
  ['a day off that is worked', { holidays: ['2026-01-04'], makeUpDays: ['2026-01-04'] }],
  ['an eighth weekday', { workingWeekdays: [8] }],
  ['a field too many', { moon: true } as never],
])('%s is no calendar', (_name, wrong) => {
  expect(calendarData.safeParse({ ...chinaCalendar, ...wrong }).success).toBe(false);
});

test('whatever is read, it is refused or makes a calendar that works', () => {
  const time = fc.tuple(fc.nat(25), fc.nat(61)).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
  const day = fc
    .tuple(fc.integer({ min: 2025, max: 2028 }), fc.nat(13), fc.nat(32))
    .map(([y, m, d]) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`);
  const any = fc.record({
    timeZone: fc.constantFrom('Asia/Shanghai', 'Europe/London', 'UTC', 'nowhere', ''),
    workingHours: fc.array(fc.tuple(time, time), { maxLength: 3 }),
    workingWeekdays: fc.array(fc.nat(8), { maxLength: 7 }),
    holidays: fc.array(day, { maxLength: 20 }),
    makeUpDays: fc.array(day, { maxLength: 5 }),
    knownUntil: day,
  });
  let made = 0;
  const holds = fc.property(fc.oneof({ arbitrary: any, weight: 5 }, { arbitrary: fc.anything(), weight: 1 }), instants, (read, from) => {
    const data = calendarData.safeParse(read);
    if (!data.success) return true;
    made++;
    const calendar = createCityCalendar(data.data);
    return calendar.workingMs(from, calendar.addWorking(from, hour)) === hour;
  });
  expect(fc.check(holds, { seed: 212, numRuns: 2000 }).counterexample).toBeNull();
  expect(made).toBeGreaterThan(5);
});
