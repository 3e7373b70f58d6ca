import { err, type Result } from '../../main/contract/result.ts';
import { problem, type ErrorParams, type Problem } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident, IncidentLevel } from '../incident-contract.ts';
import type { CityCalendar } from '../timers/city-calendar.ts';
import type { IncidentEntryDraft } from './incident-body.ts';
import type { TimeLimit } from './incident-type.ts';
import { incidentTypeOf } from './incident-types.ts';
import type { Course } from './time-limits.ts';

/** What every decision is told of the moment that it is made in. */
export interface DecisionContext {
  readonly now: EpochMs;
  /** Who decides, as people call them. */
  readonly by: string;
  /** null: no person. */
  readonly userId: string | null;
  readonly calendar: CityCalendar;
  /** Limits of this city for a type that has its own; null: those of the table. */
  limitsOf?(type: string, level: IncidentLevel): readonly TimeLimit[] | null;
}

/** The entries to be written, or why not. A decision changes nothing by itself. */
export type Decision = Result<IncidentEntryDraft[], Problem>;

/** The limits of a type and level: the city's own, or those of the table. */
export function limitsFor(type: string, level: IncidentLevel, context: DecisionContext): readonly TimeLimit[] {
  return context.limitsOf?.(type, level) ?? incidentTypeOf(type)?.limits(level) ?? [];
}

/** What the limits of an incident depend on, with what is about to change. */
export function courseOf(incident: Incident, changed: Partial<Course> = {}): Course {
  const { state, timers, plan, reports, suspended } = incident;
  return { state, timers, plan, reports, suspended: suspended !== null, ...changed };
}

/** The refusal of something that is over. */
export function refuseOver({ number, state }: Incident): Result<never, Problem> {
  return err(problem('incident-closed', { number, state }));
}

/** The refusal of an event that cannot happen where the incident is. */
export function refuseEvent({ state, suspended }: Incident, event: string, more: ErrorParams = {}): Result<never, Problem> {
  return err(problem('incident-event-illegal', { state, event, suspended: suspended !== null, ...more }));
}
