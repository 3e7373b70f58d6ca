import type { Rect } from './contract.ts';

/** Where a tile is taken hold of to change its size: an edge or a corner, by the points of the compass. */
export const handles = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const;
export type Handle = (typeof handles)[number];

/** A line that an edge or a middle met: `x` is an upright one. `from` and `to` span what meets on it. */
export interface Guide {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** A rectangle where it snapped to, with the lines that it met. */
export interface Snapped {
  readonly rect: Rect;
  readonly guides: readonly Guide[];
}

/**
 * Draws a rectangle that is being moved, or resized by `handle`, to what is near: edges and middles of other tiles and of the canvas, else lines
 * of the grid. `gridPx`: its spacing, null for none; `tolerancePx`: how near is near. Of several the nearest; the sides that are not held
 * stay where they are. What is on the canvas stays there, for its edge is nearer than anything beyond.
 */
export function snap(
  rect: Rect,
  others: readonly Rect[],
  canvas: Pick<Rect, 'width' | 'height'>,
  gridPx: number | null,
  tolerancePx: number,
  handle: Handle | null = null,
): Snapped {
  const near = [{ x: 0, y: 0, width: canvas.width, height: canvas.height }, ...others];
  const across = snapAxis(rect, near, 'x', handle, gridPx, tolerancePx);
  const down = snapAxis(rect, near, 'y', handle, gridPx, tolerancePx);
  const snapped: Rect = { x: across.start, width: across.length, y: down.start, height: down.length };
  return { rect: snapped, guides: [...guidesOf(snapped, near, 'x', across.lines), ...guidesOf(snapped, near, 'y', down.lines)] };
}

interface Span {
  readonly start: number;
  readonly length: number;
}

const spanOf = (rect: Rect, axis: 'x' | 'y'): Span =>
  axis === 'x' ? { start: rect.x, length: rect.width } : { start: rect.y, length: rect.height };
/** Both edges and the middle. */
const linesOf = ({ start, length }: Span) => [start, start + Math.round(length / 2), start + length];

/** Which side of this axis a handle holds; null when the whole rectangle moves, `none` when this axis stays as it is. */
function held(handle: Handle | null, axis: 'x' | 'y'): 'start' | 'end' | 'none' | null {
  if (handle === null) return null;
  const [start, end] = axis === 'x' ? ['w', 'e'] : ['n', 's'];
  return handle.includes(start!) ? 'start' : handle.includes(end!) ? 'end' : 'none';
}

function snapAxis(
  rect: Rect,
  near: readonly Rect[],
  axis: 'x' | 'y',
  handle: Handle | null,
  gridPx: number | null,
  tolerancePx: number,
): Span & { readonly lines: readonly number[] } {
  const span = spanOf(rect, axis);
  const side = held(handle, axis);
  if (side === 'none') return { ...span, lines: [] };
  const moving = side === null ? linesOf(span) : [side === 'start' ? span.start : span.start + span.length];
  const by =
    nearest(
      near.flatMap((other) => linesOf(spanOf(other, axis))),
      moving,
      tolerancePx,
    ) ?? (gridPx === null ? null : nearest([Math.round(moving[0]! / gridPx) * gridPx], moving.slice(0, 1), tolerancePx));
  if (by === null) return { ...span, lines: [] };
  const snapped =
    side === null
      ? { start: span.start + by, length: span.length }
      : side === 'start'
        ? { start: span.start + by, length: span.length - by }
        : { start: span.start, length: span.length + by };
  return snapped.length < 1 ? { ...span, lines: [] } : { ...snapped, lines: moving.map((line) => line + by) };
}

/** How far to the nearest of these lines from any of these edges; null when none is near. */
function nearest(lines: readonly number[], edges: readonly number[], tolerancePx: number): number | null {
  let best: number | null = null;
  for (const edge of edges)
    for (const line of lines) {
      const by = line - edge;
      if (Math.abs(by) <= tolerancePx && (best === null || Math.abs(by) < Math.abs(best))) best = by;
    }
  return best;
}

/** A guide for each line that meets something; lines of the grid are drawn already. */
function guidesOf(rect: Rect, near: readonly Rect[], axis: 'x' | 'y', lines: readonly number[]): Guide[] {
  const along = axis === 'x' ? 'y' : 'x';
  return lines.flatMap((at) => {
    const met = near.filter((other) => linesOf(spanOf(other, axis)).includes(at));
    if (met.length === 0) return [];
    const spans = [rect, ...met].map((each) => spanOf(each, along));
    return [
      { axis, at, from: Math.min(...spans.map(({ start }) => start)), to: Math.max(...spans.map(({ start, length }) => start + length)) },
    ];
  });
}
