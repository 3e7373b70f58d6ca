import { z } from 'zod';
import { defineCollection } from './define-collection.ts';
import { defineCommand } from './define-command.ts';
import { entityMarks, epochMs } from './entity.ts';

/** What the hub watches about itself. */
export const healthItem = z.enum(['disk', 'clock', 'audit', 'backup', 'certificate', 'duties', 'retention']);
export type HealthItem = z.output<typeof healthItem>;

export const healthEntity = z.object({
  id: healthItem,
  /** `unknown`: nobody can tell, e.g. no time server is configured. */
  state: z.enum(['ok', 'unknown', 'warning', 'failed']),
  /** An error code, or null when all is well. */
  code: z.string().nullable(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** Since when it is in this state. */
  since: epochMs,
  ...entityMarks,
});
export type Health = z.output<typeof healthEntity>;

export const healthCollection = defineCollection({
  name: 'health',
  summary: 'How the hub itself is: disk, clock, audit, backups, certificate.',
  entity: healthEntity,
  keyOf: (item) => item.id,
  permission: 'system.view',
  scopeOf: () => 'none',
  volatile: [],
  keep: 'memory',
});

const backupFacts = z.object({
  /** Name of its folder below the backup folder. */
  name: z.string(),
  at: epochMs,
  bytes: z.number().int(),
  ledgerSeq: z.number().int(),
});

export const backupCreate = defineCommand({
  name: 'backup.create',
  summary: 'Back the ledger up while the hub runs.',
  args: z.object({}).strict(),
  result: backupFacts,
  permission: 'system.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 600_000,
});

export const backupList = defineCommand({
  name: 'backup.list',
  summary: 'The backups there are, newest first.',
  args: z.object({}).strict(),
  result: z.object({ backups: z.array(backupFacts), nextAt: epochMs.nullable() }),
  permission: 'system.admin',
  scopeOf: () => ['city' as const],
  risk: 'read',
  audit: 'none',
  deadlineMs: 5000,
});

export const operationCommands = [backupCreate, backupList] as const;
export const operationCollections = [healthCollection] as const;
