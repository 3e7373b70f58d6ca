import type { ShownReport } from '../../../layouts/contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import { noTries, refreshStep, type PutOff, type RefreshSituation } from './refresh-step.ts';
import { successorLag, type SuccessorLag } from './successor-lag.ts';

/** Both must agree for so long before they change places, */
export const agreesForMs = 5000;
/** and within this time. */
export const readyWithinMs = 90_000;
/** Its cameras are open already: without a single live picture after this it will not get there. */
export const firstWithinMs = 20_000;
/** This share of the tiles leaves out pictures for so long, because the machine plays twice: what is seen comes first. */
const overloadedShare = 1 / 8;
export const overloadedForMs = 10_000;

/** Why a successor was taken away: in what it was still behind, what put the change off to the end, or that the page that is seen suffered. */
export type RefreshFailure = SuccessorLag | PutOff | 'overloaded' | 'broken';

/** The page that is made ready below the one that is seen. */
export interface Successor {
  /** What it would report; null before it can. */
  report(): ShownReport | null;
  /** From the next frame on it is what is seen, and it speaks for the screen. Throws when there is no page that could. */
  takeOver(): void;
  /** Takes it away, with everything of it. */
  drop(): void;
}

/** What a page knows of its own refreshing, since it was opened. */
export interface RefreshCounts {
  /** How many pages had this screen before, in the same window. */
  readonly generation: number;
  readonly begun: number;
  readonly failed: number;
  readonly lastFailure: RefreshFailure | null;
}

export interface WallRefreshPorts {
  /** How it is with the page that is seen; null while nothing can be said, as before its first report. */
  situation(): Pick<RefreshSituation, 'times' | 'nth' | 'putOff'> | null;
  /** What it reported last. */
  report(): ShownReport | null;
  open(): Successor;
  /** From now on the machine plays twice; until the successor is gone again. */
  doubled(isDoubled: boolean): void;
  /** The successor is seen: this page has to end. */
  handedOver(): void;
  /** This computer's clock; the hub's; since the page was opened, monotonic. In ms. */
  now(): EpochMs;
  hubNow(): EpochMs;
  pageAgeMs(): number;
  /** To whoever looks for faults. */
  warn(words: string): void;
}

/** Makes the page of a screen anew when it is time to, without its being seen. */
export interface WallRefresh {
  /** To be called about once a second. */
  tick(): void;
  /** So long ago somebody asked for it, as the hub or the shell said just now. Of several requests the latest counts: the hub tells of one for minutes. */
  asked(msAgo: number): void;
  readonly counts: Omit<RefreshCounts, 'generation'>;
  /** Takes a successor away that is not seen yet. */
  stop(): void;
}

/** Rests until the night, or until somebody asks; then a successor is opened, waited for, and either takes over or is taken away. */
export function createWallRefresh(ports: WallRefreshPorts): WallRefresh {
  let tries = noTries;
  let askedAt: number | null = null;
  let waiting: {
    readonly successor: Successor;
    readonly since: number;
    agreesSince: number | null;
    overloadedSince: number | null;
  } | null = null;
  let isOver = false;
  const counts = { begun: 0, failed: 0, lastFailure: null as RefreshFailure | null };

  const giveUp = (why: RefreshFailure) => {
    waiting?.successor.drop();
    waiting = null;
    ports.doubled(false);
    counts.failed += 1;
    counts.lastFailure = why;
    ports.warn(`the page could not be made anew (${why}); it goes on as it is`);
  };

  const begin = () => {
    counts.begun += 1;
    ports.doubled(true);
    waiting = { successor: ports.open(), since: ports.pageAgeMs(), agreesSince: null, overloadedSince: null };
  };

  const isOverloaded = (report: ShownReport | null) => {
    const tiles = report?.tiles ?? [];
    return tiles.filter(({ reason }) => reason === 'viewer-too-slow').length > tiles.length * overloadedShare;
  };
  const isLive = (report: ShownReport | null) => report?.tiles.some(({ state }) => state === 'live') ?? false;

  /** Why they may not change places now; null when they may. */
  const hindrance = (successor: Successor): SuccessorLag | PutOff | null => {
    const seen = ports.report();
    const situation = ports.situation();
    if (seen === null || situation === null) return 'no-hub';
    return situation.putOff ?? successorLag(seen, successor.report(), ports.hubNow());
  };

  const look = (now: number, pair: NonNullable<typeof waiting>) => {
    pair.overloadedSince = isOverloaded(ports.report()) ? (pair.overloadedSince ?? now) : null;
    if (pair.overloadedSince !== null && now - pair.overloadedSince >= overloadedForMs) return giveUp('overloaded');
    const hinders = hindrance(pair.successor);
    if (hinders !== null) {
      pair.agreesSince = null;
      const hasBegun = isLive(pair.successor.report()) || !isLive(ports.report());
      if (now - pair.since >= (hasBegun ? readyWithinMs : firstWithinMs)) giveUp(hinders);
      return;
    }
    pair.agreesSince ??= now;
    if (now - pair.agreesSince < agreesForMs) return;
    try {
      pair.successor.takeOver();
    } catch {
      return giveUp('broken');
    }
    waiting = null;
    isOver = true;
    ports.handedOver();
  };

  return {
    tick() {
      if (isOver) return;
      const now = ports.pageAgeMs();
      if (waiting !== null) return look(now, waiting);
      const situation = ports.situation();
      if (situation === null) return;
      const step = refreshStep(tries, { ...situation, now: ports.now(), pageAgeMs: now, askedAt });
      if (step.kind !== 'begin') return;
      ({ tries } = step);
      begin();
    },
    asked(msAgo) {
      askedAt = Math.max(askedAt ?? Number.NEGATIVE_INFINITY, ports.pageAgeMs() - msAgo);
    },
    get counts() {
      return { ...counts };
    },
    stop() {
      isOver = true;
      waiting?.successor.drop();
      waiting = null;
    },
  };
}
