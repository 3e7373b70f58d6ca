/** NAL units with their lengths in front (ISO/IEC 14496-15 clause 4.3.3), walked without making anything new. */
export interface LengthPrefixed {
  readonly bytes: Uint8Array;
  readonly lengthSize: 1 | 2 | 4;
}

/** Calls `visit` with where each NAL unit lies; empty ones are passed over. False when a length leads beyond the end. */
export function eachNal({ bytes, lengthSize }: LengthPrefixed, visit: (from: number, to: number) => void): boolean {
  let at = 0;
  while (at < bytes.length) {
    if (at + lengthSize > bytes.length) return false;
    let size = 0;
    for (let i = 0; i < lengthSize; i += 1) size = size * 256 + bytes[at + i]!;
    at += lengthSize;
    if (size > bytes.length - at) return false;
    if (size > 0) visit(at, at + size);
    at += size;
  }
  return true;
}

/** A byte stream with start codes (Annex B of ITU-T H.264 and H.265): `before`, then those NAL units that `keeps` lets through. */
export function annexBOf(before: readonly Uint8Array[], sample: LengthPrefixed, keeps: (header: number) => boolean): Uint8Array {
  const { bytes } = sample;
  let size = 0;
  for (const nal of before) size += 4 + nal.length;
  eachNal(sample, (from, to) => {
    if (keeps(bytes[from]!)) size += 4 + to - from;
  });
  const annexB = new Uint8Array(size);
  let at = 0;
  const put = (nal: Uint8Array) => {
    annexB[at + 3] = 1;
    annexB.set(nal, at + 4);
    at += 4 + nal.length;
  };
  before.forEach(put);
  eachNal(sample, (from, to) => {
    if (keeps(bytes[from]!)) put(bytes.subarray(from, to));
  });
  return annexB;
}
