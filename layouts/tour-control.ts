import type { EpochMs } from '../main/contract/time.ts';
import type { TourScene } from './contract.ts';
import { tourStep } from './tour.ts';

export type TourAction = 'pause' | 'resume' | 'next' | 'previous';

/**
 * A tour after somebody paused it, let it go on or stepped it; the same object when that changes nothing. What is due follows from it as from
 * any tour: it goes on exactly where it was paused, and a step lands at the beginning of its scene, also while it is paused. A tour that goes
 * round steps from its last scene to its first and back; one that does not, and one whose steps the hub plans, stays at its end.
 */
export function controlTour(tour: TourScene, action: TourAction, now: EpochMs): TourScene {
  const { pausedAt, startedAt = now } = tour;
  switch (action) {
    case 'pause':
      return pausedAt === undefined ? { ...tour, startedAt, pausedAt: now } : tour;
    case 'resume': {
      if (pausedAt === undefined) return tour;
      const { pausedAt: _pausedAt, ...running } = tour;
      return { ...running, startedAt: startedAt + now - pausedAt };
    }
    case 'next':
    case 'previous': {
      const to = neighbour(tour, tourStep(tour, now).index, action);
      const beforeMs = tour.steps.slice(0, to).reduce((sum, step) => sum + step.dwellMs, 0);
      return { ...tour, startedAt: (pausedAt ?? now) - beforeMs };
    }
  }
}

function neighbour({ steps, loop, coverage }: TourScene, index: number, action: 'next' | 'previous'): number {
  const last = steps.length - 1;
  const goesRound = loop !== false && coverage === undefined;
  if (action === 'next') return index < last ? index + 1 : goesRound ? 0 : last;
  return index > 0 ? index - 1 : goesRound ? last : 0;
}
