import { z } from 'zod';
import { defineCollection } from '../main/contract/define-collection.ts';
import { defineCommand } from '../main/contract/define-command.ts';
import { entityMarks, epochMs, humanLines, humanText } from '../main/contract/entity.ts';
import { feedId, systemId } from '../main/contract/ids.ts';
import { nowhere, place } from '../main/contract/place.ts';
import type { ScopeClaim } from '../main/contract/scope.ts';
import { problemSchema } from './contract.ts';
import { mappingDocument } from './feeds/mapping/mapping-document.ts';

// ---- what comes out of a record, whatever it was written in

/** The name that a source gives a thing, unique within its feed: ids of sensors, urns, plates. Never shown without its name. */
export const externalId = z
  .string()
  .min(1)
  .max(200)
  // oxlint-disable-next-line no-control-regex -- refusing them is the point
  .regex(/^[^\u0000-\u001f\u007f]*$/);

/** A measured quantity in words of this house, e.g. `spaces-free`, `water-level`, `pm25`; `streams/systems/quantities.ts` is the table. */
export const quantity = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
  .max(64);

export const assetKind = z.enum([
  'air-station',
  'ambulance',
  'camera-device',
  'car-park',
  'charger',
  'exchange-job',
  'gate',
  'gauge',
  'generator',
  'hazard-source',
  'hospital',
  'industrial-site',
  'junction',
  'lift',
  'pollution-source',
  'pump-station',
  'rain-gauge',
  'reservoir',
  'resource-pool',
  'road-segment',
  'scenic-area',
  'school',
  'sensor',
  'service-window',
  'street-light',
  'vehicle',
  'venue',
  'water-main',
  'water-section',
  'weather-station',
]);
export type AssetKind = z.output<typeof assetKind>;

/** How far a value can be trusted; a source's own flag becomes one of these and stands in `flag`. */
export const quality = z.enum(['good', 'suspect', 'bad', 'no-data']);

/** One value of one thing at one time. Units are those of `quantities.ts`; what a source writes in others is converted on the way in. */
export const observationFact = z.object({
  kind: z.literal('observation'),
  entity: externalId,
  quantity,
  value: z.union([z.number(), z.string().max(200), z.boolean()]).nullable(),
  quality: quality.default('good'),
  /** What the source itself says of the value, in its own letters. */
  flag: z.string().max(32).nullable().default(null),
  /** The source's time; null: it told none, and the time of receipt stands for it. */
  at: epochMs.nullable(),
});

/** What does not change of a thing from minute to minute: capacities, limits, classes. */
const properties = z.record(z.string().max(64), z.union([z.number(), z.string().max(200), z.boolean()]));

/** What a thing is and where; values of it come as observations. */
export const assetFact = z.object({
  kind: z.literal('asset'),
  entity: externalId,
  assetKind,
  name: humanText(128).nullable().default(null),
  place: place.default(nowhere),
  properties: properties.default({}),
});

export const eventSeverity = z.enum(['critical', 'high', 'medium', 'low', 'information']);

/** Something that happened or is going on, told by its source: a warning, an accident, a grid event, a case. `class` is dotted, wide to narrow: `weather.rainstorm`. */
export const eventFact = z.object({
  kind: z.literal('event'),
  external: externalId,
  /** Grows with every change of the same event; of a source that counts none its time of change. One that says something else under the same number has changed all the same. */
  version: z.number().int().nonnegative(),
  /** What it makes void, by their external ids. */
  supersedes: z.array(externalId).max(64).default([]),
  class: z
    .string()
    .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+){0,4}$/)
    .max(96),
  status: z.enum(['open', 'ended', 'cancelled']),
  severity: eventSeverity,
  title: humanText(200),
  text: humanLines(4000).nullable().default(null),
  /** What people should do, as the source says it. */
  instruction: humanLines(4000).nullable().default(null),
  at: epochMs.nullable(),
  startsAt: epochMs.nullable().default(null),
  endsAt: epochMs.nullable().default(null),
  place: place.default(nowhere),
  /** As the source drew it: polygons of [lat, lon], closed; circles with a radius. */
  area: z
    .object({
      polygons: z
        .array(
          z
            .array(z.tuple([z.number(), z.number()]))
            .min(4)
            .max(1000),
        )
        .max(32),
      circles: z.array(z.object({ lat: z.number(), lon: z.number(), radiusM: z.number().nonnegative() })).max(32),
    })
    .nullable()
    .default(null),
  /** For one who checks: the source's own words for class, severity, urgency, certainty. */
  source: z.record(z.string().max(64), z.string().max(400)).default({}),
  /** An exercise or a test: shown as such, and nothing of it leaves the house. */
  exercise: z.boolean().default(false),
});

