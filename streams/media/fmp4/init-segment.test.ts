import { describe, expect, it } from 'vitest';
import { nalType, nalTypeOf, splitNalUnits } from '../../protocols/h264/annex-b.ts';
import { parseAvcConfig } from '../../protocols/h264/avcc.ts';
import { parseSps } from '../../protocols/h264/sps.ts';
import { readRawClip } from '../../sources/file/read-raw-clip.ts';
import { writeInitSegment } from './init-segment.ts';
import { writeMediaPart } from './media-part.ts';
import { decode, encode, hasFfmpeg, pictures } from './testdata/ffmpeg.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('the initialisation segment', () => {
  it.each([
    ['main', '674d4016eca05017fcb80880000003008000000f078b16cb', 0],
    ['high', '67640029acd940780227e5c044000003000400000300c83c60c658', 4],
    ['ten bits', '676e001ea6cd940a02ff970110000003001000000303c0f162d960', 4],
  ])('%s: boxes fit into each other, and the parameter sets can be read back', (_name, spsHex, extension) => {
    const sps = hex(spsHex);
    const pps = hex('68ee3cb0');
    const info = parseSps(sps);
    if (!info.ok) throw new Error(info.error);
    const bytes = Buffer.from(writeInitSegment({ codec: 'h264', sps: [sps], pps: [pps], info: info.value }));
    const walk = (from: number, to: number): string[] => {
      const types: string[] = [];
      for (let at = from; at < to; at += bytes.readUInt32BE(at)) {
        const type = bytes.toString('latin1', at + 4, at + 8);
        types.push(type);
        if (['moov', 'trak', 'mdia', 'minf', 'dinf', 'stbl', 'mvex'].includes(type))
          types.push(...walk(at + 8, at + bytes.readUInt32BE(at)));
      }
      return types;
    };
    expect(walk(0, bytes.length).join(' ')).toBe(
      'ftyp moov mvhd trak tkhd mdia mdhd hdlr minf vmhd dinf dref stbl stsd stts stsc stsz stco mvex trex',
    );
    const at = bytes.indexOf('avcC') + 4;
    const config = bytes.subarray(at, at + bytes.readUInt32BE(at - 8) - 8);
    const read = parseAvcConfig(config);
    if (!read.ok) throw new Error(read.error);
    expect(read.value).toMatchObject({ lengthSize: 4 });
    expect(Buffer.from(read.value.sps[0]!).equals(sps)).toBe(true);
    expect(Buffer.from(read.value.pps[0]!).equals(pps)).toBe(true);
    expect(config.length).toBe(11 + sps.length + pps.length + extension);
  });
});

describe.skipIf(!hasFfmpeg)('profiles', () => {
  it.each([
    ['baseline', ['-profile:v', 'baseline']],
    ['high with B-frames and slices', ['-profile:v', 'high', '-preset', 'veryfast', '-bf', '2', '-x264-params', 'slices=4']],
    ['interlaced', ['-profile:v', 'main', '-preset', 'veryfast', '-flags', '+ildct+ilme', '-x264-params', 'interlaced=1']],
  ])('%s: ffmpeg shows the same pictures without one message', async (_name, x264) => {
    const raw = encode('clip.h264', { seconds: 2, fps: 25, size: '352x288', x264: [...x264, '-g', '25'] });
    const clip = (await readRawClip(raw))!;
    expect(clip.units).toHaveLength(50);
    const nals = splitNalUnits(clip.units[0]!.annexB);
    const sps = nals.filter((nal) => nalTypeOf(nal) === nalType.sps);
    const pps = nals.filter((nal) => nalTypeOf(nal) === nalType.pps);
    const info = parseSps(sps[0]!);
    if (!info.ok) throw new Error(info.error);
    const samples = clip.units.map(({ annexB, dtsUs, ptsUs, key }) => ({
      annexB,
      dts: Math.round(dtsUs * 0.09),
      pts: Math.round(ptsUs * 0.09),
      key,
    }));
    const whole = Buffer.concat([
      writeInitSegment({ codec: 'h264', sps, pps, info: info.value }),
      writeMediaPart('h264', 1, samples, Math.round(clip.durationUs * 0.09)),
    ]);
    expect(decode(whole)).toEqual({ messages: '', frames: 50 });
    expect(pictures(whole, 'ours.mp4')).toEqual(pictures(raw, 'theirs.h264'));
  });
});
