import { problem, type Problem } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import { decodeWallAsk, type SubscriptionMode, type WallAsk, type WallEvent } from '../../wire/wall-ask.ts';
import { recordCodec, recordType } from '../../wire/wall-record.ts';
import type { RelayCore, WallPlayback } from '../relay-core.ts';
import type { TicketGate } from '../ticket-gate.ts';
import { FragmentSubscription } from './fragment-subscription.ts';
import type { MessageBuffers } from './message-buffers.ts';
import { PictureSubscription, type RecordQueue } from './picture-subscription.ts';
import type { Drops } from './unit-filter.ts';
import { WallFeed } from './wall-feed.ts';
import { WallPressure, type Backlog, type Strain } from './wall-pressure.ts';
import { placeRecord, sealRecord } from './wall-unit.ts';

/** The connection below a session. */
export interface WallLine {
  /** The first `bytes` of `message`; it is given back to the buffers when it was sent. */
  send(message: Buffer, bytes: number): void;
  /** What waits in this process for the network. */
  readonly bufferedBytes: number;
  /** How long the line takes there and back as far as it is known, or has taken so far. */
  readonly delayMs: number;
  /** The same at its best: how far away the page is. */
  readonly leastDelayMs: number;
  /** Says why, and closes. */
  end(code: number, reason: string): void;
  /** Closes at once: what waits is given up. */
  cut(): void;
}

/** What wall sockets have done; only ever grows. */
export interface WallCounters {
  wallRecords: number;
  wallBytes: number;
  wallMessages: number;
  /** Kept GOPs that subscriptions began with. */
  wallBursts: number;
  /** Connections cut because their page did not read. */
  slowSockets: number;
  readonly wallDrops: Drops;
}

export interface WallSessionOptions {
  readonly core: RelayCore;
  readonly tickets: TicketGate;
  readonly clock: Clock;
  readonly line: WallLine;
  readonly buffers: MessageBuffers;
  /** There is something to send: `flush` is wanted within some milliseconds. */
  readonly onWake: () => void;
}

const maxSubscriptions = 512;
/** Asks that may come at once, and a second in the long run. */
const asks = { burst: 16_384, perSecond: 1024 };
/** More than this is not gathered: a message goes out sooner. */
const maxMessageBytes = 1024 * 1024;
/** What is under way while pages begin: enough to keep a page busy, little enough for live pictures of others to come soon. */
const burstWindowBytes = 384 * 1024;
const burstPieceBytes = 128 * 1024;
/** Whether pictures still come is looked at so often; where none have come yet, each tick. */
const lookEveryMs = 1000;
/** With more than that under way (far away, or many live pictures) beginning goes on slowly. */
const burstTrickle = { bytes: 32 * 1024, everyMs: 100 };
/** A page with a full line that takes nothing for so long is cut off; one that only does not say what it worked off, after this. */
const stuckMs = { full: 5000, silent: 20_000 };
/** Who leaves so much unread and still asks for more is cut off: answers are sent whatever else is left out. */
const maxUnreadBytes = 16 * 1024 * 1024;
/** A socket shows within this that it has a right to be here: by a ticket. */
const proveMs = 10_000;
/** Without any subscription for so long it is closed. */
const uselessMs = 60_000;
export const wallClose = { policy: 1008, goingAway: 1001, unproven: 4001, useless: 4002, tooSlow: 4008 } as const;

interface Subscription {
  readonly id: number;
  rank: number;
  /** Counts subscriptions: of equal rank, whoever was opened first is served first. */
  readonly order: number;
  readonly playback: WallPlayback;
  readonly pictures: PictureSubscription | FragmentSubscription;
  /** Why nothing came when that was last looked at. */
  waiting: Problem | null;
  /** What the page was told last. */
  saidWaiting: string;
  saidThinned: 'viewer-too-slow' | 'line-too-slow' | null;
}

/**
 * One page at the wall socket: its subscriptions, and one message for all of them each time that `flush` is called. Its owner calls `flush`
 * some milliseconds after a wake, and `tick` several times a second.
 */
