import { describe, expect, test } from 'vitest';
import type { DecodeCapacity, PanelRef, Scene, ShownReport, StillScene, Wall } from '../../layouts/contract.ts';
import { solveScreen } from '../../layouts/solve.ts';
import { screenTruth } from './screen-truth.ts';
import { heldBackOn, streamMarks } from './stream-marks.ts';
import { twoScreenWall } from './testdata/fake-hub.ts';

const now = 1_700_000_000_000;
const rect = { x: 0, y: 0, width: 1920, height: 1080 };
const video = (cameraId: string): PanelRef => ({ panel: 'video', cameraId, profile: 'auto' }) as PanelRef;
const grid = (side: number, cameras = side * side): StillScene => ({
  kind: 'grid',
  rows: side,
  cols: side,
  tiles: Array.from({ length: side * side }, (_, nth) => (nth < cameras ? video(`c${nth}`) : null)),
});
/** A small picture is taken to need 1.5 megapixels a second. */
const can = (megapixelsPerSecond: number): DecodeCapacity => ({ megapixelsPerSecond, decoders: 512, measuredAt: null });

const marks = (capacity: DecodeCapacity | null, shown: Partial<ShownReport['tiles'][number]> | null = null) => {
  const wall = twoScreenWall() as unknown as Wall;
  const screen = { ...wall.screens[0]!, scene: grid(3) };
  const tiles = solveScreen({ ...wall, screens: [screen] }, '1', now);
  const tile = { cameraId: null, state: 'delayed', engine: 'mosaic', stream: 'sub', fps: 1, frameAgeMs: 1, reason: null } as const;
  const report = shown && {
    revision: 7,
    wallRevision: 1,
    at: now,
    capacity,
    painter: null,
    focus: null,
    tiles: tiles.map(({ tileId, panel }) => ({ ...tile, tileId, cameraId: panel?.panel === 'video' ? panel.cameraId : null, ...shown })),
  };
  return streamMarks(tiles, screenTruth(screen, wall, tiles, report, now), capacity);
};

describe('which tiles get less than they could', () => {
  test('nobody knows what the screen can decode: nothing is said', () => expect(marks(null).size).toBe(0));
  test('room for all', () => expect(marks(can(20)).size).toBe(0));

  test('by the plan, the last ones', () => {
    const held = marks(can(12));
    expect([...held.keys()]).toEqual(['g-2-1', 'g-2-2']);
    expect(held.get('g-2-2')).toEqual({ stream: 'key-only', reason: 'decode-budget', by: 'plan' });
  });

  test.each([
    ['what it says outweighs the plan', { stream: 'still', reason: 'decode-budget' } as const, 9],
    ['pictures left out because it does not keep up', { stream: 'sub', reason: 'viewer-too-slow' } as const, 9],
    ['all well, whatever the plan', { stream: 'sub' } as const, 0],
    ['a camera that failed is not held back', { state: 'offline', reason: 'source-failed' } as const, 0],
    ['not played at all', { state: 'offline', stream: null, reason: 'decode-budget' } as const, 0],
  ])('by what the screen says: %s', (_, shown, count) => {
    const held = marks(can(12), shown);
    expect(held.size).toBe(count);
    for (const mark of held.values()) expect(mark).toEqual({ ...shown, by: 'screen' });
  });

  test('of another camera it says nothing', () => {
    expect([...marks(can(12), { cameraId: 'other', stream: 'still', reason: 'decode-budget' }).values()].map(({ by }) => by)).toEqual([
      'plan',
      'plan',
    ]);
  });
});

test.each<[string, Scene, DecodeCapacity | null, number]>([
  ['unknown capacity', grid(12), null, 0],
  ['room for all', grid(3), can(20), 0],
  ['too many', grid(12), can(152), 46],
  ['empty tiles need nothing', grid(12, 100), can(153), 0],
  [
    'the fullest scene of a tour',
    { kind: 'tour', steps: [grid(2), grid(4), grid(3)].map((scene) => ({ scene, dwellMs: 5000 })) },
    can(16),
    6,
  ],
])('how much of a scene would be held back: %s', (_, scene, capacity, count) => {
  expect(heldBackOn(scene, rect, capacity)).toBe(count);
});
