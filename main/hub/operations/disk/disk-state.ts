/** How much room the data folder has: `low` is a warning, `full` stops what is not needed to keep the city safe. */
export type DiskState = 'enough' | 'low' | 'full';

/** The limits of the configuration, in bytes. */
export interface DiskLimits {
  /** Below it: `low`. */
  readonly warnBytes: number;
  /** Below it: `full`. */
  readonly stopBytes: number;
}

/** A limit is left behind only with a tenth more room than it asks for, so that a file that comes and goes does not make the state flap. */
const toLeave = (limit: number) => limit + limit / 10;

/** The state after a measurement. A limit for warnings that lies below the one that stops is taken as that one. */
export function nextDiskState(before: DiskState, freeBytes: number, { warnBytes, stopBytes }: DiskLimits): DiskState {
  const stop = before === 'full' ? toLeave(stopBytes) : stopBytes;
  if (freeBytes < stop) return 'full';
  const warn = before === 'enough' ? warnBytes : toLeave(warnBytes);
  return freeBytes < Math.max(warn, stop) ? 'low' : 'enough';
}
