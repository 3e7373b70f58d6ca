import { z } from 'zod';
import { demoStories } from '../main/contract/demo-city.ts';
import { defineCollection } from '../main/contract/define-collection.ts';
import { defineCommand, type ScopeLookup } from '../main/contract/define-command.ts';
import { entityMarks, epochMs, humanText } from '../main/contract/entity.ts';
import { errorStatus, type ErrorCode } from '../main/contract/errors.ts';
import { cameraId, leaseId } from '../main/contract/ids.ts';
import { datum } from '../main/contract/place.ts';
import type { EpochMs } from '../main/contract/time.ts';

export const errorCode = z.enum(Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]);
export const problemSchema = z.object({
  code: errorCode,
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  detail: z.string().optional(),
});

/** Which picture of a camera: `main` is full size, `sub` the small one for tiles. */
export const profile = z.enum(['main', 'sub']);
export type Profile = z.output<typeof profile>;

/** The number people say and key in: unique, the upsert key of `camera.upsert`. */
export const cameraNumber = z
  .string()
  .trim()
  .min(1)
  .max(32)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

/** Administrative-division code, 2 to 12 digits (GB/T 2260 and its town and village extensions, GB/T 10114). */
export const districtCode = z.string().regex(/^\d{2,12}$/);

const url = z.string().trim().min(1).max(2048);

/** The secret last part of the address that a pushing camera publishes to; unguessable, safe in a URL. */
export const publishKey = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);

/**
 * How to reach a camera's pictures. `url`/`subUrl` may hold credentials on the way in; they are kept encrypted and
 * never come out. kind `file`: an absolute path, a `file:` URL, or `clip:<name>` for a bundled clip; `phaseMs` shifts
 * where in the loop a camera starts, so that many cameras can share one clip. kind `rtmp`: with a `url` it is pulled, without one the
 * camera pushes to us and is known by its `publishKey`, which is made when none is given (`camera.publish-address` shows it).
 */
export const sourceInput = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rtsp'), url, subUrl: url.optional() }).strict(),
  z.object({ kind: z.literal('rtmp'), url: url.optional(), subUrl: url.optional(), publishKey: publishKey.optional() }).strict(),
  z.object({ kind: z.literal('file'), url, subUrl: url.optional(), phaseMs: z.number().int().min(0).max(3_600_000).optional() }).strict(),
  z.object({ kind: z.literal('av'), url, subUrl: url.optional() }).strict(),
  z.object({ kind: z.literal('gb28181'), url: url.optional(), deviceId: z.string().max(32), channelId: z.string().max(32) }).strict(),
]);
export type SourceInput = z.output<typeof sourceInput>;

/** What collections show of a source: URLs without credentials. */
export const sourceShown = z.object({
  kind: z.enum(['rtsp', 'rtmp', 'file', 'av', 'gb28181']),
  url: z.string().optional(),
  subUrl: z.string().optional(),
  phaseMs: z.number().optional(),
  deviceId: z.string().optional(),
  channelId: z.string().optional(),
  /** True when a part of the source is kept encrypted and not shown. */
  hasSecret: z.boolean(),
});
export type SourceShown = z.output<typeof sourceShown>;

/** Another name the camera has in another system, e.g. its 20-digit GB/T 28181 id. */
export const alias = z.object({ scheme: z.enum(['gb28181', 'legacy', 'police', 'vendor']), value: humanText(64) });

export const cameraState = z.enum(['online', 'offline', 'unknown']);

/** What is known of a camera, since when, and how it is known. Volatile: never committed. */
export const cameraStatus = z.object({
  state: cameraState,
  at: epochMs.nullable(),
  by: z.enum(['relay', 'prober', 'simulator']).nullable(),
  reason: errorCode.nullable(),
});
export type CameraStatus = z.output<typeof cameraStatus>;

export const videoCodec = z.enum(['h264', 'h265']);
export type VideoCodec = z.output<typeof videoCodec>;

/** How packets came in, counted since the source was last opened. `lost` are gaps in RTP sequence numbers that nothing filled. */
export const linkQuality = z.object({
  transport: z.enum(['tcp', 'udp', 'rtmp', 'av']),
  packets: z.number().int().nonnegative(),
  lost: z.number().int().nonnegative(),
  reordered: z.number().int().nonnegative(),
  duplicated: z.number().int().nonnegative(),
  /** Interarrival jitter (RFC 3550 clause 6.4.1); null where the transport has no time stamps to take it from. */
  jitterMs: z.number().nonnegative().nullable(),
});
export type LinkQuality = z.output<typeof linkQuality>;

