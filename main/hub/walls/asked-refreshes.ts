import type { Clock } from '../../contract/time.ts';

/** Who asked for so long ago does not wait for it any more. */
export const refreshAskedHoldsMs = 600_000;

/** Which screens somebody has asked to make their pages anew. A page learns it with the answer to its next report, and knows whether it was opened since. */
export interface AskedRefreshes {
  /** For a screen that exists: one request a screen is kept, the latest. */
  ask(wallId: string, screenId: string): void;
  /** How long ago it was asked, in ms; null when it was not, or too long ago. */
  askedMsAgo(wallId: string, screenId: string): number | null;
  /** Forgets the screens of a wall that are gone. */
  keepOnly(wallId: string, screenIds: ReadonlySet<string>): void;
}

/** Keeps them in memory: a restarted hub has forgotten them, and the night comes. Ages are counted on the monotonic clock, so that no setting of the clock repeats a request. */
export function createAskedRefreshes(clock: Pick<Clock, 'monotonic'>): AskedRefreshes {
  /** By wall, then by screen. */
  const askedAt = new Map<string, Map<string, number>>();

  return {
    ask(wallId, screenId) {
      const ofWall = askedAt.get(wallId) ?? new Map<string, number>();
      askedAt.set(wallId, ofWall.set(screenId, clock.monotonic()));
    },
    askedMsAgo(wallId, screenId) {
      const at = askedAt.get(wallId)?.get(screenId);
      if (at === undefined) return null;
      const ago = Math.round(clock.monotonic() - at);
      if (ago <= refreshAskedHoldsMs) return ago;
      askedAt.get(wallId)?.delete(screenId);
      return null;
    },
    keepOnly(wallId, screenIds) {
      const ofWall = askedAt.get(wallId);
      for (const screenId of ofWall?.keys() ?? []) if (!screenIds.has(screenId)) ofWall?.delete(screenId);
      if (ofWall?.size === 0) askedAt.delete(wallId);
    },
  };
}
