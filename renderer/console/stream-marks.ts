import type { DecodeCapacity, PlannedStream, Rect, Scene, StillScene } from '../../layouts/contract.ts';
import { planDecoding, type TileToPlan } from '../../layouts/decode-plan.ts';
import { solveScene, type SolvedTile } from '../../layouts/solve.ts';
import type { ScreenTruth } from './screen-truth.ts';

/** A tile that gets less than the scene or its size would have. */
export interface StreamMark {
  readonly stream: PlannedStream;
  /** Why: an error code. */
  readonly reason: string;
  /** `plan`: by what the screen can decode it will come to that; `screen`: it says so itself. */
  readonly by: 'plan' | 'screen';
}

/** Reasons why a tile that has its picture gets less of it. */
const holdsBack: ReadonlySet<string> = new Set(['decode-budget', 'picture-too-large', 'viewer-too-slow', 'line-too-slow']);

/**
 * Which tiles of a screen get less than they could: what it says itself once it shows them, and before that by the plan that it is going
 * to make. Empty while nobody knows what it can decode.
 */
export function streamMarks(
  tiles: readonly SolvedTile[],
  truth: ScreenTruth,
  capacity: DecodeCapacity | null,
): ReadonlyMap<string, StreamMark> {
  const planned = new Map(capacity ? planDecoding(tiles.flatMap(toPlan), capacity).map((tile) => [tile.tileId, tile]) : []);
  const marks = new Map<string, StreamMark>();
  for (const { tileId, panel } of tiles) {
    if (panel?.panel !== 'video') continue;
    const known = truth.tiles.get(tileId);
    if (known?.shown && !known.differs) {
      const { stream, reason } = known.shown;
      if (stream !== null && reason !== null && holdsBack.has(reason)) marks.set(tileId, { stream, reason, by: 'screen' });
      continue;
    }
    const plan = planned.get(tileId);
    if (plan && plan.reason !== null) marks.set(tileId, { stream: plan.stream, reason: plan.reason, by: 'plan' });
  }
  return marks;
}

/** How many tiles of a scene would get less than they could on a screen; of a tour, in its fullest scene. */
export function heldBackOn(scene: Scene, screen: Rect, capacity: DecodeCapacity | null): number {
  if (!capacity) return 0;
  const count = (still: StillScene) =>
    planDecoding(solveScene(still, screen, 0).flatMap(toPlan), capacity).filter(({ reason }) => reason !== null).length;
  return scene.kind === 'tour' ? Math.max(...scene.steps.map((step) => count(step.scene))) : count(scene);
}

/** Wall pixels stand for those of the display, which only the screen knows. */
function toPlan({ tileId, rect, panel }: SolvedTile): TileToPlan[] {
  if (panel?.panel !== 'video') return [];
  return [{ tileId, width: rect.width, height: rect.height, profile: panel.profile, focus: false, alarm: false }];
}
