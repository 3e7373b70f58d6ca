import type { ErrorCode } from '../../../main/contract/errors.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import type { SubscriptionMode } from '../../../streams/wire/wall-ask.ts';
import type { PictureLook } from '../picture-look.ts';

/** A part of a picture, each side from 0 to 1: digital zoom. */
export interface PictureView {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a tile lies on the canvas, in its pixels. The picture is fitted into it whole, in the middle. */
export interface TilePlace {
  readonly tile: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Null: the whole picture. */
  readonly view: PictureView | null;
  /** Stalled or offline: its last picture is shown faint. */
  readonly dimmed: boolean;
  /** Who goes on when not all can: a lower number is served first. */
  readonly rank: number;
}

export type PainterName = 'wasm' | '2d' | 'webgl2';

/** What the page tells the mosaic's worker. A tile is a number that the page makes up and never uses again. */
export type ToMosaic =
  | {
      readonly kind: 'start';
      readonly canvas: OffscreenCanvas;
      /** `auto`: whatever is fastest here, by probing. */
      readonly painter: PainterName | 'auto';
    }
  /** The size of the canvas and all tiles on it, each time one of them changes; counted by `id`. */
  | { readonly kind: 'place'; readonly id: number; readonly width: number; readonly height: number; readonly tiles: readonly TilePlace[] }
  | {
      readonly kind: 'play';
      readonly tile: number;
      /** Counts the playbacks of a mosaic, so that what was said of an earlier one is not taken for this one's. */
      readonly playback: number;
      readonly socketUrl: string;
      readonly ticket: string;
      readonly mode: SubscriptionMode;
    }
  | { readonly kind: 'mode'; readonly tile: number; readonly mode: SubscriptionMode }
  /** Ends its playback; the last picture stays until the place goes. */
  | { readonly kind: 'stop'; readonly tile: number }
  /** Whose sound is heard; null: nobody's. */
  | { readonly kind: 'listen'; readonly tile: number | null }
  /** `mark`: the watermark of the file. */
  | { readonly kind: 'snapshot'; readonly id: number; readonly tile: number; readonly mark: string }
  /** The window is hidden or shown: what nobody sees is not painted. */
  | { readonly kind: 'visible'; readonly visible: boolean };

/** The truth about one tile's pictures, told four times a second. Times on the hub's clock; on their way from the worker see `FromMosaic`. */
export interface TileFacts {
  readonly tile: number;
  readonly playback: number;
  /** Different pictures painted since its playback began. */
  readonly painted: number;
  /** When the first of them was painted, and when the latest; null when none was. */
  readonly firstPaintedAt: EpochMs | null;
  readonly paintedAt: EpochMs | null;
  /** How long ago that was when the page heard of it, by the page's own clock: a page that stood still hears of it late. */
  readonly paintedAgoMs: number | null;
  /** When the relay had received that one; null while the hub's clock is unknown. */
  readonly receivedAt: EpochMs | null;
  /** How far apart the camera's pictures come, whether they are painted or not; null while unknown. */
  readonly cameraIntervalMs: number | null;
  /** For how long pictures have come without any change; and what they look like all the time, when nothing can be seen in them. */
  readonly unchangedMs: number;
  readonly look: { readonly look: PictureLook; readonly forMs: number } | null;
  readonly width: number;
  readonly height: number;
  /** Why pictures are left out or none comes, although the playback goes on; null when nothing is. */
  readonly reason: ErrorCode | null;
  /** Pictures that came and were not decoded, and decoders that had to be made anew. */
  readonly skipped: number;
  readonly rebuilt: number;
  /** Megapixels a second that are decoded for it. */
  readonly megapixelsPerSecond: number;
  readonly audio: 'aac' | 'pcma' | 'pcmu' | null;
}

/** As the worker tells it, which cannot know when it is heard. */
export type TileFactsOnTheirWay = Omit<TileFacts, 'paintedAgoMs'>;

export interface MosaicFigures {
  readonly painter: PainterName | null;
  /** Why not a faster one. */
  readonly painterReason: string | null;
  readonly decoders: number;
  readonly sockets: number;
  /** Share of the time that the worker was busy, 0 to 1; pictures painted a second. */
  readonly busy: number;
  readonly paintedPerSecond: number;
  /** Messages that were no records, records of nobody. */
  readonly strays: number;
  readonly contextsLost: number;
}

/**
 * What the worker tells the page. It knows nothing of the hub's clock: `firstPaintedAt` and `paintedAt` are of the clock that all threads of a page
 * share (performance.timeOrigin + performance.now()), and `receivedAt` is said whether the hub's clock is known or not. So an age is only ever
 * made of what is known when it is read, and none outlives a sleep.
 */
export type FromMosaic =
  | { readonly kind: 'facts'; readonly tiles: readonly TileFactsOnTheirWay[]; readonly figures: MosaicFigures }
  /** The canvas that the page shows has these places now: nothing is where it was before. */
  | { readonly kind: 'placed'; readonly id: number }
  | { readonly kind: 'ended'; readonly tile: number; readonly playback: number; readonly code: ErrorCode; readonly ticketKept: boolean }
  /** The worker is of no use any more; nothing else comes from it. English, for the log. */
  | { readonly kind: 'failed'; readonly detail: string }
  /** Sound to be played: one channel after the other. */
  | {
      readonly kind: 'sound';
      readonly tile: number;
      readonly sampleRate: number;
      readonly channels: readonly Float32Array[];
      readonly ptsUs: number;
    }
  | { readonly kind: 'snapshot'; readonly id: number; readonly blob: Blob | null };
