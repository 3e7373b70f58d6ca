import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { Incident } from '../incident-contract.ts';
import { refuseEvent, refuseOver, type DecisionContext } from './decision-context.ts';
import type { IncidentEntryDraft } from './incident-body.ts';
import { courseBefore, courseNow, followChild } from './follow-child.ts';
import { incidentTransition, isOver } from './incident-machine.ts';

/** Entries of two incidents, which belong into one transaction. */
export interface PairOfDrafts {
  readonly child: IncidentEntryDraft[];
  readonly parent: IncidentEntryDraft[];
}

const childrenAtMost = 200;
const alertsAtMost = 500;
const camerasAtMost = 16;

/**
 * Two records of one matter: the child keeps its number and all it has, and points to its parent; the parent sees the child's alerts and cameras too. What nobody
 * has worked on yet is a duplicate, else it is merged. Its tasks stay its own and move the parent from now on, which is at once as far as the units that are out.
 * @returns `incident-drill-mixed` for a drill or a simulation with a real one; `incident-closed` when the parent is over; `incident-event-illegal`, also when the parent
 * is suspended and the child has units out: nobody waits for what is being worked on
 */
export function decideMerge(
  child: Incident,
  parent: Incident,
  { reason, openTasks }: { readonly reason: string; readonly openTasks: number },
  context: DecisionContext,
): Result<PairOfDrafts, Problem> {
  if (child.drill !== parent.drill || child.simulated !== parent.simulated) return err(problem('incident-drill-mixed'));
  const to = incidentTransition(child.state, child.suspended !== null, 'merge');
  if ((to !== 'duplicate' && to !== 'merged') || child.id === parent.id) return refuseEvent(child, 'merge');
  if (isOver(parent.state)) return refuseOver(parent);
  if (parent.children.length >= childrenAtMost || (parent.suspended !== null && openTasks > 0)) return refuseEvent(parent, 'merge');
  const fresh = child.alerts.filter((id) => !parent.alerts.includes(id));
  const alerts = fresh.slice(0, Math.max(0, alertsAtMost - parent.alerts.length));
  const cameras = child.cameras.filter((id) => !parent.cameras.includes(id)).slice(0, Math.max(0, camerasAtMost - parent.cameras.length));
  // Those that both have are counted once.
  const alertCount = Math.max(0, child.alertCount - (child.alerts.length - fresh.length));
  const taken = { alerts, alertCount, cameras };
  const made = openTasks > 0 ? followChild(parent, child, context) : null;
  const course = made && { was: courseNow(parent), made };
  const { now } = context;
  return ok({
    child: [{ kind: 'merge', at: now, corrects: null, body: { did: 'went-into', parent: parent.id, to, reason, ...taken, course } }],
    parent: [{ kind: 'merge', at: now, corrects: null, body: { did: 'took-in', child: child.id, reason, ...taken, course: made } }],
  });
}

/**
 * The merge is taken back: the child is what it was, and the parent has lost what came with it and nothing else. It is as far as it was before, unless it was moved since.
 * @returns `incident-event-illegal` when it was never merged into this one; `incident-closed` when the parent is over
 */
export function decideUnmerge(child: Incident, parent: Incident, { now }: DecisionContext): Result<PairOfDrafts, Problem> {
  const { merged } = child;
  if (incidentTransition(child.state, child.suspended !== null, 'unmerge') === null || merged === null || child.parent !== parent.id)
    return refuseEvent(child, 'unmerge');
  if (isOver(parent.state)) return refuseOver(parent);
  const { alerts, alertCount, cameras } = merged;
  const course = merged.course ? courseBefore(parent, merged.course) : null;
  return ok({
    child: [{ kind: 'merge', at: now, corrects: null, body: { did: 'came-back', parent: parent.id } }],
    parent: [{ kind: 'merge', at: now, corrects: null, body: { did: 'gave-back', child: child.id, alerts, alertCount, cameras, course } }],
  });
}
