import { describe, expect, test } from 'vitest';
import type { PlannedStream } from '../../../layouts/contract.ts';
import type { ErrorCode } from '../../../main/contract/errors.ts';
import { createMosaicEngine } from './mosaic-engine.ts';
import type { MosaicTile } from './mosaic.ts';

const offer = { ticket: 't', urls: { hls: 'https://relay/hls', socket: 'wss://relay/socket' } };
const whole = { isSecureContext: true, VideoDecoder: {}, OffscreenCanvas: {}, Worker: {}, WebSocket: {} };

function rig() {
  const said: unknown[] = [];
  let end: (code: ErrorCode, ticketKept: boolean) => void = () => {};
  const tile = {
    play(...[url, ticket, mode, onEnded]: Parameters<MosaicTile['play']>) {
      said.push([url, ticket, mode]);
      end = onEnded;
      return () => said.push('stopped');
    },
    setMode: (mode: string) => said.push(mode),
  } as unknown as MosaicTile;
  const engine = createMosaicEngine(whole as unknown as typeof globalThis);
  return { engine, tile, said, end: (code: ErrorCode) => end(code, false) };
}

test.each<[string, object, ErrorCode | null]>([
  ['everything is there', {}, null],
  ['no secure context, and so no decoders', { isSecureContext: false, VideoDecoder: undefined }, 'insecure-context'],
])('%s', (_name, over, code) => {
  expect(createMosaicEngine({ ...whole, ...over } as unknown as typeof globalThis).cannotPlay()).toBe(code);
});

test.each(['VideoDecoder', 'OffscreenCanvas', 'Worker', 'WebSocket'])('without %s', (missing) => {
  const page = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== missing));
  expect(createMosaicEngine(page as unknown as typeof globalThis).cannotPlay()).toBe('source-codec-unsupported');
});

describe('a session', () => {
  test.each<[PlannedStream | undefined, string]>([
    [undefined, 'full'],
    ['main', 'full'],
    ['sub', 'full'],
    ['key-only', 'key'],
    ['still', 'key'],
  ])('%s: %s', (stream, mode) => {
    const { engine, tile, said } = rig();
    engine.attach(tile, offer, new AbortController().signal, stream).setStream!('key-only');
    expect(said).toEqual([['wss://relay/socket', 't', mode], 'key']);
  });

  test('ends with its signal', async () => {
    const { engine, tile, said } = rig();
    const life = new AbortController();
    const session = engine.attach(tile, offer, life.signal);
    life.abort();
    expect(await session.ended).toBeNull();
    expect(said.at(-1)).toBe('stopped');
  });

  test('ends by itself with the reason, and is not stopped a second time', async () => {
    const { engine, tile, said, end } = rig();
    const life = new AbortController();
    const session = engine.attach(tile, offer, life.signal);
    end('source-failed');
    life.abort();
    expect(await session.ended).toBe('source-failed');
    expect(said).toHaveLength(1);
  });

  test('does not begin when its signal has gone already', async () => {
    const { engine, tile, said } = rig();
    expect(await engine.attach(tile, offer, AbortSignal.abort()).ended).toBeNull();
    expect(said).toEqual([]);
  });
});
