import type { CommandContext } from '../../main/contract/define-command.ts';
import type { Handlers } from '../../main/contract/catalog.ts';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { IncidentId } from '../../main/contract/ids.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { Principal } from '../../main/contract/principal.ts';
import { covers } from '../../main/contract/scope.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import { placeClaim, type Alert } from '../contract.ts';
import type { Incident } from '../incident-contract.ts';
import { decideAdvance } from '../incidents/decide-advance.ts';
import { decideEdit } from '../incidents/decide-edit.ts';
import { decideMerge, decideUnmerge, type PairOfDrafts } from '../incidents/decide-merge.ts';
import { decideNote } from '../incidents/decide-note.ts';
import { decideReport } from '../incidents/decide-report.ts';
import { decideStep } from '../incidents/decide-step.ts';
import type { Decision, DecisionContext } from '../incidents/decision-context.ts';
import { callerKey, dialled } from '../incidents/caller-number.ts';
import { duplicatesOf, type DuplicateOf } from '../incidents/duplicates.ts';
import { handlingIncident } from '../incidents/handling-incident.ts';
import type { IncidentEntry } from '../incidents/incident-body.ts';
import { isOver as isIncidentOver } from '../incidents/incident-machine.ts';
import { logProblem } from '../incidents/log-room.ts';
import { actionsAtMost } from '../incidents/situation-report.ts';
import { isOver } from '../tasks/task-machine.ts';
import { askedIncident, decisionOf, outcomeOf, revisionConflict, stepOf, type DispatchContext } from './dispatch-context.ts';
import type { DispatchStep } from './dispatch-step.ts';
import { tasksOfFamily, tellMissed } from './follow-task.ts';

type IncidentCommand =
  | 'incident.open'
  | 'incident.advance'
  | 'incident.edit'
  | 'incident.note'
  | 'incident.step'
  | 'incident.merge'
  | 'incident.unmerge'
  | 'incident.log'
  | 'incident.report'
  | 'incident.caller'
  | 'incident.watch';

/** So many incidents are worked on at once, those that were closed within a day included. */
export const incidentsAtMost = 5000;

const isSamePlace = (one: Incident['place'], other: Incident['place']): boolean =>
  one.lat === other.lat && one.lon === other.lon && one.datum === other.datum && one.district === other.district && one.text === other.text;

