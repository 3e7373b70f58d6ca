import type { AccessUnit } from '../contract.ts';

/** Rates are taken over windows this long, so that they follow a change within about two seconds. */
const windowMs = 1000;
/** Without a picture for this long the last window says nothing about now. */
const staleMs = 2000;

/** Measures one stream's pictures as they arrive. Times are monotonic milliseconds of arrival. */
export class StreamMeter {
  #windowStart: number | null = null;
  #pictures = 0;
  #bytes = 0;
  #fps = 0;
  #kbps = 0;
  #lastKeyUs: number | null = null;
  #gopMs: number | null = null;
  #lastAt = 0;

  /** A picture arrived. */
  count(unit: AccessUnit, now: number): void {
    this.#lastAt = now;
    if (this.#windowStart === null) {
      // The first picture opens the window: intervals are counted, not fence posts.
      this.#windowStart = now;
    } else {
      this.#pictures += 1;
      this.#bytes += unit.annexB.length;
      const elapsed = now - this.#windowStart;
      if (elapsed >= windowMs) {
        this.#fps = (this.#pictures * 1000) / elapsed;
        this.#kbps = (this.#bytes * 8) / elapsed;
        this.#windowStart = now;
        this.#pictures = 0;
        this.#bytes = 0;
      }
    }
    if (unit.key) {
      if (this.#lastKeyUs !== null && unit.dtsUs > this.#lastKeyUs) this.#gopMs = (unit.dtsUs - this.#lastKeyUs) / 1000;
      this.#lastKeyUs = unit.dtsUs;
    }
  }

  /** The stream broke off: what was measured says nothing about what comes next. */
  reset(): void {
    this.#windowStart = null;
    this.#pictures = 0;
    this.#bytes = 0;
    this.#fps = 0;
    this.#kbps = 0;
    this.#lastKeyUs = null;
    this.#gopMs = null;
  }

  /** Pictures and kilobits a second, and milliseconds from key picture to key picture. */
  read(now: number): { readonly fps: number; readonly kbps: number; readonly gopMs: number | null } {
    const live = now - this.#lastAt < staleMs;
    return {
      fps: live ? Math.round(this.#fps * 10) / 10 : 0,
      kbps: live ? Math.round(this.#kbps) : 0,
      gopMs: this.#gopMs === null ? null : Math.round(this.#gopMs),
    };
  }
}
