/** Writes ISO base media boxes (ISO/IEC 14496-12) into memory that is measured first and allocated once. */
export class BoxWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;

  constructor(size: number) {
    // Not cleared first: `finish` makes sure that every byte was written.
    this.#bytes = Buffer.allocUnsafeSlow(size);
  }

  /** The bytes. Throws when the measure was wrong: memory of somebody else's must never leave in a gap. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes;
    const at = this.#at;
    if (at !== bytes.length) throw new Error(`measured ${bytes.length} bytes, wrote ${at}`);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u8(value: number): void {
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  u16(value: number): void {
    const bytes = this.#bytes;
    const at = this.#at;
    bytes[at] = value >>> 8;
    bytes[at + 1] = value;
    this.#at = at + 2;
  }

  /** Takes negative values too: the bits are those of a signed number. */
  u32(value: number): void {
    const bytes = this.#bytes;
    const at = this.#at;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
    this.#at = at + 4;
  }

  u64(value: number): void {
    this.u32(Math.floor(value / 4_294_967_296));
    this.u32(value % 4_294_967_296);
  }

  /** Size and type of a box whose size is known. */
  box(size: number, type: string): void {
    this.u32(size);
    this.ascii(type);
  }

  /** Size, type, version and flags of a full box whose size is known. */
  fullBox(size: number, type: string, version: number, flags: number): void {
    this.box(size, type);
    this.u32(version * 0x1000000 + flags);
  }

  ascii(text: string): void {
    for (let i = 0; i < text.length; i += 1) this.u8(text.charCodeAt(i));
  }

  put(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}
