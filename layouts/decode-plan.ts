import type { ErrorCode } from '../main/contract/errors.ts';
import type { DecodeCapacity, PlannedStream } from './contract.ts';

/** A video tile as the plan sees it. */
export interface TileToPlan {
  readonly tileId: string;
  /** In pixels of the display. */
  readonly width: number;
  readonly height: number;
  /** Which picture the scene asks for; `auto` leaves it to the plan. */
  readonly profile: 'auto' | 'main' | 'sub';
  readonly focus: boolean;
  readonly alarm: boolean;
}

/** What is decided for a tile. */
export interface PlannedTile {
  readonly tileId: string;
  readonly stream: PlannedStream;
  /**
   * Why it is less than the scene or the tile's size would have; null when nothing is held back. `picture-too-large`: the screen could not
   * decode it even alone.
   */
  readonly reason: Extract<ErrorCode, 'decode-budget' | 'picture-too-large'> | null;
}

/** What a stream is taken to need before anybody measured it. Luma samples a picture, pictures a second. */
export const assumedLoad = {
  main: { width: 1920, height: 1080, fps: 25 },
  /** CIF, between the tiny and the large that small pictures are. */
  sub: { width: 352, height: 288, fps: 15 },
  /** One key picture every two seconds. */
  'key-only': { width: 352, height: 288, fps: 0.5 },
  /** One key picture every ten seconds, its decoder closed in between. */
  still: { width: 352, height: 288, fps: 0.1 },
} as const satisfies Record<PlannedStream, { width: number; height: number; fps: number }>;

/** Megapixels a second of a stream; `known` is what was measured of this camera, when it was. */
export type LoadOf = (tileId: string, stream: PlannedStream) => number;

/** A tile at least this wide, in pixels of the display, shows more in the camera's large picture than in its small one. */
export const mainFromWidth = 960;

/** What was planned goes on up to this part of the capacity, and more than before is planned up to that: nothing flaps on the edge. */
const keepUpTo = 1.1;
const raiseUpTo = 0.9;

/** From least to most, and the decoders that each takes. */
const ladder = ['still', 'key-only', 'sub', 'main'] as const satisfies readonly PlannedStream[];
const decodersOf: Record<PlannedStream, number> = { still: 0, 'key-only': 1, sub: 1, main: 1 };
const rung = (stream: PlannedStream) => ladder.indexOf(stream);

const assumed: LoadOf = (_tileId, stream) => {
  const { width, height, fps } = assumedLoad[stream];
  return (width * height * fps) / 1e6;
};

/**
 * Plans how each video tile of a screen is decoded, so that what is shown together is within `capacity`: in the order of `tiles`, every
 * one with something. Large pictures are given up first, then movement, and of movement as little as possible; among tiles the small
 * ones before the large ones, those without an alarm before those with one. The tile in focus gets the large picture at all costs.
 *
 * `before`: what was planned for the same tiles, when only capacity or loads were measured anew. Then it changes only for a difference
 * that counts.
 */
export function planDecoding(
  tiles: readonly TileToPlan[],
  capacity: Pick<DecodeCapacity, 'megapixelsPerSecond' | 'decoders'>,
  loadOf: LoadOf = assumed,
  before: readonly PlannedTile[] = [],
): readonly PlannedTile[] {
  const was = new Map(before.map(({ tileId, stream }) => [tileId, rung(stream)]));
  const planned = tiles.map((tile) => ({ tile, wish: wishOf(tile), stream: 'still' as PlannedStream, load: loadOf(tile.tileId, 'still') }));
  const byRank = planned.toSorted((a, b) => compareRank(a.tile, b.tile));
  let used = planned.reduce((sum, { load }) => sum + load, 0);
  let decoders = 0;

  const raise = (entry: (typeof planned)[number], stream: PlannedStream, atAllCosts = false) => {
    const load = loadOf(entry.tile.tileId, stream);
    const moreDecoders = decodersOf[stream] - decodersOf[entry.stream];
    const known = was.get(entry.tile.tileId);
    const upTo = capacity.megapixelsPerSecond * (known === undefined ? 1 : rung(stream) <= known ? keepUpTo : raiseUpTo);
    if (!atAllCosts && (used + load - entry.load > upTo || decoders + moreDecoders > capacity.decoders)) return;
    used += load - entry.load;
    decoders += moreDecoders;
    Object.assign(entry, { stream, load });
  };
  const tooLarge = (tileId: string, stream: PlannedStream) => loadOf(tileId, stream) > capacity.megapixelsPerSecond * keepUpTo;

  // From the bottom up, one rung for everybody before the next for anybody.
  for (const entry of byRank) if (entry.tile.focus && !tooLarge(entry.tile.tileId, 'main')) raise(entry, 'main', true);
  for (const stream of ladder.slice(1)) {
    for (const entry of byRank) if (rung(entry.stream) < rung(stream) && rung(stream) <= rung(entry.wish)) raise(entry, stream);
  }
  return planned.map(({ tile: { tileId }, wish, stream }) => ({
    tileId,
    stream,
    reason: stream === wish ? null : tooLarge(tileId, ladder[rung(stream) + 1]!) ? 'picture-too-large' : 'decode-budget',
  }));
}

/** What a plan takes, in megapixels a second. */
export function plannedLoad(planned: readonly PlannedTile[], loadOf: LoadOf = assumed): number {
  return planned.reduce((sum, { tileId, stream }) => sum + loadOf(tileId, stream), 0);
}

function wishOf({ profile, focus, width }: TileToPlan): 'main' | 'sub' {
  if (focus) return 'main';
  return profile === 'auto' ? (width >= mainFromWidth ? 'main' : 'sub') : profile;
}

/** Who is served first. Equals keep their order; tiles of a grid differ by a pixel and are equals all the same. */
const compareRank = (a: TileToPlan, b: TileToPlan): number =>
  Number(b.focus) - Number(a.focus) || Number(b.alarm) - Number(a.alarm) || sizeClass(b) - sizeClass(a);
const sizeClass = ({ width, height }: TileToPlan) => Math.round(Math.log2(Math.max(1, width * height)) * 2);

/** Plans the same screen again and again: another scene, size, focus or alarm anew, other figures with a steady hand. */
export class DecodePlanner {
  #asked = '';
  #planned: readonly PlannedTile[] = [];

  plan(
    tiles: readonly TileToPlan[],
    capacity: Pick<DecodeCapacity, 'megapixelsPerSecond' | 'decoders'>,
    loadOf?: LoadOf,
  ): readonly PlannedTile[] {
    const asked = JSON.stringify(tiles);
    this.#planned = planDecoding(tiles, capacity, loadOf, asked === this.#asked ? this.#planned : []);
    this.#asked = asked;
    return this.#planned;
  }
}