/** What the relay measures of a camera while it is open. Volatile: never committed; null while it is not open. */
export const cameraLink = z.object({
  at: epochMs,
  profile,
  codec: videoCodec.nullable(),
  /** Of the latest second or two; null until there was one: not measured is not zero. */
  fps: z.number().nonnegative().nullable(),
  kbps: z.number().nonnegative().nullable(),
  gopMs: z.number().nonnegative().nullable(),
  /** Watched by pages that cannot decode it: the relay has it transcoded to H.264. */
  transcoding: z.boolean(),
  quality: linkQuality.nullable(),
});
export type CameraLink = z.output<typeof cameraLink>;

export const statusUnknown: CameraStatus = { state: 'unknown', at: null, by: null, reason: null };

export const cameraEntity = z.object({
  id: cameraId,
  number: cameraNumber,
  name: humanText(128),
  district: districtCode,
  groups: z.array(z.string().min(1).max(64)),
  lat: z.number().min(-90).max(90).nullable(),
  lon: z.number().min(-180).max(180).nullable(),
  datum,
  aliases: z.array(alias),
  source: sourceShown,
  alternates: z.array(sourceShown),
  status: cameraStatus,
  link: cameraLink.nullable().default(null),
  ...entityMarks,
});
export type Camera = z.output<typeof cameraEntity>;

export const camerasCollection = defineCollection({
  name: 'cameras',
  summary: 'The camera directory.',
  entity: cameraEntity,
  keyOf: (camera) => camera.id,
  permission: 'camera.view',
  scopeOf: (camera) => ({ district: camera.district, groups: camera.groups }),
  volatile: ['status', 'link'],
  keep: 'memory',
});

/** A place in the district tree; cameras refer to it by code. */
export const districtEntity = z.object({
  code: districtCode,
  name: humanText(64),
  nameEn: z.string().max(64).nullable(),
  parent: districtCode.nullable(),
  ...entityMarks,
});
export type District = z.output<typeof districtEntity>;

export const districtsCollection = defineCollection({
  name: 'districts',
  summary: 'The tree of administrative divisions.',
  entity: districtEntity,
  keyOf: (district) => district.code,
  permission: 'camera.view',
  scopeOf: (district) => ({ place: district.code }),
  volatile: [],
  keep: 'memory',
});

export const cameraInput = z
  .object({
    number: cameraNumber,
    name: humanText(128),
    district: districtCode,
    groups: z.array(humanText(64)).max(32).default([]),
    lat: z.number().min(-90).max(90).nullable().optional(),
    lon: z.number().min(-180).max(180).nullable().optional(),
    datum: datum.default('wgs84'),
    aliases: z.array(alias).max(16).default([]),
    source: sourceInput,
    alternates: z.array(sourceInput).max(4).default([]),
    simulated: z.boolean().default(false),
    drill: z.boolean().default(false),
  })
  .strict();
export type CameraInput = z.output<typeof cameraInput>;

const cameraScope = (id: string, lookup: ScopeLookup) => [lookup.camera(id) ?? ('none' as const)];

export const cameraUpsert = defineCommand({
  name: 'camera.upsert',
  summary: 'Create a camera, or change the one with this number.',
  args: cameraInput,
  result: z.object({ cameraId }),
  permission: 'camera.edit',
  scopeOf: ({ district, groups }) => [{ district, groups }],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
  redact: ({ number, name, district, source }) => ({ number, name, district, source: { kind: source.kind } }),
});

export const cameraImport = defineCommand({
  name: 'camera.import',
  summary: 'Import cameras as CSV or JSON; good rows are kept, every bad row is named with its line and reason.',
  args: z
    .object({
      format: z.enum(['csv', 'json']),
      /** Either the text, or the file's bytes in base64, whose encoding (UTF-8 or GB18030) is detected. */
      text: z
        .string()
        .max(64 * 1024 * 1024)
        .optional(),
      bytes: z
        .base64()
        .max(64 * 1024 * 1024)
        .optional(),
    })
    .strict()
    .refine((args) => (args.text === undefined) !== (args.bytes === undefined), 'exactly one of text and bytes'),
  result: z.object({
    imported: z.number().int(),
    rejected: z.array(z.object({ line: z.number().int(), code: errorCode, params: problemSchema.shape.params })),
    /** How many rejected rows there are in all; the list is cut at 1,000. */
    rejectedTotal: z.number().int(),
  }),
  permission: 'camera.edit',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 120_000,
  redact: ({ format, text, bytes }) => ({ format, size: text?.length ?? bytes?.length ?? 0 }),
});

