import { err, ok, type Result } from '../../../main/contract/result.ts';
import { parseAudioConfig, type AudioConfig } from '../aac/audio-config.ts';
import { decodeBase64 } from './base64.ts';

export type VideoCodec = 'h264' | 'h265';
export type AudioCodec = 'aac' | 'pcma' | 'pcmu';

/** Why a format cannot be received: nobody here understands the encoding, or its parameters make no sense. */
export type RtpFormatError = 'codec-unsupported' | 'parameters-invalid';

/** What SDP or another signalling says about one payload type (`a=rtpmap` and `a=fmtp`, RFC 8866 clause 6.6 and 6.15). */
export interface FormatDescription {
  readonly payloadType: number;
  /** Encoding name, in any case; may be empty for a static payload type (RFC 3551 clause 6). */
  readonly encoding: string;
  /** Ticks a second; 0 where nothing was said. */
  readonly clockRate: number;
  /** 1 where nothing was said. */
  readonly channels: number;
  /** Format parameters; their names in lower case. */
  readonly fmtp: Readonly<Record<string, string>>;
}

interface AnyFormat {
  readonly payloadType: number;
  /** Ticks a second of the RTP time stamps. */
  readonly clockRate: number;
}

export interface H264Format extends AnyFormat {
  readonly codec: 'h264';
  /** Parameter sets that were signalled (sprop-parameter-sets, RFC 6184 clause 8.1), without start codes. */
  readonly parameterSets: readonly Uint8Array[];
}

export interface H265Format extends AnyFormat {
  readonly codec: 'h265';
  /** sprop-vps, sprop-sps and sprop-pps (RFC 7798 clause 7.1), without start codes. */
  readonly parameterSets: readonly Uint8Array[];
  /** sprop-max-don-diff is above 0: payloads carry decoding order numbers (DONL, DOND). */
  readonly hasOrderNumbers: boolean;
}

export interface AacFormat extends AnyFormat {
  readonly codec: 'aac';
  readonly config: AudioConfig;
  /** Bits of the fields in front of every frame (RFC 3640 clause 4.1). */
  readonly sizeLength: number;
  readonly indexLength: number;
  readonly indexDeltaLength: number;
}

export interface G711Format extends AnyFormat {
  readonly codec: 'pcma' | 'pcmu';
}

/** Everything that `RtpTrack` needs to know of a track. */
export type TrackFormat = H264Format | H265Format | AacFormat | G711Format;

/** Parameter sets are tiny; whatever is longer was not meant as one. */
const maxParameterSets = 32;
const maxParameterSetBytes = 4096;

/** Understands a signalled format. What cameras commonly get wrong in it is left out rather than refused. */
export function formatOf(description: FormatDescription): Result<TrackFormat, RtpFormatError> {
  const { payloadType, fmtp } = description;
  const encoding = description.encoding.toUpperCase() || staticEncodings.get(payloadType) || '';
  switch (encoding) {
    case 'H264':
      return ok({ codec: 'h264', payloadType, clockRate: videoClockRate, parameterSets: parameterSetsOf([fmtp['sprop-parameter-sets']]) });
    case 'H265':
    case 'HEVC': {
      const parameterSets = parameterSetsOf([fmtp['sprop-vps'], fmtp['sprop-sps'], fmtp['sprop-pps']]);
      const hasOrderNumbers = Number(fmtp['sprop-max-don-diff'] ?? 0) > 0;
      return ok({ codec: 'h265', payloadType, clockRate: videoClockRate, parameterSets, hasOrderNumbers });
    }
    case 'MPEG4-GENERIC':
      return aacFormatOf(description);
    case 'PCMA':
    case 'PCMU':
      if (description.channels > 1 || (description.clockRate || 8000) !== 8000) return err('codec-unsupported');
      return ok({ codec: encoding === 'PCMA' ? 'pcma' : 'pcmu', payloadType, clockRate: 8000 });
    default:
      return err('codec-unsupported');
  }
}

/** RFC 6184 clause 8.2.1 and RFC 7798 clause 7.2.1 allow no other; cameras that say another still count in this one. */
const videoClockRate = 90_000;

/** RFC 3551 tables 4 and 5. */
const staticEncodings = new Map([
  [0, 'PCMU'],
  [8, 'PCMA'],
]);

/** Comma-separated base64; a set that cannot be read is left out, for most cameras send theirs in band as well. */
function parameterSetsOf(lists: readonly (string | undefined)[]): Uint8Array[] {
  return lists
    .flatMap((list) => list?.split(',', maxParameterSets) ?? [])
    .map((text) => decodeBase64(text.trim()))
    .filter((nal) => nal !== null)
    .map(withoutStartCode)
    .filter((nal) => nal.length > 1 && nal.length <= maxParameterSetBytes);
}

/** Some cameras put a start code in front. */
function withoutStartCode(nal: Uint8Array): Uint8Array {
  let at = 0;
  while (at < 3 && nal[at] === 0) at += 1;
  return at >= 2 && nal[at] === 1 ? nal.subarray(at + 1) : nal;
}

/** RFC 3640 clause 4.1; the modes AAC-lbr and AAC-hbr (3.3.5, 3.3.6) are nothing but certain lengths. */
function aacFormatOf({ payloadType, clockRate, fmtp }: FormatDescription): Result<AacFormat, RtpFormatError> {
  const mode = (fmtp['mode'] ?? 'AAC-hbr').toLowerCase();
  if (mode !== 'aac-hbr' && mode !== 'aac-lbr') return err('codec-unsupported');
  const config = parseAudioConfig(hexOf(fmtp['config'] ?? ''));
  if (!config.ok) return err(config.error === 'not-in-adts' ? 'codec-unsupported' : 'parameters-invalid');
  const isLow = mode === 'aac-lbr';
  const lengths = {
    sizeLength: Number(fmtp['sizelength'] ?? (isLow ? 6 : 13)),
    indexLength: Number(fmtp['indexlength'] ?? (isLow ? 2 : 3)),
    indexDeltaLength: Number(fmtp['indexdeltalength'] ?? (isLow ? 2 : 3)),
  };
  const { sizeLength } = lengths;
  if (!Object.values(lengths).every((bits) => Number.isInteger(bits) && bits >= 0 && bits <= 32) || sizeLength === 0)
    return err('parameters-invalid');
  const rate = clockRate || config.value.sampleRate;
  if (rate < 1000 || rate > 192_000) return err('parameters-invalid');
  return ok({ codec: 'aac', payloadType, clockRate: rate, config: config.value, ...lengths });
}

/** Empty when it is no hexadecimal number. */
function hexOf(text: string): Uint8Array {
  const pairs = /^(?:[0-9a-f]{2}){1,64}$/i.test(text) ? (text.match(/../g) ?? []) : [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
