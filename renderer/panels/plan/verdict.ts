import type { Indicator } from '../../../streams/feed-contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

/** How a figure stands to the plan's target. `none`: the plan names no target. */
export type Verdict = 'met' | 'missed' | 'unknown' | 'none';

/** Whether a figure reaches its target; what is not known reaches nothing and misses nothing. */
export function verdict({ value, target }: Pick<Indicator, 'value' | 'target'>): Verdict {
  if (value === null) return 'unknown';
  if (target === null) return 'none';
  return reaches(value, target) ? 'met' : 'missed';
}

function reaches(value: number, { op, value: target }: NonNullable<Indicator['target']>): boolean {
  switch (op) {
    case '>=':
      return value >= target;
    case '>':
      return value > target;
    case '<=':
      return value <= target;
    case '<':
      return value < target;
    case '=':
      return value === target;
  }
}

/** The signs of a target as people write them. */
export const targetSigns: Readonly<Record<NonNullable<Indicator['target']>['op'], string>> = {
  '>=': '≥',
  '>': '>',
  '<=': '≤',
  '<': '<',
  '=': '=',
};

/** True when nobody knows whether it is still so. */
export function isStale({ value, at, staleAfterSeconds }: Pick<Indicator, 'value' | 'at' | 'staleAfterSeconds'>, now: EpochMs): boolean {
  return value !== null && at !== null && now - at > staleAfterSeconds * 1000;
}
