import type { Log } from '../../contract/log.ts';
import type { Clock } from '../../contract/time.ts';

/** The first round begins so long after the start, the next ones an hour after each other. */
export const firstRoundAfterMs = 2 * 60_000;
export const roundEveryMs = 3_600_000;
/** Between two steps the hub has the loop to itself. */
const restMs = 25;
/** What a kind of records may take of one round; the rest goes in the next. */
const stepsAtMost = 2000;

/** One kind of records whose time is over. */
export interface RetentionStep {
  readonly name: string;
  /** Removes a small part of what is too old, well within 20 ms where it blocks. */
  run(): Pruned | Promise<Pruned>;
}

/** What one step removed, and whether another is due. */
export interface Pruned {
  readonly removed: number;
  readonly more: boolean;
  /** Nothing was looked at, because nobody can tell now what is old. */
  readonly held?: boolean;
}

/** What a round came to. */
export interface RetentionRound {
  readonly failedStep: string | null;
  readonly removed: number;
  /** Whether anything was left because nobody could tell what is old. */
  readonly held: boolean;
}

/** Removes old records, a little at a time. */
export interface Retention {
  /** The last round; null before the first. */
  readonly lastRound: RetentionRound | null;
  readonly removed: number;
  stop(): Promise<void>;
}

/** A step that fails does not keep the others from their work, and is tried again in the next round. */
export function createRetention(options: {
  readonly steps: readonly RetentionStep[];
  readonly clock: Clock;
  readonly log: Log;
  onChange(): void;
}): Retention {
  const { steps, clock, log, onChange } = options;
  const ending = new AbortController();
  let lastRound: RetentionRound | null = null;
  let total = 0;

  const wait = (ms: number) => clock.sleep(ms, ending.signal).catch(() => undefined);

  const runStep = async ({ run }: RetentionStep) => {
    let removed = 0;
    let held = false;
    for (let count = 0; count < stepsAtMost && !ending.signal.aborted; count += 1) {
      const step = await run();
      removed += step.removed;
      held ||= step.held ?? false;
      if (!step.more) break;
      await wait(restMs);
    }
    return { removed, held };
  };

  const round = async () => {
    let removed = 0;
    let failedStep: string | null = null;
    let held = false;
    for (const step of steps) {
      if (ending.signal.aborted) return;
      try {
        const { removed: gone, held: wasHeld } = await runStep(step);
        removed += gone;
        held ||= wasHeld;
        if (gone > 0) log.info({ what: step.name, removed: gone }, 'old records were removed');
      } catch (cause) {
        failedStep ??= step.name;
        log.error({ err: cause, what: step.name }, 'old records could not be removed');
      }
    }
    total += removed;
    lastRound = { failedStep, removed, held };
    onChange();
  };

  const running = (async () => {
    await wait(firstRoundAfterMs);
    while (!ending.signal.aborted) {
      await round();
      await wait(roundEveryMs);
    }
  })();

  return {
    get lastRound() {
      return lastRound;
    },
    get removed() {
      return total;
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
