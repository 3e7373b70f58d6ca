import { camerasOf, type CoveragePromise, type Scene, type TourScene, type Wall } from '../../../../layouts/contract.ts';
import { tourRoundMs, tourStep } from '../../../../layouts/tour.ts';
import type { Camera } from '../../../../streams/contract.ts';
import { problem, type Problem } from '../../../contract/errors.ts';
import type { ScreenId, WallId } from '../../../contract/ids.ts';
import type { Ledger } from '../../../contract/ledger.ts';
import type { Log } from '../../../contract/log.ts';
import { err, ok, type Result } from '../../../contract/result.ts';
import type { Clock, EpochMs } from '../../../contract/time.ts';
import type { HoldGuard } from '../holds/holds.ts';
import type { SeenCameras } from '../seen/seen-cameras.ts';
import { storedScene } from '../stored-scene.ts';
import { putWall } from '../wall-showing.ts';
import { planCoverage, type CoverageCamera } from './plan-coverage.ts';
import { promised } from './promised.ts';

/** How often it is looked whether a tour is at its last planned step: less than the shortest dwell, so that the next ones are known in time. */
export const lookEveryMs = 1000;
/** Steps that were shown and can be gone back to. */
const stepsBehind = 3;
/** A tour that begins later was begun by a clock that was wrong: it would stand at its first step until then. It begins now. */
const aheadAtMostMs = 60_000;

/** A fair-coverage tour on a screen. */
export interface CoverageTour {
  readonly wallId: WallId;
  readonly screenId: ScreenId;
  readonly promise: CoveragePromise;
  readonly paused: boolean;
  /** Somebody else holds its screen, so that it goes round what is planned: no more than so many cameras. Null: it is planned on. */
  readonly onlyPlanned: number | null;
}

/** Plans fair-coverage tours: when one is put on a screen, and on and on while it is there. */
export interface CoverageTours {
  /**
   * A scene as it is stored when it is put on a screen now; a fair-coverage tour with the steps that the hub plans for it instead of those that came
   * with it. `coverage-empty` {district} when there is no camera that it could show.
   */
  toShow(scene: Scene, now: EpochMs): Result<Scene, Problem>;
  /** A tour that is at its last planned step with those that follow; the same one while that is not so, and when there is nothing to show. */
  planOn(tour: TourScene, now: EpochMs): TourScene;
  /** Those on walls now. */
  running(): CoverageTour[];
  stop(): void;
}

/**
 * Begins to plan on. Everything follows from what is on the walls and from who was seen when, so a hub that was started again goes on where it
 * was; a tour whose plan was over meanwhile had gone round and gets a new one.
 */
