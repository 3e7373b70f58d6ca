import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { neighbour, type Direction } from '../console/tile-walk.ts';
import { panBy, zoomAt } from '../player/picture-zoom.ts';
import type { PictureView } from '../player/mosaic/mosaic-protocol.ts';
import type { PlacedTile } from './placed-tiles.ts';

/** A point on the stage, in CSS pixels from its top left. */
export interface StagePoint {
  readonly x: number;
  readonly y: number;
}

/** What a person at the screen has chosen there. Tiles are named by their keys, so that a camera is followed wherever it moves. */
export interface WallHand {
  readonly selected: Readonly<ShallowRef<string | null>>;
  /** Shown alone over all others. */
  readonly focus: Readonly<ShallowRef<string | null>>;
  readonly heard: Readonly<ShallowRef<string | null>>;
  readonly views: Readonly<ShallowRef<ReadonlyMap<string, PictureView>>>;
  /** What snapshot, sound and zoom are about: the tile in focus, else the one that is selected. */
  readonly subject: ComputedRef<string | null>;
  select(key: string | null): void;
  walk(direction: Direction): void;
  setFocus(key: string | null): void;
  hear(key: string | null): void;
  /** `at`: 0 to 1 of what is seen of the tile. */
  zoom(key: string, factor: number, at: StagePoint): void;
  /** By parts of what is seen of the tile. */
  pan(key: string, dx: number, dy: number): void;
  wholePicture(key: string): void;
}

/** A tile stays selected so long after the last thing that was done with it: a wall that is left alone is quiet. */
const selectedForMs = 30_000;

/** The topmost tile at a point; null where there is none. */
export function tileAt(tiles: readonly PlacedTile[], { x, y }: StagePoint): PlacedTile | null {
  let found: PlacedTile | null = null;
  for (const tile of tiles) {
    const inside = x >= tile.left && x < tile.left + tile.width && y >= tile.top && y < tile.top + tile.height;
    if (inside && (found === null || tile.layer > found.layer)) found = tile;
  }
  return found;
}

/** Follows what a person does with the tiles that show cameras. What has left the screen is forgotten. */
export function useWallHand(tiles: () => readonly PlacedTile[]): WallHand {
  const selected = shallowRef<string | null>(null);
  const focus = shallowRef<string | null>(null);
  const heard = shallowRef<string | null>(null);
  const views = shallowRef<ReadonlyMap<string, PictureView>>(new Map());
  let forget: ReturnType<typeof setTimeout> | undefined;

  const select = (key: string | null) => {
    selected.value = key;
    clearTimeout(forget);
    if (key !== null) forget = setTimeout(() => (selected.value = null), selectedForMs);
  };
  const setView = (key: string, view: PictureView | null) => {
    if ((views.value.get(key) ?? null) === view) return;
    const next = new Map(views.value);
    if (view === null) next.delete(key);
    else next.set(key, view);
    views.value = next;
  };
  watch(
    () => new Set(tiles().map(({ key }) => key)),
    (there) => {
      if (selected.value !== null && !there.has(selected.value)) select(null);
      if (focus.value !== null && !there.has(focus.value)) focus.value = null;
      if (heard.value !== null && !there.has(heard.value)) heard.value = null;
      for (const key of views.value.keys()) if (!there.has(key)) setView(key, null);
    },
  );
  onScopeDispose(() => clearTimeout(forget));

  return {
    selected,
    focus,
    heard,
    views,
    subject: computed(() => focus.value ?? selected.value),
    select,
    walk(direction) {
      const places = tiles().map(({ key, left, top, width, height }) => ({
        screenId: '',
        tileId: key,
        rect: { x: left, y: top, width, height },
      }));
      const from = places.find(({ tileId }) => tileId === selected.value);
      const first = places.toSorted((a, b) => a.rect.y - b.rect.y || a.rect.x - b.rect.x)[0];
      const to = from === undefined ? first : (neighbour(places, from, direction) ?? from);
      select(to?.tileId ?? null);
    },
    setFocus(key) {
      if (focus.value === key) return;
      // Back from the focus view the tile shows its whole picture again: it was the large one that was looked into.
      if (focus.value !== null) setView(focus.value, null);
      focus.value = key;
      if (key !== null) select(key);
    },
    hear(key) {
      heard.value = key;
    },
    zoom: (key, factor, at) => setView(key, zoomAt(views.value.get(key) ?? null, factor, at)),
    pan: (key, dx, dy) => setView(key, panBy(views.value.get(key) ?? null, dx, dy)),
    wholePicture: (key) => setView(key, null),
  };
}
