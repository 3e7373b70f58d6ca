import { problem, type Problem } from '../../contract/errors.ts';
import { err, ok, type Result } from '../../contract/result.ts';

/** Work that is too heavy to be done for everybody at once. The least suspicious has its turn first, and of those the one that came first. */
export interface WaitingLine {
  /** Does the work when its turn comes; `too-many-requests` {retryAfterMs} when there is no place, or its place was given to somebody less suspicious. */
  take<T>(suspicion: number, work: () => Promise<T>): Promise<Result<T, Problem>>;
  /** Whether there is a place for work of this suspicion now. */
  admits(suspicion: number): boolean;
}

interface Waiting {
  readonly suspicion: number;
  /** False: its place was given to somebody else. */
  turn(come: boolean): void;
}

export function createWaitingLine(bounds: {
  readonly runningAtMost: number;
  readonly waitingAtMost: number;
  /** What is said to those for whom there is no place. */
  readonly retryAfterMs: number;
}): WaitingLine {
  const { runningAtMost, waitingAtMost, retryAfterMs } = bounds;
  const waiting: Waiting[] = [];
  let running = 0;

  const admits = (suspicion: number): boolean =>
    running < runningAtMost || waiting.length < waitingAtMost || (waiting.at(-1)?.suspicion ?? 0) > suspicion;

  const turnOf = (suspicion: number): Promise<boolean> => {
    if (waiting.length >= waitingAtMost) waiting.pop()?.turn(false);
    return new Promise((turn) => {
      const behind = waiting.findIndex((other) => other.suspicion > suspicion);
      waiting.splice(behind < 0 ? waiting.length : behind, 0, { suspicion, turn });
    });
  };

  return {
    async take(suspicion, work) {
      if (!admits(suspicion)) return err(problem('too-many-requests', { retryAfterMs }));
      if (running < runningAtMost) running++;
      else if (!(await turnOf(suspicion))) return err(problem('too-many-requests', { retryAfterMs }));
      try {
        return ok(await work());
      } finally {
        const next = waiting.shift();
        if (next) next.turn(true);
        else running--;
      }
    },
    admits,
  };
}
