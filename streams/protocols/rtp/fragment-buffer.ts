const firstBytes = 16 * 1024;
/** Kept between NAL units; what a rare giant needed is given back. */
const keptBytes = 256 * 1024;

/** Gathers the fragments of one NAL unit. Bounded: a NAL unit that grows beyond 4 MiB is given up. */
export class FragmentBuffer {
  #bytes = new Uint8Array(0);
  #length = 0;
  /** A NAL unit has begun and not ended. */
  isOpen = false;

  /** Begins a NAL unit. */
  begin(): void {
    this.isOpen = true;
    this.#length = 0;
  }

  /** Adds `bytes` from `from` on; false when the NAL unit got too long, which also ends it. */
  add(bytes: Uint8Array, from: number): boolean {
    const length = this.#length + bytes.length - from;
    if (length > maxNalBytes) {
      this.abandon();
      return false;
    }
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(from === 0 ? bytes : bytes.subarray(from), this.#length);
    this.#length = length;
    return true;
  }

  addByte(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length + 1);
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  /** Ends the NAL unit: its bytes, a copy. */
  take(): Uint8Array {
    const nal = this.#bytes.slice(0, this.#length);
    this.abandon();
    return nal;
  }

  /** Ends the NAL unit without it; true when there was one. */
  abandon(): boolean {
    const wasOpen = this.isOpen;
    this.isOpen = false;
    this.#length = 0;
    if (this.#bytes.length > keptBytes) this.#bytes = new Uint8Array(0);
    return wasOpen;
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.max(firstBytes, needed, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

const maxNalBytes = 4 * 1024 * 1024;
