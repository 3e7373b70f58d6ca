import type { EpochMs } from '../../main/contract/time.ts';
import type { Timer } from '../incident-contract.ts';
import type { CityCalendar } from './city-calendar.ts';
import { measure, moveInstant } from './move-instant.ts';

/** A running limit stands still from now on; one that is met or stands still already stays as it is. */
export function pauseTimer(timer: Timer, now: EpochMs): Timer {
  return timer.metAt !== null || timer.pausedAt !== null ? timer : { ...timer, pausedAt: now };
}

/** A limit that stood still goes on: what was left then is left now, and what was late is as late as it was. A clock that was set back in between moves nothing back. */
export function resumeTimer(timer: Timer, now: EpochMs, calendar: CityCalendar): Timer {
  if (timer.pausedAt === null) return timer;
  const { unit, dueAt, pausedAt } = timer;
  if (timer.metAt !== null || now <= pausedAt) return { ...timer, pausedAt: null };
  const left = measure(pausedAt, dueAt, unit, calendar);
  // Nothing left and nothing late (work was over for the day): the instant stands.
  return { ...timer, pausedAt: null, dueAt: left === 0 ? dueAt : moveInstant(now, left, unit, calendar) };
}
