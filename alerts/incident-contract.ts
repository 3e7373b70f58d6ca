import { z } from 'zod';
import { defineCollection } from '../main/contract/define-collection.ts';
import { defineCommand, type ScopeLookup } from '../main/contract/define-command.ts';
import { entityMarks, epochMs, humanLines, humanText } from '../main/contract/entity.ts';
import { alertId, cameraId, incidentId, taskId, unitId } from '../main/contract/ids.ts';
import { place } from '../main/contract/place.ts';
import type { ScopeClaim } from '../main/contract/scope.ts';
import { placeClaim } from './contract.ts';

// ---- incidents: life cycle of reference tables for command centres (report, accept, file, dispatch, handle, verify, close)

export const incidentState = z.enum([
  'reported',
  'accepted',
  'filed',
  'dispatched',
  'acknowledged',
  'enRoute',
  'onScene',
  'controlled',
  'resolved',
  'verifying',
  'closed',
  'rejected',
  'duplicate',
  'merged',
  'transferred',
  'voided',
]);
export type IncidentState = z.output<typeof incidentState>;

/** What moves it on; `alerts/incidents/incident-machine.ts` says from where to where. Those of tasks and units come by themselves, the others by `incident.advance`. */
export const incidentEventName = z.enum([
  'accept',
  'reject',
  'file',
  'dispatch',
  'unit-acknowledged',
  'unit-en-route',
  'unit-on-scene',
  'returned',
  'control',
  'resolve',
  'verify',
  'rework',
  'close',
  'reopen',
  'suspend',
  'resume',
  'extend',
  'transfer',
  'void',
  'merge',
  'unmerge',
]);
export type IncidentEventName = z.output<typeof incidentEventName>;

/** I is the worst (Emergency Response Law of the PRC, art. 42): particularly serious, serious, relatively serious, ordinary. */
export const incidentLevel = z.enum(['I', 'II', 'III', 'IV']);
export type IncidentLevel = z.output<typeof incidentLevel>;

/** Dotted, wide to narrow: `traffic.accident`, `fire.building`. `alerts/incidents/incident-types.ts` is the table, with names. */
export const incidentType = z
  .string()
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+){0,3}$/)
  .max(64);

export const casualties = z
  .object({
    dead: z.number().int().min(0).max(1_000_000),
    injured: z.number().int().min(0).max(1_000_000),
    missing: z.number().int().min(0).max(1_000_000),
  })
  .strict();
export type Casualties = z.output<typeof casualties>;

/** How it ended. */
export const disposition = z.enum(['handled', 'minor', 'unfounded', 'cancelled', 'handed-over']);
export type Disposition = z.output<typeof disposition>;

/**
 * The instants T0 to T11 that its times are reckoned from; each is written once. What was leapt over stays empty: nobody knows it. `verified` is when it was
 * accepted, `verifiedDone` when what was done came to be checked.
 */
export const incidentInstants = z.object({
  reported: epochMs,
  answered: epochMs.nullable(),
  verified: epochMs.nullable(),
  filed: epochMs.nullable(),
  dispatched: epochMs.nullable(),
  acknowledged: epochMs.nullable(),
  turnedOut: epochMs.nullable(),
  arrived: epochMs.nullable(),
  controlled: epochMs.nullable(),
  resolved: epochMs.nullable(),
  verifiedDone: epochMs.nullable(),
  closed: epochMs.nullable(),
});

/** What a time limit waits for. `first-report`: the first situation report, which goes upward. */
export const timerUntil = z.enum(['accepted', 'filed', 'dispatched', 'acknowledged', 'arrived', 'resolved', 'closed', 'first-report']);
/** Hours of every day, working hours, or working days of the city's calendar. */
export const timerUnit = z.enum(['hours', 'working-hours', 'working-days']);
export type TimerUnit = z.output<typeof timerUnit>;

