import type { DeskDrag } from '../drag/desk-drag.ts';
import { spanIdOf } from '../wall-span.ts';
import { tileNumber, type WallView } from '../wall-view.ts';
import { isSameTile, type TileRef } from './choose-tiles.ts';

/** What is dragged over the wall: something of the desk, or one of the wall's own tiles. */
export type StageDrag = DeskDrag | { readonly kind: 'tile'; readonly tile: TileRef };

/** What would happen if it were dropped here. `tile` is the tile under it; a whole screen or wall is marked where there is none. */
export type DropMeaning =
  | { readonly kind: 'put'; readonly tile: TileRef; readonly cameraId: string }
  | { readonly kind: 'across'; readonly tile: TileRef; readonly spanId: string; readonly cameraId: string }
  /** So many of the cameras find a tile. */
  | {
      readonly kind: 'fill';
      readonly tile: TileRef;
      readonly title: string;
      readonly cameraIds: readonly string[];
      readonly placed: number;
    }
  | { readonly kind: 'swap'; readonly tile: TileRef; readonly from: TileRef }
  | { readonly kind: 'apply'; readonly screenId: string; readonly layoutId: string }
  | { readonly kind: 'recall'; readonly presetId: string }
  /** It comes from another window: what it is can be read when it is dropped. */
  | { readonly kind: 'any'; readonly tile: TileRef };

/**
 * What dropping something on a place of the wall means; null when it means nothing there. `drag`: null while it cannot be read. `tileId`: null
 * beside all tiles, then the screen's first one is meant.
 */
export function dropMeaning(
  view: WallView,
  drag: StageDrag | null,
  at: { readonly screenId: string; readonly tileId: string | null },
): DropMeaning | null {
  const screen = view.screens.find((one) => one.screen.id === at.screenId);
  const tiles = screen?.tiles.filter((tile) => !tile.spanning) ?? [];
  const tileId = at.tileId ?? tiles[0]?.tileId ?? null;
  const tile = tileId === null ? null : { screenId: at.screenId, tileId };
  switch (drag?.kind) {
    case 'preset':
      return { kind: 'recall', presetId: drag.presetId };
    case 'layout':
      return screen ? { kind: 'apply', screenId: at.screenId, layoutId: drag.layoutId } : null;
    case 'tile':
      return tile && !isSameTile(tile, drag.tile) ? { kind: 'swap', tile, from: drag.tile } : null;
    case 'camera':
      return tile && onTile(tile, drag.cameraId);
    case 'cameras': {
      const [first] = drag.cameraIds;
      if (!tile || !screen || first === undefined) return null;
      // One picture lies across screens, and the next tile is none of its neighbours.
      if (spanIdOf(tile.tileId) !== null) return onTile(tile, first);
      const room = tiles.length - tileNumber(screen, tile.tileId) + 1;
      return { kind: 'fill', tile, title: drag.title, cameraIds: drag.cameraIds, placed: Math.min(room, drag.cameraIds.length) };
    }
    default:
      return tile && { kind: 'any', tile };
  }
}

function onTile(tile: TileRef, cameraId: string): DropMeaning {
  const spanId = spanIdOf(tile.tileId);
  return spanId === null ? { kind: 'put', tile, cameraId } : { kind: 'across', tile, spanId, cameraId };
}
