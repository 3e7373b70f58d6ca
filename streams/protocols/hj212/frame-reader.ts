import { err, ok, type Result } from '../../../main/contract/result.ts';
import { ByteWindow } from '../byte-window.ts';
import { crc16 } from './crc16.ts';
import { checkBytes, headBytes } from './frame.ts';

/** A frame as it came, `raw`, without the end of its line, and its data. Both are copies. */
export interface Hj212Frame {
  readonly raw: Uint8Array;
  readonly data: Uint8Array;
}

/** What began like a frame and is none: its check is wrong, or the next one begins before its length is over. */
export interface Hj212Fault {
  readonly reason: 'checksum' | 'length';
  readonly raw: Uint8Array;
}

const hash = 0x23;
/** Bytes are looked through in pieces, so that what is held is a frame and a piece at most. */
const pieceBytes = 4096;

/**
 * Finds the frames in what a device sends (HJ 212-2017 clause 6.3.1). Bounded: it holds one frame of the greatest length and a piece. After anything that is no frame it goes on
 * with the next `##`. A device that leaves CR LF out, or writes its check in small letters, is understood.
 */
export class Hj212FrameReader {
  readonly #window = new ByteWindow();
  #scanned = 0;
  /** Bytes that belonged to no frame, ends of lines not counted. */
  garbageBytes = 0;

  /** How many bytes wait for the rest of a frame. */
  get held(): number {
    return this.#window.length;
  }

  *push(chunk: Uint8Array): Iterable<Result<Hj212Frame, Hj212Fault>> {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      this.#window.add(chunk.subarray(at, at + pieceBytes));
      for (let next = this.#next(); next; next = this.#next()) yield next;
    }
  }

  /** The end of a source that ends: what waits is no frame any more. Null when nothing does. */
  end(): Hj212Fault | null {
    const raw = this.#window.bytes.slice();
    this.#drop(raw.length);
    return raw.length > 0 ? { reason: 'length', raw } : null;
  }

  #next(): Result<Hj212Frame, Hj212Fault> | null {
    for (;;) {
      const { bytes } = this.#window;
      const start = startOf(bytes, 0, bytes.length);
      if (start === null) {
        // A # at the end may be the first half of a start.
        const keep = bytes.at(-1) === hash ? 1 : 0;
        this.#discard(bytes.length - keep);
        return null;
      }
      if (start > 0) {
        this.#discard(start);
        continue;
      }
      if (bytes.length < headBytes) return null;
      const length = readLength(bytes);
      if (length === null) {
        this.#discard(1);
        continue;
      }
      const end = headBytes + length + checkBytes;
      const next = startOf(bytes, Math.max(headBytes, this.#scanned), Math.min(end, bytes.length));
      if (next !== null) {
        const raw = bytes.slice(0, next);
        this.#drop(next);
        return err({ reason: 'length', raw });
      }
      if (bytes.length < end) {
        this.#scanned = bytes.length - 1;
        return null;
      }
      const raw = bytes.slice(0, end);
      const data = raw.subarray(headBytes, headBytes + length);
      const isRight = readCheck(raw, headBytes + length) === crc16(data);
      this.#drop(end);
      return isRight ? ok({ raw, data }) : err({ reason: 'checksum', raw });
    }
  }

  #drop(count: number): void {
    this.#window.drop(count);
    this.#scanned = 0;
  }

  #discard(count: number): void {
    for (const byte of this.#window.bytes.subarray(0, count)) if (byte !== 0x0d && byte !== 0x0a) this.garbageBytes += 1;
    this.#drop(count);
  }
}

/** Where `##` begins between two places; of a row of # the last two are the start. Null: nowhere. */
function startOf(bytes: Uint8Array, from: number, to: number): number | null {
  for (let at = bytes.indexOf(hash, from); at >= 0 && at + 1 < to; at = bytes.indexOf(hash, at + 1))
    if (bytes[at + 1] === hash && bytes[at + 2] !== hash) return at;
  return null;
}

function readLength(bytes: Uint8Array): number | null {
  let length = 0;
  for (let at = 2; at < headBytes; at += 1) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return null;
    length = length * 10 + digit;
  }
  return length;
}

function readCheck(bytes: Uint8Array, at: number): number | null {
  const text = String.fromCharCode(...bytes.subarray(at, at + checkBytes));
  return /^[0-9A-Fa-f]{4}$/.test(text) ? Number.parseInt(text, 16) : null;
}
