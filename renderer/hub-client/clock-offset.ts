import type { EpochMs } from '../../main/contract/time.ts';

interface Sample {
  readonly offsetMs: number;
  readonly roundTripMs: number;
  readonly at: number;
}

/** How long a sample counts: long enough to catch a quick round trip, short enough to follow a clock that drifts or is set. */
export const sampleLifeMs = 60_000;

/**
 * The hub's clock as seen from here: of the samples of the last minute the one with the shortest round trip is believed, because
 * its error is at most half that trip. Times given in are of the page's own clock, which does not stand still in a sleep (`SleeplessClock`).
 */
export class ClockOffset {
  #samples: Sample[] = [];
  #best: Sample | null = null;

  /** One question and answer: sent and received on the page's monotonic clock, `hubNow` as the hub answered. */
  add(sentAt: number, hubNow: EpochMs, receivedAt: number): void {
    const sample = { offsetMs: hubNow - (sentAt + receivedAt) / 2, roundTripMs: receivedAt - sentAt, at: receivedAt };
    // A clock that was set: old samples say nothing any more.
    if (this.#best && Math.abs(sample.offsetMs - this.#best.offsetMs) > this.#best.roundTripMs + sample.roundTripMs + 500)
      this.#samples = [];
    this.#samples = [...this.#samples.filter((old) => old.at > receivedAt - sampleLifeMs), sample].slice(-64);
    this.#best = this.#samples.reduce((best, next) => (next.roundTripMs <= best.roundTripMs ? next : best));
  }

  /** Forgets what was measured, but for a last guess: this computer's own clock did what nobody can tell. */
  forget(): void {
    this.#samples = [];
  }

  /** True once the hub's clock is known. */
  get known(): boolean {
    return this.#best !== null;
  }

  /** Half the round trip of the sample in use: how wrong `hubNow` may be, in milliseconds; null while unknown. */
  get errorMs(): number | null {
    return this.#best === null ? null : this.#best.roundTripMs / 2;
  }

  /** The hub's clock at `monotonicNow`, or `fallback` while unknown. */
  hubNow(monotonicNow: number, fallback: EpochMs): EpochMs {
    return this.#best === null ? fallback : Math.round(monotonicNow + this.#best.offsetMs);
  }
}
