import type { FeedKind } from '../feed-contract.ts';

const minute = 60;
const hour = 3600;

/** What comes by a kind that is used for one class of sources alone. */
const ofKind: Partial<Record<FeedKind, number>> = {
  jt808: minute,
  hj212: hour,
  sl651: hour,
  cap: hour,
  open311: hour,
  gbfs: 5 * minute,
  'gtfs-rt': 2 * minute,
  ocpi: 15 * minute,
  indicator: 48 * hour,
};
/** What comes by the kinds that anything may come by. Levels and pressures of water, and whatever has no class of its own, hold for ten minutes. */
const ofSystem: Readonly<Record<string, number>> = { traffic: 5 * minute, environment: hour };

/** How long a value of a feed is believed where nobody said otherwise, in seconds: by the class of its source. */
export function usualStalenessSeconds(kind: FeedKind, system: string): number {
  return ofKind[kind] ?? (Object.hasOwn(ofSystem, system) ? ofSystem[system]! : 10 * minute);
}
