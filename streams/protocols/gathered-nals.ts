const maxNalBytes = 4 * 1024 * 1024;
const maxUnitBytes = 8 * 1024 * 1024;
const maxNals = 4096;

/**
 * The NAL units of the picture under way, and what came behind it: that belongs before the next picture, unless another slice of this one
 * comes. Bounded: what is too large is left out, marked and counted.
 */
export class GatheredNals {
  #picture: Uint8Array[] = [];
  #waiting: Uint8Array[] = [];
  /** Of both. */
  #bytes = 0;
  /** The picture is not as it was sent. */
  isCorrupt = false;
  /** NAL units left out because they or their unit were too large. */
  dropped = 0;

  /** The NAL units of the picture, in order. */
  get picture(): Uint8Array[] {
    return this.#picture;
  }

  /** Whether there is room for one more; then it is to be given to `add` or `wait`. */
  admits(nal: Uint8Array): boolean {
    const count = this.#picture.length + this.#waiting.length;
    if (nal.length <= maxNalBytes && this.#bytes + nal.length <= maxUnitBytes && count < maxNals) {
      this.#bytes += nal.length;
      return true;
    }
    this.dropped += 1;
    this.isCorrupt = true;
    return false;
  }

  /** It belongs to the picture. */
  add(nal: Uint8Array): void {
    this.#picture.push(nal);
  }

  /** Whether it belongs to the picture is not known yet. */
  wait(nal: Uint8Array): void {
    this.#waiting.push(nal);
  }

  /** The picture goes on: what waited, for the caller to add or to leave out. */
  takeWaiting(): readonly Uint8Array[] {
    const waiting = this.#waiting;
    if (waiting.length > 0) this.#waiting = [];
    return waiting;
  }

  /** The picture is complete: what waited, for the caller to add to the next. */
  endPicture(): readonly Uint8Array[] {
    const waiting = this.takeWaiting();
    this.#picture = [];
    this.#bytes = waiting.reduce((sum, nal) => sum + nal.length, 0);
    this.isCorrupt = false;
    return waiting;
  }
}
