/** Sizes of the buffers that are kept; larger messages are rare and get buffers of their own. */
const sizes = [4, 32, 64, 128, 256].map((kib) => kib * 1024);

/**
 * Buffers for messages, used again when they were sent: making some thousand a second new costs several times what copying the pictures into them
 * does. What is kept is bounded, and what was not needed for a while is let go; what is under way is bounded by its sender.
 */
export class MessageBuffers {
  readonly #free: Buffer[][] = sizes.map(() => []);
  /** The fewest free ones of each size since `trim`: so many were kept for nothing. */
  readonly #spare: number[] = sizes.map(() => 0);
  readonly #keptPerSize: number;

  constructor(keptPerSize: number) {
    this.#keptPerSize = keptPerSize;
  }

  /** A buffer of at least so many bytes, whatever is in it. */
  take(bytes: number): Buffer {
    const size = sizes.findIndex((one) => bytes <= one);
    if (size < 0) return Buffer.allocUnsafeSlow(bytes);
    const buffer = this.#free[size]!.pop() ?? Buffer.allocUnsafeSlow(sizes[size]!);
    this.#spare[size] = Math.min(this.#spare[size]!, this.#free[size]!.length);
    return buffer;
  }

  /** Nobody reads the buffer any more. Call it once for each that was taken, or not at all. */
  giveBack(buffer: Buffer): void {
    const free = this.#free[sizes.indexOf(buffer.length)];
    if (free && free.length < this.#keptPerSize) free.push(buffer);
  }

  /** Lets go what nobody has needed since the last call: a bad moment must not hold its memory for ever. Call it now and then. */
  trim(): void {
    for (const [size, free] of this.#free.entries()) {
      free.splice(0, this.#spare[size]);
      this.#spare[size] = free.length;
    }
  }

  get keptBytes(): number {
    return this.#free.reduce((sum, free, i) => sum + free.length * sizes[i]!, 0);
  }
}
