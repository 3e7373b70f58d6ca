import type { ErrorCode } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import { SleeplessClock } from '../hub-client/sleepless-clock.ts';
import type { CameraPlayer } from './camera-player.ts';
import { elementPicture } from './element-picture.ts';
import { pictureFault, pictureLimits, tileStateOf, type PictureFacts, type PictureReading } from './frame-watch.ts';
import { mosaicPicture } from './mosaic-picture.ts';
import type { MosaicTile } from './mosaic/mosaic.ts';
import type { PaintedPicture } from './painted-picture.ts';
import { sampleHeight, sampleWidth } from './picture-look.ts';

/** One picture to be watched. */
export interface WatchedPicture {
  /** Where it is painted. */
  readonly target: HTMLVideoElement | Pick<MosaicTile, 'kind' | 'facts'>;
  /** Who plays it now: another one, after another stream was asked for. */
  readonly player: CameraPlayer;
  readonly nominalDelayMs: number;
  /** How far apart pictures come when they are held back on purpose; null when all are wanted. */
  paceMs?(): number | null;
  onReading(reading: PictureReading): void;
}

/** Watches all pictures of a page: reads what was really painted, four times a second. */
export interface PictureWatch {
  watch(picture: WatchedPicture): () => void;
  /** Reads them now if that is overdue, for whoever is about to say what they are: after a standstill timers run in any order. */
  catchUp(): void;
  /** How many pictures are watched now. */
  readonly count: number;
  stop(): void;
}

const readEveryMs = 250;
const overdueAfterMs = 2 * readEveryMs;
/** Each picture is compared with itself this often; one picture per animation frame at most. */
const sampleEveryMs = 2000;
/** A player whose picture stands still, or never comes, is begun anew after this, and again after as long. */
const restartAfterMs = 6000;
const restartStartingAfterMs = 20_000;
/** Two readings that are further apart: the page stood still between them, and perhaps the computer. */
const standstillMs = 2000;
/** Pictures that come back by themselves after that do so within this; then the players begin anew, however short their patience was before. */
const comeBackMs = 1500;
/** Of which only key pictures are wanted: cameras that save bits send one in half a minute. */
const restartHeldBackAfterMs = 60_000;

/**
 * What a player says of itself that is no failure of the camera: it is being opened, or pictures are left out on the way. Whether the
 * picture is live follows from what is painted.
 */
const noFailure: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'path-starting',
  'source-queued',
  'viewer-too-slow',
  'line-too-slow',
  'stream-gap',
  'decoder-failed',
]);

/** Whole pictures of the camera are left out, by the relay or here. */
const leavesOut: ReadonlySet<ErrorCode | null> = new Set<ErrorCode | null>(['viewer-too-slow', 'line-too-slow']);

