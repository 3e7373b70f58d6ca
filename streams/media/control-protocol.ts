import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { cameraId, leaseId } from '../../main/contract/ids.ts';
import { errorCode, linkQuality, pathState, problemSchema, profile, sourceInput, sourceStep, videoCodec } from '../contract.ts';
import { markForm } from '../watermark/mark-text.ts';
import type { LeaseOrder, PathReport, PathTrace, ProbeMethod, ProbeResult, ProbeTarget, Publisher } from './media-relay.ts';

/**
 * The conversation between hub and relay on `<relay>/control`, JSON texts over one WebSocket:
 *
 *   relay → hub  challenge {nonce}
 *   hub → relay  proof {nonce, mac}          mac = HMAC(key, "hub" + both nonces): the key itself never travels
 *   relay → hub  welcome {mac, instance}     mac = HMAC(key, "relay" + both nonces): the hub sends sources to nobody else
 *   hub → relay  hello {origins, hosts, epoch}
 *   relay → hub  listing {leases, paths, …}  what runs already, for the hub to adopt; who pushes, and where cameras push to
 *   then         hub: open, close, list, hello again when its origins change; publishers, in pieces; the questions trace, probe, snapshot
 *                relay: done (answers one open, or a question that failed), traced, probed, pictured (answer one question each),
 *                listing (answers list), paths, lease-ended, publishing, ingest
 *
 * A hub with an older epoch never replaces a newer one.
 */
export const controlPath = '/control';

/** Who proves itself: the two ends here, and the relay's workers, which are let in the same way (`workers/worker-protocol.ts`). */
export type ControlProof = 'hub' | 'relay' | 'av' | 'ingest';

/** What proves that `who` knows the key, for this connection only. */
export function controlMac(key: Buffer, who: ControlProof, relayNonce: string, hubNonce: string): string {
  return createHmac('sha256', key).update(`taodu control\n${who}\n${relayNonce}\n${hubNonce}`).digest('base64url');
}

/** Compares in constant time. */
export function isControlMac(shown: string, key: Buffer, who: ControlProof, relayNonce: string, hubNonce: string): boolean {
  const expected = Buffer.from(controlMac(key, who, relayNonce, hubNonce));
  const given = Buffer.from(shown);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** What each end of a greeting makes up, for this connection only; and what proves that an end knows the key. */
export const nonce = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
export const mac = z.string().max(64);
/** SHA-256 of a publish key, base64url. */
export const keyHash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** Problems as they cross the channel. */
export const plainProblem = problemSchema.transform(({ code, params, detail }) =>
  detail === undefined ? { code, params } : { code, params, detail },
);
const text = z.string().max(512);

export const leaseOrderSchema = z.object({
  leaseId,
  cameraId,
  profile,
  source: sourceInput,
  decodes: z.array(videoCodec).min(1).max(2).readonly(),
  holder: z.string().max(128),
  purpose: z.enum(['watch', 'diagnosis']).optional(),
}) satisfies z.ZodType<LeaseOrder>;

/** Questions may be long: how many cameras one `probe` asks, and publishers one `publishers` brings, at most. */
export const probesPerMessage = 256;
export const publishersPerMessage = 1000;
/** Cameras that may push, in all. */
export const maxPublishers = 65_536;
/** The longest message of a hub: the client cuts its questions to fit. */
export const maxHubMessageBytes = 256 * 1024;

const probeTarget = z.object({ cameraId, source: sourceInput }) satisfies z.ZodType<ProbeTarget>;
const probeMethod = z.enum(['options', 'describe', 'tcp']) satisfies z.ZodType<ProbeMethod>;
const publisher = z.object({ cameraId, keyHash }) satisfies z.ZodType<Publisher>;
const messageId = z.number().int().nonnegative();

/** What the hub says. */
export const hubMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('proof'), nonce, mac }).strict(),
  z
    .object({
      kind: z.literal('hello'),
      origins: z.array(text).max(256),
      /** Host header values by which pages reach the relay, besides its own address. */
      hosts: z.array(text).max(64),
      epoch: z.number().int().nonnegative(),
    })
    .strict(),
  z.object({ kind: z.literal('open'), id: messageId, order: leaseOrderSchema }).strict(),
  z.object({ kind: z.literal('close'), leaseId }).strict(),
  z.object({ kind: z.literal('list') }).strict(),
  z.object({ kind: z.literal('trace'), id: messageId, cameraId, profile }).strict(),
  z
    .object({
      kind: z.literal('probe'),
      id: messageId,
      targets: z.array(probeTarget).max(probesPerMessage).readonly(),
      method: probeMethod,
    })
    .strict(),
  /** `mark` is burnt into the picture: without one there is none. */
  z.object({ kind: z.literal('snapshot'), id: messageId, cameraId, profile, mark: z.string().regex(markForm) }).strict(),
  /** A piece of the list of cameras that may push; the list counts when its last piece is there. */
  z
    .object({
      kind: z.literal('publishers'),
      first: z.boolean(),
      last: z.boolean(),
      publishers: z.array(publisher).max(publishersPerMessage),
    })
    .strict(),
]);
export type HubMessage = z.output<typeof hubMessage>;
/** The same before it is checked. */
export type HubMessageSent = z.input<typeof hubMessage>;

