import { ProblemError } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { RawRecord } from '../feed-connector.ts';

/** How often a record is offered, and how long is waited between; after that its sender must come again. */
const attemptsAtMost = 20;
const betweenMs = 500;

/**
 * Hands a record over; while the feed is throttled or the journal is away its sender waits. Rejects with the ProblemError of the last attempt, at once for what no waiting
 * mends.
 */
export async function takePatiently(
  { take, clock, signal }: { take(record: RawRecord): Promise<void>; readonly clock: Clock; readonly signal: AbortSignal },
  record: RawRecord,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await take(record);
      return;
    } catch (cause) {
      const mayPass =
        cause instanceof ProblemError && (cause.problem.code === 'feed-throttled' || cause.problem.code === 'journal-unavailable');
      if (!mayPass || attempt >= attemptsAtMost || signal.aborted) throw cause;
      await clock.sleep(betweenMs, signal);
    }
  }
}
