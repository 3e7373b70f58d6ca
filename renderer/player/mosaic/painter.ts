import type { PainterName, TilePlace } from './mosaic-protocol.ts';

/**
 * Puts pictures on the one canvas of a screen. It holds at most one picture a tile, draws only tiles that have a new one, and closes
 * every picture that it is given, at the latest when the next one comes.
 */
export interface Painter {
  readonly name: PainterName;
  /** The canvas has this size and these tiles from now on. What has left is cleared; what moved is drawn again. */
  place(width: number, height: number, tiles: readonly TilePlace[]): void;
  /** A new picture of a tile; one that was not painted yet is given up. */
  show(tile: number, picture: VideoFrame): void;
  /** Takes the tile's picture away. */
  clear(tile: number): void;
  /** Draws what is new; answers the tiles whose new picture is on the canvas now. */
  paint(): readonly number[];
  /** The tile's latest picture in small, RGBA, to see whether it changes and whether anything is in it; null without one. */
  sample(tile: number, width: number, height: number): Uint8ClampedArray | null;
  /** The tile's latest picture at its own size, as a file with this watermark; null without a picture or without a mark. */
  snapshot(tile: number, mark: string): Promise<Blob | null>;
  /** The canvas was lost and is not back yet: nothing can be drawn. */
  readonly isLost: boolean;
  /** The canvas was lost and is back: everything is to be drawn again. */
  onLost(listener: () => void): void;
  dispose(): void;
}
