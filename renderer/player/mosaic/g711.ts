/** Samples a second of G.711, one channel. */
export const g711SampleRate = 8_000;

/** Rec. ITU-T G.711 table 1a: A-law with its even bits inverted, as it is sent. From −1 to 1. */
const aLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return ((bits & 0x80) === 0 ? -size : size) / 32_768;
});

/** Rec. ITU-T G.711 table 2a: µ-law with all its bits inverted, as it is sent. From −1 to 1. */
const muLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const size = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return ((bits & 0x80) === 0 ? size : -size) / 32_768;
});

/** Samples of G.711, −1 to 1. */
export function decodeG711(bytes: Uint8Array, law: 'pcma' | 'pcmu'): Float32Array<ArrayBuffer> {
  const table = law === 'pcma' ? aLaw : muLaw;
  const samples = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i += 1) samples[i] = table[bytes[i]!]!;
  return samples;
}