/** A time limit. `dueAt` moves with suspension and approved extension; `warned` are the parts of it (50, 80, 100, 150 %) that were told. */
export const timer = z.object({
  id: z.string().max(64),
  until: timerUntil,
  /** The step of the plan that meets it, where the limit is one of several stages. */
  step: z.string().max(64).nullable(),
  startedAt: epochMs,
  dueAt: epochMs,
  unit: timerUnit,
  /** What is granted, in milliseconds of its unit's time (working time alone for the working ones); grows with extensions. */
  limitMs: z.number().int().positive(),
  pausedAt: epochMs.nullable(),
  metAt: epochMs.nullable(),
  warned: z.array(z.number().int()),
});
export type Timer = z.output<typeof timer>;

/** How far an incident is, as far as a merge changes it. */
export const mergedCourse = z.object({
  state: incidentState,
  instants: incidentInstants,
  timers: z.array(timer).max(16),
  roundAt: epochMs,
});
export type MergedCourse = z.output<typeof mergedCourse>;

export const incidentEntity = z.object({
  id: incidentId,
  /** What people say: `2026-1127-0042`; unique for ever. */
  number: z.string().max(24),
  type: incidentType,
  level: incidentLevel,
  state: incidentState,
  suspended: z.object({ by: z.string(), at: epochMs, reason: z.string() }).nullable(),
  title: humanText(200),
  place,
  report: z.object({
    by: z.enum(['phone', 'radio', 'alert', 'patrol', 'camera', 'warning', 'platform', 'desk']),
    text: humanLines(4000).nullable(),
    reporter: humanText(64).nullable(),
  }),
  /** The one person in charge; others see who. */
  owner: z.object({ userId: z.string(), name: z.string(), since: epochMs }).nullable(),
  /** Who else has it open now. Volatile. */
  openBy: z.array(z.string().max(64)).max(16).default([]),
  instants: incidentInstants,
  timers: z.array(timer).max(16),
  disposition: disposition.nullable(),
  alerts: z.array(alertId).max(500),
  /** All that were told of it, also those that the list has no room for. */
  alertCount: z.number().int().nonnegative(),
  /** As last told; null: nobody knows. */
  casualties: casualties.nullable(),
  /** The record of another system that it came from. */
  external: z.object({ feed: z.string().max(64), id: z.string().max(200) }).nullable(),
  cameras: z.array(cameraId).max(16),
  /** Where it went: the parent it was merged into, or the incident it is a duplicate of. */
  parent: incidentId.nullable(),
  children: z.array(incidentId).max(200),
  /** Of one that went into another: what it was, and what went with it. So it can come back. */
  merged: z
    .object({
      from: incidentState,
      at: epochMs,
      by: z.string(),
      reason: humanText(256),
      alerts: z.array(alertId).max(500),
      alertCount: z.number().int().nonnegative(),
      cameras: z.array(cameraId).max(16),
      /** Where its units were still out: how far its parent was before, and how far it was with them. */
      course: z.object({ was: mergedCourse, made: mergedCourse }).nullable().default(null),
    })
    .nullable(),
  /** Since when it has been worked on this time: it was opened, came back, or has to be done again. */
  roundAt: epochMs,
  /** Of the plan that its type and level bring up: the version that it is bound to, and how far its steps are. */
  plan: z
    .object({
      planId: z.string().max(64),
      version: z.number().int(),
      steps: z.array(
        z.object({
          id: z.string().max(64),
          state: z.enum(['open', 'done', 'not-applicable']),
          by: z.string().nullable(),
          at: epochMs.nullable(),
          note: z.string().max(256).nullable(),
        }),
      ),
    })
    .nullable(),
  /** How many situation reports there are. */
  reports: z.number().int().nonnegative(),
  /** The last entry of its log. */
  lastSeq: z.number().int().nonnegative(),
  /** Counts the entries that change what people decide on: opened, moved, edited, plan, merge. Notes, alerts, tasks and timers are in nobody's way. */
  revision: z.number().int().nonnegative(),
  changedAt: epochMs,
  ...entityMarks,
});
export type Incident = z.output<typeof incidentEntity>;

