import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annexBOf, eachNal } from './length-prefixed.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const nalsOf = (bytes: Uint8Array, lengthSize: 1 | 2 | 4) => {
  const nals: string[] = [];
  const isWhole = eachNal({ bytes, lengthSize }, (from, to) => void nals.push(text(bytes.subarray(from, to))));
  return isWhole ? nals : 'beyond the end';
};

/** Sample, size of its lengths, NAL units; also what the fuzz starts from. */
const table: readonly (readonly [string, string, 1 | 2 | 4, readonly string[] | 'beyond the end'])[] = [
  ['nothing', '', 4, []],
  ['two units', '00000002 6588 00000001 41', 4, ['6588', '41']],
  ['two-byte lengths', '0002 6588 0001 41', 2, ['6588', '41']],
  ['one-byte lengths', '02 6588 01 41', 1, ['6588', '41']],
  ['an empty unit', '00000000 00000001 41', 4, ['41']],
  ['half a length', '00000001 41 0000', 4, 'beyond the end'],
  ['a length beyond the end', '00000003 6588', 4, 'beyond the end'],
  ['a length of 4 GB', 'ffffffff 6588', 4, 'beyond the end'],
];

describe('NAL units with their lengths in front', () => {
  it.each(table)('%s', (_name, wire, lengthSize, nals) => {
    expect(nalsOf(hex(wire), lengthSize)).toEqual(nals);
  });

  it('become a byte stream, after what is to come before, without those that are not kept', () => {
    const sample = { bytes: hex('02 6588 02 09f0 01 41'), lengthSize: 1 } as const;
    expect(text(annexBOf([hex('6742')], sample, (header) => header !== 0x09))).toBe('0000000167420000000165880000000141');
  });

  it('never lead beyond the end', () => {
    const wire = fc
      .tuple(fc.constantFrom(...table.map(([, bytes]) => hex(bytes))), fc.nat(12), fc.uint8Array({ maxLength: 12 }))
      .map(([start, cut, rest]) => Uint8Array.of(...start.subarray(0, cut), ...rest));
    fc.assert(
      fc.property(
        fc.oneof(wire, fc.uint8Array({ maxLength: 40 })),
        fc.constantFrom(1 as const, 2 as const, 4 as const),
        (bytes, lengthSize) => {
          let sum = 0;
          const isWhole = eachNal({ bytes, lengthSize }, (from, to) => {
            expect(from).toBeLessThan(to);
            expect(to).toBeLessThanOrEqual(bytes.length);
            sum += lengthSize + to - from;
          });
          expect(sum).toBeLessThanOrEqual(bytes.length);
          if (isWhole) expect(annexBOf([], { bytes, lengthSize }, () => true).length).toBeLessThanOrEqual(bytes.length * 4);
        },
      ),
      { seed: 37, numRuns: 2000 },
    );
  });
});
