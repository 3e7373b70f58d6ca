import { problem } from '../../main/contract/errors.ts';
import type { Place } from '../../main/contract/place.ts';
import { err, ok } from '../../main/contract/result.ts';
import type { Casualties, Incident, IncidentLevel } from '../incident-contract.ts';
import { courseOf, limitsFor, refuseOver, type Decision, type DecisionContext } from './decision-context.ts';
import type { IncidentBody, IncidentEntryDraft } from './incident-body.ts';
import { isOver } from './incident-machine.ts';
import { incidentTypeOf } from './incident-types.ts';
import { latestPlan } from './plans.ts';
import { changeLimits } from './time-limits.ts';

export interface EditArgs {
  readonly type?: string | undefined;
  readonly level?: IncidentLevel | undefined;
  readonly reason?: string | undefined;
  readonly title?: string | undefined;
  readonly place?: Place | undefined;
  readonly casualties?: Casualties | undefined;
  readonly own?: true | undefined;
}

/**
 * What an incident is changes; its state does not. A level wants a reason. Another type brings its own plan, and the limits follow type and level. What is
 * already so is not written again.
 * @returns `incident-closed`, `incident-type-unknown`, `reason-required`; `field-invalid` where whoever takes it over is no person
 */
export function decideEdit(incident: Incident, args: EditArgs, context: DecisionContext): Decision {
  if (isOver(incident.state)) return refuseOver(incident);
  const { now, by, userId, calendar } = context;
  const { type, level, title, place, casualties } = changed(incident, args);
  if (type !== undefined && incidentTypeOf(type) === undefined) return err(problem('incident-type-unknown', { type }));
  if (level !== undefined && args.reason === undefined) return err(problem('reason-required', { event: 'level' }));
  if (args.own && userId === null) return err(problem('field-invalid', { field: 'own' }));
  const owner = args.own && userId !== null && incident.owner?.userId !== userId ? { userId, name: by } : undefined;
  const fields = { type, level, title, place, casualties, owner };
  if (Object.values(fields).every((field) => field === undefined)) return ok([]);

  const drafts: IncidentEntryDraft[] = [];
  const planId = type === undefined ? null : (incidentTypeOf(type)?.planId ?? null);
  const plan = planId === null || planId === incident.plan?.planId ? null : latestPlan(planId);
  if (plan !== null) {
    const steps = plan.steps.map(({ id }) => id);
    drafts.push({ kind: 'plan', at: now, corrects: null, body: { did: 'bound', planId: plan.id, version: plan.version, steps } });
  }
  const timers =
    type === undefined && level === undefined
      ? null
      : changeLimits(
          courseOf(incident, plan === null ? {} : { plan: null }),
          limitsFor(incident.type, incident.level, context),
          limitsFor(type ?? incident.type, level ?? incident.level, context),
          now,
          calendar,
        );
  drafts.unshift({ kind: 'edited', at: now, corrects: null, body: bodyOf(incident, fields, args.reason, timers) });
  return ok(drafts);
}

type Fields = { readonly [K in 'type' | 'level' | 'title' | 'place' | 'casualties' | 'owner']: IncidentBody<'edited'>[K] };

/** Of what was asked for, what is not so already. */
function changed(incident: Incident, args: EditArgs): EditArgs {
  const same = (key: 'type' | 'level' | 'title' | 'place' | 'casualties') =>
    args[key] === undefined || JSON.stringify(sorted(args[key])) === JSON.stringify(sorted(incident[key]));
  return {
    type: same('type') ? undefined : args.type,
    level: same('level') ? undefined : args.level,
    title: same('title') ? undefined : args.title,
    place: same('place') ? undefined : args.place,
    casualties: same('casualties') ? undefined : args.casualties,
  };
}

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)) : value;

function bodyOf(incident: Incident, fields: Fields, reason: string | undefined, timers: Incident['timers'] | null): IncidentBody<'edited'> {
  const told: Partial<Record<keyof Fields, unknown>> = {};
  const before: Partial<Record<keyof Fields, unknown>> = {};
  for (const key of Object.keys(fields) as (keyof Fields)[]) {
    if (fields[key] === undefined) continue;
    told[key] = fields[key];
    before[key] = key === 'owner' ? (incident.owner?.name ?? null) : incident[key];
  }
  return { reason: reason ?? null, ...told, before, timers } as IncidentBody<'edited'>;
}
