import type { ErrorParams, Problem } from '../../../main/contract/errors.ts';
import type { LinkQuality, SourceStep, VideoCodec } from '../../contract.ts';

/**
 * The conversation between the relay and its two workers, `av` (FFmpeg) and `ingest` (RTMP), on `<relay>/worker`. A worker
 * connects to the relay and proves that it knows the launch key exactly as the hub does on `/control` (challenge, proof, welcome;
 * `control-protocol.ts`), with `who` = the worker's name. Then texts are JSON, one of the messages below, and binary frames are access
 * units (`unit-record.ts`), of a stream that the relay opened.
 *
 * The relay names streams by number, never twice on one connection. Everything ends with the connection.
 */
export const workerPath = '/worker';

export type WorkerName = 'av' | 'ingest';

/** What the relay asks of a worker. */
export type ToWorker =
  /** av: open a URL with FFmpeg and send its units. */
  | { readonly kind: 'pull'; readonly stream: number; readonly url: string }
  /** av: take the units that the relay sends on this stream, and send them back in H.264. */
  | { readonly kind: 'transcode'; readonly stream: number; readonly from: VideoCodec }
  /** ingest: send the units of whoever publishes with this key; ends with `source-publisher-absent` when nobody does. */
  | { readonly kind: 'tap'; readonly stream: number; readonly keyHash: string }
  /** End a stream; nothing more is heard of it. */
  | { readonly kind: 'close'; readonly stream: number }
  /** av: make a JPEG of the key picture in the next binary frame of this stream; answered by `snapshot`, which ends the stream. */
  | { readonly kind: 'snapshot'; readonly stream: number }
  /** ingest: whether this key may publish; false also ends one who does already. */
  | { readonly kind: 'admit'; readonly keyHash: string; readonly admitted: boolean };

/** What a worker tells the relay. */
export type FromWorker =
  /** First, after the welcome: what it can do. `url`: where cameras push to (ingest). */
  | { readonly kind: 'hello'; readonly url: string | null; readonly maxPulls: number; readonly maxTranscodes: number }
  | { readonly kind: 'step'; readonly stream: number; readonly step: SourceStep; readonly params: ErrorParams }
  | { readonly kind: 'link'; readonly stream: number; readonly quality: LinkQuality }
  /** The stream ended by itself; `problem` null means an orderly end. */
  | { readonly kind: 'ended'; readonly stream: number; readonly problem: Problem | null }
  | { readonly kind: 'snapshot'; readonly stream: number; readonly jpeg: string; readonly width: number; readonly height: number }
  /** ingest: somebody begins to publish with this key; answered by `admit`. */
  | { readonly kind: 'publish'; readonly keyHash: string; readonly address: string }
  /** ingest: he ended, was cut off, or his connection was lost. */
  | { readonly kind: 'unpublish'; readonly keyHash: string };

/** What the launcher tells the av process. */
export interface AvStart {
  /** `http://host:port` of the relay, and the key of this launch (base64). */
  readonly relay: { readonly url: string; readonly key: string };
  readonly maxPulls: number;
  readonly maxTranscodes: number;
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
