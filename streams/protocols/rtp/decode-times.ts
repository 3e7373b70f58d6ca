/** No stream may reorder more (ITU-T H.264 clause A.3.1 and H.265 clause A.4.2: 16 pictures in the decoded picture buffer). */
const maxDepth = 16;
/** What a picture is taken to last before anything is known. */
const nominalIntervalUs = 40_000;

/**
 * Decoding times for a stream that only says when pictures are shown, as RTP does. When at most N pictures wait for one that is decoded
 * after them and shown before them, the smallest of the N + 1 latest presentation times is a decoding time: it needs no look ahead, and
 * nothing is delayed. N is what the parameter sets say; where they say nothing, or what is not true, it grows as presentation times step back.
 */
export class DecodeTimes {
  /** The N + 1 latest presentation times, rising. */
  #latest: number[] = [];
  #declared = 0;
  #lastDtsUs = Number.NEGATIVE_INFINITY;

  dtsUs = 0;
  ptsUs = 0;

  /**
   * Times of the next unit in decoding order: sets `dtsUs`, always after the one before, and `ptsUs`, which is the one given unless the
   * depth was not known yet: then the picture is shown late rather than decoded in the past. `depth`: N, null when unknown.
   */
  take(ptsUs: number, depth: number | null, isBreak: boolean): void {
    const declared = Math.min(depth ?? 0, maxDepth);
    if (this.#latest.length === 0 || declared !== this.#declared) this.#begin(ptsUs, declared);
    else if (isBreak) this.#begin(ptsUs, this.#latest.length - 1);
    this.#declared = declared;
    const latest = this.#latest;
    // Behind everything that is still open: somebody waits who was not announced.
    if (ptsUs < latest[0]! && latest.length <= maxDepth) latest.unshift(ptsUs);
    else this.#insert(ptsUs);
    this.dtsUs = Math.max(latest[0]!, this.#lastDtsUs + 1);
    this.ptsUs = Math.max(ptsUs, this.dtsUs);
    this.#lastDtsUs = this.dtsUs;
  }

  /** Makes room by dropping the smallest. */
  #insert(ptsUs: number): void {
    const latest = this.#latest;
    let at = 0;
    for (; at + 1 < latest.length && latest[at + 1]! <= ptsUs; at += 1) latest[at] = latest[at + 1]!;
    latest[at] = ptsUs;
  }

  #begin(ptsUs: number, depth: number): void {
    // As if pictures had been coming before: decoding begins earlier than showing, by the depth.
    this.#latest = Array.from({ length: depth + 1 }, (_, i) => ptsUs - (depth + 1 - i) * nominalIntervalUs);
  }
}
