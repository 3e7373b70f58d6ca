import { Haystack } from './haystack.ts';
import { PinyinInitials } from './pinyin-initials.ts';

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
  /** The initials of its name, every form behind a line feed; empty once they stand among those of all. */
  initials: string;
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
 * Finds cameras by any part of number, name or alias, or of the pinyin initials of the name; the hub and the pages use the same one.
 * Case, full-width forms and compatibility forms do not matter (Unicode NFKC, lower case). Words separated by white space must
 * all match. Best first: the exact number, a number that begins so, a name that begins so, initials that begin so, the rest; then by number.
 *
 * A plain scan over one long folded string in the order of the numbers: 100,000 cameras take a few milliseconds, and a single
 * Chinese character is as good a query as any (which n-gram indexes are bad at). A query that narrows an earlier one to a small
 * part looks at that part only. Initials lie in a string of their own, a byte a letter, which is looked at for words of Latin letters alone.
 */
export class CameraLookup {
  readonly #slots = new Map<string, Slot>();
  /** All slots by number, including dead ones until the next search. */
  #order: Slot[] = [];
  #added: Slot[] = [];
  #removed = false;
  /** The texts of `#order`. */
  #texts = new Haystack();
  /** Where the name begins in each of them. */
  #names = new Int32Array(0);
  /** The initials of each name, every form behind a line feed; empty where there are none. */
  #initials = new Haystack();
  #memos: Memo[] = [];
  readonly #pinyin: PinyinInitials;

  constructor(pinyin: PinyinInitials = new PinyinInitials()) {
    this.#pinyin = pinyin;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Adds a camera, or replaces the one with this id. */
  put(entry: LookupEntry): void {
    const number = fold(entry.number);
    const name = fold(entry.name);
    let text = `${number}\n${name}\n`;
    for (const alias of entry.aliases ?? []) text += `${fold(alias)}\n`;
    const before = this.#slots.get(entry.id);
    if (before?.text === text) return;
    if (before) this.#bury(before);
    let initials = '';
    for (const form of this.#pinyin.of(name)) initials += `\n${form}`;
    const slot: Slot = { id: entry.id, number, text, initials, alive: true };
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
    const begun = this.#begun(words);
    const ranked: [string[], string[], string[], string[], string[]] = [[], [], [], [], []];
    let total = 0;
    for (let index = 0; index < hits.length; index += 1) {
      const place = hits[index] as number;
      if (allowed && !allowed((this.#order[place] as Slot).id)) continue;
      total += 1;
      const rank = ranked[this.#rank(place, words, begun)] as string[];
      if (rank.length < limit) rank.push((this.#order[place] as Slot).id);
    }
    return { ids: ranked.flat().slice(0, limit), total };
  }

  /** 0: a word is the number; 1: a word begins it; 2: a word begins the name; 3: its initials; 4: none of these. */
  #rank(place: number, words: readonly string[], begun: Uint8Array | null): 0 | 1 | 2 | 3 | 4 {
    const name = this.#names[place] as number;
    let rank: 0 | 1 | 2 | 3 | 4 = begun?.[place] === 1 ? 3 : 4;
    for (const word of words) {
      if (this.#texts.hasAt(place, 0, word)) {
        if (word.length + 1 === name) return 0;
        rank = 1;
      } else if (rank > 2 && this.#texts.hasAt(place, name, word)) rank = 2;
    }
    return rank;
  }

  /** Marks the places whose initials begin with one of the words; null when no word can be initials. */
  #begun(words: readonly string[]): Uint8Array | null {
    const keyed = words.filter(mayBeInitials);
    if (keyed.length === 0) return null;
    const begun = new Uint8Array(this.#order.length);
    for (const word of keyed) for (const place of this.#initials.places(`\n${word}`)) begun[place] = 1;
    return begun;
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
    const initials: string[] = [];
    let next = 0;
    const takeBefore = (known: Slot | null) => {
      for (; next < added.length; next += 1) {
        const slot = added[next] as Slot;
        if (known !== null && byNumber(slot, known) > 0) return;
        merged.push(slot);
        initials.push(slot.initials);
        slot.initials = '';
      }
    };
    this.#order.forEach((slot, place) => {
      if (!slot.alive) return;
      takeBefore(slot);
      merged.push(slot);
      initials.push(this.#initials.at(place));
    });
    takeBefore(null);
    this.#order = merged;
    this.#added = [];
    this.#removed = false;
    this.#memos = [];
    this.#initials = new Haystack(initials);
    this.#texts = new Haystack(merged.map((slot) => slot.text));
    this.#names = Int32Array.from(merged, (slot) => slot.number.length + 1);
    // A slice shares the long string's memory; the text of its own can go.
    merged.forEach((slot, place) => (slot.text = this.#texts.at(place)));
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
    return words.every((word) => text.includes(word) || (mayBeInitials(word) && this.#initials.at(place).includes(word)));
  }

  #scan(words: readonly string[]): Int32Array {
    // The longest word leads: it is the likeliest to be rare. Without a word everything matches.
    const [first = '', ...others] = words.toSorted((a, b) => b.length - a.length);
    const named = this.#texts.places(first);
    const found = mayBeInitials(first) ? either(named, this.#initials.places(first)) : named;
    return others.length === 0 ? found : found.filter((place) => this.#holds(place, others));
  }
}

/**
 * Initials are letters, with digits among them. Digits alone are left to number and name, where the same digits stand beside each other,
 * so that every match of a word is also one of each of its parts.
 */
function mayBeInitials(word: string): boolean {
  return /^[0-9]*[a-z][a-z0-9]*$/.test(word);
}

/** What is in one of two ascending lists, ascending, once. */
function either(a: Int32Array, b: Int32Array): Int32Array {
  if (b.length === 0) return a;
  const merged = new Int32Array(a.length + b.length);
  let length = 0;
  for (let atA = 0, atB = 0; atA < a.length || atB < b.length; length += 1) {
    const nextA = a[atA] ?? Infinity;
    const nextB = b[atB] ?? Infinity;
    if (nextA <= nextB) atA += 1;
    if (nextB <= nextA) atB += 1;
    merged[length] = Math.min(nextA, nextB);
  }
  return merged.slice(0, length);
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
