import type { Result } from '../../main/contract/result.ts';
import { sameBytes } from './same-bytes.ts';

/** No stream changes them more often within a picture; reading on and on would hold up everybody else. */
const maxChanges = 32;

/** The sequence parameter set in force. Read only when it changes. */
export class SequenceParameters<Sps> {
  readonly #parse: (nal: Uint8Array) => Result<Sps, unknown>;
  #inForce: Sps | null = null;
  /** What that was read from. */
  #nal: Uint8Array | null = null;
  /** Read since the latest picture ended. */
  #changes = 0;

  constructor(parse: (nal: Uint8Array) => Result<Sps, unknown>) {
    this.#parse = parse;
  }

  /** Null until one was seen. */
  get inForce(): Sps | null {
    return this.#inForce;
  }

  /** The next one; answers it when it is another than before and makes sense. */
  take(nal: Uint8Array): Sps | null {
    if ((this.#nal && sameBytes(nal, this.#nal)) || this.#changes >= maxChanges) return null;
    this.#changes += 1;
    const sps = this.#parse(nal);
    if (!sps.ok) return null;
    this.#inForce = sps.value;
    this.#nal = nal;
    return sps.value;
  }

  endPicture(): void {
    this.#changes = 0;
  }
}
