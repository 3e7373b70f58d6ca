import type { Handlers } from '../../main/contract/catalog.ts';
import { problem } from '../../main/contract/errors.ts';
import type { TaskId, UnitId } from '../../main/contract/ids.ts';
import { err, ok } from '../../main/contract/result.ts';
import { claimsOf, covers } from '../../main/contract/scope.ts';
import { unitsCollection, type Incident, type Task, type Unit } from '../incident-contract.ts';
import { handlingIncident } from '../incidents/handling-incident.ts';
import { runCard } from '../incidents/run-card.ts';
import { logProblem, sendProblem } from '../incidents/log-room.ts';
import { isOver as isIncidentOver } from '../incidents/incident-machine.ts';
import { isOver } from '../tasks/task-machine.ts';
import { mixing } from '../units/mixing.ts';
import { recommend, type Recommendation } from '../units/recommend.ts';
import { moveUnit } from '../units/unit-machine.ts';
import { askedIncident, outcomeOf, revisionConflict, stepOf, type DispatchContext } from './dispatch-context.ts';
import type { DispatchStep } from './dispatch-step.ts';
import { followTask, nothingSaid, tasksOfFamily, tellIncident } from './follow-task.ts';

type TaskCommand = 'unit.upsert' | 'unit.status' | 'unit.recommend' | 'task.dispatch' | 'task.report' | 'task.mine' | 'task.cancel';

/** So many units a city has, and so many tasks one incident. */
export const unitsAtMost = 5000;
export const tasksAtMost = 200;

