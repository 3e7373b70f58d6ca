import { describe, expect, it } from 'vitest';
import { RbspReader } from './rbsp-reader.ts';

/** A NAL unit whose payload is these bits. */
const nal = (bits: string) => {
  const padded = bits.replaceAll(' ', '').padEnd(Math.ceil(bits.replaceAll(' ', '').length / 8) * 8, '0');
  return Uint8Array.from([0x67, ...(padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))]);
};

describe('reading syntax elements', () => {
  // table 9-2 and table 9-3
  it.each([
    ['1', 0, 0],
    ['010', 1, 1],
    ['011', 2, -1],
    ['00100', 3, 2],
    ['00111', 6, -3],
    ['0001000', 7, 4],
    ['000010001', 16, -8],
  ])('%s is ue %i and se %i', (bits, ue, se) => {
    expect(new RbspReader(nal(bits), 100).ue()).toBe(ue);
    expect(new RbspReader(nal(bits), 100).se()).toBeCloseTo(se);
  });

  it('reads the largest code and no larger one', () => {
    const largest = new RbspReader(nal(`${'0'.repeat(31)}1${'1'.repeat(31)}`), 100);
    expect([largest.ue(), largest.overrun]).toEqual([2 ** 32 - 2, false]);
    const endless = new RbspReader(nal('0'.repeat(80)), 100);
    expect([endless.ue(), endless.overrun]).toEqual([0, true]);
  });

  it('leaves out emulation prevention bytes, and only those', () => {
    const r = new RbspReader(Uint8Array.of(0x67, 0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3, 9), 100);
    expect(Array.from({ length: 9 }, () => r.bits(8))).toEqual([0, 0, 1, 0, 0, 0, 0, 3, 9]);
    expect(r.overrun).toBe(false);
  });

  it('says when it read past the end or the limit', () => {
    const r = new RbspReader(Uint8Array.of(0x67, 1, 2, 3), 2);
    expect([r.bits(16), r.overrun, r.bits(1), r.overrun]).toEqual([0x0102, false, 0, true]);
  });
});
