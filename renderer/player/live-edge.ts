/** What a media element holds at a moment, seconds of its own time. */
export interface EdgeFacts {
  readonly currentTime: number;
  /** The stretch of the buffer that the player is in, or the next one when it is in none; null when there is nothing ahead. */
  readonly buffered: { readonly start: number; readonly end: number } | null;
  readonly rate: number;
}

/** What to do so that the picture stays near what comes in. */
export interface EdgeStep {
  readonly rate: number;
  /** Jump here; null: play on. */
  readonly seekTo: number | null;
  /** Everything before this may be taken out of the buffer; null: nothing worth it. */
  readonly trimTo: number | null;
}

/** Seconds. Fragments come some five a second, so that less than 0.4 s runs dry now and then. */
export const edgeLimits = { aim: 0.6, catchUpFrom: 0.8, steadyAt: 0.5, fastFrom: 1.2, jumpFrom: 2, keepBehind: 4, trimSlack: 2 } as const;

/**
 * Keeps a player 0.4 to 0.8 s behind what has come in: a little faster while it is behind (nobody sees 1.05 to 1.1 times the speed), a
 * jump when it is far behind or stands in a hole. Between the two thresholds it goes on as it was, or it would change its mind with
 * every fragment.
 */
export function liveEdge({ currentTime, buffered, rate }: EdgeFacts): EdgeStep {
  if (buffered === null) return { rate: 1, seekTo: null, trimTo: null };
  const behind = buffered.end - currentTime;
  const trimTo = currentTime - buffered.start > edgeLimits.keepBehind + edgeLimits.trimSlack ? currentTime - edgeLimits.keepBehind : null;
  if (currentTime < buffered.start || behind > edgeLimits.jumpFrom) {
    return { rate: 1, seekTo: Math.max(buffered.start, buffered.end - edgeLimits.aim), trimTo };
  }
  if (behind > edgeLimits.fastFrom) return { rate: 1.1, seekTo: null, trimTo };
  if (behind > edgeLimits.catchUpFrom) return { rate: Math.max(rate, 1.05), seekTo: null, trimTo };
  return { rate: behind < edgeLimits.steadyAt ? 1 : rate, seekTo: null, trimTo };
}

/** Part of a buffer, in seconds. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Less than this is left of a stretch: it is played. */
const playedS = 0.1;

/**
 * What `liveEdge` is to look at: from the stretch that is being played to the end of all, because pictures behind a hole count as well; the
 * next stretch when this one is played. Null when nothing is ahead.
 */
export function stretchAhead(stretches: readonly Stretch[], currentTime: number): Stretch | null {
  const last = stretches.at(-1);
  if (!last) return null;
  const here = stretches.find(({ start, end }) => currentTime >= start && currentTime <= end);
  if (here && (here === last || here.end - currentTime > playedS)) return { start: here.start, end: last.end };
  const next = stretches.find(({ start }) => start > currentTime);
  return next ? { start: next.start, end: last.end } : (here ?? null);
}
