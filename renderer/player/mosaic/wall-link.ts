import type { ErrorCode } from '../../../main/contract/errors.ts';
import type { SubscriptionMode, WallAsk, WallEvent } from '../../../streams/wire/wall-ask.ts';
import { decodeRecords, recordBytes, recordType, wallProtocol, type WallRecord } from '../../../streams/wire/wall-record.ts';
import { SleeplessClock } from '../../hub-client/sleepless-clock.ts';
import { readWallEvent } from './wall-payload.ts';

/** The part of a WebSocket that is used here. */
export type WallSocket = Pick<WebSocket, 'readyState' | 'send' | 'close' | 'binaryType' | 'addEventListener'>;

/** What is said of a subscription that goes on. */
export type SubscriptionEvent = Exclude<WallEvent, { event: 'ended' | 'refused' }>;

/** Who takes what the relay sends for one subscription. */
export interface SubscriptionListener {
  /** Config, video, audio or fMP4. Whoever takes it says `workedOff` for it, sooner or later, once. */
  record(record: WallRecord): void;
  /** Why there is nothing, or less. */
  event(event: SubscriptionEvent): void;
  /** It is over by itself, for this reason. Called once, and nothing after it. */
  ended(code: ErrorCode, ticketKept: boolean): void;
}

/** What is asked for. */
export interface SubscriptionWish {
  readonly ticket: string;
  readonly mode: SubscriptionMode;
  readonly format: 'annexb' | 'fmp4';
  readonly audio: boolean;
  /** Who keeps moving pictures when not all can: a lower number is served first. */
  readonly rank: number;
}

/** One playback on a link. */
export interface WallSubscription {
  set(mode: SubscriptionMode, audio: boolean, rank: number): void;
  /** This record needs no more work. The relay sends no more than a second's worth ahead of it. */
  workedOff(record: WallRecord): void;
  /** Gives it back; its listener hears nothing more. */
  end(): void;
}

/** All pictures of a page from its relays, over one WebSocket for each relay. */
export interface WallLinks {
  subscribe(url: string, wish: SubscriptionWish, listener: SubscriptionListener): WallSubscription;
  /** How many sockets are open or opening. */
  readonly open: number;
  /** Messages that were no records, and records of nobody. */
  readonly strays: number;
  /** Ends all of it; no listener hears of it. */
  close(): void;
}

/** A line that does not open within this is given up. */
const openWithinMs = 5_000;
/** The relay has a word on every subscription at once; a line on which nothing at all comes for this long after one is dead. */
const answerWithinMs = 10_000;
const lookEveryMs = 1_000;
/** Two looks that are further apart: this page stood still between them, most likely with its computer, and the relay may have given the line up unheard. */
const standstillMs = 3_000;
/** A line that lives shows it within so much after that; what came at once was on its way before. */
const proveWithinMs = 2_000;
const wasOnItsWayMs = 500;
/** A socket without subscriptions stays this long: a changed scene asks the same relay again at once. */
const lingerMs = 10_000;
const creditEveryMs = 50;
const creditAtOnceBytes = 256 * 1024;
const maxSubscriptions = 1024;
/** Relays at a time: beyond, somebody asks for what nobody has. */
const maxLinks = 16;

