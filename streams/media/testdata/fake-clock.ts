import type { Clock } from '../../../main/contract/time.ts';

/** A clock that stands still until it is told; `sleep` is not offered, because what it is given to has no timers. */
export class FakeClock implements Clock {
  #ms = 0;
  now(): number {
    return 1_800_000_000_000 + this.#ms;
  }
  monotonic(): number {
    return this.#ms;
  }
  sleep(): Promise<void> {
    throw new Error('nothing here may sleep');
  }
  advance(ms: number): void {
    this.#ms += ms;
  }
}
