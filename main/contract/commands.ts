import { z } from 'zod';
import { defineCollection } from './define-collection.ts';
import { defineCommand } from './define-command.ts';
import { entityMarks, epochMs, humanText } from './entity.ts';
import { commandId } from './ids.ts';
import { scopeClaim } from './scope-claim.ts';

/** The life of a command that outlives its answer: actuations and two-person commands. */
export const commandState = z.enum([
  'received',
  'awaitingApproval',
  'authorised',
  'sent',
  'accepted',
  'confirmed',
  'rejected',
  'timedOut',
  'failed',
]);
export type CommandState = z.output<typeof commandState>;

/** What a two-person command answers instead of its result, which comes to stand in the collection `commands`. */
export const commandAsked = z.object({ commandId, state: commandState });

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

export const commandEntity = z.object({
  id: z.string(),
  name: z.string(),
  state: commandState,
  /** SHA-256 of the canonical arguments: an approval is bound to exactly this payload. */
  payloadHash: z.string(),
  /** The arguments as the audit keeps them: what the second person reads before he approves. */
  args: z.unknown(),
  requestedBy: z.string(),
  requestedFrom: z.string(),
  approvedBy: z.string().nullable(),
  approvalExpiresAt: epochMs.nullable(),
  /** Why it did not come to be done: an error code, or what the second person wrote. */
  reason: z.string().nullable(),
  /** What it came to, once it is confirmed. */
  result: z.unknown(),
  at: epochMs,
  updatedAt: epochMs,
  scope: z.array(scopeClaim),
  ...entityMarks,
});
export type CommandEntity = z.output<typeof commandEntity>;

export const commandsCollection = defineCollection({
  name: 'commands',
  summary: 'Commands that go on after their answer: sent is not done until it is confirmed by read-back.',
  entity: commandEntity,
  keyOf: (command) => command.id,
  permission: 'command.view',
  scopeOf: (command) => command.scope,
  volatile: [],
  keep: 'memory',
});

export const commandApprove = defineCommand({
  name: 'command.approve',
  summary: 'As the second person, let a command that waits be done: exactly the one whose payload hash is named.',
  args: z.object({ commandId, payloadHash: sha256Hex }).strict(),
  result: z.object({ state: commandState }),
  permission: 'command.approve',
  scopeOf: ({ commandId: id }, lookup) => lookup.command(id) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
});

export const commandReject = defineCommand({
  name: 'command.reject',
  summary: 'As the second person, refuse a command that waits.',
  args: z.object({ commandId, reason: humanText(256) }).strict(),
  result: z.object({ state: commandState }),
  permission: 'command.approve',
  scopeOf: ({ commandId: id }, lookup) => lookup.command(id) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
});

export const commandWithdraw = defineCommand({
  name: 'command.withdraw',
  summary: 'Take back a command of one’s own that still waits for the second person.',
  args: z.object({ commandId }).strict(),
  result: z.object({ state: commandState }),
  permission: 'session',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
});

export const commandCommands = [commandApprove, commandReject, commandWithdraw] as const;
export const commandCollections = [commandsCollection] as const;