export const incidentsCollection = defineCollection({
  name: 'incidents',
  summary: 'What people act on until it is closed; those closed for long are in the log alone.',
  entity: incidentEntity,
  keyOf: (incident) => incident.id,
  permission: 'incident.view',
  scopeOf: ({ place: where }) => placeClaim(where),
  /** Not who reported it and in which words, and not what people wrote of each other. */
  onScreens: (incident) => ({
    ...incident,
    report: { ...incident.report, text: null, reporter: null },
    suspended: incident.suspended && { ...incident.suspended, reason: '' },
    merged: incident.merged && { ...incident.merged, reason: '-' },
    plan: incident.plan && { ...incident.plan, steps: incident.plan.steps.map((step) => ({ ...step, note: null })) },
  }),
  volatile: ['openBy'],
  keep: 'memory',
});

/** An entry of an incident's log: append only. Replaying them rebuilds the incident. A correction is an entry of its own. */
export const incidentLogEntry = z.object({
  seq: z.number().int(),
  incidentId,
  /** When it was, and when it was written down. */
  at: epochMs,
  enteredAt: epochMs,
  by: z.string(),
  from: z.string().nullable(),
  kind: z.enum(['opened', 'moved', 'edited', 'note', 'task', 'unit', 'alert', 'merge', 'plan', 'timer', 'report', 'correction']),
  /** Of `kind`: what `incident-machine.ts` needs to do it again. */
  body: z.unknown(),
  corrects: z.number().int().nullable(),
});
export type IncidentLogEntry = z.output<typeof incidentLogEntry>;

const ofIncident = (id: string, lookup: ScopeLookup): readonly ScopeClaim[] => [lookup.incident(id) ?? 'none'];
const base = z.number().int().nonnegative().optional();
const acts = { risk: 'routine', audit: 'two-rows', effect: 'ledger', deadlineMs: 3000 } as const;

export const incidentOpen = defineCommand({
  name: 'incident.open',
  summary: 'Open an incident, from a call or from alerts. Answers those that it may be a duplicate of, with the parts of their scores.',
  args: z
    .object({
      type: incidentType,
      level: incidentLevel.default('IV'),
      title: humanText(200),
      place,
      /** The caller's number is kept apart, and told by `incident.caller` alone. */
      report: incidentEntity.shape.report.extend({ phone: z.string().trim().max(32).nullable().default(null) }),
      alertIds: z.array(alertId).max(100).default([]),
      cameraIds: z.array(cameraId).max(16).default([]),
      /** When the telephone rang and when somebody answered, where that is known. Later than now is now. */
      reportedAt: epochMs.optional(),
      answeredAt: epochMs.optional(),
      drill: z.boolean().default(false),
    })
    .strict(),
  result: z.object({
    incidentId,
    number: z.string(),
    duplicates: z.array(z.object({ incidentId, number: z.string(), score: z.number(), parts: z.record(z.string(), z.number()) })),
  }),
  permission: 'incident.edit',
  scopeOf: ({ place: where, alertIds }, lookup) => [placeClaim(where), ...alertIds.flatMap((id) => lookup.alert(id) ?? [])],
  ...acts,
  /** A caller's number is nobody's business in the audit. */
  redact: ({ report, ...args }) => ({ ...args, report: { by: report.by } }),
});

export const incidentAdvance = defineCommand({
  name: 'incident.advance',
  summary:
    'Move an incident on: accept, reject, file, control, resolve, verify, close, reopen, suspend, resume, transfer, void; extend its limits; returned by whoever should handle it; rework where the check failed.',
  args: z
    .object({
      incidentId,
      event: z.enum([
        'accept',
        'reject',
        'file',
        'control',
        'resolve',
        'verify',
        'close',
        'reopen',
        'suspend',
        'resume',
        'transfer',
        'void',
        'extend',
        'returned',
        'rework',
      ]),
      /** Wanted for reject, void, suspend, transfer, reopen, rework, extend and returned. */
      reason: humanText(256).optional(),
      disposition: disposition.optional(),
      /** Of `extend`: by how much, and which limit; without one those of handling and closing. */
      extendBy: z
        .object({ value: z.number().positive().max(1000), unit: timerUnit })
        .strict()
        .optional(),
      timerId: z.string().max(64).optional(),
      baseRevision: base,
    })
    .strict(),
  result: z.object({ state: incidentState, revision: z.number().int() }),
  permission: 'incident.edit',
  scopeOf: ({ incidentId: id }, lookup) => ofIncident(id, lookup),
  ...acts,
});

