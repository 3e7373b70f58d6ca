/** Collects bytes up to a limit. It grows with what really comes, so a sender who only announces much costs nothing. */
export class GrowingBytes {
  readonly #maxBytes: number;
  #bytes = new Uint8Array(0);
  length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False, and nothing is added, when it would be more than the limit. */
  add(piece: Uint8Array): boolean {
    const length = this.length + piece.length;
    if (length > this.#maxBytes) return false;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(length, this.#bytes.length * 2, firstBytes)));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.length);
    this.length = length;
    return true;
  }

  /** What was collected; a view that `add` and `clear` make worthless. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  /** Forgets the content and keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  /** Hands the content over and keeps nothing. */
  take(): Uint8Array {
    const { bytes } = this;
    this.#bytes = new Uint8Array(0);
    this.length = 0;
    return bytes;
  }
}

const firstBytes = 1024;
