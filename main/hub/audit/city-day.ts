import type { EpochMs } from '../../contract/time.ts';

/** Days as a city counts them. */
export interface CityDays {
  /** The day of a moment, `YYYY-MM-DD`. */
  dayOf(at: EpochMs): string;
  /** When a day begins: its first millisecond, at midnight or, where the clocks go forward at midnight, after it. */
  startOf(day: string): EpochMs;
}

const hourMs = 3_600_000;

/** @param timeZone IANA name, e.g. `Asia/Shanghai` */
export function cityDays(timeZone: string): CityDays {
  const format = new Intl.DateTimeFormat('en', {
    calendar: 'gregory',
    numberingSystem: 'latn',
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const dayOf = (at: EpochMs) => {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of format.formatToParts(at)) parts[type] = value;
    return `${parts.year}-${parts.month}-${parts.day}`;
  };
  return {
    dayOf,
    startOf(day) {
      // Zones lie within 14 hours of UTC, so midnight there is between these; halving finds it whatever the clocks do.
      const midnight = Date.parse(`${day}T00:00:00Z`);
      let before = midnight - 15 * hourMs;
      let after = midnight + 15 * hourMs;
      while (after - before > 1) {
        const middle = Math.floor((before + after) / 2);
        if (dayOf(middle) < day) before = middle;
        else after = middle;
      }
      return after;
    },
  };
}

/** The day after a day. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * hourMs).toISOString().slice(0, 10);
}

/** The day before a day. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 24 * hourMs).toISOString().slice(0, 10);
}
