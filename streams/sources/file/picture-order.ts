import type { SliceHeader } from '../../protocols/h264/slice-header.ts';
import type { Sps } from '../../protocols/h264/sps.ts';

/** What the order of a picture depends on. */
export interface OrderedPicture {
  readonly sps: Sps | null;
  readonly slice: SliceHeader | null;
}

/**
 * When each picture is shown, counted in pictures, for a raw stream that has no times (ITU-T H.264 clause 8.2.1.1).
 * `pictures` are in decoding order. The answer is never before the picture's own place: whatever the reordering delays is
 * delayed for all. Streams that count differently (pic_order_cnt_type 1 and 2) are taken as shown in decoding order.
 */
export function presentationOrder(pictures: readonly OrderedPicture[]): number[] {
  const shown: number[] = [];
  let begin = 0;
  for (let i = 1; i <= pictures.length; i += 1) {
    if (i < pictures.length && !pictures[i]!.slice?.isIdr) continue;
    const counts = pictureCounts(pictures.slice(begin, i));
    const ranked = counts.map((_, index) => index).sort((a, b) => counts[a]! - counts[b]!);
    ranked.forEach((index, rank) => (shown[begin + index] = begin + rank));
    begin = i;
  }
  const delay = shown.reduce((most, at, index) => Math.max(most, index - at), 0);
  return shown.map((at) => at + delay);
}

/** Picture order counts of one coded video sequence; the decoding order where they cannot be told. */
function pictureCounts(pictures: readonly OrderedPicture[]): number[] {
  const counts: number[] = [];
  let previousMsb = 0;
  let previousLsb = 0;
  for (const { sps, slice } of pictures) {
    if (!sps || slice?.pocLsb === null || slice?.pocLsb === undefined) return pictures.map((_, index) => index);
    const max = 2 ** sps.log2MaxPocLsb;
    const lsb = slice.pocLsb;
    if (slice.isIdr) previousMsb = previousLsb = 0;
    let msb = previousMsb;
    if (lsb < previousLsb && previousLsb - lsb >= max / 2) msb += max;
    else if (lsb > previousLsb && lsb - previousLsb > max / 2) msb -= max;
    counts.push(msb + lsb);
    if (slice.isReference) {
      previousMsb = msb;
      previousLsb = lsb;
    }
  }
  return counts;
}
