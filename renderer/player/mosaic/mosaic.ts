import type { ErrorCode } from '../../../main/contract/errors.ts';
import type { SubscriptionMode } from '../../../streams/wire/wall-ask.ts';
import type { MosaicFigures, TileFacts, TilePlace } from './mosaic-protocol.ts';

/** The page's side of the one canvas that all pictures of a screen are painted on. Never reactive. */
export interface Mosaic {
  /** A place for one more picture; it is seen once it is placed. */
  open(): MosaicTile;
  readonly figures: MosaicFigures | null;
  /** Whose sound is heard; null: nobody's. Needs a click or a key of a person first, as browsers want it. */
  listen(tile: MosaicTile | null): void;
  /** In CSS pixels of the canvas. */
  resize(width: number, height: number): void;
  dispose(): void;
}

/** One tile of the canvas. */
export interface MosaicTile {
  readonly kind: 'mosaic-tile';
  /** Where it is, in CSS pixels from the canvas' top left; null: nowhere. */
  place(place: Omit<TilePlace, 'tile'> | null): void;
  /** Begins a playback. `onEnded` is called once, when it is over by itself. The function given back ends it. */
  play(socketUrl: string, ticket: string, mode: SubscriptionMode, onEnded: (code: ErrorCode, ticketKept: boolean) => void): () => void;
  setMode(mode: SubscriptionMode): void;
  /** What was last told of its pictures; null before the first time. */
  readonly facts: TileFacts | null;
  onFacts(listener: (facts: TileFacts) => void): () => void;
  snapshot(): Promise<Blob | null>;
  /** Gives the place back with everything in it. */
  close(): void;
}
