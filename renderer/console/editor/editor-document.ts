import type { PanelRef, Rect, Scene, StillScene, TourScene } from '../../../layouts/contract.ts';
import { clearTile, padded, putPanel } from '../../../layouts/scene-edit.ts';
import type { FreeTile } from '../../../layouts/free-edit.ts';
import { freeTilesOf, sceneOfTiles } from '../../../layouts/free-scene.ts';
import { solveScene } from '../../../layouts/solve.ts';

export type Size = Pick<Rect, 'width' | 'height'>;
type TiledScene = Extract<StillScene, { kind: 'grid' | 'split' }>;

/** Tiles that lie anywhere on a canvas of this size, in painting order. */
export interface FreeDrawing {
  readonly kind: 'free';
  readonly canvas: Size;
  readonly tiles: readonly FreeTile[];
}

/** One scene as it is edited: a free one by its tiles, a grid or split one by what is in them. */
export type Drawing = FreeDrawing | TiledScene;

/** A tile as the editor draws it, in pixels of the canvas. Tiles of grid and split scenes may be empty, and are in no group. */
export interface DrawnTile {
  readonly id: string;
  readonly rect: Rect;
  readonly panel: PanelRef | null;
  readonly group: string | null;
}

/**
 * What one editor has open. A value: every change makes another one. A layout that stands still is one step; a tour is several, of which `at`
 * is edited.
 */
export interface EditorDocument {
  readonly name: string;
  /** What people key in for it. */
  readonly number: number | null;
  readonly steps: readonly { readonly drawing: Drawing; readonly dwellMs: number }[];
  readonly at: number;
  /** What a tour has beside its steps; null: it stands still. */
  readonly tour: Pick<TourScene, 'loop' | 'coverage'> | null;
}

/** A dwell that nobody has chosen. */
const usualDwellMs = 10_000;

/** Opens a saved scene for a screen that lies here on its wall: free tiles without a canvas of their own are pixels of that wall. */
export function openDocument(
  from: { readonly name: string; readonly number: number | null; readonly scene: Scene },
  screen: Rect,
): EditorDocument {
  const { name, number, scene } = from;
  if (scene.kind !== 'tour')
    return { name, number, steps: [{ drawing: drawingOf(scene, screen), dwellMs: usualDwellMs }], at: 0, tour: null };
  const { loop, coverage, steps } = scene;
  return {
    name,
    number,
    steps: steps.map((step) => ({ drawing: drawingOf(step.scene, screen), dwellMs: step.dwellMs })),
    at: 0,
    tour: { ...(loop === undefined ? {} : { loop }), ...(coverage === undefined ? {} : { coverage }) },
  };
}

/** One scene as it is edited. */
export function drawingOf(scene: StillScene, screen: Rect): Drawing {
  if (scene.kind !== 'free') return padded(scene);
  const { canvas } = scene;
  const place = ({ x, y, ...size }: Rect): Rect => (canvas ? { x, y, ...size } : { x: x - screen.x, y: y - screen.y, ...size });
  return {
    kind: 'free',
    canvas: canvas ?? { width: screen.width, height: screen.height },
    tiles: scene.tiles.map(({ rect, panel, group }, index) => ({ id: `t${index + 1}`, rect: place(rect), panel, group: group ?? null })),
  };
}

/** The scene of a drawing, as it is saved and shown. */
export const stillOf = (drawing: Drawing): StillScene => (drawing.kind === 'free' ? sceneOfTiles(drawing.tiles, drawing.canvas) : drawing);

/** The scene of a document, as it is saved and shown. */
export function sceneOf({ steps, tour }: EditorDocument): Scene {
  if (tour === null) return stillOf(steps[0]!.drawing);
  return { kind: 'tour', ...tour, steps: steps.map(({ drawing, dwellMs }) => ({ scene: stillOf(drawing), dwellMs })) };
}

/** What is edited now. */
export const drawingNow = ({ steps, at }: EditorDocument): Drawing => steps[Math.min(at, steps.length - 1)]!.drawing;

/** The document with another drawing in the place of the one that is edited. */
export function withDrawing(document: EditorDocument, drawing: Drawing): EditorDocument {
  if (drawing === drawingNow(document)) return document;
  return { ...document, steps: document.steps.map((step, index) => (index === document.at ? { ...step, drawing } : step)) };
}

/** The tiles of a drawing on a screen of this size; a free drawing has a size of its own. */
export function drawnTiles(drawing: Drawing, screen: Size): readonly DrawnTile[] {
  if (drawing.kind === 'free') return drawing.tiles;
  const rect = { x: 0, y: 0, width: screen.width, height: screen.height };
  return solveScene(drawing, rect, 0).map(({ tileId, rect: place, panel }) => ({ id: tileId, rect: place, panel, group: null }));
}

/** A grid or split drawing with its tiles set free where they are; empty ones go, for a free scene has none. */
export function setFree(drawing: Drawing, screen: Size): FreeDrawing {
  if (drawing.kind === 'free') return drawing;
  return { kind: 'free', canvas: sizeOf(screen), tiles: freeTilesOf(drawing, screen) };
}

/** A free drawing fitted to a screen of another size; others have no size. */
export function fittedTo(drawing: Drawing, screen: Size): Drawing {
  if (drawing.kind !== 'free') return drawing;
  const { canvas, tiles } = drawing;
  if (canvas.width === screen.width && canvas.height === screen.height) return drawing;
  const scene: StillScene = { kind: 'free', canvas: { ...canvas }, tiles: tiles.map(({ rect, panel }) => ({ rect, panel })) };
  const solved = new Map(solveScene(scene, { x: 0, y: 0, ...sizeOf(screen) }, 0).map(({ tileId, rect }) => [tileId, rect]));
  return {
    kind: 'free',
    canvas: sizeOf(screen),
    // What lay beside the canvas is shown by no screen: it stays where it is, and the check says so.
    tiles: tiles.map((tile, index) => ({ ...tile, rect: solved.get(`f-${index}`) ?? tile.rect })),
  };
}

/** Another panel on one tile; null empties it, and takes a free tile away. */
export function withPanel(drawing: Drawing, id: string, panel: PanelRef | null): Drawing {
  if (drawing.kind !== 'free')
    return panel === null ? (clearTile(drawing, id) as TiledScene) : (putPanel(drawing, id, panel) as TiledScene);
  return {
    ...drawing,
    tiles:
      panel === null
        ? drawing.tiles.filter((tile) => tile.id !== id)
        : drawing.tiles.map((tile) => (tile.id === id ? { ...tile, panel } : tile)),
  };
}

/** True when two documents are saved as the same thing. */
export function sameDocument(a: EditorDocument, b: EditorDocument): boolean {
  if (a === b) return true;
  return a.name === b.name && a.number === b.number && JSON.stringify(sceneOf(a)) === JSON.stringify(sceneOf(b));
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height });
