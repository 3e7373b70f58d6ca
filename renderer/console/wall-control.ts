import { shallowReactive, shallowRef, watch, type ShallowRef } from 'vue';
import type { LayoutDoc, Scene, StillScene, TourScene } from '../../layouts/contract.ts';
import { changeTemplate, clearTile, fillEmpty, putPanel, type SceneTemplate } from '../../layouts/scene-edit.ts';
import { tourStep } from '../../layouts/tour.ts';
import { ProblemError, problem } from '../../main/contract/errors.ts';
import type { HubClient } from '../hub-client/hub-client.ts';
import { durationText } from '../i18n/format.ts';
import { copyText } from './copy-text.ts';
import type { useNotices } from './stores/notices.ts';
import { showsNothing } from './templates.ts';
import type { ScreenView } from './wall-view.ts';

/** One place on a wall. */
export interface TilePlace {
  readonly wallId: string;
  readonly view: ScreenView;
  readonly tileId: string;
  /** Its number on the screen, from 1. */
  readonly number: number;
}

export interface ScreenPlace {
  readonly wallId: string;
  readonly view: ScreenView;
}

interface Undo {
  readonly wallId: string;
  readonly screenId: string;
  readonly scene: Scene;
  /** The revision that the change made: as long as it stands, nobody changed anything since. */
  readonly revision: number;
}

/**
 * Changes of walls and layouts, each with its notice. Every change names the revision that the operator was looking at, so that
 * nobody overwrites what another did meanwhile.
 */
export interface WallControl {
  /** Screens with a change under way, as `wallId/screenId`. */
  readonly sending: ReadonlySet<string>;
  readonly canUndo: Readonly<ShallowRef<boolean>>;
  put(place: TilePlace, camera: { readonly id: string; readonly number: string }): Promise<boolean>;
  /** Puts cameras on the empty tiles of a screen, in order, as far as there are both. */
  fill(place: ScreenPlace, cameraIds: readonly string[]): Promise<boolean>;
  clear(place: TilePlace): Promise<boolean>;
  template(place: ScreenPlace, name: string, template: SceneTemplate): Promise<boolean>;
  apply(place: ScreenPlace, layout: LayoutDoc): Promise<boolean>;
  tour(place: ScreenPlace, layouts: readonly LayoutDoc[], dwellMs: number): Promise<boolean>;
  undo(): Promise<boolean>;
  save(name: string, scene: Scene, replaces: LayoutDoc | null): Promise<boolean>;
  remove(layout: LayoutDoc): Promise<boolean>;
  copyLink(place: ScreenPlace): Promise<void>;
  open(place: ScreenPlace): void;
}

/** So many changes of one screen may wait; whoever presses faster is told to wait. */
const queueAtMost = 8;
/** The change comes back over the socket at once; if it does not, going on may at worst meet a conflict. */
const seenWithinMs = 1500;

