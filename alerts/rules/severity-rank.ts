import type { CityEvent } from '../../streams/feed-contract.ts';
import type { Severity } from '../contract.ts';

const ranks: Readonly<Record<CityEvent['severity'], number>> = { information: 0, low: 1, medium: 2, high: 3, critical: 4 };

/** How bad it is as a number: more is worse. */
export function severityRank(severity: CityEvent['severity']): number {
  return ranks[severity];
}

/** The worse of two. */
export function worse(one: Severity, other: Severity): Severity {
  return ranks[one] >= ranks[other] ? one : other;
}
