/** A tile as the shedding of load sees it. */
export interface LoadedTile {
  /** A lower number is served first. */
  readonly rank: number;
  /** For how long its pictures are on their way from the line to the canvas. */
  readonly lagMs: number;
  /** When its pictures were last left out, milliseconds; −Infinity before. */
  readonly leftOutAt: number;
  /** It is leaving pictures out already. */
  readonly waitsForKey: boolean;
}

/** Below this nobody sees a delay; from there on more and more is left out, so that it stays well below a second. */
const easyLagMs = 400;
const hardLagMs = 1_000;
/** The largest share of the tiles that gives up a group at a time; asked four times a second. */
const largestShare = 0.25;

/**
 * Which tiles leave out pictures up to their next key picture, because the machine does not keep up: the lowest in rank first, equals in
 * turn, the more the longer pictures are under way. Nothing is left out while there is no lag worth the name.
 */
export function tilesToThin<T extends LoadedTile>(tiles: readonly T[]): readonly T[] {
  // The median, not the worst: one camera of a size that nobody can decode must not cost the others their pictures.
  // Who leaves pictures out already counts as prompt, or the pictures that are on their way would cost the next ones theirs.
  const lag = median(tiles.map((tile) => (tile.waitsForKey ? 0 : tile.lagMs)));
  if (lag <= easyLagMs) return [];
  const share = largestShare * Math.min(1, (lag - easyLagMs) / (hardLagMs - easyLagMs));
  const inOrder = tiles.filter((tile) => !tile.waitsForKey).sort((a, b) => b.rank - a.rank || a.leftOutAt - b.leftOutAt);
  return inOrder.slice(0, Math.ceil(tiles.length * share));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
