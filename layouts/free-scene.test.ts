import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CameraId } from '../main/contract/ids.ts';
import type { PanelRef, StillScene } from './contract.ts';
import { freeTilesOf, regularScene, sceneOfTiles } from './free-scene.ts';
import type { FreeTile } from './free-edit.ts';
import { anyStill } from './testdata/arbitrary-scenes.ts';
import { tileCount } from './templates.ts';

const canvas = { width: 1920, height: 1080 };
const clock: PanelRef = { panel: 'clock' };
const camera = (n: number): PanelRef => ({ panel: 'video', cameraId: `cam-${n}` as CameraId, profile: 'auto' });
const cameras = (count: number) => Array.from({ length: count }, (_, n) => camera(n));

test.each<[string, StillScene]>([
  ['one tile', { kind: 'grid', rows: 1, cols: 1, tiles: [clock] }],
  ['a grid that divides with remainders', { kind: 'grid', rows: 7, cols: 11, tiles: cameras(77) }],
  ['a dense one', { kind: 'grid', rows: 12, cols: 12, tiles: cameras(144) }],
  ['1+5', { kind: 'split', template: '1+5', tiles: cameras(6) }],
  ['1+7', { kind: 'split', template: '1+7', tiles: cameras(8) }],
  ['2+8', { kind: 'split', template: '2+8', tiles: cameras(10) }],
])('%s becomes free and that again, whatever its order', (_, scene) => {
  const tiles = freeTilesOf(scene, canvas);
  expect(tiles).toHaveLength(tileCount(scene));
  expect(sceneOfTiles(tiles.toReversed(), canvas)).toEqual(scene);
});

test('empty places go', () => {
  const tiles = freeTilesOf({ kind: 'grid', rows: 2, cols: 2, tiles: [null, clock] }, canvas);
  expect(tiles).toEqual([{ id: 't2', rect: { x: 960, y: 0, width: 960, height: 540 }, panel: clock, group: null }]);
});

const four: readonly FreeTile[] = freeTilesOf({ kind: 'grid', rows: 2, cols: 2, tiles: cameras(4) }, canvas);
test.each<[string, readonly FreeTile[]]>([
  ['a pixel off', four.map((tile, index) => (index === 2 ? { ...tile, rect: { ...tile.rect, width: 959 } } : tile))],
  ['one missing', four.slice(1)],
  ['one twice', [...four.slice(1), four[3]!]],
  ['one over the others', [...four, { ...four[0]!, rect: { x: 100, y: 100, width: 400, height: 300 } }]],
  ['grouped', four.map((tile) => ({ ...tile, group: 'g1' }))],
  ['nothing', []],
])('%s stays free', (_, tiles) => {
  expect(regularScene(tiles, canvas)).toBeNull();
  const scene = sceneOfTiles(tiles, canvas);
  expect(scene).toMatchObject({ kind: 'free', canvas });
  expect(freeTilesOf(scene, canvas).map(({ rect, panel, group }) => ({ rect, panel, group }))).toEqual(
    tiles.map(({ rect, panel, group }) => ({ rect, panel, group })),
  );
});

test('any scene as tiles and back shows the same', () => {
  fc.assert(
    fc.property(anyStill, (scene) => {
      const tiles = freeTilesOf(scene, canvas);
      const again = freeTilesOf(sceneOfTiles(tiles, canvas), canvas);
      const said = (list: readonly FreeTile[]) => list.map(({ rect, panel }) => JSON.stringify([rect, panel])).sort();
      expect(said(again)).toEqual(said(tiles));
      expect(new Set(tiles.map(({ id }) => id)).size).toBe(tiles.length);
    }),
    { seed: 16, numRuns: 300 },
  );
});