export class WallSession implements RecordQueue {
  readonly #options: WallSessionOptions;
  readonly #line: WallLine;
  readonly #counters: WallCounters;
  readonly #pressure = new WallPressure();
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #openedAt: number;
  #usefulAt: number | null = null;
  #orders = 0;
  #asksLeft = asks.burst;
  #askedAt: number;
  #credited = 0;
  /** When the page last said that it had worked off more than before. */
  #creditedAt: number;
  #trickledAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isOver = false;
  /** Who gives way may be somebody else by now: settled once a message, however many asks there were. */
  #mustShare = false;
  /** Records of the next message: parallel, because there are tens of thousands a second. */
  readonly #ids: number[] = [];
  readonly #records: Uint8Array[] = [];
  readonly #flags: number[] = [];
  #bytes = 0;
  /** Those that wait to be given what is kept; those that take fMP4; those that the page may have to be told something of. */
  readonly #catching = new Set<Subscription>();
  readonly #fragments = new Set<Subscription>();
  readonly #toReview = new Set<Subscription>();

  constructor(options: WallSessionOptions) {
    this.#options = options;
    this.#line = options.line;
    this.#counters = options.core.counters;
    this.#openedAt = this.#askedAt = this.#creditedAt = options.clock.monotonic();
  }

  get strain(): Strain {
    return this.#pressure.strain;
  }

