import { problem } from '../../main/contract/errors.ts';
import { err, ok } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Place } from '../../main/contract/place.ts';
import type { Alert } from '../contract.ts';
import type { Incident, IncidentLevel } from '../incident-contract.ts';
import { limitsFor, type Decision, type DecisionContext } from './decision-context.ts';
import { incidentTypeOf } from './incident-types.ts';
import { latestPlan } from './plans.ts';
import { followLimits } from './time-limits.ts';

/** Of an alert, what an incident takes from it. */
export type AlertPart = Pick<Alert, 'id' | 'raisedAt' | 'cameras' | 'drill' | 'simulated'>;

export interface OpenArgs {
  /** The next of the city's day: `number.ts`. */
  readonly number: string;
  readonly type: string;
  readonly level: IncidentLevel;
  readonly title: string;
  readonly place: Place;
  readonly report: Incident['report'];
  readonly alerts: readonly AlertPart[];
  readonly cameras: readonly Incident['cameras'][number][];
  readonly reportedAt?: EpochMs | undefined;
  readonly answeredAt?: EpochMs | undefined;
  readonly drill: boolean;
  /** Of a record of a simulated feed, or a call in the demo city; what alerts say is added. */
  readonly simulated?: boolean;
  readonly external?: Incident['external'];
  /** Whoever opens it takes charge of it. */
  readonly own: boolean;
}

const backAtMostMs = 86_400_000;

/**
 * A new incident, from a call, an alert or another system's record. Its limits count from now, whatever the source says of when it was: what is replayed or comes
 * from the future escalates nothing. One whose alerts are all of a drill is a drill.
 * @returns `incident-type-unknown`; `incident-drill-mixed` when real and other alerts, or a drill and real alerts, are put together
 */
export function decideOpen(args: OpenArgs, context: DecisionContext): Decision {
  const { number, type, level, title, place, report, alerts } = args;
  const { now, by, userId, calendar } = context;
  const row = incidentTypeOf(type);
  if (row === undefined) return err(problem('incident-type-unknown', { type }));
  const first = alerts[0];
  if (first !== undefined && alerts.some(({ drill, simulated }) => drill !== first.drill || simulated !== first.simulated))
    return err(problem('incident-drill-mixed'));
  if (first !== undefined && args.drill && !first.drill) return err(problem('incident-drill-mixed'));
  const told = (at: EpochMs): EpochMs => Math.max(Math.min(at, now), now - backAtMostMs);
  const reportedAt = told(args.reportedAt ?? alerts.reduce((least, { raisedAt }) => Math.min(least, raisedAt), now));
  const plan = row.planId === null ? null : latestPlan(row.planId);
  const course = { state: 'reported', suspended: false, timers: [], plan: null, reports: 0 } as const;
  return ok([
    {
      kind: 'opened',
      at: now,
      corrects: null,
      body: {
        number,
        type,
        level,
        title,
        place,
        report,
        owner: args.own && userId !== null ? { userId, name: by } : null,
        reportedAt,
        answeredAt: args.answeredAt === undefined ? null : Math.max(told(args.answeredAt), reportedAt),
        alerts: distinct(alerts.map(({ id }) => id)),
        cameras: distinct([...args.cameras, ...alerts.flatMap(({ cameras }) => cameras)]).slice(0, 16),
        external: args.external ?? null,
        timers: followLimits(course, limitsFor(type, level, context), now, calendar),
        plan: plan && { planId: plan.id, version: plan.version, steps: plan.steps.map(({ id }) => id) },
        drill: args.drill || (first?.drill ?? false),
        simulated: (args.simulated ?? false) || (first?.simulated ?? false),
      },
    },
  ]);
}

const distinct = <T>(list: readonly T[]): T[] => [...new Set(list)];