/** The handlers of incidents. */
export function incidentHandlers(context: DispatchContext): Handlers<IncidentCommand> {
  const { ledger, records, watches } = context;

  /** Does to an incident what was decided of it. */
  const change = (
    step: DispatchStep,
    asked: CommandContext,
    args: { readonly incidentId: string; readonly baseRevision?: number | undefined },
    decide: (incident: Incident, decision: DecisionContext) => Decision,
  ): Result<Incident, Problem> => {
    const found = askedIncident(step, args.incidentId, asked.principal);
    if (!found.ok) return found;
    const conflict = revisionConflict(records, args.baseRevision, found.value);
    if (conflict !== null) return err(conflict);
    const decided = decide(found.value, decisionOf(context, asked));
    if (!decided.ok) return decided;
    const full = logProblem(found.value, decided.value);
    return full === null ? ok(step.write(found.value, decided.value)) : err(full);
  };

  /** Does what concerns two of them, or neither. */
  const changeBoth = (
    asked: CommandContext,
    childId: string,
    parentOf: (child: Incident) => string | null,
    decide: (child: Incident, parent: Incident, decision: DecisionContext, step: DispatchStep) => Result<PairOfDrafts, Problem>,
  ) => {
    const step = stepOf(context, asked);
    const child = askedIncident(step, childId, asked.principal);
    if (!child.ok) return child;
    const parentId = parentOf(child.value);
    if (parentId === null) return err(problem('incident-event-illegal', { state: child.value.state, event: 'unmerge', suspended: false }));
    const parent = askedIncident(step, parentId, asked.principal);
    if (!parent.ok) return parent;
    const decided = decide(child.value, parent.value, decisionOf(context, asked), step);
    if (!decided.ok) return decided;
    const full = logProblem(child.value, decided.value.child) ?? logProblem(parent.value, decided.value.parent);
    if (full !== null) return err(full);
    step.write(child.value, decided.value.child);
    step.write(parent.value, decided.value.parent);
    const told = child.value.merged === null ? ok(undefined) : tellMissed(step, context, child.value.id, child.value.merged.at);
    return told.ok ? ok(outcomeOf(step, {})) : told;
  };

  const openTasks = (step: DispatchStep, incident: Incident): number => {
    return tasksOfFamily(step, incident).filter(({ state }) => !isOver(state)).length;
  };

  /** What it may be another record of, as far as whoever asks may see it. Callers are compared, and not told. */
  const duplicatesFor = (
    step: DispatchStep,
    { id, type, place, title, report: { text }, drill, simulated }: Incident,
    alerts: readonly Alert[],
    phone: string | null,
    { scope }: Principal,
    now: EpochMs,
  ): DuplicateOf[] => {
    const others = ([...ledger.all('incidents')] as Incident[]).filter((other) => covers(scope, [placeClaim(other.place)]));
    const caller = phone === null ? '' : dialled(phone);
    const assets = alerts.map(({ subject }) => subject.id);
    return duplicatesOf({ id, type, place, title, text, drill, simulated, assets }, others, now, {
      assetsOf: (other) => other.alerts.flatMap((alertId) => step.get('alerts', alertId)?.subject.id ?? []),
      sameCaller: (other) => caller !== '' && dialled(ledger.secret(callerKey(other.id)) ?? '') === caller,
    });
  };

  return {
    'incident.open': ({ report: { phone, ...report }, alertIds, cameraIds, ...args }, asked) => {
      const { principal, now } = asked;
      if (principal === null) return err(problem('login-required'));
      if (ledger.size('incidents') >= incidentsAtMost) return err(problem('too-many-requests', { limit: incidentsAtMost }));
      const step = stepOf(context, asked);
      const alerts: Alert[] = [];
      for (const alertId of new Set(alertIds)) {
        const alert = step.get('alerts', alertId);
        if (alert === undefined) return err(problem('alert-unknown', { alertId }));
        const own = alert.incident === null ? undefined : step.incident(alert.incident);
        const taken = own && handlingIncident(own, (other) => step.incident(other));
        // Somebody else was faster: he sees whose it is, and joins, if it lies where he may look.
        if (taken !== undefined && !isIncidentOver(taken.state)) {
          if (!covers(principal.scope, [placeClaim(taken.place)])) return err(problem('out-of-scope'));
          return err(problem('alert-has-incident', { alertId, incidentId: taken.id, number: taken.number, by: taken.owner?.name ?? null }));
        }
        alerts.push(alert);
      }
      const id = context.newId() as IncidentId;
      const cameras = [...cameraIds, ...(context.camerasNear?.(args.place) ?? [])];
      const simulated = context.demo === true && alerts.length === 0;
      const made = step.open(id, { ...args, report, alerts, cameras, simulated, own: true }, decisionOf(context, asked));
      if (!made.ok) return made;
      const incident = made.value;
      for (const alert of alerts) step.put('alerts', { ...alert, incident: id });
      const duplicates = duplicatesFor(step, incident, alerts, phone, principal, now);
      const secrets = phone === null || phone === '' ? [] : [{ key: callerKey(id), value: phone }];
      return ok(outcomeOf(step, { incidentId: id, number: incident.number, duplicates }, { secrets }));
    },

    'incident.advance': (args, asked) => {
      const step = stepOf(context, asked);
      const changed = change(step, asked, args, (incident, decision) =>
        decideAdvance(incident, { ...args, openTasks: openTasks(step, incident) }, decision),
      );
      if (!changed.ok) return changed;
      return ok(outcomeOf(step, { state: changed.value.state, revision: changed.value.revision }));
    },

    'incident.edit': (args, asked) => {
      const step = stepOf(context, asked);
      const changed = change(step, asked, args, (incident, decision) => decideEdit(incident, args, decision));
      if (!changed.ok) return changed;
      // Whoever is on the way must not go to where it was said to be first.
      const { place } = changed.value;
      const before = ledger.get('incidents', args.incidentId) as Incident | undefined;
      const hasMoved = before !== undefined && !isSamePlace(before.place, place);
      // Those of what went into it, too: their own incident is over, and nobody could tell them there.
      for (const task of hasMoved ? tasksOfFamily(step, changed.value) : [])
        if (!isOver(task.state)) step.put('tasks', { ...task, place, revision: task.revision + 1 });
      return ok(outcomeOf(step, { revision: changed.value.revision }));
    },

    'incident.note': (args, asked) => {
      const step = stepOf(context, asked);
      const changed = change(step, asked, args, (incident, decision) => decideNote(incident, args, decision));
      return changed.ok ? ok(outcomeOf(step, { seq: changed.value.lastSeq })) : changed;
    },

    'incident.step': (args, asked) => {
      const step = stepOf(context, asked);
      const changed = change(step, asked, args, (incident, decision) => decideStep(incident, args, decision));
      return changed.ok ? ok(outcomeOf(step, { revision: changed.value.revision })) : changed;
    },

    'incident.merge': ({ childId, parentId, reason }, asked) =>
      changeBoth(
        asked,
        childId,
        () => parentId,
        (child, parent, decision, step) => decideMerge(child, parent, { reason, openTasks: openTasks(step, child) }, decision),
      ),

    'incident.unmerge': ({ childId }, asked) => changeBoth(asked, childId, ({ parent }) => parent, decideUnmerge),

    'incident.log': ({ incidentId, after, limit }, asked) => {
      const found = askedIncident(stepOf(context, asked), incidentId, asked.principal);
      if (!found.ok) return found;
      const entries = records.read(incidentId, after, limit + 1);
      return ok({ result: { entries: entries.slice(0, limit), more: entries.length > limit } });
    },

    'incident.report': (args, asked) => {
      const step = stepOf(context, asked);
      const changed = change(step, asked, args, (incident, decision) =>
        decideReport(incident, records.readForReport(incident.id, actionsAtMost) as Iterable<IncidentEntry>, args, decision),
      );
      if (!changed.ok) return changed;
      const entry = step.lastEntry;
      if (entry?.kind !== 'report') throw new TypeError('a situation report wrote no report');
      const { number, text, cites } = entry.body as { number: number; text: { zh: string; en: string }; cites: number[] };
      return ok(outcomeOf(step, { number, text, cites }));
    },

    'incident.caller': ({ incidentId }, asked) => {
      const found = askedIncident(stepOf(context, asked), incidentId, asked.principal);
      return found.ok ? ok({ result: { phone: ledger.secret(callerKey(incidentId)) ?? null } }) : found;
    },

    'incident.watch': ({ incidentId, open }, { principal, now }) => {
      if (principal === null) return err(problem('login-required'));
      // Nobody works on one that left the collection.
      if (ledger.get('incidents', incidentId) === undefined) return err(problem('incident-unknown', { incidentId }));
      watches.watch(incidentId, { session: principal.sessionId, name: principal.name }, open, now);
      return ok({ result: {} });
    },
  };
}
