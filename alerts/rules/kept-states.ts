/** How many states all conditions together may keep; what finds no place is counted. */
export class StateBudget {
  readonly atMost: number;
  taken = 0;
  refused = 0;

  constructor(atMost: number) {
    this.atMost = atMost;
  }
}

/** The states of one condition by the key of what they are of, within a budget that it shares with others. */
export class KeptStates<S> {
  readonly #states = new Map<string, S>();
  readonly #budget: StateBudget;

  constructor(budget: StateBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#states.size;
  }

  get(key: string): S | undefined {
    return this.#states.get(key);
  }

  /** False when there is no place for one more: then nothing has changed. */
  set(key: string, state: S): boolean {
    if (!this.#states.has(key)) {
      if (this.#budget.taken >= this.#budget.atMost) {
        this.#budget.refused += 1;
        return false;
      }
      this.#budget.taken += 1;
    }
    this.#states.set(key, state);
    return true;
  }

  delete(key: string): void {
    if (this.#states.delete(key)) this.#budget.taken -= 1;
  }

  entries(): IterableIterator<[string, S]> {
    return this.#states.entries();
  }
}
