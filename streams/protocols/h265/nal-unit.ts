import { iterateNalUnits } from '../h264/annex-b.ts';

/** NAL unit types that this product tells apart (ITU-T H.265 table 7-1). */
export const nalType = {
  radlN: 6,
  raslN: 8,
  raslR: 9,
  blaWithLeading: 16,
  blaWithoutLeading: 18,
  idrWithRadl: 19,
  idrWithoutLeading: 20,
  cra: 21,
  lastPicture: 31,
  vps: 32,
  sps: 33,
  pps: 34,
  delimiter: 35,
  endOfSequence: 36,
  endOfBitstream: 37,
  filler: 38,
  prefixSei: 39,
  suffixSei: 40,
} as const;

/** A NAL unit header has two bytes (clause 7.3.1.2). */
export const nalHeaderBytes = 2;

/** The nal_unit_type of a NAL unit; 0 for an empty one. */
export const nalTypeOf = (nal: Uint8Array): number => ((nal[0] ?? 0) >> 1) & 0x3f;

/** A slice segment of a picture. */
export const isPicture = (type: number): boolean => type <= nalType.lastPicture;

/** A picture that decoding can begin at: BLA, IDR or CRA. The types 22 and 23 are reserved. */
export const isRandomAccess = (type: number): boolean => type >= nalType.blaWithLeading && type <= nalType.cra;

/** A picture that cannot be decoded when decoding began at the random access picture before it. */
export const isSkippedLeading = (type: number): boolean => type === nalType.raslN || type === nalType.raslR;

/** first_slice_segment_in_pic_flag (clause 7.3.6.1): the first bit after the header. */
export const isFirstSlice = (nal: Uint8Array): boolean => (nal[nalHeaderBytes] ?? 0) >= 0x80;

/** The NAL unit type of an access unit's picture, start codes and all; -1 when there is none. */
export function pictureTypeOf(annexB: Uint8Array): number {
  for (const nal of iterateNalUnits(annexB)) if (isPicture(nalTypeOf(nal))) return nalTypeOf(nal);
  return -1;
}
