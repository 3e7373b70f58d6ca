import type { TileState } from '../../layouts/contract.ts';
import type { ErrorCode } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { PictureLook } from './picture-look.ts';

/**
 * What is known of a tile's picture at one moment. Times in milliseconds; `…Ms` ages are counted on the page's monotonic clock, which goes on while
 * the computer sleeps.
 */
export interface PictureFacts {
  /** False for a tile that has no camera to show. */
  readonly wanted: boolean;
  /** Why the source or its player failed, while no picture has come since. */
  readonly failure: ErrorCode | null;
  /** Since the last new frame was painted; null when this player has painted none. */
  readonly sinceFrameMs: number | null;
  /** How far apart frames come: the camera's own, or while some of them are left out on the way those that are painted. Null until it is known. */
  readonly frameIntervalMs: number | null;
  /** Frames are left out on the way, because somebody is too slow: what is seen is the older the fewer of them are painted. */
  readonly leftOut: boolean;
  /** Hub clock at paint − relay receive time of the newest frame; null while unknown. */
  readonly frameAgeMs: number | null;
  /** For how long frames have come without any change of the picture. */
  readonly unchangedMs: number;
  /** What the frames have looked like all the time, when nothing can be seen in them, and for how long. */
  readonly look: { readonly look: PictureLook; readonly forMs: number } | null;
  /** Pictures are held back on purpose (key pictures only, stills): at best they come this far apart. Null: all are wanted. */
  readonly paceMs: number | null;
}

/** Product truth rule 1, as numbers. */
export interface PictureLimits {
  /** The engine's delay when all is well. */
  readonly nominalDelayMs: number;
  /** This much above nominal is still live. */
  readonly liveMarginMs: number;
  readonly stalledAfterMs: number;
  readonly stalledIntervals: number;
  /** Frames without any change, and frames in which nothing can be seen, for so long: something is wrong. */
  readonly frozenAfterMs: number;
  readonly unseenAfterMs: number;
}

export const pictureLimits = (nominalDelayMs: number): PictureLimits => ({
  nominalDelayMs,
  liveMarginMs: 1000,
  stalledAfterMs: 2000,
  stalledIntervals: 3,
  frozenAfterMs: 10_000,
  unseenAfterMs: 5000,
});

/**
 * The truth about a tile's picture. What the video element claims takes no part: only frames that were really painted, and when.
 * A picture whose age nobody knows is not called live, and neither is one of which only some pictures are wanted: it is delayed at best,
 * and stands still only when what is wanted does not come.
 */
export function tileStateOf(facts: PictureFacts, limits: PictureLimits): TileState {
  if (!facts.wanted) return 'empty';
  const { sinceFrameMs } = facts;
  const stalledAfterMs = Math.max(limits.stalledAfterMs, limits.stalledIntervals * apartMs(facts));
  if (sinceFrameMs === null || sinceFrameMs >= stalledAfterMs) {
    if (facts.failure !== null) return 'offline';
    return sinceFrameMs === null ? 'starting' : 'stalled';
  }
  if (pictureFault(facts, limits) !== null) return 'suspect';
  if (facts.frameAgeMs === null || facts.paceMs !== null) return 'delayed';
  const seenForMs = facts.leftOut ? Math.max(sinceFrameMs, facts.frameIntervalMs ?? 0) : 0;
  // Painted before it was received: one of the two clocks is wrong, and nobody knows how old it is.
  if (facts.frameAgeMs < -limits.liveMarginMs) return 'delayed';
  return facts.frameAgeMs + seenForMs <= limits.nominalDelayMs + limits.liveMarginMs ? 'live' : 'delayed';
}

const faultOfLook = { black: 'picture-black', covered: 'picture-covered' } as const satisfies Record<PictureLook, ErrorCode>;