export const incidentEdit = defineCommand({
  name: 'incident.edit',
  summary: 'Change what an incident is: type, level (with a reason), title, place, casualties; or take it over. Closed ones refuse.',
  args: z
    .object({
      incidentId,
      type: incidentType.optional(),
      level: incidentLevel.optional(),
      reason: humanText(256).optional(),
      title: humanText(200).optional(),
      place: place.optional(),
      casualties: casualties.optional(),
      /** Take charge of it. */
      own: z.literal(true).optional(),
      baseRevision: base,
    })
    .strict(),
  result: z.object({ revision: z.number().int() }),
  permission: 'incident.edit',
  scopeOf: ({ incidentId: id, place: where }, lookup) => [...ofIncident(id, lookup), ...(where ? [placeClaim(where)] : [])],
  ...acts,
});

export const incidentNote = defineCommand({
  name: 'incident.note',
  summary: 'Write into the log of an incident; also a correction of an entry, when it is closed.',
  args: z.object({ incidentId, text: humanLines(2000), at: epochMs.optional(), corrects: z.number().int().positive().optional() }).strict(),
  result: z.object({ seq: z.number().int() }),
  permission: 'incident.edit',
  scopeOf: ({ incidentId: id }, lookup) => ofIncident(id, lookup),
  ...acts,
});

export const incidentStep = defineCommand({
  name: 'incident.step',
  summary: 'Tick a step of the plan that an incident is bound to.',
  args: z
    .object({
      incidentId,
      stepId: z.string().max(64),
      state: z.enum(['open', 'done', 'not-applicable']),
      note: humanText(256).optional(),
      baseRevision: base,
    })
    .strict(),
  result: z.object({ revision: z.number().int() }),
  permission: 'incident.edit',
  scopeOf: ({ incidentId: id }, lookup) => ofIncident(id, lookup),
  ...acts,
});

export const incidentMerge = defineCommand({
  name: 'incident.merge',
  summary: 'Two records of one matter: the child keeps its number and points to the parent. A drill and a real one are never merged.',
  args: z.object({ childId: incidentId, parentId: incidentId, reason: humanText(256) }).strict(),
  result: z.object({}),
  permission: 'incident.edit',
  scopeOf: ({ childId, parentId }, lookup) => [...ofIncident(childId, lookup), ...ofIncident(parentId, lookup)],
  ...acts,
});

export const incidentUnmerge = defineCommand({
  name: 'incident.unmerge',
  summary: 'Take a merge back: both are as they were. Until the parent is closed.',
  args: z.object({ childId: incidentId }).strict(),
  result: z.object({}),
  permission: 'incident.edit',
  scopeOf: ({ childId }, lookup) => ofIncident(childId, lookup),
  ...acts,
});

export const incidentLog = defineCommand({
  name: 'incident.log',
  summary: 'The log of an incident, oldest first.',
  args: z
    .object({ incidentId, after: z.number().int().nonnegative().default(0), limit: z.number().int().min(1).max(500).default(200) })
    .strict(),
  result: z.object({ entries: z.array(incidentLogEntry), more: z.boolean() }),
  permission: 'incident.edit',
  scopeOf: ({ incidentId: id }, lookup) => ofIncident(id, lookup),
  risk: 'read',
  audit: 'none',
  deadlineMs: 3000,
});

export const incidentReport = defineCommand({
  name: 'incident.report',
  summary: 'Make the next situation report from the log: numbered, frozen, each figure with the entries that it came from.',
  args: z
    .object({ incidentId, needs: humanLines(1000).optional(), forecast: humanLines(1000).optional(), nextAt: epochMs.optional() })
    .strict(),
  result: z.object({ number: z.number().int(), text: z.object({ zh: z.string(), en: z.string() }), cites: z.array(z.number().int()) }),
  permission: 'incident.edit',
  scopeOf: ({ incidentId: id }, lookup) => ofIncident(id, lookup),
  ...acts,
});

export const incidentCaller = defineCommand({
  name: 'incident.caller',
  summary: 'The number of whoever reported an incident; on record who asked.',
  args: z.object({ incidentId }).strict(),
  result: z.object({ phone: z.string().nullable() }),
  permission: 'incident.edit',
  scopeOf: ({ incidentId: id }, lookup) => ofIncident(id, lookup),
  risk: 'read',
  audit: 'two-rows',
  deadlineMs: 3000,
});

