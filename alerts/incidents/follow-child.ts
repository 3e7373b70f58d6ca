import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident, IncidentState, MergedCourse, Timer } from '../incident-contract.ts';
import { courseOf, limitsFor, type DecisionContext } from './decision-context.ts';
import { hasReached } from './incident-machine.ts';
import { followLimits } from './time-limits.ts';

/** What units bring about: an incident that takes in a record with units out has got as far as they have. */
const ofUnits = [
  'dispatched',
  'acknowledged',
  'turnedOut',
  'arrived',
  'controlled',
] as const satisfies readonly (keyof Incident['instants'])[];

/**
 * How far an incident is once it has taken in a record whose units are still out: as far as these, unless it was further; its limits that wait for that are met, and
 * what those units do counts as done in this round of its own.
 */
export function followChild(parent: Incident, child: Incident, context: DecisionContext): MergedCourse {
  const { now, calendar } = context;
  const reached: IncidentState = hasReached(child.state, 'resolved') ? 'dispatched' : child.state;
  const state = hasReached(reached, 'dispatched') && !hasReached(parent.state, reached) ? reached : parent.state;
  const instants = { ...parent.instants };
  // Nobody was sent before it was known.
  for (const name of ofUnits) instants[name] ??= notBefore(child.instants[name], instants.reported);
  const timers = followLimits(courseOf(parent, { state }), limitsFor(parent.type, parent.level, context), now, calendar);
  return { state, instants, timers, roundAt: Math.min(parent.roundAt, child.roundAt) };
}

const notBefore = (at: EpochMs | null, begin: EpochMs): EpochMs | null => (at === null ? null : Math.max(at, begin));

/** How far an incident is, as a merge may change it. */
export function courseNow({ state, instants, timers, roundAt }: Incident): MergedCourse {
  return { state, instants, timers, roundAt };
}

/**
 * How far an incident was before it took in a record that leaves it again; null when it has moved since by itself: then it stays where it is. What was told of its
 * limits meanwhile stays told.
 */
export function courseBefore(parent: Incident, taken: { readonly was: MergedCourse; readonly made: MergedCourse }): MergedCourse | null {
  if (parent.suspended !== null || bits(courseNow(parent)) !== bits(taken.made)) return null;
  const told = new Map(parent.timers.map(({ id, warned }) => [id, warned]));
  const timers = taken.was.timers.map((timer) => ({ ...timer, warned: [...new Set([...timer.warned, ...(told.get(timer.id) ?? [])])] }));
  return { ...taken.was, timers };
}

const untold = (timer: Timer): Timer => ({ ...timer, warned: [] });
const bits = ({ state, instants, timers, roundAt }: MergedCourse): string =>
  JSON.stringify([state, Object.entries(instants).toSorted(), timers.map((timer) => Object.entries(untold(timer)).toSorted()), roundAt]);
