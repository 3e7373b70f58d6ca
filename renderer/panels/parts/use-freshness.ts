import { computed, shallowRef, watchEffect, type ComputedRef, type ShallowRef } from 'vue';
import type { EpochMs } from '../../../main/contract/time.ts';
import { useHubClock } from '../../stores/hub-clock.ts';
import { useConnection } from '../../stores/hub.ts';

/** After so long without the hub a panel is grey: what it says is history by then. */
const oldAfterMs = 30_000;

/** How far what a panel shows can be trusted. */
export interface Freshness {
  /** The hub is away: what is shown is of `at`. */
  readonly away: boolean;
  /** Of when it is; null while nothing was ever heard. */
  readonly at: EpochMs | null;
  readonly ageMs: number;
  /** Away for so long that it is shown as past. */
  readonly old: boolean;
}

/** The line to the hub as a panel needs it, and the hub's clock; follows both for as long as the calling scope lives. */
export function useFreshness(): { readonly now: Readonly<ShallowRef<EpochMs>>; readonly freshness: ComputedRef<Freshness> } {
  const now = useHubClock();
  const connection = useConnection();
  const heardAt = shallowRef<EpochMs | null>(null);
  watchEffect(() => {
    if (connection.value.kind === 'live') heardAt.value = now.value;
    else if (connection.value.kind === 'stale') heardAt.value = connection.value.since;
  });
  const freshness = computed((): Freshness => {
    const at = heardAt.value;
    if (connection.value.kind === 'live') return { away: false, at, ageMs: 0, old: false };
    const ageMs = at === null ? 0 : Math.max(0, now.value - at);
    return { away: true, at, ageMs, old: at === null || ageMs > oldAfterMs };
  });
  return { now, freshness };
}