/** The page's one watch over its pictures. `hubNow` is the hub's clock. */
export function createPictureWatch(hubNow: () => EpochMs, clockKnown: () => boolean = () => true): PictureWatch {
  const watched = new Set<Entry>();
  // A picture of before a sleep is as old as the sleep, whatever the page's monotonic clock has counted of it.
  const own = new SleeplessClock();
  const canvas = document.createElement('canvas');
  canvas.width = sampleWidth;
  canvas.height = sampleHeight;
  const paint = canvas.getContext('2d', { willReadFrequently: true });
  // Every pixel counts in the small copy: a lamp far away must not fall between those that are looked at.
  if (paint) paint.imageSmoothingQuality = 'medium';
  let sampling = 0;

  const paintedBy = (picture: WatchedPicture): PaintedPicture => {
    const { target } = picture;
    const onFrame = () => picture.player.pictureSeen();
    if ('kind' in target) return mosaicPicture({ tile: target, hubNow, onFrame });
    const receivedAt = (mediaTime: number) => {
      const { state } = picture.player;
      return state.kind === 'playing' && clockKnown() ? state.session.receivedAt(mediaTime) : null;
    };
    const reason = () => {
      const { state } = picture.player;
      return state.kind === 'playing' ? (state.session.reason ?? null) : null;
    };
    return elementPicture({ video: target, receivedAt, reason, now: () => own.now(), hubNow, onFrame, paint });
  };

  class Entry {
    readonly picture: WatchedPicture;
    readonly painted: PaintedPicture;
    sampledAt = 0;
    #startedAt = own.now();
    #readAt = own.now();
    #comesBackUntil = Number.NEGATIVE_INFINITY;

    constructor(picture: WatchedPicture) {
      this.picture = picture;
      this.painted = paintedBy(picture);
    }

    read(now: number): void {
      const { player, nominalDelayMs, paceMs } = this.picture;
      if (now - this.#readAt > standstillMs) this.#comesBackUntil = now + comeBackMs;
      this.#readAt = now;
      const limits = pictureLimits(nominalDelayMs);
      const { reason, fps, paintedAt, paintedIntervalMs, cameraIntervalMs, ...painted } = this.painted.read(now);
      const leftOut = leavesOut.has(reason);
      const facts: PictureFacts = {
        ...painted,
        frameIntervalMs: leftOut ? paintedIntervalMs : cameraIntervalMs,
        leftOut,
        wanted: true,
        failure: player.failure?.reason ?? (reason === null || noFailure.has(reason) ? null : reason),
        paceMs: paceMs?.() ?? null,
      };
      const state = tileStateOf(facts, limits);
      const moving = state === 'live' || state === 'delayed' || state === 'suspect';
      // Nobody paints on a hidden page: that is not for its players to mend.
      if (moving || document.hidden) this.#startedAt = now;
      if (!moving) this.painted.stands();
      const { sinceFrameMs, frameAgeMs } = facts;
      const patience = facts.paceMs !== null ? restartHeldBackAfterMs : sinceFrameMs === null ? restartStartingAfterMs : restartAfterMs;
      // A player that says why nothing comes is at work on it.
      const isDue = now - this.#startedAt > patience && now > this.#comesBackUntil;
      if (!moving && reason === null && player.state.kind === 'playing' && isDue) {
        this.#startedAt = now;
        player.restart();
      }
      // An old picture keeps getting older, and so does one that stays until the next one is wanted.
      const grows = !moving || leftOut || facts.paceMs !== null;
      const age = frameAgeMs === null || sinceFrameMs === null ? null : frameAgeMs + (grows ? sinceFrameMs : 0);
      this.picture.onReading({
        state,
        fps: sinceFrameMs === null ? null : Math.round(fps * 10) / 10,
        frameAgeMs: age === null ? null : Math.round(age),
        reason: state === 'offline' ? facts.failure : state === 'suspect' ? pictureFault(facts, limits) : reason,
        since: state === 'stalled' || state === 'offline' ? (paintedAt ?? player.failure?.since ?? null) : null,
      });
    }
  }

  const sampleOne = () => {
    sampling = 0;
    const now = own.now();
    let oldest: Entry | null = null;
    for (const entry of watched) if (entry.painted.sample && (!oldest || entry.sampledAt < oldest.sampledAt)) oldest = entry;
    if (!oldest || now - oldest.sampledAt < sampleEveryMs) return;
    oldest.sampledAt = now;
    oldest.painted.sample!(now);
    sampling = requestAnimationFrame(sampleOne);
  };

  let readAt = own.now();
  const readAll = () => {
    readAt = own.now();
    let samples = false;
    for (const entry of watched) {
      entry.read(readAt);
      samples ||= entry.painted.sample !== undefined;
    }
    if (sampling === 0 && samples) sampling = requestAnimationFrame(sampleOne);
  };
  const timer = setInterval(readAll, readEveryMs);

  return {
    watch(picture) {
      const entry = new Entry(picture);
      watched.add(entry);
      return () => {
        entry.painted.end();
        watched.delete(entry);
      };
    },
    catchUp() {
      if (own.now() - readAt >= overdueAfterMs) readAll();
    },
    get count() {
      return watched.size;
    },
    stop() {
      clearInterval(timer);
      cancelAnimationFrame(sampling);
      for (const entry of watched) entry.painted.end();
      watched.clear();
    },
  };
}
