import type { PlacedTile } from '../tile-walk.ts';
import { spanIdOf } from '../wall-span.ts';
import { chosenTiles, type TileRef } from './choose-tiles.ts';

/** What is chosen of a wall: nothing, a tile of a scene, one that lies over the screens, or several of either. */
export type TileChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'tile'; readonly tile: PlacedTile }
  | { readonly kind: 'span'; readonly tile: PlacedTile; readonly spanId: string }
  | { readonly kind: 'several'; readonly tiles: readonly [PlacedTile, ...PlacedTile[]] };

/** What stands in the desk's choice of two corners, by the tiles that there are now. */
export function tileChoice(tiles: readonly PlacedTile[], from: TileRef | null, to: TileRef | null): TileChoice {
  const chosen = chosenTiles(tiles, from, to);
  const [tile, ...others] = chosen;
  if (!tile) return { kind: 'none' };
  if (others.length > 0) return { kind: 'several', tiles: [tile, ...others] };
  const spanId = spanIdOf(tile.tileId);
  return spanId === null ? { kind: 'tile', tile } : { kind: 'span', tile, spanId };
}
