/**
 * Bytes that have come and are not used up: added behind, dropped in front. It is as large as what its owner leaves in it, so an owner that drops what it cannot
 * use bounds it.
 */
export class ByteWindow {
  #bytes = new Uint8Array(0);
  #from = 0;
  #to = 0;

  get length(): number {
    return this.#to - this.#from;
  }

  /** What is there; a view that the next `add` makes worthless. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(this.#from, this.#to);
  }

  add(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (this.#to + piece.length > this.#bytes.length) {
      const room = length > this.#bytes.length ? new Uint8Array(Math.max(length, this.#bytes.length * 2, firstBytes)) : this.#bytes;
      room.set(this.bytes);
      this.#bytes = room;
      this.#to = this.length;
      this.#from = 0;
    }
    this.#bytes.set(piece, this.#to);
    this.#to += piece.length;
  }

  drop(count: number): void {
    this.#from += Math.min(count, this.length);
    if (this.#from < this.#to) return;
    this.#from = 0;
    this.#to = 0;
    if (this.#bytes.length > keptBytes) this.#bytes = new Uint8Array(0);
  }
}

const firstBytes = 256;
const keptBytes = 4096;
