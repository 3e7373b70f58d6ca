/**
 * How evenly packets arrive: the interarrival jitter of RFC 3550 clause 6.4.1 and appendix A.8, taken from the first packet of every picture
 * that is shown after all before it. The others are sent later than their time stamps say because of their order, not because of the line.
 */
export class ArrivalJitter {
  readonly #ticksPerMs: number;
  #transit = Number.NaN;
  #lastTimestamp = 0;
  #ticks = 0;
  #measures = 0;

  constructor(clockRate: number) {
    this.#ticksPerMs = clockRate / 1000;
  }

  /** One packet, by its time stamp and when it arrived. */
  take(timestamp: number, arrivalMs: number): void {
    const arrival = arrivalMs * this.#ticksPerMs;
    if (Number.isNaN(this.#transit)) {
      this.#transit = arrival;
      this.#lastTimestamp = timestamp;
      return;
    }
    // Signed 32-bit: time stamps wrap, and pictures shown out of order step back.
    const step = (timestamp - this.#lastTimestamp) | 0;
    if (step <= 0 && step > -maxDifferenceMs * this.#ticksPerMs) return;
    const difference = Math.abs(arrival - this.#transit - step);
    this.#transit = arrival;
    this.#lastTimestamp = timestamp;
    // A clock that was set is no jitter.
    if (difference > maxDifferenceMs * this.#ticksPerMs) return;
    this.#ticks += (difference - this.#ticks) / 16;
    this.#measures += 1;
  }

  /** Forgets the sender; the value stays until there is a new one. */
  restart(): void {
    this.#transit = Number.NaN;
  }

  /** In milliseconds; null before two pictures. */
  get ms(): number | null {
    return this.#measures === 0 ? null : this.#ticks / this.#ticksPerMs;
  }

  /** In ticks of the clock, as receiver reports have it. */
  get ticks(): number {
    return Math.min(0xffff_ffff, Math.round(this.#ticks));
  }
}

const maxDifferenceMs = 10_000;
