import { maxSpanning, type PanelRef, type StillScene } from '../../layouts/contract.ts';
import { clearTile, putPanel, swapTiles } from '../../layouts/scene-edit.ts';
import { tileIdOf, tileIndexOf } from '../../layouts/templates.ts';
import { tourStep } from '../../layouts/tour.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { WallChanges } from './control/wall-changes.ts';
import { isSameTile, type TileRef } from './stage/choose-tiles.ts';
import type { useNotices } from './stores/notices.ts';
import type { PlacedTile } from './tile-walk.ts';
import type { TilePlace } from './wall-control.ts';
import { clearSpans, putSpan, rectAround, replaceSpan, solvedSpanId, spanIdOf } from './wall-span.ts';
import { placeWords, type ScreenView, type WallView } from './wall-view.ts';

interface Camera {
  readonly id: string;
  readonly number: string;
}

/** Changes that go beyond one tile: tiles across screens, several at once, two that change places. Each says what was done. */
export interface SpanControl {
  /** Lays a camera over all of these tiles, bezels included. Answers the new tile as its screens name it; null when it was not done. */
  across(view: WallView, tiles: readonly PlacedTile[], camera: Camera): Promise<string | null>;
  /** Lets a tile across screens show another camera. */
  replace(view: WallView, spanId: string, camera: Camera): Promise<boolean>;
  /** Empties these tiles; those across screens go away. */
  clear(view: WallView, tiles: readonly TileRef[]): Promise<boolean>;
  /** Lets two tiles of a wall change what they show; one of them may show nothing. */
  swap(view: WallView, one: TileRef, other: TileRef): Promise<boolean>;
  /** Puts cameras on this tile and those that follow, in order, as far as there are both. */
  fillFrom(view: WallView, place: Pick<TilePlace, 'view' | 'tileId' | 'number'>, cameraIds: readonly string[]): Promise<boolean>;
}

/** What it asks of the desk. */
export interface SpanControlDeps {
  readonly changes: Pick<WallChanges, 'show' | 'span'>;
  readonly notices: Pick<ReturnType<typeof useNotices>, 'done' | 'refuse'>;
  hubNow(): EpochMs;
}

const video = (cameraId: string): PanelRef => ({ panel: 'video', cameraId: cameraId as never, profile: 'auto' });

