import { err, ok, type Result } from '../../../main/contract/result.ts';
import { nalType, nalTypeOf } from './annex-b.ts';
import { RbspReader } from './rbsp-reader.ts';
import { skipVuiBeginning } from './vui.ts';

/** Why H.264 bytes could not be understood. */
export type H264Error = 'not-this-nal-unit' | 'truncated' | 'out-of-range' | 'too-large';

/** What a sequence parameter set says, as far as anybody here asks. */
export interface Sps {
  readonly id: number;
  /** profile_idc. */
  readonly profile: number;
  /** The byte with constraint_set0_flag … and reserved bits, as codec strings want it. */
  readonly constraints: number;
  /** level_idc. */
  readonly level: number;
  /** Size of the picture after cropping, in pixels. */
  readonly width: number;
  readonly height: number;
  /** From the VUI timing; null when it says nothing (or nonsense). */
  readonly fps: number | null;
  /** How many pictures may come before another in decoding order and after it in output order; null when it says nothing. */
  readonly reorderFrames: number | null;
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  readonly separateColourPlanes: boolean;
  readonly frameMbsOnly: boolean;
  readonly log2MaxFrameNum: number;
  readonly pocType: number;
  /** 0 unless pocType is 0. */
  readonly log2MaxPocLsb: number;
}

/** No sane parameter set is longer. */
const maxSpsBytes = 4096;

/** Profiles whose parameter sets carry the chroma format (clause 7.3.2.1.1). */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Decodes a sequence parameter set NAL unit (clauses 7.3.2.1.1 and E.1.1). */
export function parseSps(nal: Uint8Array): Result<Sps, H264Error> {
  if (nalTypeOf(nal) !== nalType.sps) return err('not-this-nal-unit');
  if (nal.length > maxSpsBytes) return err('too-large');
  const r = new RbspReader(nal, maxSpsBytes);
  const profile = r.bits(8);
  const constraints = r.bits(8);
  const level = r.bits(8);
  const id = r.ue();
  let chromaFormat = 1;
  let separateColourPlanes = false;
  let bitDepthLuma = 8;
  let bitDepthChroma = 8;
  if (highProfiles.has(profile)) {
    chromaFormat = r.ue();
    if (chromaFormat === 3) separateColourPlanes = r.flag();
    bitDepthLuma = 8 + r.ue();
    bitDepthChroma = 8 + r.ue();
    r.flag(); // qpprime_y_zero_transform_bypass_flag
    if (r.flag()) for (let i = 0; i < (chromaFormat === 3 ? 12 : 8); i += 1) if (r.flag()) skipScalingList(r, i < 6 ? 16 : 64);
  }
  const log2MaxFrameNum = 4 + r.ue();
  const pocType = r.ue();
  let log2MaxPocLsb = 0;
  if (pocType === 0) log2MaxPocLsb = 4 + r.ue();
  else if (pocType === 1) {
    r.flag();
    r.se();
    r.se();
    const cycle = r.ue();
    if (cycle > 255) return err('out-of-range');
    for (let i = 0; i < cycle; i += 1) r.se();
  }
  r.ue(); // max_num_ref_frames
  r.flag(); // gaps_in_frame_num_value_allowed_flag
  const widthInMbs = r.ue() + 1;
  const heightInMapUnits = r.ue() + 1;
  const frameMbsOnly = r.flag();
  if (!frameMbsOnly) r.flag(); // mb_adaptive_frame_field_flag
  r.flag(); // direct_8x8_inference_flag
  const crop = r.flag() ? { left: r.ue(), right: r.ue(), top: r.ue(), bottom: r.ue() } : { left: 0, right: 0, top: 0, bottom: 0 };
  // Everything up to here is needed; a VUI that is cut short (some cameras) only costs the frame rate.
  if (r.overrun) return err('truncated');
  if (id > 31 || chromaFormat > 3 || bitDepthLuma > 14 || bitDepthChroma > 14) return err('out-of-range');
  if (log2MaxFrameNum > 16 || pocType > 2 || log2MaxPocLsb > 16) return err('out-of-range');

  const fieldFactor = frameMbsOnly ? 1 : 2;
  // Table 6-1: SubWidthC and SubHeightC; monochrome and separate planes crop in luma samples (7-19 … 7-22).
  const planes = separateColourPlanes ? 0 : chromaFormat;
  const cropX = planes === 1 || planes === 2 ? 2 : 1;
  const cropY = (planes === 1 ? 2 : 1) * fieldFactor;
  const width = widthInMbs * 16 - (crop.left + crop.right) * cropX;
  const height = heightInMapUnits * 16 * fieldFactor - (crop.top + crop.bottom) * cropY;
  if (width < 1 || height < 1 || width > 16_384 || height > 16_384) return err('out-of-range');

  const vui = r.flag() ? readVui(r) : emptyVui;
  // Neither the baseline profile (A.2.1) nor pic_order_cnt_type 2 (8.2.1.3) knows another order than that of decoding.
  const keepsOrder = profile === 66 || pocType === 2;
  return ok({
    id,
    profile,
    constraints,
    level,
    width,
    height,
    fps: vui.fps,
    reorderFrames: keepsOrder ? 0 : vui.reorderFrames,
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    separateColourPlanes,
    frameMbsOnly,
    log2MaxFrameNum,
    pocType,
    log2MaxPocLsb,
  });
}

/** Clause 7.3.2.1.1.1. */
function skipScalingList(r: RbspReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size && !r.overrun; i += 1) {
    if (next !== 0) next = (last + r.se() + 256) % 256;
    if (next !== 0) last = next;
  }
}

interface Vui {
  readonly fps: number | null;
  readonly reorderFrames: number | null;
}
const emptyVui: Vui = { fps: null, reorderFrames: null };

/** Reads the VUI (E.1.1); what is behind the point where it is cut short counts as not said. */
function readVui(r: RbspReader): Vui {
  skipVuiBeginning(r);
  const fps = r.flag() ? readFps(r) : null;
  const hasNalHrd = r.flag();
  if (hasNalHrd) skipHrd(r);
  const hasVclHrd = r.flag();
  if (hasVclHrd) skipHrd(r);
  if (hasNalHrd || hasVclHrd) r.flag(); // low_delay_hrd_flag
  r.flag(); // pic_struct_present_flag
  if (!r.flag()) return { fps, reorderFrames: null };
  r.flag(); // motion_vectors_over_pic_boundaries_flag
  for (let i = 0; i < 4; i += 1) r.ue();
  const reorderFrames = r.ue();
  return { fps, reorderFrames: r.overrun || reorderFrames > 16 ? null : reorderFrames };
}

/** A frame takes two ticks (E-60 and D.1.2: frames are two fields long). */
function readFps(r: RbspReader): number | null {
  const unitsInTick = r.bits(32);
  const timeScale = r.bits(32);
  r.flag(); // fixed_frame_rate_flag
  if (r.overrun || unitsInTick === 0) return null;
  const fps = timeScale / unitsInTick / 2;
  return fps >= 0.1 && fps <= 240 ? fps : null;
}

/** Clause E.1.2. */
function skipHrd(r: RbspReader): void {
  const count = r.ue() + 1;
  r.bits(8);
  for (let i = 0; i < count && i < 32; i += 1) {
    r.ue();
    r.ue();
    r.flag();
  }
  r.bits(20);
}

/** The codec string of RFC 6381: `avc1.` with profile, constraints and level. */
export const codecStringOf = (sps: Sps): string =>
  `avc1.${[sps.profile, sps.constraints, sps.level].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
