import { z } from 'zod';
import { linkQuality, problemSchema, sourceStep, videoCodec } from '../../contract.ts';
import { markForm } from '../../watermark/mark-text.ts';
import { keyHash, mac, nonce, plainProblem } from '../control-protocol.ts';

/**
 * The conversation between the relay and its two workers, `av` (FFmpeg) and `ingest` (RTMP), on `<relay>/worker`. A worker
 * connects and is let in as the hub is on `/control` (`control-protocol.ts`), under its own name:
 *
 *   relay → worker  challenge {nonce}
 *   worker → relay  proof {name, nonce, mac}   mac = HMAC(key, name + both nonces)
 *   relay → worker  welcome {mac}              mac = HMAC(key, "relay" + both nonces)
 *   worker → relay  hello                      what it can do; from now on it is at work
 *   then            texts are the messages below, binary ones are access units (`unit-record.ts`) of a stream that the relay opened
 *
 * The relay names streams by number, never twice on one connection. A stream ends with `close` from the relay or with `ended` (or
 * `snapshot`) from the worker; what still comes for it after that is not heard. Everything ends with the connection; a worker that comes
 * again under the same name replaces the one before. Both sides ping, and both drop units rather than let them pile up.
 */
export const workerPath = '/worker';

export const workerName = z.enum(['av', 'ingest']);
export type WorkerName = z.output<typeof workerName>;

const stream = z.number().int().min(0).max(0xffff_ffff);
const { params } = problemSchema.shape;
const most = z.number().int().min(0).max(65_536);

/** The longest text message: a snapshot of 1920 × 1080 in base64 needs a tenth of it. */
export const maxWorkerTextBytes = 16 * 1024 * 1024;
/** The longest JPEG that fits. */
export const maxJpegBytes = 8 * 1024 * 1024;

/** What the relay says before a worker is at work. */
export const greetingToWorker = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('challenge'), nonce }).strict(),
  z.object({ kind: z.literal('welcome'), mac }).strict(),
]);
export type GreetingToWorker = z.output<typeof greetingToWorker>;

/** What a worker says to be let in. */
export const workerProof = z.object({ kind: z.literal('proof'), name: workerName, nonce, mac }).strict();
export type WorkerProof = z.output<typeof workerProof>;

/** What the relay asks of a worker. */
export const toWorker = z.discriminatedUnion('kind', [
  /** av: open a URL with FFmpeg and send its units. */
  z.object({ kind: z.literal('pull'), stream, url: z.string().min(1).max(4096) }).strict(),
  /** av: take the units that the relay sends on this stream, beginning with a key picture, and send them back in H.264. */
  z.object({ kind: z.literal('transcode'), stream, from: videoCodec }).strict(),
  /** ingest: send the units of whoever publishes with this key, from the latest key picture on; ends with `source-publisher-absent` when nobody does. */
  z.object({ kind: z.literal('tap'), stream, keyHash }).strict(),
  /** End a stream; nothing more is heard of it. */
  z.object({ kind: z.literal('close'), stream }).strict(),
  /** av: make a JPEG of the key picture in the next binary message of this stream, with this mark burnt in; answered by `snapshot` or `ended`. */
  z.object({ kind: z.literal('snapshot'), stream, mark: z.string().regex(markForm) }).strict(),
  /** ingest: whether this key may publish; false also ends one who does already. */
  z.object({ kind: z.literal('admit'), keyHash, admitted: z.boolean() }).strict(),
]);
export type ToWorker = z.output<typeof toWorker>;

/** What a worker tells the relay. */
export const fromWorker = z.discriminatedUnion('kind', [
  /** First, after the welcome, and again when it changes: what it can do. `url`: where cameras push to (ingest). */
  z.object({ kind: z.literal('hello'), url: z.string().max(512).nullable(), maxPulls: most, maxTranscodes: most }).strict(),
  /** A step of the opening of a `pull` or `tap` is done. */
  z.object({ kind: z.literal('step'), stream, step: sourceStep, params }).strict(),
  z.object({ kind: z.literal('link'), stream, quality: linkQuality }).strict(),
  /** The stream ended by itself; `problem` null means an orderly end. */
  z.object({ kind: z.literal('ended'), stream, problem: plainProblem.nullable() }).strict(),
  z
    .object({
      kind: z.literal('snapshot'),
      stream,
      jpeg: z.base64().max(Math.ceil(maxJpegBytes / 3) * 4),
      width: z.number().int().min(1).max(65_535),
      height: z.number().int().min(1).max(65_535),
    })
    .strict(),
  /** ingest: somebody begins to publish with this key; answered by `admit`. After a new connection it is told of everybody again. */
  z.object({ kind: z.literal('publish'), keyHash, address: z.string().max(128) }).strict(),
  /** ingest: he ended, was cut off, or his connection was lost. */
  z.object({ kind: z.literal('unpublish'), keyHash }).strict(),
]);
export type FromWorker = z.output<typeof fromWorker>;

/** What the launcher tells the av process. */
export interface AvStart {
  /** `http://host:port` of the relay, and the key of this launch (base64). */
  readonly relay: { readonly url: string; readonly key: string };
  readonly maxPulls: number;
  readonly maxTranscodes: number;
  /** Networks that sources may lead to, in CIDR notation; `refusedPorts` are the product's own listeners. */
  readonly cameraNetworks: readonly string[];
  readonly refusedPorts: readonly { readonly host: string; readonly port: number }[];
  readonly logLevel: string;
}

/** What the launcher tells the ingest process. */
export interface IngestStart {
  readonly relay: { readonly url: string; readonly key: string };
  readonly host: string;
  readonly port: number;
  readonly maxPublishers: number;
  readonly logLevel: string;
}