const rate = z.number().nonnegative();
const pathReportSchema = z.object({
  cameraId: z.string(),
  profile,
  state: pathState,
  since: z.number(),
  reason: errorCode.nullable(),
  viewers: z.number(),
  leases: z.number(),
  fps: rate,
  kbps: rate,
  gopMs: rate.nullable(),
  lastUnitAt: z.number().nullable(),
  codec: videoCodec.nullable(),
  transcoding: z.boolean(),
  link: linkQuality.nullable(),
}) satisfies z.ZodType<PathReport>;

const pathTraceSchema = z.object({
  state: pathState,
  queuedMs: z.number(),
  steps: z.array(z.object({ step: sourceStep, atMs: z.number(), params: problemSchema.shape.params }).readonly()).readonly(),
  failure: plainProblem.nullable(),
  failedAtMs: z.number().nullable(),
  report: pathReportSchema,
}) satisfies z.ZodType<PathTrace, unknown>;

const probeResult = z.object({
  cameraId: z.string(),
  state: z.enum(['online', 'offline', 'unknown']),
  reason: errorCode.nullable(),
  ms: z.number(),
}) satisfies z.ZodType<ProbeResult>;

const publishing = z.object({ cameraId: z.string(), since: z.number() });

const listedLease = z.object({
  leaseId: z.string(),
  cameraId: z.string(),
  profile,
  decodes: z.array(videoCodec).readonly(),
  holder: z.string(),
});
export type ListedLease = z.output<typeof listedLease>;

const challenge = z.object({ kind: z.literal('challenge'), nonce });
const welcome = z.object({ kind: z.literal('welcome'), mac, instance: z.string() });

/** What the relay says before the hub says its hello. */
export const greetingToHub = z.discriminatedUnion('kind', [challenge, welcome]);

/** What the relay says. */
export const relayMessage = z.discriminatedUnion('kind', [
  challenge,
  welcome,
  z.object({
    kind: z.literal('listing'),
    leases: z.array(listedLease).readonly(),
    paths: z.array(pathReportSchema),
    publishing: z.array(publishing),
    ingestUrl: z.string().nullable(),
  }),
  z.object({ kind: z.literal('done'), id: z.number(), error: plainProblem.nullable() }),
  z.object({ kind: z.literal('traced'), id: z.number(), trace: pathTraceSchema.nullable() }),
  z.object({ kind: z.literal('probed'), id: z.number(), results: z.array(probeResult).readonly() }),
  z.object({ kind: z.literal('pictured'), id: z.number(), at: z.number(), width: z.number(), height: z.number(), jpeg: z.string() }),
  z.object({ kind: z.literal('publishing'), cameraId: z.string(), since: z.number().nullable() }),
  z.object({ kind: z.literal('ingest'), url: z.string().nullable() }),
  z.object({ kind: z.literal('paths'), paths: z.array(pathReportSchema) }),
  z.object({ kind: z.literal('lease-ended'), leaseId: z.string(), reason: z.enum(['idle', 'closed']) }),
]);
export type RelayMessage = z.output<typeof relayMessage>;

/** Reads one message; `null` when it is none. Never throws. */
export function readMessage<T>(schema: z.ZodType<T, unknown>, data: string): T | null {
  let said: unknown;
  try {
    said = JSON.parse(data);
  } catch {
    return null;
  }
  const read = schema.safeParse(said);
  return read.success ? read.data : null;
}
