import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { maxTiles, type PanelRef, type Rect } from '../../../layouts/contract.ts';
import { edited, redone, startHistory, undone, type EditHistory } from '../../../layouts/edit-history.ts';
import {
  addTile,
  align,
  backward,
  copyTiles,
  distribute,
  forward,
  groupTiles,
  moveTiles,
  nudge,
  pasteTiles,
  removeTiles,
  resizeTile,
  resizedRect,
  sameSize,
  setRect,
  toBack,
  toFront,
  ungroupTiles,
  withGroups,
  type Alignment,
  type Direction,
  type FreeTile,
} from '../../../layouts/free-edit.ts';
import { snap, type Guide, type Handle } from '../../../layouts/free-snap.ts';
import { swapTiles } from '../../../layouts/scene-edit.ts';
import { neighbour } from '../tile-walk.ts';
import {
  drawingNow,
  drawnTiles,
  fittedTo,
  sameDocument,
  setFree,
  withDrawing,
  withPanel,
  type Drawing,
  type DrawnTile,
  type EditorDocument,
  type Size,
} from './editor-document.ts';
import { freePlace } from './free-place.ts';

/** What can be done to several tiles at once. */
export type Arrangement =
  | { readonly kind: 'align'; readonly to: Alignment }
  | { readonly kind: 'distribute'; readonly axis: 'horizontal' | 'vertical' }
  | { readonly kind: 'size'; readonly what: 'width' | 'height' | 'both' };

/** The layout that is being edited: a document, its past, what is chosen, and the drag that goes on. All of it is this desk's alone. */
export interface LayoutEditing {
  readonly document: ComputedRef<EditorDocument>;
  readonly drawing: ComputedRef<Drawing>;
  /** The canvas: of a free drawing its own, else the screen's. */
  readonly size: ComputedRef<Size>;
  /** As they are drawn now, a drag included. */
  readonly tiles: ComputedRef<readonly DrawnTile[]>;
  readonly free: ComputedRef<boolean>;
  /** From line to line. */
  readonly gridPx: ComputedRef<number>;
  readonly snaps: ShallowRef<boolean>;
  readonly chosen: Readonly<ShallowRef<ReadonlySet<string>>>;
  /** The tile that keys start from; the model when sizes are made equal. */
  readonly current: Readonly<ShallowRef<string | null>>;
  readonly guides: Readonly<ShallowRef<readonly Guide[]>>;
  /** It differs from what was opened. */
  readonly dirty: ComputedRef<boolean>;
  readonly canUndo: ComputedRef<boolean>;
  readonly canRedo: ComputedRef<boolean>;
  /** Another layout; `saved` is what it is compared with, when that is not the document itself. */
  open(document: EditorDocument, saved?: EditorDocument): void;
  /** It was published as it is now. */
  published(document: EditorDocument): void;
  rename(name: string): void;
  renumber(number: number | null): void;
  step(by: 1 | -1): void;
  setDwell(dwellMs: number): void;
  /** The size of the screen that it is drawn for. */
  drawFor(screen: Size): void;
  choose(ids: Iterable<string>, current?: string | null): void;
  /** A tile was pressed, with its group; `more` adds it or takes it out. */
  press(id: string | null, more: boolean): void;
  /** The next tile in the order of their numbers; false at the end. */
  walk(by: 1 | -1): boolean;
  /** An arrow: moves what is chosen, or walks where tiles cannot be moved. `gesture`: presses of one held key are one step back. */
  arrow(to: Direction, stepPx: number, gesture: string): void;
  resize(width: number, height: number, gesture: string): void;
  grab(id: string, handle: Handle | null): void;
  drag(dx: number, dy: number, keys: { readonly proportion: boolean; readonly unsnapped: boolean }, tolerancePx: number): void;
  release(done: boolean): void;
  swap(id: string, other: string): void;
  place(id: string, rect: Rect): void;
  panel(id: string, panel: PanelRef): void;
  /** Adds a panel: at a point, on a tile, or where there is room. False when there is none. */
  add(panel: PanelRef, at?: { readonly x: number; readonly y: number; readonly over: string | null }): boolean;
  remove(): void;
  copy(): boolean;
  /** What was copied, here or in another layout of this page; `left`: so many found no room. */
  paste(): { readonly pasted: number; readonly left: number };
  duplicate(): void;
  group(): void;
  pile(to: 'forward' | 'backward' | 'front' | 'back'): void;
  arrange(arrangement: Arrangement): void;
  setFree(): void;
  undo(): void;
  redo(): void;
}

