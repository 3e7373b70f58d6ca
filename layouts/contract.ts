import { z } from 'zod';
import { severity } from '../alerts/contract.ts';
import { defineCollection } from '../main/contract/define-collection.ts';
import { defineCommand, type ScopeLookup } from '../main/contract/define-command.ts';
import { entityMarks, epochMs, humanText } from '../main/contract/entity.ts';
import { cameraId, layoutId, screenId, systemId, wallId } from '../main/contract/ids.ts';
import type { ScopeClaim } from '../main/contract/scope.ts';

/** The most tiles one scene may hold; the shown number of players is a matter of the screen's budget, not of this. */
export const maxTiles = 400;

/** The most tiles that may lie over the screens of one wall. */
export const maxSpanning = 64;

/** The most cameras that one alert shows on a wall. */
export const alarmCameras = 4;

/** The most parts that a screen is divided into in each direction, for alerts that lie over it. */
const maxAlarmParts = 6;

/** The most tiles of alerts on one screen: half of its parts at most. */
export const maxAlarmTiles = (maxAlarmParts * maxAlarmParts * alarmCameras) / 2;

/** A rectangle in wall pixels: the origin is the wall's top left corner, bezels counted as pixels, so a tile may span screens. */
export const rect = z.object({
  x: z.number().int().min(-100_000).max(100_000),
  y: z.number().int().min(-100_000).max(100_000),
  width: z.number().int().min(1).max(100_000),
  height: z.number().int().min(1).max(100_000),
});
export type Rect = z.output<typeof rect>;

/** A value that changes in time: a quantity of a thing, by the ids of collection `assets`, or a figure of a system as `<system>/<indicator>`. */
export const seriesRef = z.union([
  z
    .object({
      asset: z
        .string()
        .min(3)
        .max(280)
        // oxlint-disable-next-line no-control-regex -- refusing them is the point
        .regex(/^[^\u0000-\u001f\u007f]*$/),
      quantity: z
        .string()
        .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
        .max(64),
    })
    .strict(),
  z.object({ indicator: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/[a-z][a-z0-9-]{0,63}$/) }).strict(),
]);
export type SeriesRef = z.output<typeof seriesRef>;

/** What a tile shows. A panel kind that this hub does not know is refused; see `panels.ts` for each kind's meaning. */
export const panelRef = z.discriminatedUnion('panel', [
  z.object({ panel: z.literal('video'), cameraId, profile: z.enum(['auto', 'main', 'sub']).default('auto') }).strict(),
  z.object({ panel: z.literal('clock') }).strict(),
  z.object({ panel: z.literal('note'), text: humanText(280) }).strict(),
  z
    .object({
      panel: z.literal('camera-health'),
      district: z
        .string()
        .regex(/^\d{2,12}$/)
        .optional(),
    })
    .strict(),
  /** What asks for an action, the worst first. */
  z.object({ panel: z.literal('alerts'), atLeast: severity.optional() }).strict(),
  z.object({ panel: z.literal('incidents') }).strict(),
  z.object({ panel: z.literal('tasks') }).strict(),
  /** Every figure of these systems beside the plan's target; absent: of all. */
  z.object({ panel: z.literal('plan'), systems: z.array(systemId).min(1).max(26).optional() }).strict(),
  z
    .object({
      panel: z.literal('trend'),
      series: z.array(seriesRef).min(1).max(4),
      hours: z.number().int().min(1).max(72),
      title: humanText(64).optional(),
    })
    .strict(),
  /** `min` and `max` are the ends of its scale; absent: made from the value and its target. */
  z
    .object({
      panel: z.literal('gauge'),
      of: seriesRef,
      min: z.number().min(-1e12).max(1e12).optional(),
      max: z.number().min(-1e12).max(1e12).optional(),
      title: humanText(64).optional(),
    })
    .strict(),
]);
export type PanelRef = z.output<typeof panelRef>;

const tiles = z.array(panelRef.nullable()).max(maxTiles);

const gridScene = z
  .object({ kind: z.literal('grid'), rows: z.number().int().min(1).max(20), cols: z.number().int().min(1).max(20), tiles })
  .strict();