export const incidentWatch = defineCommand({
  name: 'incident.watch',
  summary: 'This desk has an incident open, for the next minute: others see who else has.',
  args: z.object({ incidentId, open: z.boolean() }).strict(),
  result: z.object({}),
  permission: 'incident.edit',
  scopeOf: ({ incidentId: id }, lookup) => ofIncident(id, lookup),
  risk: 'read',
  audit: 'none',
  deadlineMs: 2000,
});

// ---- units

export const unitState = z.enum([
  'available',
  'delayed',
  'unavailable',
  'outOfService',
  'committed',
  'enRoute',
  'onScene',
  'staging',
  'returning',
]);
export type UnitState = z.output<typeof unitState>;

export const capability = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

export const unitEntity = z.object({
  id: unitId,
  number: z.string().max(32),
  name: humanText(64),
  department: humanText(64),
  capabilities: z.array(capability).max(16),
  crew: z.number().int().nonnegative(),
  home: place,
  districts: z.array(z.string().regex(/^\d{2,12}$/)).max(32),
  state: unitState,
  /** Why it is not available, and until when. */
  reason: z.string().max(128).nullable(),
  backAt: epochMs.nullable(),
  stateAt: epochMs,
  stateBy: z.enum(['desk', 'radio', 'field', 'fence', 'task']),
  /** The one active task. */
  task: taskId.nullable(),
  /** Those that wait. */
  queued: z.array(taskId).max(8),
  lastReleasedAt: epochMs.nullable(),
  /** The asset whose latitude and longitude are its position: a vehicle that reports itself. */
  positionOf: z.string().max(280).nullable().default(null),
  /** Volatile. Degrees, WGS 84; `by` is who told it. */
  position: z
    .object({ lat: z.number(), lon: z.number(), at: epochMs, by: z.string().max(64) })
    .nullable()
    .default(null),
  revision: z.number().int().nonnegative(),
  ...entityMarks,
});
export type Unit = z.output<typeof unitEntity>;

export const unitsCollection = defineCollection({
  name: 'units',
  summary: 'Vehicles and teams that can be sent.',
  entity: unitEntity,
  keyOf: (unit) => unit.id,
  permission: 'unit.view',
  scopeOf: ({ districts }) => (districts.length === 0 ? 'city' : districts.map((district) => ({ district, groups: [] }))),
  /** Not why it is not there: that somebody is ill is nobody's business in the room. */
  onScreens: (unit) => ({ ...unit, reason: null }),
  volatile: ['position'],
  keep: 'memory',
});

export const unitUpsert = defineCommand({
  name: 'unit.upsert',
  summary: 'Add a unit, or change what it is. `number` is unique.',
  args: z
    .object({
      number: humanText(32),
      name: humanText(64),
      department: humanText(64),
      capabilities: z.array(capability).max(16).default([]),
      crew: z.number().int().min(0).max(500).default(0),
      home: place,
      districts: z
        .array(z.string().regex(/^\d{2,12}$/))
        .max(32)
        .default([]),
      positionOf: z.string().max(280).nullable().default(null),
      /** For drills alone. A crew that takes part in one is entered so once more, under a number of its own: real units are sent to no drill. */
      drill: z.boolean().default(false),
    })
    .strict(),
  result: z.object({ unitId }),
  permission: 'unit.edit',
  scopeOf: () => ['city'],
  ...acts,
});

export const unitStatus = defineCommand({
  name: 'unit.status',
  summary: 'What state a unit is in, by radio or at the desk. One that has a task is freed by its task alone.',
  args: z
    .object({
      unitId,
      state: z.enum(['available', 'delayed', 'unavailable', 'outOfService', 'staging', 'returning']),
      by: z.enum(['desk', 'radio']).default('desk'),
      reason: humanText(128).optional(),
      backAt: epochMs.optional(),
    })
    .strict(),
  result: z.object({ revision: z.number().int() }),
  permission: 'unit.edit',
  scopeOf: ({ unitId: id }, lookup) => lookup.unit(id) ?? [],
  ...acts,
});

