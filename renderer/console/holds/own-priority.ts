import { highestHoldPriority } from '../../../layouts/control-contract.ts';
import type { Role } from '../../../main/contract/permissions.ts';

/** The highest priority that somebody with these roles may hold with; 0 when he may hold nothing. */
export function ownPriority(roles: readonly Role[]): number {
  return Math.max(0, ...roles.map((role) => highestHoldPriority[role] ?? 0));
}

/** What a hold is taken with unless one says otherwise, see `hold.take`. */
export const usualPriority = (roles: readonly Role[]): number => Math.min(4, ownPriority(roles));
