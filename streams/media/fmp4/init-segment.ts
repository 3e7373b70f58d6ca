import { encodeHevcConfig } from '../../protocols/h265/hvcc.ts';
import { BoxWriter } from './box-writer.ts';
import type { VideoTrack } from './video-track.ts';

/** Ticks a second in every file of ours, as RTP and MPEG-TS count video. */
export const timescale = 90_000;

interface Box {
  readonly type: string;
  readonly content: readonly (Uint8Array | Box)[];
}

const box = (type: string, ...content: readonly (Uint8Array | Box)[]): Box => ({ type, content });

/** The initialisation segment: `ftyp` and a `moov` without samples (ISO/IEC 14496-12 clause 8.8, 14496-15 clauses 5.4 and 8.4). */
export function writeInitSegment(track: VideoTrack): Uint8Array<ArrayBuffer> {
  const { width, height } = track.info;
  const samples = box(
    'stbl',
    box('stsd', bytesOf(u32(0, 1)), sampleEntry(track)),
    box('stts', bytesOf(u32(0, 0))),
    box('stsc', bytesOf(u32(0, 0))),
    box('stsz', bytesOf(u32(0, 0, 0))),
    box('stco', bytesOf(u32(0, 0))),
  );
  const dataHere = box('dinf', box('dref', bytesOf(u32(0, 1)), box('url ', bytesOf(u32(1)))));
  const media = box(
    'mdia',
    box('mdhd', bytesOf(u32(0, 0, 0, timescale, 0), u16(0x55c4, 0))),
    box('hdlr', bytesOf(u32(0, 0), 'vide', u32(0, 0, 0), 'Video', u8(0))),
    box('minf', box('vmhd', bytesOf(u32(1), u16(0, 0, 0, 0))), dataHere, samples),
  );
  // flags 3: the track is enabled and used in the presentation
  const trackHeader = box('tkhd', bytesOf(u32(3, 0, 0, 1, 0, 0, 0, 0), u16(0, 0, 0, 0), matrix, u32(width * 0x10000, height * 0x10000)));
  const movieHeader = box(
    'mvhd',
    bytesOf(u32(0, 0, 0, timescale, 0, 0x10000), u16(0x100, 0), u32(0, 0), matrix, u32(0, 0, 0, 0, 0, 0), u32(2)),
  );
  const boxes = [
    box('ftyp', bytesOf('iso5', u32(512), 'iso5', 'iso6', 'mp41')),
    box('moov', movieHeader, box('trak', trackHeader, media), box('mvex', box('trex', bytesOf(u32(0, 1, 1, 0, 0, 0))))),
  ];
  const out = new BoxWriter(boxes.reduce((size, one) => size + sizeOf(one), 0));
  for (const one of boxes) write(out, one);
  return out.finish();
}

function sampleEntry(track: VideoTrack): Box {
  const { width, height } = track.info;
  const head = bytesOf(u32(0), u16(0, 1), u32(0, 0, 0, 0), u16(width, height), u32(0x480000, 0x480000, 0), u16(1));
  // `hvc1`: no parameter set is in a sample, so a player needs to look for none (14496-15 clause 8.3.3.1.1).
  const [entry, config] = track.codec === 'h264' ? ['avc1', box('avcC', avcConfig(track))] : ['hvc1', box('hvcC', encodeHevcConfig(track))];
  return box(entry, head, new Uint8Array(32), bytesOf(u16(24, 0xffff)), config);
}

/** AVCDecoderConfigurationRecord (14496-15 clause 5.3.3.1) for samples with four-byte lengths. */
function avcConfig({ info, sps, pps }: VideoTrack & { readonly codec: 'h264' }): Uint8Array {
  const listed = (nals: readonly Uint8Array[]) => nals.flatMap((nal) => [u16(nal.length), nal]);
  const base = bytesOf(
    u8(1, info.profile, info.constraints, info.level, 0xff, 0xe0 + sps.length),
    ...listed(sps),
    u8(pps.length),
    ...listed(pps),
  );
  const isHigh = info.profile === 100 || info.profile === 110 || info.profile === 122 || info.profile === 144;
  if (!isHigh) return base;
  return bytesOf(base, u8(0xfc + info.chromaFormat, 0xf8 + info.bitDepthLuma - 8, 0xf8 + info.bitDepthChroma - 8, 0));
}

const sizeOf = ({ content }: Box): number =>
  content.reduce((size, part) => size + (part instanceof Uint8Array ? part.length : sizeOf(part)), 8);

function write(out: BoxWriter, one: Box): void {
  out.box(sizeOf(one), one.type);
  for (const part of one.content) {
    if (part instanceof Uint8Array) out.put(part);
    else write(out, part);
  }
}

const u8 = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const u16 = (...values: readonly number[]): Uint8Array => Uint8Array.from(values.flatMap((value) => [value >>> 8, value]));
const u32 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >>> 24, value >>> 16, value >>> 8, value]));

function bytesOf(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const pieces = parts.map((part) => (typeof part === 'string' ? Uint8Array.from(part, (letter) => letter.charCodeAt(0)) : part));
  const out = new BoxWriter(pieces.reduce((size, piece) => size + piece.length, 0));
  for (const piece of pieces) out.put(piece);
  return out.finish();
}

/** The transformation that changes nothing (14496-12 clause 8.2.2.2). */
const matrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
