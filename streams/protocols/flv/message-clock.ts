/** Where every stream begins, so that nothing needs negative times. */
const beginMs = 1000;
/** Messages of one track may come back this much out of order without being another clock. */
const backMs = 1000;
/** A silence longer than this is no longer told from a clock that was set. */
const aheadMs = 10_000;
/** How far after the last message a new clock begins: about one picture. */
const stepMs = 40;

/** When a message is on the stream's own clock. */
export interface MessageTime {
  /** Milliseconds since the stream's beginning, plus a second. */
  readonly ms: number;
  /** The publisher's clock was set: times before and after have nothing to do with each other. */
  readonly jumped: boolean;
}

/**
 * Turns the 32-bit milliseconds of RTMP messages (Adobe RTMP 1.0 clause 5.3.1.3, modulo 2^32) into times that go on for ever. Video and
 * audio keep their distance; when the publisher's clock jumps, the track that jumps first decides where the new time begins, and the
 * other follows as soon as it jumps too.
 */
export class MessageClock {
  /** What to add to a time stamp, of the newest clock that was seen. */
  #offset: number | null = null;
  #latestMs = beginMs;

  /** One track of the stream: call it with the time stamp of each of its messages. */
  track(): (timestamp: number) => MessageTime {
    let before: { readonly timestamp: number; readonly ms: number } | null = null;
    return (timestamp) => {
      const time = before === null ? this.#begin(timestamp) : this.#next(timestamp, before.timestamp, before.ms);
      before = { timestamp, ms: time.ms };
      this.#latestMs = Math.max(this.#latestMs, time.ms);
      return time;
    };
  }

  #begin(timestamp: number): MessageTime {
    this.#offset ??= beginMs - timestamp;
    const ms = timestamp + this.#offset;
    // Tracks whose first messages lie far apart do not count on one clock.
    return { ms: Math.abs(ms - this.#latestMs) <= aheadMs && ms >= 0 ? ms : this.#latestMs, jumped: false };
  }

  #next(timestamp: number, beforeTimestamp: number, beforeMs: number): MessageTime {
    const step = (timestamp - beforeTimestamp) | 0;
    if (step >= -backMs && step <= aheadMs) {
      const ms = beforeMs + step;
      // Only a wrap changes anything here.
      if (this.#offset === beforeMs - beforeTimestamp) this.#offset = ms - timestamp;
      return { ms, jumped: false };
    }
    const followed = timestamp + (this.#offset ?? 0) - beforeMs;
    if (followed >= -backMs && followed <= aheadMs) return { ms: beforeMs + followed, jumped: true };
    this.#offset = beforeMs + stepMs - timestamp;
    return { ms: beforeMs + stepMs, jumped: true };
  }
}
