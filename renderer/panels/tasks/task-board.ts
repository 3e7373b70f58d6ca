import type { Incident, IncidentLevel, Task, Unit, UnitState } from '../../../alerts/incident-contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

/** What of each the panel asks for. */
export const taskFields = ['incident', 'unit', 'title', 'state', 'place', 'dueAt', 'history', 'simulated', 'drill'] as const;
export const unitFields = ['number', 'name', 'state', 'stateAt', 'task', 'queued', 'drill'] as const;
export const taskIncidentFields = ['number', 'level'] as const;
export type ShownTask = Pick<Task, 'id' | (typeof taskFields)[number]>;
export type ShownUnit = Pick<Unit, 'id' | (typeof unitFields)[number]>;
export type TaskIncident = Pick<Incident, 'id' | (typeof taskIncidentFields)[number]>;

export type RunningState = 'sent' | 'accepted' | 'enRoute' | 'onScene';

export interface TaskRow {
  readonly id: string;
  /** Null where the unit is not to be seen from here. */
  readonly unit: { readonly number: string; readonly name: string; readonly queued: number } | null;
  readonly state: RunningState;
  /** In this state. */
  readonly since: EpochMs;
  readonly title: string;
  readonly where: string | null;
  readonly incident: { readonly number: string; readonly level: IncidentLevel } | null;
  readonly dueAt: EpochMs | null;
  readonly late: boolean;
  readonly simulated: boolean;
  readonly drill: boolean;
}

export interface TaskBoard {
  readonly rows: readonly TaskRow[];
  /** Units that could be sent, and those that could not although they have no task. */
  readonly available: number;
  readonly away: number;
}

/** In the order in which somebody has to look at them: who has not answered first. */
export const runningStates: readonly RunningState[] = ['sent', 'accepted', 'enRoute', 'onScene'];
const isRunning = (state: Task['state']): state is RunningState => (runningStates as readonly string[]).includes(state);
const couldGo: ReadonlySet<UnitState> = new Set(['available', 'staging', 'returning', 'delayed']);

/** What the board shows at this time: what units do now, one row a task; what waits behind it is counted. Drills come after what is real. */
export function taskBoard(
  tasks: Iterable<ShownTask>,
  units: ReadonlyMap<string, ShownUnit>,
  incidents: ReadonlyMap<string, TaskIncident>,
  now: EpochMs,
): TaskBoard {
  const rows: TaskRow[] = [];
  for (const task of tasks) {
    if (!isRunning(task.state)) continue;
    const unit = units.get(task.unit);
    // Behind another one: its unit has not begun with it.
    if (unit?.queued.includes(task.id)) continue;
    const incident = incidents.get(task.incident);
    rows.push({
      id: task.id,
      unit: unit ? { number: unit.number, name: unit.name, queued: unit.queued.length } : null,
      state: task.state,
      since: task.history.findLast(({ state }) => state === task.state)?.at ?? unit?.stateAt ?? now,
      title: task.title,
      where: task.place.text,
      incident: incident ? { number: incident.number, level: incident.level } : null,
      dueAt: task.dueAt,
      late: task.dueAt !== null && task.dueAt < now,
      simulated: task.simulated,
      drill: task.drill,
    });
  }
  rows.sort(
    (a, b) =>
      Number(a.drill) - Number(b.drill) ||
      Number(b.late) - Number(a.late) ||
      runningStates.indexOf(a.state) - runningStates.indexOf(b.state) ||
      a.since - b.since ||
      (a.id < b.id ? -1 : 1),
  );
  const idle = [...units.values()].filter(({ task, drill }) => task === null && !drill);
  const available = idle.filter(({ state }) => couldGo.has(state)).length;
  return { rows, available, away: idle.length - available };
}
