import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../contract/time.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    await delay(Math.max(0, ms), undefined, signal ? { signal } : undefined);
  },
};
