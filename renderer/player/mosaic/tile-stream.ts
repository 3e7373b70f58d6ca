import type { ErrorCode } from '../../../main/contract/errors.ts';
import type { StreamConfig, SubscriptionMode } from '../../../streams/wire/wall-ask.ts';
import { recordCodec, recordFlag, type RecordCodec, type WallRecord } from '../../../streams/wire/wall-record.ts';

/** What to decode next: a picture, or how those after it are to be decoded (null: none of them can be). */
export type NextStep =
  | { readonly kind: 'picture'; readonly record: WallRecord; readonly arrivedAt: number }
  | { readonly kind: 'config'; readonly config: StreamConfig | null };

/** Pictures may wait, on the line and for their decoder, for this long; then what waits is left out up to the next key picture. */
export const longestWaitMs = 1_000;
/** What the relay had kept is decoded as fast as it goes; nobody sees it meanwhile, so it may take longer. */
const longestCatchUpMs = 1_500;
/** Never more than this waits, whatever its age. */
const maxWaiting = 256;
const maxWaitingBytes = 16 * 1024 * 1024;
/** Luma samples of the largest picture that is decoded: level 6.2 of Rec. ITU-T H.264 table A-1, about 8192 × 4320. */
const maxPictureSamples = 139_264 * 256;
/** How long a tile says that it was too slow after it had to leave pictures out: whole groups come and go in that time. */
const slowForMs = 3_000;

interface Waiting {
  readonly at: number;
  readonly record: WallRecord | null;
  /** The number of the picture before it, as the stream had it or as far as it is missed. */
  readonly after: number;
  readonly config: StreamConfig | null;
}

/**
 * Decides which pictures of one tile are decoded, in which order. A decoder does not notice missing pictures and goes on with wrong
 * ones, so a picture that refers to others is only given out while nothing before it, back to its key picture, is missing. Pure: times
 * are parameters (milliseconds, monotonic).
 */
export class TileStream {
  /** Pictures that came and were not given out. */
  skipped = 0;
  /** When what waited was last left out because it waited too long; −Infinity before. */
  leftOutAt = Number.NEGATIVE_INFINITY;
  readonly #workedOff: (record: WallRecord) => void;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #mode: SubscriptionMode;
  /** The number of the picture that came last; of the one that was taken last. */
  #cameLast: number | null = null;
  #tookLast: number | null = null;
  #needsKey = true;
  /** Why a key picture is waited for. */
  #why: ErrorCode | null = null;
  /** Why the next gap is there, when it was made here. */
  #nextGap: ErrorCode | null = null;
  #config: StreamConfig | null = null;
  #codec: RecordCodec | null = null;
  #refused: ErrorCode | null = null;
  #thinned: ErrorCode | null = null;
  #relayWaits: ErrorCode | null = null;
  #catchUpUntil = Number.NEGATIVE_INFINITY;

  /** `workedOff` is told once of every record that was pushed and will not be given out. */
  constructor(mode: SubscriptionMode, workedOff: (record: WallRecord) => void) {
    this.#mode = mode;
    this.#workedOff = workedOff;
  }

  get config(): StreamConfig | null {
    return this.#config;
  }

  get mode(): SubscriptionMode {
    return this.#mode;
  }

  setMode(mode: SubscriptionMode): void {
    this.#mode = mode;
  }

