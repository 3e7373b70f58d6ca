import type { EpochMs } from '../contract/time.ts';

/** What is kept of a graphics driver that did not hold: it is left out for a while, and tried again later. */
export interface GpuLosses {
  /** How often it came to this, one after the other. */
  readonly count: number;
  readonly lastAt: EpochMs;
  /** The app's version then: a newer one brings another Chromium, which may get on with the driver. */
  readonly version: string;
}

const firstRestMs = 24 * 3_600_000;
const longestRestMs = 30 * 24 * 3_600_000;
/** A driver that held for so long is forgiven. */
export const gpuForgivenAfterMs = 24 * 3_600_000;

/** When the GPU may be used again, at a start of the app: doubled each time from a day to thirty. */
export const gpuTriedAgainAt = ({ count, lastAt }: GpuLosses): EpochMs =>
  lastAt + Math.min(longestRestMs, firstRestMs * 2 ** Math.min(count - 1, 30));

/** Whether the app has to start without the GPU. A clock that was set back does not make it wait for years. */
export function isGpuLeftOut(losses: GpuLosses | null, now: EpochMs, version: string): boolean {
  return losses !== null && losses.version === version && now >= losses.lastAt && now < gpuTriedAgainAt(losses);
}

/** Once more: what to keep then. */
export const oneMoreGpuLoss = (losses: GpuLosses | null, now: EpochMs, version: string): GpuLosses => ({
  count: Math.min(1000, (losses?.count ?? 0) + 1),
  lastAt: now,
  version,
});

/** Reads what was kept. Null: nothing, or nothing that can be used; then the GPU is simply tried. */
export function parseGpuLosses(text: string): GpuLosses | null {
  try {
    const { count, lastAt, version } = JSON.parse(text) as Record<string, unknown>;
    const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= 1000;
    const isTime = typeof lastAt === 'number' && Number.isSafeInteger(lastAt) && lastAt >= 0;
    return isCount && isTime && typeof version === 'string' ? { count, lastAt, version } : null;
  } catch {
    return null;
  }
}

/** One line for whoever looks why the wall is slow. */
export function gpuWords(losses: GpuLosses, file: string): string {
  const since = new Date(losses.lastAt).toISOString();
  const again = new Date(gpuTriedAgainAt(losses)).toISOString();
  return (
    `the GPU is left out: its process kept ending (${losses.count} ${losses.count === 1 ? 'time' : 'times'}, last ${since}). ` +
    `It is tried again at the first start after ${again} and with the next version; at once when ${file} is removed`
  );
}
