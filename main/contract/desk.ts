import { z } from 'zod';
import { scopeSchema } from './accounts.ts';
import { defineCollection } from './define-collection.ts';
import { defineCommand } from './define-command.ts';
import { entityMarks, epochMs, humanLines, humanText } from './entity.ts';
import { alertId, cameraId, commandId, handoverId, screenId, silenceId, userId, wallId } from './ids.ts';
import { healthEntity } from './operations.ts';
import type { Scope, ScopeClaim } from './scope.ts';

/** Who signed, as his account called him then. */
const person = z.object({ userId, name: z.string(), fullName: z.string().nullable() });

/**
 * What a shift leaves behind, as the hub knew it at `at` and as far as whoever asked for it sees: null stands for what he may not read at all.
 * Long lists are cut; `leftOut` says by how much.
 */
export const shiftReport = z.object({
  at: epochMs,
  /** What runs on the walls. */
  screens: z
    .array(
      z.object({
        wallId,
        wall: z.string(),
        screenId,
        screen: z.string(),
        /** `grid 3x3`, `split 1+5`, `free 4`, `tour 6`, `coverage`. */
        shape: z.string(),
        layout: z.string().nullable(),
        /** Every camera of it, in all steps of a tour, and of the tiles that lie over it. */
        cameras: z.number().int(),
        changedBy: z.string().nullable(),
        changedAt: epochMs.nullable(),
        /** Null: the screen has said nothing for ten seconds. */
        live: z.number().int().nullable(),
        notLive: z.number().int().nullable(),
        followsRevision: z.boolean().nullable(),
        paused: z.boolean(),
      }),
    )
    .max(256),
  /** What is held on them. */
  holds: z
    .array(
      z.object({
        wall: z.string(),
        screen: z.string(),
        /** Null: the whole screen. */
        tiles: z.number().int().nullable(),
        by: z.string(),
        reason: z.string(),
        expiresAt: epochMs,
      }),
    )
    .max(256),
  /** Alerts that somebody has put away for a time, those that come back first. Not in hand-overs that were written before reports named them. */
  shelved: z
    .object({
      total: z.number().int(),
      first: z
        .array(
          z.object({
            alertId,
            severity: z.enum(['critical', 'high', 'medium', 'low']),
            title: z.object({ zh: z.string(), en: z.string() }),
            subject: z.string(),
            by: z.string(),
            until: epochMs,
            reason: z.string(),
          }),
        )
        .max(50),
    })
    .nullable()
    .optional(),
  /** Silences that stand, and those that are planned (`from` lies after the report), those that end first. Not in hand-overs that were written before reports named them. */
  silenced: z
    .object({
      total: z.number().int(),
      first: z
        .array(
          z.object({
            silenceId,
            matchers: z.array(z.object({ label: z.string(), op: z.enum(['=', '!=']), value: z.string() })).max(8),
            by: z.string(),
            from: epochMs,
            until: epochMs,
            reason: z.string(),
          }),
        )
        .max(50),
    })
    .nullable()
    .optional(),
  offline: z
    .object({
      total: z.number().int(),
      /** Those that went last. `since` is null for a camera that was offline already when this hub began to ask. */
      latest: z
        .array(z.object({ cameraId, number: z.string(), name: z.string(), since: epochMs.nullable(), reason: z.string().nullable() }))
        .max(50),
    })
    .nullable(),
  /** Two-person commands that wait for their second person. */
  waiting: z
    .array(z.object({ commandId, name: z.string(), by: z.string(), at: epochMs }))
    .max(100)
    .nullable(),
  /** What is wrong with the system itself, as in `health`. */
  health: z
    .array(healthEntity.pick({ id: true, state: true, code: true, params: true, since: true }))
    .max(64)
    .nullable(),
  leftOut: z.object({ screens: z.number().int(), waiting: z.number().int() }),
});
export type ShiftReport = z.output<typeof shiftReport>;

export const handoverItem = z.object({ text: humanText(280), done: z.boolean().default(false) }).strict();

