import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHevcConfig } from './hevc-config.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const head = '01 01 60000000 900000000000 5d f000 fc fd f8 f8 0000 0f';
const config = hex(`${head} 04 a0 0001 0004 40010c01 a1 0001 0005 4201010160 a2 0001 0004 4401c172 27 0001 0003 4e0105`);

describe('the configuration record', () => {
  it('gives length size and parameter sets, and leaves out what is no parameter set', () => {
    const read = parseHevcConfig(config);
    if (!read.ok) throw new Error(read.error);
    expect(read.value.lengthSize).toBe(4);
    expect(read.value.parameterSets.map((nal) => Buffer.from(nal).toString('hex'))).toEqual(['40010c01', '4201010160', '4401c172']);
  });

  it('refuses every shorter one, another version and a length size of three', () => {
    for (let end = 0; end < config.length; end += 1)
      expect(parseHevcConfig(config.subarray(0, end)), `${end} bytes`).toEqual({ ok: false, error: 'truncated' });
    const patched = (at: number, byte: number) => config.map((old, i) => (i === at ? byte : old));
    expect(parseHevcConfig(patched(0, 2))).toEqual({ ok: false, error: 'out-of-range' });
    expect(parseHevcConfig(patched(21, 0x0e))).toEqual({ ok: false, error: 'out-of-range' });
    expect(parseHevcConfig(patched(0, 0)).ok, 'written before the standard was out').toBe(true);
  });

  it('does not count to 65,535 empty units', () => {
    const record = new Uint8Array(23 + 3 + 2 * 65_535);
    record.set(hex(`${head} 01 a0 ffff`));
    expect(parseHevcConfig(record)).toEqual({ ok: false, error: 'out-of-range' });
  });

  it('never throws', () => {
    const wire = fc
      .tuple(fc.nat(config.length), fc.uint8Array({ maxLength: 24 }), fc.nat(config.length))
      .map(([cut, rest, skip]) => Uint8Array.of(...config.subarray(0, cut), ...rest, ...config.subarray(skip)));
    fc.assert(
      fc.property(fc.oneof(wire, fc.uint8Array({ maxLength: 64 })), (bytes) => {
        const read = parseHevcConfig(bytes);
        if (read.ok) expect(read.value.parameterSets.reduce((sum, nal) => sum + nal.length, 0)).toBeLessThanOrEqual(bytes.length);
      }),
      { seed: 33, numRuns: 2000 },
    );
  });
});
