import type { EpochMs } from '../../main/contract/time.ts';
import type { CityCalendar } from './city-calendar.ts';
import { moveInstant, spanMs, type Span } from './move-instant.ts';

/** When something that began at `startedAt` is due. */
export function dueAt(startedAt: EpochMs, span: Span, calendar: CityCalendar): EpochMs {
  return moveInstant(startedAt, spanMs(span, calendar), span.unit, calendar);
}
