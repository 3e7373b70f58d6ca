import type { Rect } from '../../layouts/contract.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** A tile in wall pixels. */
export interface PlacedTile {
  readonly screenId: string;
  readonly tileId: string;
  readonly rect: Rect;
}

/**
 * The next tile in a direction, across screens; null at the wall's edge. It begins where this one ends; what lies opposite counts
 * for more than what is near. Where tiles overlap, their middles decide.
 */
export function neighbour(tiles: readonly PlacedTile[], from: PlacedTile, direction: Direction): PlacedTile | null {
  const sideways = direction === 'left' || direction === 'right';
  const backwards = direction === 'left' || direction === 'up';
  const along = ({ x, y, width, height }: Rect): readonly [number, number] => (sideways ? [x, x + width] : [y, y + height]);
  const across = ({ x, y, width, height }: Rect): readonly [number, number] => (sideways ? [y, y + height] : [x, x + width]);
  const middle = ([start, end]: readonly [number, number]) => (start + end) / 2;
  const own = along(from.rect);
  const ownAcross = across(from.rect);

  const nearest = (aheadOf: (other: readonly [number, number]) => number): PlacedTile | null => {
    let best: PlacedTile | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const tile of tiles) {
      const ahead = aheadOf(along(tile.rect));
      if (tile === from || ahead < 0) continue;
      const [start, end] = across(tile.rect);
      const beside = Math.max(0, start - ownAcross[1] + 1, ownAcross[0] - end + 1);
      const cost = ahead + beside * 8 + Math.abs(middle([start, end]) - middle(ownAcross)) / 4;
      if (cost < least) [best, least] = [tile, cost];
    }
    return best;
  };
  return (
    nearest(([start, end]) => (backwards ? own[0] - end : start - own[1])) ??
    nearest((other) => (backwards ? middle(own) - middle(other) : middle(other) - middle(own)) || -1)
  );
}
