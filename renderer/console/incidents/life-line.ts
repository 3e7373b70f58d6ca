import type { Incident } from '../../../alerts/incident-contract.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

/** The instants T0 to T11, in order. */
export const lifeSteps = [
  'reported',
  'answered',
  'verified',
  'filed',
  'dispatched',
  'acknowledged',
  'turnedOut',
  'arrived',
  'controlled',
  'resolved',
  'verifiedDone',
  'closed',
] as const satisfies readonly (keyof Incident['instants'])[];

/** One step of the line. */
export interface LifeStep {
  readonly name: (typeof lifeSteps)[number];
  /** `T0` to `T11`. */
  readonly code: string;
  readonly at: EpochMs | null;
  /** Since the last step before it that is known, in milliseconds; null for the first, and where it is not known. Negative where clocks say so. */
  readonly sinceMs: number | null;
  /** What was leapt over: a later step is known, this one never will be. */
  readonly skipped: boolean;
}

/** The line of an incident's life: each instant with how long it took since the one before. */
export function lifeLine(instants: Incident['instants']): readonly LifeStep[] {
  let before: EpochMs | null = null;
  const lastKnown = lifeSteps.findLastIndex((name) => instants[name] !== null);
  return lifeSteps.map((name, index) => {
    const at = instants[name];
    const step: LifeStep = {
      name,
      code: `T${index}`,
      at,
      sinceMs: at !== null && before !== null ? at - before : null,
      skipped: at === null && index < lastKnown,
    };
    if (at !== null) before = at;
    return step;
  });
}