/** The control of one desk. It keeps nothing: whoever needs it makes one. */
export function createSpanControl({ changes, notices, hubNow }: SpanControlDeps): SpanControl {
  /** What is on the screen now: of a tour, the step that is due. */
  const still = ({ screen }: ScreenView): StillScene =>
    screen.scene.kind === 'tour' ? tourStep(screen.scene, hubNow()).scene : screen.scene;
  /** Says that what was chosen is not there any more; nothing is to be done then. */
  const missing = (): null => {
    notices.refuse('keypad.refused.tile-none');
    return null;
  };
  const screenOf = (view: WallView, screenId: string) => view.screens.find(({ screen }) => screen.id === screenId);
  const panelOf = (view: WallView, { screenId, tileId }: TileRef): PanelRef | null =>
    screenOf(view, screenId)?.tiles.find((tile) => tile.tileId === tileId)?.panel ?? null;

  /** One tile shows this from now on, or nothing. `isPart`: something else is still to be done after it. */
  function write(view: WallView, { screenId, tileId }: TileRef, panel: PanelRef | null, isPart: boolean): Promise<boolean> {
    const wallId = view.wall.id;
    const spanId = spanIdOf(tileId);
    if (spanId !== null)
      return changes.span(wallId, {
        tiles: (now) => (panel === null ? clearSpans(now, new Set([spanId])) : replaceSpan(now, spanId, panel)) ?? missing(),
        isPart,
      });
    const screen = screenOf(view, screenId);
    if (!screen) return Promise.resolve(false);
    return changes.show(
      { wallId, view: screen },
      {
        scene(now) {
          const scene = still(now);
          if (tileIndexOf(scene, tileId) < 0) return missing();
          return panel === null ? clearTile(scene, tileId) : putPanel(scene, tileId, panel);
        },
        isPart,
      },
    );
  }

  return {
    async across(view, tiles, camera) {
      const rect = rectAround(tiles.map((tile) => tile.rect));
      let spanId: string | null = null;
      let isFull = false;
      const done = await changes.span(view.wall.id, {
        tiles(now) {
          const put = putSpan(now, rect, video(camera.id));
          isFull = put === null;
          spanId = put?.tileId ?? null;
          return put?.tiles ?? null;
        },
        done: () => notices.done('stage.notice.across', { camera: camera.number, n: tiles.length }),
      });
      if (isFull) notices.refuse('stage.notice.full', { n: maxSpanning });
      return done && spanId !== null ? solvedSpanId(spanId) : null;
    },

    replace: (view, spanId, camera) =>
      changes.span(view.wall.id, {
        tiles: (now) => replaceSpan(now, spanId, video(camera.id)) ?? missing(),
        done: () => notices.done('stage.notice.replaced', { camera: camera.number }),
      }),

    async clear(view, tiles) {
      const spans = new Set(tiles.flatMap(({ tileId }) => spanIdOf(tileId) ?? []));
      const ofScreens = Map.groupBy(
        tiles.filter(({ tileId }) => spanIdOf(tileId) === null),
        ({ screenId }) => screenId,
      );
      const wallId = view.wall.id;
      const work = [...ofScreens].flatMap(([screenId, cleared]) => {
        const screen = screenOf(view, screenId);
        if (!screen) return [];
        return changes.show({ wallId, view: screen }, { scene: (now) => clearAll(still(now), cleared) });
      });
      if (spans.size > 0) work.push(changes.span(wallId, { tiles: (now) => clearSpans(now, spans) }));
      const done = await Promise.all(work);
      if (!done.some(Boolean)) return false;
      if (spans.size === tiles.length) notices.done('stage.notice.spanCleared', { n: spans.size }, spans.size);
      else notices.done('stage.notice.cleared', { n: tiles.length }, tiles.length);
      return true;
    },

    async swap(view, one, other) {
      if (isSameTile(one, other)) return false;
      const names = { one: placeWords(view, one), other: placeWords(view, other) };
      const screen = screenOf(view, one.screenId);
      let done: boolean;
      if (screen && one.screenId === other.screenId && spanIdOf(one.tileId) === null && spanIdOf(other.tileId) === null)
        done = await changes.show(
          { wallId: view.wall.id, view: screen },
          {
            scene(now) {
              const scene = still(now);
              const areThere = [one, other].every(({ tileId }) => tileIndexOf(scene, tileId) >= 0);
              return areThere ? swapTiles(scene, one.tileId, other.tileId) : missing();
            },
          },
        );
      else {
        const [ofOne, ofOther] = [panelOf(view, one), panelOf(view, other)];
        // One after the other: when the first is refused the second would leave a picture nowhere.
        done = (await write(view, other, ofOne, true)) && (await write(view, one, ofOther, false));
      }
      if (done) notices.done('stage.notice.swapped', names);
      return done;
    },

    async fillFrom(view, place, cameraIds) {
      let placed = 0;
      const screen = place.view.screen.name;
      const done = await changes.show(
        { wallId: view.wall.id, view: place.view },
        {
          scene(now) {
            const next = fillAfter(still(now), place.tileId, cameraIds.map(video));
            ({ placed } = next);
            return placed > 0 ? next.scene : null;
          },
          done: () => notices.done('stage.notice.filled', { screen, n: placed, from: place.number }, placed),
        },
      );
      return done;
    },
  };
}

/** Empties tiles of a scene. Of a free scene tiles go away, and those behind them are counted anew: so the last comes first. */
function clearAll(scene: StillScene, tiles: readonly TileRef[]): StillScene | null {
  const there = tiles.map(({ tileId }) => tileIndexOf(scene, tileId)).filter((index) => index >= 0);
  if (there.length === 0) return null;
  return there.toSorted((a, b) => b - a).reduce((now, index) => clearTile(now, tileIdOf(scene, index)), scene);
}

/** Puts panels on a tile and those behind it, in order; `placed`: how many found one. */
export function fillAfter(
  scene: StillScene,
  tileId: string,
  panels: readonly PanelRef[],
): { readonly scene: StillScene; readonly placed: number } {
  const from = tileIndexOf(scene, tileId);
  if (from < 0) return { scene, placed: 0 };
  let filled = scene;
  let placed = 0;
  for (const panel of panels) {
    const at = tileIdOf(scene, from + placed);
    if (tileIndexOf(scene, at) < 0) break;
    filled = putPanel(filled, at, panel);
    placed += 1;
  }
  return { scene: filled, placed };
}
