import type { EpochMs } from '../../main/contract/time.ts';
import type { TimerUnit } from '../incident-contract.ts';
import type { CityCalendar } from './city-calendar.ts';

const hourMs = 3_600_000;

/** So much time, as a limit says it. */
export interface Span {
  readonly value: number;
  readonly unit: TimerUnit;
}

/** Milliseconds of its unit's time in a span: of a clock for hours, of working time for the others. A working day is as long as the calendar's. At least one. */
export function spanMs({ value, unit }: Span, calendar: CityCalendar): number {
  return Math.max(1, Math.round(value * (unit === 'working-days' ? calendar.workingDayMs : hourMs)));
}

/** The instant after (or before, when negative) so much time of a unit. For the working units it lies in working time. */
export function moveInstant(at: EpochMs, ms: number, unit: TimerUnit, calendar: CityCalendar): EpochMs {
  return unit === 'hours' ? at + ms : calendar.addWorking(at, ms);
}

/** Time of a unit from one instant to another; negative when `to` is the earlier one. */
export function measure(from: EpochMs, to: EpochMs, unit: TimerUnit, calendar: CityCalendar): number {
  if (unit === 'hours') return to - from;
  return to >= from ? calendar.workingMs(from, to) : -calendar.workingMs(to, from);
}