/** A figure that a system reckons itself, for which no public standard exists. */
export const indicatorFact = z.object({
  kind: z.literal('indicator'),
  indicator: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  value: z.number().nullable(),
  unit: z.string().max(16).nullable().default(null),
  at: epochMs.nullable(),
  district: z
    .string()
    .regex(/^\d{2,12}$/)
    .nullable()
    .default(null),
});

/** What a record says. */
export const fact = z.discriminatedUnion('kind', [observationFact, assetFact, eventFact, indicatorFact]);
export type Fact = z.output<typeof fact>;
export type ObservationFact = z.output<typeof observationFact>;
export type AssetFact = z.output<typeof assetFact>;
export type EventFact = z.output<typeof eventFact>;
export type IndicatorFact = z.output<typeof indicatorFact>;

// ---- feeds

export const feedKinds = [
  'mapping',
  'ngsi',
  'cap',
  'gtfs-rt',
  'gbfs',
  'ocpi',
  'datex2',
  'open311',
  'mqtt',
  'hj212',
  'jt808',
  'sl651',
  'indicator',
] as const;
export const feedKind = z.enum(feedKinds);
export type FeedKind = z.output<typeof feedKind>;

/** Asks a source again and again. `headers` and what stands before an @ in the address are secrets: they go in and never come out. */
export const pollSettings = z
  .object({
    url: z.string().trim().url().max(2048),
    everySeconds: z.number().int().min(5).max(86_400).default(60),
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), z.string().max(2048)).optional(),
  })
  .strict();

const listenPort = z.number().int().min(0).max(65_535);
/**
 * What a device does not tell of itself, by the name that it gives itself: where it stands, and what it may do. Rules go by such limits: `limit-cod` of an outlet is what its permit
 * allows, in the unit of the quantity.
 */
const stations = z
  .array(
    z
      .object({
        id: externalId,
        name: humanText(128),
        assetKind,
        place,
        properties: properties.refine((one) => Object.keys(one).length <= 32, 'more than 32 properties').default({}),
      })
      .strict(),
  )
  .max(20_000)
  .default([]);

/**
 * How a feed of each kind is taken in. Without `poll` a source of `mapping`, `ngsi`, `cap`, `indicator` pushes to `POST /api/feeds/<id>`. Kinds of the list that are not
 * here have no connector yet; `feed.create` refuses them with `feed-kind-unavailable`.
 */
export const feedSettings = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mapping'), mapping: mappingDocument, poll: pollSettings.optional() }).strict(),
  z.object({ kind: z.literal('ngsi'), poll: pollSettings.optional() }).strict(),
  z.object({ kind: z.literal('cap'), poll: pollSettings.optional() }).strict(),
  z.object({ kind: z.literal('indicator') }).strict(),
  z
    .object({
      kind: z.literal('mqtt'),
      /** `mqtt://`, `mqtts://`; user and password before the @ are secrets. */
      url: z
        .string()
        .trim()
        .url()
        .max(2048)
        .regex(/^mqtts?:\/\//i),
      topics: z.array(z.string().min(1).max(512)).min(1).max(32),
      /** By what the broker keeps the session; two hubs at one broker need two. Absent: made of the feed's id. */
      clientId: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,64}$/)
        .optional(),
      payload: z.enum(['mapping', 'ngsi', 'indicator']),
      mapping: mappingDocument.optional(),
    })
    .strict()
    .refine(({ payload, mapping }) => payload !== 'mapping' || mapping !== undefined, { path: ['mapping'] }),
  z
    .object({
      kind: z.literal('hj212'),
      port: listenPort,
      edition: z.enum(['2005', '2017', '2025']).default('2017'),
      /** The password that devices send as PW; a secret. Absent: any. */
      password: z.string().max(32).optional(),
      stations,
      /** Codes that the tables of the standard do not have, or that these devices send in another unit: what they send times `scale` is ours. */
      factors: z
        .array(z.object({ code: z.string().regex(/^[A-Za-z0-9_.-]{1,32}$/), quantity, scale: z.number().default(1) }).strict())
        .max(256)
        .default([]),
    })
    .strict(),
  z
    .object({
      kind: z.literal('jt808'),
      port: listenPort,
      vehicles: stations,
      /** Terminals that send datagrams are heard on the same port. */
      udp: z.boolean().default(true),
    })
    .strict(),
]);
export type FeedSettings = z.output<typeof feedSettings>;

