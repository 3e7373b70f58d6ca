import type { EpochMs } from '../../main/contract/time.ts';
import type { Timer } from '../incident-contract.ts';
import type { CityCalendar } from './city-calendar.ts';
import { measure, moveInstant, spanMs, type Span } from './move-instant.ts';
import { warningAt } from './warnings.ts';

/**
 * More time, from when it was due. Hours for a limit of working time are working hours, so that nothing falls due at night. The parts of the longer limit that
 * lie ahead are told again when they come.
 */
export function extendTimer(timer: Timer, by: Span, now: EpochMs, calendar: CityCalendar): Timer {
  const unit = by.unit === 'hours' && timer.unit !== 'hours' ? 'working-hours' : by.unit;
  const due = moveInstant(timer.dueAt, spanMs(by, calendar), unit, calendar);
  const extended = { ...timer, dueAt: due, limitMs: timer.limitMs + Math.max(0, measure(timer.dueAt, due, timer.unit, calendar)) };
  return { ...extended, warned: timer.warned.filter((percent) => now >= warningAt(extended, percent, calendar)) };
}
