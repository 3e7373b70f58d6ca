import { expect, test } from 'vitest';
import type { PanelRef, Rect, Scene } from '../../../layouts/contract.ts';
import type { CameraId } from '../../contract/ids.ts';
import { spanningWithoutGone, withoutGone } from './without-gone.ts';

const video = (id: string): PanelRef => ({ panel: 'video', cameraId: id as CameraId, profile: 'auto' });
const clock: PanelRef = { panel: 'clock' };
const rect: Rect = { x: 0, y: 0, width: 100, height: 100 };
const exists = (id: string) => !id.startsWith('gone');
const grid = (...tiles: (PanelRef | null)[]): Scene & { kind: 'grid' } => ({ kind: 'grid', rows: 1, cols: 3, tiles });

test.each<[string, Scene, Scene, string[]]>([
  ['nothing is missing', grid(video('a'), null, clock), grid(video('a'), null, clock), []],
  ['tiles of a grid become empty', grid(video('gone'), video('a'), video('gone')), grid(null, video('a'), null), ['gone']],
  [
    'a free tile goes',
    { kind: 'free', tiles: [video('gone'), clock].map((panel) => ({ rect, panel })) },
    { kind: 'free', tiles: [{ rect, panel: clock }] },
    ['gone'],
  ],
  [
    'every step of a tour',
    { kind: 'tour', loop: false, steps: ['gone-1', 'gone-2'].map((id) => ({ dwellMs: 5000, scene: grid(video(id)) })) },
    { kind: 'tour', loop: false, steps: [1, 2].map(() => ({ dwellMs: 5000, scene: grid(null) })) },
    ['gone-1', 'gone-2'],
  ],
])('%s', (_, scene, left, missing) => {
  expect(withoutGone(scene, exists)).toEqual({ left, missing });
});

test('tiles over a wall go with their cameras', () => {
  const tile = (tileId: string, panel: PanelRef) => ({ tileId, rect, panel });
  expect(spanningWithoutGone([tile('a', video('gone')), tile('b', clock), tile('c', video('x'))], exists)).toEqual({
    left: [tile('b', clock), tile('c', video('x'))],
    missing: ['gone'],
  });
});
