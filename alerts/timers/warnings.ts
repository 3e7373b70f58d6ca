import type { EpochMs } from '../../main/contract/time.ts';
import type { Timer } from '../incident-contract.ts';
import type { CityCalendar } from './city-calendar.ts';
import { moveInstant } from './move-instant.ts';

/** The parts of a limit that somebody is told of, in percent, and who: beyond all of it whoever leads the shift, long beyond it whoever leads the centre. */
export const warningTells = [
  { percent: 50, tell: 'owner' },
  { percent: 80, tell: 'owner' },
  { percent: 100, tell: 'supervisor' },
  { percent: 150, tell: 'leader' },
] as const;
export type WarningTell = (typeof warningTells)[number]['tell'];

/** When so much of a limit is used up, reckoned from what is stored alone. */
export function warningAt(timer: Timer, percent: number, calendar: CityCalendar): EpochMs {
  const { dueAt, limitMs, unit } = timer;
  return percent === 100 ? dueAt : moveInstant(dueAt, Math.round(((percent - 100) / 100) * limitMs), unit, calendar);
}

/** The parts that are used up by now and were not told yet, least first. None while it stands still, and none after it was met. */
export function warningsDue(
  timer: Timer,
  now: EpochMs,
  calendar: CityCalendar,
): readonly { readonly percent: number; readonly tell: WarningTell }[] {
  if (timer.metAt !== null || timer.pausedAt !== null) return [];
  return warningTells.filter(({ percent }) => !timer.warned.includes(percent) && now >= warningAt(timer, percent, calendar));
}

/** When the next part is used up; null when nothing more will be told. Whoever ticks need not look before; the stored instants decide. */
export function nextWarningAt(timer: Timer, calendar: CityCalendar): EpochMs | null {
  if (timer.metAt !== null || timer.pausedAt !== null) return null;
  const next = warningTells.find(({ percent }) => !timer.warned.includes(percent));
  return next === undefined ? null : warningAt(timer, next.percent, calendar);
}