/** `viewOf` answers a screen as the page knows it now. */
export function createWallControl(
  hub: Pick<HubClient, 'command' | 'hubNow'>,
  notices: ReturnType<typeof useNotices>,
  viewOf: (wallId: string, screenId: string) => ScreenView | undefined,
): WallControl {
  const queues = new Map<string, { waiting: number; tail: Promise<void> }>();
  const sending = shallowReactive(new Set<string>());
  const canUndo = shallowRef(false);
  let last: Undo | null = null;

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

  /** Resolves when the page has seen the revision that it made itself, or has waited long enough. */
  function seen(wallId: string, screenId: string, revision: number): Promise<void> {
    return new Promise((resolve) => {
      const isSeen = () => (viewOf(wallId, screenId)?.screen.revision ?? revision) >= revision;
      if (isSeen()) {
        resolve();
        return;
      }
      const done = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(done, seenWithinMs);
      const stop = watch(isSeen, (is) => is && done());
    });
  }

  /**
   * Changes one screen. Changes of one screen wait for each other: the second is made from what the first one left, as somebody
   * who presses two keys in a row means it.
   */
  function show({ wallId, view }: ScreenPlace, change: (now: ScreenView) => Scene | null): Promise<boolean> {
    const screenId = view.screen.id;
    const key = `${wallId}/${screenId}`;
    const queue = queues.get(key) ?? { waiting: 0, tail: Promise.resolve() };
    if (queue.waiting >= queueAtMost) {
      notices.fail(problem('too-many-requests'));
      return Promise.resolve(false);
    }
    queue.waiting += 1;
    queues.set(key, queue);
    sending.add(key);
    const run = queue.tail.then(async () => {
      const now = viewOf(wallId, screenId) ?? view;
      const scene = change(now);
      if (!scene) return false;
      const { screen } = now;
      const answer = await attempt(() => hub.command('wall.show', { wallId, screenId, scene, baseRevision: screen.revision }));
      if (!answer) return false;
      last = { wallId, screenId, scene: screen.scene, revision: answer.value.revision };
      canUndo.value = true;
      if (screen.scene.kind === 'tour' && scene.kind !== 'tour') notices.done('console.notice.tourEnded', { screen: screen.name });
      await seen(wallId, screenId, answer.value.revision);
      return true;
    });
    queue.tail = run.then(
      () => {},
      () => {},
    );
    return run.finally(() => {
      queue.waiting -= 1;
      if (queue.waiting > 0) return;
      queues.delete(key);
      sending.delete(key);
    });
  }

  /** What is on the screen now: of a tour, the step that is due. */
  const still = ({ screen }: ScreenView): StillScene =>
    screen.scene.kind === 'tour' ? tourStep(screen.scene, hub.hubNow()).scene : screen.scene;

  const steps = (layouts: readonly LayoutDoc[], dwellMs: number): TourScene['steps'] =>
    layouts.flatMap(({ scene }) => (scene.kind === 'tour' ? scene.steps : [{ scene, dwellMs }])).slice(0, 100);

  return {
    sending,
    canUndo,
    async put(place, camera) {
      const panel = { panel: 'video', cameraId: camera.id as never, profile: 'auto' } as const;
      if (!(await show(place, (now) => putPanel(still(now), place.tileId, panel)))) return false;
      notices.done('console.notice.put', { camera: camera.number, screen: place.view.screen.name, n: place.number });
      return true;
    },
    async fill(place, cameraIds) {
      const panels = cameraIds.map((id) => ({ panel: 'video', cameraId: id as never, profile: 'auto' }) as const);
      let placed = 0;
      const changed = await show(place, (now) => {
        const next = fillEmpty(still(now), panels);
        ({ placed } = next);
        return placed > 0 ? next.scene : null;
      });
      const screen = place.view.screen.name;
      if (changed) notices.done('console.notice.filled', { screen, n: placed }, placed);
      else if (placed === 0) notices.refuse('console.notice.fillNone');
      return changed;
    },
    async clear(place) {
      const { kind } = still(place.view);
      if (!(await show(place, (now) => clearTile(still(now), place.tileId)))) return false;
      if (kind === 'free') notices.done('console.notice.noEmpty');
      else notices.done('console.notice.cleared', { screen: place.view.screen.name, n: place.number });
      return true;
    },
    async template(place, name, template) {
      let left = 0;
      const changed = await show(place, (now) => {
        const next = changeTemplate(still(now), template);
        left = next.left.length;
        return next.scene;
      });
      if (!changed) return false;
      const screen = place.view.screen.name;
      if (left > 0) notices.done('console.notice.templateLeft', { screen, name, n: left }, left);
      else notices.done('console.notice.template', { screen, name });
      return true;
    },
    async apply(place, layout) {
      // A layout without any picture stands for its shape: nobody means to black out a screen with it.
      const { scene } = layout;
      const shape = scene.kind === 'grid' || scene.kind === 'split' ? scene : null;
      const keeps = shape && showsNothing(scene) ? shape : null;
      if (!(await show(place, (now) => (keeps ? changeTemplate(still(now), keeps).scene : scene)))) return false;
      notices.done('console.notice.applied', { layout: layout.name, screen: place.view.screen.name });
      return true;
    },
    async tour(place, layouts, dwellMs) {
      if (!(await show(place, () => ({ kind: 'tour', steps: steps(layouts, dwellMs) })))) return false;
      notices.done('console.notice.tourStarted', { screen: place.view.screen.name, n: layouts.length });
      return true;
    },
    async undo() {
      const undoing = last;
      if (!undoing) {
        notices.refuse('console.notice.undoNone');
        return false;
      }
      const view = viewOf(undoing.wallId, undoing.screenId);
      const { wallId, scene, revision } = undoing;
      const done =
        view !== undefined &&
        (await show({ wallId, view }, (now) => (now.screen.revision === revision && last === undoing ? scene : null)));
      if (done) notices.done('console.notice.undone', { screen: view.screen.name });
      else if (view?.screen.revision !== revision) notices.refuse('console.notice.undoGone');
      // One step back only: undoing what was undone would toggle a wall back and forth.
      last = null;
      canUndo.value = false;
      return done;
    },
    async save(name, scene, replaces) {
      const unstarted: Scene = scene.kind === 'tour' ? { kind: 'tour', steps: scene.steps } : scene;
      const args = { name, scene: unstarted, ...(replaces ? { layoutId: replaces.id, baseRevision: replaces.revision } : {}) };
      if (!(await attempt(() => hub.command('layout.save', args)))) return false;
      notices.done('console.notice.saved', { name });
      return true;
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
