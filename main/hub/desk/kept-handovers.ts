import type { Handover } from '../../contract/desk.ts';
import type { EpochMs } from '../../contract/time.ts';

/** The most hand-overs that are kept beside those that still wait; the audit has the rest. */
export const maxHandovers = 500;
/** So long one that nobody has signed is waited for. */
export const offeredCountsMs = 7 * 86_400_000;

/**
 * Which hand-overs go so that there is room for one more: the oldest that are signed, withdrawn, or have waited for a week. One that waits for
 * less stays whatever happens; nobody has more than one of those.
 */
export function handoversToDrop(all: Iterable<Handover>, now: EpochMs, atMost: number = maxHandovers): Handover[] {
  const handovers = [...all];
  const excess = handovers.length + 1 - atMost;
  if (excess <= 0) return [];
  return handovers
    .filter(({ state, offeredAt }) => state !== 'offered' || now - offeredAt >= offeredCountsMs)
    .sort((a, b) => a.offeredAt - b.offeredAt || (a.id < b.id ? -1 : 1))
    .slice(0, excess);
}