/** One large picture and n small ones around it; tiles[0] is the large one (both large ones for 2+8). */
const splitScene = z.object({ kind: z.literal('split'), template: z.enum(['1+5', '1+7', '2+8']), tiles }).strict();

/** Tiles anywhere on the screen, in wall pixels. */
const freeScene = z
  .object({
    kind: z.literal('free'),
    /**
     * The size that it was drawn for: its rectangles then begin at the top left of whatever screen shows it and are fitted to that screen.
     * Absent: they are pixels of the wall, and only the screen that lies there can show them.
     */
    canvas: z
      .object({ width: z.number().int().min(1).max(100_000), height: z.number().int().min(1).max(100_000) })
      .strict()
      .optional(),
    tiles: z
      .array(
        z
          .object({
            rect,
            panel: panelRef,
            /** Tiles of one group are chosen and moved together. */ group: z.string().min(1).max(64).optional(),
          })
          .strict(),
      )
      .max(maxTiles),
  })
  .strict();

export const stillScene = z.discriminatedUnion('kind', [gridScene, splitScene, freeScene]);
export type StillScene = z.output<typeof stillScene>;

/**
 * What a fair-coverage tour promises: every camera of a district (and, if named, of one of these groups) on the screen at least every so many
 * hours. The hub plans its steps, the cameras unseen for longest first, and plans on before the last one is over.
 */
export const coveragePromise = z
  .object({
    /** Null is the whole city. */
    district: z
      .string()
      .regex(/^\d{2,12}$/)
      .nullable(),
    groups: z.array(z.string().min(1).max(64)).max(32).default([]),
    everyHours: z.number().int().min(1).max(720),
    rows: z.number().int().min(1).max(12),
    cols: z.number().int().min(1).max(12),
    dwellMs: z.number().int().min(5000).max(600_000),
  })
  .strict();
export type CoveragePromise = z.output<typeof coveragePromise>;

/**
 * Scenes shown one after another. Which one is due follows from `startedAt`, `pausedAt` and the hub's clock alone, so screens agree without
 * messages.
 */
const tourScene = z
  .object({
    kind: z.literal('tour'),
    steps: z
      .array(z.object({ scene: stillScene, dwellMs: z.number().int().min(3000).max(86_400_000) }).strict())
      .min(1)
      .max(100),
    /** False: it stands at its last scene after one round. Absent: it goes round for ever. */
    loop: z.boolean().optional(),
    /** Its steps are the hub's: those that come with it are replaced when it is shown. */
    coverage: coveragePromise.optional(),
    /** Filled in by the hub when the tour is shown. */
    startedAt: epochMs.optional(),
    /** Filled in by the hub: it stands still since. */
    pausedAt: epochMs.optional(),
  })
  .strict();

export const scene = z.discriminatedUnion('kind', [gridScene, splitScene, freeScene, tourScene]);
export type Scene = z.output<typeof scene>;
export type TourScene = z.output<typeof tourScene>;

/** The truth about a tile's picture; see product truth rule 1. `empty`: a tile without a panel or without video. */
export const tileState = z.enum(['starting', 'live', 'delayed', 'stalled', 'suspect', 'offline', 'empty']);
export type TileState = z.output<typeof tileState>;

/**
 * What a screen can decode, learned from what it decodes and kept. `megapixelsPerSecond`: luma samples of moving pictures in all,
 * `decoders`: pictures at a time.
 */
export const decodeCapacity = z.object({
  megapixelsPerSecond: z.number().min(0).max(1_000_000),
  decoders: z.number().int().min(0).max(10_000),
  /** When it was last found to be more or less; null while it is only what such a machine is taken to stand. */
  measuredAt: epochMs.nullable(),
});
export type DecodeCapacity = z.output<typeof decodeCapacity>;

/** How a tile's camera is decoded, by plan: its large or small picture, its key pictures only, or one still picture after another. */
export const plannedStream = z.enum(['main', 'sub', 'key-only', 'still']);
export type PlannedStream = z.output<typeof plannedStream>;

