/** Lets so many through a second, and so many at once after a rest. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #at: number;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#at = nowMs;
  }

  /** True when `count` may pass now; `nowMs` is monotonic. */
  take(count: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#left < count) return false;
    this.#left -= count;
    return true;
  }

  /** What has passed already, however much: nothing more may before it is paid for. */
  owe(count: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#left -= count;
  }

  #fill(nowMs: number): void {
    this.#left = Math.min(this.#burst, this.#left + (Math.max(0, nowMs - this.#at) / 1000) * this.#perSecond);
    this.#at = nowMs;
  }
}