  /** The relay says how the pictures after this are coded. */
  pushConfig(config: StreamConfig, now: number): void {
    // Config after config, and no picture between them: only the last one counts.
    if (this.#waiting.at(-1)?.config) this.#waiting.pop();
    this.#waiting.push({ at: now, record: null, after: 0, config });
  }

  /** A picture has come. */
  push(record: WallRecord, now: number): void {
    this.#relayWaits = null;
    if ((record.flags & recordFlag.catchUp) !== 0) this.#catchUpUntil = now + longestCatchUpMs;
    const isJoined = (record.flags & recordFlag.harmlessGap) !== 0 && this.#cameLast !== null && isAhead(record.sequence, this.#cameLast);
    this.#waiting.push({ at: now, record, after: isJoined ? this.#cameLast! : (record.sequence - 1) >>> 0, config: null });
    this.#cameLast = record.sequence;
    this.#waitingBytes += record.payload.length;
    if (this.#waiting.length > maxWaiting || this.#waitingBytes > maxWaitingBytes) this.leaveOut(now);
  }

  /** The relay leaves pictures out, for this reason; null: not any more. */
  thinned(code: ErrorCode | null): void {
    this.#thinned = code;
  }

  /** The relay has nothing, for this reason. */
  relayWaits(code: ErrorCode): void {
    this.#relayWaits = code;
  }

  /** For how long the first in line has waited; 0 when none does. */
  waitedMs(now: number): number {
    const first = this.#waiting[0];
    return first ? now - first.at : 0;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** What the relay had kept came a short while ago, and all that comes after it waits for it. */
  isCatchingUp(now: number): boolean {
    return now < this.#catchUpUntil;
  }

  /** Whether the first in line has waited for longer than it may. */
  isTooSlow(now: number): boolean {
    return this.waitedMs(now) > (this.isCatchingUp(now) ? longestCatchUpMs : longestWaitMs);
  }

  /**
   * Leaves out what waits, but for the last key picture and what follows it. When that key picture is the first in line, it alone is kept;
   * the rest of its group is left out, so that there is always something to go on with.
   */
  leaveOut(now: number): void {
    const lastKey = this.#waiting.findLastIndex(({ record }) => record !== null && isKey(record));
    const isFirst = lastKey !== -1 && this.#waiting.findIndex(({ record }) => record !== null) === lastKey;
    const kept: Waiting[] = [];
    let dropped = 0;
    for (const [index, one] of this.#waiting.entries()) {
      if (one.record === null) {
        if (kept.at(-1)?.config) kept.pop();
        kept.push(one);
      } else if (lastKey !== -1 && (isFirst ? index === lastKey : index >= lastKey)) kept.push(one);
      else {
        this.#skip(one.record);
        dropped += 1;
      }
    }
    this.#waiting = kept;
    if (dropped === 0) return;
    this.leftOutAt = now;
    if (lastKey === -1) this.needKey('viewer-too-slow');
    else this.#nextGap = 'viewer-too-slow';
  }

  /** Gives up the rest of the current group of pictures, whether any of it is here yet or not. */
  skipToKey(now: number): void {
    this.leaveOut(now);
    this.leftOutAt = now;
    if (!this.#waiting.some(({ record }) => record !== null && isKey(record))) this.needKey('viewer-too-slow');
  }

  /** Pictures are left out until the next key picture. */
  get waitsForKey(): boolean {
    return this.#needsKey;
  }

  /** The decoder begins anew: it needs a key picture first. */
  needKey(why: ErrorCode | null): void {
    this.#needsKey = true;
    this.#why = why;
  }

  /** Takes the next step out of what waits; null when nothing does. */
  take(): NextStep | null {
    for (let first = this.#waiting.shift(); first; first = this.#waiting.shift()) {
      const { record, config } = first;
      if (config) {
        if (this.#apply(config)) return { kind: 'config', config: this.#refused === null ? config : null };
      } else if (record) {
        this.#waitingBytes -= record.payload.length;
        if (this.#isToBeDecoded(record, first.after)) return { kind: 'picture', record, arrivedAt: first.at };
        this.skipped += 1;
        this.#workedOff(record);
      }
    }
    return null;
  }

  /** A picture that was given out was not decoded for want of a decoder. */
  giveUp(record: WallRecord): void {
    this.skipped += 1;
    this.#workedOff(record);
    this.needKey('decoder-failed');
  }

  /** Why pictures are left out, or none comes, at this moment; null when nothing is. */
  reason(now: number): ErrorCode | null {
    if (this.#refused !== null) return this.#refused;
    // Where nothing comes at all, what was left out or lost before explains nothing any more.
    if (this.#relayWaits !== null) return this.#relayWaits;
    if (now - this.leftOutAt < slowForMs) return 'viewer-too-slow';
    if (this.#needsKey && this.#why !== null) return this.#why;
    return this.#thinned;
  }

  /** Everything that waits is given up. */
  clear(): void {
    for (const { record } of this.#waiting) if (record) this.#skip(record);
    this.#waiting = [];
  }

  #skip(record: WallRecord): void {
    this.skipped += 1;
    this.#waitingBytes -= record.payload.length;
    this.#workedOff(record);
  }

  /** Whether the decoder must be configured anew. */
  #apply(config: StreamConfig): boolean {
    const before = this.#config;
    this.#config = config;
    const isSame = before !== null && before.video === config.video && before.width === config.width && before.height === config.height;
    if (isSame) return false;
    this.#codec = config.video === null ? null : codecOf(config.video);
    this.#refused = config.video !== null && this.#codec === null ? 'source-codec-unsupported' : null;
    if (config.width * config.height > maxPictureSamples) this.#refused = 'picture-too-large';
    this.needKey(null);
    return true;
  }

  #isToBeDecoded(record: WallRecord, after: number): boolean {
    const key = isKey(record);
    const breaks = (record.flags & (recordFlag.discontinuity | recordFlag.catchUp)) !== 0;
    if (this.#tookLast !== null && after !== this.#tookLast) {
      // A picture of before, unless the relay begins anew.
      if (!isAhead(record.sequence, this.#tookLast) && !(key && breaks)) return false;
      this.#gap();
    } else if ((record.flags & recordFlag.discontinuity) !== 0) this.#gap();
    this.#tookLast = record.sequence;
    if (this.#refused !== null || record.codec !== this.#codec) {
      // The relay says so before it changes; whatever this is, it is not for this decoder.
      if (this.#config !== null && this.#refused === null) this.needKey('source-codec-unsupported');
      return false;
    }
    if (key) {
      this.#needsKey = false;
      this.#why = null;
    }
    return !this.#needsKey;
  }

  #gap(): void {
    const made = this.#nextGap;
    this.#nextGap = null;
    if (this.#needsKey) return;
    // Between two key pictures of a subscription to key pictures something is always missing.
    this.needKey(made ?? (this.#mode === 'full' ? (this.#thinned ?? 'stream-gap') : null));
  }
}

/** Half of all numbers lie ahead of any one of them. */
const isAhead = (sequence: number, of: number): boolean => sequence !== of && (sequence - of) >>> 0 < 0x8000_0000;
const isKey = (record: WallRecord): boolean => (record.flags & recordFlag.key) !== 0;

function codecOf(video: string): RecordCodec | null {
  if (/^avc[13]\./.test(video)) return recordCodec.h264;
  return /^(hvc1|hev1)\./.test(video) ? recordCodec.h265 : null;
}
