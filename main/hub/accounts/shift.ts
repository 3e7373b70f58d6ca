import type { ShiftWindow } from '../../contract/accounts.ts';
import type { EpochMs } from '../../contract/time.ts';

/** What a clock on the wall of the city shows. */
export interface LocalTime {
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The local time of an IANA zone, to the minute. */
export function localTime(at: EpochMs, timeZone: string): LocalTime {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', weekday: 'short', hour: '2-digit', minute: '2-digit' });
    // a hub has one zone: more than a few are a test's
    if (formatters.size < 16) formatters.set(timeZone, formatter);
  }
  const parts = new Map(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
  return { weekday: weekdays.indexOf(parts.get('weekday')!) + 1, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

/**
 * True inside one of the windows, and always without any (null). A window holds from its first minute until the minute it ends at; one that does
 * not end after it begins goes past midnight, so that equal times are a day round. Windows are read on the clock on the wall: where clocks are
 * set forward a window is shorter, and where they are set back it is longer.
 */
export function inShift(windows: readonly ShiftWindow[] | null, { weekday, minute }: LocalTime): boolean {
  if (windows === null) return true;
  const dayBefore = weekday === 1 ? 7 : weekday - 1;
  return windows.some(({ days, from, to }) => {
    const [begin, end] = [minuteOf(from), minuteOf(to)];
    if (begin < end) return days.includes(weekday) && begin <= minute && minute < end;
    return (days.includes(weekday) && begin <= minute) || (days.includes(dayBefore) && minute < end);
  });
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
