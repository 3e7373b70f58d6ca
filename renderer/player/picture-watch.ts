import type { EpochMs } from '../../main/contract/time.ts';
import type { CameraPlayer } from './camera-player.ts';
import {
  ChangeWatch,
  FrameCounter,
  pictureFault,
  pictureLimits,
  tileStateOf,
  type PictureFacts,
  type PictureReading,
} from './frame-watch.ts';
import { LookWatch, sampleHeight, sampleWidth } from './picture-look.ts';

/** One picture to be watched. */
export interface WatchedPicture {
  readonly video: HTMLVideoElement;
  readonly player: CameraPlayer;
  readonly nominalDelayMs: number;
  onReading(reading: PictureReading): void;
}

/** Watches all pictures of a page: reads what was really painted, four times a second. */
export interface PictureWatch {
  watch(picture: WatchedPicture): () => void;
  /** How many pictures are watched now. */
  readonly count: number;
  stop(): void;
}

const readEveryMs = 250;
/** Each picture is compared with itself this often; one picture per animation frame at most. */
const sampleEveryMs = 2000;
/** A player whose picture stands still, or never comes, is begun anew after this, and again after as long. */
const restartAfterMs = 6000;
const restartStartingAfterMs = 20_000;

/** The page's one watch over its pictures. `hubNow` is the hub's clock. */
export function createPictureWatch(hubNow: () => EpochMs, clockKnown: () => boolean = () => true): PictureWatch {
  const watched = new Set<Entry>();
  const canvas = document.createElement('canvas');
  canvas.width = sampleWidth;
  canvas.height = sampleHeight;
  const paint = canvas.getContext('2d', { willReadFrequently: true });
  // Every pixel counts in the small copy: a lamp far away must not fall between those that are looked at.
  if (paint) paint.imageSmoothingQuality = 'medium';
  let sampling = 0;

  class Entry {
    readonly picture: WatchedPicture;
    readonly change = new ChangeWatch();
    readonly look = new LookWatch();
    sampledAt = 0;
    #frames = new FrameCounter();
    #frameAgeMs: number | null = null;
    #callback = 0;
    #startedAt = performance.now();
    /** Hub time of the last frame painted, so that a still picture can say since when it stands. */
    #lastFrameAt: EpochMs | null = null;

    constructor(picture: WatchedPicture) {
      this.picture = picture;
      this.#await();
    }

    #await(): void {
      this.#callback = this.picture.video.requestVideoFrameCallback((_now, frame) => {
        const now = performance.now();
        this.#frames.painted(now, frame.presentedFrames);
        this.#lastFrameAt = hubNow();
        const { state } = this.picture.player;
        const receivedAt = state.kind === 'playing' && clockKnown() ? state.session.receivedAt(frame.mediaTime) : null;
        this.#frameAgeMs = receivedAt === null ? null : this.#lastFrameAt - receivedAt;
        this.picture.player.pictureSeen();
        this.#await();
      });
    }

    read(now: number): void {
      const { player, nominalDelayMs } = this.picture;
      const sinceFrameMs = this.#frames.sinceFrameMs(now);
      const limits = pictureLimits(nominalDelayMs);
      const facts: PictureFacts = {
        wanted: true,
        failure: player.failure?.reason ?? null,
        sinceFrameMs,
        frameIntervalMs: this.#frames.intervalMs,
        frameAgeMs: this.#frameAgeMs,
        unchangedMs: this.change.unchangedMs(now),
        look: this.look.lasting(now),
      };
      const state = tileStateOf(facts, limits);
      const moving = state === 'live' || state === 'delayed' || state === 'suspect';
      if (moving) this.#startedAt = now;
      else {
        this.change.reset();
        this.look.reset();
      }
      const patience = sinceFrameMs === null ? restartStartingAfterMs : restartAfterMs;
      if (!moving && player.state.kind === 'playing' && now - this.#startedAt > patience) {
        this.#startedAt = now;
        player.restart();
      }
      // An old picture keeps getting older.
      const age = this.#frameAgeMs === null || sinceFrameMs === null ? null : this.#frameAgeMs + (moving ? 0 : sinceFrameMs);
      this.picture.onReading({
        state,
        fps: sinceFrameMs === null ? null : Math.round(this.#frames.fps(now) * 10) / 10,
        frameAgeMs: age === null ? null : Math.round(age),
        reason: state === 'offline' ? facts.failure : state === 'suspect' ? pictureFault(facts, limits) : null,
        since: state === 'stalled' || state === 'offline' ? (this.#lastFrameAt ?? player.failure?.since ?? null) : null,
      });
    }

    sample(now: number): void {
      this.sampledAt = now;
      const { video } = this.picture;
      if (!paint || video.readyState < 2 || video.videoWidth === 0) return;
      paint.drawImage(video, 0, 0, sampleWidth, sampleHeight);
      const pixels = paint.getImageData(0, 0, sampleWidth, sampleHeight).data;
      this.change.sample(now, pixels);
      this.look.sample(now, pixels);
    }

    end(): void {
      this.picture.video.cancelVideoFrameCallback(this.#callback);
    }
  }

  const sampleOne = () => {
    sampling = 0;
    const now = performance.now();
    let oldest: Entry | null = null;
    for (const entry of watched) if (!oldest || entry.sampledAt < oldest.sampledAt) oldest = entry;
    if (!oldest || now - oldest.sampledAt < sampleEveryMs) return;
    oldest.sample(now);
    sampling = requestAnimationFrame(sampleOne);
  };

  const timer = setInterval(() => {
    const now = performance.now();
    for (const entry of watched) entry.read(now);
    if (sampling === 0 && watched.size > 0) sampling = requestAnimationFrame(sampleOne);
  }, readEveryMs);

  return {
    watch(picture) {
      const entry = new Entry(picture);
      watched.add(entry);
      return () => {
        entry.end();
        watched.delete(entry);
      };
    },
    get count() {
      return watched.size;
    },
    stop() {
      clearInterval(timer);
      cancelAnimationFrame(sampling);
      for (const entry of watched) entry.end();
      watched.clear();
    },
  };
}
