import { err, ok, type Result } from '../../../main/contract/result.ts';
import { RbspReader } from '../h264/rbsp-reader.ts';
import { skipVuiBeginning } from '../h264/vui.ts';
import { nalType, nalTypeOf } from './nal-unit.ts';

/** Why H.265 bytes could not be understood. */
export type H265Error = 'not-this-nal-unit' | 'truncated' | 'out-of-range' | 'too-large';

/** Profile, tier and level (ITU-T H.265 clause 7.3.3), as codec strings and configuration records want them. */
export interface ProfileTierLevel {
  /** general_profile_space, 0 to 3. */
  readonly profileSpace: number;
  readonly isHighTier: boolean;
  /** general_profile_idc. */
  readonly profile: number;
  /** general_profile_compatibility_flag[0…31], the first in the highest bit. */
  readonly compatibility: number;
  /** The 48 bits from general_progressive_source_flag on. */
  readonly constraints: readonly number[];
  /** general_level_idc: thirty times the level. */
  readonly level: number;
}

/** What a sequence parameter set says, as far as anybody here asks. */
export interface Sps {
  readonly id: number;
  readonly profileTierLevel: ProfileTierLevel;
  /** Size of the picture within the conformance window, in pixels. */
  readonly width: number;
  readonly height: number;
  /** From the VUI timing; null when it says nothing (or nonsense). */
  readonly fps: number | null;
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** sps_max_sub_layers, 1 to 7. */
  readonly temporalLayers: number;
  readonly isTemporalIdNested: boolean;
  /** sps_max_num_reorder_pics of the highest temporal layer. */
  readonly reorderPictures: number;
}

/** No sane parameter set is longer. */
const maxSpsBytes = 4096;

/** Decodes a sequence parameter set NAL unit (clauses 7.3.2.2.1 and E.2.1). */
export function parseSps(nal: Uint8Array): Result<Sps, H265Error> {
  if (nalTypeOf(nal) !== nalType.sps) return err('not-this-nal-unit');
  if (nal.length > maxSpsBytes) return err('too-large');
  const r = new RbspReader(nal, maxSpsBytes);
  r.bits(8); // the second byte of the header
  r.bits(4); // sps_video_parameter_set_id
  const maxSubLayersMinus1 = r.bits(3);
  const isTemporalIdNested = r.flag();
  if (maxSubLayersMinus1 > 6) return err('out-of-range');
  const profileTierLevel = readProfileTierLevel(r, maxSubLayersMinus1);
  const id = r.ue();
  const chromaFormat = r.ue();
  const separateColourPlanes = chromaFormat === 3 && r.flag();
  const codedWidth = r.ue();
  const codedHeight = r.ue();
  const window = r.flag() ? { left: r.ue(), right: r.ue(), top: r.ue(), bottom: r.ue() } : { left: 0, right: 0, top: 0, bottom: 0 };
  const bitDepthLuma = 8 + r.ue();
  const bitDepthChroma = 8 + r.ue();
  const log2MaxPocLsb = 4 + r.ue();
  const hasAllLayers = r.flag();
  let reorderPictures = 0;
  for (let i = hasAllLayers ? 0 : maxSubLayersMinus1; i <= maxSubLayersMinus1; i += 1) {
    r.ue(); // sps_max_dec_pic_buffering_minus1
    reorderPictures = r.ue();
    r.ue(); // sps_max_latency_increase_plus1
  }
  // Everything up to here is needed; what is cut short or odd further down only costs the frame rate.
  if (r.overrun) return err('truncated');
  if (id > 15 || chromaFormat > 3 || bitDepthLuma > 16 || bitDepthChroma > 16 || log2MaxPocLsb > 16 || reorderPictures > 16)
    return err('out-of-range');
  // Table 6-1, 7-20 … 7-23: the window counts in chroma samples; separate planes are coded like monochrome.
  const planes = separateColourPlanes ? 0 : chromaFormat;
  const width = codedWidth - (window.left + window.right) * (planes === 1 || planes === 2 ? 2 : 1);
  const height = codedHeight - (window.top + window.bottom) * (planes === 1 ? 2 : 1);
  if (!(width >= 1 && height >= 1 && codedWidth <= 16_384 && codedHeight <= 16_384)) return err('out-of-range');
  return ok({
    id,
    profileTierLevel,
    width,
    height,
    fps: readFps(r, log2MaxPocLsb),
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    temporalLayers: maxSubLayersMinus1 + 1,
    isTemporalIdNested,
    reorderPictures,
  });
}

