import type { EpochMs } from '../../main/contract/time.ts';

/** The most that came within any span of so long, of what is told in order of time. Costs the same for each, however many come at once. */
export class BusiestWindow {
  readonly #withinMs: number;
  /** Those of the span that ends with the last; what lies before `#first` is out of it. */
  #times: EpochMs[] = [];
  #first = 0;
  #most = 0;

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  add(at: EpochMs): void {
    this.#times.push(at);
    while (at - this.#times[this.#first]! >= this.#withinMs) this.#first += 1;
    if (this.#first > 1024 && this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
    this.#most = Math.max(this.#most, this.#times.length - this.#first);
  }

  get most(): number {
    return this.#most;
  }
}
