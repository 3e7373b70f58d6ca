import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CameraId } from '../main/contract/ids.ts';
import { camerasOf, type PanelRef, type StillScene } from './contract.ts';
import {
  addFreeTile,
  changeTemplate,
  clearTile,
  emptyScene,
  fillEmpty,
  moveFreeTile,
  padded,
  panelOf,
  putPanel,
  swapTiles,
} from './scene-edit.ts';
import { anyPanel, anyStill } from './testdata/arbitrary-scenes.ts';
import { tileCount, tileIdOf } from './templates.ts';

const clock: PanelRef = { panel: 'clock' };
const note: PanelRef = { panel: 'note', text: '汛期值班' };
const rect = { x: 0, y: 0, width: 400, height: 300 };
type Free = Extract<StillScene, { kind: 'free' }>;
const none: Free = { kind: 'free', tiles: [] };
const panelCount = (scene: StillScene) => (scene.kind === 'free' ? scene.tiles.length : scene.tiles.filter((tile) => tile !== null).length);
const grid = (rows: number, cols: number, tiles: (PanelRef | null)[]): StillScene => ({ kind: 'grid', rows, cols, tiles });

test('put, clear and swap by tile name', () => {
  const empty = emptyScene({ kind: 'split', template: '1+5' });
  expect(empty.tiles).toEqual([null, null, null, null, null, null]);
  const one = putPanel(empty, 's-2', clock);
  expect(one).toMatchObject({ tiles: [null, null, clock, null, null, null] });
  expect(swapTiles(one, 's-2', 's-0')).toMatchObject({ tiles: [clock, null, null, null, null, null] });
  expect(clearTile(one, 's-2')).toEqual(empty);
  expect(empty.tiles[2]).toBeNull();
  expect(['s-2', 's-1', 's-9', 'g-0-0'].map((tileId) => panelOf(one, tileId))).toEqual([clock, null, null, null]);
});

test('free scenes: add, replace, move, swap, take away', () => {
  const scene = addFreeTile(addFreeTile(none, rect, clock), { ...rect, x: 400 }, note);
  expect(['f-1', 'f-2'].map((tileId) => panelOf(scene, tileId))).toEqual([note, null]);
  expect(swapTiles(scene, 'f-0', 'f-1')).toMatchObject({ tiles: [{ rect, panel: note }, { panel: clock }] });
  expect(moveFreeTile(scene, 'f-1', rect)).toMatchObject({ tiles: [{ panel: clock }, { rect, panel: note }] });
  expect(putPanel(scene, 'f-0', note)).toMatchObject({ tiles: [{ rect, panel: note }, { panel: note }] });
  expect(clearTile(scene, 'f-0')).toEqual({ kind: 'free', tiles: [{ rect: { ...rect, x: 400 }, panel: note }] });
});

test.each<[string, StillScene, Parameters<typeof changeTemplate>[1], (PanelRef | null)[], PanelRef[]]>([
  ['a larger shape keeps places', grid(1, 2, [null, clock]), { kind: 'grid', rows: 2, cols: 2 }, [null, clock, null, null], []],
  ['a smaller one closes ranks', grid(2, 2, [clock, null, null, note]), { kind: 'grid', rows: 1, cols: 2 }, [clock, note], []],
  ['what finds no place is told', grid(1, 3, [clock, note, clock]), { kind: 'grid', rows: 1, cols: 2 }, [clock, note], [clock]],
  [
    'free tiles in their order',
    { kind: 'free', tiles: [{ rect, panel: note }] },
    { kind: 'split', template: '1+5' },
    [note, null, null, null, null, null],
    [],
  ],
])('%s', (_, scene, template, tiles, left) => {
  const changed = changeTemplate(scene, template);
  expect(changed.scene).toMatchObject({ tiles });
  expect(changed.left).toEqual(left);
});

test('for any scene: an unknown tile changes nothing, and no panel is lost unseen', () => {
  fc.assert(
    fc.property(anyStill, anyPanel, fc.nat(30), (scene, panel, at) => {
      expect(putPanel(scene, 'x-0', panel)).toBe(scene);
      expect(clearTile(scene, 'x-0')).toBe(scene);
      expect(swapTiles(scene, 'x-0', 'g-0-0')).toBe(scene);
      const changed = changeTemplate(scene, { kind: 'split', template: '2+8' });
      expect(panelCount(changed.scene) + changed.left.length).toBe(panelCount(scene));
      if (at < tileCount(scene)) {
        const put = putPanel(scene, tileIdOf(scene, at), panel);
        if (panel.panel === 'video') expect(camerasOf(put)).toContain(panel.cameraId);
        expect(tileCount(put)).toBe(tileCount(scene));
      }
      expect(padded(scene).tiles).toHaveLength(tileCount(scene));
    }),
    { seed: 4711, numRuns: 300 },
  );
});

test('filling puts cameras on empty tiles only, each once', () => {
  const camera = (id: string) => ({ panel: 'video' as const, cameraId: id as CameraId, profile: 'auto' as const });
  const scene: StillScene = { kind: 'grid', rows: 2, cols: 2, tiles: [null, camera('a'), null] };
  const filled = fillEmpty(scene, ['a', 'b', 'b', 'c', 'd', 'e'].map(camera));
  expect(filled).toEqual({ scene: { ...scene, tiles: ['b', 'a', 'c', 'd'].map(camera) }, placed: 3 });
  expect(fillEmpty(filled.scene, [camera('f')]).placed).toBe(0);
  expect(fillEmpty(scene, [camera('b')]).scene).toEqual({ ...scene, tiles: [camera('b'), camera('a'), null, null] });
});
