import type { ShallowRef } from 'vue';
import type { CoveragePromise, LayoutDoc, Scene, Screen, StillScene, TourScene } from '../../layouts/contract.ts';
import type { Preset } from '../../layouts/control-contract.ts';
import { asSaved } from '../../layouts/saved-scene.ts';
import { changeTemplate, clearTile, emptyScene, fillEmpty, panelOf, putPanel, type SceneTemplate } from '../../layouts/scene-edit.ts';
import type { TourAction } from '../../layouts/tour-control.ts';
import { tileIndexOf } from '../../layouts/templates.ts';
import { tourStep } from '../../layouts/tour.ts';
import type { CommandResult } from '../../main/contract/catalog.ts';
import { problem, ProblemError, type Problem } from '../../main/contract/errors.ts';
import type { HubClient } from '../hub-client/hub-client.ts';
import { durationText } from '../i18n/format.ts';
import { skippedLines } from './control/recall-words.ts';
import type { WallChanges } from './control/wall-changes.ts';
import { copyText } from './copy-text.ts';
import type { useNotices } from './stores/notices.ts';
import { showsNothing } from './templates.ts';
import type { ScreenView, WallView } from './wall-view.ts';

/** One place on a wall. */
export interface TilePlace {
  readonly wallId: string;
  readonly view: ScreenView;
  readonly tileId: string;
  /** Its number on the screen, from 1. */
  readonly number: number;
}

/** A camera as a notice names it. */
export interface NumberedCamera {
  readonly id: string;
  readonly number: string;
}

export interface ScreenPlace {
  readonly wallId: string;
  readonly view: ScreenView;
}

/** Changes of walls and layouts, each with its notice; see `WallChanges` for how changes that meet are kept apart. */
export interface WallControl {
  /** Screens with a change under way, as `wallId/screenId`. */
  readonly sending: ReadonlySet<string>;
  readonly canUndo: Readonly<ShallowRef<boolean>>;
  readonly canRedo: Readonly<ShallowRef<boolean>>;
  put(place: TilePlace, camera: NumberedCamera): Promise<boolean>;
  /** Puts the camera that `next` names for the one that is there when the change has its turn; answers it when it was put. */
  putNext(place: TilePlace, next: (shown: string | null) => NumberedCamera | null): Promise<NumberedCamera | null>;
  /** Puts cameras on the empty tiles of a screen, in order, as far as there are both. */
  fill(place: ScreenPlace, cameraIds: readonly string[]): Promise<boolean>;
  clear(place: TilePlace): Promise<boolean>;
  template(place: ScreenPlace, name: string, template: SceneTemplate): Promise<boolean>;
  apply(place: ScreenPlace, layout: LayoutDoc): Promise<boolean>;
  /** Shows a scene that is nobody's layout. */
  scene(place: ScreenPlace, name: string, scene: StillScene): Promise<boolean>;
  /** Starts a tour; answers why not, or null. */
  tour(place: ScreenPlace, steps: TourScene['steps'], loop: boolean, layout?: Screen['layout']): Promise<Problem | null>;
  /** Starts a tour that keeps a promise; answers why not, or null. */
  cover(place: ScreenPlace, promise: CoveragePromise): Promise<Problem | null>;
  /** Pauses, resumes or steps the tour of a screen. */
  controlTour(place: ScreenPlace, action: TourAction): Promise<boolean>;
  /** Puts a preset on its wall and says what was passed over. With `refused` a refusal is said there, and not as a notice. */
  recall(preset: Preset, refused?: (problem: Problem) => void): Promise<CommandResult<'preset.recall'> | null>;
  /** Takes the last change of this desk back, whatever screen it was on. */
  undo(): Promise<boolean>;
  /** Makes the last change that was taken back again. */
  redo(): Promise<boolean>;
  /** Saves a scene as a layout; answers why not, or null. `number`: undefined leaves it as it was. */
  save(name: string, scene: Scene, replaces: LayoutDoc | null, number?: number | null): Promise<Problem | null>;
  remove(layout: LayoutDoc): Promise<boolean>;
  copyLink(place: ScreenPlace): Promise<void>;
  open(place: ScreenPlace): void;
}

