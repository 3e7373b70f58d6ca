import type { CoveragePromise, TourScene } from '../../../../layouts/contract.ts';
import type { CameraId } from '../../../contract/ids.ts';
import type { EpochMs } from '../../../contract/time.ts';
import { firstOf } from './first-of.ts';

/** A camera that a fair-coverage tour is to show, and when it was last on a wall. */
export interface CoverageCamera {
  readonly id: CameraId;
  readonly number: string;
  /** Live; null for one that never was. */
  readonly seenAt: EpochMs | null;
  /** In a tile, whatever became of its picture; null for one that never was. */
  readonly triedAt: EpochMs | null;
}

/** The most steps that are planned at once. */
export const maxPlannedSteps = 60;
/** A small place is gone round several times in one plan: each plan is a change of the wall. */
const fewestSteps = 12;
/** The most tiles of one plan: it is part of the wall, which everybody is sent whole. */
const maxPlannedTiles = 1000;

/** How long it takes to show so many cameras once. */
export function coverageRoundMs(promise: Pick<CoveragePromise, 'rows' | 'cols' | 'dwellMs'>, cameras: number): number {
  return Math.ceil(cameras / (promise.rows * promise.cols)) * promise.dwellMs;
}

/**
 * The next steps of a fair-coverage tour: who was unseen for longest comes first, who was never seen before all, ties by number. A camera that
 * was on the wall within the last round and was not live there comes behind those that can be seen, and so once a round. What does not fill its
 * step is filled up with those that come next. `onScreen` is what is being shown at `now`.
 *
 * Empty where there is no camera.
 */
export function planCoverage(
  promise: CoveragePromise,
  cameras: readonly CoverageCamera[],
  now: EpochMs,
  onScreen: ReadonlySet<string> = new Set(),
): TourScene['steps'] {
  const { rows, cols, dwellMs } = promise;
  const tiles = rows * cols;
  if (cameras.length === 0) return [];
  if (cameras.length <= tiles)
    return [
      step(
        promise,
        cameras.toSorted(byNumber).map(({ id }) => id),
      ),
    ];
  const roundMs = coverageRoundMs(promise, cameras.length);
  const failed = ({ seenAt, triedAt }: CoverageCamera) =>
    triedAt !== null && triedAt - (seenAt ?? Number.NEGATIVE_INFINITY) > dwellMs && now - triedAt <= roundMs;
  const turns = firstOf(
    cameras.map((camera): Turn => {
      if (onScreen.has(camera.id)) return { camera, behind: 1, since: now };
      return failed(camera) ? { camera, behind: 2, since: camera.triedAt! } : { camera, behind: 0, since: camera.seenAt ?? -1 };
    }),
    maxPlannedTiles,
    compareTurns,
  );

  const most = Math.max(1, Math.min(maxPlannedSteps, Math.floor(maxPlannedTiles / tiles)));
  const round = Math.ceil(turns.length / tiles);
  const steps = Math.min(most, Math.max(round, fewestSteps));
  return Array.from({ length: steps }, (_, nth) =>
    step(
      promise,
      Array.from({ length: tiles }, (_tile, at) => turns[(nth * tiles + at) % turns.length]!.camera.id),
    ),
  );
}

interface Turn {
  readonly camera: CoverageCamera;
  /** 0: its turn is by when it was seen; 1: it is being shown; 2: it was tried in vain. */
  readonly behind: 0 | 1 | 2;
  readonly since: EpochMs;
}

const compareTurns = (a: Turn, b: Turn) => a.behind - b.behind || a.since - b.since || byNumber(a.camera, b.camera);

const byNumber = (a: CoverageCamera, b: CoverageCamera) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0);

const step = ({ rows, cols, dwellMs }: CoveragePromise, ids: readonly CameraId[]): TourScene['steps'][number] => ({
  scene: {
    kind: 'grid',
    rows,
    cols,
    tiles: Array.from({ length: rows * cols }, (_, at) => {
      const cameraId = ids[at];
      return cameraId === undefined ? null : { panel: 'video', cameraId, profile: 'auto' };
    }),
  },
  dwellMs,
});
