import type { EpochMs } from '../main/contract/time.ts';
import type { PanelRef, Rect, Scene, StillScene, Wall } from './contract.ts';
import { splitTemplates, tileIdOf, type Cell } from './templates.ts';
import { tourStep } from './tour.ts';

/** One tile of a screen, ready to be placed. */
export interface SolvedTile {
  /** Stable while the scene keeps its shape; unique on the screen. */
  readonly tileId: string;
  /** In screen pixels, whole numbers. Free and spanning tiles may reach beyond the screen; the page clips them. */
  readonly rect: Rect;
  readonly panel: PanelRef | null;
  /** It lies over the scene and may go on on the next screen. */
  readonly spanning: boolean;
}

/** Everything one screen should show at `now`, in painting order: the scene's tiles, then the wall's spanning tiles on top. */
export function solveScreen(wall: Wall, screenId: string, now: EpochMs): SolvedTile[] {
  const screen = wall.screens.find((candidate) => candidate.id === screenId);
  if (!screen) return [];
  return [...solveScene(screen.scene, screen.rect, now), ...solveSpanning(wall, screen.rect)];
}

/**
 * The tiles of a scene on a screen. Grid and split tiles cover the screen exactly, without gaps or overlaps: remainders of the
 * division are spread, so that neighbours differ by a pixel at most per cell. A tile that gets no pixel at all is left out.
 */
export function solveScene(scene: Scene, screen: Rect, now: EpochMs): SolvedTile[] {
  return solveStill(scene.kind === 'tour' ? tourStep(scene, now).scene : scene, screen);
}

function solveStill(scene: StillScene, screen: Rect): SolvedTile[] {
  const tile = (index: number, rect: Rect, panel: PanelRef | null): SolvedTile => ({
    tileId: tileIdOf(scene, index),
    rect,
    panel,
    spanning: false,
  });
  switch (scene.kind) {
    case 'grid': {
      const { rows, cols } = scene;
      return Array.from({ length: rows * cols }, (_, index) => {
        const cell = { col: index % cols, row: Math.floor(index / cols), cols: 1, rows: 1 };
        return tile(index, cellRect(cell, cols, rows, screen), scene.tiles[index] ?? null);
      }).filter(hasPixels);
    }
    case 'split': {
      const { cells, cols, rows } = splitTemplates[scene.template];
      return cells.map((cell, index) => tile(index, cellRect(cell, cols, rows, screen), scene.tiles[index] ?? null)).filter(hasPixels);
    }
    case 'free': {
      const { canvas } = scene;
      return scene.tiles
        .map((free, index) => tile(index, canvas ? fitted(free.rect, canvas, screen) : onScreen(free.rect, screen), free.panel))
        .filter((solved) => touches(solved.rect, screen));
    }
  }
}

function solveSpanning(wall: Wall, screen: Rect): SolvedTile[] {
  return wall.spanning
    .map((tile) => ({ tileId: `w-${tile.tileId}`, rect: onScreen(tile.rect, screen), panel: tile.panel, spanning: true }))
    .filter((solved) => touches(solved.rect, screen));
}

/** Edge `index` of `count` equal parts of `length` pixels. Shared edges are computed once, so neighbours always meet. */
const edge = (index: number, count: number, length: number) => Math.floor((index * length) / count);

function cellRect(cell: Cell, cols: number, rows: number, screen: Rect): Rect {
  const x = edge(cell.col, cols, screen.width);
  const y = edge(cell.row, rows, screen.height);
  return {
    x,
    y,
    width: edge(cell.col + cell.cols, cols, screen.width) - x,
    height: edge(cell.row + cell.rows, rows, screen.height) - y,
  };
}

const hasPixels = (tile: SolvedTile) => tile.rect.width > 0 && tile.rect.height > 0;

/** From wall pixels to the pixels of one screen. */
const onScreen = (rect: Rect, screen: Rect): Rect => ({ ...rect, x: rect.x - screen.x, y: rect.y - screen.y });

/** From the canvas that a scene was drawn on to a screen of any size. Edges are rounded once, so tiles that met still meet. */
function fitted(rect: Rect, canvas: Size, screen: Size): Rect {
  const across = (x: number) => Math.round((x * screen.width) / canvas.width);
  const down = (y: number) => Math.round((y * screen.height) / canvas.height);
  const [x, y] = [across(rect.x), down(rect.y)];
  return { x, y, width: Math.max(1, across(rect.x + rect.width) - x), height: Math.max(1, down(rect.y + rect.height) - y) };
}

type Size = Pick<Rect, 'width' | 'height'>;

const touches = (rect: Rect, screen: Rect) =>
  rect.x < screen.width && rect.y < screen.height && rect.x + rect.width > 0 && rect.y + rect.height > 0;
