import { problem, type Problem } from '../../main/contract/errors.ts';
import { Budgets, refusalOf, type Account, type BudgetLimits } from './budgets.ts';
import type { SourcePlace } from './source-place.ts';
import { StartRate } from './start-rate.ts';

export interface StartQueueLimits extends BudgetLimits {
  /** Sources being opened at the same time: from their start until they send, or to their end, or to a second without an answer. */
  readonly startsAtOnce: number;
  readonly startsPerSecond: number;
}

/**
 * Why somebody wants to start. `fresh`: somebody waits for the picture; `again`: so does somebody, but the last try has failed;
 * `diagnosis`: somebody only wants to know what is wrong.
 */
export type StartKind = 'fresh' | 'again' | 'diagnosis';

/** Somebody who wants to start a source. */
export interface Starter {
  /** Its turn has come; it has waited so long. From now on it counts, until `over`. */
  begin(queuedMs: number): void;
  /** Why its turn has not come yet: `source-queued`, or `source-budget {name, max, unit}`. Said when it changes. */
  wait(reason: Problem): void;
  /** It runs, though nobody wants it: it may be told to make room. */
  readonly isLingering: boolean;
  /** Makes room: `over` follows when its connection is closed. */
  cutLinger(): void;
}

/** Of the places, how many cameras may take that failed before. */
const shareOfFailed = 0.75;
/** Who has not answered after this is most likely not there: its place is for others. */
const answerMs = 1000;

interface Waiting {
  readonly place: SourcePlace;
  readonly since: number;
  told: string;
}

interface Running {
  readonly host: string;
  accounts: readonly Account[];
  kbps: number;
  isOpening: boolean;
  readonly kind: StartKind;
  readonly begunAt: number;
  hasAnswered: boolean;
  /** It was told to make room. */
  isLeaving: boolean;
}

/**
 * Decides whose turn it is to open a source: so many at once, so many a second, and no more on a host or a line than it stands.
 * Watched pictures come before diagnoses, and among them who has waited longest. Cameras that failed before stand behind the others and
 * have three quarters of the places at most, and who gets no answer within a second gives its place up while it goes on trying: dead
 * cameras burden no network, and a hundred of them do not hold up those that live, nor one another for long. Nobody
 * overtakes on a full host or line, so that a large picture is not kept out by small ones for ever; who waits for another host is
 * let pass. On a full host or line those who only linger make room for those who are watched, one for one.
 *
 * It has no timers: `review` is called several times a second, because the rate lets somebody begin as time passes. Times are
 * monotonic milliseconds.
 */
export class StartQueue {
  readonly #limits: StartQueueLimits;
  readonly #rate: StartRate;
  readonly #budgets: Budgets;
  /** In the order of their turn. */
  readonly #queues: Readonly<Record<StartKind, Map<Starter, Waiting>>> = { fresh: new Map(), again: new Map(), diagnosis: new Map() };
  readonly #running = new Map<Starter, Running>();
  /** Those that have a place, in the order of their begin. */
  readonly #opening = new Set<Running>();
  /** Of these, cameras that failed before. */
  #openingAgain = 0;
  #now = 0;
  #isReviewing = false;
  #isStale = false;

  constructor(limits: StartQueueLimits) {
    this.#limits = limits;
    this.#rate = new StartRate(limits.startsPerSecond);
    this.#budgets = new Budgets(limits);
  }

  /** How many wait for their turn. */
  get length(): number {
    const { fresh, again, diagnosis } = this.#queues;
    return fresh.size + again.size + diagnosis.size;
  }

  /** How many are being opened. */
  get opening(): number {
    return this.#opening.size;
  }

