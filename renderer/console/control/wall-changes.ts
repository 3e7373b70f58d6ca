import { shallowReactive, shallowRef, watch, type ShallowRef } from 'vue';
import type { Scene, Screen, SpanningTile, Wall } from '../../../layouts/contract.ts';
import type { Preset } from '../../../layouts/control-contract.ts';
import type { TourAction } from '../../../layouts/tour-control.ts';
import type { CommandInput, CommandName, CommandResult } from '../../../main/contract/catalog.ts';
import { ProblemError, problem, type ErrorCode, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';
import { timeText } from '../../i18n/format.ts';
import type { NoticeAction, useNotices } from '../stores/notices.ts';
import type { ScreenPlace } from '../wall-control.ts';
import type { ScreenView } from '../wall-view.ts';
import { ChangeHistory, moved, type ChangedPart, type HistoryStep } from './change-history.ts';

/** What a screen should show, and the saved layout that it came from unchanged. */
interface ScreenState {
  readonly kind: 'screen';
  readonly wallId: string;
  readonly screenId: string;
  readonly scene: Scene;
  readonly layout: Screen['layout'];
}
/** The tiles over the screens of a wall. */
interface SpanningState {
  readonly kind: 'spanning';
  readonly wallId: string;
  readonly tiles: readonly SpanningTile[];
}
type PartState = ScreenState | SpanningState;
type Step = HistoryStep<PartState>;

/** A change of one screen. */
export interface ScreenChange {
  /** What it should show, made from what it should show now; null: there is nothing to do. */
  scene(now: ScreenView): Scene | null;
  /** The saved layout that the scene is, unchanged. */
  readonly layout?: Screen['layout'];
  /** Half of something: what met another's change is not offered to be done again by itself. */
  readonly isPart?: boolean;
  /** It is done: says so. */
  done?(): void;
  /** It was refused; without this a notice says why. */
  refused?(problem: Problem): void;
}

/** A change of the tiles over the screens of a wall. */
export interface SpanningChange {
  /** Null: there is nothing to do. */
  tiles(now: readonly SpanningTile[]): readonly SpanningTile[] | null;
  /** See `ScreenChange`. */
  readonly isPart?: boolean;
  done?(): void;
}

export interface WallChangesDeps {
  readonly hub: Pick<HubClient, 'command'>;
  readonly notices: ReturnType<typeof useNotices>;
  /** A wall as the page knows it now. */
  wallOf(wallId: string): Wall | undefined;
  /** A screen as the page knows it now. */
  screenOf(wallId: string, screenId: string): ScreenView | undefined;
  /** What differs between two scenes, in words, at most a few lines. */
  differences(before: Scene, after: Scene): readonly string[];
  /** Chooses a screen at this desk. */
  goTo(wallId: string, screenId: string): void;
  /** Opens what can be done about a hold of a screen. */
  askFor(wallId: string, screenId: string): void;
}

/**
 * Changes of walls that name the revision which the operator was looking at, so that nobody overwrites what another did meanwhile, and the
 * way back from them. Changes of one screen wait for each other: the second is made from what the first one left, as somebody who presses
 * two keys in a row means it.
 */
export interface WallChanges {
  /** Screens with a change under way, as `wallId/screenId`. */
  readonly sending: ReadonlySet<string>;
  readonly canUndo: Readonly<ShallowRef<boolean>>;
  readonly canRedo: Readonly<ShallowRef<boolean>>;
  /** True when the screen was changed. */
  show(place: ScreenPlace, change: ScreenChange): Promise<boolean>;
  span(wallId: string, change: SpanningChange): Promise<boolean>;
  /** Puts a preset on its wall, as one step; null when the hub refused. */
  recall(preset: Preset, refused?: (problem: Problem) => void): Promise<CommandResult<'preset.recall'> | null>;
  /** Pauses, resumes or steps the tour of a screen; null when the hub refused. */
  controlTour(place: ScreenPlace, action: TourAction): Promise<CommandResult<'tour.control'> | null>;
  undo(): Promise<boolean>;
  redo(): Promise<boolean>;
}

/** So many changes of one screen, and so many of whole walls, may wait; whoever presses faster is told to wait. */
const queueAtMost = 8;
/** The change comes back over the socket at once; if it does not, going on may at worst meet a conflict. */
const seenWithinMs = 1500;
/** Refusals that may be gone at the next press: what could not be taken back stays on the stack. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'unavailable',
  'deadline-exceeded',
  'shutting-down',
  'too-many-requests',
  'session-locked',
  'disk-low',
  'wall-held',
]);

const settled = () => {};

/** The changes of one desk. */
export function createWallChanges(deps: WallChangesDeps): WallChanges {
  const { hub, notices } = deps;
  const queues = new Map<string, { waiting: number; tail: Promise<void> }>();
  const sending = shallowReactive(new Set<string>());
  const canUndo = shallowRef(false);
  const canRedo = shallowRef(false);
  const history = new ChangeHistory<PartState>();
  /** What concerns more than one screen: after all that was pressed before, and before all that is pressed after. */
  let alone: Promise<void> = Promise.resolve();
  let aloneWaiting = 0;

  const keyOf = (wallId: string, screenId: string | null) => (screenId === null ? wallId : `${wallId}/${screenId}`);
  const tell = () => {
    canUndo.value = history.undoable > 0;
    canRedo.value = history.redoable > 0;
  };
  const remember = (step: Step) => {
    history.add(step);
    tell();
  };

  /** The answer, or what the hub refused with. */
  async function ask<N extends CommandName>(name: N, args: CommandInput<N>): Promise<Result<CommandResult<N>, Problem>> {
    try {
      return ok(await hub.command(name, args));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return err(error.problem);
    }
  }

  /** Resolves when the page has seen what it changed itself, or has waited long enough. */
  function seen(isSeen: () => boolean): Promise<void> {
    return new Promise((resolve) => {
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
  const seenScreen = (wallId: string, screenId: string, revision: number) =>
    seen(() => (deps.screenOf(wallId, screenId)?.screen.revision ?? revision) >= revision);
  const seenWall = (wallId: string, revision: number) => seen(() => (deps.wallOf(wallId)?.revision ?? revision) >= revision);

  function queued<T>(key: string, refused: T, run: () => Promise<T>): Promise<T> {
    const queue = queues.get(key) ?? { waiting: 0, tail: Promise.resolve() };
    if (queue.waiting >= queueAtMost) {
      notices.fail(problem('too-many-requests'));
      return Promise.resolve(refused);
    }
    queue.waiting += 1;
    queues.set(key, queue);
    sending.add(key);
    const done = Promise.all([queue.tail, alone]).then(run);
    queue.tail = done.then(settled, settled);
    return done.finally(() => {
      queue.waiting -= 1;
      if (queue.waiting > 0) return;
      queues.delete(key);
      sending.delete(key);
    });
  }
  function exclusively<T>(refused: T, run: () => Promise<T>): Promise<T> {
    if (aloneWaiting >= queueAtMost) {
      notices.fail(problem('too-many-requests'));
      return Promise.resolve(refused);
    }
    aloneWaiting += 1;
    const done = Promise.all([alone, ...[...queues.values()].map(({ tail }) => tail)]).then(run);
    alone = done.then(settled, settled);
    return done.finally(() => {
      aloneWaiting -= 1;
    });
  }

  /** Says why a change of a screen was refused, and what can be done about it. `again` does it on what the screen should show now. */
  function explain(refusal: Problem, wallId: string, screenId: string, looked: Scene | null, again: (() => void) | null): void {
    const actions: NoticeAction[] = [];
    if (refusal.code === 'revision-conflict') {
      actions.push({ key: 'control.conflict.look', cap: 'J', run: () => deps.goTo(wallId, screenId) });
      if (again) actions.push({ key: 'control.conflict.again', cap: 'W', run: again });
    }
    if (refusal.code === 'wall-held') actions.push({ key: 'control.conflict.ask', cap: 'H', run: () => deps.askFor(wallId, screenId) });
    const lines = () => {
      const now = deps.screenOf(wallId, screenId)?.screen.scene;
      return refusal.code === 'revision-conflict' && looked && now ? deps.differences(looked, now) : [];
    };
    notices.fail(refusal, { actions, lines });
  }

  function show(place: ScreenPlace, change: ScreenChange): Promise<boolean> {
    const { wallId } = place;
    const screenId = place.view.screen.id;
    const key = keyOf(wallId, screenId);
    return queued(key, false, async () => {
      const now = deps.screenOf(wallId, screenId) ?? place.view;
      const scene = change.scene(now);
      if (!scene) return false;
      const { screen } = now;
      const layout = change.layout ?? null;
      const after: ScreenState = { kind: 'screen', wallId, screenId, scene, layout };
      const answer = await ask('wall.show', { ...showArgs(after), baseRevision: screen.revision });
      if (!answer.ok) {
        if (change.refused) change.refused(answer.error);
        else explain(answer.error, wallId, screenId, screen.scene, change.isPart ? null : () => void show(place, change));
        return false;
      }
      const { revision } = answer.value;
      remember([{ key, before: stateOf(wallId, screen), after, from: screen.revision, to: revision }]);
      await seenScreen(wallId, screenId, revision);
      change.done?.();
      // Of two things that were done only the last is said: that something stopped is the one nobody asked for.
      if (screen.scene.kind === 'tour' && scene.kind !== 'tour') notices.done('console.notice.tourEnded', { screen: screen.name });
      return true;
    });
  }

  function span(wallId: string, change: SpanningChange): Promise<boolean> {
    const key = keyOf(wallId, null);
    return queued(key, false, async () => {
      const wall = deps.wallOf(wallId);
      const tiles = wall && change.tiles(wall.spanning);
      if (!wall || !tiles) return false;
      const answer = await ask('wall.span', { wallId, tiles: [...tiles], baseRevision: wall.revision });
      if (!answer.ok) {
        notices.fail(answer.error, {
          actions:
            answer.error.code === 'revision-conflict' && !change.isPart
              ? [{ key: 'control.conflict.again', cap: 'W', run: () => void span(wallId, change) }]
              : [],
        });
        return false;
      }
      const { revision } = answer.value;
      remember([
        {
          key,
          before: { kind: 'spanning', wallId, tiles: wall.spanning },
          after: { kind: 'spanning', wallId, tiles },
          from: wall.revision,
          to: revision,
        },
      ]);
      await seenWall(wallId, revision);
      change.done?.();
      return true;
    });
  }

  const recall = (preset: Preset, refused?: (problem: Problem) => void) =>
    exclusively<CommandResult<'preset.recall'> | null>(null, async () => {
      const { wallId } = preset;
      const before = deps.wallOf(wallId);
      const answer = await ask('preset.recall', { presetId: preset.id });
      if (!answer.ok) {
        (refused ?? notices.fail)(answer.error);
        return null;
      }
      const changed = answer.value;
      await Promise.all(changed.screens.map(({ screenId, revision }) => seenScreen(wallId, screenId, revision)));
      const after = deps.wallOf(wallId);
      // What was there before is known only of what nobody changed between the page's last look and the recall.
      const parts: ChangedPart<PartState>[] = changed.screens.flatMap(({ screenId, revision }) => {
        const was = before?.screens.find(({ id }) => id === screenId);
        const is = after?.screens.find(({ id }) => id === screenId);
        if (!was || is?.revision !== revision || was.revision + 1 !== revision) return [];
        return [
          { key: keyOf(wallId, screenId), before: stateOf(wallId, was), after: stateOf(wallId, is), from: was.revision, to: revision },
        ];
      });
      if (before && after && changed.spanning && after.revision === before.revision + 1)
        parts.push({
          key: keyOf(wallId, null),
          before: { kind: 'spanning', wallId, tiles: before.spanning },
          after: { kind: 'spanning', wallId, tiles: after.spanning },
          from: before.revision,
          to: after.revision,
        });
      remember(parts);
      return changed;
    });

  function controlTour(place: ScreenPlace, action: TourAction): Promise<CommandResult<'tour.control'> | null> {
    const { wallId } = place;
    const screenId = place.view.screen.id;
    const key = keyOf(wallId, screenId);
    return queued<CommandResult<'tour.control'> | null>(key, null, async () => {
      const { screen } = deps.screenOf(wallId, screenId) ?? place.view;
      const answer = await ask('tour.control', { wallId, screenId, action, baseRevision: screen.revision });
      if (!answer.ok) {
        explain(answer.error, wallId, screenId, screen.scene, () => void controlTour(place, action));
        return null;
      }
      // The same tour, stepped or paused: whoever takes a change back means what was before the tour.
      history.stands(key, screen.revision, answer.value.revision);
      await seenScreen(wallId, screenId, answer.value.revision);
      return answer.value;
    });
  }

  /** One part, to what it was or will be again. */
  async function put(state: PartState, stands: number): Promise<Result<number, Problem>> {
    const answer =
      state.kind === 'screen'
        ? await ask('wall.show', { ...showArgs(state), baseRevision: stands })
        : await ask('wall.span', { wallId: state.wallId, tiles: [...state.tiles], baseRevision: stands });
    if (!answer.ok) return answer;
    const { revision } = answer.value;
    await (state.kind === 'screen' ? seenScreen(state.wallId, state.screenId, revision) : seenWall(state.wallId, revision));
    return ok(revision);
  }

  /** Takes a step back, or does it again: what somebody else has changed since is left as it is, and said. */
  async function move(taken: Step, way: 'undo' | 'redo'): Promise<boolean> {
    const [stands, goal] = way === 'undo' ? (['to', 'before'] as const) : (['from', 'after'] as const);
    let step = taken;
    const putBack: string[] = [];
    const kept: string[] = [];
    let named = '';
    for (const { key } of taken) {
      const part = step.find((one) => one.key === key)!;
      const state = part[goal];
      const now = nowOf(state);
      if (!now) {
        notices.fail(problem('screen-unknown'));
        continue;
      }
      if (now.revision !== part[stands]) {
        gone(now);
        continue;
      }
      const done = await put(state, now.revision);
      if (done.ok) {
        const content = way === 'undo' ? part.from : part.to;
        step = moved(step, key, content, done.value);
        history.stands(key, content, done.value);
        putBack.push(key);
        named = now.name;
      } else if (done.error.code === 'revision-conflict') {
        const { by, at } = done.error.params;
        gone({ ...now, changedBy: typeof by === 'string' ? by : null, changedAt: typeof at === 'number' ? at : null });
      } else {
        notices.fail(done.error);
        if (passing.has(done.error.code)) kept.push(key);
      }
    }
    const only = (keys: readonly string[]) => step.filter(({ key }) => keys.includes(key));
    if (way === 'undo') {
      history.keepDone(only(kept));
      history.keepUndone(only(putBack));
    } else {
      history.keepUndone(only(kept));
      history.keepDone(only(putBack));
    }
    tell();
    const n = putBack.length;
    if (n === 1) notices.done(way === 'undo' ? 'console.notice.undone' : 'control.history.redone', { screen: named });
    else if (n > 1) notices.done(way === 'undo' ? 'control.history.undoneMany' : 'control.history.redoneMany', { n }, n);
    return n > 0;
  }
  function nowOf(state: PartState): {
    readonly name: string;
    readonly revision: number;
    readonly changedBy: string | null;
    readonly changedAt: number | null;
  } | null {
    if (state.kind === 'screen') return deps.screenOf(state.wallId, state.screenId)?.screen ?? null;
    const wall = deps.wallOf(state.wallId);
    return wall ? { name: wall.name, revision: wall.revision, changedBy: wall.changedBy ?? null, changedAt: wall.changedAt ?? null } : null;
  }
  function gone({ name, changedBy, changedAt }: NonNullable<ReturnType<typeof nowOf>>): void {
    if (changedBy === null || changedAt === null) notices.refuse('console.notice.undoGone');
    else notices.refuse('control.history.gone', { screen: name, by: changedBy, time: timeText(changedAt) });
  }

  const step = (way: 'undo' | 'redo') =>
    exclusively(false, async () => {
      const taken = way === 'undo' ? history.takeDone() : history.takeUndone();
      if (taken) return move(taken, way);
      notices.refuse(way === 'undo' ? 'console.notice.undoNone' : 'control.history.redoNone');
      return false;
    });

  return { sending, canUndo, canRedo, show, span, recall, controlTour, undo: () => step('undo'), redo: () => step('redo') };
}

const stateOf = (wallId: string, screen: Pick<Screen, 'id' | 'scene' | 'layout'>): ScreenState => ({
  kind: 'screen',
  wallId,
  screenId: screen.id,
  scene: screen.scene,
  layout: screen.layout ?? null,
});
const showArgs = ({ wallId, screenId, scene, layout }: ScreenState) => ({ wallId, screenId, scene, ...(layout && { layout }) });
