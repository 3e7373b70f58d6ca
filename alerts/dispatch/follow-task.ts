import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident, Task, Unit } from '../incident-contract.ts';
import { decideTask } from '../incidents/decide-task.ts';
import { handlingIncident } from '../incidents/handling-incident.ts';
import { hasReached } from '../incidents/incident-machine.ts';
import { isOver, reportTask, type TaskReport } from '../tasks/task-machine.ts';
import { moveUnit } from '../units/unit-machine.ts';
import type { DispatchContext } from './dispatch-context.ts';
import type { DispatchStep } from './dispatch-step.ts';

type Source = Task['history'][number]['source'];

/**
 * Does what a task's report brings: the task moves, its unit with it, the next of the unit's queue follows, and the log of its incident says so. Refusals are those of
 * `reportTask`, and `task-unknown`.
 */
export function followTask(
  step: DispatchStep,
  context: Pick<DispatchContext, 'calendar' | 'limitsOf'>,
  taskId: string,
  report: TaskReport,
  source: Source,
  note?: () => void,
): Result<Task, Problem> {
  const task = step.get('tasks', taskId);
  const unit = task && step.get('units', task.unit);
  if (task === undefined || unit === undefined) return err(problem('task-unknown', { taskId }));
  const { now, by } = step.writer;
  const told = reportTask(task, report, { now, by, source, active: unit.task === task.id });
  if (!told.ok) return told;
  const { task: after, changed } = told.value;
  if (changed === null) return ok(task);
  step.put('tasks', after);
  if (note !== undefined) step.also(note);
  const moved = changed === 'state' ? withTask(unit, after, source, now) : ok(unit);
  if (!moved.ok) return moved;
  if (moved.value !== unit) step.put('units', moved.value);
  const written = tellIncident(step, context, after, unit, report, source);
  if (!written.ok) return written;
  const next = moved.value.task;
  if (next === null || next === unit.task) return ok(after);
  // What waited behind it is the unit's task from now on, and its incident hears of it.
  const waited = step.get('tasks', next);
  const begun = waited && tellIncident(step, context, waited, moved.value, nothingSaid, 'desk');
  return begun?.ok === false ? begun : ok(after);
}

/** A report without words, position or photo. */
export const nothingSaid = { text: null, lat: null, lon: null, photo: null };

/** How a unit moves along with its task. */
function withTask(unit: Unit, task: Task, source: Source, now: number): Result<Unit, Problem> {
  if (isOver(task.state)) return moveUnit(unit, { kind: 'release', task: task.id }, now);
  if (task.state !== 'enRoute' && task.state !== 'onScene') return ok(unit);
  return moveUnit(unit, { kind: 'follow', task: task.id, state: task.state, by: source }, now);
}

/** Writes into the log what a task says, and what that does to its incident. What went into another is told there. */
export function tellIncident(
  step: DispatchStep,
  context: Pick<DispatchContext, 'calendar' | 'limitsOf'>,
  task: Task,
  unit: Unit,
  report: Omit<TaskReport, 'state'>,
  source: Source,
  at = step.writer.now,
): Result<Incident, Problem> {
  const own = step.incident(task.incident);
  if (own === undefined) return err(problem('incident-unknown', { incidentId: task.incident }));
  const incident = handlingIncident(own, (id) => step.incident(id));
  const { text, lat, lon, photo } = report;
  const body = {
    taskId: task.id,
    unitId: unit.id,
    unitName: unit.name,
    title: task.title,
    state: task.state,
    queued: unit.queued.includes(task.id),
    source,
    text,
    lat,
    lon,
    photo,
  };
  const all = tasksOfFamily(step, incident).map(({ state, history }) => ({ state, sentAt: history[0]!.at }));
  const { by } = step.writer;
  const { calendar, limitsOf } = context;
  const decided = decideTask(incident, { task: body, all }, { now: at, by, userId: null, calendar, ...(limitsOf && { limitsOf }) });
  return decided.ok ? ok(step.write(incident, decided.value)) : decided;
}

/**
 * Tells an incident that came back what its units have said since it went into another: it was told there. Each at its time; what it knows already moves nothing.
 */
export function tellMissed(
  step: DispatchStep,
  context: Pick<DispatchContext, 'calendar' | 'limitsOf'>,
  incidentId: Incident['id'],
  since: EpochMs,
): Result<void, Problem> {
  const incident = step.incident(incidentId);
  for (const task of incident === undefined ? [] : tasksOfFamily(step, incident)) {
    const unit = step.get('units', task.unit);
    if (unit === undefined) continue;
    const missed = task.history.filter(({ at, state }) => at >= since && state !== 'sent');
    for (const said of missed) {
      const told = tellIncident(step, context, { ...task, state: said.state }, unit, said, said.source, said.at);
      if (!told.ok) return told;
    }
    // What waited behind another when it went may be what its unit does now.
    const waited = unit.task === task.id && !hasReached(step.incident(incidentId)!.state, 'dispatched');
    const begun = waited ? tellIncident(step, context, task, unit, nothingSaid, 'desk') : ok(null);
    if (!begun.ok && begun.error.code !== 'incident-event-illegal') return begun;
  }
  return ok(undefined);
}

/** The tasks of an incident and of all that went into it. */
export function tasksOfFamily(step: Pick<DispatchStep, 'incident' | 'all'>, incident: Incident): Task[] {
  const family = new Set<string>([incident.id]);
  const waiting = [...incident.children];
  for (let child = waiting.pop(); child !== undefined; child = waiting.pop()) {
    if (family.has(child)) continue;
    family.add(child);
    waiting.push(...(step.incident(child)?.children ?? []));
  }
  return [...step.all('tasks')].filter(({ incident: id }) => family.has(id));
}
