import type { Clock } from '../../contract/time.ts';

/** So many requests an address and window; one more and it waits for the next window. Knows a bounded number of addresses. */
export class RequestBudget {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #limits: { readonly windowMs: number; readonly each: number; readonly addresses: number };
  readonly #spent = new Map<string, number>();
  #since = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, 'monotonic'>, limits: { readonly windowMs: number; readonly each: number; readonly addresses: number }) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How long this address has to wait, in milliseconds; 0 counts the request and lets it through. */
  take(address: string): number {
    const { windowMs, each, addresses } = this.#limits;
    const now = this.#clock.monotonic();
    if (now - this.#since >= windowMs) {
      this.#spent.clear();
      this.#since = now;
    }
    const spent = this.#spent.get(address) ?? 0;
    if (spent >= each || (spent === 0 && this.#spent.size >= addresses)) return Math.ceil(this.#since + windowMs - now);
    this.#spent.set(address, spent + 1);
    return 0;
  }
}