export function startCoverageTours(deps: {
  readonly ledger: Ledger;
  readonly seen: Pick<SeenCameras, 'of'>;
  readonly holds: Pick<HoldGuard, 'admitHub'>;
  readonly clock: Clock;
  readonly log: Log;
}): CoverageTours {
  const { ledger, seen, holds, clock, log } = deps;

  const camerasFor = (promise: CoveragePromise): CoverageCamera[] => {
    const isPromised = promised(promise);
    const found: CoverageCamera[] = [];
    for (const camera of ledger.all('cameras') as IterableIterator<Camera>) {
      if (!isPromised(camera)) continue;
      const { seenAt = null, triedAt = null } = seen.of(camera.id) ?? {};
      found.push({ id: camera.id, number: camera.number, seenAt, triedAt });
    }
    return found;
  };

  const planOn = (tour: TourScene, now: EpochMs): TourScene => {
    const { coverage, startedAt, pausedAt } = tour;
    const { steps } = tour;
    const at = pausedAt ?? now;
    if (coverage && startedAt !== undefined && startedAt - at > aheadAtMostMs) return { ...tour, startedAt: at };
    if (!coverage || startedAt === undefined || at - startedAt < tourRoundMs(tour) - steps.at(-1)!.dwellMs) return tour;
    const { index, scene, remainingMs } = tourStep(tour, now);
    const following = planCoverage(coverage, camerasFor(coverage), at, new Set(camerasOf(scene)));
    if (following.length === 0) return tour;
    // All that there is fits into one step: it stays, unless cameras have come or gone.
    if (following.length === 1) return sameCameras(following[0]!.scene, scene) ? tour : { ...tour, steps: following, startedAt: at };
    const kept = steps.slice(Math.max(0, index - stepsBehind), index + 1);
    const intoMs = tourRoundMs({ steps: kept }) - remainingMs;
    return { ...tour, steps: [...kept, ...following], startedAt: at - intoMs };
  };

  /** A wall once a tour on it goes on, in the name of whoever put it there. */
  const goingOn = (wall: Wall, screen: Wall['screens'][number], tour: TourScene): Wall => {
    const goesOn = { ...screen, scene: tour, revision: screen.revision + 1 };
    return { ...wall, screens: wall.screens.map((other) => (other.id === screen.id ? goesOn : other)) };
  };
  /** Whether nobody else holds the screen: asked before anything is planned, for whatever would come next. */
  const mayGoOn = (wall: Wall, screen: Wall['screens'][number], tour: TourScene): boolean =>
    holds.admitHub(wall, goingOn(wall, screen, { ...tour, startedAt: (tour.startedAt ?? 0) + 1 }), screen.id);

  const touring = (): { wall: Wall; screen: Wall['screens'][number]; tour: TourScene }[] =>
    [...(ledger.all('walls') as IterableIterator<Wall>)].flatMap((wall) =>
      wall.screens.flatMap((screen) => {
        const { scene } = screen;
        return scene.kind === 'tour' && scene.coverage ? [{ wall, screen, tour: scene }] : [];
      }),
    );

  let directoryChanged = true;
  const stopFollowing = ledger.onCommit(({ changes }) => {
    directoryChanged ||= changes.some(({ collection }) => collection === 'cameras');
  });
  const look = () => {
    const now = clock.now();
    const mayStay = !directoryChanged;
    directoryChanged = false;
    for (const { wall: found, screen, tour } of touring()) {
      const fitsOneStep = tour.steps.length === 1;
      if (fitsOneStep && mayStay) continue;
      // Another tour of the same wall may have been planned on just now.
      const wall = ledger.get('walls', found.id) as Wall;
      if (tour.pausedAt !== undefined || !mayGoOn(wall, screen, tour)) {
        // Looked at again when it goes on.
        directoryChanged ||= fitsOneStep;
        continue;
      }
      const next = planOn(tour, now);
      if (next !== tour) ledger.commit([putWall(goingOn(wall, screen, next))], { kind: 'timer', id: 'coverage', by: 'hub' });
    }
  };
  let failed = false;
  const ending = new AbortController();
  void (async () => {
    for (;;) {
      await clock.sleep(lookEveryMs, ending.signal);
      try {
        look();
        failed = false;
      } catch (cause) {
        // A disk that refuses: the tour goes round meanwhile, and is planned on as soon as it can be.
        if (!failed) log.error({ err: cause }, 'A coverage tour could not be planned on; it is tried again');
        failed = true;
        directoryChanged = true;
      }
    }
  })().catch((cause: unknown) => {
    if (!ending.signal.aborted) throw cause;
  });

  return {
    toShow(scene, now) {
      if (scene.kind !== 'tour' || !scene.coverage) return ok(storedScene(scene, now));
      const { coverage } = scene;
      const steps = planCoverage(coverage, camerasFor(coverage), now);
      if (steps.length === 0) return err(problem('coverage-empty', { district: coverage.district }));
      return ok(storedScene({ kind: 'tour', steps, coverage }, now));
    },
    planOn,
    running: () =>
      touring().map(({ wall, screen, tour }) => ({
        wallId: wall.id,
        screenId: screen.id,
        promise: tour.coverage!,
        paused: tour.pausedAt !== undefined,
        onlyPlanned: mayGoOn(wall, screen, tour) ? null : camerasOf(tour).length,
      })),
    stop() {
      stopFollowing();
      ending.abort();
    },
  };
}

function sameCameras(one: Parameters<typeof camerasOf>[0], other: Parameters<typeof camerasOf>[0]): boolean {
  const [a, b] = [new Set(camerasOf(one)), new Set(camerasOf(other))];
  return a.size === b.size && [...a].every((cameraId) => b.has(cameraId));
}
