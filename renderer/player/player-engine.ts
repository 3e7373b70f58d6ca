import type { ErrorCode } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';

/** What `stream.lease` answers, as far as a player needs it. */
export interface PlaybackOffer {
  readonly urls: { readonly hls: string; readonly socket: string };
}

/** One way of turning a stream into a moving picture. */
export interface PlayerEngine {
  readonly name: 'hls';
  /** The delay that this engine has when all is well: buffering, not a fault. */
  readonly nominalDelayMs: number;
  /** False where the browser lacks what the engine needs. */
  canPlay(): boolean;
  /** Starts playing into the element. The session ends with `signal` or by failing; either way the element is given back empty. */
  attach(target: HTMLVideoElement, offer: PlaybackOffer, signal: AbortSignal): PlayerSession;
}

/** One running player. */
export interface PlayerSession {
  /** Resolves when the player has given up, with why; or with null after its signal was aborted. Never rejects. */
  readonly ended: Promise<ErrorCode | null>;
  /** When the relay received the picture at this media time (seconds), by the stream's own time stamps; null while unknown. */
  receivedAt(mediaTime: number): EpochMs | null;
}
