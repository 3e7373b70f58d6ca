import type { Clock } from '../../contract/time.ts';

/** How long commands may keep the loop in one turn of it. */
export const turnMs = 8;

/**
 * Lets commands begin one after the other, in order, and leaves the loop to everything else in between: a client that sends hundreds at once
 * waits for its own, and nobody's picture, clock or farewell waits with it. Each command writes to the disk before it is over, so the time
 * is what counts, not their number.
 */
export class FairTurns {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #waiting: (() => void)[] = [];
  /** When the first command of this turn began; null when none has. */
  #began: number | null = null;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Commands that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Null: now. Otherwise begin when it resolves. */
  next(): Promise<void> | null {
    if (this.#began === null) this.#beginTurn();
    if (this.#waiting.length === 0 && this.#hasTime()) return null;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #beginTurn(): void {
    this.#began = this.#clock.monotonic();
    setImmediate(() => {
      this.#began = null;
      if (this.#waiting.length === 0) return;
      this.#beginTurn();
      this.#letOneBegin();
    });
  }

  #hasTime(): boolean {
    return this.#began !== null && this.#clock.monotonic() - this.#began < turnMs;
  }

  /** What it does at once is done when the next is thought of. */
  #letOneBegin(): void {
    const begin = this.#waiting.shift();
    if (begin === undefined) return;
    begin();
    queueMicrotask(() => {
      if (this.#hasTime()) this.#letOneBegin();
    });
  }
}
