/** What a shell sees of one wall page. Times in milliseconds of one monotonic clock. */
export interface PageSigns {
  readonly loadedAt: number;
  /** When it last painted, as it says; null until it ever has: a page that never says so (a login, a page of another version) is not watched. */
  readonly heartbeatAt: number | null;
  /** What it holds, as its shell counts it; null where the shell cannot tell. See `memoryAtMostMb`. */
  readonly memoryMb: number | null;
  /** When it was asked to make itself anew for its memory and said that it would; absent while it was not. */
  readonly refreshAskedAt?: number | null;
}

/** Why a page is to be made anew by its shell. */
export type PageLoss = 'no heartbeat' | 'memory';

/** A page says every second that it painted. One that does not is occluded, its GPU process is stuck, or its main thread hangs. */
export const heartbeatLostMs = 15_000;
/**
 * Twice what a screen of a hundred tiles is to need with its whole browser (900 MB): beyond it the page eats the machine that the other screens live
 * on. The Chromium shell counts that whole browser, which has one window: the proportional set size of all its processes, on Linux. Electron's
 * windows share a browser and a GPU process, so there it is the working set of the page's own process alone.
 */
export const memoryAtMostMb = 2000;
/** A page makes itself anew within a quarter of that, and for so long there are two of them. */
export const refreshedWithinMs = 60_000;
/** A page whose own script has not run by then never runs it: the hub went away between the two. */
export const beginsWithinMs = 60_000;
/** Asked in a page; true of such a one. Every page of ours fills its `#app` at once. */
export const hasNotBegun = 'globalThis.taoduWall === undefined && document.getElementById("app")?.childElementCount === 0';
/** What a page that is too large is told first; true when it does so. Its successor plays below it before it takes its place. */
export const askToRefresh = 'globalThis.taoduWall?.askRefresh?.() === true';

/**
 * Whether a page that used to say that it paints has stopped saying so, or has grown beyond measure. `too large`: it may be asked to make itself anew
 * unseen before it is lost. Null: all is well, or it is at work on it.
 */
export function pageLoss(signs: PageSigns, now: number): PageLoss | 'too large' | null {
  if (signs.heartbeatAt !== null && now - Math.max(signs.heartbeatAt, signs.loadedAt) > heartbeatLostMs) return 'no heartbeat';
  if (signs.memoryMb === null || signs.memoryMb <= memoryAtMostMb) return null;
  const { refreshAskedAt = null } = signs;
  if (refreshAskedAt === null) return 'too large';
  return now - refreshAskedAt > refreshedWithinMs ? 'memory' : null;
}
