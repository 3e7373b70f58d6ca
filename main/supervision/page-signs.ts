/** What a shell sees of one wall page. Times in milliseconds of one monotonic clock. */
export interface PageSigns {
  readonly loadedAt: number;
  /** When it last painted, as it says; null until it ever has: a page that never says so (a login, a page of another version) is not watched. */
  readonly heartbeatAt: number | null;
  /** What its processes hold; null where the shell cannot tell. */
  readonly memoryMb: number | null;
}

/** Why a page is to be made anew. */
export type PageLoss = 'no heartbeat' | 'memory';

export const heartbeatLostMs = 15_000;
/** Twice what a screen of a hundred tiles is to need: beyond it the page eats the machine that the other screens live on. */
export const memoryAtMostMb = 2000;

/** Whether a page that used to say that it paints has stopped saying so, or has grown beyond measure. Null: all is well. */
export function pageLoss(signs: PageSigns, now: number): PageLoss | null {
  if (signs.heartbeatAt !== null && now - Math.max(signs.heartbeatAt, signs.loadedAt) > heartbeatLostMs) return 'no heartbeat';
  return signs.memoryMb !== null && signs.memoryMb > memoryAtMostMb ? 'memory' : null;
}
