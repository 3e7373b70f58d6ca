import type { Wall } from '../../../../layouts/contract.ts';
import { controlTour } from '../../../../layouts/tour-control.ts';
import { tourStep } from '../../../../layouts/tour.ts';
import type { Camera, CameraStatus, District } from '../../../../streams/contract.ts';
import type { Handlers } from '../../../contract/catalog.ts';
import { problem } from '../../../contract/errors.ts';
import type { Ledger } from '../../../contract/ledger.ts';
import type { LatestValues } from '../../../contract/readings.ts';
import { err, ok } from '../../../contract/result.ts';
import { covers } from '../../../contract/scope.ts';
import type { HoldGuard } from '../holds/holds.ts';
import { changedBy, revisionConflict } from '../revision-conflict.ts';
import { screenIn } from '../wall-service.ts';
import { coverageReport } from '../seen/coverage-report.ts';
import type { SeenCameras } from '../seen/seen-cameras.ts';
import { putWall, wallShowing } from '../wall-showing.ts';
import type { CoverageTours } from './coverage-tours.ts';

export interface ToursDeps {
  readonly ledger: Ledger;
  readonly latest: Pick<LatestValues, 'get'>;
  readonly seen: Pick<SeenCameras, 'of' | 'knownSince'>;
  readonly coverage: Pick<CoverageTours, 'planOn' | 'running'>;
  readonly holds: Pick<HoldGuard, 'settle' | 'admit'>;
}

/** Tours on walls: pausing and stepping them, and what fair coverage has come to. */
export interface Tours {
  readonly handlers: Handlers<'tour.control' | 'coverage.report'>;
}

/** Each step is one commit; what is due follows from it on every screen by itself. */
export function createTours({ ledger, latest, seen, coverage, holds }: ToursDeps): Tours {
  const wallOf = (id: string) => ledger.get('walls', id) as Wall | undefined;
  const stateOf = (cameraId: string) => (latest.get('cameras', cameraId)?.['status'] as CameraStatus | undefined)?.state ?? 'unknown';

  return {
    handlers: {
      'tour.control': ({ wallId, screenId, action, baseRevision }, context) => {
        holds.settle();
        const found = screenIn(wallOf(wallId), wallId, screenId);
        if (!found.ok) return found;
        const { wall, screen } = found.value;
        const { scene, layout, revision } = screen;
        if (scene.kind !== 'tour') return err(problem('tour-absent', { wallId, screenId }));
        const before = tourStep(scene, context.now);
        // Whoever steps on past what is planned must find what comes next.
        const tour = controlTour(action === 'next' ? coverage.planOn(scene, context.now) : scene, action, context.now);
        const { index: step } = tourStep(tour, context.now);
        const paused = tour.pausedAt !== undefined;
        const after = wallShowing(wall, screenId, { scene: tour, layout }, changedBy(context));
        const admitted = holds.admit(wall, after, context.principal);
        if (!admitted.ok) return admitted;
        const conflict = revisionConflict(baseRevision, screen);
        if (conflict) return err(conflict);
        if (tour === scene) return ok({ result: { revision, step, paused } });
        return ok({
          result: { revision: revision + 1, step, paused },
          changes: [putWall(after), ...admitted.value],
          before: { revision, step: before.index, paused: scene.pausedAt !== undefined },
          after: { revision: revision + 1, step, paused },
        });
      },

      'coverage.report': async (args, { principal, now }) => {
        if (!principal) return err(problem('login-required'));
        const { scope } = principal;
        const report = await coverageReport(
          args,
          {
            cameras: ledger.all('cameras') as IterableIterator<Camera>,
            districts: ledger.all('districts') as IterableIterator<District>,
            seen,
            tours: coverage.running(),
            stateOf,
            maySee: ({ district, groups }) => covers(scope, [{ district, groups }]),
          },
          now,
        );
        return ok({ result: report });
      },
    },
  };
}
