import { GrowingBytes } from './growing-bytes.ts';
import { contentLengthOf, maxBodyBytes, maxHeadBytes, parseHead, type RtspError, type RtspHead, type RtspMessage } from './message.ts';

/** Takes what a reader finds, in the order in which it was sent. */
export interface RtspSink {
  message(message: RtspMessage): void;
  /** One interleaved frame (RFC 2326 clause 10.12). The bytes are only lent: they are another frame's after the call. */
  interleaved(channel: number, payload: Uint8Array): void;
}

const dollar = 0x24;
const newline = 0x0a;
const carriageReturn = 0x0d;
const frameHeadBytes = 4;

/** How messages begin. Whoever answers in HTTP is recognised, for that is a common mistake in a port number. */
const starts = [
  'RTSP/',
  'OPTIONS ',
  'DESCRIBE ',
  'ANNOUNCE ',
  'SETUP ',
  'PLAY ',
  'PAUSE ',
  'TEARDOWN ',
  'GET_PARAMETER ',
  'SET_PARAMETER ',
  'REDIRECT ',
  'RECORD ',
  'HTTP/',
].map((text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
const httpStart = starts.at(-1)!;
const longestStart = Math.max(...starts.map((start) => start.length));

/** So many bytes that belong to nothing are passed over: cameras put line ends between messages, or count a body too short. */
const maxStrayBytes = 2048;
/** Among stray bytes a dollar sign may be anything: only a channel that is likely is believed. */
const likelyChannels = 8;

type State = 'between' | 'head' | 'body' | 'frame';

/**
 * Cuts the bytes of an RTSP connection into messages and interleaved frames, however they were split and glued on the way. A frame that
 * lies whole in a chunk is handed out as a view of it. Bounded: a head has at most 16 KiB and 100 headers, a body 1 MiB, and both cost
 * memory only as far as they came. After an error nothing more is read.
 */
export class RtspReader {
  readonly #sink: RtspSink;
  #state: State = 'between';
  #error: RtspError | null = null;
  /** Too few bytes to tell what begins with them. */
  #undecided: Uint8Array | null = null;
  readonly #head = new GrowingBytes(maxHeadBytes);
  #lineBytes = 0;
  #pending: RtspHead | null = null;
  readonly #body = new GrowingBytes(maxBodyBytes);
  #bodyBytes = 0;
  /** Grows to the longest frame that was split, at most 64 KiB. */
  #frame = new Uint8Array(0);
  #frameBytes = 0;
  #frameFilled = 0;
  #channel = 0;
  #strayInRow = 0;
  /** Bytes that were passed over in all. */
  strayBytes = 0;

  constructor(sink: RtspSink) {
    this.#sink = sink;
  }

  /** A message has begun to come and is not complete. */
  get isInMessage(): boolean {
    return this.#state === 'head' || this.#state === 'body';
  }

  /** Takes the next bytes; answers null, or why the connection is beyond reading, then and ever after. */
  push(chunk: Uint8Array): RtspError | null {
    let bytes = chunk;
    if (this.#undecided) {
      bytes = joined(this.#undecided, chunk);
      this.#undecided = null;
    }
    let at = 0;
    while (at < bytes.length && this.#error === null) {
      if (this.#state === 'between') at = this.#begin(bytes, at);
      else if (this.#state === 'frame') at = this.#fillFrame(bytes, at);
      else if (this.#state === 'head') at = this.#fillHead(bytes, at);
      else at = this.#fillBody(bytes, at);
    }
    return this.#error;
  }

  /** Decides what begins at `at`; answers where to go on. */
  #begin(bytes: Uint8Array, at: number): number {
    const first = bytes[at]!;
    if (first === dollar && (this.#strayInRow === 0 || (bytes[at + 1] ?? 0) < likelyChannels)) return this.#beginFrame(bytes, at);
    if (first === newline || first === carriageReturn) return this.#stray(at);
    const available = bytes.subarray(at, at + longestStart);
    let mayBegin = false;
    for (const start of starts) {
      if (start[0] !== first || !agrees(available, start)) continue;
      if (available.length < start.length) mayBegin = true;
      else if (start === httpStart) {
        this.#error = 'speaks-http';
        return at;
      } else {
        this.#strayInRow = 0;
        this.#state = 'head';
        this.#lineBytes = 0;
        return at;
      }
    }
    if (!mayBegin) return this.#stray(at);
    this.#undecided = available.slice();
    return bytes.length;
  }

  #stray(at: number): number {
    this.#strayInRow += 1;
    this.strayBytes += 1;
    if (this.#strayInRow > maxStrayBytes) this.#error = 'garbage';
    return at + 1;
  }

  #beginFrame(bytes: Uint8Array, at: number): number {
    if (at + frameHeadBytes > bytes.length) {
      this.#undecided = bytes.slice(at);
      return bytes.length;
    }
    this.#strayInRow = 0;
    const channel = bytes[at + 1]!;
    const begin = at + frameHeadBytes;
    const end = begin + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (end <= bytes.length) {
      this.#sink.interleaved(channel, bytes.subarray(begin, end));
      return end;
    }
    this.#channel = channel;
    this.#frameBytes = end - begin;
    if (this.#frame.length < this.#frameBytes) this.#frame = new Uint8Array(this.#frameBytes);
    this.#frameFilled = 0;
    this.#state = 'frame';
    return begin;
  }

  #fillFrame(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.#frameBytes - this.#frameFilled);
    this.#frame.set(bytes.subarray(at, end), this.#frameFilled);
    this.#frameFilled += end - at;
    if (this.#frameFilled === this.#frameBytes) {
      this.#state = 'between';
      this.#sink.interleaved(this.#channel, this.#frame.subarray(0, this.#frameBytes));
    }
    return end;
  }

  #fillHead(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (byte === newline && this.#lineBytes === 0) {
        if (this.#head.add(bytes.subarray(from, at + 1))) this.#endHead();
        else this.#error = 'head-too-long';
        return at + 1;
      }
      if (byte === newline) this.#lineBytes = 0;
      else if (byte !== carriageReturn) this.#lineBytes += 1;
    }
    if (!this.#head.add(bytes.subarray(from))) this.#error = 'head-too-long';
    return bytes.length;
  }

  #endHead(): void {
    const head = parseHead(this.#head.bytes);
    this.#head.clear();
    const length = head.ok ? contentLengthOf(head.value) : head;
    if (!head.ok) this.#error = head.error;
    else if (!length.ok) this.#error = length.error;
    else if (length.value === 0) this.#pass({ ...head.value, body: new Uint8Array(0) });
    else {
      this.#pending = head.value;
      this.#bodyBytes = length.value;
      this.#state = 'body';
    }
  }

  #fillBody(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.#bodyBytes - this.#body.length);
    this.#body.add(bytes.subarray(at, end));
    if (this.#body.length === this.#bodyBytes) {
      const head = this.#pending!;
      this.#pending = null;
      this.#pass({ ...head, body: this.#body.take() });
    }
    return end;
  }

  #pass(message: RtspMessage): void {
    this.#state = 'between';
    this.#sink.message(message);
  }
}

/** Whether the bytes are the beginning of `start`, or begin with it. */
function agrees(bytes: Uint8Array, start: Uint8Array): boolean {
  const length = Math.min(bytes.length, start.length);
  for (let i = 0; i < length; i += 1) if (bytes[i] !== start[i]) return false;
  return true;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
