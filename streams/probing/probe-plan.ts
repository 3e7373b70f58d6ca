/**
 * Cameras of one host that may be asked at the same time: a recorder answers for many, and must still record. A platform that answers for
 * thousands is asked about as many as it takes to get round in time even if it never answers.
 */
export const askedPerHost = 4;
/** The longest that one question takes. */
const questionMs = 4000;
/** A small fleet is known soon after a start, and a new camera soon after it came: questions a second that are always allowed. */
export const leastPerSecond = 20;
/** Time that was slept through is not made up for: no more than what this long allows is asked at once. */
const burstMs = 1000;
/** What nobody could confirm for so many rounds is not known any more. */
export const roundsKnown = 2;

export interface ProbePlanOptions {
  /** Every camera is asked once in so long. */
  readonly roundMs: number;
  /** Questions under way at once. */
  readonly atOnce: number;
}

/** One camera's turn to be asked; it ends with `settle`. */
export interface ProbeTurn {
  readonly cameraId: string;
  readonly host: string;
}

interface Entry extends ProbeTurn {
  readonly since: number;
  askedAt: number | null;
  answeredAt: number | null;
  /** It was taken, or waits for its host: not to be taken again. */
  busy: boolean;
}

/**
 * Who is asked when: pure, times are milliseconds of one monotonic clock. All cameras stand in one ring, each question moves its
 * camera to the end, and the ring turns once a round, evenly. Cameras that are new or were changed are asked soon, besides. The first
 * order follows from the ids alone, scattered, so that neighbours on one recorder are not asked together.
 */
export class ProbePlan {
  readonly #options: ProbePlanOptions;
  /** In the order of their turns, the next one first. */
  readonly #ring = new Map<string, Entry>();
  readonly #soon = new Set<string>();
  readonly #underWayAt = new Map<string, number>();
  /** Cameras by host. */
  readonly #at = new Map<string, number>();
  /** Whose turn it was while their host had enough to do. */
  readonly #held = new Map<string, Entry[]>();
  /** They were held, and their host has room again. */
  #freed: Entry[] = [];
  #underWay = 0;
  #unasked = 0;
  #reckonedAt: number | null = null;
  #ringCredit = 0;
  #soonCredit = leastPerSecond;

  constructor(options: ProbePlanOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#ring.size;
  }

  /** Questions under way. */
  get underWay(): number {
    return this.#underWay;
  }

  /** The cameras that are there at the start. */
  begin(cameras: Iterable<ProbeTurn>, now: number): void {
    const scattered = [...cameras].map((camera) => ({ camera, place: scatter(camera.cameraId) }));
    scattered.sort((a, b) => a.place - b.place);
    for (const { camera } of scattered) this.#add(camera, now);
  }

  /** A camera that is new, or is found elsewhere now: nothing is known of it, and it is asked soon. */
  put(camera: ProbeTurn, now: number): void {
    this.delete(camera.cameraId);
    this.#add(camera, now);
    this.#soon.add(camera.cameraId);
  }

  delete(cameraId: string): void {
    const entry = this.#ring.get(cameraId);
    if (!entry) return;
    if (entry.askedAt === null) this.#unasked -= 1;
    const others = this.#at.get(entry.host)! - 1;
    if (others === 0) this.#at.delete(entry.host);
    else this.#at.set(entry.host, others);
    this.#ring.delete(cameraId);
    this.#soon.delete(cameraId);
  }

  has(cameraId: string): boolean {
    return this.#ring.has(cameraId);
  }

