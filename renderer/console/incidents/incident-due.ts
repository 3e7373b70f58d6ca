import type { Incident, Timer } from '../../../alerts/incident-contract.ts';
import { isOver } from '../../../alerts/incidents/incident-machine.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

/** The time limit that comes up next, and what is left of it. */
export interface NextDue {
  readonly timer: Timer;
  /** Milliseconds; negative once it is late. Of one that is paused: what was left when it was. */
  readonly leftMs: number;
  readonly state: 'running' | 'late' | 'paused';
}

/** Milliseconds that are left of one time limit. */
export function leftOf({ dueAt, pausedAt }: Timer, now: EpochMs): number {
  return dueAt - (pausedAt ?? now);
}

/** How a time limit that was not met yet stands. */
export function dueStateOf(timer: Timer, now: EpochMs): NextDue['state'] {
  if (timer.pausedAt !== null) return 'paused';
  return leftOf(timer, now) < 0 ? 'late' : 'running';
}

/** The open time limit that is due first; null where there is none. */
export function nextDue({ timers, state }: Pick<Incident, 'timers' | 'state'>, now: EpochMs): NextDue | null {
  if (isOver(state)) return null;
  const open = timers.filter(({ metAt }) => metAt === null);
  const timer = open.toSorted((one, other) => leftOf(one, now) - leftOf(other, now))[0];
  return timer ? { timer, leftMs: leftOf(timer, now), state: dueStateOf(timer, now) } : null;
}
