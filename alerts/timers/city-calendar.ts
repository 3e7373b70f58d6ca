import type { EpochMs } from '../../main/contract/time.ts';
import type { CalendarData } from './calendar-data.ts';

/** The days and the working time of a city. It answers from its data alone: asked twice, it says the same. */
export interface CityCalendar {
  /** The day of an instant, `YYYY-MM-DD`. */
  dayOf(at: EpochMs): string;
  /** What the clocks of the city show at an instant, `YYYY-MM-DD HH:MM`. */
  minuteOf(at: EpochMs): string;
  isWorkingDay(day: string): boolean;
  /** Whether the holidays of this day are known, or only assumed. */
  isKnown(day: string): boolean;
  /** How long a working day is. */
  readonly workingDayMs: number;
  /** Working time from one instant to a later one, in milliseconds; 0 when `to` is not later. */
  workingMs(from: EpochMs, to: EpochMs): number;
  /**
   * The instant after so much working time, or before it when `ms` is negative. It lies in working time, ends included: what is due when work ends is due that
   * evening, not the next morning. With 0 it is `from` itself.
   */
  addWorking(from: EpochMs, ms: number): EpochMs;
}

const dayMs = 86_400_000;
/** Days that are looked through for working time before a calendar is called one without any. */
const daysAtMost = 36_600;
/** Days whose stretches are kept, for the many timers of the same weeks. What falls out is reckoned again. */
const daysKept = 1500;
const quarterMs = 900_000;
const quartersKept = 5000;

/** @param data already checked by `calendarData`; a time zone that does not exist throws a RangeError */
export function createCityCalendar(data: CalendarData): CityCalendar {
  const holidays = new Set(data.holidays);
  const makeUpDays = new Set(data.makeUpDays);
  const weekdays = new Set(data.workingWeekdays);
  const zone = createZone(data.timeZone);
  const hours = data.workingHours.map(([from, to]) => [minutesOf(from), minutesOf(to)] as const);
  const workingDayMs = hours.reduce((sum, [from, to]) => sum + (to - from) * 60_000, 0);
  const dayOf = (at: EpochMs): string => zone.shown(at).slice(0, 10);
  const kept = new Map<string, readonly (readonly [EpochMs, EpochMs])[]>();

  const isWorkingDay = (day: string): boolean => makeUpDays.has(day) || (!holidays.has(day) && weekdays.has(weekdayOf(day)));

  /** The working stretches of a day. */
  const stretchesOf = (day: string): readonly (readonly [EpochMs, EpochMs])[] => {
    const known = kept.get(day);
    if (known !== undefined) return known;
    if (kept.size >= daysKept) kept.clear();
    const stretches = isWorkingDay(day) ? hours.map(([from, to]) => [zone.instantOf(day, from), zone.instantOf(day, to)] as const) : [];
    kept.set(day, stretches);
    return stretches;
  };

  return {
    dayOf,
    minuteOf: (at) => zone.shown(at).slice(0, 16).replace('T', ' '),
    isWorkingDay,
    isKnown: (day) => day <= data.knownUntil,
    workingDayMs,
    workingMs(from, to) {
      if (to <= from) return 0;
      const last = dayOf(to);
      let sum = 0;
      for (let day = dayOf(from), steps = 0; day <= last && steps < daysAtMost; day = dayAfter(day, 1), steps++)
        for (const [start, end] of stretchesOf(day)) sum += Math.max(0, Math.min(end, to) - Math.max(start, from));
      return sum;
    },
    addWorking(from, ms) {
      if (ms === 0) return from;
      const forward = ms > 0;
      let left = Math.abs(ms);
      for (let day = dayOf(from), steps = 0; steps < daysAtMost; day = dayAfter(day, forward ? 1 : -1), steps++) {
        const stretches = stretchesOf(day);
        for (const [start, end] of forward ? stretches : stretches.toReversed()) {
          const length = forward ? end - Math.max(start, from) : Math.min(end, from) - start;
          if (length <= 0) continue;
          if (left <= length) return forward ? Math.max(start, from) + left : Math.min(end, from) - left;
          left -= length;
        }
      }
      throw new RangeError('this calendar has no working time');
    },
  };
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const dayAfter = (day: string, by: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + by * dayMs).toISOString().slice(0, 10);

/** 1 is Monday. */
const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

/** The clocks of a place. */
function createZone(timeZone: string): { shown(at: EpochMs): string; instantOf(day: string, minutes: number): EpochMs } {
  const format = new Intl.DateTimeFormat('en', {
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const kept = new Map<number, number>();
  /** How far its clocks are ahead of UTC at an instant; they change at full quarters of an hour, if at all. */
  const aheadMs = (at: EpochMs): number => {
    const whole = Math.floor(at / quarterMs) * quarterMs;
    const known = kept.get(whole);
    if (known !== undefined) return known;
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of format.formatToParts(whole)) parts[type] = value;
    const shown = `${parts.year!.padStart(4, '0')}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}Z`;
    const ahead = Date.parse(shown) - whole;
    if (kept.size >= quartersKept) kept.clear();
    kept.set(whole, ahead);
    return ahead;
  };
  return {
    /** What they show, as if it were UTC. */
    shown: (at) => new Date(at + aheadMs(at)).toISOString(),
    instantOf(day, minutes) {
      const shown = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000;
      // Twice, because the first look may lie on the other side of a change of the clocks.
      const near = shown - aheadMs(shown);
      return shown - aheadMs(near);
    },
  };
}
