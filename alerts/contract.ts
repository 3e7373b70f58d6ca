import { z } from 'zod';
import { defineCollection } from '../main/contract/define-collection.ts';
import { defineCommand, type ScopeLookup } from '../main/contract/define-command.ts';
import { entityMarks, epochMs, humanLines, humanText } from '../main/contract/entity.ts';
import { alertId, cameraId, incidentId, silenceId, systemId } from '../main/contract/ids.ts';
import { place } from '../main/contract/place.ts';
import type { ScopeClaim } from '../main/contract/scope.ts';

/** How bad it is; the palette and the sounds hang on it. */
export const severity = z.enum(['critical', 'high', 'medium', 'low']);
export type Severity = z.output<typeof severity>;

/** Names a rule of a pack or of this city; stable. */
export const ruleId = z
  .string()
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+){0,3}$/)
  .max(96);

/** Labels that group, route and silence match on: `system`, `rule`, `asset-kind`, `district`, `feed` and what a rule adds. */
export const labels = z.record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), z.string().max(200));
export type Labels = z.output<typeof labels>;

/** Why an alert that is active disturbs nobody now. */
export const heldReason = z.object({
  by: z.enum(['silence', 'inhibit', 'shelve', 'flood', 'group-wait', 'drill']),
  /** The silence, the parent alert, or who shelved it. */
  what: z.string().max(128),
  until: epochMs.nullable(),
});
export type HeldReason = z.output<typeof heldReason>;

/**
 * Something that asks for an action (ISA-18.2 6.2: what asks for none is an event). Three states that do not depend on each other: active or cleared, acknowledged or
 * not, shelved or not.
 */
export const alertEntity = z.object({
  id: alertId,
  /** The same rule on the same thing: while one with it is active there is no second. */
  fingerprint: z.string().max(64),
  rule: ruleId,
  system: systemId,
  severity,
  /** Filled by the reader's language: the rule's text with these values. */
  title: z.object({ zh: humanText(200), en: humanText(200) }),
  /** What follows if nobody acts, and what to do next, where the rule says so. */
  advice: z.object({ zh: humanLines(1000), en: humanLines(1000) }).nullable(),
  labels,
  /** What it is about: the asset, or the event it came from. */
  subject: z.object({
    kind: z.enum(['asset', 'event', 'feed', 'camera', 'system', 'incident']),
    id: z.string().max(280),
    name: z.string().max(200),
  }),
  place,
  /** The value that raised it, and its limit, where there is one. */
  reading: z
    .object({
      quantity: z.string(),
      value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
      limit: z.number().nullable(),
      unit: z.string(),
    })
    .nullable(),
  active: z.boolean(),
  /** The source's time of what raised it, and ours. */
  since: epochMs,
  raisedAt: epochMs,
  clearedAt: epochMs.nullable(),
  /** Since it was raised: how often the rule said so again, and when last. */
  count: z.number().int().positive(),
  lastAt: epochMs,
  acknowledged: z.object({ by: z.string(), at: epochMs, note: z.string().nullable() }).nullable(),
  shelved: z.object({ by: z.string(), at: epochMs, until: epochMs, reason: z.string() }).nullable(),
  held: heldReason.nullable(),
  /** Alerts told with it as one. */
  group: z.string().max(64),
  /** The first of its group in a flood. */
  firstOut: z.boolean(),
  incident: incidentId.nullable(),
  /** Cameras near it, nearest first. */
  cameras: z.array(cameraId).max(8),
  ...entityMarks,
});
export type Alert = z.output<typeof alertEntity>;

export const placeClaim = (where: { readonly district: string | null }): ScopeClaim =>
  where.district === null ? 'city' : { district: where.district, groups: [] };

export const alertsCollection = defineCollection({
  name: 'alerts',
  summary: 'What asks for an action: active ones, and cleared ones until somebody has acknowledged them.',
  entity: alertEntity,
  keyOf: (alert) => alert.id,
  permission: 'alert.view',
  scopeOf: ({ place: where }) => placeClaim(where),
  /** Not who acknowledged it or put it away, nor what they wrote of it. */
  onScreens: (alert) => ({
    ...alert,
    acknowledged: alert.acknowledged && { ...alert.acknowledged, by: '', note: null },
    shelved: alert.shelved && { ...alert.shelved, by: '', reason: '' },
    held: alert.held?.by === 'shelve' ? { ...alert.held, what: '' } : alert.held,
  }),
  volatile: [],
  keep: 'memory',
});

