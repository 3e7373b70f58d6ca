import type { Rect } from '../../layouts/contract.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** A tile in wall pixels. */
export interface PlacedTile {
  readonly screenId: string;
  readonly tileId: string;
  readonly rect: Rect;
}

/** The next tile in a direction, across screens; null at the wall's edge. Overlap across the direction counts for more than distance. */
export function neighbour(tiles: readonly PlacedTile[], from: PlacedTile, direction: Direction): PlacedTile | null {
  const sideways = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  const along = (rect: Rect) => sign * (sideways ? rect.x + rect.width / 2 : rect.y + rect.height / 2);
  const across = (rect: Rect): [number, number] => (sideways ? [rect.y, rect.y + rect.height] : [rect.x, rect.x + rect.width]);
  const [fromStart, fromEnd] = across(from.rect);
  let best: { tile: PlacedTile; cost: number } | null = null;
  for (const tile of tiles) {
    const ahead = along(tile.rect) - along(from.rect);
    if (ahead <= 0) continue;
    const [start, end] = across(tile.rect);
    // Nothing between them across the direction: in the same row or column, the nearest first; ties go to reading order.
    const gap = Math.max(0, start - fromEnd + 1, fromStart - end + 1);
    const offset = Math.abs((start + end - fromStart - fromEnd) / 2);
    const cost = ahead + gap * 8 + offset * 0.25;
    if (!best || cost < best.cost) best = { tile, cost };
  }
  return best?.tile ?? null;
}
