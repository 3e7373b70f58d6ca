import type { StillScene } from './contract.ts';
import type { Canvas, FreeTile } from './free-edit.ts';
import { solveScene } from './solve.ts';
import { splitTemplates, tileCount, type SplitTemplate } from './templates.ts';

/** The tiles of a scene as they lie on a canvas, each a rectangle of its own; empty places go, for a free scene has none. */
export function freeTilesOf(scene: StillScene, canvas: Canvas): FreeTile[] {
  const groups = scene.kind === 'free' ? scene.tiles.map(({ group }) => group ?? null) : [];
  return solveScene(scene, { x: 0, y: 0, ...canvas }, 0).flatMap(({ tileId, rect, panel }, index) =>
    panel === null ? [] : [{ id: `t${index + 1}`, rect, panel, group: groups[Number(tileId.slice(2))] ?? null }],
  );
}

/**
 * The scene that tiles make. Tiles that lie exactly as a split template or a grid would, nothing left over and nothing grouped, become that
 * again: it can be filled and reshaped at the desk.
 */
export function sceneOfTiles(tiles: readonly FreeTile[], canvas: Canvas): StillScene {
  return (
    regularScene(tiles, canvas) ?? {
      kind: 'free',
      canvas: { width: canvas.width, height: canvas.height },
      tiles: tiles.map(({ rect, panel, group }) => ({ rect, panel, ...(group === null ? {} : { group }) })),
    }
  );
}

type TiledScene = Extract<StillScene, { kind: 'grid' | 'split' }>;

/** A grid has at most so many rows, and so many columns. */
const maxGridSide = 20;

/** The grid or split scene that these tiles are, or null when they are none. */
export function regularScene(tiles: readonly FreeTile[], canvas: Canvas): TiledScene | null {
  if (tiles.length === 0 || tiles.some(({ group }) => group !== null)) return null;
  for (const template of Object.keys(splitTemplates) as SplitTemplate[]) {
    const found = inShape({ kind: 'split', template, tiles: [] }, tiles, canvas);
    if (found) return found;
  }
  const cols = new Set(tiles.map(({ rect }) => rect.x)).size;
  const rows = new Set(tiles.map(({ rect }) => rect.y)).size;
  return rows > maxGridSide || cols > maxGridSide ? null : inShape({ kind: 'grid', rows, cols, tiles: [] }, tiles, canvas);
}

/** The shape with what the tiles show, when each of its places is exactly one of them. */
function inShape(shape: TiledScene, tiles: readonly FreeTile[], canvas: Canvas): TiledScene | null {
  if (tileCount(shape) !== tiles.length) return null;
  const panels = new Map(tiles.map(({ rect, panel }) => [placeOf(rect), panel]));
  const places = solveScene(shape, { x: 0, y: 0, ...canvas }, 0).map(({ rect }) => placeOf(rect));
  if (places.length !== tiles.length || places.some((place) => !panels.has(place))) return null;
  return { ...shape, tiles: places.map((place) => panels.get(place)!) };
}

const placeOf = ({ x, y, width, height }: FreeTile['rect']) => `${x} ${y} ${width} ${height}`;
