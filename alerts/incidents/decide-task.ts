import { ok } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident, IncidentEventName, TaskState } from '../incident-contract.ts';
import { refuseEvent, refuseOver, type Decision, type DecisionContext } from './decision-context.ts';
import type { IncidentBody, IncidentEntryDraft } from './incident-body.ts';
import { incidentTransition, isOver } from './incident-machine.ts';
import { moveDraft } from './move-draft.ts';

export interface TaskChange {
  /** The task as it is now. */
  readonly task: IncidentBody<'task'>;
  /** All tasks of the incident and of what went into it, this one included, as they are now. */
  readonly all: readonly { readonly state: TaskState; readonly sentAt: EpochMs }[];
}

const eventOf: Readonly<Record<TaskState, IncidentEventName | null>> = {
  sent: 'dispatch',
  accepted: 'unit-acknowledged',
  enRoute: 'unit-en-route',
  onScene: 'unit-on-scene',
  done: null,
  refused: null,
  cancelled: null,
};

const ended: ReadonlySet<TaskState> = new Set(['done', 'refused', 'cancelled']);

/**
 * What a task's change does to its incident: always an entry, and a move where it is the first to get so far. Once all that were sent in this round are over the
 * matter is handled if one of them was done, and comes back if none was. A task that waits behind another moves nothing until it is sent.
 * @param incident of a record that went into another, that other: `handlingIncident`
 * @returns for `sent`: `incident-closed`, `incident-event-illegal`; what units tell is refused by what is over alone
 */
export function decideTask(incident: Incident, { task, all }: TaskChange, context: DecisionContext): Decision {
  if (isOver(incident.state)) return refuseOver(incident);
  const event = task.queued ? null : (eventOf[task.state] ?? outcome(incident, task, all));
  const suspended = incident.suspended !== null;
  const target = event === null ? null : incidentTransition(incident.state, suspended, event);
  if (task.state === 'sent' && (task.queued ? incidentTransition(incident.state, suspended, 'dispatch') : target) === null)
    return refuseEvent(incident, 'dispatch');
  const drafts: IncidentEntryDraft[] = [{ kind: 'task', at: context.now, corrects: null, body: task }];
  if (event !== null && target !== null && target !== 'stay' && target !== 'back')
    drafts.push(moveDraft(incident, { event, to: target, task: task.taskId }, context));
  return ok(drafts);
}

/** What follows when a task is over, if it was the last. */
function outcome({ roundAt }: Incident, { state }: IncidentBody<'task'>, all: TaskChange['all']): 'resolve' | 'returned' | null {
  if (!ended.has(state)) return null;
  const round = all.filter(({ sentAt }) => sentAt >= roundAt);
  if (round.length === 0 || !round.every((one) => ended.has(one.state))) return null;
  return round.some((one) => one.state === 'done') ? 'resolve' : 'returned';
}
