import { ok } from '../../../../contract/result.ts';
import type { HoldGuard } from '../holds.ts';

/** Walls of which nobody holds anything. */
export const nothingHeld: HoldGuard = { settle: () => {}, admit: () => ok([]), admitHub: () => true };