/**
 * Why a unit stands where it stands, or does not stand at all. `covers` {capabilities}, `distance` {metres, from}: `from` is `position` or `home`; `distance-unknown`;
 * `position-fresh`, `position-stale` {ageSeconds}; `position-missing`; `state` {state}; `resting` {minutes}: so long since its last task, less than it should have;
 * `rested`; `district-own`, `district-foreign` {district}; `crew` {crew}; `chosen` {capability}: it is one of those that fill the need; `simulated`: there is no such unit, and a real incident needs a real one.
 * Excluded: `capability-missing` {wanted}, `not-available` {state, reason, backAt?},
 * `busy` {taskId, queued}: it can be given the task behind its own; `queue-full` {queued}; and for good, `for-drills-only`; `real-for-drill` and `real-for-simulated`: a
 * crew on duty would be taken from real callers, and drive to what is not there.
 */
export const rankReason = z.enum([
  'chosen',
  'covers',
  'distance',
  'distance-unknown',
  'position-fresh',
  'position-stale',
  'position-missing',
  'state',
  'resting',
  'rested',
  'district-own',
  'district-foreign',
  'crew',
  'simulated',
  'real-for-drill',
  'real-for-simulated',
  'capability-missing',
  'not-available',
  'busy',
  'queue-full',
  'for-drills-only',
]);
export type RankReason = z.output<typeof rankReason>;
const reasons = z.array(z.object({ code: rankReason, params: z.record(z.string(), z.union([z.string(), z.number()])) }));

export const unitRevoke = defineCommand({
  name: 'unit.revoke',
  summary:
    'A phone was lost: the link of a unit to its field page ends, and so do the sessions that it opened. The next task brings a new one.',
  args: z.object({ unitId }).strict(),
  result: z.object({ ended: z.number().int() }),
  permission: 'task.dispatch',
  scopeOf: ({ unitId: id }, lookup) => lookup.unit(id) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 3000,
});

export const unitRecommend = defineCommand({
  name: 'unit.recommend',
  summary:
    'Which units to send to an incident, each with why it stands where it stands, and why others do not stand there at all. The same question has the same answer.',
  args: z
    .object({
      incidentId,
      limit: z.number().int().min(1).max(50).default(10),
      /** Also what a second alarm adds to the run card. */
      secondAlarm: z.boolean().default(false),
    })
    .strict(),
  result: z.object({
    at: epochMs,
    /** What type and level ask for, and what cannot be met. */
    wants: z.array(z.object({ capability, count: z.number().int(), short: z.number().int() })),
    ranked: z.array(
      z.object({
        unitId,
        covers: z.array(capability),
        distanceM: z.number().nullable(),
        positionAgeMs: z.number().nullable(),
        stale: z.boolean(),
        reasons,
      }),
    ),
    excluded: z.array(z.object({ unitId, reasons })),
    /** Capabilities that nobody in a district could be sent with any more, once the chosen units have gone; `*`: of units that serve the whole city. */
    gaps: z.array(z.object({ capability, district: z.string() })),
  }),
  permission: 'task.dispatch',
  scopeOf: ({ incidentId: id }, lookup) => ofIncident(id, lookup),
  risk: 'read',
  audit: 'none',
  deadlineMs: 3000,
});

// ---- tasks

export const taskState = z.enum(['sent', 'accepted', 'enRoute', 'onScene', 'done', 'refused', 'cancelled']);
export type TaskState = z.output<typeof taskState>;

export const taskEntity = z.object({
  id: taskId,
  incident: incidentId,
  unit: unitId,
  title: humanText(200),
  text: humanLines(2000).nullable(),
  state: taskState,
  place,
  dueAt: epochMs.nullable(),
  /** What the recommendation said when it was sent. */
  chosenBecause: reasons,
  history: z
    .array(
      z.object({
        state: taskState,
        at: epochMs,
        by: z.string(),
        source: z.enum(['desk', 'field', 'fence']),
        text: z.string().max(500).nullable(),
        lat: z.number().nullable(),
        lon: z.number().nullable(),
        /** Of a photo that the hub keeps; fetched with a session. */
        photo: z.string().max(64).nullable(),
      }),
    )
    .max(64),
  revision: z.number().int().nonnegative(),
  ...entityMarks,
});
export type Task = z.output<typeof taskEntity>;

