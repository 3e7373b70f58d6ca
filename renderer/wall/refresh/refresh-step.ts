import type { WallRefreshTimes } from '../../../main/contract/protocol.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import { refreshDue } from './refresh-due.ts';

/** A failed refresh is tried again after this, and so often in a night. */
export const tryAgainAfterMs = 3_600_000;
export const triesANight = 3;

/**
 * What puts a refresh off: the page shows stills because it was lost before; nobody sees it; the hub is away, or the page has nothing to show
 * yet; somebody stands before the screen; the scene is about to change.
 */
export type PutOff = 'safe' | 'hidden' | 'no-hub' | 'person' | 'scene-changes';

/** The tries of a page to be made anew. Ages are counted since the page was opened, in ms. */
export interface RefreshTries {
  /** The time at which that night was due; null before the first. */
  readonly night: EpochMs | null;
  readonly inNight: number;
  /** When the latest began, of the night or because somebody asked; 0: none since the page was opened. */
  readonly latestAt: number;
}

export const noTries: RefreshTries = { night: null, inNight: 0, latestAt: 0 };

/** All that decides. */
export interface RefreshSituation {
  /** Null while the hub has not said. */
  readonly times: WallRefreshTimes | null;
  /** The screen's place on its wall, from 0. */
  readonly nth: number;
  /** This computer's clock. */
  readonly now: EpochMs;
  readonly pageAgeMs: number;
  /** When somebody last asked for it, in ms since the page was opened (below 0: before that); null when nobody did. */
  readonly askedAt: number | null;
  readonly putOff: PutOff | null;
}

/** What to do now. `begin`: with these tries from now on. */
export type RefreshStep =
  | { readonly kind: 'rest' }
  | { readonly kind: 'wait'; readonly reason: PutOff }
  | { readonly kind: 'begin'; readonly tries: RefreshTries };

/** Whether a page begins to be made anew: because it is the night's time, or because somebody asked since it was opened and last tried. */
export function refreshStep(tries: RefreshTries, { times, nth, now, pageAgeMs, askedAt, putOff }: RefreshSituation): RefreshStep {
  const next = nextTries();
  if (next === null) return { kind: 'rest' };
  return putOff === null ? { kind: 'begin', tries: next } : { kind: 'wait', reason: putOff };

  function nextTries(): RefreshTries | null {
    if (askedAt !== null && askedAt > tries.latestAt) return { ...tries, latestAt: pageAgeMs };
    // By the clock as it is set now: a clock that was set does not make the page older.
    const due = times && refreshDue(times, { nth, openedAt: now - pageAgeMs }, now);
    if (due === null) return null;
    if (due !== tries.night) return { night: due, inNight: 1, latestAt: pageAgeMs };
    if (tries.inNight >= triesANight || pageAgeMs - tries.latestAt < tryAgainAfterMs) return null;
    return { night: due, inNight: tries.inNight + 1, latestAt: pageAgeMs };
  }
}
