import { z } from 'zod';
import type { IncidentLevel } from '../incident-contract.ts';
import { incidentTypeOf } from '../incidents/incident-types.ts';
import type { TimeLimit } from '../incidents/incident-type.ts';

const caseType = z
  .string()
  .max(64)
  .regex(/^(?:grid|urban)(?:\.[a-z0-9-]+){0,3}$/);

/** A limit as a city writes it: hours of every day for what is urgent, else working hours or working days of its calendar. */
const timeLimit = z
  .object({
    until: z.enum(['accepted', 'filed', 'dispatched', 'resolved', 'closed']),
    from: z.enum(['reported', 'accepted', 'filed', 'dispatched']),
    value: z.number().positive().max(10_000),
    unit: z.enum(['hours', 'working-hours', 'working-days']),
    /** Of limits in stages: the step of the plan by which this one is met. */
    step: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .optional(),
  })
  .strict()
  .transform(({ step, ...limit }): TimeLimit => (step === undefined ? limit : { ...limit, step }));

/**
 * The time limits of cases by type, e.g. `{"urban.event.garbage": [{"until":"resolved","from":"dispatched","value":4,"unit":"working-hours"}]}`. What a type does not say it has from the
 * type above it. Every city has its own table: the same event is due in one working day here and in four there.
 */
export const caseLimitsDocument = z
  .record(caseType, z.array(timeLimit).max(12))
  .refine((rows) => Object.keys(rows).length <= 2000, 'more than 2000 types');
export type CaseLimitsDocument = z.output<typeof caseLimitsDocument>;

const handled = (value: number, unit: TimeLimit['unit']): TimeLimit => ({ until: 'resolved', from: 'dispatched', value, unit });
const closed = (value: number, unit: TimeLimit['unit']): TimeLimit => ({ until: 'closed', from: 'reported', value, unit });
const quick = (value: number, unit: TimeLimit['unit'] = 'working-hours'): TimeLimit[] => [
  handled(value, unit),
  closed(2 * value + 8, unit),
];
/** What cannot wait for the morning: whoever is on duty goes, by day and by night. */
const atOnce = (hours: number): TimeLimit[] => [
  { until: 'accepted', from: 'reported', value: 0.25, unit: 'hours' },
  { until: 'filed', from: 'accepted', value: 0.25, unit: 'hours' },
  { until: 'dispatched', from: 'filed', value: 0.25, unit: 'hours' },
  handled(hours, 'hours'),
  closed(24 + hours, 'hours'),
];
const inDays = (days: number): TimeLimit[] => [handled(days, 'working-days'), closed(days + 2, 'working-days')];

/** The limits of a city that brings none of its own: from tables that cities have published, the middle of what they say. */
export const usualCaseLimits: Readonly<Record<string, readonly TimeLimit[]>> = {
  'urban.event.dirty-road': quick(4),
  'urban.event.garbage': quick(4),
  'urban.event.carcass': quick(2),
  'urban.event.spillage': quick(2),
  'urban.event.burning': quick(2),
  'urban.event.stall': quick(2),
  'urban.event.shop-outside': quick(2),
  'urban.event.parked-car': quick(2),
  'urban.event.parked-bicycle': quick(4),
  'urban.event.barbecue': quick(2),
  'urban.event.poster': quick(7),
  'urban.event.dust': quick(4),
  'urban.event.waste-soil': inDays(2),
  'urban.event.dirty-water': inDays(1),
  'urban.event.messy-green': inDays(1),
  'urban.event.road-damage': inDays(5),
  // In stages: work stops, a fine, and what was built goes.
  'urban.event.illegal-building': [
    { until: 'resolved', from: 'dispatched', value: 4, unit: 'working-hours', step: 'stop-work' },
    { until: 'resolved', from: 'dispatched', value: 7, unit: 'working-days', step: 'fine' },
    { until: 'resolved', from: 'dispatched', value: 20, unit: 'working-days', step: 'demolish' },
    handled(20, 'working-days'),
    closed(25, 'working-days'),
  ],
  'urban.event.collapse': atOnce(2),
  'urban.event.burst-pipe': atOnce(4),
  'urban.event.gas-pipe': atOnce(1),
  'urban.event.waterlogging': atOnce(4),
  'urban.event.cable': atOnce(2),
  'urban.event.ice': atOnce(4),
  'urban.component': inDays(3),
  // A hole in the road is made safe at once, whoever owns its cover.
  ...Object.fromEntries(
    ['manhole', 'sewer-manhole', 'storm-manhole', 'power-manhole', 'lamp-manhole', 'telecom-manhole', 'gas-manhole', 'unowned-manhole'].map(
      (slug) => [`urban.component.${slug}`, atOnce(4)],
    ),
  ),
  'urban.component.traffic-signal': atOnce(4),
  'urban.component.lamp': inDays(1),
  'grid.dispute': inDays(7),
  'grid.petition': inDays(15),
  'grid.hazard': quick(7),
  'grid.public-safety': quick(4),
  'grid.environment': inDays(1),
};

const keyOf = ({ until, step }: Pick<TimeLimit, 'until' | 'step'>): string => `${until} ${step ?? ''}`;

/**
 * What limits a case, by type and level: the city's own where it has one, else the usual ones, else those of the type in the table of incidents. A limit of a narrow type stands for
 * that of the type above it; the others stay. Null for what is no case.
 */
export function createCaseLimits(own: CaseLimitsDocument = {}): (type: string, level: IncidentLevel) => readonly TimeLimit[] | null {
  const tables: readonly Readonly<Record<string, readonly TimeLimit[]>>[] = [usualCaseLimits, own];
  return (type, level) => {
    if (!isCaseType(type)) return null;
    const limits = new Map((incidentTypeOf(type)?.limits(level) ?? []).map((limit) => [keyOf(limit), limit]));
    for (const table of tables)
      for (const wide of widening(type))
        for (const limit of (Object.hasOwn(table, wide) && table[wide]) || []) limits.set(keyOf(limit), limit);
    return [...limits.values()];
  };
}

/** Whether incidents of this type are cases: they are handled by departments, within the time that the city allows. */
export const isCaseType = (type: string): boolean => /^(?:grid|urban)(?:\.|$)/.test(type);

/** `urban`, `urban.event`, `urban.event.garbage`. */
function widening(type: string): string[] {
  const parts = type.split('.');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('.'));
}