/** How a wall page itself is, as it says. */
export const pageVitals = z.object({
  /** Seconds since it was made; a sleep of its computer may be left out. */
  upS: z.number().int().min(0).max(1e9),
  /** What its JavaScript holds outside its worker; null where the browser does not tell. */
  heapMb: z.number().min(0).max(1e6).nullable(),
});
export type PageVitals = z.output<typeof pageVitals>;

/** What a screen really shows, as it reports about once a second. */
export const shownReport = z.object({
  revision: z.number().int().nonnegative(),
  /** Of the wall: its topology and spanning tiles. */
  wallRevision: z.number().int().nonnegative().default(0),
  at: epochMs,
  /** Null where nothing is planned, because each picture has a player of its own. */
  capacity: decodeCapacity.nullable().default(null),
  /** What paints the mosaic; null while there is none. */
  painter: z.enum(['wasm', '2d', 'webgl2']).nullable().default(null),
  /** Somebody at the screen looks at this tile alone, over all others. */
  focus: z.string().max(66).nullable().default(null),
  /** Absent from a page that does not say. */
  page: pageVitals.optional(),
  /**
   * The hub's word: the screen has said nothing since then, and nobody knows what it shows. `tiles` is empty meanwhile, and the rest is as it was last
   * said. Absent while it reports.
   */
  silentSince: epochMs.optional(),
  tiles: z
    .array(
      z.object({
        /** As `solve.ts` names it: a spanning tile's own id behind `w-`; of an alert that lies over the screen `a-`, see `alarm-tiles.ts`. */
        tileId: z.string().max(66),
        cameraId: z.string().max(64).nullable(),
        state: tileState,
        engine: z.enum(['mosaic', 'mse', 'hls', 'none']),
        stream: plannedStream.nullable().default(null),
        fps: z.number().min(0).max(1000).nullable(),
        frameAgeMs: z.number().nullable(),
        /** Why there is no live picture, or why it moves less than it could: an error code, when there is one. */
        reason: z.string().max(64).nullable().default(null),
      }),
    )
    .max(maxTiles + maxSpanning + maxAlarmTiles),
});
export type ShownReport = z.output<typeof shownReport>;

/** Which alerts may lie over a screen: the screen is divided into `cols` times `rows`, and each covers one part, half of them at most. */
export const alarmRoom = z
  .object({
    atLeast: severity,
    cols: z.number().int().min(1).max(maxAlarmParts),
    rows: z.number().int().min(1).max(maxAlarmParts),
    /** The page of the screen sounds while one lies there that nobody has acknowledged. */
    sound: z.boolean().default(false),
  })
  .strict();
export type AlarmRoom = z.output<typeof alarmRoom>;

export const screenEntity = z.object({
  id: screenId,
  name: humanText(64),
  rect,
  scene,
  /** The saved layout that the scene came from and that nobody has changed here since. */
  layout: z.object({ id: layoutId, revision: z.number().int().nonnegative() }).nullable().default(null),
  /** Absent or null: no alert ever lies over it. */
  alarms: alarmRoom.nullable().optional(),
  revision: z.number().int().nonnegative(),
  changedBy: z.string().nullable(),
  changedAt: epochMs.nullable(),
});
export type Screen = z.output<typeof screenEntity>;

/** A tile that lies over the screens' scenes and may span several of them, bezels included. */
export const spanningTile = z.object({ tileId: z.string().min(1).max(64), rect, panel: panelRef }).strict();
export type SpanningTile = z.output<typeof spanningTile>;

export const wallEntity = z.object({
  id: wallId,
  name: humanText(64),
  /** Physical size of one wall pixel, and the farthest seat that must read it: legibility is computed from both. */
  pixelPitchMm: z.number().positive().max(100),
  farthestSeatM: z.number().positive().max(1000),
  screens: z.array(screenEntity.extend({ shown: shownReport.nullable().default(null) })).max(64),
  spanning: z.array(spanningTile).max(maxSpanning),
  /** Grows with every change of topology or spanning tiles. */
  revision: z.number().int().nonnegative(),
  /** Who made this revision, when; absent while nobody has. */
  changedBy: z.string().optional(),
  changedAt: epochMs.optional(),
  ...entityMarks,
});
export type Wall = z.output<typeof wallEntity>;

