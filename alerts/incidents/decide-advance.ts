import { problem } from '../../main/contract/errors.ts';
import { err, ok } from '../../main/contract/result.ts';
import type { Disposition, Incident, IncidentEventName } from '../incident-contract.ts';
import { extendTimer } from '../timers/extend-timer.ts';
import { pauseTimer, resumeTimer } from '../timers/hold-timer.ts';
import type { Span } from '../timers/move-instant.ts';
import { refuseEvent, type Decision, type DecisionContext } from './decision-context.ts';
import { incidentTransition, wantsReason } from './incident-machine.ts';
import { moveDraft } from './move-draft.ts';

/** What `incident.advance` can ask for; the other events come from tasks and merges. */
export type DeskEvent = Exclude<
  IncidentEventName,
  'dispatch' | 'unit-acknowledged' | 'unit-en-route' | 'unit-on-scene' | 'merge' | 'unmerge'
>;

export interface AdvanceArgs {
  readonly event: DeskEvent;
  readonly reason?: string | undefined;
  readonly disposition?: Disposition | undefined;
  readonly extendBy?: Span | undefined;
  readonly timerId?: string | undefined;
  /** Tasks of it, and of what went into it, that are not over. */
  readonly openTasks: number;
}

/** No limit is granted further ahead than this: five years. What lies beyond is a mistake, and reckoning working days that far costs everybody. */
const aheadAtMostMs = 5 * 366 * 86_400_000;

/** What leaves nobody in charge of units that are still out. */
const leavesTasks: ReadonlySet<IncidentEventName> = new Set(['close', 'void', 'transfer', 'reject', 'returned']);

/**
 * A desk moves an incident on. What would leave it as it is answers no entries.
 * @returns `incident-event-illegal` with state and event; `reason-required`; `incident-tasks-open` with their count; `field-invalid` for an extension beyond five years
 */
export function decideAdvance(incident: Incident, args: AdvanceArgs, context: DecisionContext): Decision {
  const { event, reason, openTasks } = args;
  const target = incidentTransition(incident.state, incident.suspended !== null, event);
  if (target === null || target === 'back') return refuseEvent(incident, event);
  if (wantsReason.has(event) && reason === undefined) return err(problem('reason-required', { event }));
  if (leavesTasks.has(event) && openTasks > 0) return err(problem('incident-tasks-open', { count: openTasks }));
  const { now, calendar } = context;
  switch (event) {
    case 'suspend':
      return moves(incident, { event, reason, timers: incident.timers.map((timer) => pauseTimer(timer, now)) }, context);
    case 'resume':
      return moves(incident, { event, reason, timers: incident.timers.map((timer) => resumeTimer(timer, now, calendar)) }, context);
    case 'extend':
      return extend(incident, args, context);
    default:
      break;
  }
  if (target === 'stay') return ok([]);
  const move = { event, to: target, reason, disposition: dispositionOf(incident, args) };
  // Whoever hands over what is suspended leaves no limit that stands still for ever.
  const timers = incident.suspended === null ? {} : { timers: incident.timers.map((timer) => resumeTimer(timer, now, calendar)) };
  return ok([moveDraft(incident, { ...move, ...timers }, context)]);
}

function dispositionOf(incident: Incident, { event, disposition }: AdvanceArgs): Disposition | null {
  if (event === 'close') return disposition ?? incident.disposition ?? 'handled';
  if (event === 'transfer') return disposition ?? 'handed-over';
  if (event === 'reject') return disposition ?? 'unfounded';
  if (event === 'void') return disposition ?? 'cancelled';
  return event === 'resolve' ? (disposition ?? null) : null;
}

function moves(incident: Incident, move: Omit<Parameters<typeof moveDraft>[1], 'to'>, context: DecisionContext): Decision {
  return ok([moveDraft(incident, { ...move, to: incident.state }, context)]);
}

/** The limits of handling and closing get longer, or the one that was named. */
function extend(incident: Incident, { reason, extendBy, timerId }: AdvanceArgs, context: DecisionContext): Decision {
  const { now, calendar } = context;
  if (extendBy === undefined) return err(problem('field-missing', { field: 'extendBy' }));
  const meant = (timer: Incident['timers'][number]): boolean =>
    timer.metAt === null && (timerId === undefined ? timer.until === 'resolved' || timer.until === 'closed' : timer.id === timerId);
  if (!incident.timers.some(meant)) return refuseEvent(incident, 'extend', { timer: timerId ?? null });
  const timers = incident.timers.map((timer) => (meant(timer) ? extendTimer(timer, extendBy, now, calendar) : timer));
  // From when it is, not from when it was due: the limit of one that is long overdue ends, too.
  if (timers.some((timer) => meant(timer) && timer.dueAt > now + aheadAtMostMs))
    return err(problem('field-invalid', { field: 'extendBy' }));
  return moves(incident, { event: 'extend', reason, extendBy, timers }, context);
}
