import { nalType } from './nal-unit.ts';
import type { Sps } from './sps.ts';

/** What an HEVCDecoderConfigurationRecord is made of; parameter sets without start codes, at most 65,535 of each kind and bytes each. */
export interface HevcConfigParts {
  /** The first of `sps`, decoded. */
  readonly info: Sps;
  readonly vps: readonly Uint8Array[];
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

const fixedBytes = 23;

/**
 * Writes an `hvcC` record (ISO/IEC 14496-15 clause 8.3.3.1) for samples with four-byte lengths whose parameter sets are all in it, as the
 * sample entry `hvc1` wants.
 */
export function encodeHevcConfig({ info, vps, sps, pps }: HevcConfigParts): Uint8Array {
  const arrays = [
    [nalType.vps, vps],
    [nalType.sps, sps],
    [nalType.pps, pps],
  ] as const;
  const size = arrays.reduce((sum, [, nals]) => nals.reduce((inner, nal) => inner + 2 + nal.length, sum + 3), fixedBytes);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const { profileSpace, isHighTier, profile, compatibility, constraints, level } = info.profileTierLevel;
  bytes[0] = 1;
  bytes[1] = (profileSpace << 6) | (isHighTier ? 0x20 : 0) | profile;
  view.setUint32(2, compatibility);
  bytes.set(constraints, 6);
  bytes[12] = level;
  view.setUint16(13, 0xf000); // min_spatial_segmentation_idc 0: nothing is said
  bytes[15] = 0xfc; // parallelismType 0: unknown
  bytes[16] = 0xfc | info.chromaFormat;
  bytes[17] = 0xf8 | (info.bitDepthLuma - 8);
  bytes[18] = 0xf8 | (info.bitDepthChroma - 8);
  // Bytes 19 and 20, avgFrameRate, and constantFrameRate stay 0: nothing is said.
  bytes[21] = (info.temporalLayers << 3) | (info.isTemporalIdNested ? 0x04 : 0) | 3;
  bytes[22] = arrays.length;
  let at = fixedBytes;
  for (const [type, nals] of arrays) {
    bytes[at] = 0x80 | type; // array_completeness: none is in band
    view.setUint16(at + 1, nals.length);
    at += 3;
    for (const nal of nals) {
      view.setUint16(at, nal.length);
      bytes.set(nal, at + 2);
      at += 2 + nal.length;
    }
  }
  return bytes;
}
