import type { EpochMs } from '../../contract/time.ts';

/** The hour in which a city sleeps. */
const nightHour = 3;
/** Not twice in one night, and not twice in the hour that is there twice when the clocks go back. */
const apartMs = 20 * 3_600_000;

/** Says when a night's work is due: in the fourth hour of the day of a time zone. @param timeZone IANA name */
export function createNightly(timeZone: string): (now: EpochMs, lastAt: EpochMs | null) => boolean {
  const format = new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', hourCycle: 'h23', numberingSystem: 'latn' });
  return (now, lastAt) => Number(format.format(now)) === nightHour && (lastAt === null || Math.abs(now - lastAt) > apartMs);
}
