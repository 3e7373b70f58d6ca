/**
 * Reads the syntax elements of a NAL unit's payload (ITU-T H.264 clauses 7.2 and 9.1), with the emulation prevention
 * bytes taken out (7.3.1). Reading past the end never throws: it yields zeros and sets `overrun`.
 */
export class RbspReader {
  readonly #bytes: Uint8Array;
  #bit = 0;
  overrun = false;

  /** Takes at most `maxBytes` of the NAL unit, its one-byte header left out. */
  constructor(nal: Uint8Array, maxBytes: number) {
    const end = Math.min(nal.length, maxBytes + 1);
    const bytes = new Uint8Array(Math.max(0, end - 1));
    let length = 0;
    let zeros = 0;
    for (let i = 1; i < end; i += 1) {
      const byte = nal[i]!;
      if (zeros >= 2 && byte === 3) {
        zeros = 0;
        continue;
      }
      zeros = byte === 0 ? zeros + 1 : 0;
      bytes[length] = byte;
      length += 1;
    }
    this.#bytes = bytes.subarray(0, length);
  }

  /** u(1). */
  flag(): boolean {
    return this.bits(1) === 1;
  }

  /** u(n), n at most 32. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      const byte = this.#bytes[this.#bit >> 3];
      if (byte === undefined) {
        this.overrun = true;
        return 0;
      }
      value = value * 2 + ((byte >> (7 - (this.#bit & 7))) & 1);
      this.#bit += 1;
    }
    return value;
  }

  /** ue(v), clause 9.1: at most 32 leading zeros. */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros += 1;
      if (this.overrun || zeros > 32) {
        this.overrun = true;
        return 0;
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v), clause 9.1.1. */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
