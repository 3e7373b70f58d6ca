import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinNalUnits, splitNalUnits } from './annex-b.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const split = (bytes: Uint8Array) => splitNalUnits(bytes).map((nal) => Buffer.from(nal).toString('hex'));

/** Wire in, NAL units out; also what the fuzz starts from. */
const table: readonly (readonly [string, string, readonly string[]])[] = [
  ['nothing', '', []],
  ['no start code', '65 88 84 00 00', []],
  ['a start code alone', '00 00 01', []],
  ['three-byte start codes', '00 00 01 67 42 00 00 01 68 ce', ['6742', '68ce']],
  ['four-byte start codes', '00 00 00 01 67 42 00 00 00 01 68 ce', ['6742', '68ce']],
  ['garbage before the first', 'ff 00 00 00 00 01 09 f0', ['09f0']],
  ['trailing zeros', '00 00 01 65 88 00 00 00 00 00 00 01 41 9a 00', ['6588', '419a']],
  ['emulation prevention stays', '00 00 01 65 00 00 03 01 00 00 01 41', ['6500000301', '41']],
  ['empty units between', '00 00 01 00 00 01 00 00 01 41', ['41']],
  ['a start code cut off at the end', '00 00 01 41 9a 00 00', ['419a']],
  ['ones and zeros', '00 00 01 01 00 01 01 00 00 01 02', ['01000101', '02']],
];

describe('splitting a byte stream', () => {
  it.each(table)('%s', (_name, wire, nals) => {
    expect(split(hex(wire))).toEqual(nals);
  });

  it('gives views, not copies', () => {
    const bytes = hex('00 00 01 65 88 84');
    expect(splitNalUnits(bytes)[0]!.buffer).toBe(bytes.buffer);
  });

  it('finds again what was joined, at any offset of the start codes', () => {
    // A NAL unit has no three bytes 00 00 00…02 in a row and does not end in zero (7.4.1).
    const nal = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => bytes.map((byte) => (byte < 4 ? byte + 4 : byte)));
    fc.assert(
      fc.property(fc.array(nal, { maxLength: 12 }), (nals) => {
        expect(splitNalUnits(joinNalUnits(nals)).map((one) => Buffer.from(one))).toEqual(nals.map((one) => Buffer.from(one)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('never throws and never invents bytes', () => {
    const byte = fc.oneof(fc.constantFrom(0, 0, 0, 1, 1, 3), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 200 }), (bytes) => {
        const nals = splitNalUnits(Uint8Array.from(bytes));
        expect(nals.reduce((sum, nal) => sum + nal.length + 3, 0)).toBeLessThanOrEqual(bytes.length);
        for (const nal of nals) {
          expect(nal.length).toBeGreaterThan(0);
          expect(nal.at(-1)).not.toBe(0);
          expect(Buffer.from(nal).includes(Buffer.from([0, 0, 1]))).toBe(false);
        }
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});
