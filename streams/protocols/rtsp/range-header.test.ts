import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRange, encodeRange, type NptRange } from './range-header.ts';

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const table: readonly (readonly [wire: string, range: NptRange])[] = [
  ['npt=0.000-', { from: 0, to: null }],
  ['npt=now-', { from: 'now', to: null }],
  ['npt=12.500-63.250', { from: 12.5, to: 63.25 }],
];

describe('Range', () => {
  it.each(table)('%s', (wire, range) => {
    expect(decodeRange(wire)).toEqual({ ok: true, value: range });
    expect(encodeRange(range)).toBe(wire);
  });

  it.each([
    ['npt=1:02:03.5-', { from: 3723.5, to: null }],
    [' NPT = 0 - 5;time=19970123T143720Z', { from: 0, to: 5 }],
    ['npt=-20', { from: 0, to: 20 }],
  ])('tolerates %s', (wire, range) => {
    expect(decodeRange(wire)).toEqual({ ok: true, value: range });
  });

  it.each([
    ['clock=19961108T142300Z-', 'unit-unsupported'],
    ['smpte=0:10:20-', 'unit-unsupported'],
    ['', 'malformed'],
    ['npt=', 'malformed'],
    ['npt=-', 'malformed'],
    ['npt=1:99:00-', 'malformed'],
    ['npt=1.2.3-', 'malformed'],
    ['npt=soon-', 'malformed'],
  ])('%j: %s', (wire, error) => {
    expect(decodeRange(wire)).toEqual({ ok: false, error });
  });

  it('never throws, and writes what it read', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...table.map(([wire]) => wire)), fc.nat(20), fc.string({ maxLength: 3 }))
      .map(([wire, at, text]) => wire.slice(0, at) + text + wire.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged), (wire) => {
        const read = decodeRange(wire);
        if (read.ok) expect(decodeRange(encodeRange(read.value)).ok).toBe(true);
      }),
      { seed: 1229, numRuns: 2000 },
    );
  });
});
