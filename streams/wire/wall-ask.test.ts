import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeWallAsk, maxAskBytes, type WallAsk } from './wall-ask.ts';

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const asks: readonly (readonly [string, WallAsk])[] = [
  [
    '{"op":"sub","id":1,"ticket":"a.b","mode":"full","format":"annexb","audio":false}',
    { op: 'sub', id: 1, ticket: 'a.b', mode: 'full', format: 'annexb', audio: false },
  ],
  [
    '{"op":"sub","id":4294967295,"ticket":"","mode":"off","format":"fmp4","audio":true,"rank":-3}',
    { op: 'sub', id: 0xffff_ffff, ticket: '', mode: 'off', format: 'fmp4', audio: true, rank: -3 },
  ],
  ['{"op":"set","id":0,"mode":"key","audio":true}', { op: 'set', id: 0, mode: 'key', audio: true }],
  ['{"op":"set","id":0,"mode":"full","audio":false,"rank":7}', { op: 'set', id: 0, mode: 'full', audio: false, rank: 7 }],
  ['{"op":"unsub","id":9}', { op: 'unsub', id: 9 }],
  ['{"op":"credit","bytes":9007199254740991}', { op: 'credit', bytes: 9007199254740991 }],
];

describe('ask', () => {
  test.each(asks)('%s', (text, ask) => {
    expect(decodeWallAsk(text)).toEqual({ ok: true, value: ask });
    expect(JSON.stringify(ask)).toBe(text);
  });

  test.each([
    '',
    'null',
    '7',
    '[]',
    '{"op":"get","id":1}',
    '{"op":"unsub"}',
    '{"op":"unsub","id":-1}',
    '{"op":"unsub","id":1.5}',
    '{"op":"unsub","id":4294967296}',
    '{"op":"unsub","id":"1"}',
    '{"op":"credit"}',
    '{"op":"credit","bytes":-1}',
    '{"op":"credit","bytes":1e300}',
    '{"op":"set","id":1,"mode":"half","audio":true}',
    '{"op":"set","id":1,"mode":"key"}',
    '{"op":"set","id":1,"mode":"toString","audio":true}',
    '{"op":"set","id":1,"mode":"key","audio":true,"rank":0.5}',
    '{"op":"set","id":1,"mode":"key","audio":true,"rank":null}',
    '{"op":"sub","id":1,"mode":"full","format":"annexb","audio":false}',
    '{"op":"sub","id":1,"ticket":"a","mode":"full","format":"webm","audio":false}',
    `{"op":"sub","id":1,"ticket":"${'a'.repeat(1025)}","mode":"full","format":"annexb","audio":false}`,
  ])('%s is malformed', (text) => {
    expect(decodeWallAsk(text)).toEqual({ ok: false, error: 'malformed' });
  });

  test('what is too long is not even looked at', () => {
    expect(decodeWallAsk(' '.repeat(maxAskBytes + 1))).toEqual({ ok: false, error: 'too-long' });
  });

  test('any text, and any damage to a good one: never throws, and what is read says the same again', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...asks.map(([text]) => text)), fc.nat(90), fc.string({ maxLength: 3 }), fc.nat(4))
      .map(([text, at, put, cut]) => text.slice(0, at) + put + text.slice(at + cut));
    const holds = fc.property(fc.oneof(fc.string({ maxLength: 100 }), fc.json(), damaged), (text) => {
      const read = decodeWallAsk(text);
      if (!read.ok) return true;
      const again = decodeWallAsk(JSON.stringify(read.value));
      return again.ok && JSON.stringify(again.value) === JSON.stringify(read.value);
    });
    expect(fc.check(holds, { seed: 28181, numRuns: 2000 }).counterexample).toBeNull();
  });
});
