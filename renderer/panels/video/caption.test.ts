import { describe, expect, test } from 'vitest';
import type { PictureReading } from '../../player/frame-watch.ts';
import type { TilePlay } from '../../player/player-choice.ts';
import { errorStatus, type ErrorCode } from '../../../main/contract/errors.ts';
import { locales, setLocale, text } from '../../i18n/index.ts';
import { captionOf, isByPlan, sameCaption, whyWord, type Caption } from './caption.ts';

const live: PictureReading = { state: 'live', fps: 15, frameAgeMs: 64, reason: null, since: null };
const whole = { engine: 'mosaic', stream: 'sub', reason: null } as const;
const held = { engine: 'mosaic', reason: 'decode-budget' } as const;

test.each<[string, Partial<PictureReading>, Pick<TilePlay, 'engine' | 'stream' | 'reason'>, number, Partial<Caption>]>([
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
    { ...held, stream: 'key-only' },
    160,
    { age: null, word: 'wall.tile.planned.decode-budget.short', mark: false },
  ],
  [
    'stills, by plan',
    { state: 'delayed' },
    { ...held, stream: 'still' },
    240,
    { word: 'wall.tile.planned.decode-budget.still', mark: false },
  ],
  ['key pictures, nobody says why', { state: 'delayed' }, { ...whole, stream: 'key-only' }, 160, { word: 'wall.tile.keyOnly' }],
  [
    'the small picture instead of the large',
    {},
    { ...held, stream: 'sub' },
    960,
    { word: 'wall.tile.planned.decode-budget.sub', mark: false },
  ],
  ['the same in an element', {}, { ...held, engine: 'mse', stream: 'sub' }, 960, { word: 'wall.tile.planned.decode-budget.sub' }],
  [
    'a picture too large for the screen',
    { state: 'delayed' },
    { ...whole, stream: 'key-only', reason: 'picture-too-large' },
    240,
    { word: 'wall.tile.planned.picture-too-large.key-only' },
  ],
  [
    'by plan, and too slow besides',
    { reason: 'viewer-too-slow' },
    { ...held, stream: 'sub' },
    160,
    { word: 'wall.tile.thinned.viewer-too-slow' },
  ],
  ['key pictures that stopped', { state: 'stalled' }, { ...held, stream: 'key-only' }, 160, { mark: true, word: null }],
  ['an element holds nothing back', { state: 'delayed' }, { ...whole, engine: 'hls' }, 160, { word: 'wall.tile.delayed' }],
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

test('what is held back by plan is said, not cried', () => {
  for (const word of ['wall.tile.planned.decode-budget.sub', 'wall.tile.keyOnly', 'wall.tile.still'] as const)
    expect(isByPlan(word)).toBe(true);
  for (const word of ['wall.tile.thinned.line-too-slow', 'wall.tile.delayed', null] as const) expect(isByPlan(word)).toBe(false);
});

describe('why no picture comes, on a tile of a dense wall', () => {
  const notOfPictures = new Set(['source-invalid', 'source-kind-unsupported']);
  const codes = (Object.keys(errorStatus) as ErrorCode[]).filter(
    (code) => (code.startsWith('source-') && !notOfPictures.has(code)) || /^(relay|worker|transcode)-/.test(code),
  );

  test.each(codes)('%s is said in as few words as fit', (code) => {
    const word = whyWord(code);
    expect(word).not.toBeNull();
    for (const locale of locales) {
      setLocale(locale);
      // 160 pixels, a Chinese letter of 11 or 12 pixels and a Latin one of half of that.
      expect(text(word!).length).toBeLessThanOrEqual(locale === 'en' ? 24 : 12);
    }
    setLocale('zh-CN');
  });

  test.each(['viewer-too-slow', 'line-too-slow', 'stream-gap', 'decoder-failed'] as const)('%s too', (code) => {
    expect(whyWord(code)).toBe(`wall.tile.thinned.${code}`);
  });

  test('what has no word of its own has none', () => expect(whyWord('disk-low')).toBeNull());
});
