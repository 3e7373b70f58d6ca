import { maxTiles, type PanelRef, type Rect } from './contract.ts';
import type { Handle } from './free-snap.ts';
import { panelInfo } from './panels.ts';

/** The size that a free scene is drawn for. Its pixels are counted from the top left. */
export type Canvas = Pick<Rect, 'width' | 'height'>;

/** A tile that is being edited. Its place in the list is its place in the pile: the last one lies on top. */
export interface FreeTile {
  /** Of this edit alone: a scene names its tiles by their places in it. */
  readonly id: string;
  /** In pixels of the canvas. */
  readonly rect: Rect;
  readonly panel: PanelRef;
  /** Tiles of one group are chosen, moved and copied together. */
  readonly group: string | null;
}

/*
 * Every edit answers a new list and leaves the old one as it was, so that it can be undone. Whatever it touches ends up in whole pixels
 * inside the canvas; an edit that has nothing to do answers the very same list. `ids` that are not there are passed over.
 */

export type Alignment = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';
export type Direction = 'left' | 'right' | 'up' | 'down';

/** The least size that an edit gives a tile: what its panel needs, as far as the canvas has room. */
export function leastSize(panel: PanelRef, canvas: Canvas): Canvas {
  const { minWidth, minHeight } = panelInfo(panel.panel);
  return { width: Math.min(minWidth, canvas.width), height: Math.min(minHeight, canvas.height) };
}

/** Adds a tile on top. `added` is null, and nothing changes, when a scene can hold no more. */
export function addTile(
  tiles: readonly FreeTile[],
  rect: Rect,
  panel: PanelRef,
  canvas: Canvas,
): { readonly tiles: readonly FreeTile[]; readonly added: string | null } {
  if (tiles.length >= maxTiles) return { tiles, added: null };
  const id = newIds(tiles)();
  return { tiles: [...tiles, { id, rect: fitted(rect, panel, canvas), panel, group: null }], added: id };
}

/** Takes tiles away. */
export function removeTiles(tiles: readonly FreeTile[], ids: readonly string[]): readonly FreeTile[] {
  return tiles.some(({ id }) => ids.includes(id)) ? tiles.filter(({ id }) => !ids.includes(id)) : tiles;
}

/** Lets tiles show something else. */
export function setPanel(tiles: readonly FreeTile[], ids: readonly string[], panel: PanelRef): readonly FreeTile[] {
  return changed(tiles, ids, (tile) => ({ ...tile, panel }));
}

/** Gives a tile exactly this place, as near as canvas and panel allow. */
export function setRect(tiles: readonly FreeTile[], id: string, rect: Rect, canvas: Canvas): readonly FreeTile[] {
  return changed(tiles, [id], (tile) => at(tile, fitted(rect, tile.panel, canvas)));
}

/** Moves tiles together. At the edge of the canvas all of them stop, so that they keep their places among each other. */
export function moveTiles(tiles: readonly FreeTile[], ids: readonly string[], dx: number, dy: number, canvas: Canvas): readonly FreeTile[] {
  const chosen = tiles.filter(({ id }) => ids.includes(id));
  if (chosen.length === 0) return tiles;
  const box = boundsOf(chosen.map(({ rect }) => rect));
  const byX = within(Math.round(dx), 0 - box.x, canvas.width - box.x - box.width);
  const byY = within(Math.round(dy), 0 - box.y, canvas.height - box.y - box.height);
  return changed(tiles, ids, (tile) => at(tile, inside({ ...tile.rect, x: tile.rect.x + byX, y: tile.rect.y + byY }, canvas)));
}

/** Moves tiles by a key: one step of so many pixels. */
export function nudge(
  tiles: readonly FreeTile[],
  ids: readonly string[],
  to: Direction,
  stepPx: number,
  canvas: Canvas,
): readonly FreeTile[] {
  const dx = to === 'left' ? -stepPx : to === 'right' ? stepPx : 0;
  const dy = to === 'up' ? -stepPx : to === 'down' ? stepPx : 0;
  return moveTiles(tiles, ids, dx, dy, canvas);
}

