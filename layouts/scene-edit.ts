import { camerasOf, type PanelRef, type Rect, type StillScene } from './contract.ts';
import { tileCount, tileIndexOf, type SplitTemplate } from './templates.ts';

type TiledScene = Extract<StillScene, { kind: 'grid' | 'split' }>;
type FreeScene = Extract<StillScene, { kind: 'free' }>;

/** The shape of a scene without what it shows. */
export type SceneTemplate =
  | { readonly kind: 'grid'; readonly rows: number; readonly cols: number }
  | { readonly kind: 'split'; readonly template: SplitTemplate };

/** A scene of this shape that shows nothing yet. */
export function emptyScene(template: SceneTemplate): TiledScene {
  const scene: TiledScene =
    template.kind === 'grid'
      ? { kind: 'grid', rows: template.rows, cols: template.cols, tiles: [] }
      : { kind: 'split', template: template.template, tiles: [] };
  return padded(scene);
}

/** The scene with one entry a tile: missing ones are empty tiles. Free scenes have no empty tiles. */
export function padded<S extends StillScene>(scene: S): S {
  if (scene.kind === 'free') return scene;
  return { ...scene, tiles: Array.from({ length: tileCount(scene) }, (_, index) => scene.tiles[index] ?? null) };
}

/** What a tile shows; null when it is empty, or when the scene has no such tile. */
export function panelOf(scene: StillScene, tileId: string): PanelRef | null {
  const index = tileIndexOf(scene, tileId);
  if (scene.kind === 'free') return scene.tiles[index]?.panel ?? null;
  return scene.tiles[index] ?? null;
}

/** Puts a panel on a tile, in place of what was there. A tile that the scene does not have leaves it as it is. */
export function putPanel(scene: StillScene, tileId: string, panel: PanelRef): StillScene {
  const index = tileIndexOf(scene, tileId);
  if (index < 0) return scene;
  if (scene.kind === 'free') return { ...scene, tiles: scene.tiles.map((tile, at) => (at === index ? { ...tile, panel } : tile)) };
  return withTile(scene, index, panel);
}

/** Empties a tile; a tile of a free scene goes away. */
export function clearTile(scene: StillScene, tileId: string): StillScene {
  const index = tileIndexOf(scene, tileId);
  if (index < 0) return scene;
  if (scene.kind === 'free') return { ...scene, tiles: scene.tiles.filter((_, at) => at !== index) };
  return withTile(scene, index, null);
}

/** Lets two tiles change what they show. */
export function swapTiles(scene: StillScene, tileId: string, otherId: string): StillScene {
  const one = tileIndexOf(scene, tileId);
  const other = tileIndexOf(scene, otherId);
  if (one < 0 || other < 0 || one === other) return scene;
  if (scene.kind === 'free') {
    const panelAt = (at: number) => scene.tiles[at]!.panel;
    const swapped = (at: number) => (at === one ? panelAt(other) : at === other ? panelAt(one) : panelAt(at));
    return { ...scene, tiles: scene.tiles.map((tile, at) => ({ ...tile, panel: swapped(at) })) };
  }
  const first = scene.tiles[one] ?? null;
  return withTile(withTile(scene, one, scene.tiles[other] ?? null), other, first);
}

/**
 * Puts panels on the empty tiles, in reading order. A camera that the scene shows already is passed over. `placed`: how many found a
 * tile; free scenes have no empty tiles.
 */
export function fillEmpty(scene: StillScene, panels: Iterable<PanelRef>): { readonly scene: StillScene; readonly placed: number } {
  if (scene.kind === 'free') return { scene, placed: 0 };
  const full = padded(scene);
  const shown = new Set(camerasOf(full));
  const tiles = [...full.tiles];
  let at = tiles.indexOf(null);
  let placed = 0;
  for (const panel of panels) {
    if (at < 0) break;
    if (panel.panel === 'video') {
      if (shown.has(panel.cameraId)) continue;
      shown.add(panel.cameraId);
    }
    tiles[at] = panel;
    placed += 1;
    at = tiles.indexOf(null, at + 1);
  }
  return { scene: { ...full, tiles }, placed };
}

/** Adds a tile on top of a free scene. */
export function addFreeTile(scene: FreeScene, rect: Rect, panel: PanelRef): FreeScene {
  return { ...scene, tiles: [...scene.tiles, { rect, panel }] };
}

/** Moves or resizes a tile of a free scene. */
export function moveFreeTile(scene: FreeScene, tileId: string, rect: Rect): FreeScene {
  const index = tileIndexOf(scene, tileId);
  return { ...scene, tiles: scene.tiles.map((tile, at) => (at === index ? { ...tile, rect } : tile)) };
}

/**
 * Gives a scene another shape and keeps what it shows: every panel keeps its place number while all of them have one in the new
 * shape; otherwise they close ranks in order. `left` are the panels that found no place, for the operator to be told.
 */
export function changeTemplate(
  scene: StillScene,
  template: SceneTemplate,
): { readonly scene: StillScene; readonly left: readonly PanelRef[] } {
  const places: readonly (PanelRef | null)[] = scene.kind === 'free' ? scene.tiles.map((tile) => tile.panel) : scene.tiles;
  const target = emptyScene(template);
  const room = target.tiles.length;
  const allHavePlaces = places.slice(room).every((panel) => panel === null);
  const ordered = allHavePlaces ? places.slice(0, room) : places.filter((panel) => panel !== null);
  return {
    scene: padded({ ...target, tiles: ordered.slice(0, room) }),
    left: ordered.slice(room).filter((panel) => panel !== null),
  };
}

function withTile(scene: TiledScene, index: number, panel: PanelRef | null): TiledScene {
  const full = padded(scene);
  return { ...full, tiles: full.tiles.map((old, at) => (at === index ? panel : old)) };
}
