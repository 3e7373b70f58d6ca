import type { LayoutDoc, Scene, Wall } from '../../../layouts/contract.ts';
import type { PlannedWall } from '../../../layouts/planned-wall.ts';
import { isSaved } from '../../../layouts/saved-scene.ts';
import { emptyScene } from '../../../layouts/scene-edit.ts';
import type { Handlers } from '../../contract/catalog.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { Change, Ledger } from '../../contract/ledger.ts';
import type { LatestValues } from '../../contract/readings.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import type { AlarmRoom } from './alarm-room.ts';
import { createAskedRefreshes } from './asked-refreshes.ts';
import { checkPanel, checkScene } from './check-scene.ts';
import { demoWall, firstLayouts, firstWall, isUntouched } from './first-walls.ts';
import type { HoldGuard } from './holds/holds.ts';
import { changedBy, revisionConflict } from './revision-conflict.ts';
import type { ScreenPreviews } from './previews/previews.ts';
import type { SeenCameras } from './seen/seen-cameras.ts';
import { createShownReports, type ShownReports } from './shown-reports.ts';
import { showsCamera } from './shows-camera.ts';
import { sceneSummary, storedScene } from './stored-scene.ts';
import { putWall, wallShowing } from './wall-showing.ts';

export const maxWalls = 64;

export interface WallsDeps {
  readonly ledger: Ledger;
  readonly latest: LatestValues;
  readonly clock: Clock;
  readonly holds: HoldGuard;
  /** A scene as it is when it is shown now; a Problem when there is nothing to show. */
  toShow(scene: Scene, now: EpochMs): Result<Scene, Problem>;
  /** Makes a one-time link that opens a wall session for one screen. */
  makeLink(wallId: string, screenId: string): { url: string; expiresAt: EpochMs };
  /** Ends every session of a screen, and voids what would open another. */
  endScreen(wallId: string, screenId: string): void;
  /** Takes the small pictures that come with reports; absent: nobody wants any. */
  readonly previews?: Pick<ScreenPreviews, 'reported'>;
  /** Keeps which camera was last seen on a wall; absent: nobody does. */
  readonly seen?: Pick<SeenCameras, 'note'>;
  /** Which cameras alerts show over a screen; absent: none. */
  readonly alarms?: Pick<AlarmRoom, 'shows'>;
  /** What the first wall of a new data folder is; absent: the usual one. */
  readonly planned?: PlannedWall | undefined;
}

export type WallCommand = 'wall.show' | 'wall.span' | 'wall.upsert' | 'wall.link' | 'wall.refresh' | 'wall.report';

/** The wall service: what every screen should show, and what it says it shows. */
export interface Walls {
  readonly handlers: Handlers<WallCommand>;
  readonly reports: Pick<ShownReports, 'leftAside' | 'heard'>;
  /** Makes sure that a new data folder has its first wall and layouts; an untouched wall gets `demoCameraIds` to show. */
  start(demoCameraIds?: readonly string[]): void;
  stop(): void;
}

/**
 * Every change reads, decides and answers in one synchronous step, so that two operators' changes never cross: the second meets
 * the first one's revision. Facts are in the ledger; only what screens report is volatile.
 */
