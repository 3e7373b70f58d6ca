import type { ClockSample } from './ask-time.ts';

/** How our clock stands, as far as the servers say. */
export type ClockVerdict =
  | { readonly state: 'unknown' }
  | { readonly state: 'right' | 'drifting'; readonly offsetMs: number; readonly servers: number };

/** A clock that drifted is right again only when it is clearly so. */
const rightAgain = 0.8;

/**
 * The offset that most servers agree on: the middle one, so that one server that is wrong does not count among three. With an even number
 * the nearer to zero of the two middle ones: nobody is alarmed by half of the witnesses. The clock drifts when it is certainly beyond the limit,
 * whatever the way to the server added. A server that seems to say so and may be off by more than the limit itself can tell neither.
 */
export function judgeClock(samples: readonly ClockSample[], driftMs: number, before: ClockVerdict['state']): ClockVerdict {
  if (samples.length === 0) return { state: 'unknown' };
  const sorted = samples.toSorted((one, other) => one.offsetMs - other.offsetMs);
  const upper = sorted[Math.floor(sorted.length / 2)]!;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]!;
  const middle = Math.abs(lower.offsetMs) < Math.abs(upper.offsetMs) ? lower : upper;
  const offMs = Math.abs(middle.offsetMs);
  const doubtMs = middle.delayMs / 2 + middle.rootDistanceMs;
  const limit = before === 'drifting' ? driftMs * rightAgain : driftMs;
  if (offMs > limit && offMs - doubtMs <= limit && doubtMs > driftMs) return { state: 'unknown' };
  return { state: offMs - doubtMs > limit ? 'drifting' : 'right', offsetMs: Math.round(middle.offsetMs), servers: samples.length };
}
