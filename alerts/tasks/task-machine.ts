import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Task, TaskState } from '../incident-contract.ts';

/** What is said of a task. */
export interface TaskReport {
  readonly state: 'accepted' | 'enRoute' | 'onScene' | 'done' | 'refused' | 'cancelled';
  readonly text: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
  /** The name of a photo that is kept. */
  readonly photo: string | null;
}

export interface TaskContext {
  readonly now: EpochMs;
  readonly by: string;
  readonly source: Task['history'][number]['source'];
  /** Whether it is its unit's active task; one that waits can be accepted or refused, not begun. */
  readonly active: boolean;
}

/** What became of it: `state` it moved on, `note` something was added, null nothing is new. */
export interface TaskStep {
  readonly task: Task;
  readonly changed: 'state' | 'note' | null;
}

/** So many rows at most say more than what moves it on: 64 have room. */
const notesAtMost = 56;

/** The way of a task, in order. A unit may skip a step: radio traffic gets lost. */
const way: readonly TaskState[] = ['sent', 'accepted', 'enRoute', 'onScene', 'done'];
/** From where each other end is reached. */
const refusedFrom: ReadonlySet<TaskState> = new Set<TaskState>(['sent', 'accepted', 'enRoute']);

/** States that a task does not leave. */
export const isOver = (state: TaskState): boolean => state === 'done' || state === 'refused' || state === 'cancelled';

/**
 * What becomes of a task. Saying it twice changes nothing, and neither does saying late what it has passed already; a text or photo that is new is kept.
 * Refusals: `task-event-illegal`, `unit-busy` for one that waits behind another, `reason-required` for a refusal without words, `too-many-requests` for too many notes.
 */
export function reportTask(task: Task, report: TaskReport, context: TaskContext): Result<TaskStep, Problem> {
  const { state, text, photo } = report;
  const illegal = () => err(problem('task-event-illegal', { taskId: task.id, state: task.state, event: state }));
  const moves = isNew(task.state, state);
  if (moves === null) return illegal();
  if (moves) {
    if ((state === 'refused' || state === 'cancelled') && text === null) return err(problem('reason-required', { event: state }));
    if (!context.active && state !== 'accepted' && state !== 'refused' && state !== 'cancelled')
      return err(problem('unit-busy', { unitId: task.unit, taskId: task.id }));
    return ok({ task: withRow({ ...task, state }, report, context), changed: 'state' });
  }
  const said = task.history.some((row) => row.state === state && row.text === text && (photo === null || row.photo === photo));
  if ((text === null && photo === null) || said) return ok({ task, changed: null });
  if (task.history.length >= notesAtMost) return err(problem('too-many-requests', { limit: notesAtMost }));
  return ok({ task: withRow(task, report, context), changed: 'note' });
}

/** True: it moves the task on. False: it is there, or was. Null: it cannot come from where it is. */
function isNew(now: TaskState, next: TaskReport['state']): boolean | null {
  if (now === next) return false;
  if (next === 'cancelled') return isOver(now) ? null : true;
  if (next === 'refused') return refusedFrom.has(now) ? true : null;
  if (now === 'refused' || now === 'cancelled') return null;
  return way.indexOf(next) > way.indexOf(now);
}

function withRow(task: Task, { state, text, lat, lon, photo }: TaskReport, { now, by, source }: TaskContext): Task {
  const row = { state, at: now, by, source, text, lat, lon, photo };
  return { ...task, history: [...task.history, row], revision: task.revision + 1 };
}
