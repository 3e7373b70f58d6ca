import { iterateNalUnits, joinNalUnits } from '../../../protocols/h264/annex-b.ts';
import { AccessUnitAssembler, type AssembledUnit } from '../../../protocols/h265/access-unit-assembler.ts';
import { annexBOf, encode, packets } from './ffmpeg.ts';

export interface H265Clip {
  /** The file that ffmpeg wrote. */
  readonly mp4: Buffer;
  readonly units: readonly { readonly annexB: Uint8Array; readonly ptsUs: number; readonly dtsUs: number; readonly key: boolean }[];
  /** What the assembler made of it. */
  readonly pictures: readonly AssembledUnit[];
}

/** A test picture in H.265 as access units: their bytes as our assembler cuts them, their times as ffprobe reads them. */
export function encodeH265(options: { seconds: number; fps?: number; size?: string; x265: readonly string[] }): H265Clip {
  const mp4 = encode('clip.mp4', options);
  const assembler = new AccessUnitAssembler();
  const pictures = [...iterateNalUnits(annexBOf(mp4, 'hevc'))].flatMap((nal) => assembler.push(nal) ?? []);
  pictures.push(...[assembler.flush()].filter((unit) => unit !== null));
  const times = packets(mp4);
  if (times.length !== pictures.length) throw new Error(`${times.length} packets, ${pictures.length} pictures`);
  const us = (seconds: number) => Math.round(seconds * 1e6);
  const units = pictures.map(({ nals, key }, i) => ({
    annexB: joinNalUnits(nals),
    ptsUs: us(times[i]!.pts),
    dtsUs: us(times[i]!.dts),
    key,
  }));
  return { mp4, units, pictures };
}
