import type { Log } from '../../../contract/log.ts';
import type { Clock } from '../../../contract/time.ts';
import type { AskTime, ClockSample } from './ask-time.ts';
import { judgeClock, type ClockVerdict } from './judge-clock.ts';

/** A server is asked between these two: more often while something is unclear (RFC 5905 clause 7.2: poll exponents 6 to 10). */
export const askEveryMs = { least: 64_000, most: 15 * 60_000 };
/** A server that says DENY or RSTR is left alone until the next start; one that says RATE waits the longest time. */
const neverAgain = new Set(['DENY', 'RSTR']);
/** So often does the clock's own step get looked for. */
const stepEveryMs = 1000;
/** What the wall clock may gain on the monotonic one between two looks before it counts as set: slewing gives 0.5 ms a second. */
const stepAtLeastMs = 250;

/** Knows how far the hub's clock is off. */
export interface ClockWatch {
  /** Null until every server has been asked once, also after somebody set the clock. */
  readonly verdict: ClockVerdict | null;
  /** The last time somebody set the clock while the hub ran. */
  readonly lastStep: { readonly byMs: number } | null;
  readonly steps: number;
  stop(): Promise<void>;
}

export interface ClockWatchOptions {
  readonly servers: readonly string[];
  readonly driftMs: number;
  readonly ask: AskTime;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears when the verdict or the last step may have changed. */
  onChange(): void;
}

/** Asks every server in its own rhythm until it is stopped. Without servers only steps are noticed. */
export function createClockWatch({ servers, driftMs, ask, clock, log, onChange }: ClockWatchOptions): ClockWatch {
  const ending = new AbortController();
  const samples = new Map<string, { readonly sample: ClockSample; readonly at: number }>();
  const asked = new Set<string>();
  const left = new Set<string>();
  let again = new AbortController();
  let before: ClockVerdict['state'] = 'unknown';
  let verdict: ClockVerdict | null = servers.length === 0 ? { state: 'unknown' } : null;
  let lastStep: { byMs: number } | null = null;
  let steps = 0;

  const judge = () => {
    if (asked.size + left.size < servers.length) return;
    const now = clock.monotonic();
    const fresh = [...samples.values()].filter(({ at }) => now - at <= 2 * askEveryMs.most);
    verdict = judgeClock(
      fresh.map(({ sample }) => sample),
      driftMs,
      before,
    );
    if (verdict.state !== before)
      log[verdict.state === 'right' ? 'info' : 'warn']({ ...verdict, before }, 'what the time servers say of the clock changed');
    before = verdict.state;
    onChange();
  };

  /** Until stopped, or until somebody set the clock: then what was known is worth nothing. */
  const pause = async (ms: number) => {
    await clock.sleep(ms, AbortSignal.any([ending.signal, again.signal])).catch(() => undefined);
  };

  const follow = async (server: string) => {
    let every = askEveryMs.least;
    while (!ending.signal.aborted) {
      const stepsBefore = steps;
      const answer = await ask(server, ending.signal);
      if (ending.signal.aborted) return;
      // it was measured by the clock that was there before
      if (answer.ok && steps !== stepsBefore) continue;
      asked.add(server);
      if (answer.ok) {
        samples.set(server, { sample: answer.value, at: clock.monotonic() });
        every = Math.abs(answer.value.offsetMs) > driftMs / 2 ? askEveryMs.least : Math.min(every * 2, askEveryMs.most);
      } else if (answer.error.kind === 'kiss') {
        const { code } = answer.error;
        log.warn({ server, kiss: code }, 'a time server does not want to be asked so often');
        every = askEveryMs.most;
        if (neverAgain.has(code)) {
          asked.delete(server);
          samples.delete(server);
          left.add(server);
        }
      } else {
        // one lost packet does not take a server's word away; silence for the longest time does
        every = Math.min(every * 2, askEveryMs.most);
      }
      judge();
      if (left.has(server)) return;
      await pause(every);
      if (!asked.has(server)) every = askEveryMs.least;
    }
  };

  const watchSteps = async () => {
    let wall = clock.now();
    let steady = clock.monotonic();
    while (!ending.signal.aborted) {
      await clock.sleep(stepEveryMs, ending.signal).catch(() => undefined);
      const byMs = Math.round(clock.now() - wall - (clock.monotonic() - steady));
      wall = clock.now();
      steady = clock.monotonic();
      if (ending.signal.aborted || Math.abs(byMs) < stepAtLeastMs) continue;
      steps += 1;
      lastStep = { byMs };
      log.warn({ byMs }, 'somebody set the clock');
      samples.clear();
      asked.clear();
      if (left.size < servers.length) verdict = null;
      again.abort();
      again = new AbortController();
      onChange();
    }
  };

  const running = Promise.all([watchSteps(), ...servers.map(follow)]);
  return {
    get verdict() {
      return verdict;
    },
    get lastStep() {
      return lastStep;
    },
    get steps() {
      return steps;
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
