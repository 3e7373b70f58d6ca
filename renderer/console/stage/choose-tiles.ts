import { neighbour, type Direction, type PlacedTile } from '../tile-walk.ts';
import { rectAround, spanIdOf } from '../wall-span.ts';

/** One tile of a wall by its names. */
export type TileRef = Pick<PlacedTile, 'screenId' | 'tileId'>;

/**
 * The tiles between two corners, in the order of `tiles`: the corners themselves, and all whose middle lies in the rectangle around both. One
 * when there is no other corner; none when the first one is not there.
 */
export function chosenTiles(tiles: readonly PlacedTile[], from: TileRef | null, to: TileRef | null): PlacedTile[] {
  const first = from && tiles.find((tile) => isSameTile(tile, from));
  if (!first) return [];
  const last = (to && tiles.find((tile) => isSameTile(tile, to))) ?? first;
  const around = rectAround([first.rect, last.rect]);
  return tiles.filter((tile) => {
    if (tile === first || tile === last) return true;
    if (last === first) return false;
    const x = tile.rect.x + tile.rect.width / 2;
    const y = tile.rect.y + tile.rect.height / 2;
    return x > around.x && x < around.x + around.width && y > around.y && y < around.y + around.height;
  });
}

/**
 * The other corner of a choice that is drawn further by one tile, across screens; null where the wall ends, or nothing was chosen. `to`: the
 * other corner until now, null while one tile is chosen.
 */
export function extend(tiles: readonly PlacedTile[], from: TileRef | null, to: TileRef | null, direction: Direction): TileRef | null {
  const end = to ?? from;
  const tile = end && tiles.find((candidate) => isSameTile(candidate, end));
  const next = tile ? neighbour(tiles, tile, direction) : null;
  return next && { screenId: next.screenId, tileId: next.tileId };
}

/** The topmost tile at a point of the wall, else the nearest one; null on a wall without tiles. */
export function tileNear(tiles: readonly PlacedTile[], x: number, y: number): PlacedTile | null {
  let found: PlacedTile | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const tile of tiles) {
    const { rect } = tile;
    const away = Math.hypot(Math.max(rect.x - x, 0, x - rect.x - rect.width), Math.max(rect.y - y, 0, y - rect.y - rect.height));
    if (away <= least) [found, least] = [tile, away];
  }
  return found;
}

/** True when both are the same tile; one across screens is the same on each of them. */
export const isSameTile = (a: TileRef, b: TileRef): boolean =>
  a.tileId === b.tileId && (a.screenId === b.screenId || spanIdOf(a.tileId) !== null);
