import type { PlannedStream, ShownReport } from '../../../layouts/contract.ts';

/** A page that has said nothing for so long shows nothing. */
const silentAfterMs = 3000;

/** What of a picture is seen: more is better. */
const worth: Readonly<Record<PlannedStream, number>> = { still: 0, 'key-only': 1, sub: 2, main: 3 };

/** In what a successor is behind: it says nothing (yet), it shows another scene, or one of its tiles shows less. */
export type SuccessorLag = 'silent' | 'other-scene' | 'tiles';

/**
 * In what a successor is behind the page that is seen; null when nobody would notice the change. Both reports are of the hub's clock, as is `now`. A tile
 * may be live where it is not in what is seen, unless that is known to stand still: who has looked for a few seconds only cannot know. Else both must say the same of
 * it.
 */
export function successorLag(seen: ShownReport, next: ShownReport | null, now: number): SuccessorLag | null {
  if (next === null || now - next.at > silentAfterMs) return 'silent';
  if (next.revision !== seen.revision || next.wallRevision !== seen.wallRevision || next.tiles.length !== seen.tiles.length)
    return 'other-scene';
  const tiles = new Map(next.tiles.map((tile) => [tile.tileId, tile]));
  for (const shown of seen.tiles) {
    const tile = tiles.get(shown.tileId);
    // A tour that is a step ahead has other cameras in the same tiles.
    if (tile?.cameraId !== shown.cameraId) return 'other-scene';
    if (tile.state !== shown.state && (tile.state !== 'live' || shown.state === 'suspect')) return 'tiles';
    if (shown.stream !== null && (tile.stream === null || worth[tile.stream] < worth[shown.stream])) return 'tiles';
  }
  return null;
}
