import type { Disposition, Incident, IncidentEventName, IncidentState, Timer } from '../incident-contract.ts';
import type { Span } from '../timers/move-instant.ts';
import { courseOf, limitsFor, type DecisionContext } from './decision-context.ts';
import type { IncidentEntryDraft } from './incident-body.ts';
import { instantOf } from './incident-machine.ts';
import { followLimits } from './time-limits.ts';

interface Move {
  readonly event: IncidentEventName;
  readonly to: IncidentState;
  readonly reason?: string | undefined;
  readonly disposition?: Disposition | null;
  readonly extendBy?: Span;
  readonly task?: Extract<IncidentEntryDraft, { kind: 'moved' }>['body']['task'];
  /** Where the event itself moves them: suspend, resume, extend. Else they follow the state. */
  readonly timers?: Timer[];
}

/** The entry of a move that may happen: with the instant that it writes, if it is the first to, and what becomes of the limits. */
export function moveDraft(incident: Incident, move: Move, context: DecisionContext): IncidentEntryDraft {
  const { event, to, reason, disposition = null, extendBy = null, task = null } = move;
  const { now, calendar } = context;
  const instant = instantOf[event];
  const timers =
    move.timers ?? followLimits(courseOf(incident, { state: to }), limitsFor(incident.type, incident.level, context), now, calendar);
  return {
    kind: 'moved',
    at: now,
    corrects: null,
    body: {
      event,
      from: incident.state,
      to,
      reason: reason ?? null,
      instants: instant !== undefined && incident.instants[instant] === null ? { [instant]: now } : {},
      timers: sameTimers(timers, incident.timers) ? null : timers,
      disposition,
      extendBy,
      task,
    },
  };
}

const sameTimers = (one: readonly Timer[], other: readonly Timer[]): boolean =>
  one.length === other.length && one.every((timer, index) => timer === other[index]);
