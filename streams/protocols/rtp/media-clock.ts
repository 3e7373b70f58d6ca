/** Where every track's own clock begins: decoding times may lie a little before the first picture and must not be negative. */
const originUs = 1_000_000;
/** A step forward may be longer than the time that passed by so much: what was buffered before us comes all at once. */
const maxLeadUs = 10_000_000;
/** Pictures that are shown out of order step back, but never by so much. */
const maxBackUs = 2_000_000;

/**
 * Makes microseconds that do not wrap of RTP's 32-bit time stamps (RFC 3550 clause 5.1). A time stamp that cannot be meant (hours ahead,
 * seconds back) ends the timeline: a new one begins where the time of arrival says, never before what was given out already.
 */
export class MediaClock {
  readonly #clockRate: number;
  /** Since this timeline began, which was at `#baseUs`. */
  #ticks = 0;
  #lastTimestamp = 0;
  #baseUs = originUs;
  #highestUs = originUs;
  #lastUs = originUs;
  #lastArrivalMs = Number.NaN;
  #restarts = true;

  /** The latest time begins a new timeline. */
  isBreak = false;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** Presentation time in microseconds. */
  timeOf(timestamp: number, arrivalMs: number): number {
    const passedUs = Number.isNaN(this.#lastArrivalMs) ? 0 : Math.max(0, arrivalMs - this.#lastArrivalMs) * 1000;
    // Signed: time stamps wrap, and pictures shown out of order step back.
    const step = (timestamp - this.#lastTimestamp) | 0;
    const stepUs = (step / this.#clockRate) * 1_000_000;
    this.isBreak = this.#restarts || stepUs > passedUs + maxLeadUs || stepUs < -maxBackUs;
    this.#lastTimestamp = timestamp;
    if (this.isBreak) {
      this.#restarts = false;
      // Whole microseconds after everything before, as far as the wait was.
      this.#baseUs = Number.isNaN(this.#lastArrivalMs) ? originUs : Math.round(Math.max(this.#highestUs + 1, this.#lastUs + passedUs));
      this.#ticks = 0;
    } else this.#ticks += step;
    this.#lastArrivalMs = arrivalMs;
    this.#lastUs = this.#baseUs + Math.round((this.#ticks / this.#clockRate) * 1_000_000);
    this.#highestUs = Math.max(this.#highestUs, this.#lastUs);
    return this.#lastUs;
  }

  /** Another sender: its time stamps begin anywhere. */
  restart(): void {
    this.#restarts = true;
  }
}