export function createWalls(deps: WallsDeps): Walls {
  const { ledger, clock, holds } = deps;
  const reports = createShownReports(deps);
  const refreshes = createAskedRefreshes(clock);
  const wallOf = (id: string) => ledger.get('walls', id) as Wall | undefined;
  const cameraExists = (id: string) => ledger.get('cameras', id) !== undefined;
  const isToBeSeen = (wall: Wall, screenId: string, cameraId: string) =>
    showsCamera(wall, screenId, cameraId) || deps.alarms?.shows(wall.id, screenId, cameraId) === true;

  /** Whether a scene is this version of a layout, unchanged: a screen is not said to show a layout because somebody says so. */
  const isLayout = ({ id, revision }: { readonly id: string; readonly revision: number }, scene: Scene) => {
    const layout = ledger.get('layouts', id) as LayoutDoc | undefined;
    return layout?.revision === revision && isSaved(storedScene(scene, null), layout.scene);
  };

  const handlers: Handlers<WallCommand> = {
    'wall.show': ({ wallId, screenId, scene, layout, baseRevision }, context) => {
      holds.settle();
      const found = screenIn(wallOf(wallId), wallId, screenId);
      if (!found.ok) return found;
      const { wall, screen } = found.value;
      const fault = checkScene(scene, { cameraExists, screen: screen.rect });
      if (fault) return err(fault);
      const shown = deps.toShow(scene, context.now);
      if (!shown.ok) return shown;
      const shows = { scene: shown.value, layout: layout && isLayout(layout, scene) ? layout : null };
      const after = wallShowing(wall, screenId, shows, changedBy(context));
      // Who holds it is worth more than who changed it last: no newer revision helps against a hold.
      const admitted = holds.admit(wall, after, context.principal);
      if (!admitted.ok) return admitted;
      const conflict = revisionConflict(baseRevision, screen);
      if (conflict) return err(conflict);
      const revision = screen.revision + 1;
      return ok({
        result: { revision },
        changes: [putWall(after), ...admitted.value],
        before: { revision: screen.revision, ...sceneSummary(screen.scene) },
        after: { revision, ...sceneSummary(shows.scene) },
      });
    },

    'wall.span': ({ wallId, tiles, baseRevision }, context) => {
      holds.settle();
      const wall = wallOf(wallId);
      if (!wall) return err(problem('wall-unknown', { wallId }));
      const ids = new Set(tiles.map((tile) => tile.tileId));
      const fault =
        (ids.size < tiles.length ? problem('scene-invalid', { reason: 'tile-id-twice' }) : null) ??
        tiles.map((tile) => checkPanel(tile.panel, { cameraExists })).find((one) => one !== null);
      if (fault) return err(fault);
      const revision = wall.revision + 1;
      const after = { ...wall, spanning: tiles, revision, ...changedBy(context) };
      const admitted = holds.admit(wall, after, context.principal);
      if (!admitted.ok) return admitted;
      const conflict = revisionConflict(baseRevision, wall);
      if (conflict) return err(conflict);
      return ok({
        result: { revision },
        changes: [putWall(after), ...admitted.value],
        before: { revision: wall.revision, tiles: wall.spanning.length },
        after: { revision, tiles: tiles.length },
      });
    },

    'wall.upsert': ({ wallId, name, pixelPitchMm, farthestSeatM, screens, baseRevision }, context) => {
      // A screen that comes back under its old name is another one: nobody holds it.
      holds.settle();
      const before = wallOf(wallId);
      const screenIds = new Set<string>(screens.map((screen) => screen.id));
      const refusal =
        revisionConflict(baseRevision, before) ??
        (screenIds.size < screens.length ? problem('field-invalid', { field: 'screens', reason: 'screen-id-twice' }) : null) ??
        (!before && ledger.size('walls') >= maxWalls
          ? problem('field-invalid', { field: 'wallId', reason: 'too-many', max: maxWalls })
          : null);
      if (refusal) return err(refusal);
      const revision = (before?.revision ?? 0) + 1;
      const wall: Wall = {
        id: wallId,
        name,
        pixelPitchMm,
        farthestSeatM,
        screens: screens.map(({ id, name: screenName, rect }) => {
          const old = before?.screens.find((screen) => screen.id === id);
          return old ? { ...old, name: screenName ?? old.name, rect } : newScreen(id, screenName ?? id, rect);
        }),
        spanning: before?.spanning ?? [],
        revision,
        ...changedBy(context),
        simulated: before?.simulated ?? false,
        drill: before?.drill ?? false,
      };
      return ok({
        result: { revision },
        changes: [putWall(wall)],
        before: before ? { revision: before.revision, screens: before.screens.map((screen) => screen.id) } : null,
        after: { revision, screens: [...screenIds] },
        afterCommit() {
          reports.keepOnly(wallId, screenIds);
          refreshes.keepOnly(wallId, screenIds);
          // Its display is nobody's any more: no page lists it, and it would go on seeing the whole city.
          for (const { id } of before?.screens ?? []) if (!screenIds.has(id)) deps.endScreen(wallId, id);
        },
      });
    },

    'wall.link': ({ wallId, screenId }) => {
      const found = screenIn(wallOf(wallId), wallId, screenId);
      return found.ok ? ok({ result: deps.makeLink(wallId, screenId) }) : found;
    },

    'wall.refresh': ({ wallId, screenId }) => {
      const found = screenIn(wallOf(wallId), wallId, screenId);
      return found.ok ? ok({ result: {}, afterCommit: () => refreshes.ask(wallId, screenId) }) : found;
    },

    'wall.report': ({ wallId, screenId, shown, preview }, { principal }) => {
      const own = principal?.screen ?? null;
      if (!principal || (own && (own.wallId !== wallId || own.screenId !== screenId)))
        return err(problem('forbidden', { wallId, screenId }));
      const found = screenIn(wallOf(wallId), wallId, screenId);
      if (!found.ok) return found;
      const { screen, wall } = found.value;
      // A screen cannot show what nobody has told it yet.
      if (shown.revision > screen.revision) return err(problem('field-invalid', { field: 'shown.revision', max: screen.revision }));
      if (shown.wallRevision > wall.revision) return err(problem('field-invalid', { field: 'shown.wallRevision', max: wall.revision }));
      const isAccepted = reports.accept(wallId, screenId, shown, own !== null);
      if (isAccepted) deps.seen?.note(shown.tiles, clock.now(), (cameraId) => isToBeSeen(wall, screenId, cameraId));
      const from = { wallId, screenId, sessionId: principal.sessionId };
      const previewWanted = isAccepted && (deps.previews?.reported({ ...from, shown, preview }) ?? false);
      // Whoever shows this screen makes itself anew: a page that was left aside may be just as old.
      const refreshAskedMsAgo = refreshes.askedMsAgo(wallId, screenId);
      return ok({ result: { previewWanted, ...(refreshAskedMsAgo !== null && { refreshAskedMsAgo }) } });
    },
  };

  return {
    handlers,
    reports,
    start(demoCameraIds = []) {
      const changes: Change[] = [];
      const isNew = ledger.size('walls') === 0;
      const wall = isNew ? firstWall(deps.planned) : wallOf('main');
      if (isNew)
        changes.push(...firstLayouts().map((layout): Change => ({ collection: 'layouts', op: 'put', key: layout.id, value: layout })));
      const showsDemo = wall !== undefined && demoCameraIds.length > 0 && isUntouched(wall) && ledger.size('holds') === 0;
      if (wall && (isNew || showsDemo)) changes.push(putWall(showsDemo ? demoWall(wall, demoCameraIds, clock.now()) : wall));
      if (changes.length > 0) ledger.commit(changes, { kind: 'start', id: 'walls', by: 'hub' });
    },
    stop: () => reports.stop(),
  };
}

type WallScreen = Wall['screens'][number];

/** A screen of a wall; `wall-unknown` or `screen-unknown` when there is none. */
export function screenIn(wall: Wall | undefined, wallId: string, screenId: string): Result<{ wall: Wall; screen: WallScreen }, Problem> {
  if (!wall) return err(problem('wall-unknown', { wallId }));
  const screen = wall.screens.find((candidate) => candidate.id === screenId);
  return screen ? ok({ wall, screen }) : err(problem('screen-unknown', { wallId, screenId }));
}

function newScreen(id: WallScreen['id'], name: string, rect: WallScreen['rect']): WallScreen {
  const scene = emptyScene({ kind: 'grid', rows: 1, cols: 1 });
  return { id, name, rect, scene, layout: null, revision: 0, changedBy: null, changedAt: null, shown: null };
}