/**
 * The rectangle of a tile whose `handle` was dragged so far: the opposite side stays, the canvas and the panel's least size are kept to.
 * `proportional`: width and height keep their ratio, within a pixel.
 */
export function resizedRect(
  { rect, panel }: Pick<FreeTile, 'rect' | 'panel'>,
  handle: Handle,
  dx: number,
  dy: number,
  canvas: Canvas,
  proportional = false,
): Rect {
  const start = inside(rect, canvas);
  const west = handle.includes('w');
  const north = handle.includes('n');
  const holdsX = west || handle.includes('e');
  const holdsY = north || handle.includes('s');
  const least = leastSize(panel, canvas);
  const most = {
    width: west ? start.x + start.width : canvas.width - start.x,
    height: north ? start.y + start.height : canvas.height - start.y,
  };
  let width = holdsX ? start.width + Math.round(west ? -dx : dx) : start.width;
  let height = holdsY ? start.height + Math.round(north ? -dy : dy) : start.height;
  if (proportional) {
    const wanted =
      holdsX && holdsY ? Math.max(width / start.width, height / start.height) : holdsX ? width / start.width : height / start.height;
    const lowest = Math.max(least.width / start.width, least.height / start.height);
    const highest = Math.min(most.width / start.width, most.height / start.height);
    const scale = Math.min(Math.max(wanted, lowest), highest);
    width = Math.round(start.width * scale);
    height = Math.round(start.height * scale);
  }
  width = holdsX || proportional ? within(width, Math.min(least.width, most.width), most.width) : start.width;
  height = holdsY || proportional ? within(height, Math.min(least.height, most.height), most.height) : start.height;
  return {
    x: west ? start.x + start.width - width : start.x,
    y: north ? start.y + start.height - height : start.y,
    width,
    height,
  };
}

/** Resizes one tile, see `resizedRect`. */
export function resizeTile(
  tiles: readonly FreeTile[],
  id: string,
  handle: Handle,
  dx: number,
  dy: number,
  canvas: Canvas,
  proportional = false,
): readonly FreeTile[] {
  return changed(tiles, [id], (tile) => at(tile, resizedRect(tile, handle, dx, dy, canvas, proportional)));
}

/** Aligns tiles with each other, or one alone with the canvas. */
export function align(tiles: readonly FreeTile[], ids: readonly string[], to: Alignment, canvas: Canvas): readonly FreeTile[] {
  const chosen = tiles.filter(({ id }) => ids.includes(id));
  if (chosen.length === 0) return tiles;
  const box = chosen.length === 1 ? { x: 0, y: 0, ...canvas } : boundsOf(chosen.map(({ rect }) => rect));
  const place = ({ x, y, width, height }: Rect): Partial<Rect> => {
    switch (to) {
      case 'left':
        return { x: box.x };
      case 'centre':
        return { x: box.x + Math.round((box.width - width) / 2) };
      case 'right':
        return { x: box.x + box.width - width };
      case 'top':
        return { y: box.y };
      case 'middle':
        return { y: box.y + Math.round((box.height - height) / 2) };
      case 'bottom':
        return { y: box.y + box.height - height };
      default:
        return { x, y };
    }
  };
  return changed(tiles, ids, (tile) => at(tile, inside({ ...tile.rect, ...place(tile.rect) }, canvas)));
}

/** Spreads three tiles or more so that the gaps between them are equal, within a pixel; the outermost ones stay. */
export function distribute(
  tiles: readonly FreeTile[],
  ids: readonly string[],
  axis: 'horizontal' | 'vertical',
  canvas: Canvas,
): readonly FreeTile[] {
  const start = axis === 'horizontal' ? ('x' as const) : ('y' as const);
  const size = axis === 'horizontal' ? ('width' as const) : ('height' as const);
  const chosen = tiles.filter(({ id }) => ids.includes(id)).sort((a, b) => a.rect[start] - b.rect[start] || a.rect[size] - b.rect[size]);
  const first = chosen[0];
  const last = chosen.at(-1);
  if (chosen.length < 3 || !first || !last) return tiles;
  const from = first.rect[start] + first.rect[size];
  const between = chosen.slice(1, -1);
  const gap = (last.rect[start] - from - between.reduce((sum, { rect }) => sum + rect[size], 0)) / (chosen.length - 1);
  const places = new Map<string, number>();
  let reached = from;
  for (const { id, rect } of between) {
    places.set(id, Math.round(reached + gap));
    reached += gap + rect[size];
  }
  return changed(tiles, [...places.keys()], (tile) => at(tile, inside({ ...tile.rect, [start]: places.get(tile.id)! }, canvas)));
}

