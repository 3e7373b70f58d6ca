import type { WallAlarm } from '../../../layouts/alarm-contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

const keyOf = (wallId: string) => `taodu.wall-alarms.${wallId}`;

/** What lay over a wall, and when this page was last told so. */
export interface CachedAlarms {
  readonly at: EpochMs;
  readonly alarms: readonly WallAlarm[];
}

/** What was last kept; null when there is nothing, or it cannot be read. */
export function cachedAlarms(wallId: string): CachedAlarms | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(wallId)) ?? 'null') as CachedAlarms | null;
    return kept && typeof kept.at === 'number' && Array.isArray(kept.alarms) && kept.alarms.every(isDrawable) ? kept : null;
  } catch {
    return null;
  }
}

/** A browser that refuses storage only loses the memory. */
export function cacheAlarms(wallId: string, alarms: readonly WallAlarm[], at: EpochMs): void {
  try {
    localStorage.setItem(keyOf(wallId), JSON.stringify({ at, alarms } satisfies CachedAlarms));
  } catch {
    // quota or policy
  }
}

/** Of a display that is no screen any more, or may not see alerts. */
export function forgetAlarms(wallId: string): void {
  try {
    localStorage.removeItem(keyOf(wallId));
  } catch {
    // policy: then nothing was kept either
  }
}

/** What a page of another version kept may lack what is drawn now. */
const isDrawable = ({ rect, cameras, title, place }: Partial<WallAlarm>) =>
  typeof rect?.width === 'number' && Array.isArray(cameras) && typeof title?.zh === 'string' && place !== undefined;
