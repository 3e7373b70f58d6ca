/** Sizes of the buffers that are kept; larger messages are rare and get buffers of their own. */
const sizes = [4, 32, 64, 128, 256].map((kib) => kib * 1024);

/**
 * Buffers for messages, used again when they were sent: making some thousand a second new costs more than copying the pictures into them.
 * What is kept is bounded; what is under way is bounded by its sender.
 */
export class MessageBuffers {
  readonly #free: Buffer[][] = sizes.map(() => []);
  readonly #keptBytesPerSize: number;

  /** Of each size no more than so many bytes are kept, and one buffer at least: a bad moment must not hold its memory for ever. */
  constructor(keptBytesPerSize: number) {
    this.#keptBytesPerSize = keptBytesPerSize;
  }

  /** A buffer of at least so many bytes, whatever is in it. */
  take(bytes: number): Buffer {
    const size = sizes.findIndex((one) => bytes <= one);
    return size < 0 ? Buffer.allocUnsafeSlow(bytes) : (this.#free[size]!.pop() ?? Buffer.allocUnsafeSlow(sizes[size]!));
  }

  /** Nobody reads the buffer any more. Call it once for each that was taken, or not at all. */
  giveBack(buffer: Buffer): void {
    const free = this.#free[sizes.indexOf(buffer.length)];
    if (free && (free.length === 0 || (free.length + 1) * buffer.length <= this.#keptBytesPerSize)) free.push(buffer);
  }

  get keptBytes(): number {
    return this.#free.reduce((sum, free, i) => sum + free.length * sizes[i]!, 0);
  }
}
