import { describe, expect, test } from 'vitest';
import type { SpanningTile, Wall } from '../../../layouts/contract.ts';
import { twoScreenWall } from '../testdata/fake-hub.ts';
import { viewWall } from '../wall-view.ts';
import { dropMeaning, type StageDrag } from './drop-meaning.ts';

const spanning: SpanningTile[] = [{ tileId: 'a', rect: { x: 1800, y: 0, width: 400, height: 400 }, panel: { panel: 'clock' } }];
const view = viewWall(twoScreenWall({ spanning }) as unknown as Wall, 1_700_000_000_000);
const at = (screenId: string, tileId: string | null) => ({ screenId, tileId });
const camera: StageDrag = { kind: 'camera', cameraId: 'c1' as never };
const cameras = (...ids: string[]): StageDrag => ({ kind: 'cameras', title: '宜城街道', cameraIds: ids as never });
const tile = (tileId: string): StageDrag => ({ kind: 'tile', tile: at('1', tileId) as { screenId: string; tileId: string } });

describe('dropped on the wall', () => {
  test.each([
    ['a camera on a tile', camera, at('1', 'g-0-1'), { kind: 'put', tile: at('1', 'g-0-1'), cameraId: 'c1' }],
    ['a camera beside all tiles', camera, at('2', null), { kind: 'put', tile: at('2', 'g-0-0'), cameraId: 'c1' }],
    ['a camera on a tile across screens', camera, at('2', 'w-a'), { kind: 'across', tile: at('2', 'w-a'), spanId: 'a', cameraId: 'c1' }],
    [
      'more cameras than there are tiles from here on',
      cameras('c1', 'c2', 'c3'),
      at('1', 'g-1-0'),
      { kind: 'fill', tile: at('1', 'g-1-0'), title: '宜城街道', cameraIds: ['c1', 'c2', 'c3'], placed: 2 },
    ],
    ['fewer', cameras('c1'), at('1', 'g-0-0'), { kind: 'fill', placed: 1 }],
    ['several on a tile across screens', cameras('c1', 'c2'), at('1', 'w-a'), { kind: 'across', cameraId: 'c1' }],
    ['none', cameras(), at('1', 'g-0-0'), null],
    ['a layout', { kind: 'layout', layoutId: 'l1' as never }, at('2', 'g-0-0'), { kind: 'apply', screenId: '2', layoutId: 'l1' }],
    ['a preset', { kind: 'preset', presetId: 'p1' as never }, at('2', null), { kind: 'recall', presetId: 'p1' }],
    ['a tile on another', tile('g-0-0'), at('2', 'g-0-0'), { kind: 'swap', tile: at('2', 'g-0-0'), from: at('1', 'g-0-0') }],
    ['a tile on itself', tile('g-0-0'), at('1', 'g-0-0'), null],
    ['a tile across screens on itself, seen on the other screen', tile('w-a'), at('2', 'w-a'), null],
    ['what cannot be read yet', null, at('1', 'g-0-1'), { kind: 'any', tile: at('1', 'g-0-1') }],
    ['anything on a screen that is gone', camera, at('9', null), null],
    ['a layout on a screen that is gone', { kind: 'layout', layoutId: 'l1' as never }, at('9', null), null],
  ] as const)('%s', (_, drag, place, meaning) => {
    const found = dropMeaning(view, drag, place);
    if (meaning === null) expect(found).toBeNull();
    else expect(found).toMatchObject(meaning);
  });
});
