import type { EpochMs } from '../../main/contract/time.ts';

interface Due {
  readonly key: string;
  at: EpochMs;
}

/** Which key is due next: one time a key, the earliest first, keys of the same time in order of the key. A heap with an index. */
export class DueTimes {
  readonly #heap: Due[] = [];
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#heap.length;
  }

  /** Sets a key's time, whatever it was before. */
  set(key: string, at: EpochMs): void {
    const place = this.#places.get(key);
    if (place === undefined) {
      this.#heap.push({ key, at });
      this.#places.set(key, this.#heap.length - 1);
      this.#up(this.#heap.length - 1);
      return;
    }
    const due = this.#heap[place]!;
    const later = at > due.at;
    due.at = at;
    if (later) this.#down(place);
    else this.#up(place);
  }

  delete(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    const last = this.#heap.pop()!;
    if (place === this.#heap.length) return;
    this.#put(last, place);
    this.#up(place);
    this.#down(this.#places.get(last.key)!);
  }

  /** Takes out the first key whose time has come; undefined when none has. */
  next(now: EpochMs): string | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.delete(first.key);
    return first.key;
  }

  /** All keys whose time has come, left where they are, in no particular order. */
  due(now: EpochMs): string[] {
    const found: string[] = [];
    const look = (place: number): void => {
      const due = this.#heap[place];
      if (due === undefined || due.at > now) return;
      found.push(due.key);
      look(2 * place + 1);
      look(2 * place + 2);
    };
    look(0);
    return found;
  }

  #put(due: Due, place: number): void {
    this.#heap[place] = due;
    this.#places.set(due.key, place);
  }

  #up(start: number): void {
    const due = this.#heap[start]!;
    let place = start;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!before(due, this.#heap[above]!)) break;
      this.#put(this.#heap[above]!, place);
      place = above;
    }
    this.#put(due, place);
  }

  #down(start: number): void {
    const due = this.#heap[start]!;
    let place = start;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.#heap.length) break;
      if (below + 1 < this.#heap.length && before(this.#heap[below + 1]!, this.#heap[below]!)) below += 1;
      if (!before(this.#heap[below]!, due)) break;
      this.#put(this.#heap[below]!, place);
      place = below;
    }
    this.#put(due, place);
  }
}

const before = (one: Due, other: Due): boolean => one.at < other.at || (one.at === other.at && one.key < other.key);
