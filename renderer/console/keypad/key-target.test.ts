import { describe, expect, test } from 'vitest';
import type { LayoutDoc, Scene, Wall } from '../../../layouts/contract.ts';
import type { Preset } from '../../../layouts/control-contract.ts';
import { viewWall } from '../wall-view.ts';
import { parseKeyLine } from './key-line.ts';
import { keyTarget, type KeySurroundings } from './key-target.ts';

const grid = (rows: number, cols: number): Scene => ({ kind: 'grid', rows, cols, tiles: [] });
const tour = (pausedAt?: number): Scene => ({
  kind: 'tour',
  steps: [{ scene: grid(2, 2) as never, dwellMs: 5000 }],
  startedAt: 0,
  ...(pausedAt === undefined ? {} : { pausedAt }),
});
const screen = (id: string, name: string, column: number, scene: Scene): Wall['screens'][number] => ({
  id: id as never,
  name,
  rect: { x: column * 1920, y: 0, width: 1920, height: 1080 },
  scene,
  layout: null,
  revision: 1,
  changedBy: null,
  changedAt: null,
  shown: null,
});
const wallWith = (...scenes: Scene[]): Wall => ({
  id: 'main' as never,
  name: '主墙',
  pixelPitchMm: 0.634,
  farthestSeatM: 6,
  screens: scenes.map((scene, index) => screen(`s${index}`, `屏${index + 1}`, index, scene)),
  spanning: [],
  revision: 1,
  simulated: false,
  drill: false,
});
const layout = (id: string, number: number | null, scene: Scene): LayoutDoc => ({
  id: id as never,
  name: id,
  number,
  scene,
  formatVersion: 1,
  revision: 1,
  changedBy: null,
  changedAt: null,
  simulated: false,
  drill: false,
});
const preset = { id: 'p', name: 'p', number: 7, wallId: 'main', screens: [], spanning: null } as unknown as Preset;

const desk = (more: Partial<KeySurroundings> = {}): KeySurroundings => ({
  wall: viewWall(wallWith(grid(2, 2), grid(3, 3), tour(5)), 1000),
  screenId: 's1',
  tileId: 'g-0-1',
  layouts: [layout('still', 3, grid(1, 1)), layout('round', 4, tour())],
  presets: [preset],
  cameraOf: (digits) =>
    digits === '1' ? { kind: 'one', id: 'c1' } : digits === '2' ? { kind: 'several', ids: ['a', 'b'], total: 9 } : { kind: 'none' },
  ...more,
});
const target = (line: string, more: Partial<KeySurroundings> = {}) => {
  const read = parseKeyLine(line);
  if (!read.ok) throw new Error(read.error);
  return keyTarget(read.value, desk(more));
};
const tile = (screenAt: number, tileId: string, number: number) => ({
  screenId: `s${screenAt}`,
  screen: `屏${screenAt + 1}`,
  tileId,
  number,
});

describe('what Enter would do', () => {
  test.each<[string, Partial<KeySurroundings>, object]>([
    ['1', {}, { kind: 'put', cameraId: 'c1', tile: tile(1, 'g-0-1', 2) }],
    ['1.2.5', {}, { kind: 'put', cameraId: 'c1', tile: tile(1, 'g-1-1', 5) }],
    ['1.1', {}, { kind: 'put', cameraId: 'c1', tile: tile(0, 'g-0-0', 1) }],
    ['1.2', {}, { kind: 'put', cameraId: 'c1', tile: tile(1, 'g-0-1', 2) }],
    ['1..9', {}, { kind: 'put', cameraId: 'c1', tile: tile(1, 'g-2-2', 9) }],
    ['1', { tileId: null }, { kind: 'refused', why: 'tile-unchosen' }],
    ['1.9.1', {}, { kind: 'refused', why: 'screen-none' }],
    ['1..10', {}, { kind: 'refused', why: 'tile-none' }],
    ['2', {}, { kind: 'refused', why: 'camera-several', cameraIds: ['a', 'b'], total: 9 }],
    ['3', {}, { kind: 'refused', why: 'camera-none' }],
    ['.2.5', {}, { kind: 'tile', tile: tile(1, 'g-1-1', 5) }],
    ['.1', {}, { kind: 'screen', screenId: 's0', screen: '屏1' }],
    ['.4', {}, { kind: 'refused', why: 'screen-none' }],
    ['..5', { wall: null }, { kind: 'refused', why: 'screen-none' }],
    ['/7', {}, { kind: 'preset', preset }],
    ['/3', {}, { kind: 'layout', layout: layout('still', 3, grid(1, 1)), screenId: 's1', screen: '屏2' }],
    ['/8', {}, { kind: 'refused', why: 'number-free' }],
    ['*4', {}, { kind: 'layout', layout: layout('round', 4, tour()), screenId: 's1', screen: '屏2' }],
    ['*3', {}, { kind: 'refused', why: 'not-a-tour' }],
    ['*', {}, { kind: 'refused', why: 'tour-none' }],
    ['*', { screenId: 's2' }, { kind: 'tour-pause', screenId: 's2', screen: '屏3', paused: true }],
    ['*+', { screenId: 's2' }, { kind: 'tour-step', screenId: 's2', screen: '屏3', by: 1 }],
  ])('%s', (line, more, expected) => {
    expect(target(line, more)).toEqual(expected);
  });
});
