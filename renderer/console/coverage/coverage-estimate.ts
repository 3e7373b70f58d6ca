import type { CoveragePromise } from '../../../layouts/contract.ts';

/** What a fair-coverage tour of so many cameras comes to, before it is started. */
export interface CoverageEstimate {
  /** Scenes of one round. */
  readonly steps: number;
  readonly roundMs: number;
  /** One round takes no longer than what is promised. */
  readonly keeps: boolean;
  /** Tiles that one screen would need at this dwell, and screens that it would take with this grid. */
  readonly tilesNeeded: number;
  readonly screensNeeded: number;
  /** The fewest whole hours that this grid could promise. */
  readonly hoursPossible: number;
}

const hourMs = 3_600_000;

/** Works it out; none of it for no cameras at all. */
export function coverageEstimate(
  cameras: number,
  { rows, cols, dwellMs, everyHours }: Pick<CoveragePromise, 'rows' | 'cols' | 'dwellMs' | 'everyHours'>,
): CoverageEstimate | null {
  if (cameras <= 0) return null;
  const tiles = rows * cols;
  const steps = Math.ceil(cameras / tiles);
  const roundMs = steps * dwellMs;
  const promisedMs = everyHours * hourMs;
  // So many scenes have their time within what is promised: the longest dwell fits six times into the shortest promise.
  const stepsWithin = Math.floor(promisedMs / dwellMs);
  return {
    steps,
    roundMs,
    keeps: roundMs <= promisedMs,
    tilesNeeded: Math.ceil(cameras / stepsWithin),
    screensNeeded: Math.ceil(steps / stepsWithin),
    hoursPossible: Math.ceil(roundMs / hourMs),
  };
}