  /** Asks for a turn; answered by `begin` or `wait`, before this returns. */
  ask(starter: Starter, place: SourcePlace, kind: StartKind, now: number): void {
    if (this.#running.has(starter)) throw new Error('asked for a turn while it still has one');
    this.#queues[kind].set(starter, { place, since: now, told: '' });
    this.review(now);
  }

  /** Somebody waits for this picture now: it no longer stands with the diagnoses. */
  watch(starter: Starter): void {
    const waiting = this.#queues.diagnosis.get(starter);
    if (!waiting) return;
    this.#queues.diagnosis.delete(starter);
    this.#queues.fresh.set(starter, waiting);
  }

  /** Does not want to start any more. */
  withdraw(starter: Starter): void {
    for (const queue of Object.values(this.#queues)) queue.delete(starter);
  }

  /** The camera answered: it is really being opened. */
  answered(starter: Starter): void {
    const running = this.#running.get(starter);
    if (running) running.hasAnswered = true;
  }

  /** It sends: somebody else may be opened. */
  opened(starter: Starter, now: number): void {
    const running = this.#running.get(starter);
    if (!running?.isOpening) return;
    running.isOpening = false;
    this.#leavePlace(running);
    this.review(now);
  }

  /** Its connection is closed. */
  over(starter: Starter, now: number): void {
    const running = this.#running.get(starter);
    if (!running) return;
    this.#running.delete(starter);
    this.#leavePlace(running);
    for (const account of running.accounts) this.#budgets.give(account, running.kbps);
    this.review(now);
  }

  /** What its pictures really take. */
  measured(starter: Starter, kbps: number): void {
    const running = this.#running.get(starter);
    if (!running || running.isOpening || kbps <= 0) return;
    for (const account of running.accounts) account.kbps += kbps - running.kbps;
    running.kbps = kbps;
  }

  /**
   * Where the host of a source that has begun was found. A name leads to a line that was not known when its turn came: if there is
   * no room on it, the reason comes back, and the source must end.
   */
  located(starter: Starter, address: string): Problem | null {
    const running = this.#running.get(starter);
    if (!running) return null;
    this.#budgets.locate(running.host, address);
    const accounts = this.#budgets.accountsOf(running.host);
    const added = accounts.filter((account) => !running.accounts.includes(account));
    for (const account of added) {
      const refusal = refusalOf(account, running.kbps);
      if (refusal) return refusal;
    }
    for (const account of running.accounts) if (!accounts.includes(account)) this.#budgets.give(account, running.kbps);
    for (const account of added) this.#budgets.take(account, running.kbps);
    running.accounts = accounts;
    return null;
  }

  /** Lets begin who may, and tells the others why not. */
  review(now: number): void {
    this.#now = now;
    this.#isStale = true;
    for (const running of this.#opening) {
      if (now - running.begunAt < answerMs) break;
      if (!running.hasAnswered) this.#leavePlace(running);
    }
    // Beginning one may end, open or ask for another: that is looked at when this is done.
    if (this.#isReviewing) return;
    this.#isReviewing = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        this.#pass();
      }
    } finally {
      this.#isReviewing = false;
    }
  }

  #pass(): void {
    /** Hosts and lines that somebody further ahead waits for. */
    const full = new Map<Account, Problem>();
    /** Those who leave a full host or line, or could: for each of those who wait there one. */
    const leaving = new Map<Account, Starter[]>();
    let isTooFast = false;
    for (const [kind, queue] of Object.entries(this.#queues) as [StartKind, Map<Starter, Waiting>][]) {
      for (const [starter, waiting] of queue) {
        const accounts = this.#budgets.accountsOf(waiting.place.host);
        const refusal = this.#refusal(accounts, waiting, full);
        if (refusal) {
          if (kind !== 'diagnosis') this.#makeRoom(refusal.account, leaving);
          this.#tell(starter, waiting, refusal.reason);
          continue;
        }
        const isRoom: boolean = !isTooFast && this.#isRoomFor(kind);
        isTooFast ||= isRoom && !this.#rate.take(this.#now);
        if (isRoom && !isTooFast) this.#begin(kind, starter, waiting, accounts);
        else this.#tell(starter, waiting, queued);
      }
    }
  }

  #refusal(accounts: readonly Account[], { place }: Waiting, full: Map<Account, Problem>): { account: Account; reason: Problem } | null {
    for (const account of accounts) {
      const reason = full.get(account) ?? refusalOf(account, place.kbps);
      if (!reason) continue;
      full.set(account, reason);
      return { account, reason };
    }
    return null;
  }

  /** One that lingers is told to leave, unless one is on its way out already; who has run longest first. */
  #makeRoom(account: Account, leaving: Map<Account, Starter[]>): void {
    let candidates = leaving.get(account);
    if (!candidates) {
      const here = Array.from(this.#running).filter(([, running]) => running.accounts.includes(account));
      const onTheirWay = here.filter(([, running]) => running.isLeaving);
      const lingering = here.filter(([starter, running]) => !running.isLeaving && starter.isLingering);
      candidates = [...onTheirWay, ...lingering].map(([starter]) => starter);
      leaving.set(account, candidates);
    }
    const candidate = candidates.shift();
    const running = candidate && this.#running.get(candidate);
    if (!running || running.isLeaving) return;
    running.isLeaving = true;
    candidate.cutLinger();
  }

  #isRoomFor(kind: StartKind): boolean {
    const { startsAtOnce } = this.#limits;
    return this.#opening.size < startsAtOnce && (kind !== 'again' || this.#openingAgain < Math.ceil(startsAtOnce * shareOfFailed));
  }

  #leavePlace(running: Running): void {
    if (!this.#opening.delete(running)) return;
    if (running.kind === 'again') this.#openingAgain -= 1;
  }

  #begin(kind: StartKind, starter: Starter, waiting: Waiting, accounts: readonly Account[]): void {
    this.#queues[kind].delete(starter);
    const { host, kbps } = waiting.place;
    for (const account of accounts) this.#budgets.take(account, kbps);
    const running: Running = { host, accounts, kbps, isOpening: true, kind, begunAt: this.#now, hasAnswered: false, isLeaving: false };
    this.#running.set(starter, running);
    this.#opening.add(running);
    if (kind === 'again') this.#openingAgain += 1;
    starter.begin(Math.round(this.#now - waiting.since));
  }

  #tell(starter: Starter, waiting: Waiting, reason: Problem): void {
    const text = reason.code === queued.code ? queued.code : `${reason.code} ${JSON.stringify(reason.params)}`;
    if (waiting.told === text) return;
    waiting.told = text;
    starter.wait(reason);
  }
}

const queued = problem('source-queued');
