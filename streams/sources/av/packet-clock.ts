/** Where every stream begins, so that nothing needs negative times. */
const beginUs = 1_000_000;
/** Times of one track may step back this much without being another clock. */
const backUs = 1_000_000;
/** A silence longer than this is no longer told from a clock that was set. */
const aheadUs = 10_000_000;
/** How far after the last picture a new clock begins, or one without a time lies: about one picture. */
const stepUs = 40_000;

/** When a packet is on the stream's own clock. */
export interface PacketTime {
  readonly ptsUs: number;
  /** Always after the one before of its track; null when only the time to show it is known. */
  readonly dtsUs: number | null;
  /** The source's clock was set: times before and after have nothing to do with each other. */
  readonly jumped: boolean;
}

/**
 * Turns the times of FFmpeg's packets, which may be missing, step back or jump, into times that go on for ever. Tracks keep their distance;
 * when the source's clock jumps, the track that jumps first decides where the new time begins, and the others follow as soon as they jump too.
 */
export class PacketClock {
  /** What to add, by the newest clock that was seen. */
  #offsetUs: number | null = null;
  #latestUs = beginUs;

  /** One track of the stream: call it with the times of each of its packets, in microseconds, null where they are unknown. */
  track(): (ptsUs: number | null, dtsUs: number | null) => PacketTime {
    let offsetUs: number | null = null;
    let lastUs: number | null = null;
    return (ptsUs, dtsUs) => {
      const givenUs = dtsUs ?? ptsUs;
      let jumped = false;
      // A track that begins late lies near those that are under way.
      const follows = (timeUs: number): boolean => {
        const step = timeUs - (lastUs ?? this.#latestUs);
        return step <= aheadUs && step >= (lastUs === null ? -aheadUs : -backUs);
      };
      if (givenUs !== null && (offsetUs === null || !follows(givenUs + offsetUs))) {
        jumped = offsetUs !== null;
        if (this.#offsetUs === null || !follows(givenUs + this.#offsetUs))
          this.#offsetUs = (lastUs === null ? this.#latestUs : lastUs + stepUs) - givenUs;
        offsetUs = this.#offsetUs;
      }
      const place = (us: number) => us + (offsetUs ?? 0);
      const wantedUs = givenUs === null ? (lastUs ?? this.#latestUs - stepUs) + stepUs : place(givenUs);
      const isShownOnly = dtsUs === null && ptsUs !== null;
      const timeUs = isShownOnly || lastUs === null ? wantedUs : Math.max(wantedUs, lastUs + 1);
      lastUs = Math.max(lastUs ?? timeUs, timeUs);
      this.#latestUs = Math.max(this.#latestUs, timeUs);
      if (isShownOnly) return { ptsUs: timeUs, dtsUs: null, jumped };
      const shownUs = ptsUs === null ? timeUs : place(ptsUs);
      return { ptsUs: shownUs >= timeUs && shownUs - timeUs <= aheadUs ? shownUs : timeUs, dtsUs: timeUs, jumped };
    };
  }
}
