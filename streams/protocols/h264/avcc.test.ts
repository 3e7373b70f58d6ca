import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAvcConfig, splitAvccSample } from './avcc.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const config = hex('01 4d 40 16 ff e1 0006 674d4016eca0 01 0004 68ee3cb0');

describe('the configuration record', () => {
  it('gives length size and parameter sets', () => {
    const read = parseAvcConfig(config);
    if (!read.ok) throw new Error(read.error);
    expect(read.value.lengthSize).toBe(4);
    expect(read.value.sps.map((nal) => Buffer.from(nal).toString('hex'))).toEqual(['674d4016eca0']);
    expect(read.value.pps.map((nal) => Buffer.from(nal).toString('hex'))).toEqual(['68ee3cb0']);
  });

  it('refuses every shorter one, another version and a length size of three', () => {
    for (let end = 0; end < config.length; end += 1)
      expect(parseAvcConfig(config.subarray(0, end)), `${end} bytes`).toEqual({ ok: false, error: 'truncated' });
    expect(parseAvcConfig(hex(`02${Buffer.from(config.subarray(1)).toString('hex')}`))).toEqual({ ok: false, error: 'out-of-range' });
    expect(parseAvcConfig(hex('01 4d 40 16 fe e1 0001 67 01 0001 68'))).toEqual({ ok: false, error: 'out-of-range' });
  });
});

describe('length-prefixed samples', () => {
  const table: readonly (readonly [string, string, 1 | 2 | 4, readonly string[] | 'truncated'])[] = [
    ['nothing', '', 4, []],
    ['two units', '00000002 6588 00000001 41', 4, ['6588', '41']],
    ['two-byte lengths', '0002 6588 0001 41', 2, ['6588', '41']],
    ['one-byte lengths', '02 6588 01 41', 1, ['6588', '41']],
    ['an empty unit', '00000000 00000001 41', 4, ['41']],
    ['half a length', '00000001 41 0000', 4, 'truncated'],
    ['a length beyond the end', '00000003 6588', 4, 'truncated'],
    ['a giant length', 'ffffffff 6588', 4, 'truncated'],
  ];
  it.each(table)('%s', (_name, wire, size, expected) => {
    const read = splitAvccSample(hex(wire), size);
    expect(read.ok ? read.value.map((nal) => Buffer.from(nal).toString('hex')) : read.error).toEqual(expected);
  });

  it('never throws and never reads beyond', () => {
    const size = fc.constantFrom(1 as const, 2 as const, 4 as const);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), size, (bytes, lengthSize) => {
        const read = splitAvccSample(bytes, lengthSize);
        if (read.ok) expect(read.value.reduce((sum, nal) => sum + nal.length, 0)).toBeLessThanOrEqual(bytes.length);
        parseAvcConfig(bytes);
      }),
      { seed: 4, numRuns: 2000 },
    );
  });
});
