import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident, IncidentState, Timer } from '../incident-contract.ts';
import type { CityCalendar } from '../timers/city-calendar.ts';
import { dueAt } from '../timers/due-at.ts';
import { moveInstant, spanMs } from '../timers/move-instant.ts';
import { warningAt } from '../timers/warnings.ts';
import { hasReached } from './incident-machine.ts';
import type { TimeLimit } from './incident-type.ts';

/** Of an incident, what its limits depend on. */
export interface Course {
  readonly state: IncidentState;
  readonly suspended: boolean;
  readonly timers: readonly Timer[];
  readonly plan: Incident['plan'];
  readonly reports: number;
}

const timersAtMost = 16;

/** The state that meets a limit. */
const stateOf: Readonly<Record<Exclude<Timer['until'], 'first-report'>, IncidentState>> = {
  accepted: 'accepted',
  filed: 'filed',
  dispatched: 'dispatched',
  acknowledged: 'acknowledged',
  arrived: 'onScene',
  resolved: 'resolved',
  closed: 'closed',
};

const isMet = ({ until, step }: { readonly until: Timer['until']; readonly step: string | null }, course: Course): boolean => {
  if (step !== null && course.plan?.steps.some(({ id, state }) => id === step && state !== 'open') === true) return true;
  return until === 'first-report' ? course.reports > 0 : hasReached(course.state, stateOf[until]);
};

const keyOf = ({ until, step }: { readonly until: Timer['until']; readonly step?: string | null }): string =>
  step === undefined || step === null ? until : `${until}.${step}`;

/**
 * The timers of an incident that stands there now: those that it has reached are met, limits that count from here begin, and those that are over for good stay as
 * they were. After it went back (returned, rework, reopened) limits that had been met begin anew.
 * @param limits of its type and level
 */
export function followLimits(course: Course, limits: readonly TimeLimit[], now: EpochMs, calendar: CityCalendar): Timer[] {
  const timers = course.timers.map((timer) =>
    timer.metAt === null && isMet(timer, course) ? { ...timer, metAt: now, pausedAt: null } : timer,
  );
  for (const limit of limits) {
    const key = keyOf(limit);
    const before = timers.filter((timer) => keyOf(timer) === key);
    if (before.some(({ metAt }) => metAt === null)) continue;
    if (!hasReached(course.state, limit.from) || isMet({ until: limit.until, step: limit.step ?? null }, course)) continue;
    timers.push(begin(limit, nextId(key, before), now, course.suspended, calendar));
  }
  return bounded(timers);
}

/** Those that run, and of those that are met the latest. */
function bounded(timers: readonly Timer[]): Timer[] {
  let spare = timers.length - timersAtMost;
  const kept = timers.filter(({ metAt }) => metAt === null || spare-- <= 0);
  return kept.slice(0, timersAtMost);
}

const nextId = (key: string, before: readonly Timer[]): string => {
  const last = before.reduce((most, { id }) => Math.max(most, Number(id.slice(id.lastIndexOf('-') + 1)) || 0), 0);
  return `${key.slice(0, 56)}-${last + 1}`;
};

function begin(limit: TimeLimit, id: string, now: EpochMs, suspended: boolean, calendar: CityCalendar): Timer {
  const { until, unit, step = null } = limit;
  return {
    id,
    until,
    step,
    startedAt: now,
    dueAt: dueAt(now, limit, calendar),
    unit,
    limitMs: spanMs(limit, calendar),
    pausedAt: suspended ? now : null,
    metAt: null,
    warned: [],
  };
}

/**
 * The timers after a change of type or level: a limit that is longer or shorter now moves by the difference and goes on from where it is; one in another unit begins
 * anew; what limits nothing here any more is dropped. What lies ahead again is told again.
 */
export function changeLimits(
  course: Course,
  before: readonly TimeLimit[],
  limits: readonly TimeLimit[],
  now: EpochMs,
  calendar: CityCalendar,
): Timer[] {
  const was = new Map(before.map((limit) => [keyOf(limit), limit]));
  const is = new Map(limits.map((limit) => [keyOf(limit), limit]));
  const timers = course.timers.flatMap((timer): Timer[] => {
    if (timer.metAt !== null) return [timer];
    const limit = is.get(keyOf(timer));
    if (limit === undefined || !hasReached(course.state, limit.from)) return [];
    if (limit.unit !== timer.unit) return [begin(limit, timer.id, now, course.suspended, calendar)];
    const old = was.get(keyOf(timer));
    // What was granted on top stays granted.
    const granted = old === undefined || old.unit !== timer.unit ? 0 : timer.limitMs - spanMs(old, calendar);
    const limitMs = Math.max(1, spanMs(limit, calendar) + granted);
    if (limitMs === timer.limitMs) return [timer];
    const moved = { ...timer, limitMs, dueAt: moveInstant(timer.dueAt, limitMs - timer.limitMs, timer.unit, calendar) };
    return [{ ...moved, warned: timer.warned.filter((percent) => now >= warningAt(moved, percent, calendar)) }];
  });
  return followLimits({ ...course, timers }, limits, now, calendar);
}