function readProfileTierLevel(r: RbspReader, maxSubLayersMinus1: number): ProfileTierLevel {
  const profileSpace = r.bits(2);
  const isHighTier = r.flag();
  const profile = r.bits(5);
  const compatibility = r.bits(32);
  const constraints = Array.from({ length: 6 }, () => r.bits(8));
  const level = r.bits(8);
  const layers = Array.from({ length: maxSubLayersMinus1 }, () => ({ hasProfile: r.flag(), hasLevel: r.flag() }));
  if (maxSubLayersMinus1 > 0) for (let i = maxSubLayersMinus1; i < 8; i += 1) r.bits(2);
  for (const { hasProfile, hasLevel } of layers) {
    if (hasProfile) for (let i = 0; i < 11; i += 1) r.bits(8);
    if (hasLevel) r.bits(8);
  }
  return { profileSpace, isHighTier, profile, compatibility, constraints, level };
}

/** Reads on to the timing in the VUI; null when it is not there. */
function readFps(r: RbspReader, log2MaxPocLsb: number): number | null {
  for (let i = 0; i < 6; i += 1) r.ue(); // sizes of blocks
  if (r.flag() && r.flag()) skipScalingLists(r);
  r.bits(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (r.flag()) {
    r.bits(8);
    r.ue();
    r.ue();
    r.flag();
  }
  if (!skipReferencePictureSets(r)) return null;
  if (r.flag()) {
    const longTerm = r.ue();
    for (let i = 0; i < longTerm && i <= 32; i += 1) r.bits(log2MaxPocLsb + 1);
  }
  r.bits(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
  if (!r.flag()) return null;
  skipVuiBeginning(r);
  r.bits(3); // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
  if (r.flag()) for (let i = 0; i < 4; i += 1) r.ue(); // default display window
  if (!r.flag()) return null;
  const unitsInTick = r.bits(32);
  const timeScale = r.bits(32);
  if (r.overrun || unitsInTick === 0) return null;
  const fps = timeScale / unitsInTick;
  return fps >= 0.1 && fps <= 300 ? fps : null;
}

/** Clause 7.3.4. */
function skipScalingLists(r: RbspReader): void {
  for (let size = 0; size < 4; size += 1) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!r.flag()) {
        r.ue();
        continue;
      }
      if (size > 1) r.se();
      for (let i = 0; i < Math.min(64, 1 << (4 + size * 2)) && !r.overrun; i += 1) r.se();
    }
  }
}

/** Clauses 7.3.7 and 7.4.8: sets may be written as differences from the one before, so they must be kept. False for nonsense. */
function skipReferencePictureSets(r: RbspReader): boolean {
  const count = r.ue();
  if (count > 64) return false;
  let before: readonly number[] = [];
  for (let index = 0; index < count; index += 1) {
    const set = index > 0 && r.flag() ? readDifferentialSet(r, before) : readSet(r);
    if (!set || r.overrun) return false;
    before = set;
  }
  return true;
}

/** Picture order count differences, the negative ones first, each sign from the nearest on. */
function readSet(r: RbspReader): number[] | null {
  const negative = r.ue();
  const positive = r.ue();
  if (negative + positive > 16) return null;
  const deltas: number[] = [];
  for (const [count, sign] of [
    [negative, -1],
    [positive, 1],
  ] as const) {
    let delta = 0;
    for (let i = 0; i < count; i += 1) {
      delta += sign * (r.ue() + 1);
      r.flag();
      deltas.push(delta);
    }
  }
  return deltas;
}

/** Formulas 7-59 to 7-62. */
function readDifferentialSet(r: RbspReader, before: readonly number[]): number[] | null {
  const isNegative = r.flag();
  const size = r.ue() + 1;
  if (size > 0x8000) return null;
  const shift = isNegative ? -size : size;
  const moved: number[] = [];
  // The last one is the set before itself.
  for (const delta of [...before, 0]) {
    const isUsed = r.flag();
    if (isUsed || r.flag()) moved.push(delta + shift);
  }
  const negative = moved.filter((delta) => delta < 0).sort((a, b) => b - a);
  const positive = moved.filter((delta) => delta > 0).sort((a, b) => a - b);
  return negative.length + positive.length > 16 ? null : [...negative, ...positive];
}

/** The codec string of ISO/IEC 14496-15 clause E.3 for the sample entry `hvc1`, e.g. `hvc1.1.6.L93.B0`. */
export function codecStringOf({ profileTierLevel }: Sps): string {
  const { profileSpace, isHighTier, profile, compatibility, constraints, level } = profileTierLevel;
  const space = profileSpace === 0 ? '' : String.fromCharCode(64 + profileSpace);
  // In reverse bit order, and trailing zero bytes are left out.
  let reversed = 0;
  for (let i = 0; i < 32; i += 1) reversed = reversed * 2 + ((compatibility >>> i) & 1);
  const written = constraints.slice(0, constraints.findLastIndex((byte) => byte !== 0) + 1);
  const hex = (value: number) => value.toString(16).toUpperCase();
  return ['hvc1', `${space}${profile}`, hex(reversed), `${isHighTier ? 'H' : 'L'}${level}`, ...written.map(hex)].join('.');
}
