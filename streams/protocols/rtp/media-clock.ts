/** Where every track's own clock begins: decoding times may lie a little before the first picture and must not be negative. */
const originUs = 1_000_000;
/** A step forward may be longer than the time that passed by so much: what was buffered before us comes all at once. */
const maxLeadUs = 10_000_000;
/** Pictures that are shown out of order step back, but never by so much. */
const maxBackUs = 2_000_000;

/** So long is compared how time stamps and arrival go on, over at least so many units. */
const trial = { us: 5_000_000, units: 25 };
/** A wait longer than this is the line's, and tells nothing about the clock. */
const stallUs = 1_000_000;
/** A clock that goes so much slower or faster than time itself is none. */
const maxRate = 4;

/**
 * Makes microseconds that do not wrap of RTP's 32-bit time stamps (RFC 3550 clause 5.1). A time stamp that cannot be meant (hours ahead,
 * seconds back) ends the timeline: a new one begins where the time of arrival says, never before what was given out already. A sender whose
 * time stamps stand still, or run several times too fast, has no clock: from then on the times of arrival are taken.
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
  /** Of the trial under way: since when by the time stamps, how long by arrival, and how many units. */
  #trialFromUs = originUs;
  #trialUs = 0;
  #trialUnits = 0;
  #goesByArrival = false;

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
    this.#lastTimestamp = timestamp;
    const hasNoClock = !this.#goesByArrival && this.#failsTrial(passedUs);
    this.#goesByArrival ||= hasNoClock;
    const jumps = !this.#goesByArrival && (stepUs > passedUs + maxLeadUs || stepUs < -maxBackUs);
    this.isBreak = this.#restarts || hasNoClock || jumps;
    if (this.isBreak) {
      this.#restarts = false;
      // Whole microseconds after everything before, as far as the wait was.
      this.#baseUs = Number.isNaN(this.#lastArrivalMs) ? originUs : Math.round(Math.max(this.#highestUs + 1, this.#lastUs + passedUs));
      this.#ticks = 0;
      this.#beginTrial(this.#baseUs);
    } else this.#ticks += this.#goesByArrival ? (passedUs * this.#clockRate) / 1_000_000 : step;
    this.#lastArrivalMs = arrivalMs;
    this.#lastUs = this.#baseUs + Math.round((this.#ticks / this.#clockRate) * 1_000_000);
    this.#highestUs = Math.max(this.#highestUs, this.#lastUs);
    return this.#lastUs;
  }

  /** Another sender: its time stamps begin anywhere. */
  restart(): void {
    this.#restarts = true;
    this.#goesByArrival = false;
  }

  /** Whether the time stamps went on too differently from time itself, each time that enough of it has passed. */
  #failsTrial(passedUs: number): boolean {
    if (passedUs > stallUs) this.#beginTrial(this.#highestUs);
    else {
      this.#trialUs += passedUs;
      this.#trialUnits += 1;
    }
    if (this.#trialUs < trial.us || this.#trialUnits < trial.units) return false;
    const wentUs = this.#highestUs - this.#trialFromUs;
    const fails = wentUs * maxRate < this.#trialUs || wentUs > this.#trialUs * maxRate;
    this.#beginTrial(this.#highestUs);
    return fails;
  }

  #beginTrial(fromUs: number): void {
    this.#trialFromUs = fromUs;
    this.#trialUs = this.#trialUnits = 0;
  }
}