/** `screens[].shown` is volatile; it travels as the volatile field `shown`: `{[screenId]: ShownReport}` and is merged into `screens` for readers of the HTTP collection. */
export const wallsCollection = defineCollection({
  name: 'walls',
  summary: 'Walls, their screens, what each should show and what it really shows.',
  entity: wallEntity,
  keyOf: (wall) => wall.id,
  permission: 'wall.view',
  scopeOf: () => 'none',
  volatile: ['shown'],
  keep: 'memory',
});

/** What people key in for a layout or a preset: one number, one thing. */
export const recallNumber = z.number().int().min(1).max(9999);

/** A saved scene that can be put on any screen: what was published last. Earlier versions are kept, see `layout.versions`. */
export const layoutEntity = z.object({
  id: layoutId,
  name: humanText(64),
  number: recallNumber.nullable().default(null),
  scene,
  formatVersion: z.literal(1),
  revision: z.number().int().nonnegative(),
  changedBy: z.string().nullable(),
  changedAt: epochMs.nullable(),
  ...entityMarks,
});
export type LayoutDoc = z.output<typeof layoutEntity>;

export const layoutsCollection = defineCollection({
  name: 'layouts',
  summary: 'Saved scenes and tours.',
  entity: layoutEntity,
  keyOf: (layout) => layout.id,
  permission: 'wall.view',
  /** A layout is a preset of everything in it: whoever may not see one of its cameras does not see it. */
  scopeOf: (layout, lookup) => sceneClaims(layout.scene, lookup),
  scopeFollows: 'cameras',
  volatile: [],
  keep: 'memory',
});

