import { maxSpanning, type PanelRef, type Rect, type SpanningTile } from '../../layouts/contract.ts';

/** The smallest rectangle around all of these, what lies between them (bezels) included. There must be one at least. */
export function rectAround(rects: readonly Rect[]): Rect {
  const x = Math.min(...rects.map((rect) => rect.x));
  const y = Math.min(...rects.map((rect) => rect.y));
  return {
    x,
    y,
    width: Math.max(...rects.map((rect) => rect.x + rect.width)) - x,
    height: Math.max(...rects.map((rect) => rect.y + rect.height)) - y,
  };
}

/**
 * Lays a panel over the wall in exactly this place, in wall pixels: in place of the tile that lies exactly there, else as a new one on top.
 * All others stay as they are. Null when there are as many as a wall may have.
 */
export function putSpan(
  spanning: readonly SpanningTile[],
  rect: Rect,
  panel: PanelRef,
): { readonly tiles: readonly SpanningTile[]; readonly tileId: string } | null {
  const there = spanning.find((tile) => isSameRect(tile.rect, rect));
  if (there) return { tiles: withPanel(spanning, there.tileId, panel), tileId: there.tileId };
  if (spanning.length >= maxSpanning) return null;
  const tileId = freeId(spanning);
  return { tiles: [...spanning, { tileId, rect: { ...rect }, panel }], tileId };
}

/** Lets one of them show something else; null when it is not there. */
export function replaceSpan(spanning: readonly SpanningTile[], tileId: string, panel: PanelRef): readonly SpanningTile[] | null {
  return spanning.some((tile) => tile.tileId === tileId) ? withPanel(spanning, tileId, panel) : null;
}

/** Takes these away; null when none of them is there. */
export function clearSpans(spanning: readonly SpanningTile[], tileIds: ReadonlySet<string>): readonly SpanningTile[] | null {
  const left = spanning.filter(({ tileId }) => !tileIds.has(tileId));
  return left.length === spanning.length ? null : left;
}

/** The id that `solve.ts` gives a spanning tile on the screens that it touches. */
export const solvedSpanId = (tileId: string): string => `w-${tileId}`;

/** The wall's own id of a tile that a screen names, or null when it is one of a scene. */
export const spanIdOf = (solvedId: string): string | null => (solvedId.startsWith('w-') ? solvedId.slice(2) : null);

const withPanel = (spanning: readonly SpanningTile[], tileId: string, panel: PanelRef) =>
  spanning.map((tile) => (tile.tileId === tileId ? { ...tile, panel } : tile));
const isSameRect = (a: Rect, b: Rect) => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

function freeId(spanning: readonly SpanningTile[]): string {
  const taken = new Set(spanning.map(({ tileId }) => tileId));
  let n = 1;
  while (taken.has(`span-${n}`)) n += 1;
  return `span-${n}`;
}
