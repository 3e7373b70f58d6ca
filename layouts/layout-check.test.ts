import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CameraId } from '../main/contract/ids.ts';
import type { PanelRef, Rect, Scene, StillScene } from './contract.ts';
import { layoutCheck, type CheckAgainst, type CheckFinding } from './layout-check.ts';
import { anyScene } from './testdata/arbitrary-scenes.ts';

const css = readFileSync(join(import.meta.dirname, '../renderer/theme/tokens.css'), 'utf8');
const tokens = new Map([...css.matchAll(/--c-([a-z-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!]));
const screen: Rect = { x: 1940, y: 0, width: 1920, height: 1080 };
const at6m: CheckAgainst = {
  screen,
  wall: { pixelPitchMm: 0.634, farthestSeatM: 6 },
  capacity: null,
  colours: tokens,
  cameraExists: (id) => id !== 'gone',
};
const near: CheckAgainst = { ...at6m, wall: { pixelPitchMm: 0.634, farthestSeatM: 0.5 } };

const clock: PanelRef = { panel: 'clock' };
const camera = (id: string): PanelRef => ({ panel: 'video', cameraId: id as CameraId, profile: 'auto' });
const cameras = (count: number) => Array.from({ length: count }, (_, index) => camera(`c${index}`));
const grid = (rows: number, cols: number, tiles: readonly (PanelRef | null)[]): StillScene => ({
  kind: 'grid',
  rows,
  cols,
  tiles: [...tiles],
});
const free = (...tiles: [x: number, y: number, width: number, height: number, panel: PanelRef][]): StillScene => ({
  kind: 'free',
  canvas: { width: 1920, height: 1080 },
  tiles: tiles.map(([x, y, width, height, panel]) => ({ rect: { x, y, width, height }, panel })),
});
const codes = (found: readonly CheckFinding[]) => found.map(({ code, tileIds }) => [code, ...tileIds].join(' '));

test('a good scene has no findings', () => {
  expect(layoutCheck(grid(3, 3, cameras(9)), at6m)).toEqual([]);
  expect(layoutCheck(grid(2, 2, []), at6m)).toEqual([]);
});

describe('can it be read from the farthest seat', () => {
  test('one finding for nine tiles of one size, with what would help', () => {
    const [found, ...more] = layoutCheck(
      grid(
        3,
        3,
        Array.from({ length: 9 }, () => clock),
      ),
      at6m,
    );
    expect(more).toEqual([]);
    expect(found).toMatchObject({ severity: 'warning', code: 'text-too-small', step: null });
    expect(found!.tileIds).toHaveLength(9);
    // 7 % of 640 px are 44.8 px, and 20′ from 6 m are 79 px.
    expect(found!.params).toMatchObject({ panel: 'clock', text: 'date', leastArcMin: 20, fontPx: 44, neededPx: 79, timesLarger: 1.8 });
    expect(found!.params['arcMin']).toBeCloseTo(11.3, 0);
    expect(found!.params['readableWithinM']).toBeCloseTo(3.4, 0);
  });

  test('what it says would help helps', () => {
    const { timesLarger, readableWithinM } = layoutCheck(grid(3, 3, [clock]), at6m)[0]!.params as Record<string, number>;
    const nearer = { ...at6m, wall: { pixelPitchMm: 0.634, farthestSeatM: readableWithinM! } };
    expect(layoutCheck(grid(3, 3, [clock]), nearer)).toEqual([]);
    const larger = free([0, 0, Math.round(640 * timesLarger!), Math.round(360 * timesLarger!), clock]);
    expect(layoutCheck(larger, at6m)).toEqual([]);
  });

  test('a note is judged by its own text', () => {
    const said = (text: string) => layoutCheck(free([0, 0, 480, 170, { panel: 'note', text }]), at6m);
    expect(said('汛')).toEqual([
      expect.objectContaining({ code: 'text-too-small', params: expect.objectContaining({ text: 'note', leastArcMin: 20 }) }),
    ]);
    expect(said('No')).toEqual([]);
  });

  test('in a dense mosaic the sign of a state alone is for the room', () => {
    expect(codes(layoutCheck(grid(10, 10, [camera('c')]), at6m))).toEqual([]);
    expect(layoutCheck(grid(12, 12, [camera('c')]), at6m)).toEqual([
      expect.objectContaining({ code: 'text-too-small', params: expect.objectContaining({ text: 'sign', leastArcMin: 16 }) }),
    ]);
  });
});

describe('can it be watched', () => {
  test.each([
    [9, 1, []],
    [10, 1, [{ pictures: 10, max: 9 }]],
    [18, 2, []],
    [25, 2, [{ pictures: 25, max: 18 }]],
  ])('%d pictures for %d', (count, operators, expected) => {
    const found = layoutCheck(grid(5, 5, cameras(count)), { ...near, operators });
    expect(found.map(({ params }) => params)).toEqual(expected);
  });
});

describe('is it all there', () => {
  test.each<[string, StillScene, string[]]>([
    ['beside the screen', free([1920, 0, 640, 360, clock], [0, 0, 640, 360, clock]), ['tile-outside f-0']],
    ['half of it beside the screen', free([1600, 0, 640, 360, clock]), ['tile-cut f-0']],
    ['one over the other', free([0, 0, 640, 360, clock], [600, 0, 640, 360, clock], [1280, 0, 640, 360, clock]), ['tiles-overlap f-0 f-1']],
    ['side by side', free([0, 0, 640, 360, clock], [640, 0, 640, 360, clock]), []],
    [
      'too small',
      free([0, 0, 239, 90, clock], [640, 0, 319, 180, { panel: 'camera-health' }]),
      ['panel-too-small f-0', 'panel-too-small f-1'],
    ],
    ['a camera that is no more', grid(1, 2, [camera('gone'), camera('here')]), ['camera-gone g-0-0']],
  ])('%s', (_, scene, expected) => {
    expect(codes(layoutCheck(scene, near))).toEqual(expected);
  });
});

test('what the screen cannot decode in full is known before it is shown', () => {
  const capacity = { megapixelsPerSecond: 10, decoders: 4, measuredAt: 1 };
  const [found] = layoutCheck(grid(3, 3, cameras(9)), { ...near, capacity });
  expect(found).toMatchObject({ code: 'pictures-thinned', params: { pictures: 5, of: 9 } });
  expect(layoutCheck(grid(3, 3, cameras(9)), { ...near, capacity: { ...capacity, megapixelsPerSecond: 500, decoders: 9 } })).toEqual([]);
});

describe('can it be told from its ground', () => {
  test('with our own colours all of it can', () => {
    const everything: StillScene = grid(2, 2, [camera('c'), clock, { panel: 'note', text: '汛' }, { panel: 'camera-health' }]);
    expect(layoutCheck(everything, near)).toEqual([]);
  });

  test('a token that fades is found where it is used', () => {
    const colours = new Map([...tokens, ['text-dim', '#5a6068']] as const);
    expect(layoutCheck(grid(1, 2, [clock, clock]), { ...near, colours })).toEqual([
      {
        severity: 'warning',
        code: 'contrast-low',
        step: null,
        tileIds: ['g-0-0', 'g-0-1'],
        params: { panel: 'clock', text: 'date', ratio: 2.7, least: 7 },
      },
    ]);
  });

  test('a colour that is not known is not judged', () => {
    expect(layoutCheck(grid(1, 1, [clock]), { ...near, colours: new Map([['text', 'red']]) })).toEqual([]);
  });
});

test('a tour is judged step by step', () => {
  const tour: Scene = {
    kind: 'tour',
    steps: [
      { scene: grid(1, 1, [camera('here')]), dwellMs: 5000 },
      { scene: grid(1, 1, [camera('gone')]), dwellMs: 5000 },
    ],
  };
  expect(layoutCheck(tour, near)).toMatchObject([{ code: 'camera-gone', step: 2, tileIds: ['g-0-0'] }]);
});

test('the bar takes as much of the screen as the page gives it', () => {
  expect(readFileSync(join(import.meta.dirname, '../renderer/wall/WallScreen.vue'), 'utf8')).toContain('stage.value.height * 0.04');
});

test('any scene is judged, each finding names tiles that it has and figures that are some', () => {
  fc.assert(
    fc.property(anyScene, (scene) => {
      const stills = scene.kind === 'tour' ? scene.steps.map((step) => step.scene) : [scene];
      for (const { step, tileIds, params } of layoutCheck(scene, at6m)) {
        const still = stills[(step ?? 1) - 1]!;
        expect(new Set(tileIds).size).toBe(tileIds.length);
        expect(tileIds.length).toBeLessThanOrEqual(still.kind === 'free' ? still.tiles.length : 400);
        for (const value of Object.values(params)) if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }
    }),
    { seed: 6, numRuns: 200 },
  );
});
