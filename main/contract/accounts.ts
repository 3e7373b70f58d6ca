import { z } from 'zod';
import { defineCollection } from './define-collection.ts';
import { defineCommand } from './define-command.ts';
import { entityMarks, epochMs, humanText } from './entity.ts';
import { sessionId, userId } from './ids.ts';
import { permissions, personRoles, roles } from './permissions.ts';

const loginName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/);
const password = z.string().min(1).max(256);
/** Six digits of the authenticator (RFC 6238), or a recovery code. */
const secondFactorCode = z.string().min(6).max(32);

/**
 * What hashes a password may take this long: hashing is slow on purpose, only two run at a time, and at the change of shifts a whole room
 * logs in at once.
 */
export const passwordDeadlineMs = 30_000;

export const scopeSchema = z.object({
  districts: z.union([z.literal('*'), z.array(z.string().regex(/^\d{2,12}$/)).max(1000)]),
  groups: z.union([z.literal('*'), z.array(z.string().max(64)).max(1000)]),
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** When an account works, in the city's time zone: weekdays (1 Monday … 7 Sunday) on which a window begins; one that ends before it begins goes past midnight. */
export const shiftWindow = z
  .object({ days: z.array(z.number().int().min(1).max(7)).min(1).max(7), from: timeOfDay, to: timeOfDay })
  .strict();
export type ShiftWindow = z.output<typeof shiftWindow>;

/** Networks an account may log in from. */
const networks = z.union([
  z.literal('*'),
  z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .min(1)
    .max(64),
]);

/** See `Barrier`. */
export const barrier = z.enum(['password-change-required', 'second-factor-enrolment-required', 'session-locked']);

/** Opens a session. The answer's token is the bearer token of the machine API; a browser gets it as an HttpOnly cookie too. */
export const sessionLogin = defineCommand({
  name: 'session.login',
  summary: 'Log in with user name, password and, where the account has one, the code of the second factor; answers a bearer token.',
  args: z
    .object({
      user: loginName,
      password,
      code: secondFactorCode.optional(),
      workstation: humanText(64).optional(),
      /** A person sits there: the session locks itself after a while without `session.activity`. */
      interactive: z.boolean().default(false),
    })
    .strict(),
  result: z.object({ token: z.string(), expiresAt: epochMs, mustChangePassword: z.boolean(), barrier: barrier.nullable() }),
  permission: 'public',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: passwordDeadlineMs,
  redact: ({ user, workstation, interactive }) => ({ user, workstation, interactive }),
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
    barrier: barrier.nullable(),
    screen: z.object({ wallId: z.string(), screenId: z.string() }).nullable(),
    /** What this session's machine is called, or its address: part of the watermark. */
    workstation: z.string(),
    /** The account has a second factor. */
    secondFactor: z.boolean(),
    /** False for the demo's account, which has none: it neither locks nor changes it. */
    hasPassword: z.boolean(),
  }),
  permission: 'session',
  scopeOf: () => [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 1000,
});

export const sessionActivity = defineCommand({
  name: 'session.activity',
  summary: 'Somebody is at this desk: puts off the idle lock.',
  args: z.object({}).strict(),
  /** `idleLockAt` is null where the session does not lock itself. */
  result: z.object({ idleLockAt: epochMs.nullable() }),
  permission: 'session',
  scopeOf: () => [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 1000,
});

export const sessionLock = defineCommand({
  name: 'session.lock',
  summary: 'Lock this session: until its user proves himself again it shows what a wall shows and controls nothing.',
  args: z.object({}).strict(),
  result: z.object({}),
  permission: 'session',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 2000,
});

export const sessionUnlock = defineCommand({
  name: 'session.unlock',
  summary: 'Unlock this session with the password of its user, and the code of the second factor where there is one.',
  args: z.object({ password, code: secondFactorCode.optional() }).strict(),
  result: z.object({}),
  permission: 'session',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: passwordDeadlineMs,
  redact: () => ({}),
});

export const sessionTotpBegin = defineCommand({
  name: 'session.totp-begin',
  summary:
    'Begin to set up an authenticator (RFC 6238, SHA-1, 6 digits, 30 s): answers a new secret, in force once a code of it was confirmed. Whoever has one already gives a code of that one.',
  args: z.object({ password, code: secondFactorCode.optional() }).strict(),
  result: z.object({
    /** Base32 (RFC 4648), for typing. */
    secret: z.string(),
    /** `otpauth://totp/…`, for the QR code. */
    uri: z.string(),
  }),
  permission: 'session',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: passwordDeadlineMs,
  redact: () => ({}),
});

export const sessionTotpConfirm = defineCommand({
  name: 'session.totp-confirm',
  summary:
    'Put the authenticator begun before in force with a code of it; answers recovery codes, each good for one login, shown this once.',
  args: z.object({ code: secondFactorCode }).strict(),
  result: z.object({ recoveryCodes: z.array(z.string()) }),
  permission: 'session',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: passwordDeadlineMs,
  redact: () => ({}),
});

export const sessionList = defineCommand({
  name: 'session.list',
  summary: 'Who is logged in, where, since when.',
  args: z.object({}).strict(),
  result: z.object({
    sessions: z.array(
      z.object({
        sessionId,
        kind: z.enum(['person', 'wall', 'unit']),
        /** The user's name, `wall:<wall>:<screen>`, or `unit:<number>`. */
        name: z.string(),
        screen: z.object({ wallId: z.string(), screenId: z.string() }).nullable(),
        address: z.string(),
        workstation: z.string().nullable(),
        createdAt: epochMs,
        expiresAt: epochMs,
        lastActiveAt: epochMs,
        locked: z.boolean(),
        /** It is the session that asks. */
        own: z.boolean(),
      }),
    ),
  }),
  permission: 'session.admin',
  scopeOf: () => ['city' as const],
  risk: 'read',
  audit: 'none',
  deadlineMs: 2000,
});

export const sessionEnd = defineCommand({
  name: 'session.end',
  summary: 'End a session of somebody else, with its leases and playbacks.',
  args: z.object({ sessionId }).strict(),
  result: z.object({}),
  permission: 'session.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 2000,
});

export const userUpsert = defineCommand({
  name: 'user.upsert',
  summary: 'Create an account, or change the one with this name. A password set here must be changed at the next login.',
  args: z
    .object({
      name: loginName,
      fullName: humanText(64).optional(),
      roles: z.array(z.enum(personRoles)).min(1).max(personRoles.length),
      /** Overrides what the roles allow. */
      denied: z.array(z.enum(permissions)).max(permissions.length).default([]),
      scope: scopeSchema.strict().default({ districts: '*', groups: '*' }),
      /** Null: at any time. Outside its windows the account cannot log in, and its sessions end. */
      shift: z.array(shiftWindow).min(1).max(32).nullable().default(null),
      networks: networks.default('*'),
      disabled: z.boolean().default(false),
      /** Needed for a new account. */
      password: password.optional(),
      /** The account sets up a new authenticator at its next login. */
      resetSecondFactor: z.boolean().default(false),
    })
    .strict(),
  result: z.object({ userId: z.string() }),
  permission: 'user.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: passwordDeadlineMs,
  redact: ({ password, ...kept }) => ({ ...kept, passwordSet: password !== undefined }),
});

export const userUnlock = defineCommand({
  name: 'user.unlock',
  summary: 'Forget the failed logins of an account, so that its user can try again at once.',
  args: z.object({ userId }).strict(),
  result: z.object({}),
  permission: 'user.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 2000,
});

export const userEntity = z.object({
  id: z.string(),
  name: loginName,
  fullName: z.string().nullable(),
  roles: z.array(z.enum(roles)),
  denied: z.array(z.enum(permissions)),
  scope: scopeSchema,
  shift: z.array(shiftWindow).nullable(),
  networks,
  disabled: z.boolean(),
  /** An authenticator is in force. */
  secondFactor: z.boolean(),
  createdAt: epochMs,
  /** Null while the account has no password (the demo's). */
  passwordChangedAt: epochMs.nullable(),
  /** Volatile: until when it takes no attempt, at one place or at all, after too many wrong ones; null when it does now everywhere. */
  lockedUntil: epochMs.nullable().default(null),
  /** Volatile. */
  lastLoginAt: epochMs.nullable().default(null),
  ...entityMarks,
});
export type User = z.output<typeof userEntity>;

export const usersCollection = defineCollection({
  name: 'users',
  summary: 'Accounts, without any credential.',
  entity: userEntity,
  keyOf: (user) => user.id,
  permission: 'user.view',
  scopeOf: () => 'city',
  volatile: ['lockedUntil', 'lastLoginAt'],
  keep: 'memory',
});

export const accountCommands = [
  sessionLogin,
  sessionLogout,
  sessionPassword,
  sessionWho,
  sessionActivity,
  sessionLock,
  sessionUnlock,
  sessionTotpBegin,
  sessionTotpConfirm,
  sessionList,
  sessionEnd,
  userUpsert,
  userUnlock,
] as const;
export const accountCollections = [usersCollection] as const;