/** What a control asks of the desk. */
export interface WallControlDeps {
  readonly hub: Pick<HubClient, 'command' | 'hubNow'>;
  readonly notices: ReturnType<typeof useNotices>;
  readonly changes: WallChanges;
  wallView(wallId: string): WallView | undefined;
}

/** The control of one desk. */
export function createWallControl({ hub, notices, changes, wallView }: WallControlDeps): WallControl {
  /** Runs one step; what is refused becomes a notice. */
  async function attempt<T>(run: () => Promise<T>): Promise<{ value: T } | null> {
    try {
      return { value: await run() };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      notices.fail(error.problem);
      return null;
    }
  }
  /** What a change was refused with; one that was never sent, because too many wait, was refused too. */
  async function refusalOf(run: (refused: (problem: Problem) => void) => Promise<boolean>): Promise<Problem | null> {
    let refusal: Problem | null = null;
    const done = await run((why) => (refusal = why));
    return done ? null : (refusal ?? problem('too-many-requests'));
  }

  /** What is on the screen now: of a tour, the step that is due. */
  const still = ({ screen }: ScreenView): StillScene =>
    screen.scene.kind === 'tour' ? tourStep(screen.scene, hub.hubNow()).scene : screen.scene;
  /** The same, as long as it has this tile: the scene may have got another shape since the tile was chosen. */
  const stillWith = (view: ScreenView, tileId: string): StillScene | null => {
    const scene = still(view);
    if (tileIndexOf(scene, tileId) >= 0) return scene;
    notices.refuse('keypad.refused.tile-none');
    return null;
  };

  async function putNext(place: TilePlace, next: (shown: string | null) => NumberedCamera | null): Promise<NumberedCamera | null> {
    let camera: NumberedCamera | null = null;
    const done = await changes.show(place, {
      scene(now) {
        const scene = stillWith(now, place.tileId);
        if (!scene) return null;
        const there = panelOf(scene, place.tileId);
        camera = next(there?.panel === 'video' ? there.cameraId : null);
        return camera && putPanel(scene, place.tileId, { panel: 'video', cameraId: camera.id as never, profile: 'auto' });
      },
      done: () => notices.done('console.notice.put', { camera: camera?.number ?? '', screen: place.view.screen.name, n: place.number }),
    });
    return done ? camera : null;
  }

  return {
    sending: changes.sending,
    canUndo: changes.canUndo,
    canRedo: changes.canRedo,
    put: async (place, camera) => (await putNext(place, () => camera)) !== null,
    putNext,
    async fill(place, cameraIds) {
      const panels = cameraIds.map((id) => ({ panel: 'video', cameraId: id as never, profile: 'auto' }) as const);
      let placed: number | null = null;
      const changed = await changes.show(place, {
        scene(now) {
          const next = fillEmpty(still(now), panels);
          ({ placed } = next);
          return placed > 0 ? next.scene : null;
        },
        done: () => notices.done('console.notice.filled', { screen: place.view.screen.name, n: placed ?? 0 }, placed ?? 0),
      });
      if (placed === 0) notices.refuse('console.notice.fillNone');
      return changed;
    },
    clear(place) {
      const { kind } = still(place.view);
      return changes.show(place, {
        scene(now) {
          const scene = stillWith(now, place.tileId);
          return scene && clearTile(scene, place.tileId);
        },
        done() {
          if (kind === 'free') notices.done('console.notice.noEmpty');
          else notices.done('console.notice.cleared', { screen: place.view.screen.name, n: place.number });
        },
      });
    },
    template(place, name, template) {
      let left = 0;
      return changes.show(place, {
        scene(now) {
          const next = changeTemplate(still(now), template);
          left = next.left.length;
          return next.scene;
        },
        done() {
          const screen = place.view.screen.name;
          if (left > 0) notices.done('console.notice.templateLeft', { screen, name, n: left }, left);
          else notices.done('console.notice.template', { screen, name });
        },
      });
    },
    apply(place, layout) {
      // A layout without any picture stands for its shape: nobody means to black out a screen with it.
      const { scene, id, revision } = layout;
      const shape = scene.kind === 'grid' || scene.kind === 'split' ? scene : null;
      const keeps = shape && showsNothing(scene) ? shape : null;
      return changes.show(place, {
        scene: (now) => (keeps ? changeTemplate(still(now), keeps).scene : scene),
        layout: keeps ? null : { id, revision },
        done: () => notices.done('console.notice.applied', { layout: layout.name, screen: place.view.screen.name }),
      });
    },
    scene: (place, name, scene) =>
      changes.show(place, {
        scene: () => scene,
        done: () => notices.done('console.notice.applied', { layout: name, screen: place.view.screen.name }),
      }),
    tour: (place, steps, loop, layout = null) =>
      refusalOf((refused) =>
        changes.show(place, {
          scene: () => ({ kind: 'tour', steps, ...(loop ? {} : { loop }) }),
          layout,
          refused,
          done: () => notices.done('control.tour.started', { screen: place.view.screen.name, n: steps.length }, steps.length),
        }),
      ),
    cover: (place, coverage) =>
      refusalOf((refused) =>
        changes.show(place, {
          // The steps are the hub's: it plans them when it puts the tour on the screen.
          scene: () => ({
            kind: 'tour',
            steps: [{ scene: emptyScene({ kind: 'grid', rows: coverage.rows, cols: coverage.cols }), dwellMs: coverage.dwellMs }],
            coverage,
          }),
          refused,
          done: () => notices.done('control.coverage.started', { screen: place.view.screen.name }),
        }),
      ),
    async controlTour(place, action) {
      const answer = await changes.controlTour(place, action);
      if (!answer) return false;
      const screen = place.view.screen.name;
      if (action === 'pause') notices.done('control.tour.paused', { screen });
      else if (action === 'resume') notices.done('control.tour.resumed', { screen });
      else notices.done('control.tour.stepped', { screen, n: answer.step + 1 });
      return true;
    },
    async recall(preset, refused) {
      const recalled = await changes.recall(preset, refused);
      if (!recalled) return null;
      const lines = () => skippedLines(preset, recalled, wallView(preset.wallId));
      const { name } = preset;
      if (lines().length === 0) notices.done('control.preset.recalled', { name });
      else
        notices.refuse(recalled.screens.length > 0 ? 'control.preset.recalledPartly' : 'control.preset.recalledNone', { name }, { lines });
      return recalled;
    },
    undo: changes.undo,
    redo: changes.redo,
    async save(name, scene, replaces, number) {
      const args = {
        name,
        scene: asSaved(scene),
        ...(number === undefined ? {} : { number }),
        ...(replaces ? { layoutId: replaces.id, baseRevision: replaces.revision } : {}),
      };
      try {
        await hub.command('layout.save', args);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        return error.problem;
      }
      notices.done('console.notice.saved', { name });
      return null;
    },
    async remove(layout) {
      if (!(await attempt(() => hub.command('layout.remove', { layoutId: layout.id })))) return false;
      notices.done('console.notice.removed', { name: layout.name });
      return true;
    },
    async copyLink({ wallId, view }) {
      const answer = await attempt(() => hub.command('wall.link', { wallId, screenId: view.screen.id }));
      if (!answer) return;
      const { url, expiresAt } = answer.value;
      const wait = durationText(Math.max(0, expiresAt - hub.hubNow()));
      if (await copyText(url)) notices.done('console.notice.linkCopied', { wait });
      else notices.offerCopy('console.notice.linkReady', { wait }, url);
    },
    open({ wallId, view }) {
      const opened = window.open(
        `/wall/${encodeURIComponent(wallId)}/${encodeURIComponent(view.screen.id)}`,
        `taodu-${wallId}-${view.screen.id}`,
      );
      if (!opened) notices.refuse('console.notice.popupBlocked');
    },
  };
}
