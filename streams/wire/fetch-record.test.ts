import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../main/contract/errors.ts';
import { decodeAsk, decodeRecord, encodeAsk, encodeRecord, encodeRecordHead, type FetchAsk, type FetchRecord } from './fetch-record.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const ascii = (text: string) => hex(Buffer.from(text));

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const records: readonly (readonly [name: string, wire: string, record: FetchRecord])[] = [
  [
    'a part',
    `01 00000007 00c8 09 ${ascii('video/mp4')} 00 0102ff`,
    { id: 7, status: 200, contentType: 'video/mp4', problem: null, body: Uint8Array.of(1, 2, 255) },
  ],
  ['nothing at all', '01 ffffffff 00cc 00 00', { id: 0xffff_ffff, status: 204, contentType: '', problem: null, body: new Uint8Array() }],
  [
    'an ended playback',
    `01 00000001 019a 10 ${ascii('application/json')} 0e ${ascii('playback-ended')} 7b7d`,
    { id: 1, status: 410, contentType: 'application/json', problem: 'playback-ended', body: Uint8Array.of(0x7b, 0x7d) },
  ],
];
const wireBytes = (wire: string) => Uint8Array.from(Buffer.from(wire.replaceAll(' ', ''), 'hex'));

describe('record', () => {
  test.each(records)('%s', (_name, wire, record) => {
    expect(hex(encodeRecord(record))).toBe(wire.replaceAll(' ', ''));
    expect(hex(encodeRecordHead(record)) + hex(record.body)).toBe(wire.replaceAll(' ', ''));
    expect(decodeRecord(wireBytes(wire))).toEqual({ ok: true, value: record });
  });

  test('is read from the middle of a larger buffer, sharing its bytes', () => {
    const [, wire, record] = records[0]!;
    const large = new Uint8Array(100);
    large.set(wireBytes(wire), 10);
    const read = decodeRecord(large.subarray(10, 10 + wireBytes(wire).length));
    expect(read).toEqual({ ok: true, value: record });
    expect(read.ok && read.value.body.buffer).toBe(large.buffer);
  });

  test.each([
    ['', 'truncated'],
    ['02 00000001 00c8 00 00', 'version'],
    ['01 00000001 00c8 05 616263', 'truncated'],
    ['01 00000001 00c8 02 0a61 00', 'not-ascii'],
    [`01 00000001 00c8 00 05 ${ascii('never')}`, 'problem-unknown'],
    [`01 00000001 00c8 00 08 ${ascii('toString')}`, 'problem-unknown'],
  ] as const)('%s is refused: %s', (wire, fault) => {
    expect(decodeRecord(wireBytes(wire))).toEqual({ ok: false, error: fault });
  });

  test('a text that cannot be sent is a bug and throws', () => {
    const plain = { id: 1, status: 200, problem: null, body: new Uint8Array() };
    expect(() => encodeRecord({ ...plain, contentType: 'a\r\nb' })).toThrow(RangeError);
    expect(() => encodeRecord({ ...plain, contentType: 'x'.repeat(256) })).toThrow(RangeError);
    expect(() => encodeRecord({ ...plain, contentType: '', problem: '视频' as ErrorCode })).toThrow(RangeError);
  });

  test('any bytes, and any damage to a good record: never throws, and what is read encodes to the same bytes', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...records.map(([, wire]) => wireBytes(wire))), fc.nat(40), fc.nat(255), fc.nat(40))
      .map(([good, at, value, cut]) => {
        const bytes = good.slice(0, Math.max(0, good.length - (cut > 30 ? cut - 30 : 0)));
        if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    const holds = fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), damaged), (bytes) => {
      const read = decodeRecord(bytes);
      return !read.ok || hex(encodeRecord(read.value)) === hex(bytes);
    });
    expect(fc.check(holds, { seed: 28181, numRuns: 3000 }).counterexample).toBeNull();
  });
});

const asks: readonly (readonly [string, FetchAsk])[] = [
  ['{"op":"get","id":1,"path":"/hls/open.m3u8?ticket=a.b"}', { op: 'get', id: 1, path: '/hls/open.m3u8?ticket=a.b' }],
  ['{"op":"cancel","id":4294967295}', { op: 'cancel', id: 4294967295 }],
];

describe('ask', () => {
  test.each(asks)('%s', (text, ask) => {
    expect(encodeAsk(ask)).toBe(text);
    expect(decodeAsk(text)).toEqual({ ok: true, value: ask });
  });

  test.each([
    ['', 'malformed'],
    ['null', 'malformed'],
    ['[]', 'malformed'],
    ['{"op":"get","id":1}', 'malformed'],
    ['{"op":"get","id":1,"path":"hls/x"}', 'malformed'],
    ['{"op":"get","id":-1,"path":"/"}', 'malformed'],
    ['{"op":"get","id":1.5,"path":"/"}', 'malformed'],
    ['{"op":"put","id":1,"path":"/"}', 'malformed'],
    [`{"op":"get","id":1,"path":"/${'a'.repeat(2048)}"}`, 'too-long'],
    ['['.repeat(20_000), 'too-long'],
  ] as const)('%.40s is refused: %s', (text, fault) => {
    expect(decodeAsk(text)).toEqual({ ok: false, error: fault });
  });

  test('any text never throws', () => {
    const nearly = fc.record({ op: fc.constantFrom('get', 'cancel', 'x', 1), id: fc.oneof(fc.integer(), fc.string()), path: fc.webPath() });
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      nearly.map((ask) => JSON.stringify(ask)),
    );
    const holds = fc.property(texts, (text) => {
      const read = decodeAsk(text);
      return !read.ok || isDeepStrictEqual(decodeAsk(encodeAsk(read.value)), read);
    });
    expect(fc.check(holds, { seed: 28181, numRuns: 500 }).counterexample).toBeNull();
  });
});
