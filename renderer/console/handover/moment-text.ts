import type { EpochMs } from '../../../main/contract/time.ts';
import { stampText } from '../admin/stamp-text.ts';

/** A moment as short as it is clear to whoever reads at `now`: the time of day, with the date where it is another one, with the year likewise. */
export function momentText(at: EpochMs, now: EpochMs): string {
  return short(stampText(at).slice(0, 16), now);
}

/** The same with its seconds: where what came first matters. */
export function exactMomentText(at: EpochMs, now: EpochMs): string {
  return short(stampText(at), now);
}

function short(stamp: string, now: EpochMs): string {
  const [date, time] = stamp.split(' ') as [string, string];
  const [today] = stampText(now).split(' ') as [string];
  if (date === today) return time;
  return `${date.slice(0, 4) === today.slice(0, 4) ? date.slice(5) : date} ${time}`;
}