  /** Ask it before its turn. */
  soon(cameraId: string): void {
    if (this.#ring.has(cameraId)) this.#soon.add(cameraId);
  }

  /** True while this turn is still its camera's: it was neither removed nor put anew since. */
  isCurrent(turn: ProbeTurn): boolean {
    return this.#ring.get(turn.cameraId) === turn;
  }

  /** Whose turn it is by now. Each of them is under way until it is settled. */
  take(now: number): ProbeTurn[] {
    this.#reckon(now);
    const turns: Entry[] = [];
    const freed = this.#freed;
    this.#freed = [];
    for (const entry of freed) {
      if (this.isCurrent(entry)) this.#ask(entry, now, turns);
      else this.#free(entry.host);
    }
    for (const cameraId of this.#soon) {
      if (this.#soonCredit < 1 || this.#isFull()) break;
      const entry = this.#ring.get(cameraId)!;
      if (entry.busy) continue;
      this.#soonCredit -= 1;
      this.#ask(entry, now, turns);
    }
    let looked = 0;
    for (const entry of this.#ring.values()) {
      if (this.#ringCredit < 1 || this.#isFull() || looked === this.#ring.size) break;
      looked += 1;
      if (entry.busy) this.#toEnd(entry);
      else {
        this.#ringCredit -= 1;
        this.#ask(entry, now, turns);
      }
    }
    return turns;
  }

  /** A question ended: with an answer, or without one, and then it is asked again soon. */
  settle(turn: ProbeTurn, now: number, answered: boolean): void {
    const entry = turn as Entry;
    this.#underWay -= 1;
    const left = (this.#underWayAt.get(entry.host) ?? 1) - 1;
    if (left === 0) this.#underWayAt.delete(entry.host);
    else this.#underWayAt.set(entry.host, left);
    entry.busy = false;
    if (answered) entry.answeredAt = now;
    else if (this.isCurrent(entry)) this.#soon.add(entry.cameraId);
    this.#free(entry.host);
  }

  /** Cameras whose last answer became too old to count; each is named once. */
  outdated(now: number): string[] {
    const ids: string[] = [];
    for (const entry of this.#ring.values()) {
      if (entry.answeredAt === null || now - entry.answeredAt <= roundsKnown * this.#options.roundMs) continue;
      entry.answeredAt = null;
      ids.push(entry.cameraId);
    }
    return ids;
  }

  /** Cameras that were not asked for longer than a round and a tenth, and how long the longest of all waits. */
  lateness(now: number): { readonly overdue: number; readonly longestMs: number } {
    let overdue = 0;
    let longestMs = 0;
    for (const { askedAt, since } of this.#ring.values()) {
      const waitedMs = now - (askedAt ?? since);
      if (waitedMs > this.#options.roundMs * 1.1) overdue += 1;
      longestMs = Math.max(longestMs, waitedMs);
    }
    return { overdue, longestMs };
  }

  #add({ cameraId, host }: ProbeTurn, now: number): void {
    this.#ring.set(cameraId, { cameraId, host, since: now, askedAt: null, answeredAt: null, busy: false });
    this.#at.set(host, (this.#at.get(host) ?? 0) + 1);
    this.#unasked += 1;
  }

  #mostAt(host: string): number {
    return Math.max(askedPerHost, Math.ceil(((this.#at.get(host) ?? 0) * questionMs) / this.#options.roundMs));
  }

  #isFull(): boolean {
    return this.#underWay >= this.#options.atOnce;
  }

  #ask(entry: Entry, now: number, turns: Entry[]): void {
    entry.busy = true;
    this.#toEnd(entry);
    this.#soon.delete(entry.cameraId);
    const { host } = entry;
    if (this.#isFull()) this.#freed.push(entry);
    else if ((this.#underWayAt.get(host) ?? 0) >= this.#mostAt(host)) {
      const held = this.#held.get(host);
      if (held) held.push(entry);
      else this.#held.set(host, [entry]);
    } else {
      if (entry.askedAt === null) this.#unasked -= 1;
      entry.askedAt = now;
      this.#underWay += 1;
      this.#underWayAt.set(host, (this.#underWayAt.get(host) ?? 0) + 1);
      turns.push(entry);
    }
  }

  /** The next camera that waits for this host is asked with the next turns. */
  #free(host: string): void {
    const held = this.#held.get(host);
    if (!held) return;
    const next = held.findIndex((entry) => this.isCurrent(entry));
    const [entry] = next < 0 ? [] : held.splice(0, next + 1).slice(-1);
    if (next < 0 || held.length === 0) this.#held.delete(host);
    if (entry) this.#freed.push(entry);
  }

  #toEnd(entry: Entry): void {
    this.#ring.delete(entry.cameraId);
    this.#ring.set(entry.cameraId, entry);
  }

  #reckon(now: number): void {
    const passedMs = this.#reckonedAt === null ? 0 : now - this.#reckonedAt;
    this.#reckonedAt = now;
    const evenly = this.#ring.size / this.#options.roundMs;
    const quickly = Math.max(evenly, leastPerSecond / 1000);
    const ringRate = this.#unasked > 0 ? quickly : evenly;
    this.#ringCredit = Math.min(Math.max(1, ringRate * burstMs), this.#ringCredit + ringRate * passedMs);
    this.#soonCredit = Math.min(quickly * burstMs, this.#soonCredit + quickly * passedMs);
  }
}

/** A number that looks random and is always the same for an id: FNV-1a with a last mixing, so that ids that differ in one digit part. */
function scatter(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
