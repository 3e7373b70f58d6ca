/** What can be searched of one camera. */
export interface LookupEntry {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly aliases?: readonly string[];
}

export interface LookupAnswer {
  /** The best hits, best first, at most as many as were asked for. */
  readonly ids: readonly string[];
  /** How many cameras match in all. */
  readonly total: number;
}

interface Slot {
  readonly id: string;
  readonly number: string;
  /** Number, name and aliases, folded, each ended by a line feed: no word can match across two of them. */
  text: string;
  alive: boolean;
}

interface Memo {
  readonly words: readonly string[];
  /** Places in the order of every match, ascending. */
  readonly hits: Int32Array;
}

/** How many earlier queries are kept: typing narrows the last one, deleting a character comes back to one before. */
const memosKept = 8;

/**
 * Finds cameras by any part of number, name or alias; the hub and the pages use the same one.
 * Case, full-width forms and compatibility forms do not matter (Unicode NFKC, lower case). Words separated by white space must
 * all match. Best first: the exact number, a number that begins so, a name that begins so, the rest; then by number.
 *
 * A plain scan over one long folded string in the order of the numbers: 100,000 cameras take a few milliseconds, and a single
 * Chinese character is as good a query as any (which n-gram indexes are bad at). A query that narrows an earlier one to a small
 * part looks at that part only.
 */
export class CameraLookup {
  readonly #slots = new Map<string, Slot>();
  /** All slots by number, including dead ones until the next search. */
  #order: Slot[] = [];
  #added: Slot[] = [];
  #removed = false;
  /** The texts of `#order` one after another; `#starts[i]` is where the i-th begins, and one more entry ends the last. */
  #haystack = '';
  #starts = new Int32Array(1);
  /** Where each name begins. */
  #names = new Int32Array(0);
  #memos: Memo[] = [];

  get size(): number {
    return this.#slots.size;
  }

  /** Adds a camera, or replaces the one with this id. */
  put(entry: LookupEntry): void {
    const number = fold(entry.number);
    let text = `${number}\n${fold(entry.name)}\n`;
    for (const alias of entry.aliases ?? []) text += `${fold(alias)}\n`;
    const before = this.#slots.get(entry.id);
    if (before?.text === text) return;
    if (before) this.#bury(before);
    const slot: Slot = { id: entry.id, number, text, alive: true };
    this.#slots.set(entry.id, slot);
    this.#added.push(slot);
  }

  delete(id: string): void {
    const slot = this.#slots.get(id);
    if (!slot) return;
    this.#slots.delete(id);
    this.#bury(slot);
  }

  /** Searches; an empty text matches every camera. What `allowed` refuses neither shows nor counts. */
  search(text: string, limit: number, allowed?: (id: string) => boolean): LookupAnswer {
    this.#settle();
    const words = [...new Set(fold(text).split(/\s+/u).filter(Boolean))];
    const hits = this.#hits(words);
    const ranked: [string[], string[], string[], string[]] = [[], [], [], []];
    let total = 0;
    for (let index = 0; index < hits.length; index += 1) {
      const place = hits[index] as number;
      if (allowed && !allowed((this.#order[place] as Slot).id)) continue;
      total += 1;
      const rank = ranked[this.#rank(place, words)] as string[];
      if (rank.length < limit) rank.push((this.#order[place] as Slot).id);
    }
    return { ids: ranked.flat().slice(0, limit), total };
  }

  /** 0: a word is the number; 1: a word begins it; 2: a word begins the name; 3: none of these. */
  #rank(place: number, words: readonly string[]): 0 | 1 | 2 | 3 {
    const number = this.#starts[place] as number;
    const name = this.#names[place] as number;
    let rank: 0 | 1 | 2 | 3 = 3;
    for (const word of words) {
      if (this.#haystack.startsWith(word, number)) {
        if (number + word.length + 1 === name) return 0;
        rank = 1;
      } else if (rank > 2 && this.#haystack.startsWith(word, name)) rank = 2;
    }
    return rank;
  }

  #bury(slot: Slot): void {
    slot.alive = false;
    this.#removed = true;
  }

  /** Brings the order up to date: a batch of changes costs one merge at the next search. */
  #settle(): void {
    if (this.#added.length === 0 && !this.#removed) return;
    const added = this.#added.filter((slot) => slot.alive).sort(byNumber);
    const merged: Slot[] = [];
    let next = 0;
    for (const slot of this.#order) {
      if (!slot.alive) continue;
      for (; next < added.length && byNumber(added[next] as Slot, slot) < 0; next += 1) merged.push(added[next] as Slot);
      merged.push(slot);
    }
    for (; next < added.length; next += 1) merged.push(added[next] as Slot);
    this.#order = merged;
    this.#added = [];
    this.#removed = false;
    this.#memos = [];
    this.#join();
  }

  #join(): void {
    this.#haystack = this.#order.map((slot) => slot.text).join('');
    this.#starts = new Int32Array(this.#order.length + 1);
    this.#names = new Int32Array(this.#order.length);
    let end = 0;
    this.#order.forEach((slot, place) => {
      const start = end;
      end += slot.text.length;
      this.#names[place] = start + slot.number.length + 1;
      this.#starts[place + 1] = end;
      // A slice shares the long string's memory; the text of its own can go.
      slot.text = this.#haystack.slice(start, end);
    });
  }

  #hits(words: readonly string[]): Int32Array {
    const same = this.#memos.find((memo) => sameWords(memo.words, words));
    if (same) return same.hits;
    const wider = this.#narrowest(words);
    const narrow = wider && wider.hits.length < this.#order.length / 4;
    const hits = narrow ? wider.hits.filter((place) => this.#holds(place, words)) : this.#scan(words);
    this.#memos = [{ words, hits }, ...this.#memos.slice(0, memosKept - 1)];
    return hits;
  }

  /** The smallest earlier result that holds every hit of this query: each of its words is a part of one of ours. */
  #narrowest(words: readonly string[]): Memo | undefined {
    let best: Memo | undefined;
    for (const memo of this.#memos) {
      if (best && memo.hits.length >= best.hits.length) continue;
      if (memo.words.every((part) => words.some((word) => word.includes(part)))) best = memo;
    }
    return best;
  }

  #holds(place: number, words: readonly string[]): boolean {
    const { text } = this.#order[place] as Slot;
    return words.every((word) => text.includes(word));
  }

  #scan(words: readonly string[]): Int32Array {
    // The longest word leads: it is the likeliest to be rare. Without a word everything matches.
    const [first = '', ...others] = words.toSorted((a, b) => b.length - a.length);
    const hits = new Int32Array(this.#order.length);
    let found = 0;
    let place = 0;
    for (let at = this.#haystack.indexOf(first); at >= 0 && place < this.#order.length;) {
      while ((this.#starts[place + 1] as number) <= at) place += 1;
      if (this.#holds(place, others)) hits[found++] = place;
      place += 1;
      at = this.#haystack.indexOf(first, this.#starts[place] as number);
    }
    return hits.slice(0, found);
  }
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** By number in code-unit order (numbers are zero-padded by custom), then by id, so that the order is total. */
function byNumber(a: Slot, b: Slot): number {
  if (a.number !== b.number) return a.number < b.number ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}
