import { problem, type Problem } from '../../../main/contract/errors.ts';

export interface MediaWatchLimits {
  /** No packet of the video for so long: the camera has stalled. */
  readonly stalledMs: number;
  /** Packets, but no key picture for so long since the beginning. */
  readonly noKeyPictureMs: number;
}

/** Whether what comes deserves to be called a picture. Times are those of a monotonic clock, in milliseconds. */
export class MediaWatch {
  readonly #limits: MediaWatchLimits;
  readonly #beganAt: number;
  #packetAt: number;
  hasPacket = false;
  hasKeyPicture = false;

  constructor(limits: MediaWatchLimits, now: number) {
    this.#limits = limits;
    this.#beganAt = this.#packetAt = now;
  }

  /** A packet of the video came. True for the first. */
  packet(now: number): boolean {
    this.#packetAt = now;
    const isFirst = !this.hasPacket;
    this.hasPacket = true;
    return isFirst;
  }

  /** A key picture came. True for the first. */
  keyPicture(): boolean {
    const isFirst = !this.hasKeyPicture;
    this.hasKeyPicture = true;
    return isFirst;
  }

  /** What is wrong; null as long as nothing is. */
  verdict(now: number): Problem | null {
    if (now - this.#packetAt > this.#limits.stalledMs) return problem('source-stalled', { afterMs: Math.round(now - this.#packetAt) });
    const isLate = !this.hasKeyPicture && now - this.#beganAt > this.#limits.noKeyPictureMs;
    return isLate ? problem('source-no-key-picture', { afterMs: Math.round(now - this.#beganAt) }) : null;
  }
}
