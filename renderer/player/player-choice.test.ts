import { expect, test } from 'vitest';
import type { PlannedTile } from '../../layouts/decode-plan.ts';
import {
  choosePlayers,
  decodedAtMost,
  playerWishes,
  playTiles,
  type PlayerChoice,
  type PlayerSituation,
  type TileToPlay,
} from './player-choice.ts';

const good: PlayerSituation = { mosaicLacks: null, mseLacks: null, mosaicsDied: 0 };

test.each([
  ['', { engine: null, painter: 'auto', transport: 'socket', uncapped: false, safe: false }],
  ['?engine=hls&cap=none&transport=http', { engine: 'hls', painter: 'auto', transport: 'http', uncapped: true, safe: false }],
  ['?safe=1', { engine: null, painter: 'auto', transport: 'socket', uncapped: false, safe: true }],
  ['?engine=mosaic&painter=wasm', { engine: 'mosaic', painter: 'wasm', transport: 'socket', uncapped: false, safe: false }],
  [
    '?engine=flash&painter=vulkan&transport=pigeon&cap=3',
    { engine: null, painter: 'auto', transport: 'socket', uncapped: false, safe: false },
  ],
])('the query %j wishes', (query, wishes) => {
  expect(playerWishes(query)).toEqual(wishes);
});

test.each<[string, string, Partial<PlayerSituation>, Partial<PlayerChoice>]>([
  ['all is well', '', {}, { tiles: 'mosaic', element: 'mse', reason: null }],
  ['no secure context', '', { mosaicLacks: 'insecure-context' }, { tiles: 'hls', element: 'mse', reason: 'insecure-context' }],
  ['a mosaic died once', '', { mosaicsDied: 1 }, { tiles: 'mosaic', reason: null }],
  ['a mosaic died twice', '', { mosaicsDied: 2 }, { tiles: 'hls', reason: 'decoder-failed' }],
  ['it died twice, though wished', '?engine=mosaic', { mosaicsDied: 2 }, { tiles: 'hls', reason: 'decoder-failed' }],
  ['no media source', '', { mseLacks: 'source-codec-unsupported' }, { tiles: 'mosaic', element: 'hls' }],
  ['hls is wished', '?engine=hls', {}, { tiles: 'hls', element: 'hls', elementsAtMost: decodedAtMost, reason: null }],
  ['hls is wished without a cap', '?engine=hls&cap=none', {}, { tiles: 'hls', elementsAtMost: Infinity }],
  ['plain HTTP has no wall socket for elements', '?transport=http', {}, { element: 'hls' }],
])('%s', (_name, query, situation, choice) => {
  expect(choosePlayers(playerWishes(query), { ...good, ...situation })).toMatchObject(choice);
});

const tile = (tileId: string, over = false, width = 160): TileToPlay => ({ tileId, width, height: 90, over });
const planOf = (...planned: PlannedTile[]) => new Map(planned.map((one) => [one.tileId, one]));

test('tiles of the mosaic play what is planned; a tile that lies over others has an element', () => {
  const choice = choosePlayers(playerWishes(''), good);
  const plays = playTiles(
    [tile('1'), tile('2'), tile('3'), tile('w-1', true)],
    choice,
    planOf(
      { tileId: '1', stream: 'main', reason: null },
      { tileId: '2', stream: 'key-only', reason: 'decode-budget' },
      { tileId: 'w-1', stream: 'still', reason: 'decode-budget' },
    ),
  );
  expect(Object.fromEntries(plays)).toEqual({
    1: { engine: 'mosaic', profile: 'main', stream: 'main', reason: null },
    2: { engine: 'mosaic', profile: 'sub', stream: 'key-only', reason: 'decode-budget' },
    3: { engine: 'mosaic', profile: 'sub', stream: 'sub', reason: null },
    'w-1': { engine: 'mse', profile: 'sub', stream: 'sub', reason: null },
  });
});

test('more tiles over others than a page carries elements: the smaller ones are not painted into what lies under them', () => {
  const choice = choosePlayers(playerWishes(''), good);
  const over = Array.from({ length: decodedAtMost + 2 }, (_, index) => tile(`w-${index}`, true, 100 + index));
  const engines = [...playTiles(over, choice, new Map()).values()].map(({ engine }) => engine);
  expect(engines).toEqual(['none', 'none', ...Array(decodedAtMost).fill('mse')]);
});

test('without the mosaic the largest tiles play and the others say why they do not', () => {
  const choice = choosePlayers(playerWishes(''), { ...good, mosaicLacks: 'insecure-context' });
  const tiles = Array.from({ length: 12 }, (_, index) => tile(String(index), false, index < 3 ? 100 : 200));
  const plays = playTiles(tiles, choice, new Map());
  expect([...plays.values()].filter(({ engine }) => engine === 'hls')).toHaveLength(decodedAtMost);
  for (const small of ['0', '1', '2']) expect(plays.get(small)).toMatchObject({ engine: 'none', reason: 'decode-budget' });
  expect([...playTiles(tiles, { ...choice, elementsAtMost: Infinity }, new Map()).values()].every(({ engine }) => engine === 'hls')).toBe(
    true,
  );
});
