import type { AudioCodec, VideoCodec } from './track-format.ts';

/**
 * One picture or audio frame out of RTP packets: the fields mean what they mean in `AccessUnit` (streams/contract.ts), which lacks only the
 * time of arrival. `annexB` is made for this unit and shared with nobody.
 */
export interface TrackUnit {
  readonly codec: VideoCodec | AudioCodec;
  readonly annexB: Uint8Array;
  /** Microseconds on the track's own clock, which begins at 1 s. `dtsUs` rises strictly and is never after `ptsUs`. */
  readonly ptsUs: number;
  readonly dtsUs: number;
  readonly key: boolean;
  readonly discontinuity: boolean;
  /** Something of it, or between it and the unit before, was lost; a key picture that is whole is never corrupt. */
  readonly corrupt: boolean;
}