/** Gives tiles the size of the first one named, as far as canvas and panels allow. */
export function sameSize(
  tiles: readonly FreeTile[],
  ids: readonly string[],
  what: 'width' | 'height' | 'both',
  canvas: Canvas,
): readonly FreeTile[] {
  const model = tiles.find(({ id }) => id === ids[0]);
  if (!model) return tiles;
  const { width, height } = model.rect;
  const size = what === 'both' ? { width, height } : what === 'width' ? { width } : { height };
  return changed(tiles, ids.slice(1), (tile) => at(tile, fitted({ ...tile.rect, ...size }, tile.panel, canvas)));
}

/** Makes one group of two tiles or more; groups that they were in are left. */
export function groupTiles(tiles: readonly FreeTile[], ids: readonly string[]): readonly FreeTile[] {
  if (tiles.filter(({ id }) => ids.includes(id)).length < 2) return tiles;
  const group = newGroups(tiles)();
  return changed(tiles, ids, (tile) => ({ ...tile, group }));
}

/** Takes tiles out of their groups. */
export function ungroupTiles(tiles: readonly FreeTile[], ids: readonly string[]): readonly FreeTile[] {
  return changed(tiles, ids, (tile) => (tile.group === null ? tile : { ...tile, group: null }));
}

/** The ids with everything that is grouped with one of them, from the bottom of the pile to the top. */
export function withGroups(tiles: readonly FreeTile[], ids: readonly string[]): readonly string[] {
  const groups = new Set(tiles.flatMap(({ id, group }) => (group !== null && ids.includes(id) ? [group] : [])));
  return tiles.flatMap(({ id, group }) => (ids.includes(id) || (group !== null && groups.has(group)) ? [id] : []));
}

/**
 * Puts copies of tiles on top, moved by so many pixels, with ids and groups of their own. They may come from another scene. `added`:
 * their ids; what a scene can hold no more is left out, and `left` counts it.
 */
export function pasteTiles(
  tiles: readonly FreeTile[],
  copied: readonly FreeTile[],
  offsetPx: number,
  canvas: Canvas,
): { readonly tiles: readonly FreeTile[]; readonly added: readonly string[]; readonly left: number } {
  const room = copied.slice(0, Math.max(0, maxTiles - tiles.length));
  const nextId = newIds(tiles);
  const nextGroup = newGroups(tiles);
  const groups = new Map<string, string>();
  const copies = room.map(({ rect, panel, group }): FreeTile => {
    if (group !== null && !groups.has(group)) groups.set(group, nextGroup());
    return { id: nextId(), rect: fitted(rect, panel, canvas), panel, group: group === null ? null : groups.get(group)! };
  });
  const added = copies.map(({ id }) => id);
  // Together, so that at the edge of the canvas they keep their places among each other.
  const placed = moveTiles(copies, added, offsetPx, offsetPx, canvas);
  return { tiles: copies.length === 0 ? tiles : [...tiles, ...placed], added, left: copied.length - copies.length };
}

/** Copies tiles within their scene, see `pasteTiles`. */
export function copyTiles(
  tiles: readonly FreeTile[],
  ids: readonly string[],
  offsetPx: number,
  canvas: Canvas,
): ReturnType<typeof pasteTiles> {
  return pasteTiles(
    tiles,
    tiles.filter(({ id }) => ids.includes(id)),
    offsetPx,
    canvas,
  );
}

/** On top of all others, in their order. */
export function toFront(tiles: readonly FreeTile[], ids: readonly string[]): readonly FreeTile[] {
  return piled(tiles, [...tiles.filter(({ id }) => !ids.includes(id)), ...tiles.filter(({ id }) => ids.includes(id))]);
}

