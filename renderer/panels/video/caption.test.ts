import { expect, test } from 'vitest';
import type { PictureReading } from '../../player/frame-watch.ts';
import type { TilePlay } from '../../player/player-choice.ts';
import { captionOf, sameCaption, type Caption } from './caption.ts';

const live: PictureReading = { state: 'live', fps: 15, frameAgeMs: 64, reason: null, since: null };
const whole = { engine: 'mosaic', stream: 'sub' } as const;

test.each<[string, Partial<PictureReading>, Pick<TilePlay, 'engine' | 'stream'>, number, Partial<Caption>]>([
  ['live and small', {}, whole, 160, { age: null, word: null, mark: false, why: null }],
  ['live and large', {}, whole, 640, { age: '0.1', word: null, mark: false }],
  ['late and small', { state: 'delayed', frameAgeMs: 2640 }, whole, 160, { age: '3', word: 'wall.tile.delayed', mark: true }],
  ['late and large', { state: 'delayed', frameAgeMs: 2640 }, whole, 640, { age: '2.6', mark: true }],
  ['very late', { state: 'delayed', frameAgeMs: 12_640 }, whole, 640, { age: '13' }],
  ['the screen is too slow', { reason: 'viewer-too-slow' }, whole, 160, { word: 'wall.tile.thinned.viewer-too-slow', mark: false }],
  ['a reason without a word of its own', { reason: 'source-queued' }, whole, 160, { word: null }],
  [
    'key pictures only, by plan',
    { state: 'delayed', frameAgeMs: 1900 },
    { engine: 'mosaic', stream: 'key-only' },
    160,
    { age: null, word: 'wall.tile.keyOnly', mark: false },
  ],
  ['stills, by plan', { state: 'delayed' }, { engine: 'mosaic', stream: 'still' }, 160, { word: 'wall.tile.still', mark: false }],
  ['key pictures that stopped', { state: 'stalled' }, { engine: 'mosaic', stream: 'key-only' }, 160, { mark: true, word: null }],
  ['an element holds nothing back', { state: 'delayed' }, { engine: 'hls', stream: 'sub' }, 160, { word: 'wall.tile.delayed' }],
  ['frozen', { state: 'suspect', reason: 'picture-frozen' }, whole, 160, { word: 'wall.tile.fault.picture-frozen', mark: true, age: null }],
  ['black, large', { state: 'suspect', reason: 'picture-black' }, whole, 640, { word: 'wall.tile.fault.picture-black', age: '0.1' }],
  ['standing still', { state: 'stalled', frameAgeMs: 5200, since: 7 }, whole, 160, { age: '5', since: 7, word: null, mark: true }],
  [
    'offline',
    { state: 'offline', frameAgeMs: 5200, since: 7, reason: 'source-file-missing' },
    whole,
    640,
    { age: null, since: 7, why: 'source-file-missing', mark: true },
  ],
  ['starting', { state: 'starting', frameAgeMs: null }, whole, 640, { age: null, word: null, mark: false }],
])('%s', (_name, reading, play, width, caption) => {
  expect(captionOf({ ...live, ...reading }, play, width)).toMatchObject(caption);
});

test('a live tile of a dense wall never changes its caption, however its age and rate go up and down', () => {
  const at = (frameAgeMs: number, fps: number) => captionOf({ ...live, frameAgeMs, fps }, whole, 160);
  for (let age = 20; age < 1150; age += 37) expect(sameCaption(at(age, 15 - (age % 3)), at(20, 15))).toBe(true);
  expect(sameCaption(at(20, 15), captionOf({ ...live, state: 'delayed' }, whole, 160))).toBe(false);
});
