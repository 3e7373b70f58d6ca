import type { PlannedStream } from '../../layouts/contract.ts';
import type { ErrorCode } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { MosaicTile } from './mosaic/mosaic.ts';

/** What `stream.lease` answers, as far as a player needs it. */
export interface PlaybackOffer {
  readonly ticket: string;
  readonly urls: { readonly hls: string; readonly socket: string };
}

/** Where an engine shows its picture: an element of its own, or a place on the page's one canvas. */
export type PlayerTarget = HTMLVideoElement | MosaicTile;

/** One way of turning a stream into a moving picture. */
export interface PlayerEngine<T extends PlayerTarget = PlayerTarget> {
  readonly name: 'mosaic' | 'mse' | 'hls';
  /** The delay that this engine has when all is well: buffering, not a fault. */
  readonly nominalDelayMs: number;
  /** Null where it can play; else what the browser or the page lacks for it. */
  cannotPlay(): ErrorCode | null;
  /** Starts playing into the target. The session ends with `signal` or by failing; either way the target is given back empty. */
  attach(target: T, offer: PlaybackOffer, signal: AbortSignal, stream?: PlannedStream): PlayerSession;
}

/** One running player. */
export interface PlayerSession {
  /** Resolves when the player has given up, with why; or with null after its signal was aborted. Never rejects. */
  readonly ended: Promise<ErrorCode | null>;
  /** When the relay received the picture at this media time (seconds), by the stream's own time stamps; null while unknown. Elements only. */
  receivedAt(mediaTime: number): EpochMs | null;
  /** Why nothing comes, or less than could, although it goes on; null while nothing is amiss. */
  readonly reason?: ErrorCode | null;
  /** Another way of decoding the same stream, without beginning anew. Engines that cannot do that play on. */
  setStream?(stream: PlannedStream): void;
}
