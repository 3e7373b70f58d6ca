import { z } from 'zod';
import { defineCollection } from './define-collection.ts';
import { defineCommand } from './define-command.ts';
import { epochMs, humanText } from './entity.ts';
import { cameraId } from './ids.ts';
import { scopeClaim } from './scope-claim.ts';

export const auditEntity = z.object({
  seq: z.number().int(),
  at: epochMs,
  phase: z.enum(['open', 'close']),
  commandId: z.string(),
  command: z.string(),
  actor: z.string(),
  roles: z.array(z.string()),
  door: z.string(),
  address: z.string(),
  workstation: z.string().nullable(),
  args: z.unknown(),
  outcome: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  /** What the command touched; null in rows from before scopes were kept. */
  scope: z.array(scopeClaim).nullable(),
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditRow = z.output<typeof auditEntity>;

export const auditCollection = defineCollection({
  name: 'audit',
  summary: 'Who did what, from where, with what result. Append-only; every row carries the hash of the row before.',
  entity: auditEntity,
  keyOf: (row) => String(row.seq),
  permission: 'audit.view',
  scopeOf: (row) => row.scope ?? ['city'],
  volatile: [],
  keep: 'paged',
});

/** Newest first: `before` is the number of the oldest one read so far. */
const page = {
  before: z.number().int().positive().optional(),
  limit: z.number().int().min(1).max(500).default(100),
};
const period = { from: epochMs.optional(), to: epochMs.optional() };

export const auditSearch = defineCommand({
  name: 'audit.search',
  summary: 'Search the audit, newest first.',
  args: z
    .object({
      /** Part of a name, an address, a workstation or the arguments. */
      text: z.string().max(128).optional(),
      actor: z.string().max(200).optional(),
      /** A command's name, or its beginning with a dot at the end, e.g. `camera.`. */
      command: z.string().max(64).optional(),
      /** `ok`, an error code, or `refused` for everything but ok. */
      outcome: z.string().max(64).optional(),
      ...period,
      ...page,
    })
    .strict(),
  result: z.object({
    rows: z.array(auditEntity),
    /** `before` of the next page; null when there is none. The search looks at 200,000 rows at most a page and goes on there. */
    next: z.number().int().nullable(),
  }),
  permission: 'audit.view',
  scopeOf: () => [],
  risk: 'read',
  audit: 'two-rows',
  deadlineMs: 15_000,
});

/** One camera watched by somebody without interruption, or one picture of it that he took away. */
export const watchEntity = z.object({
  id: z.number().int(),
  /** `snapshot`: `from` and `until` are the moment of the one picture. */
  kind: z.enum(['live', 'snapshot']),
  cameraId,
  /** The name of a person, or `wall:<wall>:<screen>`. */
  actor: z.string(),
  address: z.string(),
  workstation: z.string().nullable(),
  screen: z.object({ wallId: z.string(), screenId: z.string() }).nullable(),
  from: epochMs,
  /** Null while it goes on. */
  until: epochMs.nullable(),
  /** The audit row of the scene change, the lease or the snapshot that began it. */
  auditSeq: z.number().int(),
});
export type Watch = z.output<typeof watchEntity>;

export const auditWatches = defineCommand({
  name: 'audit.watches',
  summary: 'Who watched what: exact by camera, by person or wall screen, and by time; newest first.',
  args: z
    .object({ cameraId: cameraId.optional(), actor: z.string().max(200).optional(), ...period, ...page })
    .strict()
    .refine(
      (args) => args.cameraId !== undefined || args.actor !== undefined || args.from !== undefined,
      'name a camera, an actor or a time',
    ),
  result: z.object({ watches: z.array(watchEntity), next: z.number().int().nullable() }),
  permission: 'audit.view',
  scopeOf: ({ cameraId: id }, lookup) => (id === undefined ? [] : [lookup.camera(id) ?? ('city' as const)]),
  risk: 'read',
  audit: 'two-rows',
  deadlineMs: 15_000,
});

export const auditVerify = defineCommand({
  name: 'audit.verify',
  summary: 'Recompute the chain of the audit and its daily seals.',
  args: z.object({}).strict(),
  result: z.object({
    ok: z.boolean(),
    rows: z.number().int(),
    /** The first row that is not what it was; null when all are. */
    firstBadSeq: z.number().int().nullable(),
    /** The first day whose seal does not fit; null when all do. */
    firstBadSeal: z.string().nullable(),
    /** The last sealed day, `YYYY-MM-DD`; null before the first. */
    sealedUntil: z.string().nullable(),
  }),
  permission: 'audit.view',
  scopeOf: () => ['city' as const],
  risk: 'read',
  audit: 'two-rows',
  deadlineMs: 600_000,
});

export const auditExport = defineCommand({
  name: 'audit.export',
  summary:
    'Take a part of the audit and the watch register out of the system as files, with a manifest and a signature. Needs a second person.',
  args: z
    .object({ from: epochMs, to: epochMs, purpose: humanText(256), caseNumber: humanText(64).optional() })
    .strict()
    .refine((args) => args.from <= args.to, 'the period ends before it begins'),
  result: z.object({ exportId: z.string(), rows: z.number().int(), bytes: z.number().int(), sha256: z.string() }),
  permission: 'audit.export',
  scopeOf: () => ['city' as const],
  risk: 'two-person',
  audit: 'two-rows',
  deadlineMs: 600_000,
});

export const auditCommands = [auditSearch, auditWatches, auditVerify, auditExport] as const;
export const auditCollections = [auditCollection] as const;
