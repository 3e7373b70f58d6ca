/** NAL unit types that this product tells apart (ITU-T H.264 table 7-1). */
export const nalType = {
  slice: 1,
  partitionA: 2,
  partitionC: 4,
  idr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  delimiter: 9,
  endOfSequence: 10,
  endOfStream: 11,
  filler: 12,
} as const;

/** The nal_unit_type of a NAL unit (clause 7.3.1); 0 for an empty one. */
export const nalTypeOf = (nal: Uint8Array): number => (nal[0] ?? 0) & 0x1f;

/** Index of the next `00 00 01` at or after `from`, or -1 (clause B.1.1). */
function findStartCode(bytes: Uint8Array, from: number): number {
  const end = bytes.length;
  // The third byte decides: when it is above 1, none of the three can begin a start code.
  for (let i = from + 2; i < end;) {
    const third = bytes[i]!;
    if (third > 1) i += 3;
    else if (third === 1) {
      if (bytes[i - 1] === 0 && bytes[i - 2] === 0) return i - 2;
      i += 3;
    } else i += 1;
  }
  return -1;
}

/**
 * The NAL units of a byte stream (Annex B), without start codes and trailing zeros: views into `annexB`, no copies.
 * Bytes before the first start code belong to no NAL unit and are left out, as clause B.2 asks.
 */
export function* iterateNalUnits(annexB: Uint8Array): Generator<Uint8Array, void, undefined> {
  let start = findStartCode(annexB, 0);
  while (start >= 0) {
    const begin = start + 3;
    const next = findStartCode(annexB, begin);
    let end = next < 0 ? annexB.length : next;
    // trailing_zero_8bits, and the zero_byte of a four-byte start code: a NAL unit never ends in a zero (7.4.1).
    while (end > begin && annexB[end - 1] === 0) end -= 1;
    if (end > begin) yield annexB.subarray(begin, end);
    start = next;
  }
}

/** All NAL units at once; see `iterateNalUnits`. */
export const splitNalUnits = (annexB: Uint8Array): Uint8Array[] => [...iterateNalUnits(annexB)];

/** Writes NAL units as one byte stream with four-byte start codes. */
export function joinNalUnits(nals: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const nal of nals) size += 4 + nal.length;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const nal of nals) {
    bytes[at + 3] = 1;
    bytes.set(nal, at + 4);
    at += 4 + nal.length;
  }
  return bytes;
}
