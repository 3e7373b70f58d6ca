/** A shorter sleep goes unnoticed: no clock is further wrong for it than that. */
export const leastSleepMs = 1000;

/**
 * A page's monotonic clock that goes on while its computer sleeps. `performance.now()` does so on Windows; on Linux it is CLOCK_MONOTONIC, which stands
 * still meanwhile, and on macOS alike. The wall clock always goes on, so whatever it gained between two looks counts as sleep. A wall clock
 * that was set ahead looks the same from here: whoever believes nothing that is older than a sleep is on the safe side of both. One that
 * was set back is no sleep. Milliseconds.
 */
export class SleeplessClock {
  readonly #monotonic: () => number;
  readonly #wall: () => number;
  #aheadMs: number;
  #sleptMs = 0;

  constructor(monotonic: () => number = () => performance.now(), wall: () => number = () => Date.now()) {
    this.#monotonic = monotonic;
    this.#wall = wall;
    this.#aheadMs = wall() - monotonic();
  }

  now(): number {
    const at = this.#monotonic();
    const aheadMs = this.#wall() - at;
    const gainedMs = aheadMs - this.#aheadMs;
    // Small gains and losses are how a clock is kept right; they do not add up.
    this.#aheadMs = aheadMs;
    if (gainedMs >= leastSleepMs) this.#sleptMs += gainedMs;
    return at + this.#sleptMs;
  }

  /** How much of `now()` is sleep, as of the last look. Grows with each. */
  get sleptMs(): number {
    return this.#sleptMs;
  }
}
