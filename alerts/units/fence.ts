import type { EpochMs } from '../../main/contract/time.ts';
import type { Place } from '../../main/contract/place.ts';
import { distanceM } from './distance.ts';

/** Since when a unit is near the place of its active task. Nothing of it is stored: a restart begins anew. */
export interface Fence {
  readonly taskId: string;
  readonly since: EpochMs;
}

/** So near the place of its task a unit is there. */
export const fenceM = 150;
/** It must stay for so long: who drives by has not arrived, and positions jump. */
export const dwellMs = 20_000;

/**
 * What a new position says of a unit on its way: `arrived` once it has stayed near its place for the minimum dwell. The times are those of receipt, for a vehicle's
 * clock may be wrong.
 */
export function fenceAfter(
  fence: Fence | null,
  on: { readonly taskId: string; readonly place: Place; readonly at: { readonly lat: number; readonly lon: number } },
  now: EpochMs,
): { readonly fence: Fence | null; readonly arrived: boolean } {
  const distance = distanceM(on.place, { ...on.at, datum: 'wgs84' });
  if (distance === null || distance > fenceM) return { fence: null, arrived: false };
  // A clock that was set back must not keep it waiting for a day.
  const begun = fence?.taskId === on.taskId && fence.since <= now ? fence : { taskId: on.taskId, since: now };
  return { fence: begun, arrived: now - begun.since >= dwellMs };
}
