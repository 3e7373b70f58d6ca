import { expect, test } from 'vitest';
import { shownReport as reportSchema } from '../../layouts/contract.ts';
import type { PictureReading } from '../player/frame-watch.ts';
import { shownReport, type ScreenShown, type TileShown } from './shown-report.ts';

const live: PictureReading = { state: 'live', fps: 15, frameAgeMs: 120, reason: null, since: null };
const tile = (tileId: string, more: Partial<TileShown> = {}): TileShown => ({
  tileId,
  cameraId: 'c1',
  engine: 'mosaic',
  stream: 'sub',
  heldBack: null,
  reading: live,
  ...more,
});
const screen: Omit<ScreenShown, 'tiles'> = {
  revision: 3,
  wallRevision: 7,
  at: 1000,
  capacity: { megapixelsPerSecond: 150, decoders: 144, measuredAt: 10 },
  painter: 'wasm',
  focus: 'g-0-1',
};
const report = (...tiles: TileShown[]) => reportSchema.parse(shownReport({ ...screen, tiles }));

test('says of the screen what it is told, and its tiles in order', () => {
  const { tiles, ...said } = report(tile('g-0-10'), tile('g-0-9'));
  expect(said).toEqual(screen);
  expect(tiles.map(({ tileId }) => tileId)).toEqual(['g-0-9', 'g-0-10']);
});

test.each<[string, Partial<TileShown>, object]>([
  ['as it was read', {}, { state: 'live', engine: 'mosaic', stream: 'sub', fps: 15, frameAgeMs: 120, reason: null }],
  ['not read yet', { reading: null }, { state: 'starting', fps: null, frameAgeMs: null }],
  ['no video', { cameraId: null, engine: 'none', stream: null, reading: null }, { cameraId: null, state: 'empty', engine: 'none' }],
  ['no player', { engine: 'none' }, { state: 'offline', engine: 'none', stream: null, fps: null, reason: 'decode-budget' }],
  ['no player, and why', { engine: 'none', heldBack: 'insecure-context' }, { state: 'offline', reason: 'insecure-context' }],
  ['held back by the plan', { stream: 'key-only', heldBack: 'decode-budget' }, { stream: 'key-only', reason: 'decode-budget' }],
  [
    'what the picture says is nearer than the plan',
    { heldBack: 'decode-budget', reading: { ...live, state: 'delayed', reason: 'viewer-too-slow' } },
    { state: 'delayed', reason: 'viewer-too-slow' },
  ],
])('a tile: %s', (_, of, said) => {
  expect(report(tile('0', of)).tiles[0]).toMatchObject(said);
});