/** One hand-over of a desk: written and signed by who goes, read and signed by who comes. Never changed after the second signature. */
export const handoverEntity = z.object({
  id: handoverId,
  state: z.enum(['offered', 'signed', 'withdrawn']),
  from: person,
  offeredAt: epochMs,
  to: person.nullable(),
  signedAt: epochMs.nullable(),
  withdrawnAt: epochMs.nullable(),
  /** What the desk calls itself. */
  desk: z.string().nullable(),
  note: z.string().nullable(),
  /** Open matters and promises, as whoever goes wrote them. */
  items: z.array(handoverItem).max(50),
  report: shiftReport,
  /** What whoever comes says to it. */
  remarks: z.string().nullable(),
  /** What whoever wrote it sees: only who sees all of that reads it. */
  scope: scopeSchema,
  ...entityMarks,
});
export type Handover = z.output<typeof handoverEntity>;

/** Claims that a scope covers when it covers everything that this one covers. A scope that covers nothing claims nothing. */
export function claimsOfScope({ districts, groups }: Scope): ScopeClaim[] {
  if (districts === '*' && groups === '*') return ['city'];
  // What lies everywhere lies in no district that somebody could be limited to.
  const places = districts === '*' ? [''] : districts;
  const owners: readonly (readonly string[])[] = groups === '*' ? [[]] : groups.map((group) => [group]);
  const [place] = places;
  const [owner, ...otherOwners] = owners;
  if (place === undefined || owner === undefined) return [];
  return [...places.map((district) => ({ district, groups: owner })), ...otherOwners.map((one) => ({ district: place, groups: one }))];
}

export const handoversCollection = defineCollection({
  name: 'handovers',
  summary: 'Hand-overs of desks, each with its report and both signatures.',
  entity: handoverEntity,
  keyOf: (handover) => handover.id,
  permission: 'wall.control',
  scopeOf: ({ scope }) => claimsOfScope(scope),
  volatile: [],
  keep: 'memory',
});

export const handoverReport = defineCommand({
  name: 'handover.report',
  summary: 'What a hand-over would say now.',
  args: z.object({}).strict(),
  result: z.object({ report: shiftReport }),
  permission: 'wall.control',
  scopeOf: () => [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 3000,
});

export const handoverOffer = defineCommand({
  name: 'handover.offer',
  summary: 'Write and sign a hand-over of this desk. It waits for whoever comes; one of the same person that waits already is withdrawn.',
  args: z
    .object({ note: humanLines(2000).optional(), items: z.array(handoverItem).max(50).default([]), desk: humanText(64).optional() })
    .strict(),
  result: z.object({ handoverId }),
  permission: 'wall.control',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const handoverSign = defineCommand({
  name: 'handover.sign',
  summary:
    'Take a desk over: sign what another has written. What he holds on the walls is held by the signer from then on, as far as his roles allow.',
  args: z.object({ handoverId, remarks: humanLines(2000).optional() }).strict(),
  result: z.object({
    holdsTaken: z.number().int(),
    /** What he goes on holding, because its priority is above what the roles of the signer allow. */
    holdsLeft: z.array(z.object({ wall: z.string(), screen: z.string(), priority: z.number().int() })).max(256),
  }),
  permission: 'wall.control',
  scopeOf: ({ handoverId: id }, lookup) => lookup.handover(id) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const handoverWithdraw = defineCommand({
  name: 'handover.withdraw',
  summary: 'Take back a hand-over of one’s own that nobody has signed yet.',
  args: z.object({ handoverId }).strict(),
  result: z.object({}),
  permission: 'wall.control',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 2000,
});

// ---- what one person keeps at hand

/** The most cameras that one person keeps at hand. */
export const maxFavourites = 200;

export const favouriteList = defineCommand({
  name: 'favourite.list',
  summary: 'The cameras that the asker keeps at hand, in his order.',
  args: z.object({}).strict(),
  result: z.object({ cameraIds: z.array(cameraId) }),
  permission: 'wall.control',
  scopeOf: () => [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 2000,
});

export const favouriteSet = defineCommand({
  name: 'favourite.set',
  summary: 'Replace the list of cameras that the asker keeps at hand. Cameras that are no more are left out.',
  args: z.object({ cameraIds: z.array(cameraId).max(maxFavourites) }).strict(),
  result: z.object({ cameraIds: z.array(cameraId) }),
  permission: 'wall.control',
  scopeOf: ({ cameraIds }, lookup) => cameraIds.map((id) => lookup.camera(id) ?? ('none' as const)),
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 2000,
});

export const deskCommands = [handoverReport, handoverOffer, handoverSign, handoverWithdraw, favouriteList, favouriteSet] as const;
export const deskCollections = [handoversCollection] as const;