/** How a feed is now. Volatile. Counts are since the hub started; the journal has them all. */
export const feedStatus = z.object({
  state: z.enum(['waiting', 'live', 'stale', 'failing', 'throttled', 'stopped']),
  at: epochMs,
  lastRecordAt: epochMs.nullable(),
  records: z.number().int().nonnegative(),
  facts: z.number().int().nonnegative(),
  quarantined: z.number().int().nonnegative(),
  late: z.number().int().nonnegative(),
  duplicate: z.number().int().nonnegative(),
  /** Refused because the feed sent more than it may. */
  throttled: z.number().int().nonnegative(),
  perSecond: z.number().nonnegative(),
  connections: z.number().int().nonnegative(),
  problem: problemSchema.nullable(),
});
export type FeedStatus = z.output<typeof feedStatus>;

export const feedEntity = z.object({
  id: feedId,
  kind: feedKind,
  system: systemId,
  name: humanText(128),
  enabled: z.boolean(),
  /** As set, without its secrets. */
  settings: z.unknown(),
  hasSecret: z.boolean(),
  /** Older than this its values are stale, in seconds. */
  staleAfterSeconds: z.number().int().positive(),
  /** The port that it listens on; null where it does not. */
  port: z.number().int().nullable(),
  createdAt: epochMs,
  status: feedStatus.nullable().default(null),
  ...entityMarks,
});
export type Feed = z.output<typeof feedEntity>;

export const feedsCollection = defineCollection({
  name: 'feeds',
  summary: 'What the other systems send, and how each of these feeds is.',
  entity: feedEntity,
  keyOf: (feed) => feed.id,
  permission: 'feed.view',
  scopeOf: () => 'none',
  volatile: ['status'],
  keep: 'memory',
});

export const feedCreate = defineCommand({
  name: 'feed.create',
  summary: 'Take in what another system sends. The token is shown once.',
  args: z
    .object({
      id: feedId,
      kind: feedKind,
      system: systemId,
      name: humanText(128).optional(),
      /** Those of the kind; absent: its plainest form (push). */
      settings: z.record(z.string(), z.unknown()).optional(),
      staleAfterSeconds: z.number().int().min(1).max(31_536_000).optional(),
      enabled: z.boolean().default(true),
      drill: z.boolean().default(false),
    })
    .strict(),
  result: z.object({ token: z.string(), port: z.number().int().optional() }),
  permission: 'feed.admin',
  scopeOf: () => ['city'],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
  /** Addresses and headers may hold credentials. */
  redact: ({ settings, ...args }) => ({ ...args, settings: settings === undefined ? undefined : '(kept)' }),
});

export const feedUpdate = defineCommand({
  name: 'feed.update',
  summary: 'Change a feed, switch it off or on. `settings` replaces all of them.',
  args: z
    .object({
      feedId,
      name: humanText(128).optional(),
      settings: z.record(z.string(), z.unknown()).optional(),
      staleAfterSeconds: z.number().int().min(1).max(31_536_000).optional(),
      enabled: z.boolean().optional(),
    })
    .strict(),
  result: z.object({ port: z.number().int().optional() }),
  permission: 'feed.admin',
  scopeOf: () => ['city'],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
  redact: ({ settings, ...args }) => ({ ...args, settings: settings === undefined ? undefined : '(kept)' }),
});

export const feedRemove = defineCommand({
  name: 'feed.remove',
  summary: 'Take a feed away. What came of it stays until its time is over.',
  args: z.object({ feedId }).strict(),
  result: z.object({}),
  permission: 'feed.admin',
  scopeOf: () => ['city'],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 5000,
});

export const feedRotateToken = defineCommand({
  name: 'feed.rotate-token',
  summary: 'A new token; the old one is worth nothing from now on.',
  args: z.object({ feedId }).strict(),
  result: z.object({ token: z.string() }),
  permission: 'feed.admin',
  scopeOf: () => ['city'],
  risk: 'routine',
  audit: 'two-rows',
  effect: 'ledger',
  deadlineMs: 3000,
});

// ---- the journal

/** What became of a record. */
export const recordOutcome = z.enum(['pending', 'taken', 'partly', 'late', 'duplicate', 'quarantined', 'ignored']);
export type RecordOutcome = z.output<typeof recordOutcome>;

