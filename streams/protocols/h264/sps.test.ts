import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecStringOf, parseSps } from './sps.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

/** Parameter sets as x264 writes them: bytes, codec string, width, height, frame rate. */
const table: readonly (readonly [string, string, string, number, number, number | null])[] = [
  ['main, cropped height', '674d4016eca05017fcb80880000003008000000f078b16cb', 'avc1.4d4016', 640, 360, 15],
  ['high, cropped 1088', '67640029acd940780227e5c044000003000400000300c83c60c658', 'avc1.640029', 1920, 1080, 25],
  ['baseline, half frame rates, poc type 2', '6742c00cd9016096c044000003000800000300c83c50a920', 'avc1.42c00c', 352, 288, 12.5],
  ['interlaced', '674d401eeca05a126c0440000003004000000c87c50a6580', 'avc1.4d401e', 720, 576, 25],
  ['4:2:2, odd crop', '677a000dbcd941519e222f011000003e90000ea600f1429960', 'avc1.7a000d', 322, 182, 30_000 / 1001],
  ['ten bits', '676e001ea6cd940a02ff970110000003001000000303c0f162d960', 'avc1.6e001e', 640, 360, 30],
  ['4:4:4', '67f40016919b281405ff1380880000030008000003014078b16cb0', 'avc1.f40016', 640, 360, 20],
  ['scaling matrices', '6764001facd9405005bb011000000300100000030320f1831960', 'avc1.64001f', 1280, 720, 25],
  ['monochrome', '6764000cf36505067e37016c800000030080000019078a14cb', 'avc1.64000c', 320, 180, 25],
];

describe('sequence parameter sets', () => {
  it.each(table)('%s', (_name, bytes, codec, width, height, fps) => {
    const sps = parseSps(hex(bytes));
    if (!sps.ok) throw new Error(sps.error);
    expect(codecStringOf(sps.value)).toBe(codec);
    expect([sps.value.width, sps.value.height, sps.value.fps]).toEqual([width, height, fps]);
  });

  it.each([
    ['no B pictures', '674d4016d900a02ff970110000030001000003001e0f162e48', 0],
    ['B pictures', '674d4016eca05017fcb80880000003008000000f078b16cb', 2],
    ['baseline', '6742c00cd9016096c044000003000800000300c83c50a920', 0],
    ['B pictures, high', '67640029acd940780227e5c044000003000400000300c83c60c658', 2],
    ['nothing said', '674d4016eca05017fcb0', null],
  ])('reorder depth: %s', (_name, bytes, depth) => {
    const sps = parseSps(hex(bytes));
    if (!sps.ok) throw new Error(sps.error);
    expect(sps.value.reorderFrames).toBe(depth);
  });

  it('keeps the picture size when only the VUI is cut short', () => {
    const bytes = hex(table[0]![1]);
    const cut = parseSps(bytes.subarray(0, 12));
    expect(cut).toMatchObject({ ok: true, value: { width: 640, height: 360, fps: null } });
  });

  it('refuses what is something else, too long or cut short', () => {
    expect(parseSps(hex('68ce3880'))).toEqual({ ok: false, error: 'not-this-nal-unit' });
    expect(parseSps(new Uint8Array())).toEqual({ ok: false, error: 'not-this-nal-unit' });
    expect(parseSps(hex('67'))).toEqual({ ok: false, error: 'truncated' });
    expect(parseSps(hex('674d4016eca0'))).toEqual({ ok: false, error: 'truncated' });
    expect(parseSps(new Uint8Array(5000).fill(0x67))).toEqual({ ok: false, error: 'too-large' });
  });

  it('never throws and never answers nonsense, whatever is changed in a good one', () => {
    const seeds = fc.constantFrom(...table.map(([, bytes]) => bytes));
    const changes = fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(seeds, changes, fc.nat(40), (seed, edits, length) => {
        const bytes = hex(seed);
        for (const [at, value] of edits) if (at > 0 && at < bytes.length) bytes[at] = value;
        const sps = parseSps(bytes.subarray(0, Math.max(1, length)));
        if (!sps.ok) return;
        expect(sps.value.width).toBeGreaterThan(0);
        expect(sps.value.width).toBeLessThanOrEqual(16_384);
        expect(sps.value.height).toBeGreaterThan(0);
        expect(sps.value.height).toBeLessThanOrEqual(16_384);
        expect(sps.value.fps === null || (sps.value.fps > 0 && sps.value.fps <= 240)).toBe(true);
      }),
      { seed: 3, numRuns: 3000 },
    );
  });
});
