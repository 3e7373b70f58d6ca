import type { EpochMs } from '../../main/contract/time.ts';
import type { Alert, HeldReason } from '../contract.ts';

/** Until when each group collects what comes after its first alert. */
export type GroupWindows = ReadonlyMap<string, EpochMs>;

/** The first of a group is told at once; what comes soon after is told together. What is critical never waits. */
export function heldByGroup({ severity, group }: Alert, windows: GroupWindows, now: EpochMs): HeldReason | null {
  const until = windows.get(group);
  if (severity === 'critical' || until === undefined || now >= until) return null;
  return { by: 'group-wait', what: group, until };
}
