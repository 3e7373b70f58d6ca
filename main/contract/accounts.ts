import { z } from 'zod';
import { defineCollection } from './define-collection.ts';
import { defineCommand } from './define-command.ts';
import { entityMarks, epochMs, humanText } from './entity.ts';
import { permissions, roles } from './permissions.ts';

const loginName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/);
const password = z.string().min(1).max(256);

/**
 * What hashes a password may take this long: hashing is slow on purpose, only two run at a time, and at the change of shifts a whole room
 * logs in at once.
 */
export const passwordDeadlineMs = 30_000;

export const scopeSchema = z.object({
  districts: z.union([z.literal('*'), z.array(z.string().regex(/^\d{2,12}$/)).max(1000)]),
  groups: z.union([z.literal('*'), z.array(z.string().max(64)).max(1000)]),
});

/** Opens a session. The answer's token is the bearer token of the machine API; a browser gets it as an HttpOnly cookie too. */
export const sessionLogin = defineCommand({
  name: 'session.login',
  summary: 'Log in with user name and password; answers a bearer token.',
  args: z.object({ user: loginName, password, workstation: humanText(64).optional() }).strict(),
  result: z.object({ token: z.string(), expiresAt: epochMs, mustChangePassword: z.boolean() }),
  permission: 'public',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: passwordDeadlineMs,
  redact: ({ user, workstation }) => ({ user, workstation }),
});

export const sessionLogout = defineCommand({
  name: 'session.logout',
  summary: 'End the session that asks, with its leases and playbacks.',
  args: z.object({}).strict(),
  result: z.object({}),
  permission: 'session',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 2000,
});

export const sessionPassword = defineCommand({
  name: 'session.password',
  summary: 'Change the password of the user who asks. Other sessions of that user end.',
  args: z.object({ current: password, next: password }).strict(),
  result: z.object({}),
  permission: 'session',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: passwordDeadlineMs,
  redact: () => ({}),
});

export const sessionWho = defineCommand({
  name: 'session.who',
  summary: 'Who this session is, and what it may do.',
  args: z.object({}).strict(),
  result: z.object({
    userId: z.string(),
    name: z.string(),
    roles: z.array(z.enum(roles)),
    permissions: z.array(z.enum(permissions)),
    scope: scopeSchema,
    mustChangePassword: z.boolean(),
    screen: z.object({ wallId: z.string(), screenId: z.string() }).nullable(),
  }),
  permission: 'session',
  scopeOf: () => [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 1000,
});

/** Roles that a person may have; `wall` belongs to screens alone. */
const personRoles = z
  .array(z.enum(['administrator', 'operator']))
  .min(1)
  .max(2);

export const userUpsert = defineCommand({
  name: 'user.upsert',
  summary: 'Create an account, or change the one with this name. A password set here must be changed at the next login.',
  args: z
    .object({
      name: loginName,
      roles: personRoles,
      scope: scopeSchema.strict().default({ districts: '*', groups: '*' }),
      disabled: z.boolean().default(false),
      /** Needed for a new account. */
      password: password.optional(),
    })
    .strict(),
  result: z.object({ userId: z.string() }),
  permission: 'user.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: passwordDeadlineMs,
  redact: ({ name, roles, scope, disabled, password }) => ({ name, roles, scope, disabled, passwordSet: password !== undefined }),
});

export const userEntity = z.object({
  id: z.string(),
  name: loginName,
  roles: z.array(z.enum(roles)),
  scope: scopeSchema,
  disabled: z.boolean(),
  createdAt: epochMs,
  ...entityMarks,
});
export type User = z.output<typeof userEntity>;

export const usersCollection = defineCollection({
  name: 'users',
  summary: 'Accounts, without any credential.',
  entity: userEntity,
  keyOf: (user) => user.id,
  permission: 'user.admin',
  scopeOf: () => 'city',
  volatile: [],
  keep: 'memory',
});

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
  scopeOf: () => 'city',
  volatile: [],
  keep: 'paged',
});

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

export const commandEntity = z.object({
  id: z.string(),
  name: z.string(),
  state: commandState,
  /** SHA-256 of the canonical arguments: an approval is bound to exactly this payload. */
  payloadHash: z.string(),
  requestedBy: z.string(),
  approvedBy: z.string().nullable(),
  approvalExpiresAt: epochMs.nullable(),
  reason: z.string().nullable(),
  at: epochMs,
  updatedAt: epochMs,
  scope: z.array(z.union([z.literal('city'), z.literal('none'), z.object({ district: z.string(), groups: z.array(z.string()) })])),
  ...entityMarks,
});
export type CommandEntity = z.output<typeof commandEntity>;

export const commandsCollection = defineCollection({
  name: 'commands',
  summary: 'Commands that go on after their answer: sent is not done until it is confirmed by read-back.',
  entity: commandEntity,
  keyOf: (command) => command.id,
  permission: 'command.view',
  scopeOf: (command) => command.scope[0] ?? 'none',
  volatile: [],
  keep: 'memory',
});

export const accountCommands = [sessionLogin, sessionLogout, sessionPassword, sessionWho, userUpsert] as const;
export const accountCollections = [usersCollection, auditCollection, commandsCollection] as const;
