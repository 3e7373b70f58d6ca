import type { Log } from '../../../contract/log.ts';
import type { Clock, EpochMs } from '../../../contract/time.ts';
import type { ClockVerdict } from './judge-clock.ts';

/** A clock that is so far beyond what was last known has jumped, or the hub stood still for that long. */
export const jumpMs = 7 * 24 * 3_600_000;
/** So long a clock that jumped must go on before it is believed. */
export const believedAfterMs = 24 * 3_600_000;
/** And so long with time servers that call it right: what they said of the clock before it jumped is over by then. */
export const rightAfterMs = 60_000;
/** Ahead of the time servers by so much, it makes young records old. */
const aheadMs = 3_600_000;

/** The time by which records are old: what is removed by a clock that is wrong never comes back. */
export interface AgeClock {
  /** Null while the clock is not believed: then nothing is old. */
  now(): EpochMs | null;
}

/**
 * Follows the wall clock from a time that is known to have been. Time servers that call the clock right end all doubt within a minute, and
 * those that call it far ahead let nothing grow old; without them a jump is believed after a day.
 * @param lastKnown the newest time that the hub wrote down before it was started; null in a new data folder
 */
export function createAgeClock(options: {
  readonly lastKnown: EpochMs | null;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly log: Log;
  verdict(): ClockVerdict | null;
}): AgeClock {
  const { lastKnown, clock, log, verdict } = options;
  let known = { wall: lastKnown ?? clock.now(), monotonic: clock.monotonic() };
  let jumpedAt: number | null = null;

  return {
    now() {
      const wall = clock.now();
      const monotonic = clock.monotonic();
      const said = verdict();
      if (said?.state === 'drifting' && said.offsetMs < -aheadMs) return null;
      const aheadBy = wall - known.wall - (monotonic - known.monotonic);
      if (aheadBy > jumpMs) {
        if (jumpedAt === null) {
          jumpedAt = monotonic;
          log.warn(
            { lastKnown: known.wall, now: wall },
            'the clock is far beyond what was last known: nothing is removed for its age for now',
          );
        }
        if (monotonic - jumpedAt < (said?.state === 'right' ? rightAfterMs : believedAfterMs)) return null;
      }
      known = { wall, monotonic };
      jumpedAt = null;
      return wall;
    },
  };
}
