import { computed, watch, type ComputedRef } from 'vue';
import type { WallAlarm } from '../../../layouts/alarm-contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import { useCollection, useConnection } from '../../stores/hub.ts';
import { cachedAlarms, cacheAlarms, forgetAlarms } from './alarm-cache.ts';

/** The alerts that lie over a wall, and how far that is the present. */
export interface WallAlarms {
  readonly alarms: ComputedRef<readonly WallAlarm[]>;
  /** When they were last known to be so; null while the hub tells. */
  readonly knownAt: ComputedRef<EpochMs | null>;
}

/**
 * Follows what lies over a wall. While the hub is away it is what was last told, after a reload of the page too: `knownAt` says when. Whoever may not see
 * alerts sees none. `keeps`: this page is the one that remembers.
 */
export function useWallAlarms(wallId: string, keeps: Readonly<{ value: boolean }>, hubNow: () => EpochMs): WallAlarms {
  const told = useCollection('wall-alarms');
  const connection = useConnection();
  const cached = cachedAlarms(wallId);
  const isKnown = () => told.state.value.kind === 'ready' || told.items.size > 0;

  const alarms = computed<readonly WallAlarm[]>(() => {
    void told.version.value;
    if (told.state.value.kind === 'refused') return [];
    return isKnown() ? [...told.items.values()].filter((alarm) => alarm.wallId === wallId) : (cached?.alarms ?? []);
  });
  const knownAt = computed(() => {
    const line = connection.value;
    if (!isKnown()) return cached?.at ?? null;
    return line.kind === 'stale' ? line.since : null;
  });
  watch(
    [alarms, knownAt, keeps],
    () => {
      if (!keeps.value) return;
      if (told.state.value.kind === 'refused') forgetAlarms(wallId);
      else if (told.state.value.kind === 'ready' && knownAt.value === null) cacheAlarms(wallId, alarms.value, hubNow());
    },
    { immediate: true },
  );
  return { alarms, knownAt };
}
