/** By how much the shortest way is forgotten in a second, for clocks drift. */
const driftMs = 1;
/** Records come in the order in which the relay had them, give or take this: further back is a clock that was set. */
const setBackMs = 250;

/**
 * How late records come: by how much longer they were under way than the quickest one. No clock needs to be known for that: both times may be of clocks
 * that have nothing to do with each other, as long as they go at the same pace.
 */
export class LineLateness {
  /** Arrival minus receive time, at its smallest. */
  #quickest: number | null = null;
  #at = 0;
  #receivedAt = Number.NEGATIVE_INFINITY;

  /** `receivedAt`: when the relay had the record; `now`: its arrival here. Milliseconds. */
  of(receivedAt: number, now: number): number {
    // Or everything after it would be late for ever.
    if (receivedAt < this.#receivedAt - setBackMs) this.#quickest = null;
    this.#receivedAt = receivedAt;
    const underWay = now - receivedAt;
    const known = this.#quickest === null ? underWay : this.#quickest + (Math.max(0, now - this.#at) / 1000) * driftMs;
    this.#quickest = Math.min(underWay, known);
    this.#at = now;
    return underWay - this.#quickest;
  }
}
