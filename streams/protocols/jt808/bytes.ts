/** Reads numbers and pieces of a message one after another. Beyond the end there are noughts, and `failed` says so: callers look once, at the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Uint8Array {
    if (count > this.left) {
      this.failed = true;
      this.#at = this.#bytes.length;
      return new Uint8Array(count > 1024 ? 0 : count);
    }
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  u8(): number {
    return this.#number(1);
  }

  u16(): number {
    return this.#number(2);
  }

  u32(): number {
    return this.#number(4);
  }

  bcd(bytes: number): string {
    return readBcd(this.take(bytes));
  }

  #number(bytes: number): number {
    let number = 0;
    for (const byte of this.take(bytes)) number = number * 256 + byte;
    return number;
  }
}

/** Big-endian bytes of a number. */
export const numberBytes = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** (bytes - 1 - index)) % 256);

/** Two digits a byte; a half byte that is no digit becomes its letter, so that nothing looks like another number. */
export const readBcd = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Digits as BCD of so many bytes, noughts in front. Throws RangeError for what does not fit. */
export function bcdBytes(digits: string, bytes: number): number[] {
  if (digits.length > bytes * 2 || !/^\d*$/.test(digits)) throw new RangeError(`${digits} is no BCD of ${bytes} bytes`);
  const padded = digits.padStart(bytes * 2, '0');
  return Array.from({ length: bytes }, (_, index) => Number.parseInt(padded.slice(index * 2, index * 2 + 2), 16));
}
