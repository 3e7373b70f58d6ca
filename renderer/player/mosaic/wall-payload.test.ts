import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStreamConfig, readWallEvent } from './wall-payload.ts';

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const config = { video: 'avc1.42c01e', width: 320, height: 180, audio: null, transcoded: false };

test.each<[string, unknown, unknown]>([
  ['as it is', config, config],
  ['sound', { ...config, audio: 'pcma', transcoded: true }, { ...config, audio: 'pcma', transcoded: true }],
  ['no picture known yet', { ...config, video: null, width: 0, height: 0 }, { ...config, video: null, width: 0, height: 0 }],
  ['more than is known here', { ...config, colour: 'bt709' }, config],
  ['no JSON', '{', null],
  ['no object', 'null', null],
  ['a width that is none', { ...config, width: -1 }, null],
  ['a width that is no number', { ...config, width: '320' }, null],
  ['a codec that is no text', { ...config, video: 4 }, null],
  ['a codec without end', { ...config, video: 'a'.repeat(65) }, null],
  ['sound of another kind', { ...config, audio: 'opus' }, null],
  ['far too long', { ...config, more: 'x'.repeat(20_000) }, null],
])('config: %s', (_name, said, read) => {
  expect(readStreamConfig(bytes(said))).toEqual(read);
});

test.each<[string, unknown, unknown]>([
  [
    'waiting',
    { event: 'waiting', code: 'source-queued', params: { place: 2 } },
    { event: 'waiting', code: 'source-queued', params: { place: 2 } },
  ],
  [
    'a reason of a later version',
    { event: 'waiting', code: 'moon', params: null },
    { event: 'waiting', code: 'source-failed', params: {} },
  ],
  [
    'a reason that objects have',
    { event: 'ended', code: 'toString' },
    { event: 'ended', code: 'source-failed', params: {}, ticketKept: false },
  ],
  [
    'ended',
    { event: 'ended', code: 'playback-ended', params: {}, ticketKept: true },
    { event: 'ended', code: 'playback-ended', params: {}, ticketKept: true },
  ],
  [
    'parameters that are none',
    { event: 'refused', code: 'malformed', params: { a: {} } },
    { event: 'refused', code: 'malformed', params: {} },
  ],
  ['thinned', { event: 'thinned', code: 'line-too-slow' }, { event: 'thinned', code: 'line-too-slow' }],
  ['not thinned', { event: 'thinned', code: null }, { event: 'thinned', code: null }],
  ['thinned for another reason', { event: 'thinned', code: 'malformed' }, null],
  ['something else', { event: 'dance' }, null],
  ['nothing', '', null],
])('event: %s', (_name, said, read) => {
  expect(readWallEvent(bytes(said))).toEqual(read);
});

test('anything else never throws', () => {
  const holds = fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytes)), (payload) => {
    readStreamConfig(payload);
    readWallEvent(payload);
  });
  expect(fc.check(holds, { seed: 28181, numRuns: 1000 }).counterexample).toBeNull();
});
