/** A camera that loses its picture `breaks` times within `withinMs` is left alone for `forMs`. */
export interface QuarantineLimits {
  readonly breaks: number;
  readonly withinMs: number;
  readonly forMs: number;
}

/** How long to leave it alone, and how often it broke off. */
export interface Sentence {
  readonly forMs: number;
  readonly breaks: number;
}

/** More breaks than any limit counts need not be told apart. */
const maxRemembered = 128;

/**
 * Decides when a camera flaps. A picture that comes and goes is worse than none: it costs the camera network an opening each time,
 * and an operator his attention. After its time a camera has one try: if that breaks off too before it has lasted `withinMs`, or
 * comes to nothing, it is left alone again. Times are monotonic milliseconds.
 */
export class Quarantine {
  readonly #limits: QuarantineLimits;
  /** When running pictures were lost. */
  #lost: number[] = [];
  #onTrial = false;

  constructor(limits: QuarantineLimits) {
    this.#limits = limits;
  }

  /** A running picture was lost after `lastedMs`. */
  broke(now: number, lastedMs: number): Sentence | null {
    const { breaks, withinMs } = this.#limits;
    if (lastedMs >= withinMs) {
      this.#onTrial = false;
      this.#lost = [];
    }
    this.#lost = [...this.#lost, now].slice(-maxRemembered);
    if (this.#onTrial) return this.#sentence();
    this.#lost = this.#lost.filter((at) => now - at < withinMs);
    return this.#lost.length >= breaks ? this.#sentence() : null;
  }

  /** A try failed before there was a picture. */
  failed(): Sentence | null {
    return this.#onTrial ? this.#sentence() : null;
  }

  /** The camera's source was changed: it begins anew. */
  lift(): void {
    this.#lost = [];
    this.#onTrial = false;
  }

  #sentence(): Sentence {
    this.#onTrial = true;
    return { forMs: this.#limits.forMs, breaks: this.#lost.length };
  }
}
