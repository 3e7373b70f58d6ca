import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { camerasOf } from './contract.ts';
import { readLayout } from './migrate.ts';
import { builtInLayouts } from './presets.ts';
import { padded } from './scene-edit.ts';

test('every preset in the folder is built in, valid, whole and without cameras', () => {
  const layouts = builtInLayouts();
  expect(layouts).toHaveLength(readdirSync(join(import.meta.dirname, 'presets')).length);
  expect(new Set(layouts.map((layout) => layout.id)).size).toBe(layouts.length);
  for (const { scene } of layouts) {
    expect(camerasOf(scene)).toEqual([]);
    if (scene.kind !== 'tour') expect(padded(scene)).toEqual(scene);
  }
});

const good = { formatVersion: 1, id: 'flood', name: '防汛', scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] } };

test('a good layout is read as it is', () => {
  expect(readLayout(good)).toEqual({ ok: true, value: good });
});

test.each([
  ['from the future', { ...good, formatVersion: 2, scene: { kind: 'hologram' } }, { reason: 'format-newer', formatVersion: 2, known: 1 }],
  ['without its scene', { ...good, scene: undefined }, { reason: 'layout-incomplete', at: 'scene' }],
  ['with half a scene', { ...good, scene: { kind: 'grid', rows: 1 } }, { reason: 'layout-incomplete', at: 'scene.cols' }],
  ['without a version', { ...good, formatVersion: undefined }, { reason: 'layout-incomplete', at: 'formatVersion' }],
  ['that is no object', 'preset', { reason: 'layout-incomplete', at: '' }],
])('a layout %s is refused', (_, input, params) => {
  expect(readLayout(input)).toMatchObject({ ok: false, error: { code: 'scene-invalid', params } });
});
