/**
 * What a sequence number means.
 * `next`: the one expected, or the very first. `ahead`: packets before it are missing so far. `behind`: it comes after a newer one.
 * `duplicate`: it was there already. `suspect`: too far away to be of this sequence; not counted, unless the next one follows it.
 * `restart`: it does follow the suspect one, so the sender began to count anew, with that one.
 */
export type SequenceVerdict = 'next' | 'ahead' | 'behind' | 'duplicate' | 'suspect' | 'restart';

/** RFC 3550 appendix A.1: further ahead or behind than this is another count. */
const maxDropout = 3000;
const maxMisorder = 100;
const modulus = 0x10000;

/** Follows the 16-bit sequence numbers of one sender (RFC 3550 appendix A.1) and makes numbers of them that never wrap. */
export class SequenceTracker {
  #highest = -1;
  #first = -1;
  #suspect = -1;
  #received = 0;
  /** Which of the 128 numbers up to the highest were seen, the highest in bit 0 of the first word. */
  readonly #seen = new Uint32Array(4);

  /** The number without wraps that the latest verdict is about; meaningless for `suspect`. */
  extended = -1;
  /** How many numbers lie between the latest verdict, `ahead`, and the highest before it. */
  skipped = 0;

  /** Takes the sequence number of the next packet that arrived. */
  take(sequence: number): SequenceVerdict {
    if (this.#highest < 0) {
      this.#begin(sequence);
      return 'next';
    }
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead === 0) {
      this.extended = this.#highest;
      return 'duplicate';
    }
    if (ahead <= maxDropout) {
      this.#advance(ahead);
      return ahead === 1 ? 'next' : 'ahead';
    }
    const behind = modulus - ahead;
    if (behind <= maxMisorder && this.#highest - behind >= this.#first - maxMisorder) return this.#lookBack(behind);
    if (sequence === this.#suspect) {
      this.#begin((sequence - 1) & 0xffff);
      this.#advance(1);
      return 'restart';
    }
    this.#suspect = (sequence + 1) & 0xffff;
    return 'suspect';
  }

  /** Forgets the sender. */
  reset(): void {
    this.#highest = -1;
  }

  /** The highest number so far, its wraps in the upper 16 bits, as receiver reports have it; 0 before the first packet. */
  get highest(): number {
    return this.#highest < 0 ? 0 : (this.#highest - modulus) >>> 0;
  }

  /** How many packets there should have been since the first. */
  get expected(): number {
    return this.#highest < 0 ? 0 : this.#highest - this.#first + 1;
  }

  /** How many there were, duplicates left out. */
  get received(): number {
    return this.#received;
  }

  #begin(sequence: number): void {
    // One cycle up, so that what is behind the first never gets negative.
    this.#highest = this.#first = this.extended = modulus + sequence;
    this.#received = 1;
    this.#suspect = -1;
    this.#seen.fill(0);
    this.#seen[0] = 1;
  }

  #advance(steps: number): void {
    this.skipped = steps - 1;
    this.#highest += steps;
    this.extended = this.#highest;
    this.#received += 1;
    this.#suspect = -1;
    const seen = this.#seen;
    for (let left = Math.min(steps, 128); left > 0;) {
      const shift = Math.min(left, 31);
      for (let word = 3; word > 0; word -= 1) seen[word] = (seen[word]! << shift) | (seen[word - 1]! >>> (32 - shift));
      seen[0] = seen[0]! << shift;
      left -= shift;
    }
    seen[0] = seen[0]! | 1;
  }

  #lookBack(behind: number): SequenceVerdict {
    this.extended = this.#highest - behind;
    this.#suspect = -1;
    const word = behind >> 5;
    const bit = 1 << (behind & 31);
    if ((this.#seen[word]! & bit) !== 0) return 'duplicate';
    this.#seen[word] = this.#seen[word]! | bit;
    this.#received += 1;
    this.#first = Math.min(this.#first, this.extended);
    return 'behind';
  }
}
