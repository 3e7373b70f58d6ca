import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../contract.ts';
import { decodeUnit, encodeUnit, maxRecordBytes, maxUnitBytes, type UnitRecord } from './unit-record.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const wireBytes = (wire: string) => Uint8Array.from(Buffer.from(wire.replaceAll(' ', ''), 'hex'));
const plain: AccessUnit = {
  codec: 'h264',
  annexB: Uint8Array.of(0, 0, 1, 0x65),
  ptsUs: 0,
  dtsUs: 0,
  receivedAtMs: 0,
  key: false,
  discontinuity: false,
  corrupt: false,
};

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const records: readonly (readonly [name: string, wire: string, record: UnitRecord])[] = [
  [
    'a key picture',
    '01 00 01 00 00000007 41678c2900000000 4166e36000000000 4269390e0e616000 00000165',
    { stream: 7, unit: { ...plain, ptsUs: 12345672, dtsUs: 12000000, receivedAtMs: 866651239179, key: true } },
  ],
  [
    'H.265 after a break',
    '01 01 02 00 ffffffff 0000000000000000 0000000000000000 0000000000000000 00000165',
    { stream: 0xffff_ffff, unit: { ...plain, codec: 'h265', discontinuity: true } },
  ],
  [
    'a damaged one before the beginning of time',
    '01 00 04 00 00000001 bff0000000000000 c08f400000000000 3ff0000000000000 00000165',
    { stream: 1, unit: { ...plain, ptsUs: -1, dtsUs: -1000, receivedAtMs: 1, corrupt: true } },
  ],
  [
    'AAC',
    '01 02 01 00 00000002 3ff0000000000000 3ff0000000000000 3ff0000000000000 fff1',
    { stream: 2, unit: { ...plain, codec: 'aac', annexB: Uint8Array.of(0xff, 0xf1), ptsUs: 1, dtsUs: 1, receivedAtMs: 1, key: true } },
  ],
  [
    'A-law',
    '01 03 00 00 00000003 0000000000000000 0000000000000000 0000000000000000 d5',
    { stream: 3, unit: { ...plain, codec: 'pcma', annexB: Uint8Array.of(0xd5) } },
  ],
  [
    'mu-law, everything said',
    '01 04 07 00 00000004 0000000000000000 0000000000000000 0000000000000000 ff',
    { stream: 4, unit: { ...plain, codec: 'pcmu', annexB: Uint8Array.of(0xff), key: true, discontinuity: true, corrupt: true } },
  ],
];

describe('unit record', () => {
  test.each(records)('%s', (_name, wire, record) => {
    expect(hex(encodeUnit(record))).toBe(wire.replaceAll(' ', ''));
    expect(decodeUnit(wireBytes(wire))).toEqual({ ok: true, value: record });
  });

  test('is read from the middle of a larger buffer, and does not keep it', () => {
    const [, wire, record] = records[0]!;
    const large = Buffer.alloc(100);
    large.set(wireBytes(wire), 10);
    const read = decodeUnit(large.subarray(10, 10 + wireBytes(wire).length));
    expect(read).toEqual({ ok: true, value: record });
    expect(read.ok && read.value.unit.annexB.buffer.byteLength).toBe(4);
  });

  const times = '0000000000000000'.repeat(2);
  test.each([
    ['', 'truncated'],
    [`01 00 00 00 00000001 ${times} 0000000000000000`, 'truncated'],
    [`02 00 00 00 00000001 ${times} 0000000000000000 01`, 'version'],
    [`01 05 00 00 00000001 ${times} 0000000000000000 01`, 'codec'],
    [`01 00 08 00 00000001 ${times} 0000000000000000 01`, 'flags'],
    [`01 00 00 01 00000001 ${times} 0000000000000000 01`, 'flags'],
    [`01 00 00 00 00000001 ${times} 7ff8000000000000 01`, 'time'],
    [`01 00 00 00 00000001 ${times} 7ff0000000000000 01`, 'time'],
    [`01 00 00 00 00000001 ${times} 3fe0000000000000 01`, 'time'],
    [`01 00 00 00 00000001 ${times} 8000000000000000 01`, 'time'],
  ] as const)('%s is refused: %s', (wire, fault) => {
    expect(decodeUnit(wireBytes(wire))).toEqual({ ok: false, error: fault });
  });

  test('one byte too long is refused, before it is copied', () => {
    expect(decodeUnit(new Uint8Array(maxRecordBytes + 1))).toEqual({ ok: false, error: 'too-long' });
  });

  test('a unit that cannot travel is a bug and throws; a fraction of a time is rounded', () => {
    expect(() => encodeUnit({ stream: 1, unit: { ...plain, annexB: new Uint8Array() } })).toThrow(RangeError);
    expect(() => encodeUnit({ stream: 1, unit: { ...plain, annexB: new Uint8Array(maxUnitBytes + 1) } })).toThrow(RangeError);
    expect(() => encodeUnit({ stream: 1, unit: { ...plain, ptsUs: Number.NaN } })).toThrow(RangeError);
    const read = decodeUnit(encodeUnit({ stream: 1, unit: { ...plain, ptsUs: 33_366.7, dtsUs: -0.2 } }));
    expect(read).toEqual({ ok: true, value: { stream: 1, unit: { ...plain, ptsUs: 33_367, dtsUs: 0 } } });
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
      const read = decodeUnit(bytes);
      return !read.ok || hex(encodeUnit(read.value)) === hex(bytes);
    });
    expect(fc.check(holds, { seed: 28181, numRuns: 3000 }).counterexample).toBeNull();
  });
});
