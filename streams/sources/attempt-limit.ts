/** How often one may begin: so many at once, then so many a second. `keys`: how many are told apart; beyond that the one longest unheard of begins anew. */
export interface AttemptAllowance {
  readonly burst: number;
  readonly perSecond: number;
  readonly keys: number;
}

/** Bounds how often each of many begins something. */
export class AttemptLimit {
  readonly #allowance: AttemptAllowance;
  readonly #left = new Map<string, { readonly left: number; readonly at: number }>();

  constructor(allowance: AttemptAllowance) {
    this.#allowance = allowance;
  }

  /** True when `key` may begin once more now; `now` is monotonic milliseconds. */
  take(key: string, now: number): boolean {
    const { burst, perSecond, keys } = this.#allowance;
    const before = this.#left.get(key) ?? { left: burst, at: now };
    const left = Math.min(burst, before.left + ((now - before.at) / 1000) * perSecond);
    const mayBegin = left >= 1;
    this.#left.delete(key);
    this.#left.set(key, { left: mayBegin ? left - 1 : left, at: now });
    if (this.#left.size > keys) this.#left.delete(this.#left.keys().next().value as string);
    return mayBegin;
  }
}
