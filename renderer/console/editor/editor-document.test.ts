import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PanelRef, Rect, Scene } from '../../../layouts/contract.ts';
import { padded } from '../../../layouts/scene-edit.ts';
import { solveScene } from '../../../layouts/solve.ts';
import { anyGrid, anyRect, anySplit, anyTour } from '../../../layouts/testdata/arbitrary-scenes.ts';
import {
  drawingNow,
  drawnTiles,
  fittedTo,
  openDocument,
  sameDocument,
  sceneOf,
  setFree,
  withDrawing,
  withPanel,
  type Drawing,
  type FreeDrawing,
} from './editor-document.ts';

const clock: PanelRef = { panel: 'clock' };
const note = (text: string): PanelRef => ({ panel: 'note', text });
const right: Rect = { x: 1940, y: 0, width: 1920, height: 1080 };
const open = (scene: Scene, screen = right) => openDocument({ name: '早高峰', number: 7, scene }, screen);
const free = (...tiles: [Rect, PanelRef][]): FreeDrawing => ({
  kind: 'free',
  canvas: { width: 1920, height: 1080 },
  tiles: tiles.map(([rect, panel], index) => ({ id: `t${index + 1}`, rect, panel, group: null })),
});

describe('a document', () => {
  test('of a grid or split is saved as it was opened', () => {
    fc.assert(
      fc.property(fc.oneof(anyGrid, anySplit), (scene) => {
        expect(sceneOf(open(scene))).toEqual(padded(scene));
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  test('of a tour keeps its steps, their dwell and whether it goes round', () => {
    fc.assert(
      fc.property(anyTour, fc.boolean(), ({ steps }, loop) => {
        const saved = sceneOf(open({ kind: 'tour', steps, loop }));
        expect(saved).toMatchObject({ kind: 'tour', loop });
        expect(saved.kind === 'tour' && saved.steps.map(({ dwellMs }) => dwellMs)).toEqual(steps.map(({ dwellMs }) => dwellMs));
      }),
      { seed: 6, numRuns: 50 },
    );
  });

  test('has a free scene of the wall’s own pixels on the canvas of the screen that lies there', () => {
    const scene: Scene = { kind: 'free', tiles: [{ rect: { x: 2040, y: 50, width: 400, height: 300 }, panel: clock, group: 'g1' }] };
    const document = open(scene);
    expect(drawingNow(document)).toEqual({
      kind: 'free',
      canvas: { width: 1920, height: 1080 },
      tiles: [{ id: 't1', rect: { x: 100, y: 50, width: 400, height: 300 }, panel: clock, group: 'g1' }],
    });
    // Shown there, it is what it was.
    expect(solveScene(sceneOf(document), right, 0)).toEqual(solveScene(scene, right, 0));
  });

  test('of a free scene loses no tile, wherever it lies', () => {
    fc.assert(
      fc.property(fc.array(anyRect, { maxLength: 8 }), (rects) => {
        const document = open({ kind: 'free', tiles: rects.map((rect) => ({ rect, panel: clock })) });
        expect(drawnTiles(drawingNow(document), right)).toHaveLength(rects.length);
      }),
      { seed: 6, numRuns: 50 },
    );
  });

  test('with the same drawing is the same document, with another one another', () => {
    const document = open({ kind: 'grid', rows: 1, cols: 2, tiles: [clock, null] });
    expect(withDrawing(document, drawingNow(document))).toBe(document);
    const changed = withDrawing(document, withPanel(drawingNow(document), 'g-0-1', clock));
    expect(sameDocument(document, changed)).toBe(false);
    expect(sameDocument(changed, withDrawing(document, withPanel(drawingNow(document), 'g-0-1', clock)))).toBe(true);
    expect(sameDocument(document, { ...document, name: '晚高峰' })).toBe(false);
  });

  test('a drawing takes the place of the step that is edited alone', () => {
    const still = { kind: 'grid' as const, rows: 1, cols: 1, tiles: [null] };
    const tour = open({ kind: 'tour', steps: [still, still].map((scene) => ({ scene, dwellMs: 5000 })) });
    const saved = sceneOf(withDrawing({ ...tour, at: 1 }, { ...still, tiles: [clock] }));
    expect(saved.kind === 'tour' && saved.steps.map(({ scene }) => scene.kind === 'grid' && scene.tiles)).toEqual([[null], [clock]]);
  });
});

describe('setting free', () => {
  test('leaves every tile where it is, and empty ones go', () => {
    const drawing: Drawing = { kind: 'split', template: '1+5', tiles: [clock, null, note('a'), null, null, note('b')] };
    expect(setFree(drawing, right)).toEqual({
      kind: 'free',
      canvas: { width: 1920, height: 1080 },
      tiles: [
        { id: 't1', rect: { x: 0, y: 0, width: 1280, height: 720 }, panel: clock, group: null },
        { id: expect.any(String), rect: { x: 1280, y: 360, width: 640, height: 360 }, panel: note('a'), group: null },
        { id: expect.any(String), rect: { x: 1280, y: 720, width: 640, height: 360 }, panel: note('b'), group: null },
      ],
    });
  });

  test('what is free already stays the same', () => {
    const drawing = free([{ x: 0, y: 0, width: 400, height: 300 }, clock]);
    expect(setFree(drawing, { width: 800, height: 600 })).toBe(drawing);
  });
});

describe('another screen', () => {
  test('of the same size changes nothing', () => {
    const drawing = free([{ x: 0, y: 0, width: 400, height: 300 }, clock]);
    expect(fittedTo(drawing, right)).toBe(drawing);
  });

  test('of another size has the tiles in proportion', () => {
    const drawing = free([{ x: 960, y: 540, width: 960, height: 540 }, clock]);
    expect(fittedTo(drawing, { width: 3840, height: 2160 })).toMatchObject({
      canvas: { width: 3840, height: 2160 },
      tiles: [{ rect: { x: 1920, y: 1080, width: 1920, height: 1080 } }],
    });
  });
});

test('a panel goes on a tile; none empties it, and takes a free one away', () => {
  const grid: Drawing = { kind: 'grid', rows: 1, cols: 2, tiles: [null, null] };
  expect(withPanel(grid, 'g-0-1', clock)).toMatchObject({ tiles: [null, clock] });
  expect(withPanel({ ...grid, tiles: [clock, clock] }, 'g-0-0', null)).toMatchObject({ tiles: [null, clock] });
  const drawing = free([{ x: 0, y: 0, width: 400, height: 300 }, clock], [{ x: 500, y: 0, width: 400, height: 300 }, note('a')]);
  expect(withPanel(drawing, 't2', note('b'))).toMatchObject({ tiles: [{ panel: clock }, { panel: note('b') }] });
  expect((withPanel(drawing, 't1', null) as FreeDrawing).tiles.map(({ id }) => id)).toEqual(['t2']);
});
