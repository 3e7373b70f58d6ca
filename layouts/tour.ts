import type { EpochMs } from '../main/contract/time.ts';
import type { StillScene, TourScene } from './contract.ts';

export interface TourStep {
  readonly index: number;
  readonly scene: StillScene;
  /** What is left of this scene's dwell; it does not pass while the tour is paused, and is 0 at the end of one that does not loop. */
  readonly remainingMs: number;
}

/** How far a tour has come. Parts are from 0 to 1. */
export interface TourProgress {
  readonly index: number;
  readonly steps: number;
  /** Of the dwell of the scene that is due, and of the whole round. */
  readonly dwellPart: number;
  readonly roundPart: number;
  readonly paused: boolean;
  /** It does not loop and has shown its last scene for as long as it should. */
  readonly over: boolean;
}

export interface NextTourStep {
  readonly index: number;
  readonly scene: StillScene;
  readonly dueInMs: number;
}

interface Position {
  readonly index: number;
  readonly intoMs: number;
  /** Since the beginning of the round. */
  readonly roundIntoMs: number;
  readonly roundMs: number;
  /** Until it begins at all: its clock is ahead of this one. */
  readonly waitMs: number;
  readonly over: boolean;
}

/** How long one round takes. */
export function tourRoundMs(tour: Pick<TourScene, 'steps'>): number {
  return tour.steps.reduce((sum, step) => sum + step.dwellMs, 0);
}

/**
 * Which scene of a tour is due. It follows from `startedAt`, `pausedAt` and the hub's clock alone, so every screen, the console and a
 * restarted hub agree. Before its start, or when it was never started, it stands at its first scene; while it is paused, where it was then.
 * @throws RangeError for a tour without steps, which the contract does not let in
 */
export function tourStep(tour: TourScene, now: EpochMs): TourStep {
  const { index, intoMs } = positionOf(tour, now);
  const { scene, dwellMs } = tour.steps[index]!;
  return { index, scene, remainingMs: dwellMs - intoMs };
}

/** How far a tour has come, for whoever shows it. */
export function tourProgress(tour: TourScene, now: EpochMs): TourProgress {
  const { index, intoMs, roundIntoMs, roundMs, over } = positionOf(tour, now);
  return {
    index,
    steps: tour.steps.length,
    dwellPart: intoMs / tour.steps[index]!.dwellMs,
    roundPart: roundIntoMs / roundMs,
    paused: tour.pausedAt !== undefined,
    over,
  };
}

/** The scene that follows by itself, and when; null where none does: paused, never started, at the end, or the only one there is. */
export function nextTourStep(tour: TourScene, now: EpochMs): NextTourStep | null {
  if (tour.pausedAt !== undefined || tour.startedAt === undefined || tour.steps.length < 2) return null;
  const { index, intoMs, waitMs } = positionOf(tour, now);
  const isLast = index === tour.steps.length - 1;
  if (isLast && tour.loop === false) return null;
  const next = isLast ? 0 : index + 1;
  return { index: next, scene: tour.steps[next]!.scene, dueInMs: waitMs + tour.steps[index]!.dwellMs - intoMs };
}

function positionOf(tour: TourScene, now: EpochMs): Position {
  const last = tour.steps.length - 1;
  if (last < 0) throw new RangeError('a tour has at least one step');
  const roundMs = tourRoundMs(tour);
  const elapsedMs = tour.startedAt === undefined ? 0 : (tour.pausedAt ?? now) - tour.startedAt;
  if (!(elapsedMs > 0)) return { index: 0, intoMs: 0, roundIntoMs: 0, roundMs, waitMs: elapsedMs < 0 ? -elapsedMs : 0, over: false };
  if (tour.loop === false && elapsedMs >= roundMs)
    return { index: last, intoMs: tour.steps[last]!.dwellMs, roundIntoMs: roundMs, roundMs, waitMs: 0, over: true };

  const roundIntoMs = elapsedMs % roundMs;
  let intoMs = roundIntoMs;
  let index = 0;
  while (index < last && intoMs >= tour.steps[index]!.dwellMs) {
    intoMs -= tour.steps[index]!.dwellMs;
    index += 1;
  }
  return { index, intoMs, roundIntoMs, roundMs, waitMs: 0, over: false };
}
