import type { SubscriptionMode } from '../../wire/wall-ask.ts';
import { recordFlag } from '../../wire/wall-record.ts';
import { leftOut, UnitFilter, type Drops } from './unit-filter.ts';
import type { WallFeed, WallViewer } from './wall-feed.ts';
import type { Strain } from './wall-pressure.ts';
import type { WallUnit } from './wall-unit.ts';

/** Where the records of a subscription go; see `WallSession`. */
export interface RecordQueue {
  /** How the page stands. */
  readonly strain: Strain;
  /** The next record, to be sent with the next message. */
  put(subscription: number, record: Uint8Array, flags: number): void;
  /** There is something to `fill` a message with. */
  wake(): void;
}

/**
 * The pictures of one subscription as access units. It begins, and begins anew after a pause, with the GOP that the feed has kept: that is
 * taken from there piece by piece as the page has room, and what comes meanwhile is added there, so that nothing is queued twice.
 */
export class PictureSubscription implements WallViewer {
  readonly #id: number;
  readonly #feed: WallFeed;
  readonly #queue: RecordQueue;
  readonly #filter: UnitFilter;
  readonly #detach: () => void;
  #config: Uint8Array | null = null;
  /** The kept GOP it is being given, and how far it got; null while it gets what comes. */
  #kept: readonly WallUnit[] | null = null;
  #next = 0;
  /** Whether a picture was sent since it last had to wait. */
  hasPicture = false;

  constructor(id: number, feed: WallFeed, queue: RecordQueue, drops: Drops, mode: SubscriptionMode, audio: boolean) {
    this.#id = id;
    this.#feed = feed;
    this.#queue = queue;
    this.#filter = new UnitFilter(mode, audio, drops);
    this.#detach = feed.attach(this);
    this.#catchUp();
  }

  get mode(): SubscriptionMode {
    return this.#filter.mode;
  }

  get isThinned(): boolean {
    return this.#filter.isThinned;
  }

  /** Waits for room to be given what is kept. */
  get isCatchingUp(): boolean {
    return this.#kept !== null;
  }

  /** How much is kept for it. */
  get keptBytes(): number {
    return this.#feed.gopBytes;
  }

  set(mode: SubscriptionMode, audio: boolean): void {
    const before = this.#filter.mode;
    this.#filter.mode = mode;
    this.#filter.audio = audio;
    if (mode === 'off') this.#kept = null;
    else if (mode !== before && before !== 'full') this.#catchUp();
  }

  /** Key pictures only for a while, or not any more. */
  shed(isShed: boolean): void {
    this.#filter.isShed = isShed;
  }

  take(unit: WallUnit): void {
    if (this.#kept !== null) {
      if (unit.isAudio) return;
      // An older GOP is not held for who waits for room.
      if (this.#kept !== this.#feed.gop) this.#catchUp();
      this.#queue.wake();
      if (this.#kept !== null) return;
    }
    const flags = this.#filter.pass(unit, this.#queue.strain);
    if (flags !== leftOut) this.#send(unit, flags);
  }

  /** Gives on what is kept, at most about so many bytes; answers how many it was. */
  fill(bytes: number): number {
    if (this.#kept === null) return 0;
    if (this.#kept !== this.#feed.gop) this.#catchUp();
    const kept = this.#kept;
    if (kept === null) return 0;
    const end = this.#filter.wantsOnlyKeys ? Math.min(1, kept.length) : kept.length;
    let given = 0;
    while (this.#next < end && given < bytes) {
      const unit = kept[this.#next]!;
      this.#next += 1;
      const flags = this.#filter.passKept(unit);
      const isLast = this.#next === end;
      if (flags === leftOut) continue;
      this.#send(unit, flags | recordFlag.catchUp | (isLast ? recordFlag.burstEnd : 0));
      given += unit.record.length;
    }
    if (this.#next < end) return given;
    // Key pictures only: what is left of the GOP is missing for what comes next.
    if (end < kept.length) this.#filter.restart();
    this.#kept = null;
    return given;
  }

  end(): void {
    this.#detach();
    this.#kept = null;
  }

  /** Begins with what is kept, or, when nothing is, with the next key picture. */
  #catchUp(): void {
    this.#filter.restart();
    this.#next = 0;
    this.#kept = this.#filter.mode === 'off' || this.#feed.gop.length === 0 ? null : this.#feed.gop;
    if (this.#kept) this.#queue.wake();
  }

  #send(unit: WallUnit, flags: number): void {
    const { config } = this.#feed;
    if (config !== null && config !== this.#config) {
      this.#config = config;
      this.#queue.put(this.#id, config, 0);
    }
    this.hasPicture = true;
    this.#queue.put(this.#id, unit.record, flags);
  }
}
