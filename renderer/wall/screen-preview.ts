import type { ScreenPreview } from '../../layouts/contract.ts';

/** A preview at most so often. */
export const previewEveryMs = 2000;
/** Idle time that does not come is waited for so long. */
const idleWithinMs = 1000;

/** Makes small pictures of the screen for its reports, while somebody wants them. */
export interface ScreenPreviewer {
  /** What was made since the last report; each is given once. */
  take(): ScreenPreview | undefined;
  /** Whether the hub said with the last report that somebody looks. */
  answered(isWanted: boolean): void;
  stop(): void;
}

/** `make` paints at once and answers when it is encoded; null: there is nothing to be seen now. It must not throw. */
export function createScreenPreviewer(make: () => Promise<ScreenPreview | null>): ScreenPreviewer {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let idle = 0;
  let beganAt = Number.NEGATIVE_INFINITY;
  let isMaking = false;
  let isWanted = false;
  let made: ScreenPreview | undefined;

  const begin = async () => {
    idle = 0;
    beganAt = performance.now();
    isMaking = true;
    const next = await make();
    isMaking = false;
    if (isWanted && next) made = next;
  };
  const rest = () => {
    clearTimeout(timer);
    timer = undefined;
    if (idle !== 0) cancelIdleCallback(idle);
    idle = 0;
    made = undefined;
  };

  return {
    take() {
      const taken = made;
      made = undefined;
      return taken;
    },
    answered(wanted) {
      isWanted = wanted;
      if (!wanted) rest();
      else if (timer === undefined && idle === 0 && !isMaking)
        timer = setTimeout(
          () => {
            timer = undefined;
            idle = requestIdleCallback(() => void begin(), { timeout: idleWithinMs });
          },
          Math.max(0, beganAt + previewEveryMs - performance.now()),
        );
    },
    stop() {
      isWanted = false;
      rest();
    },
  };
}