/** A raw record as the journal keeps it, without its bytes. */
export const journalRecord = z.object({
  id: z.number().int(),
  feedId,
  receivedAt: epochMs,
  /** What the record says of its time; null: nothing. */
  sourceAt: epochMs.nullable(),
  bytes: z.number().int(),
  /** With parameters of ours behind it: `retained=true`, `topic=…` of a broker's message. */
  contentType: z.string().max(2048).nullable(),
  /** Name and version of what read it, e.g. `ngsi/1`. */
  parser: z.string().max(64),
  outcome: recordOutcome,
  facts: z.number().int(),
  /** Why it, or a part of it, was not taken; the first few. */
  problems: z.array(problemSchema).max(8),
});
export type JournalRecord = z.output<typeof journalRecord>;

export const journalSearch = defineCommand({
  name: 'journal.search',
  summary: 'Raw records of feeds, newest first; those that could not be read are in quarantine.',
  args: z
    .object({
      feedId: feedId.optional(),
      outcome: recordOutcome.optional(),
      before: z.number().int().positive().optional(),
      limit: z.number().int().min(1).max(200).default(50),
    })
    .strict(),
  result: z.object({ records: z.array(journalRecord), more: z.boolean() }),
  permission: 'feed.view',
  scopeOf: () => ['city'],
  risk: 'read',
  audit: 'none',
  deadlineMs: 5000,
});

export const journalRecordRead = defineCommand({
  name: 'journal.record',
  summary: 'One raw record: its first 64 KiB as text, or in hexadecimal where it is none.',
  args: z.object({ recordId: z.number().int().positive() }).strict(),
  result: z.object({ record: journalRecord, text: z.string(), encoding: z.enum(['utf8', 'gbk', 'hex']), truncated: z.boolean() }),
  permission: 'feed.view',
  scopeOf: () => ['city'],
  risk: 'read',
  audit: 'none',
  deadlineMs: 5000,
});

export const journalRetry = defineCommand({
  name: 'journal.retry',
  summary: 'Read quarantined records once more, after a mapping was mended.',
  args: z.object({ feedId, recordIds: z.array(z.number().int().positive()).min(1).max(1000) }).strict(),
  result: z.object({ taken: z.number().int(), quarantined: z.number().int() }),
  permission: 'feed.admin',
  scopeOf: () => ['city'],
  risk: 'routine',
  audit: 'two-rows',
  deadlineMs: 30_000,
});

// ---- what is known of the city

/** A thing that something is observed of: a car park, a pump, a river gauge. `latest` is volatile: by quantity. */
export const assetEntity = z.object({
  /** `<feedId>/<externalId>`. */
  id: z.string().max(280),
  feedId,
  system: systemId,
  entity: externalId,
  assetKind,
  name: humanText(128),
  place,
  properties: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  latest: z
    .record(
      z.string(),
      z.object({
        value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
        quality,
        flag: z.string().nullable(),
        at: epochMs,
        receivedAt: epochMs,
      }),
    )
    .default({}),
  ...entityMarks,
});
export type Asset = z.output<typeof assetEntity>;

const claimOf = (where: { readonly district: string | null }): ScopeClaim =>
  where.district === null ? 'city' : { district: where.district, groups: [] };

export const assetsCollection = defineCollection({
  name: 'assets',
  summary: 'The things that values are known of, with their latest values.',
  entity: assetEntity,
  keyOf: (asset) => asset.id,
  permission: 'fact.view',
  scopeOf: ({ place: where }) => claimOf(where),
  volatile: ['latest'],
  keep: 'memory',
});

/** One value as it came, in the order of receipt; kept for as long and as much as `retention` says. */
export const observationEntity = z.object({
  seq: z.number().int(),
  feedId,
  /** Of the asset. */
  assetId: z.string(),
  quantity,
  value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
  unit: z.string().nullable(),
  quality,
  flag: z.string().nullable(),
  at: epochMs,
  receivedAt: epochMs,
  district: z.string().nullable(),
  ...entityMarks,
});
export type ObservationEntity = z.output<typeof observationEntity>;

export const observationsCollection = defineCollection({
  name: 'observations',
  summary: 'Every value that came, page by page.',
  entity: observationEntity,
  keyOf: (observation) => String(observation.seq),
  permission: 'fact.view',
  scopeOf: ({ district }) => (district === null ? 'city' : { district, groups: [] }),
  volatile: [],
  keep: 'paged',
});

