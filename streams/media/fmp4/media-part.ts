import type { VideoCodec } from '../../contract.ts';
import { nalType as h264Type } from '../../protocols/h264/annex-b.ts';
import { nalType as h265Type } from '../../protocols/h265/nal-unit.ts';
import { BoxWriter } from './box-writer.ts';

/** One picture on its way into a part; times in ticks of the track's timescale. */
export interface PartSample {
  /** A whole access unit with start codes. */
  readonly annexB: Uint8Array;
  readonly dts: number;
  readonly pts: number;
  readonly key: boolean;
}

/** sample_depends_on and sample_is_non_sync_sample (ISO/IEC 14496-12 clause 8.8.3.1). */
const keyFlags = 0x2000000;
const deltaFlags = 0x1010000;

const moofBytes = (samples: number): number => 8 + 16 + 8 + 16 + 20 + 20 + 16 * samples;

/**
 * A `moof` and its `mdat` (14496-12 clause 8.8, samples as 14496-15 clauses 5.3.2 and 8.3.2 store them). `end` is the decoding time of
 * the picture after the last one. Parameter sets, delimiters and filler are left out: the first are in the initialisation
 * segment. One allocation, and every picture is copied once.
 */
export function writeMediaPart(codec: VideoCodec, sequence: number, samples: readonly PartSample[], end: number): Uint8Array<ArrayBuffer> {
  const isKept = codec === 'h264' ? isKeptOfH264 : isKeptOfH265;
  const ranges: number[] = [];
  const sizes: number[] = [];
  const rangesOf: number[] = [];
  let payload = 0;
  for (const sample of samples) {
    const size = findNals(sample.annexB, ranges, isKept);
    sizes.push(size);
    rangesOf.push(ranges.length);
    payload += size;
  }

  const moof = moofBytes(samples.length);
  const out = new BoxWriter(moof + 8 + payload);
  out.box(moof, 'moof');
  out.fullBox(16, 'mfhd', 0, 0);
  out.u32(sequence);
  out.box(moof - 24, 'traf');
  out.fullBox(16, 'tfhd', 0, 0x20000); // default-base-is-moof
  out.u32(1);
  out.fullBox(20, 'tfdt', 1, 0);
  out.u64(samples[0]?.dts ?? end);
  // data-offset, and for each sample its duration, size, flags and signed composition offset (version 1)
  out.fullBox(20 + 16 * samples.length, 'trun', 1, 0xf01);
  out.u32(samples.length);
  out.u32(moof + 8);
  for (let i = 0; i < samples.length; i += 1) {
    const sample = samples[i]!;
    out.u32((samples[i + 1]?.dts ?? end) - sample.dts);
    out.u32(sizes[i]!);
    out.u32(sample.key ? keyFlags : deltaFlags);
    out.u32(sample.pts - sample.dts);
  }
  out.box(8 + payload, 'mdat');
  let range = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const { annexB } = samples[i]!;
    for (; range < rangesOf[i]!; range += 2) {
      const begin = ranges[range]!;
      const stop = ranges[range + 1]!;
      out.u32(stop - begin);
      out.put(annexB.subarray(begin, stop));
    }
  }
  return out.finish();
}

const startCode = Uint8Array.of(0, 0, 1);
const { indexOf } = Buffer.prototype;

/** Appends begin and end of every NAL unit that a sample keeps; answers their size with four-byte lengths. */
function findNals(annexB: Uint8Array, ranges: number[], isKept: IsKept): number {
  const from = ranges.length;
  // Every start code contains this; searching for it is native code, several times faster than a loop here.
  for (let code = indexOf.call(annexB, startCode, 0); code >= 0;) {
    const begin = code + startCode.length;
    code = indexOf.call(annexB, startCode, begin);
    keepNal(annexB, begin, code < 0 ? annexB.length : code, ranges, isKept);
  }
  let size = 0;
  for (let i = from; i < ranges.length; i += 2) size += 4 + ranges[i + 1]! - ranges[i]!;
  return size;
}

function keepNal(annexB: Uint8Array, begin: number, end: number, ranges: number[], isKept: IsKept): void {
  let stop = end;
  while (stop > begin && annexB[stop - 1] === 0) stop -= 1;
  if (stop > begin && isKept(annexB[begin]!)) ranges.push(begin, stop);
}

/** Whether a NAL unit with this first byte belongs into a sample. */
type IsKept = (header: number) => boolean;

function isKeptOfH264(header: number): boolean {
  const type = header & 0x1f;
  return type !== h264Type.sps && type !== h264Type.pps && type !== h264Type.delimiter && type !== h264Type.filler;
}

function isKeptOfH265(header: number): boolean {
  const type = (header >> 1) & 0x3f;
  return (type < h265Type.vps || type > h265Type.delimiter) && type !== h265Type.filler;
}