/** Copied tiles, for as long as the page lives: they can be put into another layout. */
const clipboard = shallowRef<readonly DrawnTile[]>([]);

/** Starts with this document for a screen of this size. `mayEdit`: whether anything may be changed now. */
export function createLayoutEditing(first: EditorDocument, screenSize: Size, mayEdit: () => boolean): LayoutEditing {
  const history = shallowRef<EditHistory<EditorDocument>>(startHistory(first));
  const saved = shallowRef(first);
  const screen = shallowRef<Size>(screenSize);
  const preview = shallowRef<readonly FreeTile[] | null>(null);
  const chosen = shallowRef<ReadonlySet<string>>(new Set());
  const current = shallowRef<string | null>(null);
  const guides = shallowRef<readonly Guide[]>([]);
  const snaps = shallowRef(true);

  const document = computed(() => history.value.now);
  const drawing = computed(() => drawingNow(document.value));
  const size = computed<Size>(() => (drawing.value.kind === 'free' ? drawing.value.canvas : screen.value));
  const tiles = computed(() => preview.value ?? drawnTiles(drawing.value, screen.value));
  const gridPx = computed(() => Math.max(1, Math.round(size.value.height / 54)));

  function change(next: EditorDocument, gesture: string | null = null): void {
    if (mayEdit()) history.value = edited(history.value, next, gesture);
  }
  function draw(next: Drawing, gesture: string | null = null): void {
    change(withDrawing(document.value, next), gesture);
  }
  /** Changes free tiles; in other drawings nothing happens. */
  function arrangeFree(
    edit: (tiles: readonly FreeTile[], ids: readonly string[]) => readonly FreeTile[],
    gesture: string | null = null,
  ): void {
    const { value: now } = drawing;
    if (now.kind !== 'free') return;
    const next = edit(now.tiles, ordered());
    if (next !== now.tiles) draw({ ...now, tiles: next }, gesture);
  }
  /** What is chosen, the tile that others follow first. */
  const ordered = (): readonly string[] => {
    const ids = tiles.value.map(({ id }) => id).filter((id) => chosen.value.has(id));
    const { value: model } = current;
    return model !== null && chosen.value.has(model) ? [model, ...ids.filter((id) => id !== model)] : ids;
  };
  function choose(ids: Iterable<string>, at?: string | null): void {
    const there = new Set(tiles.value.map(({ id }) => id));
    const next = new Set([...ids].filter((id) => there.has(id)));
    chosen.value = next;
    const wanted = at === undefined ? current.value : at;
    current.value = wanted !== null && there.has(wanted) ? wanted : ([...next].at(-1) ?? null);
  }
  const grouped = (ids: readonly string[]): readonly string[] =>
    drawing.value.kind === 'free' ? withGroups(drawing.value.tiles, ids) : ids;

  let held: {
    readonly ids: readonly string[];
    readonly id: string;
    readonly handle: Handle | null;
    readonly from: readonly FreeTile[];
  } | null = null;

  function goTo(next: EditHistory<EditorDocument>): void {
    if (!mayEdit()) return;
    history.value = next;
    choose(chosen.value);
  }
  /** Steps of a tour are looked at, not changed: no step back leads to another one. */
  const lookAt = (at: number) => {
    history.value = { ...history.value, now: { ...document.value, at }, gesture: null };
    choose([], null);
  };
  const emptyTiles = () => tiles.value.filter(({ panel }) => panel === null).map(({ id }) => id);

  function addFree(panel: PanelRef, at?: { readonly x: number; readonly y: number }): boolean {
    const { value: now } = drawing;
    if (now.kind !== 'free') return false;
    const room = freePlace(
      panel,
      now.tiles.map(({ rect }) => rect),
      now.canvas,
      gridPx.value,
    );
    const place = at ? { ...room, x: Math.round(at.x - room.width / 2), y: Math.round(at.y - room.height / 2) } : room;
    const { tiles: next, added } = addTile(now.tiles, place, panel, now.canvas);
    if (added === null) return false;
    draw({ ...now, tiles: next });
    choose([added], added);
    return true;
  }
  function addTo(panel: PanelRef, id: string | undefined): boolean {
    if (id === undefined) return false;
    draw(withPanel(drawing.value, id, panel));
    return true;
  }

  return {
    document,
    drawing,
    size,
    tiles,
    free: computed(() => drawing.value.kind === 'free'),
    gridPx,
    snaps,
    chosen,
    current,
    guides,
    dirty: computed(() => !sameDocument(document.value, saved.value)),
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    open(next, before = next) {
      history.value = startHistory(next);
      saved.value = before;
      preview.value = null;
      choose([], null);
    },
    published(next) {
      saved.value = next;
      history.value = { ...history.value, now: next, gesture: null };
    },
    rename: (name) => change(name === document.value.name ? document.value : { ...document.value, name }, 'name'),
    renumber: (number) => change(number === document.value.number ? document.value : { ...document.value, number }, 'number'),
    step(by) {
      const { at, steps } = document.value;
      const next = at + by;
      if (next >= 0 && next < steps.length) lookAt(next);
    },
    setDwell(dwellMs) {
      const { at, steps } = document.value;
      if (steps[at]!.dwellMs === dwellMs) return;
      change({ ...document.value, steps: steps.map((step, index) => (index === at ? { ...step, dwellMs } : step)) }, 'dwell');
    },
    drawFor(next) {
      screen.value = next;
      const steps = document.value.steps.map((step) => {
        const fitted = fittedTo(step.drawing, next);
        return fitted === step.drawing ? step : { ...step, drawing: fitted };
      });
      if (steps.some((step, index) => step !== document.value.steps[index])) change({ ...document.value, steps });
    },
    choose,
    press(id, more) {
      if (id === null) {
        if (!more) choose([], null);
        return;
      }
      const ids = grouped([id]);
      if (!more) {
        // What is chosen together is dragged together.
        if (chosen.value.has(id)) current.value = id;
        else choose(ids, id);
      } else if (chosen.value.has(id)) choose([...chosen.value].filter((other) => !ids.includes(other)));
      else choose([...chosen.value, ...ids], id);
    },
    walk(by) {
      const { value: all } = tiles;
      const at = all.findIndex(({ id }) => id === current.value);
      const next = all[at < 0 ? (by === 1 ? 0 : all.length - 1) : at + by];
      if (!next) return false;
      choose(grouped([next.id]), next.id);
      return true;
    },
    arrow(to, stepPx, gesture) {
      const { value: now } = drawing;
      if (now.kind === 'free') {
        arrangeFree((list, ids) => nudge(list, ids, to, stepPx, now.canvas), gesture);
        return;
      }
      const placed = tiles.value.map(({ id, rect }) => ({ screenId: '', tileId: id, rect }));
      const from = placed.find(({ tileId }) => tileId === current.value);
      const next = from ? neighbour(placed, from, to) : placed[0];
      if (next) choose([next.tileId], next.tileId);
    },
    resize(width, height, gesture) {
      arrangeFree(
        (list, ids) =>
          ids.reduce((tilesNow, id) => {
            const { canvas } = drawing.value as Extract<Drawing, { kind: 'free' }>;
            return resizeTile(tilesNow, id, width === 0 ? 's' : 'e', width, height, canvas);
          }, list),
        gesture,
      );
    },
    grab(id, handle) {
      const { value: now } = drawing;
      if (now.kind !== 'free' || !mayEdit()) return;
      held = { id, handle, ids: handle === null ? [...chosen.value] : [id], from: now.tiles };
    },
    drag(dx, dy, { proportion, unsnapped }, tolerancePx) {
      const { value: now } = drawing;
      if (!held || now.kind !== 'free') return;
      const { id, ids, handle, from } = held;
      // Another layout was opened, or this one changed under the pointer: what was grabbed is not there any more.
      if (from !== now.tiles) return;
      const { canvas } = now;
      const lead = from.find((tile) => tile.id === id);
      if (!lead) return;
      const others = from.filter((tile) => !ids.includes(tile.id)).map(({ rect }) => rect);
      const rect =
        handle === null
          ? { ...lead.rect, x: lead.rect.x + dx, y: lead.rect.y + dy }
          : resizedRect(lead, handle, dx, dy, canvas, proportion);
      const near =
        snaps.value && !unsnapped && !(handle !== null && proportion)
          ? snap(rect, others, canvas, gridPx.value, tolerancePx, handle)
          : { rect, guides: [] };
      guides.value = near.guides;
      preview.value =
        handle === null
          ? moveTiles(from, ids, near.rect.x - lead.rect.x, near.rect.y - lead.rect.y, canvas)
          : setRect(from, id, near.rect, canvas);
    },
    release(done) {
      const { value: moved } = preview;
      const { value: now } = drawing;
      const isThere = now.kind === 'free' && held?.from === now.tiles;
      held = null;
      preview.value = null;
      guides.value = [];
      if (done && moved && isThere && moved !== now.tiles) draw({ ...now, tiles: moved });
    },
    swap(id, other) {
      const { value: now } = drawing;
      if (now.kind === 'free') return;
      draw(swapTiles(now, id, other) as Drawing);
      choose([other], other);
    },
    place: (id, rect) => arrangeFree((list) => setRect(list, id, rect, size.value)),
    panel: (id, panel) => draw(withPanel(drawing.value, id, panel), `panel:${id}`),
    add(panel, at) {
      if (!mayEdit()) return false;
      if (drawing.value.kind === 'free') return addFree(panel, at);
      if (at) return addTo(panel, at.over ?? undefined);
      const { value: here } = current;
      const id = here !== null && chosen.value.has(here) ? here : emptyTiles()[0];
      if (!addTo(panel, id)) return false;
      // The next tile is where the next camera goes: filling a screen is Enter, Enter, Enter.
      const next = emptyTiles()[0];
      choose(next === undefined ? [id!] : [next], next ?? id!);
      return true;
    },
    remove() {
      const { value: now } = drawing;
      const ids = ordered();
      if (ids.length === 0 || !mayEdit()) return;
      if (now.kind === 'free') draw({ ...now, tiles: removeTiles(now.tiles, ids) });
      else draw(ids.reduce<Drawing>((left, id) => withPanel(left, id, null), now));
      if (now.kind === 'free') choose([], null);
    },
    copy() {
      const copied = tiles.value.filter(({ id, panel }) => chosen.value.has(id) && panel !== null);
      if (copied.length === 0) return false;
      clipboard.value = copied;
      return true;
    },
    paste() {
      const { value: now } = drawing;
      const { value: copied } = clipboard;
      if (!mayEdit() || copied.length === 0) return { pasted: 0, left: 0 };
      if (now.kind === 'free') {
        const full = copied.flatMap((tile) => (tile.panel === null ? [] : [{ ...tile, panel: tile.panel }]));
        const { tiles: next, added, left } = pasteTiles(now.tiles, full, gridPx.value, now.canvas);
        if (added.length > 0) draw({ ...now, tiles: next });
        choose(added, added.at(-1) ?? null);
        return { pasted: added.length, left };
      }
      const places = [...new Set([...ordered(), ...emptyTiles()])].slice(0, copied.length);
      draw(places.reduce<Drawing>((left, id, index) => withPanel(left, id, copied[index]!.panel), now));
      return { pasted: places.length, left: copied.length - places.length };
    },
    duplicate() {
      const { value: now } = drawing;
      if (now.kind !== 'free' || !mayEdit() || now.tiles.length >= maxTiles) return;
      const { tiles: next, added } = copyTiles(now.tiles, [...chosen.value], gridPx.value, now.canvas);
      if (added.length === 0) return;
      draw({ ...now, tiles: next });
      choose(added, added.at(-1) ?? null);
    },
    group() {
      arrangeFree((list, ids) => {
        const groups = new Set(list.filter(({ id }) => ids.includes(id)).map(({ group }) => group));
        return groups.size === 1 && !groups.has(null) ? ungroupTiles(list, ids) : groupTiles(list, ids);
      });
    },
    pile: (to) => arrangeFree({ forward, backward, front: toFront, back: toBack }[to]),
    arrange(arrangement) {
      arrangeFree((list, ids) => {
        switch (arrangement.kind) {
          case 'align':
            return align(list, ids, arrangement.to, size.value);
          case 'distribute':
            return distribute(list, ids, arrangement.axis, size.value);
          default:
            return sameSize(list, ids, arrangement.what, size.value);
        }
      });
    },
    setFree() {
      draw(setFree(drawing.value, screen.value));
      choose([], null);
    },
    undo: () => goTo(undone(history.value)),
    redo: () => goTo(redone(history.value)),
  };
}