/** What matches all of these labels disturbs nobody until then. Planned work: what is shelved is one alert, what is silenced is a kind. */
export const silenceEntity = z.object({
  id: silenceId,
  matchers: z
    .array(z.object({ label: z.string().max(32), op: z.enum(['=', '!=']), value: z.string().max(200) }))
    .min(1)
    .max(8),
  reason: humanText(256),
  by: z.string(),
  startsAt: epochMs,
  endsAt: epochMs,
  /** What ends with it at the latest, in hours, is the contract's; here for the reader. */
  ended: z.boolean(),
  ...entityMarks,
});
export type Silence = z.output<typeof silenceEntity>;

export const silencesCollection = defineCollection({
  name: 'silences',
  summary: 'Kinds of alerts that disturb nobody for a time.',
  entity: silenceEntity,
  keyOf: (silence) => silence.id,
  permission: 'alert.view',
  scopeOf: () => 'none',
  /** Not who made it, nor why. */
  onScreens: (silence) => ({ ...silence, by: '', reason: '-' }),
  volatile: [],
  keep: 'memory',
});

const ofAlerts = (ids: readonly string[], lookup: ScopeLookup): readonly ScopeClaim[] => ids.flatMap((id) => lookup.alert(id) ?? []);

export const alertAcknowledge = defineCommand({
  name: 'alert.acknowledge',
  summary: 'Somebody has seen these alerts and takes care. It ends no alert.',
  args: z.object({ alertIds: z.array(alertId).min(1).max(500), note: humanText(256).optional() }).strict(),
  result: z.object({ acknowledged: z.number().int(), already: z.array(z.object({ alertId, by: z.string(), at: epochMs })) }),
  permission: 'alert.act',
  scopeOf: ({ alertIds }, lookup) => ofAlerts(alertIds, lookup),
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const alertShelve = defineCommand({
  name: 'alert.shelve',
  summary: 'Let an alert disturb nobody for a time, with a reason (ISA-18.2 11.7). It comes back by itself.',
  args: z.object({ alertId, minutes: z.number().int().min(1).max(10_080), reason: humanText(256) }).strict(),
  result: z.object({ until: epochMs }),
  permission: 'alert.act',
  scopeOf: ({ alertId: id }, lookup) => ofAlerts([id], lookup),
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const alertUnshelve = defineCommand({
  name: 'alert.unshelve',
  summary: 'Let a shelved alert disturb again.',
  args: z.object({ alertId }).strict(),
  result: z.object({}),
  permission: 'alert.act',
  scopeOf: ({ alertId: id }, lookup) => ofAlerts([id], lookup),
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const silenceCreate = defineCommand({
  name: 'silence.create',
  summary: 'Let a kind of alerts disturb nobody for a time.',
  args: z
    .object({
      matchers: silenceEntity.shape.matchers,
      reason: humanText(256),
      startsAt: epochMs.optional(),
      minutes: z.number().int().min(1).max(43_200),
    })
    .strict(),
  result: z.object({ silenceId, endsAt: epochMs }),
  permission: 'alert.admin',
  scopeOf: () => ['city'],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const silenceEnd = defineCommand({
  name: 'silence.end',
  summary: 'End a silence now.',
  args: z.object({ silenceId }).strict(),
  result: z.object({}),
  permission: 'alert.admin',
  scopeOf: () => ['city'],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const alertFigures = defineCommand({
  name: 'alert.figures',
  summary:
    'How the alarms are to work with (ISA-18.2 16.5, EEMUA 191), from one instant to another, e.g. of a shift: how many, by operator, the busiest ten minutes, time in flood, standing alarms, bad actors.',
  args: z.object({ from: epochMs, to: epochMs }).strict(),
  result: z.object({
    /** What is written down of alerts begins here: of the time before nothing is known. Null: nothing is. */
    since: epochMs.nullable(),
    alerts: z.number().int(),
    /** The most that were raised within any ten minutes. */
    peakTenMinutes: z.number().int(),
    /** Of each operator: how many he acknowledged, the most in ten minutes, and how long they had waited, median and 95th percentile. */
    operators: z.array(
      z.object({
        name: z.string(),
        acknowledged: z.number().int(),
        peakTenMinutes: z.number().int(),
        waitedP50Ms: z.number(),
        waitedP95Ms: z.number(),
      }),
    ),
    /** Ten minutes with more than ten alerts. */
    floodMinutes: z.number().int(),
    standing: z.array(alertId).max(50),
    /** The rules and things that raise most, with their share. */
    badActors: z.array(z.object({ rule: ruleId, subject: z.string(), count: z.number().int(), share: z.number() })).max(20),
    bySeverity: z.record(severity, z.number().int()),
  }),
  permission: 'alert.act',
  scopeOf: () => ['city'],
  risk: 'read',
  audit: 'none',
  deadlineMs: 10_000,
});

/** The room's commands and collections. */
export const alertCommands = [alertAcknowledge, alertShelve, alertUnshelve, silenceCreate, silenceEnd, alertFigures] as const;
export const alertCollections = [alertsCollection, silencesCollection] as const;
