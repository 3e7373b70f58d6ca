import type { PainterName, TilePlace } from './mosaic-protocol.ts';
import type { Painter } from './painter.ts';
import { tileArea, tileGeometry, type PictureSize, type Rect, type TileGeometry } from './tile-geometry.ts';

/** One way of getting pictures onto the canvas. `Kept` is what it keeps of a picture, so that it can be drawn again. */
export interface PaintSurface<Kept> {
  readonly name: PainterName;
  /** Gives the canvas this size and makes all of it black. */
  resize(width: number, height: number): void;
  blacken(area: Rect): void;
  /** Takes the picture over and closes it as soon as it can. `before`, what it kept of the same tile, is used again or let go. */
  keep(picture: VideoFrame, before: Kept | null): Kept;
  size(kept: Kept): PictureSize;
  draw(kept: Kept, geometry: TileGeometry, dimmed: boolean): void;
  letGo(kept: Kept): void;
  /** RGBA in small; every pixel of the picture counts. */
  sample(kept: Kept, width: number, height: number): Uint8ClampedArray | null;
  /** A file by `markedPicture`. */
  snapshot(kept: Kept, mark: string): Promise<Blob | null>;
  /** Whoever paints on it hears when it cannot be painted on any more, and when it can again, with everything on it gone. */
  onLoss(lost: () => void, back: () => void): void;
  dispose(): void;
}

interface Tile<Kept> {
  place: TilePlace;
  /** The picture that comes next; not on the canvas yet. */
  next: VideoFrame | null;
  kept: Kept | null;
  /** Of `kept`, in `place`. */
  size: PictureSize | null;
  geometry: TileGeometry | null;
}

/** How much of a picture's light is left in a dimmed tile. */
export const dimmedLight = 0.22;

/**
 * The part of painting that is the same everywhere: which tile has which picture, what has to be drawn and what has to go. A tile that is
 * not placed has no picture: one that comes for it is closed. After a loss all tiles are black until their next picture.
 */
export function tilePainter<Kept>(surface: PaintSurface<Kept>): Painter {
  let tiles = new Map<number, Tile<Kept>>();
  const listeners: (() => void)[] = [];
  let canvasWidth = 0;
  let canvasHeight = 0;
  let lost = false;

  surface.onLoss(
    () => {
      lost = true;
      for (const tile of tiles.values()) {
        if (tile.kept !== null) surface.letGo(tile.kept);
        tile.kept = tile.size = tile.geometry = null;
      }
    },
    () => {
      lost = false;
      surface.resize(canvasWidth, canvasHeight);
      for (const listener of listeners) listener();
    },
  );

  function measure(tile: Tile<Kept>): void {
    tile.size = tile.kept === null ? null : surface.size(tile.kept);
    tile.geometry = tile.size && tileGeometry(tile.place, tile.size, canvasWidth, canvasHeight);
  }

  function draw(tile: Tile<Kept>): boolean {
    if (tile.kept === null || !tile.geometry) return false;
    surface.draw(tile.kept, tile.geometry, tile.place.dimmed);
    return true;
  }

  function blacken(tile: Tile<Kept>): void {
    const area = tileArea(tile.place, canvasWidth, canvasHeight);
    if (area && !lost) surface.blacken(area);
  }

  /** Answers whether a new picture is on the canvas now. */
  function paintNext(tile: Tile<Kept>): boolean {
    const { next, size, geometry } = tile;
    if (!next) return false;
    tile.next = null;
    tile.kept = surface.keep(next, tile.kept);
    if (!size || !isSameSize(size, surface.size(tile.kept))) {
      measure(tile);
      if (geometry && !(tile.geometry && isSameRect(geometry.destination, tile.geometry.destination))) blacken(tile);
    }
    return draw(tile);
  }

  function drop(tile: Tile<Kept>): void {
    tile.next?.close();
    if (tile.kept !== null) surface.letGo(tile.kept);
    tile.next = tile.kept = tile.size = tile.geometry = null;
  }

  return {
    name: surface.name,

    place(width, height, places) {
      const before = tiles;
      const resized = width !== canvasWidth || height !== canvasHeight;
      const moved: Tile<Kept>[] = [];
      const now = new Map<number, Tile<Kept>>();
      for (const place of places) {
        if (now.has(place.tile)) continue;
        const tile = before.get(place.tile) ?? { place, next: null, kept: null, size: null, geometry: null };
        now.set(place.tile, tile);
        before.delete(place.tile);
        if (!resized && isSamePlace(tile.place, place)) continue;
        // All that leaves its place is wiped out before anything is drawn: it may lie where another tile comes to.
        if (!resized) blacken(tile);
        tile.place = place;
        moved.push(tile);
      }
      for (const tile of before.values()) {
        if (!resized) blacken(tile);
        drop(tile);
      }
      tiles = now;
      canvasWidth = width;
      canvasHeight = height;
      if (resized && !lost) surface.resize(width, height);
      for (const tile of moved) {
        measure(tile);
        if (!lost) draw(tile);
      }
    },

    show(number, picture) {
      const tile = tiles.get(number);
      tile?.next?.close();
      if (tile) tile.next = picture;
      else picture.close();
    },

    clear(number) {
      const tile = tiles.get(number);
      if (!tile) return;
      drop(tile);
      blacken(tile);
    },

    paint() {
      const painted: number[] = [];
      if (lost) return painted;
      for (const [number, tile] of tiles) if (paintNext(tile)) painted.push(number);
      return painted;
    },

    sample(number, width, height) {
      const kept = tiles.get(number)?.kept ?? null;
      return kept === null ? null : surface.sample(kept, width, height);
    },

    snapshot(number, mark) {
      const kept = tiles.get(number)?.kept ?? null;
      return kept === null ? Promise.resolve(null) : surface.snapshot(kept, mark);
    },

    get isLost() {
      return lost;
    },

    onLost(listener) {
      listeners.push(listener);
    },

    dispose() {
      for (const tile of tiles.values()) drop(tile);
      tiles.clear();
      listeners.length = 0;
      surface.dispose();
    },
  };
}

const isSameSize = (a: PictureSize, b: PictureSize) =>
  a.width === b.width && a.height === b.height && a.displayWidth === b.displayWidth && a.displayHeight === b.displayHeight;

const isSameRect = (a: Rect, b: Rect) => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

const isSamePlace = (a: TilePlace, b: TilePlace) =>
  isSameRect(a, b) && a.dimmed === b.dimmed && (a.view && b.view ? isSameRect(a.view, b.view) : a.view === b.view);
