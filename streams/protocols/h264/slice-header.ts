import { err, ok, type Result } from '../../../main/contract/result.ts';
import { nalType, nalTypeOf } from './annex-b.ts';
import { RbspReader } from './rbsp-reader.ts';
import type { H264Error, Sps } from './sps.ts';

/** The first fields of a slice header (clause 7.3.3): which picture a slice belongs to, and when that is shown. */
export interface SliceHeader {
  readonly firstMb: number;
  /** 0 P, 1 B, 2 I, 3 SP, 4 SI (table 7-6, values above 4 folded). */
  readonly sliceType: number;
  readonly ppsId: number;
  readonly frameNum: number;
  /** Null for a frame. */
  readonly field: 'top' | 'bottom' | null;
  readonly idrPicId: number | null;
  /** pic_order_cnt_lsb; null unless the sequence counts that way (pic_order_cnt_type 0). */
  readonly pocLsb: number | null;
  readonly isReference: boolean;
  readonly isIdr: boolean;
}

/** The fields we want are in the first bytes; the longest codes fit easily. */
const headerBytes = 48;

/** Decodes the beginning of a slice. `sps` is the one its picture parameter set refers to. */
export function parseSliceHeader(nal: Uint8Array, sps: Sps): Result<SliceHeader, H264Error> {
  const type = nalTypeOf(nal);
  if (type !== nalType.slice && type !== nalType.idr && type !== nalType.partitionA) return err('not-this-nal-unit');
  const r = new RbspReader(nal, headerBytes);
  const firstMb = r.ue();
  const sliceType = r.ue();
  const ppsId = r.ue();
  if (sps.separateColourPlanes) r.bits(2);
  const frameNum = r.bits(sps.log2MaxFrameNum);
  const field = !sps.frameMbsOnly && r.flag() ? (r.flag() ? 'bottom' : 'top') : null;
  const isIdr = type === nalType.idr;
  const idrPicId = isIdr ? r.ue() : null;
  const pocLsb = sps.pocType === 0 ? r.bits(sps.log2MaxPocLsb) : null;
  if (r.overrun) return err('truncated');
  if (sliceType > 9 || ppsId > 255 || (idrPicId !== null && idrPicId > 65_535)) return err('out-of-range');
  return ok({
    firstMb,
    sliceType: sliceType % 5,
    ppsId,
    frameNum,
    field,
    idrPicId,
    pocLsb,
    isReference: ((nal[0] ?? 0) & 0x60) !== 0,
    isIdr,
  });
}

/** first_mb_in_slice alone, which needs no parameter set; null when it cannot be read. */
export function firstMbOf(nal: Uint8Array): number | null {
  // Nearly every slice is its picture's first: ue(v) 0 is a single one bit.
  if (nal.length > 1 && nal[1]! >= 0x80) return 0;
  const r = new RbspReader(nal, 8);
  const first = r.ue();
  return r.overrun ? null : first;
}
