import { z } from 'zod';
import { epochMs, humanLines, humanText } from '../../main/contract/entity.ts';
import { problem, type Problem } from '../../main/contract/errors.ts';
import { alertId, cameraId, incidentId, taskId, unitId } from '../../main/contract/ids.ts';
import { place } from '../../main/contract/place.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import {
  casualties,
  disposition,
  incidentEntity,
  incidentEventName,
  incidentInstants,
  incidentLevel,
  incidentState,
  incidentType,
  mergedCourse,
  taskState,
  timer,
  timerUnit,
  type IncidentLogEntry,
} from '../incident-contract.ts';

const timers = z.array(timer).max(16);
const alertIds = z.array(alertId).max(500);
const cameraIds = z.array(cameraId).max(16);
const owner = z.object({ userId: z.string().max(64), name: z.string().max(64) });
const reason = humanText(256).nullable();
const count = z.number().int().nonnegative();

/**
 * What each kind of entry says. An entry carries what was decided and not why it could be: doing it again needs neither the tables nor the calendar of the day,
 * so a log reads the same when those have changed. `timers: null`: they stay as they are.
 */
export const incidentBodies = {
  opened: z.object({
    number: z.string().max(24),
    type: incidentType,
    level: incidentLevel,
    title: humanText(200),
    place,
    report: incidentEntity.shape.report,
    owner: owner.nullable(),
    reportedAt: epochMs,
    answeredAt: epochMs.nullable(),
    alerts: alertIds,
    cameras: cameraIds,
    external: incidentEntity.shape.external,
    timers,
    plan: z.object({ planId: z.string().max(64), version: z.number().int(), steps: z.array(z.string().max(64)).max(64) }).nullable(),
    drill: z.boolean(),
    simulated: z.boolean(),
  }),
  /** It went from one state to another, or was suspended, resumed or given more time. */
  moved: z.object({
    event: incidentEventName,
    from: incidentState,
    to: incidentState,
    reason,
    /** Those written by this, for the first time. */
    instants: incidentInstants.omit({ reported: true }).partial(),
    timers: timers.nullable(),
    disposition: disposition.nullable(),
    /** Of `extend`: how much was granted. */
    extendBy: z.object({ value: z.number().positive(), unit: timerUnit }).nullable(),
    /** The task that moved it. */
    task: taskId.nullable(),
  }),
  edited: z.object({
    reason,
    type: incidentType.optional(),
    level: incidentLevel.optional(),
    title: humanText(200).optional(),
    place: place.optional(),
    casualties: casualties.optional(),
    owner: owner.optional(),
    /** What it was before, of the same fields; for whoever reads the log. */
    before: z.object({
      type: incidentType.optional(),
      level: incidentLevel.optional(),
      title: z.string().optional(),
      place: place.optional(),
      casualties: casualties.nullable().optional(),
      owner: z.string().nullable().optional(),
    }),
    timers: timers.nullable(),
  }),
  note: z.object({ text: humanLines(2000) }),
  /** Of a task of its own or of a record that went into it. */
  task: z.object({
    taskId,
    unitId,
    unitName: z.string().max(100),
    title: humanText(200),
    state: taskState,
    /** It waits behind the unit's active task. */
    queued: z.boolean(),
    source: z.enum(['desk', 'field', 'fence']),
    text: z.string().max(500).nullable(),
    lat: z.number().nullable(),
    lon: z.number().nullable(),
    photo: z.string().max(64).nullable(),
  }),
  /** What a unit says that belongs to none of its tasks. */
  unit: z.object({ unitId, unitName: z.string().max(100), state: z.string().max(32), text: z.string().max(500).nullable() }),
  /** Alerts that turned out to be of it. Those beyond what the incident lists are counted. */
  alert: z.object({ alerts: alertIds, more: count, cameras: cameraIds }),
  merge: z.discriminatedUnion('did', [
    /** In the log of the one that went into another. */
    z.object({
      did: z.literal('went-into'),
      parent: incidentId,
      to: z.enum(['duplicate', 'merged']),
      reason: humanText(256),
      alerts: alertIds,
      alertCount: count,
      cameras: cameraIds,
      course: incidentEntity.shape.merged.unwrap().shape.course,
    }),
    /** In the log of the one that took it in: what it has now that it did not have before, and how far it is where units came with it. */
    z.object({
      did: z.literal('took-in'),
      child: incidentId,
      reason: humanText(256),
      alerts: alertIds,
      alertCount: count,
      cameras: cameraIds,
      course: mergedCourse.nullable().default(null),
    }),
    z.object({ did: z.literal('came-back'), parent: incidentId }),
    /** `course`: how far it is without it, where nobody has moved it since. */
    z.object({
      did: z.literal('gave-back'),
      child: incidentId,
      alerts: alertIds,
      alertCount: count,
      cameras: cameraIds,
      course: mergedCourse.nullable().default(null),
    }),
  ]),
  plan: z.discriminatedUnion('did', [
    z.object({
      did: z.literal('bound'),
      planId: z.string().max(64),
      version: z.number().int(),
      steps: z.array(z.string().max(64)).max(64),
    }),
    z.object({
      did: z.literal('step'),
      stepId: z.string().max(64),
      state: z.enum(['open', 'done', 'not-applicable']),
      note: humanText(256).nullable(),
      timers: timers.nullable(),
    }),
  ]),
  /** So much of a time limit has passed: who is told of it, and when all of it has. */
  timer: z.object({
    timerId: z.string().max(64),
    percents: z.array(z.number().int()).min(1).max(8),
    tell: z.enum(['owner', 'supervisor', 'leader']),
    dueAt: epochMs,
  }),
  /** A situation report as it was sent. */
  report: z.object({
    number: z.number().int().positive(),
    needs: humanLines(1000).nullable(),
    forecast: humanLines(1000).nullable(),
    nextAt: epochMs.nullable(),
    text: z.object({ zh: z.string().max(20_000), en: z.string().max(20_000) }),
    cites: z.array(z.number().int()).max(2000),
    timers: timers.nullable(),
  }),
  correction: z.object({ text: humanLines(2000) }),
} as const satisfies Record<IncidentLogEntry['kind'], z.ZodType>;

export type IncidentEntryKind = IncidentLogEntry['kind'];
export type IncidentBody<K extends IncidentEntryKind> = z.output<(typeof incidentBodies)[K]>;

/** An entry to be: what a decision says. `at` is when it was; who and the number in the log are added when it is written down. */
export type IncidentEntryDraft = {
  [K in IncidentEntryKind]: {
    readonly kind: K;
    readonly at: EpochMs;
    readonly body: IncidentBody<K>;
    readonly corrects: number | null;
  };
}[IncidentEntryKind];

/** An entry whose body is known. */
export type IncidentEntry = Omit<IncidentLogEntry, 'kind' | 'at' | 'body' | 'corrects'> & IncidentEntryDraft;

/** An entry as it comes from the disk. @returns `malformed` when its body is none of its kind */
export function readEntry(entry: IncidentLogEntry): Result<IncidentEntry, Problem> {
  const body = incidentBodies[entry.kind].safeParse(entry.body);
  if (!body.success) return err(problem('malformed', { seq: entry.seq, kind: entry.kind }, body.error.message));
  return ok({ ...entry, body: body.data } as IncidentEntry);
}
