import type { PanelRef, Rect, Wall } from '../../layouts/contract.ts';
import { fontPx, leastArcMin } from '../../layouts/legibility.ts';
import type { SolvedTile } from '../../layouts/solve.ts';
import type { PanelTile } from '../panels/panel.ts';

/** A tile as the page draws it. */
export interface PlacedTile extends PanelTile {
  /** The same for as long as the same thing is shown, wherever it moves: its player lives on. */
  readonly key: string;
  /** In CSS pixels from the stage's top left. */
  readonly left: number;
  readonly top: number;
  readonly panel: PanelRef | null;
  readonly spanning: boolean;
  /** It lies over this many others, one above the other: 0 for what lies on the ground. */
  readonly layer: number;
  /** Its class among the screen's tiles by size: 0 for the largest, and for all that are about as large. */
  readonly rank: number;
}

/** Where a screen lies in the window: as large as it fits, in the middle. CSS pixels. */
export interface Stage {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** CSS pixels per wall pixel. */
  readonly scale: number;
}

/** Fits a screen of the wall into a window of any size. */
export function fitStage(screen: Pick<Rect, 'width' | 'height'>, window: { readonly width: number; readonly height: number }): Stage {
  const scale = Math.min(window.width / screen.width, window.height / screen.height);
  const width = Math.round(screen.width * scale);
  const height = Math.round(screen.height * scale);
  return { left: Math.floor((window.width - width) / 2), top: Math.floor((window.height - height) / 2), width, height, scale };
}

/**
 * Places a screen's tiles on its stage, below a bar of `barPx`. The scene's tiles share what is left; spanning tiles keep their exact
 * place, so that they meet their other half on the next screen. The order is that of the keys, whatever is shown where: elements
 * that stay are never moved within the document.
 */
export function placeTiles(
  solved: readonly SolvedTile[],
  screen: Pick<Rect, 'width' | 'height'>,
  stage: Stage,
  barPx: number,
  seating: Pick<Wall, 'pixelPitchMm' | 'farthestSeatM'>,
): PlacedTile[] {
  const signPx = fontPx(leastArcMin.latin, seating) * 0.7 * stage.scale;
  const hanPx = fontPx(leastArcMin.han, seating) * stage.scale;
  const squeeze = (stage.height - barPx) / (screen.height * stage.scale);
  const seen = new Map<string, number>();
  const ranks = ranksBySize(solved);

  const placed = solved.map((tile): Omit<PlacedTile, 'layer'> => {
    const { rect, panel, spanning, tileId } = tile;
    const x = (value: number) => Math.round(value * stage.scale);
    const y = (value: number) => (spanning ? Math.round(value * stage.scale) : Math.round(barPx + value * stage.scale * squeeze));
    const what = panel === null ? `empty:${tileId}` : panel.panel === 'video' ? `video:${panel.cameraId}` : JSON.stringify(panel);
    const nth = seen.get(what) ?? 0;
    seen.set(what, nth + 1);
    return {
      key: `${what}#${nth}`,
      tileId,
      left: x(rect.x),
      top: y(rect.y),
      width: x(rect.x + rect.width) - x(rect.x),
      height: y(rect.y + rect.height) - y(rect.y),
      scale: stage.scale,
      signPx,
      hanPx,
      panel,
      spanning,
      rank: ranks.get(tile)!,
    };
  });
  const layers = layersOf(placed);
  return placed.map((tile, index) => ({ ...tile, layer: layers[index]! })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Tiles of a grid differ by a pixel and are equals: this part of the largest of a class is still of it. */
const asLarge = 0.9;

function ranksBySize(tiles: readonly SolvedTile[]): ReadonlyMap<SolvedTile, number> {
  const ranks = new Map<SolvedTile, number>();
  let rank = -1;
  let largest = Number.POSITIVE_INFINITY;
  for (const tile of tiles.toSorted((a, b) => area(b.rect) - area(a.rect))) {
    if (area(tile.rect) < largest * asLarge) {
      rank += 1;
      largest = area(tile.rect);
    }
    ranks.set(tile, rank);
  }
  return ranks;
}

const area = (rect: Rect) => rect.width * rect.height;

/** In painting order: each tile one above the highest that it lies over. */
function layersOf(tiles: readonly Box[]): number[] {
  const layers: number[] = [];
  for (const [index, tile] of tiles.entries()) {
    let layer = 0;
    for (let below = 0; below < index; below += 1) if (overlap(tile, tiles[below]!)) layer = Math.max(layer, layers[below]! + 1);
    layers.push(layer);
  }
  return layers;
}

type Box = Pick<PlacedTile, 'left' | 'top' | 'width' | 'height'>;
const overlap = (a: Box, b: Box) =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