/** What goes on, as its source tells it; superseded and ended ones are kept for a while. */
export const cityEventEntity = eventFact.omit({ kind: true }).extend({
  /** `<feedId>/<external>`. */
  id: z.string().max(280),
  feedId,
  system: systemId,
  receivedAt: epochMs,
  at: epochMs,
  /** The number that its source gave it, where `version` is beyond it: the source said something else under the same number. */
  toldVersion: z.number().int().nonnegative().optional(),
  ...entityMarks,
});
export type CityEvent = z.output<typeof cityEventEntity>;

export const cityEventsCollection = defineCollection({
  name: 'events',
  summary: 'Warnings, accidents, grid events and cases as their sources tell them.',
  entity: cityEventEntity,
  keyOf: (event) => event.id,
  permission: 'fact.view',
  scopeOf: ({ place: where }) => claimOf(where),
  volatile: [],
  keep: 'memory',
});

/** One of the city's systems: a row of the plan. Made by the pack, the same on every hub. */
export const systemEntity = z.object({
  id: systemId,
  number: z.number().int().positive(),
  name: z.object({ zh: z.string(), en: z.string() }),
  department: z.object({ zh: z.string(), en: z.string() }),
  feeds: z.array(feedKind),
  indicators: z.array(z.string()),
  ...entityMarks,
});
export type CitySystem = z.output<typeof systemEntity>;

export const systemsCollection = defineCollection({
  name: 'systems',
  summary: "The city's systems.",
  entity: systemEntity,
  keyOf: (system) => system.id,
  permission: 'fact.view',
  scopeOf: () => 'none',
  volatile: [],
  keep: 'memory',
});

/** A figure of a system, beside the plan's target. Unknown is null and shown as unknown. */
export const indicatorEntity = z.object({
  /** `<systemId>/<indicator>`. */
  key: z.string(),
  systemId,
  id: z.string(),
  name: z.object({ zh: z.string(), en: z.string() }),
  unit: z.string(),
  /** `op` says which side of the target is good; null: the plan names none. */
  target: z.object({ op: z.enum(['>=', '>', '<=', '<', '=']), value: z.number() }).nullable(),
  /** Older than this it is stale, in seconds. */
  staleAfterSeconds: z.number().int().positive(),
  value: z.number().nullable().default(null),
  /** What it was reckoned from: the source's time of the newest of it. */
  at: epochMs.nullable().default(null),
  /** The feed that it came by; null when it is reckoned here or unknown. */
  source: z.string().nullable().default(null),
  /** What people call that feed: screens show no ids. */
  sourceName: z.string().nullable().default(null),
  /** Part of what it is reckoned from is simulated. */
  ofSimulated: z.boolean().default(false),
  ...entityMarks,
});
export type Indicator = z.output<typeof indicatorEntity>;

export const indicatorsCollection = defineCollection({
  name: 'indicators',
  summary: "The systems' figures, with the plan's targets, their age and their source.",
  entity: indicatorEntity,
  keyOf: (indicator) => indicator.key,
  permission: 'fact.view',
  scopeOf: () => 'none',
  volatile: ['value', 'at', 'source', 'sourceName', 'ofSimulated'],
  keep: 'memory',
});

export const historyRead = defineCommand({
  name: 'history.read',
  summary:
    'How a value went: of a quantity of an asset, or of an indicator. Answers at most as many points as asked for, each the last, least and most of its stretch.',
  args: z
    .object({
      of: z.union([
        z.object({ assetId: z.string().max(280), quantity }).strict(),
        z.object({ systemId, indicator: z.string().max(64) }).strict(),
      ]),
      from: epochMs,
      to: epochMs,
      points: z.number().int().min(2).max(2000).default(300),
    })
    .strict(),
  result: z.object({
    points: z.array(z.object({ at: epochMs, value: z.number(), min: z.number(), max: z.number(), count: z.number().int() })),
    /** What is kept begins here; null: nothing is. */
    since: epochMs.nullable(),
  }),
  permission: 'fact.view',
  // Nobody knows any more where a thing that is gone was.
  scopeOf: ({ of }, lookup) => ['assetId' in of ? (lookup.asset(of.assetId) ?? 'city') : 'none'],
  risk: 'read',
  audit: 'none',
  deadlineMs: 5000,
});

export const feedCommands = [
  feedCreate,
  feedUpdate,
  feedRemove,
  feedRotateToken,
  journalSearch,
  journalRecordRead,
  journalRetry,
  historyRead,
] as const;
export const feedCollections = [
  feedsCollection,
  assetsCollection,
  observationsCollection,
  cityEventsCollection,
  systemsCollection,
  indicatorsCollection,
] as const;
