import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { cameraId, leaseId } from '../../main/contract/ids.ts';
import { errorCode, pathState, problemSchema, profile, sourceInput } from '../contract.ts';
import type { LeaseOrder, PathReport } from './media-relay.ts';

/**
 * The conversation between hub and relay on `<relay>/control`, JSON texts over one WebSocket:
 *
 *   relay → hub  challenge {nonce}
 *   hub → relay  proof {nonce, mac}          mac = HMAC(key, "hub" + both nonces): the key itself never travels
 *   relay → hub  welcome {mac, instance}     mac = HMAC(key, "relay" + both nonces): the hub sends sources to nobody else
 *   hub → relay  hello {origins, hosts, epoch}
 *   relay → hub  listing {leases, paths}     what runs already, for the hub to adopt
 *   then         hub: open, close, list, hello again when its origins change
 *                relay: done (answers one open), listing (answers list), paths, lease-ended
 *
 * A hub with an older epoch never replaces a newer one.
 */
export const controlPath = '/control';

export type ControlProof = 'hub' | 'relay';

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

const nonce = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
const mac = z.string().max(64);
const text = z.string().max(512);

export const leaseOrderSchema = z.object({
  leaseId,
  cameraId,
  profile,
  source: sourceInput,
  holder: z.string().max(128),
}) satisfies z.ZodType<LeaseOrder>;

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
  z.object({ kind: z.literal('open'), id: z.number().int().nonnegative(), order: leaseOrderSchema }).strict(),
  z.object({ kind: z.literal('close'), leaseId }).strict(),
  z.object({ kind: z.literal('list') }).strict(),
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
}) satisfies z.ZodType<PathReport>;

const listedLease = z.object({ leaseId: z.string(), cameraId: z.string(), profile, holder: z.string() });
export type ListedLease = z.output<typeof listedLease>;

/** What the relay says. */
export const relayMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('challenge'), nonce }),
  z.object({ kind: z.literal('welcome'), mac, instance: z.string() }),
  z.object({ kind: z.literal('listing'), leases: z.array(listedLease), paths: z.array(pathReportSchema) }),
  z.object({ kind: z.literal('done'), id: z.number(), error: problemSchema.nullable() }),
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
