import { describe, expect, it } from 'vitest';
import { parseHevcConfig } from '../flv/hevc-config.ts';
import { encodeHevcConfig } from './hvcc.ts';
import { parseSps } from './sps.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const vps = hex('40010c01ffff01600000030090000003000003003fa0240');
const pps = hex('4401c073c189');

/** What ffmpeg writes for the same parameter sets, up to the number of arrays. */
const table: readonly (readonly [string, string, string])[] = [
  [
    '640 × 360',
    '42010101600000030090000003000003003fa005020171f2e5ba4a4c2f0168080000030008000003007840',
    '0101600000009000000000003ff000fcfdf8f800000f',
  ],
  [
    '1920 × 1080',
    '420101016000000300900000030000030078a003c0801107cb965654a4c2f0168080000003008000000c84',
    '01016000000090000000000078f000fcfdf8f800000f',
  ],
];

describe('the configuration record of H.265', () => {
  it.each(table)('%s: says what ffmpeg says, and its parameter sets can be read back', (_name, spsHex, head) => {
    const sps = hex(spsHex);
    const info = parseSps(sps);
    if (!info.ok) throw new Error(info.error);
    const record = encodeHevcConfig({ info: info.value, vps: [vps], sps: [sps], pps: [pps, pps] });
    expect(Buffer.from(record.subarray(0, 22)).toString('hex')).toBe(head);
    expect(parseHevcConfig(record)).toEqual({ ok: true, value: { lengthSize: 4, parameterSets: [vps, sps, pps, pps] } });
    // array_completeness: hvc1 has none in band
    expect([record[23], record[26 + 2 + vps.length]]).toEqual([0xa0, 0xa1]);
  });

  it('says ten bits and other chroma formats', () => {
    const of = (spsHex: string) => {
      const info = parseSps(hex(spsHex));
      if (!info.ok) throw new Error(info.error);
      return [...encodeHevcConfig({ info: info.value, vps: [vps], sps: [hex(spsHex)], pps: [pps] }).subarray(16, 19)];
    };
    expect(of('42010102200000030090000003000003003ca00b080484d96564924caf01680800001f480003a98040')).toEqual([0xfd, 0xfa, 0xfa]);
    expect(of('4201010408000003009e0800000300003c9001410183e372dd25261780b4040000030004000003005020')).toEqual([0xff, 0xf8, 0xf8]);
  });
});
