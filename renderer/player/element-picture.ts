import type { ErrorCode } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import { ChangeWatch, FrameCounter } from './frame-watch.ts';
import type { PaintedPicture } from './painted-picture.ts';
import { LookWatch, sampleHeight, sampleWidth } from './picture-look.ts';

/** What is painted by a video element. */
export interface ElementPictureOptions {
  readonly video: HTMLVideoElement;
  /** When the relay received the picture at this media time (seconds); null while unknown. */
  receivedAt(mediaTime: number): EpochMs | null;
  /** What its player says of why frames are left out or none comes. */
  reason(): ErrorCode | null;
  /** Monotonic, also over a sleep; ms. */
  now(): number;
  hubNow(): EpochMs;
  onFrame(): void;
  /** The page's one small canvas for comparing pictures; null where there is none. */
  readonly paint: CanvasRenderingContext2D | null;
}

/** Watches a video element: only frames that were really presented count. */
export function elementPicture({ video, receivedAt, reason, now: own, hubNow, onFrame, paint }: ElementPictureOptions): PaintedPicture {
  const frames = new FrameCounter();
  const change = new ChangeWatch();
  const look = new LookWatch();
  let frameAgeMs: number | null = null;
  let paintedAt: EpochMs | null = null;
  let callback = 0;

  const awaitFrame = () => {
    callback = video.requestVideoFrameCallback((_now, frame) => {
      frames.count(own(), frame.presentedFrames);
      paintedAt = hubNow();
      const received = receivedAt(frame.mediaTime);
      frameAgeMs = received === null ? null : paintedAt - received;
      onFrame();
      awaitFrame();
    });
  };
  awaitFrame();

  return {
    read: (now) => ({
      sinceFrameMs: frames.sinceFrameMs(now),
      paintedIntervalMs: frames.intervalMs,
      // An element shows all that it is given.
      cameraIntervalMs: frames.intervalMs,
      fps: frames.fps(now),
      frameAgeMs,
      paintedAt,
      unchangedMs: change.unchangedMs(now),
      look: look.lasting(now),
      reason: reason(),
    }),
    sample(now) {
      if (!paint || video.readyState < 2 || video.videoWidth === 0) return;
      paint.drawImage(video, 0, 0, sampleWidth, sampleHeight);
      const pixels = paint.getImageData(0, 0, sampleWidth, sampleHeight).data;
      change.sample(now, pixels);
      look.sample(now, pixels);
    },
    stands() {
      change.reset();
      look.reset();
    },
    end: () => video.cancelVideoFrameCallback(callback),
  };
}