/** Below all others, in their order. */
export function toBack(tiles: readonly FreeTile[], ids: readonly string[]): readonly FreeTile[] {
  return piled(tiles, [...tiles.filter(({ id }) => ids.includes(id)), ...tiles.filter(({ id }) => !ids.includes(id))]);
}

/** Each one place up in the pile, over the next that is not chosen. */
export function forward(tiles: readonly FreeTile[], ids: readonly string[]): readonly FreeTile[] {
  const next = [...tiles];
  for (let index = next.length - 2; index >= 0; index -= 1) swapIf(next, index, index + 1, ids);
  return piled(tiles, next);
}

/** Each one place down in the pile, below the next that is not chosen. */
export function backward(tiles: readonly FreeTile[], ids: readonly string[]): readonly FreeTile[] {
  const next = [...tiles];
  for (let index = 1; index < next.length; index += 1) swapIf(next, index, index - 1, ids);
  return piled(tiles, next);
}

/** The smallest rectangle that holds all of these. Throws a RangeError for none. */
export function boundsOf(rects: readonly Rect[]): Rect {
  if (rects.length === 0) throw new RangeError('no rectangle has no bounds');
  const x = Math.min(...rects.map((rect) => rect.x));
  const y = Math.min(...rects.map((rect) => rect.y));
  return {
    x,
    y,
    width: Math.max(...rects.map((rect) => rect.x + rect.width)) - x,
    height: Math.max(...rects.map((rect) => rect.y + rect.height)) - y,
  };
}

/** In whole pixels, large enough for its panel, and on the canvas. */
function fitted(rect: Rect, panel: PanelRef, canvas: Canvas): Rect {
  const least = leastSize(panel, canvas);
  return inside({ ...rect, width: Math.max(least.width, rect.width), height: Math.max(least.height, rect.height) }, canvas);
}

/** In whole pixels on the canvas: moved, and only what is larger than the canvas is made smaller. */
function inside(rect: Rect, canvas: Canvas): Rect {
  const width = within(Math.round(rect.width), 1, canvas.width);
  const height = within(Math.round(rect.height), 1, canvas.height);
  return {
    x: within(Math.round(rect.x), 0, canvas.width - width),
    y: within(Math.round(rect.y), 0, canvas.height - height),
    width,
    height,
  };
}

/** Limits that crossed, because what lies between does not fit, change places. */
const within = (value: number, low: number, high: number) => Math.min(Math.max(value, Math.min(low, high)), Math.max(low, high));

const sameRect = (a: Rect, b: Rect) => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
const at = (tile: FreeTile, rect: Rect): FreeTile => (sameRect(tile.rect, rect) ? tile : { ...tile, rect });

function changed(tiles: readonly FreeTile[], ids: readonly string[], change: (tile: FreeTile) => FreeTile): readonly FreeTile[] {
  let differs = false;
  const next = tiles.map((tile) => {
    const other = ids.includes(tile.id) ? change(tile) : tile;
    if (other !== tile) differs = true;
    return other;
  });
  return differs ? next : tiles;
}

const piled = (before: readonly FreeTile[], after: readonly FreeTile[]) =>
  after.every((tile, index) => tile === before[index]) ? before : after;

function swapIf(tiles: FreeTile[], chosen: number, other: number, ids: readonly string[]): void {
  const one = tiles[chosen]!;
  const two = tiles[other]!;
  if (!ids.includes(one.id) || ids.includes(two.id)) return;
  tiles[chosen] = two;
  tiles[other] = one;
}

const newIds = (tiles: readonly FreeTile[]) =>
  counting(
    't',
    tiles.map(({ id }) => id),
  );
const newGroups = (tiles: readonly FreeTile[]) =>
  counting(
    'g',
    tiles.flatMap(({ group }) => group ?? []),
  );

/** Names that none of those taken has. */
function counting(letter: string, taken: readonly string[]): () => string {
  let last = Math.max(
    0,
    ...taken.flatMap((name) => {
      const number = name.startsWith(letter) ? Number(name.slice(1)) : Number.NaN;
      return Number.isSafeInteger(number) ? [number] : [];
    }),
  );
  return () => `${letter}${(last += 1)}`;
}