  /** Subscriptions by what they are asked for. */
  count(mode: SubscriptionMode): number {
    let count = 0;
    for (const { pictures } of this.#subscriptions.values()) if (pictures.mode === mode) count += 1;
    return count;
  }

  wake(): void {
    this.#options.onWake();
  }

  put(subscription: number, record: Uint8Array, flags: number): void {
    this.#ids.push(subscription);
    this.#records.push(record);
    this.#flags.push(flags);
    this.#bytes += record.length;
    if (this.#records.length === 1) this.#options.onWake();
    if (this.#bytes >= maxMessageBytes) this.#send();
  }

  /** What the page said. */
  hear(text: string): void {
    if (this.#isOver) return;
    const now = this.#now();
    this.#asksLeft = Math.min(asks.burst, this.#asksLeft + ((now - this.#askedAt) * asks.perSecond) / 1000);
    this.#askedAt = now;
    if (this.#asksLeft < 1) return this.close(wallClose.policy, 'too many asks');
    this.#asksLeft -= 1;
    const ask = decodeWallAsk(text);
    if (!ask.ok) return this.close(wallClose.policy, 'not an ask');
    this.#do(ask.value, now);
  }

  /** Sends what has gathered, and what is kept for those who begin. */
  flush(): void {
    if (this.#isOver) return;
    const now = this.#now();
    this.#review(now);
    if (this.#mustShare) this.#share();
    for (const one of this.#fragments) one.pictures.fill(0);
    this.#fillBursts(now);
    for (const one of this.#toReview) this.#tell(one);
    this.#toReview.clear();
    this.#send();
  }

  /** Does what is due. */
  tick(): void {
    if (this.#isOver) return;
    const now = this.#now();
    this.#review(now);
    // A page that is not heard of, and one that has nothing to show.
    const { stoppedAt } = this.#pressure;
    if (stoppedAt !== null) {
      const isFull = this.#line.bufferedBytes > 0;
      if (now - stoppedAt >= stuckMs.full && isFull && now - this.#creditedAt >= stuckMs.full) return this.#tooSlow();
      if (now - stoppedAt >= stuckMs.silent && now - this.#creditedAt >= stuckMs.silent) return this.#tooSlow();
    }
    if (this.#usefulAt === null) {
      if (now - this.#openedAt >= proveMs) return this.close(wallClose.unproven, 'no ticket');
    } else if (this.#subscriptions.size > 0) this.#usefulAt = now;
    else if (now - this.#usefulAt >= uselessMs) return this.close(wallClose.useless, 'nothing to show');
    // What waits says why as soon as there is a reason, also one that nobody announced.
    const isLookDue = now - this.#lookedAt >= lookEveryMs;
    if (isLookDue) this.#lookedAt = now;
    const isDue = isLookDue || this.strain !== 'none' || this.#pressure.eighths > 0;
    for (const one of this.#subscriptions.values())
      if (isDue || !one.pictures.hasPicture || one.saidThinned !== null) this.#toReview.add(one);
    if (this.#catching.size > 0 || this.#toReview.size > 0) this.flush();
  }

  /** Ends the connection and everything on it. */
  close(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#send();
    this.dispose();
    this.#line.end(code, reason);
  }

  /** The connection is gone: ends all playbacks. */
  dispose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const all = [...this.#subscriptions.values()];
    this.#subscriptions.clear();
    for (const one of all) this.#leave(one);
    this.#ids.length = this.#records.length = this.#flags.length = this.#bytes = 0;
  }

  #do(ask: WallAsk, now: number): void {
    if (ask.op === 'credit') {
      if (ask.bytes > this.#credited) this.#creditedAt = now;
      this.#credited = Math.max(this.#credited, ask.bytes);
      if (!this.#pressure.credit(ask.bytes)) return this.close(wallClose.policy, 'credit for what was not sent');
      if (this.#catching.size > 0 || this.strain !== 'none') this.wake();
      return;
    }
    if (ask.op === 'sub') return this.#open(ask, now);
    // What ended a moment ago may still be talked of.
    const one = this.#subscriptions.get(ask.id);
    if (!one) return;
    if (ask.op === 'unsub') {
      this.#subscriptions.delete(ask.id);
      return this.#leave(one);
    }
    one.rank = ask.rank ?? one.rank;
    one.pictures.set(ask.mode, ask.audio);
    if (one.pictures.isCatchingUp) this.#catching.add(one);
    this.#toReview.add(one);
    this.#mustShare = true;
    this.wake();
  }

  #open(ask: Extract<WallAsk, { op: 'sub' }>, now: number): void {
    const { id } = ask;
    if (this.#line.bufferedBytes > maxUnreadBytes) return this.#tooSlow();
    if (this.#subscriptions.has(id)) return this.#say(id, { event: 'refused', code: 'malformed', params: { field: 'id' } });
    if (this.#subscriptions.size >= maxSubscriptions)
      return this.#refuse(id, problem('too-many-requests', { max: maxSubscriptions }), true);
    const { tickets, core } = this.#options;
    const ticket = tickets.take(ask.ticket);
    if (!ticket.ok) return this.#refuse(id, ticket.error, ticket.error.code !== 'ticket-refused');
    const listener = {
      changed: () => {
        const one = this.#subscriptions.get(id);
        if (!one) return;
        this.#toReview.add(one);
        this.wake();
      },
      ended: () => {
        const one = this.#subscriptions.get(id);
        if (!one || !this.#subscriptions.delete(id)) return;
        this.#leave(one);
        this.#refuse(id, problem('playback-ended'), false);
      },
    };
    const started = core.startWallPlayback(ticket.value.leaseId, ask.format, listener);
    if (!started?.ok) {
      tickets.giveBack(ticket.value);
      return started ? this.#refuse(id, started.error, true) : this.#refuse(id, tickets.refuse('lease-ended'), false);
    }
    this.#usefulAt = now;
    this.#add(ask, started.value);
  }

  #add({ id, mode, audio, rank = 0 }: Extract<WallAsk, { op: 'sub' }>, playback: WallPlayback): void {
    const { shown } = playback;
    const pictures =
      shown instanceof WallFeed
        ? new PictureSubscription(id, shown, this, this.#counters.wallDrops, mode, audio)
        : new FragmentSubscription(id, shown, this, mode);
    this.#orders += 1;
    const one: Subscription = { id, rank, order: this.#orders, playback, pictures, waiting: null, saidWaiting: '', saidThinned: null };
    this.#subscriptions.set(id, one);
    if (pictures instanceof FragmentSubscription) this.#fragments.add(one);
    if (pictures.isCatchingUp) this.#catching.add(one);
    this.#toReview.add(one);
    this.#mustShare ||= this.#pressure.eighths > 0;
    this.wake();
  }

  #leave(one: Subscription): void {
    one.pictures.end();
    this.#catching.delete(one);
    this.#fragments.delete(one);
    this.#toReview.delete(one);
    this.#options.core.endWallPlayback(one.playback);
  }

  /** Takes the next decision about what is left out. */
  #review(now: number): void {
    if (!this.#pressure.review(this.#backlog(now), now)) return;
    this.#share();
    for (const one of this.#subscriptions.values()) this.#toReview.add(one);
  }

  /** Says who gets key pictures only: a share of those who get all, the least important first. */
  #share(): void {
    this.#mustShare = false;
    const moving = [...this.#subscriptions.values()].filter(({ pictures }) => pictures.mode === 'full');
    moving.sort((a, b) => a.rank - b.rank || a.order - b.order);
    const served = moving.length - Math.ceil((moving.length * this.#pressure.eighths) / 8);
    for (const [place, { pictures }] of moving.entries()) pictures.shed(place >= served);
    for (const one of this.#subscriptions.values()) if (one.saidThinned !== null || one.pictures.isThinned) this.#toReview.add(one);
  }

  /** The smallest first: most tiles have their picture soonest. */
  #fillBursts(now: number): void {
    if (this.#catching.size === 0 || this.strain !== 'none') return;
    const room = burstWindowBytes - this.#backlog(now).bytes - this.#bytes;
    const isTrickleDue = now - this.#trickledAt >= burstTrickle.everyMs;
    let budget = Math.min(burstPieceBytes, isTrickleDue ? Math.max(room, burstTrickle.bytes) : room);
    if (budget <= 0) return;
    this.#trickledAt = now;
    const waiting = [...this.#catching].toSorted((a, b) => a.pictures.keptBytes - b.pictures.keptBytes);
    for (const one of waiting) {
      if (budget <= 0) break;
      budget -= one.pictures.fill(budget);
      if (one.pictures.isCatchingUp) continue;
      this.#catching.delete(one);
      this.#counters.wallBursts += 1;
    }
    if (this.#catching.size > 0 && room > burstPieceBytes) this.wake();
  }

  /** Tells the page what has changed for one of its subscriptions. */
  #tell(one: Subscription): void {
    // Who does not read what there is is told when it does.
    if (this.strain === 'stop' && this.#line.bufferedBytes > 0) return;
    const waiting = this.#options.core.waitingFor(one.playback);
    if (waiting !== one.waiting) this.#tellWaiting(one, waiting);
    const thinned = !one.pictures.isThinned ? null : (one.saidThinned ?? this.#whoIsSlow());
    if (thinned === one.saidThinned) return;
    one.saidThinned = thinned;
    this.#say(one.id, { event: 'thinned', code: thinned });
  }

  #tellWaiting(one: Subscription, waiting: Problem | null): void {
    one.waiting = waiting;
    const said = waiting ? JSON.stringify([waiting.code, waiting.params]) : '';
    if (said === one.saidWaiting) return;
    one.saidWaiting = said;
    one.pictures.hasPicture &&= waiting === null;
    if (waiting) this.#say(one.id, { event: 'waiting', code: waiting.code, params: waiting.params });
  }

  #whoIsSlow(): 'viewer-too-slow' | 'line-too-slow' {
    const { lagMs } = this.#backlog(this.#now());
    const { bufferedBytes, delayMs, leastDelayMs } = this.#line;
    return bufferedBytes > 0 || (delayMs - leastDelayMs) * 2 > lagMs ? 'line-too-slow' : 'viewer-too-slow';
  }

  /** A page that is far away is not behind for that. */
  #backlog(now: number): Backlog {
    return this.#pressure.backlog(now - this.#line.leastDelayMs, this.#line.bufferedBytes);
  }

  #refuse(id: number, { code, params }: Problem, ticketKept: boolean): void {
    this.#say(id, { event: 'ended', code, params, ticketKept });
  }

  #say(id: number, event: WallEvent): void {
    const payload = Buffer.from(JSON.stringify(event));
    const record = sealRecord({
      type: recordType.event,
      flags: 0,
      codec: recordCodec.none,
      sequence: 0,
      ptsUs: 0,
      receivedAtUs: 0,
      payload,
    });
    this.put(id, record, 0);
  }

  /** All that has gathered, as one message. */
  #send(): void {
    const count = this.#records.length;
    if (count === 0 || this.#isOver) return;
    const message = this.#options.buffers.take(this.#bytes);
    let at = 0;
    for (let i = 0; i < count; i += 1) at = placeRecord(message, at, this.#records[i]!, this.#ids[i]!, this.#flags[i]!);
    this.#counters.wallRecords += count;
    this.#counters.wallBytes += at;
    this.#counters.wallMessages += 1;
    this.#ids.length = this.#records.length = this.#flags.length = this.#bytes = 0;
    this.#pressure.sent(at, this.#now());
    this.#line.send(message, at);
  }

  #tooSlow(): void {
    this.#counters.slowSockets += 1;
    this.dispose();
    this.#line.cut();
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }
}
