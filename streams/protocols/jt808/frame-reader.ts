import { ByteWindow } from '../byte-window.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';

/** What stood between two marks: `raw` with its marks, as it came; `body` without marks, escapes and check. Both are copies. */
export interface Jt808Frame {
  readonly raw: Uint8Array;
  readonly body: Uint8Array;
}

/** What stood between two marks and is no frame. */
export interface Jt808Fault {
  readonly reason: 'checksum' | 'length' | 'escape';
  readonly raw: Uint8Array;
}

const mark = 0x7e;
const escape = 0x7d;
/** A header of 21 bytes, 1023 of body and a check, each of them escaped, and two marks. */
export const frameBytesAtMost = 2 * (21 + 1023 + 1) + 2;
/** The shortest header and the check. */
const shortest = 13;
const pieceBytes = 2048;

/**
 * Finds the frames in what a terminal sends (JT/T 808-2019 clause 4.4): `7E`, the message with `7E` and `7D` escaped, `7E`. One mark between two frames may be the end of one and
 * the beginning of the next. Bounded: what is longer than any frame is dropped, and counted.
 */
export class Jt808FrameReader {
  readonly #window = new ByteWindow();
  #scanned = 0;
  /** Bytes that stood outside of marks, or were too many between them. */
  garbageBytes = 0;

  /** How many bytes wait for the rest of a frame. */
  get held(): number {
    return this.#window.length;
  }

  *push(chunk: Uint8Array): Iterable<Result<Jt808Frame, Jt808Fault>> {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      this.#window.add(chunk.subarray(at, at + pieceBytes));
      for (let next = this.#next(); next; next = this.#next()) yield next;
    }
  }

  #next(): Result<Jt808Frame, Jt808Fault> | null {
    for (;;) {
      const { bytes } = this.#window;
      const start = bytes.indexOf(mark);
      if (start !== 0) {
        const lost = start < 0 ? bytes.length : start;
        this.garbageBytes += lost;
        this.#drop(lost);
        if (start < 0) return null;
        continue;
      }
      const end = bytes.indexOf(mark, Math.max(1, this.#scanned));
      if (end < 0) {
        if (bytes.length <= frameBytesAtMost) {
          this.#scanned = bytes.length;
          return null;
        }
        this.garbageBytes += bytes.length;
        this.#drop(bytes.length);
        return null;
      }
      // Two marks with nothing between them: the first was an end whose beginning was lost.
      if (end === 1) {
        this.#drop(1);
        continue;
      }
      const raw = bytes.slice(0, end + 1);
      // The second mark stays: it may be where the next frame begins.
      this.#drop(end);
      if (end < shortest || raw.length > frameBytesAtMost) return err({ reason: 'length', raw });
      const body = unescape(raw);
      if (body === null) return err({ reason: 'escape', raw });
      if (body.length < shortest) return err({ reason: 'length', raw });
      return checkOf(body.subarray(0, -1)) === body.at(-1) ? ok({ raw, body: body.slice(0, -1) }) : err({ reason: 'checksum', raw });
    }
  }

  #drop(count: number): void {
    this.#window.drop(count);
    this.#scanned = 0;
  }
}

/** XOR of all bytes (clause 4.4.4). */
export function checkOf(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum ^= byte;
  return sum;
}

/** What stands between the marks, without escapes; null: a 7D that is none. */
function unescape(raw: Uint8Array): Uint8Array | null {
  const body = new Uint8Array(raw.length);
  let length = 0;
  for (let at = 1; at < raw.length - 1; at += 1) {
    let byte = raw[at]!;
    if (byte === escape) {
      at += 1;
      if (raw[at] === 0x01) byte = escape;
      else if (raw[at] === 0x02) byte = mark;
      else return null;
    }
    body[length] = byte;
    length += 1;
  }
  return body.slice(0, length);
}
