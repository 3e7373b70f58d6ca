import type { VideoCodec } from '../../contract.ts';
import { nalType as h264Type, nalTypeOf as h264TypeOf, splitNalUnits } from '../../protocols/h264/annex-b.ts';
import { codecStringOf as h264CodecString, parseSps as parseH264Sps, type Sps as H264Sps } from '../../protocols/h264/sps.ts';
import { nalType as h265Type, nalTypeOf as h265TypeOf } from '../../protocols/h265/nal-unit.ts';
import { codecStringOf as h265CodecString, parseSps as parseH265Sps, type Sps as H265Sps } from '../../protocols/h265/sps.ts';

/** What a player must know before the first picture. `info` is the first of `sps`, decoded; parameter sets are without start codes. */
export type VideoTrack =
  | { readonly codec: 'h264'; readonly sps: readonly Uint8Array[]; readonly pps: readonly Uint8Array[]; readonly info: H264Sps }
  | {
      readonly codec: 'h265';
      readonly vps: readonly Uint8Array[];
      readonly sps: readonly Uint8Array[];
      readonly pps: readonly Uint8Array[];
      readonly info: H265Sps;
    };

/** What the NAL units of a key picture say: `none` when there is not one parameter set among them, null when they cannot be used. */
export function readVideoTrack(codec: VideoCodec, annexB: Uint8Array): VideoTrack | 'none' | null {
  const nals = splitNalUnits(annexB);
  return codec === 'h264' ? readH264(nals) : readH265(nals);
}

/** The codec string of RFC 6381: `avc1.…` or `hvc1.…`. */
export const codecStringOf = (track: VideoTrack): string =>
  track.codec === 'h264' ? h264CodecString(track.info) : h265CodecString(track.info);

/** All parameter sets, in the order they belong before a picture. */
export const parameterSetsOf = (track: VideoTrack): readonly Uint8Array[] =>
  track.codec === 'h264' ? [...track.sps, ...track.pps] : [...track.vps, ...track.sps, ...track.pps];

/** One decoder can go on from one to the other without being told. */
export function isSameTrack(a: VideoTrack, b: VideoTrack): boolean {
  if (a.codec !== b.codec) return false;
  const [left, right] = [parameterSetsOf(a), parameterSetsOf(b)];
  return left.length === right.length && left.every((nal, i) => isEqual(nal, right[i]!));
}

/** The same in memory of its own: a unit's bytes are not held longer than the unit. */
export function copyTrack(track: VideoTrack): VideoTrack {
  const copied = (nals: readonly Uint8Array[]) => nals.map((nal) => nal.slice());
  const sets = { sps: copied(track.sps), pps: copied(track.pps) };
  return track.codec === 'h264' ? { ...track, ...sets } : { ...track, ...sets, vps: copied(track.vps) };
}

function readH264(nals: readonly Uint8Array[]): VideoTrack | 'none' | null {
  const sps = nals.filter((nal) => h264TypeOf(nal) === h264Type.sps);
  const pps = nals.filter((nal) => h264TypeOf(nal) === h264Type.pps);
  if (sps.length === 0 && pps.length === 0) return 'none';
  // ISO/IEC 14496-15 clause 5.3.3.1: their numbers have 5 and 8 bits, their sizes 16.
  if (sps.length === 0 || sps.length > 31 || pps.length === 0 || pps.length > 255 || ![...sps, ...pps].every(fits)) return null;
  const info = parseH264Sps(sps[0]!);
  return info.ok ? { codec: 'h264', sps, pps, info: info.value } : null;
}

function readH265(nals: readonly Uint8Array[]): VideoTrack | 'none' | null {
  const of = (type: number) => nals.filter((nal) => h265TypeOf(nal) === type);
  const [vps, sps, pps] = [of(h265Type.vps), of(h265Type.sps), of(h265Type.pps)];
  const all = [...vps, ...sps, ...pps];
  if (all.length === 0) return 'none';
  if (vps.length === 0 || sps.length === 0 || pps.length === 0 || all.length > maxH265Sets || !all.every(fits)) return null;
  const info = parseH265Sps(sps[0]!);
  return info.ok ? { codec: 'h265', vps, sps, pps, info: info.value } : null;
}

/** 16 VPS, 16 SPS and 64 PPS (ITU-T H.265 clause 7.4.3): more ids there are not. */
const maxH265Sets = 96;

const fits = (nal: Uint8Array): boolean => nal.length <= 0xffff;

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