/** The handlers of units and tasks. */
export function taskHandlers(context: DispatchContext): Handlers<TaskCommand> {
  const { ledger, positions } = context;
  const unitsOf = (step: DispatchStep): Unit[] => [...step.all('units')].map((unit) => positions.placed(unit));

  /** What the tables and positions of this moment say of an incident's units. */
  const advise = (step: DispatchStep, incident: Incident, units: readonly Unit[], now: number, secondAlarm = false): Recommendation =>
    recommend({
      place: incident.place,
      drill: incident.drill,
      simulated: incident.simulated,
      wants: runCard(incident.type, incident.level, secondAlarm),
      units,
      sent: new Set(tasksOfFamily(step, incident).flatMap(({ state, unit }) => (isOver(state) ? [] : [unit]))),
      now,
    });

  return {
    'unit.upsert': (args, asked) => {
      const step = stepOf(context, asked);
      const known = [...step.all('units')].find(({ number }) => number === args.number);
      if (known === undefined) {
        if (ledger.size('units') >= unitsAtMost) return err(problem('too-many-requests', { limit: unitsAtMost }));
        const made: Unit = {
          ...args,
          id: context.newId() as UnitId,
          state: 'available',
          reason: null,
          backAt: null,
          stateAt: asked.now,
          stateBy: 'desk',
          task: null,
          queued: [],
          lastReleasedAt: null,
          position: null,
          revision: 0,
          simulated: context.demo === true,
        };
        step.put('units', made);
        return ok(outcomeOf(step, { unitId: made.id }));
      }
      // What it does now was decided of what it was.
      if (known.drill !== args.drill && known.task !== null)
        return err(problem('unit-busy', { unitId: known.id, taskId: known.task, queued: known.queued.length }));
      const same = (Object.keys(args) as (keyof typeof args)[]).every((key) => JSON.stringify(args[key]) === JSON.stringify(known[key]));
      if (!same) step.put('units', { ...known, ...args, revision: known.revision + 1 });
      return ok(outcomeOf(step, { unitId: known.id }));
    },

    'unit.status': ({ unitId, state, by, reason = null, backAt = null }, asked) => {
      const step = stepOf(context, asked);
      const unit = step.get('units', unitId);
      if (unit === undefined) return err(problem('unit-unknown', { unitId }));
      const moved = moveUnit(unit, { kind: 'status', state, by, reason, backAt }, asked.now);
      if (!moved.ok) return moved;
      if (moved.value !== unit) {
        step.put('units', moved.value);
        const task = unit.task === null ? undefined : step.get('tasks', unit.task);
        const own = task && step.incident(task.incident);
        const incident = own && handlingIncident(own, (id) => step.incident(id));
        const body = { unitId, unitName: unit.name, state, text: reason };
        const drafts = [{ kind: 'unit', at: asked.now, body, corrects: null } as const];
        // A full log keeps no unit from saying where it is.
        if (incident !== undefined && logProblem(incident, drafts) === null) step.write(incident, drafts);
      }
      return ok(outcomeOf(step, { revision: moved.value.revision }));
    },

    'unit.recommend': ({ incidentId, limit, secondAlarm }, asked) => {
      const step = stepOf(context, asked);
      const incident = askedIncident(step, incidentId, asked.principal);
      if (!incident.ok) return incident;
      const { scope } = asked.principal!;
      // Only of units that he may see.
      const units = unitsOf(step).filter((unit) => covers(scope, claimsOf(unitsCollection.scopeOf(unit, noLookup))));
      const { wants, ranked, excluded, gaps } = advise(step, incident.value, units, asked.now, secondAlarm);
      return ok({
        result: {
          at: asked.now,
          wants: wants.map(({ capability, count, short }) => ({ capability, count, short })),
          ranked: ranked.slice(0, limit),
          excluded: excluded.slice(0, excludedAtMost),
          gaps,
        },
      });
    },

    'task.dispatch': ({ incidentId, unitId, title, text, dueMinutes, queue, baseRevision }, asked) => {
      const step = stepOf(context, asked);
      const found = askedIncident(step, incidentId, asked.principal);
      if (!found.ok) return found;
      const incident = found.value;
      const conflict = revisionConflict(context.records, baseRevision, incident);
      if (conflict !== null) return err(conflict);
      if (isIncidentOver(incident.state)) return err(problem('incident-closed', { number: incident.number, state: incident.state }));
      const unit = step.get('units', unitId);
      if (unit === undefined) return err(problem('unit-unknown', { unitId }));
      if (mixing(unit, incident) !== null) return err(problem('incident-drill-mixed', { unitId }));
      const full = sendProblem(incident);
      if (full !== null) return err(full);
      if (step.tasksOf(incidentId).length >= tasksAtMost) return err(problem('too-many-requests', { limit: tasksAtMost }));
      const { now } = asked;
      const advice = advise(step, incident, unitsOf(step), now);
      const why = advice.ranked.find((one) => one.unitId === unitId) ?? advice.excluded.find((one) => one.unitId === unitId);

      const id = context.newId() as TaskId;
      const moved = moveUnit(unit, { kind: 'assign', task: id, queue }, now);
      if (!moved.ok) return moved;
      const queued = moved.value.task !== id;
      const task: Task = {
        id,
        incident: incident.id,
        unit: unitId,
        title,
        text: text ?? null,
        state: 'sent',
        place: incident.place,
        dueAt: dueMinutes === undefined ? null : now + dueMinutes * 60_000,
        chosenBecause: why?.reasons ?? [],
        history: [{ state: 'sent', at: now, by: step.writer.by, source: 'desk', text: null, lat: null, lon: null, photo: null }],
        revision: 0,
        simulated: incident.simulated,
        drill: incident.drill,
      };
      step.put('units', moved.value);
      step.put('tasks', task);
      const told = tellIncident(step, context, task, moved.value, nothingSaid, 'desk');
      if (!told.ok) return told;
      const link = context.fieldLink?.(unitId) ?? null;
      if (link !== null) step.also(() => link.store());
      return ok(outcomeOf(step, { taskId: id, queued, fieldLink: link?.url ?? null }));
    },

    'task.report': ({ taskId, state, text = null, lat = null, lon = null, photo }, asked) => {
      const step = stepOf(context, asked);
      const task = step.get('tasks', taskId);
      if (task === undefined) return err(problem('task-unknown', { taskId }));
      const { principal, now } = asked;
      // A unit speaks of its own tasks alone; somebody who is only a unit's crew and came without its link speaks of none.
      const isField = principal?.unit !== undefined;
      if (isField ? principal.unit !== task.unit : principal?.permissions.has('task.dispatch') !== true)
        return err(problem('out-of-scope'));
      const kept = photo === undefined ? null : context.photos.keep(photo, { taskId, incidentId: task.incident, unitId: task.unit }, now);
      if (kept?.ok === false) return kept;
      const report = { state, text, lat, lon, photo: kept?.value.name ?? null };
      const told = followTask(step, context, taskId, report, isField ? 'field' : 'desk', kept?.value.note);
      if (!told.ok) return told;
      const { value: after } = told;
      const result = { state: after.state, revision: after.revision };
      const place = lat === null || lon === null ? null : { lat, lon, at: now, by: step.writer.by.slice(0, 64) };
      return ok({
        ...outcomeOf(step, result),
        ...(place && { afterCommit: () => positions.set(task.unit, place, now) }),
      });
    },

    'task.mine': (_args, { principal }) => {
      const unit = principal?.unit === undefined ? undefined : (ledger.get('units', principal.unit) as Unit | undefined);
      if (unit === undefined) return err(problem('unit-unknown', { unitId: principal?.unit ?? null }));
      const tasks = [unit.task, ...unit.queued].flatMap((id) => (id === null ? [] : ((ledger.get('tasks', id) as Task | undefined) ?? [])));
      const { id, number, name, state } = unit;
      return ok({
        result: {
          unit: { id, number, name, state },
          tasks: tasks.flatMap((task) => {
            const incident = ledger.get('incidents', task.incident) as Incident | undefined;
            if (incident === undefined) return [];
            return [
              {
                ...task,
                incidentNumber: incident.number,
                incidentType: incident.type,
                incidentTitle: incident.title,
                level: incident.level,
              },
            ];
          }),
        },
      });
    },

    'task.cancel': ({ taskId, reason }, asked) => {
      const step = stepOf(context, asked);
      const report = { state: 'cancelled' as const, text: reason, lat: null, lon: null, photo: null };
      const told = followTask(step, context, taskId, report, 'desk');
      if (!told.ok) return told;
      return ok(outcomeOf(step, { revision: told.value.revision }));
    },
  };
}

/** The most units that an answer says why not of. */
const excludedAtMost = 500;
/** The scope of a unit is in the unit. */
const noLookup = {} as never;
