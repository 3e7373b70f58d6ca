import { tileGeometry, type Rect } from '../player/mosaic/tile-geometry.ts';
import type { PictureView } from '../player/mosaic/mosaic-protocol.ts';

/** A preview is at most so many pixels wide, and high. */
export const previewSidePx = 480;

/** A tile as it is seen on the page now. */
export interface SeenTile<E> extends Rect {
  /** Null for what is no camera. */
  readonly cameraId: string | null;
  readonly spanning: boolean;
  /** It lies over this many others. */
  readonly layer: number;
  /** Where its picture is: on the page's canvas, in an element of its own, or nowhere. */
  readonly picture: 'canvas' | SeenElement<E> | null;
}

export interface SeenElement<E> {
  readonly element: E;
  /** Of the picture in it. */
  readonly width: number;
  readonly height: number;
  /** The part of it that is looked at; null: all of it. */
  readonly view: PictureView | null;
  readonly dimmed: boolean;
}

/** What a page shows of its screen, in CSS pixels of its stage. */
export interface SeenScreen<E> {
  /** The screen's size in wall pixels. */
  readonly screen: { readonly width: number; readonly height: number };
  readonly stage: { readonly width: number; readonly height: number };
  readonly barPx: number;
  readonly tiles: readonly SeenTile<E>[];
}

/** One step of painting a preview; `to` in its pixels, `from` in CSS pixels of the stage or in pixels of the element. */
export type PreviewStep<E> =
  | { readonly kind: 'blank'; readonly to: Rect }
  | { readonly kind: 'canvas'; readonly from: Rect; readonly to: Rect; readonly clips: readonly Rect[] }
  | { readonly kind: 'element'; readonly element: E; readonly from: Rect; readonly to: Rect; readonly dimmed: boolean };

/** How a preview is painted, in order, on a ground without anything. */
export interface PreviewPlan<E> {
  readonly width: number;
  readonly height: number;
  readonly steps: readonly PreviewStep<E>[];
  /** Whose pictures are in it, each once. */
  readonly cameras: readonly string[];
}

/**
 * Lays out a small picture of a screen: every tile in its place on the wall, so the page's bar is left out and what it squeezes is stretched
 * again. Only what is known to be there is taken: where the canvas may still show another camera it is dark.
 */
export function previewPlan<E>({ screen, stage, barPx, tiles }: SeenScreen<E>): PreviewPlan<E> {
  const scale = Math.min(1, previewSidePx / screen.width, previewSidePx / screen.height);
  const width = Math.max(1, Math.round(screen.width * scale));
  const height = Math.max(1, Math.round(screen.height * scale));
  const across = width / stage.width;
  const down = height / stage.height;
  const unsqueezed = height / (stage.height - barPx);
  const placed = ({ x, y, width: wide, height: high, spanning }: SeenTile<E>): Rect => {
    const top = spanning ? y * down : (y - barPx) * unsqueezed;
    return { x: x * across, y: top, width: wide * across, height: high * (spanning ? down : unsqueezed) };
  };

  const steps: PreviewStep<E>[] = [];
  const onCanvas = tiles.filter(({ picture }) => picture === 'canvas');
  const clips = onCanvas.filter(({ spanning }) => !spanning).map(placed);
  if (clips.length > 0) {
    const below = { x: 0, y: barPx, width: stage.width, height: stage.height - barPx };
    steps.push({ kind: 'canvas', from: below, to: { x: 0, y: 0, width, height }, clips });
  }
  for (const tile of onCanvas.filter(({ spanning }) => spanning)) {
    const { x, y, width: wide, height: high } = tile;
    const to = placed(tile);
    steps.push({ kind: 'canvas', from: { x, y, width: wide, height: high }, to, clips: [to] });
  }
  for (const tile of tiles.filter(({ picture }) => picture !== 'canvas').toSorted((a, b) => a.layer - b.layer)) {
    const to = placed(tile);
    if (tile.layer > 0) steps.push({ kind: 'blank', to });
    if (tile.picture === null || tile.picture === 'canvas') continue;
    const { element, width: wide, height: high, view, dimmed } = tile.picture;
    const fitted = tileGeometry({ ...to, view }, { width: wide, height: high, displayWidth: wide, displayHeight: high }, width, height);
    if (fitted) steps.push({ kind: 'element', element, from: fitted.source, to: fitted.destination, dimmed });
  }
  const cameras = tiles.flatMap(({ picture, cameraId }) => (picture === null || cameraId === null ? [] : [cameraId]));
  return { width, height, steps, cameras: [...new Set(cameras)] };
}
