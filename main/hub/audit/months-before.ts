import type { EpochMs } from '../../contract/time.ts';

/** What the law asks for at least (Cybersecurity Law of the PRC, art. 21), whatever is configured. */
export const leastMonthsKept = 6;

/** The whole second so many months before, in UTC; a day that a month does not have runs over into the next, as SQLite reckons. */
export function monthsBefore(now: EpochMs, months: number): EpochMs {
  const date = new Date(Math.floor(now / 1000) * 1000);
  date.setUTCMonth(date.getUTCMonth() - months);
  return date.getTime();
}
