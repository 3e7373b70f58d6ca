import { onScopeDispose, shallowRef, watchEffect, type ShallowRef } from 'vue';
import type { Scene, StillScene } from '../../layouts/contract.ts';
import { nextTourStep, tourStep } from '../../layouts/tour.ts';
import type { HubClient } from '../hub-client/hub-client.ts';

/** The next scene is made ready so long before it is due, and no longer than half of what is shown now. */
const leadMs = 5000;
/** Longer timers overflow in browsers; and what nobody told of is noticed after this at the latest. */
const longestMs = 60_000;
/** Timers may be a little early. */
const afterMs = 5;

/** The page's own sense of when a tour's scenes are due, by the hub's clock, so that all screens change together. */
export interface PageTour {
  /** Grows each time another scene may be due. */
  readonly turn: Readonly<ShallowRef<number>>;
  /** The scene that is due within moments; null while there is none. */
  readonly upcoming: Readonly<ShallowRef<StillScene | null>>;
}

/** Follows a screen's scene by the hub's clock, and at once when that makes a step; nothing happens while it is no tour, or one that stands. */
export function useTour(scene: () => Scene | undefined, clock: Pick<HubClient, 'hubNow' | 'onClock'>): PageTour {
  const { hubNow } = clock;
  const turn = shallowRef(0);
  const upcoming = shallowRef<StillScene | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watchEffect(() => {
    clearTimeout(timer);
    const shown = scene();
    const now = turn.value;
    const next = shown?.kind === 'tour' ? nextTourStep(shown, hubNow()) : null;
    if (shown?.kind !== 'tour' || !next) {
      upcoming.value = null;
      return;
    }
    const { dwellMs } = shown.steps[tourStep(shown, hubNow()).index]!;
    const untilReadyMs = next.dueInMs - Math.min(leadMs, dwellMs / 2);
    upcoming.value = untilReadyMs <= 0 ? next.scene : null;
    const waitMs = untilReadyMs <= 0 ? next.dueInMs : untilReadyMs;
    timer = setTimeout(() => (turn.value = now + 1), Math.min(waitMs + afterMs, longestMs));
  });
  // The page has slept, or somebody set a clock: another scene may be due, and the next one at another time.
  const stopHearing = clock.onClock(() => (turn.value += 1));
  onScopeDispose(() => {
    stopHearing();
    clearTimeout(timer);
  });
  return { turn, upcoming };
}
