import { z } from 'zod';
import { defineCollection } from '../main/contract/define-collection.ts';
import { defineCommand } from '../main/contract/define-command.ts';
import { entityMarks, epochMs, humanText } from '../main/contract/entity.ts';
import { cameraId, holdId, layoutId, presetId, screenId, userId, wallId } from '../main/contract/ids.ts';
import { errorCode } from '../streams/contract.ts';
import type { Role } from '../main/contract/permissions.ts';
import type { ScopeClaim } from '../main/contract/scope.ts';
import { maxSpanning, placeClaims, recallNumber, scene, sceneClaims, spanningTile } from './contract.ts';

// ---- presets: a whole wall by one number

/** What several screens of one wall show together, and what lies over them. Screens that are not in it are left as they are. */
export const presetEntity = z.object({
  id: presetId,
  name: humanText(64),
  number: recallNumber.nullable(),
  wallId,
  screens: z.array(z.object({ screenId, scene }).strict()).min(1).max(64),
  /** Null: tiles across screens are left as they are. */
  spanning: z.array(spanningTile).max(maxSpanning).nullable(),
  revision: z.number().int().nonnegative(),
  changedBy: z.string().nullable(),
  changedAt: epochMs.nullable(),
  ...entityMarks,
});
export type Preset = z.output<typeof presetEntity>;

export const presetsCollection = defineCollection({
  name: 'presets',
  summary: 'What several screens of a wall show together, by number.',
  entity: presetEntity,
  keyOf: (preset) => preset.id,
  permission: 'wall.control',
  /** Whoever may not see one of its cameras does not see it. */
  scopeOf: ({ screens, spanning }, lookup) => [
    ...screens.flatMap((shown) => sceneClaims(shown.scene, lookup)),
    ...(spanning ?? []).flatMap(({ panel }) => (panel.panel === 'video' ? [lookup.camera(panel.cameraId) ?? ('none' as const)] : [])),
  ],
  scopeFollows: 'cameras',
  volatile: [],
  keep: 'memory',
});

