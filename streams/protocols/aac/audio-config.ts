import { err, ok, type Result } from '../../../main/contract/result.ts';

/** What an AudioSpecificConfig says (ISO/IEC 14496-3 clause 1.6.2.1), as far as ADTS can say it again. */
export interface AudioConfig {
  /** Audio object type, 1 to 4; 2 is AAC LC. */
  readonly objectType: number;
  /** Index into `sampleRates`. */
  readonly rateIndex: number;
  /** Samples a second, the core's: spectral band replication doubles them when a decoder finds it in the frames. */
  readonly sampleRate: number;
  /** channelConfiguration, 1 to 7: 1 mono, 2 stereo. */
  readonly channels: number;
}

/** `not-in-adts`: a sound format that an ADTS header has no words for. */
export type AudioConfigError = 'truncated' | 'out-of-range' | 'not-in-adts';

/** samplingFrequencyIndex (table 1.18). */
export const sampleRates: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];

/** Object types of spectral band replication and parametric stereo, written around the core's (1.6.2.1). */
const extensions = new Set([5, 29]);
const escapeObjectType = 31;
const explicitRate = 15;

/** Decodes an AudioSpecificConfig; what follows the fields that are asked for is not looked at. */
export function parseAudioConfig(bytes: Uint8Array): Result<AudioConfig, AudioConfigError> {
  let at = 0;
  let isShort = false;
  const bits = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i += 1, at += 1) {
      const byte = bytes[at >> 3];
      if (byte === undefined) isShort = true;
      value = value * 2 + (((byte ?? 0) >> (7 - (at & 7))) & 1);
    }
    return value;
  };
  const readObjectType = (): number => {
    const type = bits(5);
    return type === escapeObjectType ? 32 + bits(6) : type;
  };
  const readRateIndex = (): number => {
    const index = bits(4);
    // A rate written out is fine when it is one of the table's.
    return index === explicitRate ? sampleRates.indexOf(bits(24)) : index;
  };
  let objectType = readObjectType();
  const rateIndex = readRateIndex();
  const channels = bits(4);
  if (extensions.has(objectType)) {
    readRateIndex();
    objectType = readObjectType();
  }
  if (isShort) return err('truncated');
  const sampleRate = sampleRates[rateIndex];
  if (rateIndex === -1 || objectType < 1 || objectType > 4) return err('not-in-adts');
  if (sampleRate === undefined || channels > 7) return err('out-of-range');
  if (channels === 0) return err('not-in-adts');
  return ok({ objectType, rateIndex, sampleRate, channels });
}
