import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecStringOf, parseSps } from './sps.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

/** Parameter sets as x265 writes them: bytes, codec string, width, height, frame rate, reorder depth, chroma format, bit depth. */
const table: readonly (readonly [string, string, string, number, number, number | null, number, number, number])[] = [
  [
    'main, cropped height',
    '42010101600000030090000003000003003fa005020171f2e5ba4a4c2f0168080000030008000003007840',
    'hvc1.1.6.L63.90',
    640,
    360,
    15,
    0,
    1,
    8,
  ],
  [
    'cropped 1088, a pyramid of B pictures',
    '420101016000000300900000030000030078a003c0801107cb965654a4c2f0168080000003008000000c84',
    'hvc1.1.6.L120.90',
    1920,
    1080,
    25,
    2,
    1,
    8,
  ],
  [
    'ten bits',
    '42010102200000030090000003000003003ca00b080484d96564924caf01680800001f480003a98040',
    'hvc1.2.4.L60.90',
    352,
    288,
    30_000 / 1001,
    2,
    1,
    10,
  ],
  [
    '4:2:2, odd crop',
    '4201010408000003009d0800000300003cb00a880c1c445e5ba4a4c2f016808000000301000003000c84',
    'hvc1.4.10.L60.9D.8',
    322,
    182,
    12.5,
    0,
    2,
    8,
  ],
  [
    '4:4:4',
    '4201010408000003009e0800000300003c9001410183e372dd25261780b4040000030004000003005020',
    'hvc1.4.10.L60.9E.8',
    320,
    180,
    20,
    0,
    3,
    8,
  ],
  [
    'high tier, scaling lists, HRD, level 5.1, two temporal layers',
    '4201020160000003009000000300000300990000a00a080b9f7965662b349272bc05a0200000030020000003032c1392cbc001e848003d0970007a12000f4244',
    'hvc1.1.6.L153.90',
    320,
    180,
    25,
    2,
    1,
    8,
  ],
  [
    'monochrome',
    '4201010408000003009fc800000300003cc02820307c6e5ba4a4c2f016c080000003008000000c84',
    'hvc1.4.10.L60.9F.C8',
    320,
    180,
    25,
    0,
    0,
    8,
  ],
];

describe('sequence parameter sets of H.265', () => {
  it.each(table)('%s', (_name, bytes, codec, width, height, fps, reorder, chroma, depth) => {
    const sps = parseSps(hex(bytes));
    if (!sps.ok) throw new Error(sps.error);
    expect(codecStringOf(sps.value)).toBe(codec);
    const { value } = sps;
    expect([value.width, value.height, value.fps, value.reorderPictures, value.chromaFormat, value.bitDepthLuma]).toEqual([
      width,
      height,
      fps,
      reorder,
      chroma,
      depth,
    ]);
  });

  it('writes a profile space, the high tier and a profile without constraints as the standard says', () => {
    const sps = parseSps(hex(table[0]![1]));
    if (!sps.ok) throw new Error(sps.error);
    const profileTierLevel = { ...sps.value.profileTierLevel, profileSpace: 1, isHighTier: true, constraints: [0, 0, 0, 0, 0, 0] };
    expect(codecStringOf({ ...sps.value, profileTierLevel })).toBe('hvc1.A1.6.H63');
    const inner = { ...profileTierLevel, constraints: [0xb0, 0, 3, 0, 0, 0] };
    expect(codecStringOf({ ...sps.value, profileTierLevel: inner })).toBe('hvc1.A1.6.H63.B0.0.3');
  });

  it('keeps the picture size when only what follows it is cut short', () => {
    expect(parseSps(hex(table[0]![1]).subarray(0, 30))).toMatchObject({ ok: true, value: { width: 640, height: 360, fps: null } });
  });

  it('refuses what is something else, too long or cut short', () => {
    expect(parseSps(hex('4401c073c189'))).toEqual({ ok: false, error: 'not-this-nal-unit' });
    expect(parseSps(new Uint8Array())).toEqual({ ok: false, error: 'not-this-nal-unit' });
    expect(parseSps(hex('4201'))).toEqual({ ok: false, error: 'truncated' });
    expect(parseSps(hex(table[0]![1]).subarray(0, 20))).toEqual({ ok: false, error: 'truncated' });
    expect(parseSps(new Uint8Array(5000).fill(0x42))).toEqual({ ok: false, error: 'too-large' });
  });

  it('never throws and never answers nonsense, whatever is changed in a good one', () => {
    const seeds = fc.constantFrom(...table.map(([, bytes]) => bytes));
    const changes = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(seeds, changes, fc.nat(70), (seed, edits, length) => {
        const bytes = hex(seed);
        for (const [at, value] of edits) if (at > 0 && at < bytes.length) bytes[at] = value;
        const sps = parseSps(bytes.subarray(0, Math.max(1, length)));
        if (!sps.ok) return;
        const { width, height, fps, reorderPictures, temporalLayers } = sps.value;
        expect(width > 0 && width <= 16_384 && height > 0 && height <= 16_384).toBe(true);
        expect(fps === null || (fps > 0 && fps <= 300)).toBe(true);
        expect(reorderPictures).toBeLessThanOrEqual(16);
        expect(temporalLayers >= 1 && temporalLayers <= 7).toBe(true);
        expect(codecStringOf(sps.value)).toMatch(/^hvc1\.[ABC]?\d+\.[0-9A-F]+\.[LH]\d+(\.[0-9A-F]{1,2}){0,6}$/);
      }),
      { seed: 41, numRuns: 3000 },
    );
  });
});
