import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRecords, encodeRecords, maxPayloadBytes, recordBytes, type WallRecord } from './wall-record.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const wireBytes = (wire: string) => Uint8Array.from(Buffer.from(wire.replaceAll(' ', ''), 'hex'));

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const messages: readonly (readonly [name: string, wire: string, records: readonly WallRecord[]])[] = [
  ['nothing', '', []],
  [
    'a key picture, padded to a multiple of four',
    '05000000 07000000 00 01 01 01 2a000000 40420f0000000000 00e0c2c0c0e60600 0102030405 000000',
    [
      {
        subscription: 7,
        type: 0,
        flags: 1,
        codec: 1,
        sequence: 42,
        ptsUs: 1_000_000,
        receivedAtUs: 0x6e6c0_c0c2e000,
        payload: Uint8Array.of(1, 2, 3, 4, 5),
      },
    ],
  ],
  [
    'the largest numbers, and a time before the clock began',
    '00000000 ffffffff 02 ff 12 01 ffffffff ffffffffffffffff 0000000000002000',
    [
      {
        subscription: 0xffff_ffff,
        type: 2,
        flags: 255,
        codec: 18,
        sequence: 0xffff_ffff,
        ptsUs: -1,
        receivedAtUs: 2 ** 53,
        payload: new Uint8Array(),
      },
    ],
  ],
  [
    'an event and a config in one message',
    `02000000 01000000 03 00 00 01 00000000 0000000000000000 0000000000000000 7b7d 0000
     04000000 02000000 01 00 02 01 00000000 0000000000000000 0000000000000000 7b7d0a0a`,
    [
      { subscription: 1, type: 3, flags: 0, codec: 0, sequence: 0, ptsUs: 0, receivedAtUs: 0, payload: Uint8Array.of(0x7b, 0x7d) },
      { subscription: 2, type: 1, flags: 0, codec: 2, sequence: 0, ptsUs: 0, receivedAtUs: 0, payload: Uint8Array.of(0x7b, 0x7d, 10, 10) },
    ],
  ],
].map(([name, wire, records]) => [name, (wire as string).replaceAll(/\s/g, ''), records] as [string, string, WallRecord[]]);

describe('records', () => {
  test.each(messages)('%s', (_name, wire, records) => {
    expect(hex(encodeRecords(records))).toBe(wire);
    expect(decodeRecords(wireBytes(wire))).toEqual({ ok: true, value: records });
    expect(wire.length / 2).toBe(records.reduce((sum, { payload }) => sum + recordBytes(payload.length), 0));
  });

  test('are read from the middle of a larger buffer, sharing its bytes', () => {
    const [, wire, records] = messages[1]!;
    const large = new Uint8Array(200);
    large.set(wireBytes(wire), 12);
    const read = decodeRecords(large.subarray(12, 12 + wire.length / 2));
    expect(read).toEqual({ ok: true, value: records });
    expect(read.ok && read.value[0]!.payload.buffer).toBe(large.buffer);
  });

  test('cut anywhere but between two: truncated, and nothing of it counts', () => {
    const whole = wireBytes(messages[3]![1]);
    for (let length = 1; length < whole.length; length++)
      expect(decodeRecords(whole.subarray(0, length))).toEqual(
        length === recordBytes(2) ? expect.objectContaining({ ok: true }) : { ok: false, error: 'truncated' },
      );
  });

  const head = (change: Readonly<Record<number, number>>, length = 0) => {
    const bytes = wireBytes('00000000 01000000 00 00 01 01 00000000 0000000000000000 0000000000000000');
    new DataView(bytes.buffer).setUint32(0, length, true);
    for (const [at, value] of Object.entries(change)) bytes[Number(at)] = value;
    return bytes;
  };
  test.each([
    ['another version', head({ 11: 2 }), 'version'],
    ['a length beyond the message', head({}, 1), 'truncated'],
    ['a length beyond all bounds', head({}, maxPayloadBytes + 1), 'too-long'],
    ['a length that would wrap', head({}, 0xffff_ffff), 'too-long'],
    ['a type that is none', head({ 8: 6 }), 'type-unknown'],
    ['a codec that is none', head({ 10: 3 }), 'codec-unknown'],
  ])('%s is refused', (_name, bytes, fault) => {
    expect(decodeRecords(bytes)).toEqual({ ok: false, error: fault });
  });

  test('any bytes, and any damage to a good message: never throws, and what is read encodes to the same bytes', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...messages.map(([, wire]) => wireBytes(wire))), fc.nat(80), fc.nat(255), fc.nat(40))
      .map(([good, at, value, cut]) => {
        const bytes = good.slice(0, Math.max(0, good.length - (cut > 30 ? cut - 30 : 0)));
        if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    const holds = fc.property(fc.oneof(fc.uint8Array({ maxLength: 128 }), damaged), (bytes) => {
      const read = decodeRecords(bytes);
      if (!read.ok) return true;
      const again = encodeRecords(read.value);
      if (again.length !== bytes.length) return false;
      // Padding is zero when we write it, and not looked at when we read it; times beyond 2^53 are not exact.
      const same = decodeRecords(again);
      return (
        same.ok &&
        same.value.every((one, i) => hex(one.payload) === hex(read.value[i]!.payload) && one.sequence === read.value[i]!.sequence)
      );
    });
    expect(fc.check(holds, { seed: 28181, numRuns: 3000 }).counterexample).toBeNull();
  });
});
