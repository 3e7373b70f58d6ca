import type { EpochMs } from '../../main/contract/time.ts';
import type { Alert, HeldReason } from '../contract.ts';

/** When a route is flooded (ISA-18.2 clause 16.5.4, EEMUA 191): more than `over` new alerts within `withinMs`; over when there are no more than `endsAt`. */
export interface FloodLimits {
  readonly over: number;
  readonly withinMs: number;
  readonly endsAt: number;
}

/** More than ten in ten minutes; over with five (ISA-18.2 clause 16.5.4). */
export const floodLimits: FloodLimits = { over: 10, withinMs: 600_000, endsAt: 5 };

/** How many alerts came on a route of late. */
export interface Flood {
  /** Of the latest new alerts, oldest first; no more than it takes to decide. */
  readonly times: readonly EpochMs[];
  /** Since when it is flooded; null: it is not. */
  readonly since: EpochMs | null;
  /** Groups that have their first alert of this flood. */
  readonly groups: ReadonlySet<string>;
}

export const noFlood: Flood = { times: [], since: null, groups: new Set() };
/** The most groups whose first alert is marked in one flood. */
const groupsAtMost = 2000;

/** One more alert that would have disturbed somebody. */
export function floodAfter(flood: Flood, at: EpochMs, { over, withinMs }: FloodLimits): Flood {
  const times = [...flood.times, at].slice(-(over + 1));
  const isFlood = times.length > over && at - times[0]! < withinMs;
  return { ...flood, times, since: flood.since ?? (isFlood ? at : null) };
}

/** What time makes of it. */
export function floodAt(flood: Flood, now: EpochMs, { withinMs, endsAt }: FloodLimits): Flood {
  if (flood.since === null) return flood;
  const recent = flood.times.filter((at) => now - at < withinMs).length;
  return recent > endsAt ? flood : { times: flood.times, since: null, groups: new Set() };
}

/** When it ends if nothing more comes; null without a flood. */
export function floodEndsAt({ times, since }: Flood, { withinMs, endsAt }: FloodLimits): EpochMs | null {
  const decides = times[times.length - 1 - endsAt];
  return since === null || decides === undefined ? null : decides + withinMs;
}

/** Gives a group its first alert. `first` is false when it has one, or when there are too many groups. */
export function firstOutOf(flood: Flood, group: string): { readonly flood: Flood; readonly first: boolean } {
  if (flood.groups.has(group) || flood.groups.size >= groupsAtMost) return { flood, first: false };
  return { flood: { ...flood, groups: new Set(flood.groups).add(group) }, first: true };
}

/** Low and medium ones wait until the flood is over, whenever that is; what is worse never does. */
export function heldByFlood({ severity }: Alert, route: string, flood: Flood): HeldReason | null {
  if (flood.since === null || severity === 'critical' || severity === 'high') return null;
  return { by: 'flood', what: route, until: null };
}
