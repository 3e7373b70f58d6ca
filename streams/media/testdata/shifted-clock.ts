import type { Clock } from '../../../main/contract/time.ts';
import { systemClock } from '../../../main/supervision/system-clock.ts';

/** The machine's clock, which a test may set forward: whoever looks at it next sees that the time has come. */
export class ShiftedClock implements Clock {
  #shift = 0;
  now(): number {
    return Math.round(systemClock.now() + this.#shift);
  }
  monotonic(): number {
    return systemClock.monotonic() + this.#shift;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
  advance(ms: number): void {
    this.#shift += ms;
  }
}