export const wallShow = defineCommand({
  name: 'wall.show',
  summary: 'Change what a screen shows; with baseRevision, only if nobody changed it since.',
  args: z
    .object({
      wallId,
      screenId,
      scene,
      /** The saved layout that the scene is, unchanged. */
      layout: z.object({ id: layoutId, revision: z.number().int().nonnegative() }).strict().optional(),
      baseRevision: z.number().int().nonnegative().optional(),
    })
    .strict(),
  result: z.object({ revision: z.number().int() }),
  permission: 'wall.control',
  /** Whoever puts a camera on a wall must be allowed to see it. */
  scopeOf: (args, lookup) => sceneClaims(args.scene, lookup),
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const wallSpan = defineCommand({
  name: 'wall.span',
  summary: 'Set the tiles that lie over several screens.',
  args: z
    .object({ wallId, tiles: z.array(spanningTile).max(maxSpanning), baseRevision: z.number().int().nonnegative().optional() })
    .strict(),
  result: z.object({ revision: z.number().int() }),
  permission: 'wall.control',
  scopeOf: (args, lookup) =>
    args.tiles.flatMap(({ panel }) => (panel.panel === 'video' ? [lookup.camera(panel.cameraId) ?? ('none' as const)] : [])),
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const wallUpsert = defineCommand({
  name: 'wall.upsert',
  summary: 'Create a wall or change its topology. Screens that stay keep their scene.',
  args: z
    .object({
      wallId,
      name: humanText(64),
      pixelPitchMm: z.number().positive().max(100).default(0.634),
      farthestSeatM: z.number().positive().max(1000).default(6),
      screens: z
        .array(z.object({ id: screenId, name: humanText(64).optional(), rect }).strict())
        .min(1)
        .max(64),
      baseRevision: z.number().int().nonnegative().optional(),
    })
    .strict(),
  result: z.object({ revision: z.number().int() }),
  permission: 'wall.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 3000,
});

export const wallLink = defineCommand({
  name: 'wall.link',
  summary: 'Make a one-time link that opens a wall session for one screen.',
  args: z.object({ wallId, screenId }).strict(),
  result: z.object({ url: z.string(), expiresAt: epochMs }),
  permission: 'wall.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 2000,
});

export const wallPairingBegin = defineCommand({
  name: 'wall.pairing-begin',
  summary: 'A display without a session asks to become this screen: it shows the code, and somebody at a console enters it there.',
  args: z.object({ wallId, screenId, workstation: humanText(64).optional() }).strict(),
  result: z.object({
    /** Eight characters, shown in two groups of four. */
    code: z.string(),
    /** Known to the display alone; it asks with it whether it was let in. */
    secret: z.string(),
    expiresAt: epochMs,
    /** The same as a span of time: a display without a session knows nobody's clock but its own. */
    lifetimeMs: z.number().int(),
  }),
  permission: 'public',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'none',
  deadlineMs: 2000,
});

export const wallPairingClaim = defineCommand({
  name: 'wall.pairing-claim',
  summary: 'Has somebody entered my code? Once it was, the answer opens the session of the screen, as bearer token and as cookie.',
  args: z.object({ secret: z.string().min(16).max(128) }).strict(),
  result: z.object({
    state: z.enum(['waiting', 'paired']),
    /** Null while it waits. */
    session: z.object({ token: z.string(), expiresAt: epochMs, wallId, screenId }).nullable(),
  }),
  permission: 'public',
  scopeOf: () => [],
  risk: 'routine',
  audit: 'none',
  deadlineMs: 2000,
  redact: () => ({}),
});

export const wallPair = defineCommand({
  name: 'wall.pair',
  summary: 'Let the display that shows this code be the screen that it asked to be. A display paired before is revoked.',
  args: z.object({ code: z.string().min(8).max(16) }).strict(),
  result: z.object({ wallId, screenId, address: z.string(), workstation: z.string().nullable() }),
  permission: 'wall.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 2000,
});

export const wallRevoke = defineCommand({
  name: 'wall.revoke',
  summary: 'End every session of a screen: whatever display showed it goes dark.',
  args: z.object({ wallId, screenId }).strict(),
  result: z.object({ ended: z.number().int() }),
  permission: 'wall.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 2000,
});

export const wallRefresh = defineCommand({
  name: 'wall.refresh',
  summary:
    'Ask a screen to make its page anew, unseen, as it does every night. A page that is there takes it up within seconds, when nobody stands before it.',
  args: z.object({ wallId, screenId }).strict(),
  result: z.object({}),
  permission: 'wall.control',
  scopeOf: ({ wallId: wall, screenId: screen }, lookup) => lookup.screen(wall, screen) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 2000,
});

/** A small picture of a screen as it is painted, made by the screen's own page. */
export const screenPreview = z
  .object({
    /** When it was made, on the hub's clock. */
    at: epochMs,
    /** Of the scene that it shows. */
    revision: z.number().int().nonnegative(),
    /** Whose pictures are in it: what the screen should show by now may be something else. */
    cameras: z.array(z.string().max(64)).max(maxTiles + maxSpanning),
    /** JPEG of the screen in the proportion of its place on the wall, without its bar, at most 480 pixels wide and 96 KiB; in base64. */
    jpeg: z.base64().max(131_072).startsWith('/9j/'),
  })
  .strict();
export type ScreenPreview = z.output<typeof screenPreview>;

export const wallReport = defineCommand({
  name: 'wall.report',
  summary: 'A screen reports what it really shows, and a small picture of itself while somebody wants one.',
  args: z.object({ wallId, screenId, shown: shownReport, preview: screenPreview.optional() }).strict(),
  result: z.object({
    /** Somebody looks at this screen from a desk: send a preview with the next reports. */
    previewWanted: z.boolean().default(false),
    /** So long ago somebody asked that this screen's page be made anew; absent when nobody did lately. */
    refreshAskedMsAgo: z.number().int().nonnegative().optional(),
  }),
  permission: 'wall.report',
  scopeOf: () => [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 1000,
});

export const layoutSave = defineCommand({
  name: 'layout.save',
  summary: 'Publish a scene or tour under a name; with baseRevision, only if nobody changed it since. The version before is kept.',
  args: z
    .object({
      layoutId: layoutId.optional(),
      name: humanText(64),
      /** Absent: as it was. */
      number: recallNumber.nullable().optional(),
      scene,
      /** Why, for the list of versions. */
      note: humanText(200).optional(),
      baseRevision: z.number().int().nonnegative().optional(),
    })
    .strict(),
  result: z.object({ layoutId, revision: z.number().int() }),
  permission: 'layout.edit',
  /** Nobody overwrites, nor removes, what he may not see. */
  scopeOf: ({ layoutId: id, scene: shown }, lookup) => [...sceneClaims(shown, lookup), ...((id !== undefined && lookup.layout(id)) || [])],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

export const layoutRemove = defineCommand({
  name: 'layout.remove',
  summary: 'Remove a saved scene; screens that show it keep showing it.',
  args: z.object({ layoutId }).strict(),
  result: z.object({}),
  permission: 'layout.edit',
  scopeOf: ({ layoutId: id }, lookup) => lookup.layout(id) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

/** The most versions of one layout that are kept; the oldest goes. */
export const maxLayoutVersions = 50;

export const layoutVersion = z.object({
  revision: z.number().int().nonnegative(),
  name: humanText(64),
  scene,
  by: z.string().nullable(),
  at: epochMs.nullable(),
  note: z.string().nullable(),
});
export type LayoutVersion = z.output<typeof layoutVersion>;

export const layoutVersions = defineCommand({
  name: 'layout.versions',
  summary: 'What a layout was, newest first, without what it showed.',
  args: z.object({ layoutId }).strict(),
  result: z.object({ versions: z.array(layoutVersion.omit({ scene: true })).max(maxLayoutVersions) }),
  permission: 'layout.edit',
  scopeOf: ({ layoutId: id }, lookup) => lookup.layout(id) ?? [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 2000,
});

export const layoutVersionGet = defineCommand({
  name: 'layout.version',
  summary: 'One version of a layout, whole. Cameras of it that the asker may not see are left out.',
  args: z.object({ layoutId, revision: z.number().int().nonnegative() }).strict(),
  result: z.object({ version: layoutVersion }),
  permission: 'layout.edit',
  scopeOf: ({ layoutId: id }, lookup) => lookup.layout(id) ?? [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 2000,
});

export const layoutRollBack = defineCommand({
  name: 'layout.roll-back',
  summary: 'Publish an earlier version again, as a new one.',
  args: z.object({ layoutId, revision: z.number().int().nonnegative(), baseRevision: z.number().int().nonnegative().optional() }).strict(),
  result: z.object({
    revision: z.number().int(),
    /** Cameras that it showed and that are no more: their tiles are empty. */
    missing: z.array(cameraId),
  }),
  permission: 'layout.edit',
  scopeOf: ({ layoutId: id }, lookup) => lookup.layout(id) ?? [],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

/** What a scene touches: its cameras, and of a fair-coverage tour all there are in its district. */
export function sceneClaims(shown: Scene, lookup: Pick<ScopeLookup, 'camera'>): ScopeClaim[] {
  const claims: ScopeClaim[] = camerasOf(shown).map((id) => lookup.camera(id) ?? ('none' as const));
  const promise = shown.kind === 'tour' ? shown.coverage : undefined;
  if (promise) claims.push(...placeClaims(promise));
  return claims;
}

/** What all cameras of a place touch, or those of these groups in it: each group by itself, for whoever may see one of them may not see the others. */
export function placeClaims({ district, groups }: Pick<CoveragePromise, 'district' | 'groups'>): ScopeClaim[] {
  if (district === null) return ['city'];
  return groups.length === 0 ? [{ district, groups: [] }] : groups.map((group) => ({ district, groups: [group] }));
}

/** Every camera that a scene shows, each once. */
export function camerasOf(shown: Scene): string[] {
  const found = new Set<string>();
  const add = (panel: PanelRef | null) => {
    if (panel?.panel === 'video') found.add(panel.cameraId);
  };
  const visit = (still: StillScene) => {
    if (still.kind === 'free') still.tiles.forEach((tile) => add(tile.panel));
    else still.tiles.forEach(add);
  };
  if (shown.kind === 'tour') shown.steps.forEach((step) => visit(step.scene));
  else visit(shown);
  return [...found];
}

export const layoutCommands = [
  wallShow,
  wallSpan,
  wallUpsert,
  wallLink,
  wallPairingBegin,
  wallPairingClaim,
  wallPair,
  wallRevoke,
  wallRefresh,
  wallReport,
  layoutSave,
  layoutRemove,
  layoutVersions,
  layoutVersionGet,
  layoutRollBack,
] as const;
export const layoutCollections = [wallsCollection, layoutsCollection] as const;
