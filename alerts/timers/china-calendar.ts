import type { CalendarData } from './calendar-data.ts';

/** All days from one to another, both included. */
function days(from: string, to: string): string[] {
  const all: string[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += 86_400_000)
    all.push(new Date(at).toISOString().slice(0, 10));
  return all;
}

/**
 * Working days in China. 2026: notice of the General Office of the State Council on the holidays of 2026, of 2025-11-04. 2027 is provisional, because its
 * notice was not at hand: the statutory days of the Regulation on Public Holidays (State Council order 795, 2024), and the working days after them for those that
 * fall on a weekend (its article 6), without the days that a notice moves. So `knownUntil` is the end of 2026; a city puts the notice of 2027 in its configuration.
 */
export const chinaCalendar: CalendarData = {
  timeZone: 'Asia/Shanghai',
  workingHours: [
    ['08:30', '12:00'],
    ['14:00', '17:30'],
  ],
  workingWeekdays: [1, 2, 3, 4, 5],
  holidays: [
    ...days('2026-01-01', '2026-01-03'),
    ...days('2026-02-15', '2026-02-23'),
    ...days('2026-04-04', '2026-04-06'),
    ...days('2026-05-01', '2026-05-05'),
    ...days('2026-06-19', '2026-06-21'),
    ...days('2026-09-25', '2026-09-27'),
    ...days('2026-10-01', '2026-10-07'),
    '2027-01-01',
    // Eve of the lunar year to its third day; two of them on a weekend.
    ...days('2027-02-05', '2027-02-10'),
    '2027-04-05',
    ...days('2027-05-01', '2027-05-04'),
    '2027-06-09',
    '2027-09-15',
    ...days('2027-10-01', '2027-10-05'),
  ],
  makeUpDays: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  knownUntil: '2026-12-31',
};
