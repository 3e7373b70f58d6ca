import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlannedStream } from '../../layouts/contract.ts';
import { planPreload, type NextTile, type PreloadRoom } from './preload-plan.ts';

const tile = (cameraId: string, more: Partial<NextTile> = {}): NextTile => ({
  tileId: `t-${cameraId}`,
  cameraId,
  width: 640,
  height: 360,
  profile: 'auto',
  focus: false,
  alarm: false,
  ...more,
});
const load: Record<PlannedStream, number> = { main: 50, sub: 2, 'key-only': 0.1, still: 0.01 };
const room = (more: Partial<PreloadRoom> = {}): PreloadRoom => ({
  capacity: { megapixelsPerSecond: 100, decoders: 50 },
  usedMegapixels: 20,
  usedDecoders: 10,
  overloaded: false,
  loadOf: (_, stream) => load[stream],
  ...more,
});
const none = new Set<string>();
const streams = (...args: Parameters<typeof planPreload>) =>
  planPreload(...args).map(({ cameraId, profile, stream }) => [cameraId, profile, stream]);

test.each<[string, NextTile[], string[], Partial<PreloadRoom>, string[][]]>([
  [
    'the streams that the tiles will have',
    [tile('a', { width: 1200, height: 675 }), tile('b')],
    [],
    {},
    [
      ['a', 'main', 'main'],
      ['b', 'sub', 'sub'],
    ],
  ],
  ['not what is on the screen already', [tile('a'), tile('b')], ['a'], {}, [['b', 'sub', 'sub']]],
  ['a camera of two tiles once', [tile('a'), tile('a', { tileId: 'again' })], [], {}, [['a', 'sub', 'sub']]],
  [
    'key pictures of what does not fit beside what is shown',
    [tile('a'), tile('b'), tile('c')],
    [],
    { usedMegapixels: 97.5 },
    [
      ['a', 'sub', 'sub'],
      ['b', 'sub', 'key-only'],
      ['c', 'sub', 'key-only'],
    ],
  ],
  [
    'key pictures of the large picture that will be shown',
    [tile('a', { width: 1200, height: 675 })],
    [],
    { usedMegapixels: 60 },
    [['a', 'main', 'key-only']],
  ],
  ['as many as there are decoders', [tile('a'), tile('b')], [], { usedDecoders: 49 }, [['a', 'sub', 'sub']]],
  ['nothing where there is no decoder', [tile('a')], [], { capacity: { megapixelsPerSecond: 1000, decoders: 0 }, usedDecoders: 0 }, []],
  ['nothing where everything is taken', [tile('a')], [], { usedMegapixels: 100 }, []],
  ['key pictures on a screen that has too much to do', [tile('a')], [], { overloaded: true }, [['a', 'sub', 'key-only']]],
  ['nothing for nothing', [], [], {}, []],
])('%s', (_, next, shown, more, expected) => {
  expect(streams(next, new Set(shown), room(more))).toEqual(expected);
});

test('never takes more than there is', () => {
  const tiles = fc.array(fc.record({ camera: fc.integer({ min: 0, max: 60 }), width: fc.constantFrom(320, 640, 1200) }), { maxLength: 60 });
  fc.assert(
    fc.property(
      tiles,
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 0, max: 100 }),
      fc.float({ min: 0, max: 1, noNaN: true }),
      (given, megapixelsPerSecond, decoders, used) => {
        const next = given.map(({ camera, width }, n) => tile(`c${camera}`, { tileId: `t${n}`, width, height: (width * 9) / 16 }));
        const usedMegapixels = megapixelsPerSecond * used;
        const usedDecoders = Math.floor(decoders * used);
        const planned = planPreload(next, none, room({ capacity: { megapixelsPerSecond, decoders }, usedMegapixels, usedDecoders }));
        const megapixels = planned.reduce((sum, { stream }) => sum + load[stream], 0);
        expect(megapixels).toBeLessThanOrEqual(megapixelsPerSecond - usedMegapixels + 1e-6);
        expect(planned.length).toBeLessThanOrEqual(decoders - usedDecoders);
        expect(new Set(planned.map(({ cameraId }) => cameraId)).size).toBe(planned.length);
      },
    ),
    { seed: 4717, numRuns: 300 },
  );
});
