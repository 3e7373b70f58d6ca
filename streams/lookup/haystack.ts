/**
 * Many short texts as one long string, in an order that the caller gives: looking for a word in all of them is one scan, and their memory is
 * one piece.
 */
export class Haystack {
  readonly #whole: string;
  /** Where each text begins; one more entry ends the last. */
  readonly #starts: Int32Array;

  constructor(texts: readonly string[] = []) {
    this.#whole = texts.join('');
    this.#starts = new Int32Array(texts.length + 1);
    let end = 0;
    texts.forEach((text, place) => {
      end += text.length;
      this.#starts[place + 1] = end;
    });
  }

  /** The text at a place; a long one shares the memory of the whole. */
  at(place: number): string {
    return this.#whole.slice(this.#starts[place], this.#starts[place + 1]);
  }

  /** True when the text at `place` goes on with `word` from its `offset`-th character. */
  hasAt(place: number, offset: number, word: string): boolean {
    return this.#whole.startsWith(word, (this.#starts[place] as number) + offset);
  }

  /** The places whose text holds `word`, ascending. No word may be found across two texts: each ends, or each begins, with a mark that no word has. */
  places(word: string): Int32Array<ArrayBuffer> {
    const count = this.#starts.length - 1;
    const found = new Int32Array(count);
    let length = 0;
    let place = 0;
    for (let at = this.#whole.indexOf(word); at >= 0 && place < count;) {
      while ((this.#starts[place + 1] as number) <= at) place += 1;
      // At the very end of the whole an empty word is found behind the last text.
      if (place >= count) break;
      found[length++] = place;
      place += 1;
      at = this.#whole.indexOf(word, this.#starts[place] as number);
    }
    return found.slice(0, length);
  }
}
