import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { camerasOf, layoutsCollection, maxAlarmTiles, maxSpanning, maxTiles, scene, shownReport } from './contract.ts';
import { solveScene } from './solve.ts';
import { anyScene } from './testdata/arbitrary-scenes.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };

test('every scene that can be made is valid, and survives being written and read', () => {
  fc.assert(
    fc.property(anyScene, (made) => {
      expect(scene.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
    }),
    { seed: 4711, numRuns: 300 },
  );
});

test('garbage is refused or harmless: what the schema lets in can be shown', () => {
  const nearly = fc.record(
    {
      kind: fc.oneof(fc.constantFrom('grid', 'split', 'free', 'tour'), fc.string()),
      rows: fc.oneof(fc.integer(), fc.double(), fc.string()),
      cols: fc.oneof(fc.integer({ min: 0, max: 25 }), fc.anything()),
      template: fc.oneof(fc.constantFrom('1+5', '9+9'), fc.anything()),
      tiles: fc.oneof(
        fc.array(
          fc.oneof(fc.constant(null), fc.anything(), fc.record({ panel: fc.constantFrom('video', 'clock', 'map'), cameraId: fc.string() })),
        ),
        fc.anything(),
      ),
      steps: fc.anything(),
    },
    { requiredKeys: ['kind'] },
  );
  fc.assert(
    fc.property(fc.oneof(nearly, fc.anything(), fc.jsonValue()), (garbage) => {
      const read = scene.safeParse(garbage);
      if (!read.success) return;
      expect(solveScene(read.data, screen, 0).length).toBeLessThanOrEqual(maxTiles);
      expect(camerasOf(read.data).length).toBeLessThanOrEqual(maxTiles * 100);
    }),
    { seed: 4711, numRuns: 2000 },
  );
});

test.each([
  ['a panel kind that nobody knows', { kind: 'grid', rows: 1, cols: 1, tiles: [{ panel: 'browser', url: 'http://x' }] }],
  ['a property too many', { kind: 'grid', rows: 1, cols: 1, tiles: [], html: '<b>' }],
  ['no rows', { kind: 'grid', rows: 0, cols: 1, tiles: [] }],
  ['half a tile', { kind: 'grid', rows: 1.5, cols: 1, tiles: [] }],
  ['a tour in a tour', { kind: 'tour', steps: [{ dwellMs: 5000, scene: { kind: 'tour', steps: [] } }] }],
  ['a tour that flickers', { kind: 'tour', steps: [{ dwellMs: 2999, scene: { kind: 'grid', rows: 1, cols: 1, tiles: [] } }] }],
  ['text that turns its line round', { kind: 'grid', rows: 1, cols: 1, tiles: [{ panel: 'note', text: 'a‮b' }] }],
])('%s is refused', (_, input) => {
  expect(scene.safeParse(input).success).toBe(false);
});

test('a saved tour of fair coverage is for whoever may see all of its district, whatever its steps show', () => {
  const coverage = { district: '3202', groups: [], everyHours: 24, rows: 1, cols: 1, dwellMs: 5000 };
  const steps = [{ scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] }, dwellMs: 5000 }];
  const layout = layoutsCollection.entity.parse({
    id: 'l',
    name: 'Harbour',
    scene: { kind: 'tour', steps, coverage },
    formatVersion: 1,
    revision: 1,
    changedBy: 'li',
    changedAt: 1,
    simulated: false,
    drill: false,
  });
  const lookup = { camera: () => undefined } as unknown as Parameters<typeof layoutsCollection.scopeOf>[1];
  expect(layoutsCollection.scopeOf(layout, lookup)).toEqual([{ district: '3202', groups: [] }]);
});

test('a report has room for the fullest screen and the longest name', () => {
  const empty = { cameraId: null, state: 'empty', engine: 'none', fps: null, frameAgeMs: null };
  const tileIds = [...Array.from({ length: maxTiles + maxSpanning + maxAlarmTiles - 1 }, (_, n) => `g-0-${n}`), `w-${'x'.repeat(64)}`];
  const report = (ids: string[]) => ({ revision: 1, at: 1, tiles: ids.map((tileId) => ({ ...empty, tileId })) });
  expect(shownReport.safeParse(report(tileIds)).success).toBe(true);
  expect(shownReport.safeParse(report([...tileIds, 'g-1-1'])).success).toBe(false);
});
