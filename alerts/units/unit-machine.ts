import { problem, type Problem } from '../../main/contract/errors.ts';
import type { TaskId } from '../../main/contract/ids.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Unit, UnitState } from '../incident-contract.ts';

/** What happens to a unit. */
export type UnitEvent =
  /** It gets a task: its active one, or with `queue` one that waits behind it. */
  | { readonly kind: 'assign'; readonly task: TaskId; readonly queue: boolean }
  /** Its active task has moved, and it moves along. */
  | { readonly kind: 'follow'; readonly task: TaskId; readonly state: 'enRoute' | 'onScene'; readonly by: Unit['stateBy'] }
  /** A task of it is over. */
  | { readonly kind: 'release'; readonly task: TaskId }
  /** Somebody says what state it is in. */
  | {
      readonly kind: 'status';
      readonly state: 'available' | 'delayed' | 'unavailable' | 'outOfService' | 'staging' | 'returning';
      readonly by: 'desk' | 'radio';
      readonly reason: string | null;
      readonly backAt: EpochMs | null;
    };

/** The most tasks that wait for a unit behind its active one. */
export const queueAtMost = 8;

/** States in which a unit takes a task at once. */
export const dispatchable: ReadonlySet<UnitState> = new Set<UnitState>(['available', 'delayed', 'staging', 'returning']);

/**
 * What becomes of a unit. The same object when nothing changes: saying it twice, or releasing it of a task that it does not have, is no change.
 * A unit has one active task at most, and is committed, en route or on scene only while it has one; the next of its queue follows by itself.
 * Refusals: `unit-busy`, `unit-not-available`.
 */
export function moveUnit(unit: Unit, event: UnitEvent, now: EpochMs): Result<Unit, Problem> {
  switch (event.kind) {
    case 'assign':
      return assign(unit, event.task, event.queue, now);
    case 'follow':
      if (unit.task !== event.task) return err(busy(unit));
      if (unit.state === event.state) return ok(unit);
      return ok(inState(unit, event.state, event.by, now));
    case 'release':
      return ok(release(unit, event.task, now));
    case 'status': {
      const { state, by, reason, backAt } = event;
      // Its task alone frees it; that it waits near the scene is no end of the task.
      if (unit.task !== null && state !== 'staging') return err(busy(unit));
      if (unit.state === state && unit.reason === reason && unit.backAt === backAt) return ok(unit);
      return ok({ ...inState(unit, state, by, now), reason, backAt });
    }
  }
}

function assign(unit: Unit, task: TaskId, queue: boolean, now: EpochMs): Result<Unit, Problem> {
  if (unit.task === task || unit.queued.includes(task)) return ok(unit);
  if (unit.task === null) {
    if (!dispatchable.has(unit.state)) return err(problem('unit-not-available', { unitId: unit.id, state: unit.state }));
    return ok({ ...inState(unit, 'committed', 'task', now), task });
  }
  if (!queue || unit.queued.length >= queueAtMost) return err(busy(unit));
  return ok({ ...unit, queued: [...unit.queued, task], revision: unit.revision + 1 });
}

function release(unit: Unit, task: TaskId, now: EpochMs): Unit {
  if (unit.task !== task) {
    const queued = unit.queued.filter((id) => id !== task);
    return queued.length === unit.queued.length ? unit : { ...unit, queued, revision: unit.revision + 1 };
  }
  const [next = null, ...queued] = unit.queued;
  const freed: Unit = { ...unit, task: next, queued, lastReleasedAt: now };
  return inState(freed, next === null ? 'available' : 'committed', 'task', now);
}

const inState = (unit: Unit, state: UnitState, by: Unit['stateBy'], now: EpochMs): Unit => ({
  ...unit,
  state,
  reason: null,
  backAt: null,
  stateAt: now,
  stateBy: by,
  revision: unit.revision + 1,
});

const busy = (unit: Unit): Problem => problem('unit-busy', { unitId: unit.id, taskId: unit.task, queued: unit.queued.length });
