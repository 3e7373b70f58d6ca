/** A burst is a quarter of a second's worth: within any second at most 1.25 times the rate begins. */
const burstSeconds = 0.25;

/** How many may begin a second: a token bucket. Times are monotonic milliseconds. */
export class StartRate {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#burst = Math.max(1, perSecond * burstSeconds);
    this.#tokens = this.#burst;
  }

  /** Whether one may begin now; if so, it counts. */
  take(now: number): boolean {
    const earned = (Math.max(0, now - this.#filledAt) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
