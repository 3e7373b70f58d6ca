import type { QuarantineLimits } from '../../fleet/quarantine.ts';
import type { StartQueueLimits } from '../../fleet/start-queue.ts';

/** Room for everything: for tests that are about something else. */
export const roomyStarts: StartQueueLimits = {
  startsAtOnce: 256,
  startsPerSecond: 4000,
  perHost: { connections: 4096, kbps: 1e9 },
  uplinks: [],
};

export const lenientQuarantine: QuarantineLimits = { breaks: 100, withinMs: 1000, forMs: 1000 };
