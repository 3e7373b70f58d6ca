import { expect, test } from 'vitest';
import type { ShownReport } from '../../../layouts/contract.ts';
import { successorLag, type SuccessorLag } from './successor-lag.ts';

type Tile = ShownReport['tiles'][number];
const tile = (tileId: string, more: Partial<Tile> = {}): Tile => ({
  tileId,
  cameraId: `c-${tileId}`,
  state: 'live',
  engine: 'mosaic',
  stream: 'sub',
  fps: 25,
  frameAgeMs: 40,
  reason: null,
  ...more,
});
const empty: Partial<Tile> = { cameraId: null, state: 'empty', engine: 'none', stream: null, fps: null, frameAgeMs: null };
const report = (tiles: readonly Tile[], more: Partial<ShownReport> = {}): ShownReport => ({
  revision: 4,
  wallRevision: 2,
  at: 10_000,
  capacity: null,
  painter: 'wasm',
  focus: null,
  tiles: [...tiles],
  ...more,
});
const seen = report([tile('1'), tile('2'), tile('3', empty)]);

test.each<[string, ShownReport, ShownReport | null, SuccessorLag | null]>([
  ['the same', seen, seen, null],
  ['nothing yet', seen, null, 'silent'],
  ['silent for a while', seen, { ...seen, at: 6999 }, 'silent'],
  ['a scene before', seen, { ...seen, revision: 3 }, 'other-scene'],
  ['a wall before', seen, { ...seen, wallRevision: 1 }, 'other-scene'],
  ['a tile less', seen, report([tile('1'), tile('2')]), 'other-scene'],
  ['another tile', seen, report([tile('1'), tile('4'), tile('3', empty)]), 'other-scene'],
  ['a tour a step ahead', seen, report([tile('1'), tile('2', { cameraId: 'c-9' }), tile('3', empty)]), 'other-scene'],
  ['one tile starting', seen, report([tile('1'), tile('2', { state: 'starting' }), tile('3', empty)]), 'tiles'],
  ['one tile late', seen, report([tile('1'), tile('2', { state: 'delayed' }), tile('3', empty)]), 'tiles'],
  ['less of a picture', seen, report([tile('1'), tile('2', { stream: 'key-only' }), tile('3', empty)]), 'tiles'],
  ['a picture without a player', seen, report([tile('1'), tile('2', { stream: null }), tile('3', empty)]), 'tiles'],
  ['more of a picture', seen, report([tile('1'), tile('2', { stream: 'main' }), tile('3', empty)]), null],
  ['a dead camera is dead for both', report([tile('1', { state: 'offline' })]), report([tile('1', { state: 'offline' })]), null],
  ['a dead camera that has just come back', report([tile('1', { state: 'offline' })]), report([tile('1')]), null],
  [
    'a dead camera that is still being tried',
    report([tile('1', { state: 'offline' })]),
    report([tile('1', { state: 'starting' })]),
    'tiles',
  ],
  ['what is known to stand still is not called live again', report([tile('1', { state: 'suspect' })]), report([tile('1')]), 'tiles'],
  [
    'what is known to stand still, known by both',
    report([tile('1', { state: 'suspect' })]),
    report([tile('1', { state: 'suspect' })]),
    null,
  ],
])('%s', (_, now, next, lag) => {
  expect(successorLag(now, next, 10_000)).toBe(lag);
});
