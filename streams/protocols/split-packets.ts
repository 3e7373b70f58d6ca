/**
 * What a packet of a message in several packets did.
 * `waiting`: others are missing. `whole`: all are there, in their order. `again`: it was there already, so its sender does not go on before it is
 * answered; `items` are those that had come. `refused`: its number or its size is beyond the limits.
 */
export type SplitVerdict<T> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'whole'; readonly items: readonly T[] }
  | { readonly kind: 'again'; readonly items: readonly T[] }
  | { readonly kind: 'refused' };

export interface SplitLimits {
  /** Packets of one message. */
  readonly packets: number;
  /** Bytes of all that wait together. */
  readonly bytes: number;
  /** Messages that wait at once. */
  readonly messages: number;
}

interface Part<T> {
  readonly total: number;
  readonly items: Map<number, T>;
  bytes: number;
}

/** Puts messages together that come in several packets. Bounded: what there is no room for pushes out the message that has waited longest. */
export class SplitPackets<T> {
  readonly #limits: SplitLimits;
  readonly #parts = new Map<string, Part<T>>();
  #bytes = 0;

  constructor(limits: SplitLimits) {
    this.#limits = limits;
  }

  /** How many packets wait. */
  get waiting(): number {
    let count = 0;
    for (const { items } of this.#parts.values()) count += items.size;
    return count;
  }

  /** Takes packet `index` (from 1) of `total` of the message `key`; what it pushed out is handed to `out`, never lost in silence. */
  take(key: string, index: number, total: number, item: T, bytes: number, out: (items: readonly T[]) => void): SplitVerdict<T> {
    if (!(index >= 1 && index <= total && total <= this.#limits.packets) || bytes > this.#limits.bytes) return { kind: 'refused' };
    let part = this.#parts.get(key);
    if (part && part.total !== total) {
      out(this.#remove(key));
      part = undefined;
    }
    if (part?.items.has(index)) {
      const items = this.#remove(key);
      return { kind: 'again', items };
    }
    if (!part) {
      part = { total, items: new Map(), bytes: 0 };
      this.#parts.set(key, part);
    }
    part.items.set(index, item);
    part.bytes += bytes;
    this.#bytes += bytes;
    if (part.items.size === total) return { kind: 'whole', items: this.#remove(key) };
    while (this.#parts.size > this.#limits.messages || this.#bytes > this.#limits.bytes)
      out(this.#remove(this.#parts.keys().next().value!));
    return { kind: 'waiting' };
  }

  /** Gives up what waits and hands it over, message by message. */
  *end(): Iterable<readonly T[]> {
    for (const key of this.#parts.keys()) yield this.#remove(key);
  }

  #remove(key: string): readonly T[] {
    const part = this.#parts.get(key);
    if (!part) return [];
    this.#parts.delete(key);
    this.#bytes -= part.bytes;
    return [...part.items].sort(([a], [b]) => a - b).map(([, item]) => item);
  }
}
