import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoxWriter } from './box-writer.ts';
import { writeMediaPart, type PartSample } from './media-part.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const sample = (annexB: string, dts = 0, pts = dts, key = false): PartSample => ({ annexB: hex(annexB), dts, pts, key });

interface Read {
  readonly time: number;
  readonly samples: { readonly duration: number; readonly flags: number; readonly offset: number; readonly bytes: string }[];
}

/** Reads a part back as ISO/IEC 14496-12 describes it, checking every size on the way. */
function read(part: Uint8Array): Read {
  const bytes = Buffer.from(part);
  const moof = bytes.readUInt32BE(0);
  expect(bytes.toString('latin1', 4, 8)).toBe('moof');
  expect(moof + bytes.readUInt32BE(moof)).toBe(bytes.length);
  expect(bytes.toString('latin1', moof + 4, moof + 8)).toBe('mdat');
  expect(bytes.readUInt32BE(24)).toBe(moof - 24);
  const trun = bytes.indexOf('trun') - 4;
  expect(trun + bytes.readUInt32BE(trun)).toBe(moof);
  const count = bytes.readUInt32BE(trun + 12);
  let at = bytes.readInt32BE(trun + 16);
  expect(at).toBe(moof + 8);
  const samples = Array.from({ length: count }, (_, i) => {
    const row = trun + 20 + i * 16;
    const size = bytes.readUInt32BE(row + 4);
    const content = bytes.toString('hex', at, at + size);
    at += size;
    return { duration: bytes.readUInt32BE(row), flags: bytes.readUInt32BE(row + 8), offset: bytes.readInt32BE(row + 12), bytes: content };
  });
  expect(at).toBe(bytes.length);
  return { time: Number(bytes.readBigUInt64BE(bytes.indexOf('tfdt') + 8)), samples };
}

describe('a part', () => {
  it('holds times, marks and length-prefixed pictures', () => {
    const part = writeMediaPart(
      'h264',
      7,
      [
        sample('00000001 09f0 00000001 674d 00000001 68ee 000001 6588', 5_000_000_000, 5_000_012_000, true),
        sample('000001 419a 00000001 419b00', 5_000_006_000, 5_000_003_000),
      ],
      5_000_013_000,
    );
    expect(Buffer.from(part).readUInt32BE(20)).toBe(7);
    expect(read(part)).toEqual({
      time: 5_000_000_000,
      samples: [
        { duration: 6000, flags: 0x2000000, offset: 12_000, bytes: '000000026588' },
        { duration: 7000, flags: 0x1010000, offset: -3000, bytes: '00000002419a00000002419b' },
      ],
    });
  });

  const table: readonly (readonly [string, string, string])[] = [
    ['nothing', '', ''],
    ['no start code', '6588', ''],
    ['a start code alone', '000001', ''],
    ['garbage before the first', 'ffff 000001 6588', '000000026588'],
    ['emulation prevention', '000001 65000003 01', '000000056500000301'],
    ['trailing zeros', '000001 6588 000000', '000000026588'],
    ['filler and SEI', '000001 0cffff80 000001 0605ff', '000000030605ff'],
  ];
  it.each(table)('of %s', (_name, wire, stored) => {
    expect(read(writeMediaPart('h264', 1, [sample(wire)], 1)).samples[0]!.bytes).toBe(stored);
  });

  it('is consistent whatever the bytes are', () => {
    const byte = fc.oneof(fc.constantFrom(0, 0, 0, 1, 0x65), fc.nat(255));
    const bytes = fc.array(byte, { maxLength: 120 }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), (all) => {
        const samples = all.map((annexB, i): PartSample => ({ annexB, dts: i, pts: i, key: false }));
        const part = read(writeMediaPart('h264', 1, samples, samples.length));
        expect(part.samples).toHaveLength(samples.length);
        // four-byte lengths instead of start codes of at least three
        part.samples.forEach((one, i) => expect(one.bytes.length / 2).toBeLessThanOrEqual((all[i]!.length * 4) / 3 + 1));
      }),
      { seed: 6, numRuns: 800 },
    );
  });
});

describe('the box writer', () => {
  it('refuses to give out memory that was not written', () => {
    const out = new BoxWriter(8);
    out.u32(1);
    expect(() => out.finish()).toThrow('measured 8 bytes, wrote 4');
    out.u32(2);
    expect(out.finish()).toEqual(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2));
  });
});
