import type { EpochMs } from '../main/contract/time.ts';
import type { StillScene, TourScene } from './contract.ts';

export interface TourStep {
  readonly index: number;
  readonly scene: StillScene;
  /** Until the next scene is due; never more than this scene's dwell. */
  readonly remainingMs: number;
}

/**
 * Which scene of a tour is due. It follows from `startedAt` and the hub's clock alone, so every screen, the console and a
 * restarted hub agree. The tour loops for ever. Before its start, or when it was never started, it stands at its first scene.
 */
export function tourStep(tour: TourScene, now: EpochMs): TourStep {
  const first = tour.steps[0];
  if (!first) throw new RangeError('a tour has at least one step');
  const elapsed = tour.startedAt === undefined ? 0 : now - tour.startedAt;
  if (!(elapsed > 0)) return { index: 0, scene: first.scene, remainingMs: first.dwellMs };

  const roundMs = tour.steps.reduce((sum, step) => sum + step.dwellMs, 0);
  let intoMs = elapsed % roundMs;
  for (const [index, step] of tour.steps.entries()) {
    if (intoMs < step.dwellMs) return { index, scene: step.scene, remainingMs: step.dwellMs - intoMs };
    intoMs -= step.dwellMs;
  }
  return { index: 0, scene: first.scene, remainingMs: first.dwellMs };
}