/** What is wrong with frames that come; null when nothing is. Black and covered say more than frozen, which they often are, too. */
export function pictureFault(
  facts: Pick<PictureFacts, 'unchangedMs' | 'look' | 'frameIntervalMs' | 'paceMs'>,
  limits: PictureLimits,
): ErrorCode | null {
  if (facts.look && facts.look.forMs >= limits.unseenAfterMs) return faultOfLook[facts.look.look];
  const frozenAfterMs = Math.max(limits.frozenAfterMs, limits.stalledIntervals * apartMs(facts));
  return facts.unchangedMs >= frozenAfterMs ? 'picture-frozen' : null;
}

/** How far apart frames come: as they did, or as they are wanted. */
const apartMs = (facts: Pick<PictureFacts, 'frameIntervalMs' | 'paceMs'>) => Math.max(facts.frameIntervalMs ?? 0, facts.paceMs ?? 0);

/** How far back frames are counted. */
const windowMs = 2000;
/** So often in a row frames must come rarely before that counts as their distance: one gap must not excuse the next. */
const gapsToBelieve = 3;

/** Counts frames, painted ones or those that come: how many a second, and how far apart. */
export class FrameCounter {
  #frames: { at: number; number: number }[] = [];
  #interval: number | null = null;
  /** The latest of them. */
  #intervals: number[] = [];

  /** Frame `number` of a count that goes on by itself, at `at` (ms): those between two calls count, too. A count that begins anew, or a clock that was set back, is counted anew. */
  count(at: number, number: number): void {
    const last = this.#frames.at(-1);
    if (last && (number <= last.number || at < last.at)) this.reset();
    this.#frames.push({ at, number });
    while (this.#frames.length > 2 && this.#frames[0]!.at < at - windowMs) this.#frames.shift();
    const first = this.#frames[0]!;
    if (number <= first.number) return;
    this.#interval = (at - first.at) / (number - first.number);
    this.#intervals.push(this.#interval);
    if (this.#intervals.length > gapsToBelieve) this.#intervals.shift();
  }

  /** Frames a second over the last 2 s; 0 when there were none. */
  fps(now: number): number {
    const recent = this.#frames.filter((frame) => frame.at > now - windowMs);
    const first = recent[0];
    const last = recent.at(-1);
    if (!first || !last || last === first) return recent.length / (windowMs / 1000);
    // Up to now, not up to the last frame: frames that have stopped coming must count.
    const spanMs = Math.max(last.at - first.at, now - first.at - (this.#interval ?? 0));
    return ((last.number - first.number) * 1000) / spanMs;
  }

  sinceFrameMs(now: number): number | null {
    const last = this.#frames.at(-1);
    return last ? Math.max(0, now - last.at) : null;
  }

  /** How far apart frames come: the shortest of the latest distances. */
  get intervalMs(): number | null {
    return this.#intervals.length === 0 ? null : Math.min(...this.#intervals);
  }

  reset(): void {
    this.#frames = [];
    this.#interval = null;
    this.#intervals = [];
  }
}

/** Follows whether a picture changes at all, by small fingerprints of it. */
export class ChangeWatch {
  #last: Uint8ClampedArray | null = null;
  #changedAt = 0;

  /** Takes the picture of `now` (monotonic ms), e.g. 32×18 RGBA. */
  sample(now: number, picture: Uint8ClampedArray): void {
    const last = this.#last;
    this.#last = picture;
    if (!last || last.length !== picture.length || picture.some((value, index) => value !== last[index])) this.#changedAt = now;
  }

  unchangedMs(now: number): number {
    return this.#last ? now - this.#changedAt : 0;
  }

  reset(): void {
    this.#last = null;
  }
}

/** What a tile's picture is at a moment, for the tile and for the report to the hub. */
export interface PictureReading {
  readonly state: TileState;
  readonly fps: number | null;
  readonly frameAgeMs: number | null;
  /** Why there is no good picture, or why it moves less than it could; null while nothing is known to be amiss. */
  readonly reason: ErrorCode | null;
  /** Hub time since when there has been no good picture; null while there is. */
  readonly since: EpochMs | null;
}
