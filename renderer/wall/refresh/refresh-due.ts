import type { WallRefreshTimes } from '../../../main/contract/protocol.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

/** It is begun at most so long after its time: what a computer slept over is left to the next night, not done in the working day. */
export const dueForMs = 3 * 3_600_000;
/** A page that was opened so shortly before is not old. */
export const youngMs = 6 * 3_600_000;

/** As many days back as the last screen of the largest wall may be behind the first. */
const daysBack = [0, 1, 2] as const;

/** A page of a wall, as far as its age and place go. */
export interface PageToRefresh {
  /** Its screen's place on its wall, from 0: one screen after the other. */
  readonly nth: number;
  /** By this computer's clock as it is set now. */
  readonly openedAt: EpochMs;
}

/**
 * The time of this night at which a page was to be made anew, while that is due; null when it is not. `now` is this computer's clock. The hour is
 * local: one that does not exist on the night when summer time begins is that much later, of one that comes twice the first counts.
 */
export function refreshDue({ at, apartMinutes }: WallRefreshTimes, { nth, openedAt }: PageToRefresh, now: EpochMs): EpochMs | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(at) ?? [];
  if (hours === undefined || minutes === undefined) return null;
  for (const back of daysBack) {
    const day = new Date(now);
    day.setDate(day.getDate() - back);
    day.setHours(Number(hours), Number(minutes), 0, 0);
    const due = day.getTime() + nth * apartMinutes * 60_000;
    if (due <= now) return now - due < dueForMs && due - openedAt >= youngMs ? due : null;
  }
  return null;
}
