import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident } from '../incident-contract.ts';
import type { CityCalendar } from '../timers/city-calendar.ts';
import { nextWarningAt, warningsDue } from '../timers/warnings.ts';
import type { IncidentEntryDraft } from './incident-body.ts';
import { isOver } from './incident-machine.ts';

/**
 * What time does to an incident: an entry for each limit of which a further part is used up. Whatever was missed while nobody looked is told in one, to whoever the
 * largest part concerns. Stored instants alone decide, so asking again, after a restart or with a clock that was set back, tells nothing twice.
 */
export function dueTimers(incident: Incident, now: EpochMs, calendar: CityCalendar): IncidentEntryDraft[] {
  if (isOver(incident.state)) return [];
  return incident.timers.flatMap((timer): IncidentEntryDraft[] => {
    const due = warningsDue(timer, now, calendar);
    const last = due.at(-1);
    if (last === undefined) return [];
    const percents = due.map(({ percent }) => percent);
    return [{ kind: 'timer', at: now, corrects: null, body: { timerId: timer.id, percents, tell: last.tell, dueAt: timer.dueAt } }];
  });
}

/** When it is worth looking again; null: nothing will be due. */
export function nextTimerAt(incident: Incident, calendar: CityCalendar): EpochMs | null {
  if (isOver(incident.state)) return null;
  const next = incident.timers.map((timer) => nextWarningAt(timer, calendar)).filter((at) => at !== null);
  return next.length === 0 ? null : Math.min(...next);
}
