import type { Log } from '../contract/log.ts';
import type { OperatorAction, OperatorAnswer } from '../contract/shell.ts';
import type { Clock } from '../contract/time.ts';
import type { OperatorLock } from './operator-key.ts';

/** For how long every display shows which screen it is. */
export const identifyForMs = 8000;

export interface OperatorDeskOptions {
  readonly lock: OperatorLock;
  /** How this shell does it. `screen` is the one that the operator stands before, as the log names it. Whoever cannot do it rejects. */
  readonly actions: Readonly<Record<OperatorAction, (screen: string) => void | Promise<void>>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What both shells do when a page brings an unlock key. */
export interface OperatorDesk {
  /**
   * Tries the key, and does it when it is right. The arguments are already known to be what the contract says. Never rejects. What takes the
   * asking page away begins a moment after the answer, so that the page still hears it.
   */
  operate(screen: string, key: string, action: OperatorAction | 'unlock'): Promise<OperatorAnswer>;
  /** What has not begun yet is not begun. */
  stop(): void;
}

/** What takes the asking page with it. */
const leaves: ReadonlySet<OperatorAction> = new Set<OperatorAction>(['reload', 'reload-all', 'quit']);
const answeredWithinMs = 300;

/** Every try is in the log with its screen and what came of it, never with its key. */
export function createOperatorDesk({ lock, actions, clock, log }: OperatorDeskOptions): OperatorDesk {
  const stopping = new AbortController();
  const carryOut = async (screen: string, action: OperatorAction): Promise<boolean> => {
    try {
      await actions[action](screen);
      return true;
    } catch (error) {
      log.error({ screen, action, err: error }, 'what an operator asked for could not be done');
      return false;
    }
  };
  return {
    async operate(screen, key, action) {
      const answer = await lock.tryKey(key);
      log.info({ screen, action, outcome: answer.done ? 'done' : answer.code }, 'an operator tried the unlock key');
      if (!answer.done || action === 'unlock' || stopping.signal.aborted) return answer;
      if (!leaves.has(action)) return (await carryOut(screen, action)) ? answer : { done: false, code: 'shell-does-not-answer' };
      void clock.sleep(answeredWithinMs, stopping.signal).then(
        () => carryOut(screen, action),
        () => {},
      );
      return answer;
    },
    stop: () => stopping.abort(),
  };
}