/** The page's links. A broken line ends its subscriptions; who still wants a picture subscribes again in his own time. */
export function createWallLinks(open: (url: string) => WallSocket = (url) => new WebSocket(url, wallProtocol)): WallLinks {
  // A line of before a sleep is as old as the sleep.
  const own = new SleeplessClock();
  const links = new Map<string, Link>();
  let strays = 0;

  class Link {
    readonly #url: string;
    readonly #socket: WallSocket;
    readonly #subscriptions = new Map<number, Subscription>();
    #lastId = 0;
    #workedOff = 0;
    #credited = 0;
    #heardAt = 0;
    #askedAt: number | null = null;
    #lookedAt = own.now();
    /** When a standstill was found out after which nothing has come that was not on its way before. */
    #doubtedAt: number | null = null;
    #isBroken = false;
    #credit: ReturnType<typeof setTimeout> | undefined;
    #linger: ReturnType<typeof setTimeout> | undefined;
    readonly #opening: ReturnType<typeof setTimeout>;
    readonly #looking: ReturnType<typeof setInterval>;

    constructor(url: string) {
      this.#url = url;
      this.#socket = open(url);
      this.#socket.binaryType = 'arraybuffer';
      this.#opening = setTimeout(() => this.broken(), openWithinMs);
      this.#looking = setInterval(() => this.#look(), lookEveryMs);
      this.#socket.addEventListener('open', () => {
        clearTimeout(this.#opening);
        for (const subscription of this.#subscriptions.values()) subscription.ask();
      });
      this.#socket.addEventListener('message', ({ data }: MessageEvent) => this.#message(data));
      // An error is always followed by a close.
      this.#socket.addEventListener('close', () => this.broken());
    }

    get isFull(): boolean {
      return this.#subscriptions.size >= maxSubscriptions;
    }

    subscribe(wish: SubscriptionWish, listener: SubscriptionListener): Subscription {
      clearTimeout(this.#linger);
      const id = (this.#lastId = (this.#lastId % 0xffff_ffff) + 1);
      const subscription = new Subscription(this, id, wish, listener);
      this.#subscriptions.set(id, subscription);
      subscription.ask();
      return subscription;
    }

    /** False while the line is not open: what is asked then is asked when it opens. */
    say(ask: WallAsk): boolean {
      if (this.#socket.readyState !== 1) return false;
      if (ask.op === 'sub') this.#askedAt ??= own.now();
      this.#socket.send(JSON.stringify(ask));
      return true;
    }

    leave(id: number): void {
      if (!this.#subscriptions.delete(id)) return;
      if (this.#subscriptions.size === 0 && !this.#isBroken) this.#linger = setTimeout(() => this.broken(), lingerMs);
    }

    workedOff(bytes: number): void {
      if (this.#isBroken) return;
      this.#workedOff += bytes;
      if (this.#workedOff - this.#credited >= creditAtOnceBytes) this.#sayCredit();
      else this.#credit ??= setTimeout(() => this.#sayCredit(), creditEveryMs);
    }

    #sayCredit(): void {
      clearTimeout(this.#credit);
      this.#credit = undefined;
      this.#credited = this.#workedOff;
      this.say({ op: 'credit', bytes: this.#credited });
    }

    #message(data: unknown): void {
      this.#heardAt = own.now();
      this.#askedAt = null;
      const records = data instanceof ArrayBuffer ? decodeRecords(new Uint8Array(data)) : null;
      if (!records?.ok) {
        // Whoever sends such a thing cannot be followed any more: what was left out of what is unknown.
        strays += 1;
        this.broken();
        return;
      }
      for (const record of records.value) this.#dispatch(record);
    }

    #dispatch(record: WallRecord): void {
      const subscription = this.#subscriptions.get(record.subscription);
      if (subscription === undefined) {
        // What was under way when its subscription ended is no stray.
        if (record.subscription === 0 || record.subscription > this.#lastId) strays += 1;
        this.workedOff(recordBytes(record.payload.length));
        return;
      }
      if (record.type !== recordType.event) {
        subscription.take(record);
        return;
      }
      this.workedOff(recordBytes(record.payload.length));
      const event = readWallEvent(record.payload);
      // No ask of this page gives cause for a refusal: its numbers are its own.
      if (event === null || event.event === 'refused') strays += 1;
      else if (event.event === 'ended') subscription.over(event.code, event.ticketKept);
      else subscription.listener.event(event);
    }

    #look(): void {
      const now = own.now();
      if (now - this.#lookedAt > standstillMs) {
        this.#doubtedAt = now;
        // What was asked has its time anew.
        if (this.#askedAt !== null) this.#askedAt = now;
      }
      this.#lookedAt = now;
      if (this.#doubtedAt !== null && this.#heardAt > this.#doubtedAt + wasOnItsWayMs) this.#doubtedAt = null;
      const isUnproven = this.#doubtedAt !== null && now - this.#doubtedAt >= proveWithinMs;
      const isUnanswered = this.#askedAt !== null && now - Math.max(this.#askedAt, this.#heardAt) > answerWithinMs;
      if (isUnproven || isUnanswered) this.broken();
    }

    /** The line is gone, or is given up: every subscription ends. */
    broken(): void {
      if (this.#isBroken) return;
      this.abandon();
      for (const subscription of this.#subscriptions.values()) subscription.over('relay-unavailable', !subscription.asked);
    }

    /** Closes the line without a word to anybody. */
    abandon(): void {
      this.#isBroken = true;
      links.delete(this.#url);
      clearTimeout(this.#opening);
      clearTimeout(this.#credit);
      clearTimeout(this.#linger);
      clearInterval(this.#looking);
      this.#socket.close();
    }
  }

  class Subscription implements WallSubscription {
    readonly listener: SubscriptionListener;
    readonly #link: Link;
    readonly #id: number;
    #wish: SubscriptionWish;
    /** Taken and not yet worked off. */
    #owedBytes = 0;
    #isOver = false;
    /** Whether the relay may have seen the ticket. */
    asked = false;

    constructor(link: Link, id: number, wish: SubscriptionWish, listener: SubscriptionListener) {
      this.#link = link;
      this.#id = id;
      this.#wish = wish;
      this.listener = listener;
    }

    ask(): void {
      if (!this.asked) this.asked = this.#link.say({ op: 'sub', id: this.#id, ...this.#wish });
    }

    take(record: WallRecord): void {
      this.#owedBytes += recordBytes(record.payload.length);
      this.listener.record(record);
    }

    set(mode: SubscriptionMode, audio: boolean, rank: number): void {
      const last = this.#wish;
      if (this.#isOver || (mode === last.mode && audio === last.audio && rank === last.rank)) return;
      this.#wish = { ...last, mode, audio, rank };
      if (this.asked) this.#link.say({ op: 'set', id: this.#id, mode, audio, rank });
    }

    workedOff(record: WallRecord): void {
      const bytes = Math.min(this.#owedBytes, recordBytes(record.payload.length));
      this.#owedBytes -= bytes;
      if (bytes > 0) this.#link.workedOff(bytes);
    }

    end(): void {
      if (this.#isOver) return;
      if (this.asked) this.#link.say({ op: 'unsub', id: this.#id });
      this.#finish();
    }

    over(code: ErrorCode, ticketKept: boolean): void {
      if (this.#isOver) return;
      this.#finish();
      this.listener.ended(code, ticketKept);
    }

    #finish(): void {
      this.#isOver = true;
      if (this.#owedBytes > 0) this.#link.workedOff(this.#owedBytes);
      this.#owedBytes = 0;
      this.#link.leave(this.#id);
    }
  }

  return {
    subscribe(url, wish, listener) {
      let link = links.get(url);
      if (link === undefined && links.size < maxLinks) {
        try {
          link = new Link(url);
          links.set(url, link);
        } catch {
          // Not an address of a WebSocket at all.
          return refused(listener, 'relay-unavailable');
        }
      }
      if (link === undefined || link.isFull) return refused(listener, 'too-many-requests');
      return link.subscribe(wish, listener);
    },
    get open() {
      return links.size;
    },
    get strays() {
      return strays;
    },
    close() {
      for (const link of links.values()) link.abandon();
    },
  };
}

/** A subscription that ends before it began, after whoever asked for it has it in hand. */
function refused(listener: SubscriptionListener, code: ErrorCode): WallSubscription {
  let over = false;
  queueMicrotask(() => {
    if (!over) listener.ended(code, true);
    over = true;
  });
  return {
    set() {},
    workedOff() {},
    end() {
      over = true;
    },
  };
}