export const presetSave = defineCommand({
  name: 'preset.save',
  summary: 'Keep what screens of a wall show now, and the tiles over them, under a name and a number.',
  args: z
    .object({
      presetId: presetId.optional(),
      name: humanText(64),
      /** Absent: as it was. */
      number: recallNumber.nullable().optional(),
      wallId,
      /** Absent: every screen of the wall. */
      screenIds: z.array(screenId).min(1).max(64).optional(),
      spanning: z.boolean().default(true),
      baseRevision: z.number().int().nonnegative().optional(),
    })
    .strict(),
  result: z.object({ presetId, revision: z.number().int() }),
  permission: 'layout.edit',
  /** What it keeps is on the wall already; nobody overwrites what he may not see. */
  scopeOf: ({ presetId: id, wallId: wall }, lookup) => [...(lookup.wall(wall) ?? []), ...((id !== undefined && lookup.preset(id)) || [])],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const presetRecall = defineCommand({
  name: 'preset.recall',
  summary: 'Put a preset on its wall. Screens that somebody else holds, and screens that are gone, are passed over and named.',
  args: z.object({ presetId }).strict(),
  result: z.object({
    screens: z.array(z.object({ screenId, revision: z.number().int() })),
    skipped: z.array(z.object({ screenId, code: errorCode, by: z.string().nullable() })),
    /** Cameras that it shows and that are no more: their tiles are empty. */
    missing: z.array(cameraId),
    /** Whether the tiles over the screens were set; false when somebody holds what they lie on. */
    spanning: z.boolean(),
  }),
  permission: 'wall.control',
  scopeOf: ({ presetId: id }, lookup) => lookup.preset(id) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const presetRemove = defineCommand({
  name: 'preset.remove',
  summary: 'Remove a preset; walls stay as they are.',
  args: z.object({ presetId }).strict(),
  result: z.object({}),
  permission: 'layout.edit',
  scopeOf: ({ presetId: id }, lookup) => lookup.preset(id) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

// ---- tours

export const tourControl = defineCommand({
  name: 'tour.control',
  summary: 'Pause a tour, let it go on, or step it. What is due follows from what this writes.',
  args: z
    .object({
      wallId,
      screenId,
      action: z.enum(['pause', 'resume', 'next', 'previous']),
      baseRevision: z.number().int().nonnegative().optional(),
    })
    .strict(),
  result: z.object({ revision: z.number().int(), step: z.number().int(), paused: z.boolean() }),
  permission: 'wall.control',
  scopeOf: ({ wallId: wall, screenId: screen }, lookup) => lookup.screen(wall, screen) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 2000,
});

export const coverageReport = defineCommand({
  name: 'coverage.report',
  summary: 'Which cameras of a district were seen on a wall within so many hours, and which were not.',
  args: z
    .object({
      /** Null is the whole city. */
      district: z
        .string()
        .regex(/^\d{2,12}$/)
        .nullable(),
      groups: z.array(z.string().min(1).max(64)).max(32).default([]),
      hours: z.number().int().min(1).max(720),
    })
    .strict(),
  result: z.object({
    at: epochMs,
    cameras: z.number().int(),
    /** On a screen, live, within the hours. */
    seen: z.number().int(),
    /** Seen, but longer ago. */
    late: z.number().int(),
    /** Not on any wall since `knownSince`. */
    never: z.number().int(),
    /** Of those not seen in time, so many are offline: nobody could have seen them. */
    offline: z.number().int(),
    /** When this hub began to note who was seen. */
    knownSince: epochMs,
    /** Those not seen in time, unseen for longest first; at most 200. */
    longest: z.array(z.object({ cameraId, seenAt: epochMs.nullable() })).max(200),
    /** The places one level below, widest gap first; at most 200. */
    places: z.array(z.object({ district: z.string(), cameras: z.number().int(), seen: z.number().int() })).max(200),
    /** Coverage tours that run for this district now, with whether they can keep what they promise. */
    tours: z
      .array(
        z.object({
          wallId,
          screenId,
          everyHours: z.number().int(),
          /** One round at this pace, through all cameras of the tour: who is offline is tried once a round. */
          roundMs: z.number().int(),
          keeps: z.boolean(),
        }),
      )
      .max(64),
  }),
  permission: 'wall.control',
  scopeOf: (asked): readonly ScopeClaim[] => placeClaims(asked),
  risk: 'read',
  audit: 'none',
  deadlineMs: 5000,
});

// ---- what a screen looks like

export const wallPreview = defineCommand({
  name: 'wall.preview',
  summary: 'The latest small picture of a screen as it is painted, made by the screen itself; asking makes it send more for ten seconds.',
  args: z.object({ wallId, screenId, /** The time of the picture that the asker has already. */ after: epochMs.optional() }).strict(),
  result: z.object({
    /** Null while there is no other. */
    picture: z
      .object({
        at: epochMs,
        /** Of the scene that it shows. */
        revision: z.number().int(),
        /** Base64. */
        jpeg: z.string(),
      })
      .nullable(),
  }),
  permission: 'wall.control',
  /** Whoever looks at the screen looks at its cameras: those it should show, here, and those that are in the picture, in the hub. */
  scopeOf: ({ wallId: wall, screenId: screen }, lookup) => lookup.screen(wall, screen) ?? [],
  risk: 'read',
  /** But the answer with which somebody begins to look at a camera is on record. */
  audit: 'none',
  deadlineMs: 2000,
});

// ---- holds: who has a screen, or a part of it, for how long

/** Nine levels; the higher one may take what the lower one holds. */
export const holdPriority = z.number().int().min(1).max(9);

/** The highest priority that a role may hold with, and so what it may override. */
export const highestHoldPriority: Readonly<Partial<Record<Role, number>>> = { operator: 4, traffic: 5, dispatcher: 7, administrator: 9 };

export const holdRequest = z.object({ userId, name: z.string(), reason: humanText(200), at: epochMs });

/** A screen, or some of its tiles, that one person holds: nobody else changes it until it ends. */
export const holdEntity = z.object({
  id: holdId,
  wallId,
  screenId,
  /** Null: the whole screen. Tile ids as `templates.ts` names them otherwise: the screen's shape is held with them. */
  tiles: z.array(z.string().max(64)).max(400).nullable(),
  userId,
  name: z.string(),
  priority: holdPriority,
  reason: humanText(200),
  since: epochMs,
  expiresAt: epochMs,
  /** What comes back on what is held when the hold ends; null when things stay as they are. */
  restore: z
    .object({
      scene,
      layout: z.object({ id: layoutId, revision: z.number().int().nonnegative() }).nullable().default(null),
      /** Somebody yielded it or had it taken away: once whoever has it now changes what is held, `restore` becomes null and that stays. */
      passedOn: z.boolean().default(false),
    })
    .nullable(),
  /** Who would like to have it; at most eight. */
  requests: z.array(holdRequest).max(8),
  /** Grows with every change of the hold. */
  revision: z.number().int().nonnegative(),
  ...entityMarks,
});
export type Hold = z.output<typeof holdEntity>;

export const holdsCollection = defineCollection({
  name: 'holds',
  summary: 'Screens and parts of screens that somebody holds.',
  entity: holdEntity,
  keyOf: (hold) => hold.id,
  permission: 'wall.control',
  scopeOf: () => 'none',
  volatile: [],
  keep: 'memory',
});

const holdMinutes = z.number().int().min(1).max(720);

export const holdTake = defineCommand({
  name: 'hold.take',
  summary: 'Hold a screen or some of its tiles: nobody else changes it until the hold ends.',
  args: z
    .object({
      wallId,
      screenId,
      tiles: z.array(z.string().min(1).max(64)).min(1).max(400).optional(),
      /** Absent: four, or the highest that the roles allow if that is lower. */
      priority: holdPriority.optional(),
      minutes: holdMinutes.default(30),
      reason: humanText(200),
      /** Put back what is there now when it ends. */
      restore: z.boolean().default(true),
    })
    .strict(),
  result: z.object({ holdId, expiresAt: epochMs }),
  permission: 'wall.control',
  scopeOf: ({ wallId: wall, screenId: screen }, lookup) => lookup.screen(wall, screen) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 2000,
});

const onHold = {
  permission: 'wall.control',
  /** What is his own: whoever may not see the screen any more must be able to let it go. */
  scopeOf: () => [] as readonly ScopeClaim[],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 2000,
} as const;

export const holdExtend = defineCommand({
  name: 'hold.extend',
  summary: 'Keep a hold of one’s own for so many more minutes from now.',
  args: z.object({ holdId, minutes: holdMinutes }).strict(),
  result: z.object({ expiresAt: epochMs }),
  ...onHold,
});

export const holdRelease = defineCommand({
  name: 'hold.release',
  summary: 'End a hold of one’s own; what was there before comes back if the hold says so.',
  args: z.object({ holdId, /** False: what is shown now stays. */ restore: z.boolean().optional() }).strict(),
  result: z.object({ restored: z.boolean() }),
  ...onHold,
});

export const holdAsk = defineCommand({
  name: 'hold.request',
  summary: 'Ask whoever holds it to give it.',
  args: z.object({ holdId, reason: humanText(200) }).strict(),
  result: z.object({}),
  ...onHold,
  /** As for a hold that is taken. */
  scopeOf: ({ holdId: hold }, lookup) => lookup.hold(hold) ?? [],
});

export const holdYield = defineCommand({
  name: 'hold.yield',
  summary: 'Give a hold of one’s own to somebody who asked for it; what is shown stays, and what comes back at its end too.',
  args: z.object({ holdId, userId }).strict(),
  result: z.object({}),
  ...onHold,
});

export const holdRefuse = defineCommand({
  name: 'hold.refuse',
  summary: 'Say no to somebody who asked for a hold.',
  args: z.object({ holdId, userId }).strict(),
  result: z.object({}),
  ...onHold,
});

export const holdOverride = defineCommand({
  name: 'hold.override',
  summary: 'Take a hold away from somebody of a lower priority, with a reason.',
  args: z.object({ holdId, priority: holdPriority, minutes: holdMinutes.default(30), reason: humanText(200) }).strict(),
  result: z.object({ expiresAt: epochMs }),
  ...onHold,
  scopeOf: ({ holdId: hold }, lookup) => lookup.hold(hold) ?? [],
});

export const controlCommands = [
  presetSave,
  presetRecall,
  presetRemove,
  tourControl,
  coverageReport,
  wallPreview,
  holdTake,
  holdExtend,
  holdRelease,
  holdAsk,
  holdYield,
  holdRefuse,
  holdOverride,
] as const;
export const controlCollections = [presetsCollection, holdsCollection] as const;
