/** What the head of an ADTS frame says of the sound in it. */
export interface AdtsHead {
  /** RFC 6381, as WebCodecs takes it: `mp4a.40.2`. */
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
}

/** ISO/IEC 14496-3 table 1.18. */
const sampleRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/** Reads the head of one ADTS frame (ISO/IEC 14496-3 clause 1.A.2.2.1); null when it is none, or leaves its channels to the sound itself. */
export function readAdtsHead(frame: Uint8Array): AdtsHead | null {
  if (frame.length < 7 || frame[0] !== 0xff || (frame[1]! & 0xf6) !== 0xf0) return null;
  const sampleRate = sampleRates[(frame[2]! >> 2) & 15];
  const channels = ((frame[2]! & 1) << 2) | (frame[3]! >> 6);
  if (sampleRate === undefined || channels === 0) return null;
  // Seven stands for eight: 7.1.
  return { codec: `mp4a.40.${(frame[2]! >> 6) + 1}`, sampleRate, channels: channels === 7 ? 8 : channels };
}
