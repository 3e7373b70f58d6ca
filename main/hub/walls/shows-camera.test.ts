import { expect, test } from 'vitest';
import type { Scene, Wall } from '../../../layouts/contract.ts';
import { firstWall } from './first-walls.ts';
import { showsCamera } from './shows-camera.ts';

const video = (cameraId: string) => ({ panel: 'video', cameraId, profile: 'auto' });
const grid = (cameraId: string) => ({ kind: 'grid', rows: 1, cols: 1, tiles: [video(cameraId)] });
const wallOf = (scene: object): Wall => {
  const first = firstWall();
  const rect = { x: 0, y: 0, width: 10, height: 10 };
  return {
    ...first,
    screens: first.screens.map((screen) => (screen.id === '1' ? { ...screen, scene: scene as Scene } : screen)),
    spanning: [{ tileId: 'over', rect, panel: video('spanning') }] as unknown as Wall['spanning'],
  };
};
const tour = {
  kind: 'tour',
  steps: [
    { scene: grid('c1'), dwellMs: 5000 },
    { scene: grid('c2'), dwellMs: 5000 },
  ],
};

test.each<[string, Wall | undefined, string, string, boolean]>([
  ['what is in its scene', wallOf(grid('c1')), '1', 'c1', true],
  ['what is not', wallOf(grid('c1')), '1', 'c2', false],
  ['what another screen shows', wallOf(grid('c1')), '2', 'c1', false],
  ['a later step of its tour', wallOf(tour), '1', 'c2', true],
  ['what lies over the wall', wallOf(grid('c1')), '2', 'spanning', true],
  ['anything on a screen that is not there', wallOf(grid('c1')), '9', 'spanning', false],
  ['anything on a wall that is not there', undefined, '1', 'c1', false],
])('a screen shows %s', (_name, wall, screenId, cameraId, shows) => {
  expect(showsCamera(wall, screenId, cameraId)).toBe(shows);
});
