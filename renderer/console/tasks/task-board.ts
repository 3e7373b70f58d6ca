import type { Task, TaskState, Unit } from '../../../alerts/incident-contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

/** The columns of the board: what still runs, in the order of its way. */
export const taskColumns = ['sent', 'accepted', 'enRoute', 'onScene', 'over'] as const;
export type TaskColumn = (typeof taskColumns)[number];

const ends: ReadonlySet<TaskState> = new Set<TaskState>(['done', 'refused', 'cancelled']);

/** True when a unit has nothing to do for it any more. */
export const isTaskOver = (state: TaskState): boolean => ends.has(state);

/** So long a task that is over stays on the board, in milliseconds. */
export const overStaysMs = 3_600_000;

/** When a task got where it is. */
export function taskSince({ history, state }: Pick<Task, 'history' | 'state'>): EpochMs | null {
  return history.find((row) => row.state === state)?.at ?? history.at(-1)?.at ?? null;
}

/** When it was sent. */
export const taskSentAt = ({ history }: Pick<Task, 'history'>): EpochMs => history[0]?.at ?? 0;

export interface TaskFilter {
  readonly text: string;
  /** Words of a task that the text is looked for in, beside its own. */
  readonly wordsOf: (task: Task) => string;
}

function fits(task: Task, { text, wordsOf }: TaskFilter): boolean {
  const wanted = text.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return true;
  const said = `${task.title}\n${task.text ?? ''}\n${task.place.text ?? ''}\n${wordsOf(task)}`.normalize('NFKC').toLowerCase();
  return wanted.every((word) => said.includes(word));
}

/** The tasks by state: the longest waiting first, of those that are over the latest first and none older than an hour. */
export function tasksByState(tasks: Iterable<Task>, filter: TaskFilter, now: EpochMs): Record<TaskColumn, Task[]> {
  const columns: Record<TaskColumn, Task[]> = { sent: [], accepted: [], enRoute: [], onScene: [], over: [] };
  for (const task of tasks) {
    if (!fits(task, filter)) continue;
    const column = isTaskOver(task.state) ? 'over' : (task.state as Exclude<TaskState, 'done' | 'refused' | 'cancelled'>);
    if (column === 'over' && now - (taskSince(task) ?? 0) > overStaysMs) continue;
    columns[column].push(task);
  }
  for (const column of taskColumns)
    columns[column].sort((one, other) => (taskSince(one) ?? 0) - (taskSince(other) ?? 0) || byId(one, other));
  columns.over.reverse();
  return columns;
}

/** A unit with what it has to do. */
export interface UnitTasks {
  readonly unit: Unit;
  readonly active: Task | null;
  readonly waiting: readonly Task[];
}

/** Units with tasks, then those without; each by number. With a text only those that it is found in, or in whose tasks. */
export function tasksByUnit(units: Iterable<Unit>, task: (id: string) => Task | undefined, filter: TaskFilter): UnitTasks[] {
  const wanted = filter.text.normalize('NFKC').toLowerCase().trim();
  const rows = [...units].map((unit) => ({
    unit,
    active: unit.task === null ? null : (task(unit.task) ?? null),
    waiting: unit.queued.flatMap((id) => task(id) ?? []),
  }));
  const hit = ({ unit, active, waiting }: UnitTasks) =>
    wanted === '' ||
    `${unit.number}\n${unit.name}\n${unit.department}`.normalize('NFKC').toLowerCase().includes(wanted) ||
    [...(active ? [active] : []), ...waiting].some((one) => fits(one, filter));
  return rows
    .filter(hit)
    .sort(
      (one, other) =>
        Number(other.unit.task !== null) - Number(one.unit.task !== null) ||
        one.unit.number.localeCompare(other.unit.number, 'zh-CN', { numeric: true }),
    );
}

const byId = (one: Task, other: Task) => (one.id < other.id ? -1 : 1);
