import type { Display } from '../../layouts/displays.ts';
import type { Clock } from '../contract/time.ts';

const lookEveryMs = 5000;
/** On a computer that has only just started the first look may come too early, or take too long. */
const looksInVainAtMost = 24;

/** The displays of this computer, kept up to date. */
export interface DisplaysOfDesktop {
  /** As they were when they last stood still. Null: nobody has told yet. */
  readonly displays: readonly Display[] | null;
  /** Called after they have changed. Returns its end. */
  onChange(listener: () => void): () => void;
  stop(): void;
}

/**
 * Reads the displays, and looks again every five seconds. What two looks in a row tell is believed: plugging one in is a burst, and a projector that finds its signal
 * takes a moment. A look that tells nothing changes nothing. Where none tells anything for two minutes there is nobody to ask.
 */
export async function watchDisplays(read: () => Promise<Display[] | null>, clock: Clock): Promise<DisplaysOfDesktop> {
  const stopping = new AbortController();
  const listeners = new Set<() => void>();
  let displays = await read();
  void (async () => {
    let looksInVain = 0;
    let known = JSON.stringify(displays);
    let seen = known;
    for (;;) {
      await clock.sleep(lookEveryMs, stopping.signal).catch(() => {});
      if (stopping.signal.aborted) return;
      const found = await read();
      if (stopping.signal.aborted) return;
      if (found === null) {
        looksInVain += 1;
        if (displays === null && looksInVain >= looksInVainAtMost) return;
        continue;
      }
      const now = JSON.stringify(found);
      const isStill = now === seen;
      seen = now;
      if (!isStill || now === known) continue;
      known = now;
      displays = found;
      for (const listener of listeners) listener();
    }
  })();
  return {
    get displays() {
      return displays;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopping.abort();
      listeners.clear();
    },
  };
}