export const tasksCollection = defineCollection({
  name: 'tasks',
  summary: 'What units were sent to do.',
  entity: taskEntity,
  keyOf: (task) => task.id,
  permission: 'task.view',
  scopeOf: ({ place: where }) => placeClaim(where),
  /** Not what was written to whom, nor what a unit sent from where. */
  onScreens: (task) => ({
    ...task,
    text: null,
    history: task.history.map((step) => ({ ...step, text: null, lat: null, lon: null, photo: null })),
  }),
  volatile: [],
  keep: 'memory',
});

export const taskDispatch = defineCommand({
  name: 'task.dispatch',
  summary:
    'Send a unit. One with an active task gets it queued, or is refused. A drill sends units for drills, and a drill or a simulation no real ones. Answers the link of the field page, shown once.',
  args: z
    .object({
      incidentId,
      unitId,
      title: humanText(200),
      text: humanLines(2000).optional(),
      dueMinutes: z.number().int().min(1).max(43_200).optional(),
      /** Behind its active task. */
      queue: z.boolean().default(false),
      baseRevision: base,
    })
    .strict(),
  result: z.object({ taskId, queued: z.boolean(), fieldLink: z.string().nullable() }),
  permission: 'task.dispatch',
  scopeOf: ({ incidentId: id, unitId: unit }, lookup) => [...ofIncident(id, lookup), ...(lookup.unit(unit) ?? [])],
  ...acts,
});

export const taskReport = defineCommand({
  name: 'task.report',
  summary:
    'What a unit says of its task: accepted, en route, on scene, done or refused, with position and photo. Saying it twice changes nothing.',
  args: z
    .object({
      taskId,
      state: z.enum(['accepted', 'enRoute', 'onScene', 'done', 'refused']),
      text: humanText(500).optional(),
      lat: z.number().min(-90).max(90).optional(),
      lon: z.number().min(-180).max(180).optional(),
      /** JPEG, at most 1 MB, in base64. */
      photo: z.string().max(1_400_000).optional(),
      /** When it was, by the phone; ours decides. */
      at: epochMs.optional(),
    })
    .strict(),
  result: z.object({ state: taskState, revision: z.number().int() }),
  permission: 'task.report',
  scopeOf: ({ taskId: id }, lookup) => lookup.task(id) ?? [],
  ...acts,
  redact: ({ photo, ...args }) => ({ ...args, photo: photo === undefined ? undefined : `(${photo.length} characters)` }),
});

export const taskMine = defineCommand({
  name: 'task.mine',
  summary: 'What the unit that asks has to do, and where: its active task and those that wait.',
  args: z.object({}).strict(),
  result: z.object({
    unit: z.object({ id: unitId, number: z.string(), name: z.string(), state: unitState }),
    tasks: z.array(
      taskEntity
        .omit({ chosenBecause: true })
        .extend({ incidentNumber: z.string(), incidentType, incidentTitle: z.string(), level: incidentLevel }),
    ),
  }),
  permission: 'task.report',
  scopeOf: () => ['none'],
  risk: 'read',
  audit: 'none',
  deadlineMs: 3000,
});

export const taskCancel = defineCommand({
  name: 'task.cancel',
  summary: 'Call a unit back. It is free again; doing it twice changes nothing.',
  args: z.object({ taskId, reason: humanText(256) }).strict(),
  result: z.object({ revision: z.number().int() }),
  permission: 'task.dispatch',
  scopeOf: ({ taskId: id }, lookup) => lookup.task(id) ?? [],
  ...acts,
});

export const incidentCommands = [
  incidentOpen,
  incidentAdvance,
  incidentEdit,
  incidentNote,
  incidentStep,
  incidentMerge,
  incidentUnmerge,
  incidentLog,
  incidentReport,
  incidentCaller,
  incidentWatch,
  unitUpsert,
  unitStatus,
  unitRevoke,
  unitRecommend,
  taskDispatch,
  taskReport,
  taskMine,
  taskCancel,
] as const;
export const incidentCollections = [incidentsCollection, unitsCollection, tasksCollection] as const;