export const cameraRemove = defineCommand({
  name: 'camera.remove',
  summary: 'Remove a camera from the directory.',
  args: z.object({ cameraId }).strict(),
  result: z.object({}),
  permission: 'camera.edit',
  scopeOf: (args, lookup) => cameraScope(args.cameraId, lookup),
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
});

export const cameraRemoveMany = defineCommand({
  name: 'camera.remove-many',
  summary: 'Remove cameras from the directory. Needs a second person.',
  args: z.object({ cameraIds: z.array(cameraId).min(1).max(1000) }).strict(),
  result: z.object({ removed: z.number().int() }),
  permission: 'camera.edit',
  scopeOf: ({ cameraIds }, lookup) => cameraIds.flatMap((id) => cameraScope(id, lookup)),
  risk: 'two-person',
  audit: 'two-rows',
  deadlineMs: 30_000,
});

export const cameraSearch = defineCommand({
  name: 'camera.search',
  summary:
    'Find cameras by any part of number, name or alias, or of the pinyin initials of the name; words separated by spaces must all match.',
  args: z.object({ text: z.string().max(128), limit: z.number().int().min(1).max(1000).default(50) }).strict(),
  result: z.object({ cameras: z.array(cameraEntity), total: z.number().int() }),
  permission: 'camera.view',
  scopeOf: () => [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 2000,
});

/** A picture that was given: its ticket opens one playback. */
const leaseGranted = z.object({
  leaseId,
  ticket: z.string(),
  expiresAt: epochMs,
  urls: z.object({ hls: z.string(), socket: z.string() }),
});

export const streamLease = defineCommand({
  name: 'stream.lease',
  summary: 'Ask for a picture: the relay starts the camera if nobody watches it yet; the ticket opens one playback.',
  args: z
    .object({
      cameraId,
      profile,
      /** What the asker can decode; a camera that sends something else is transcoded for him, within the relay's budget. */
      decodes: z.array(videoCodec).min(1).max(2).default(['h264']),
    })
    .strict(),
  result: leaseGranted,
  permission: 'stream.view',
  scopeOf: (args, lookup) => cameraScope(args.cameraId, lookup),
  risk: 'read',
  audit: 'two-rows',
  deadlineMs: 5000,
});

/** What one lease of many came to. */
export const leaseAnswer = z.union([leaseGranted, z.object({ error: problemSchema })]);

export const streamLeaseMany = defineCommand({
  name: 'stream.lease-many',
  summary: 'As stream.lease, for a whole scene at once: answered in the same order, each with its lease or why there is none.',
  args: z
    .object({
      wants: z.array(z.object({ cameraId, profile }).strict()).min(1).max(512),
      decodes: z.array(videoCodec).min(1).max(2).default(['h264']),
    })
    .strict(),
  result: z.object({ leases: z.array(leaseAnswer) }),
  permission: 'stream.view',
  scopeOf: ({ wants }, lookup) => wants.flatMap((want) => cameraScope(want.cameraId, lookup)),
  risk: 'read',
  audit: 'two-rows',
  deadlineMs: 5000,
  redact: ({ wants }) => ({ pictures: wants.length, cameras: [...new Set(wants.map((want) => want.cameraId))] }),
});

export const streamRelease = defineCommand({
  name: 'stream.release',
  summary: 'Give a picture back: its playback ends, and the camera stops when nobody else watches.',
  args: z.object({ leaseId }).strict(),
  result: z.object({}),
  permission: 'stream.view',
  scopeOf: () => [],
  risk: 'read',
  audit: 'none',
  deadlineMs: 2000,
});

/**
 * The steps from a click to a picture, in their order. `directory` … `permission` are the hub's, `queue` … `loss` the relay's, `decoder` is
 * what wall pages report of their tiles.
 */
export const diagnosisStep = z.enum([
  'directory',
  'permission',
  'lease',
  'queue',
  'resolve',
  'connect',
  'login',
  'describe',
  'codec',
  'setup',
  'play',
  'first-packet',
  'key-picture',
  'loss',
  'decoder',
]);
export type DiagnosisStep = z.output<typeof diagnosisStep>;

/** The steps that a source itself can report; see `SourceReport`. */
export const sourceStep = diagnosisStep.extract([
  'resolve',
  'connect',
  'login',
  'describe',
  'codec',
  'setup',
  'play',
  'first-packet',
  'key-picture',
]);
export type SourceStep = z.output<typeof sourceStep>;

/** One step and how it went. `unknown`: not reached, or nobody can tell. `params` are facts of the step, e.g. the address found. */
export const diagnosisResult = z.object({
  step: diagnosisStep,
  outcome: z.enum(['ok', 'warning', 'failed', 'skipped', 'unknown']),
  /** How long the step took; null where that means nothing. */
  ms: z.number().nonnegative().nullable(),
  reason: errorCode.nullable(),
  params: problemSchema.shape.params,
});
export type DiagnosisResult = z.output<typeof diagnosisResult>;

export const cameraDiagnose = defineCommand({
  name: 'camera.diagnose',
  summary: 'Why is this tile black? Opens the camera as a viewer would and answers every step with its time and its reason.',
  args: z.object({ cameraId, profile: profile.default('sub') }).strict(),
  result: z.object({
    cameraId,
    profile,
    at: epochMs,
    tookMs: z.number().nonnegative(),
    /** The first step that failed; null when a picture came. */
    failed: diagnosisStep.nullable(),
    steps: z.array(diagnosisResult),
  }),
  permission: 'stream.view',
  scopeOf: (args, lookup) => cameraScope(args.cameraId, lookup),
  risk: 'read',
  audit: 'two-rows',
  deadlineMs: 20_000,
});

export const cameraSnapshot = defineCommand({
  name: 'camera.snapshot',
  summary: 'The latest key picture of a camera as JPEG.',
  args: z.object({ cameraId, profile: profile.default('main') }).strict(),
  result: z.object({
    /** When the relay received the picture. */
    at: epochMs,
    width: z.number().int(),
    height: z.number().int(),
    jpeg: z.base64(),
  }),
  permission: 'stream.view',
  scopeOf: (args, lookup) => cameraScope(args.cameraId, lookup),
  risk: 'read',
  audit: 'two-rows',
  deadlineMs: 15_000,
});

export const cameraPublishAddress = defineCommand({
  name: 'camera.publish-address',
  summary: 'Where a camera of kind rtmp without a url pushes its stream; `renew` makes a new key and ends whoever uses the old one.',
  args: z.object({ cameraId, renew: z.boolean().default(false) }).strict(),
  result: z.object({ url: z.string(), key: publishKey }),
  permission: 'camera.edit',
  scopeOf: (args, lookup) => cameraScope(args.cameraId, lookup),
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
});

export const demoStory = defineCommand({
  name: 'demo.story',
  summary:
    'Start or end a story of the demo city: a jam, a rainstorm, an ambulance on its way, a district whose cameras all lose their network (`district`). It ends by itself after an hour. Only a demo has stories.',
  args: z
    .object({
      story: z.enum(demoStories),
      /** Where; absent: where the story itself has its place. */
      district: districtCode.optional(),
      active: z.boolean(),
    })
    .strict()
    .refine(({ story, district }) => story !== 'district-offline' || district !== undefined, { path: ['district'] }),
  /** Cameras that changed. */
  result: z.object({ changed: z.number().int() }),
  permission: 'wall.admin',
  scopeOf: () => ['city' as const],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
});

export const streamCommands = [
  cameraUpsert,
  cameraImport,
  cameraRemove,
  cameraRemoveMany,
  cameraSearch,
  cameraDiagnose,
  cameraSnapshot,
  cameraPublishAddress,
  streamLease,
  streamLeaseMany,
  streamRelease,
  demoStory,
] as const;
export const streamCollections = [camerasCollection, districtsCollection] as const;

/**
 * One coded picture (or audio frame), the unit that every source makes and every output takes.
 * `annexB`: for video the whole access unit with start codes (ITU-T H.264 and H.265 Annex B), the parameter sets (SPS, PPS, and VPS for
 * H.265) in band before every key picture, no access-unit delimiter needed; for `aac` one ADTS frame (ISO/IEC 13818-7 clause 6.2),
 * which says its own rate and channels; for `pcma` and `pcmu` G.711 bytes, one a sample, 8 kHz mono. Times in microseconds on the stream's own clock, monotonic in `dtsUs`, never
 * stepping back when a loop restarts. `receivedAtMs` is the relay's wall clock when the last byte arrived.
 * The bytes are shared: nobody may write to them.
 */
export interface AccessUnit {
  readonly codec: 'h264' | 'h265' | 'aac' | 'pcma' | 'pcmu';
  readonly annexB: Uint8Array;
  readonly ptsUs: number;
  readonly dtsUs: number;
  readonly receivedAtMs: EpochMs;
  readonly key: boolean;
  /** The first unit after a break: times or parameters may jump. */
  readonly discontinuity: boolean;
  readonly corrupt: boolean;
}

/** What the relay needs to open a source: full URLs, credentials included. Travels only on the relay's control channel. */
export type SourceSpec = SourceInput;

/** The state of one camera profile in the relay. */
export const pathState = z.enum(['idle', 'starting', 'ready', 'draining', 'failed']);
export type PathState = z.output<typeof pathState>;
