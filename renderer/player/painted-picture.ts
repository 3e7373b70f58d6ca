import type { ErrorCode } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { PictureLook } from './picture-look.ts';

/** What was painted of one picture, by the time it is asked. Ages in milliseconds. */
export interface PaintedFacts {
  /** Since the last new frame was painted; null when none was. */
  readonly sinceFrameMs: number | null;
  /** How far apart frames are painted, and how far apart the camera's come, painted or not; null while unknown. */
  readonly paintedIntervalMs: number | null;
  readonly cameraIntervalMs: number | null;
  readonly fps: number;
  /** Hub clock at paint − relay receive time of the newest frame; null while unknown. */
  readonly frameAgeMs: number | null;
  /** Hub time of the last frame painted. */
  readonly paintedAt: EpochMs | null;
  readonly unchangedMs: number;
  readonly look: { readonly look: PictureLook; readonly forMs: number } | null;
  /** What the player itself says of why frames are left out or none comes. */
  readonly reason: ErrorCode | null;
}

/** A picture that can be watched: it knows what was really painted, not what should have been. */
export interface PaintedPicture {
  /** `now`: monotonic ms, also over a sleep of the computer. */
  read(now: number): PaintedFacts;
  /** Compares the picture with itself; absent where that is done elsewhere. */
  sample?(now: number): void;
  /** It stands still: whether it changes is found out anew when it moves again. */
  stands(): void;
  end(): void;
}
