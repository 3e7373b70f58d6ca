import { computed, type ComputedRef } from 'vue';
import type { DecodeCapacity, PageVitals, Rect, ShownReport, Wall } from '../../layouts/contract.ts';
import { solveScreen, type SolvedTile } from '../../layouts/solve.ts';
import { tourStep, type TourStep } from '../../layouts/tour.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { CollectionView } from '../stores/hub.ts';
import { screenTruth, type ScreenTruth } from './screen-truth.ts';
import { streamMarks, type StreamMark } from './stream-marks.ts';
import type { PlacedTile } from './tile-walk.ts';
import { solvedSpanId } from './wall-span.ts';

/** On the socket a wall carries what its screens show as one volatile field, by screen. */
type WallWithShown = Wall & { readonly shown?: Readonly<Record<string, ShownReport>> };

export type WallScreen = Wall['screens'][number];

/** A screen as the desk draws it. */
export interface ScreenView {
  readonly screen: WallScreen;
  readonly tiles: readonly SolvedTile[];
  readonly truth: ScreenTruth;
  /** What it can decode, as it last said; null while it has not. */
  readonly capacity: DecodeCapacity | null;
  /** How its page is, as it says; null while it is silent, or does not say. */
  readonly page: PageVitals | null;
  /** Tiles that get less than they could, by tile id. */
  readonly streams: ReadonlyMap<string, StreamMark>;
  /** The step that is due, when the screen is on tour, with how many there are. */
  readonly tour: (TourStep & { readonly steps: number }) | null;
}

export interface WallView {
  readonly wall: Wall;
  readonly screens: readonly ScreenView[];
  /** The rectangle around all screens, in wall pixels. */
  readonly bounds: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** Puts together what one wall should show and what it really shows, at `now`. */
export function viewWall(wall: WallWithShown, now: EpochMs): WallView {
  const left = Math.min(...wall.screens.map(({ rect }) => rect.x));
  const top = Math.min(...wall.screens.map(({ rect }) => rect.y));
  const right = Math.max(...wall.screens.map(({ rect }) => rect.x + rect.width));
  const bottom = Math.max(...wall.screens.map(({ rect }) => rect.y + rect.height));
  return {
    wall,
    bounds: { x: left, y: top, width: right - left, height: bottom - top },
    screens: wall.screens.map((screen) => {
      const tiles = solveScreen(wall, screen.id, now);
      const report = wall.shown?.[screen.id] ?? screen.shown ?? null;
      const { scene } = screen;
      const truth = screenTruth(screen, wall, tiles, report, now);
      const capacity = report?.capacity ?? null;
      return {
        screen,
        tiles,
        truth,
        capacity,
        page: truth.verdict.kind === 'overdue' ? null : (report?.page ?? null),
        streams: streamMarks(tiles, truth, capacity),
        tour: scene.kind === 'tour' ? { ...tourStep(scene, now), steps: scene.steps.length } : null,
      };
    }),
  };
}

/** Every wall by name, as the desk draws it. */
export function useWallViews(walls: CollectionView<Wall>, now: Readonly<{ value: EpochMs }>): ComputedRef<readonly WallView[]> {
  return computed(() => {
    void walls.version.value;
    return [...walls.items.values()]
      .filter((wall) => wall.screens.length > 0)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((wall) => viewWall(wall, now.value));
  });
}

/**
 * The tiles that can be walked and chosen, in wall pixels: those of the scenes in reading order of their screens, without those that lie wholly
 * under a tile across screens, then the tiles across screens, each once, by the first screen that it touches.
 */
export function placedTiles(view: WallView): PlacedTile[] {
  const spans = view.wall.spanning.flatMap(({ tileId, rect }) => {
    const name = solvedSpanId(tileId);
    const on = view.screens.find(({ tiles }) => tiles.some((tile) => tile.tileId === name));
    return on ? [{ screenId: on.screen.id, tileId: name, rect }] : [];
  });
  const scenes = view.screens.flatMap(({ screen, tiles }) =>
    tiles
      .filter((tile) => !tile.spanning)
      .map(({ tileId, rect }) => ({
        screenId: screen.id,
        tileId,
        rect: { ...rect, x: rect.x + screen.rect.x, y: rect.y + screen.rect.y },
      })),
  );
  return [...scenes.filter(({ rect }) => !spans.some((span) => liesWithin(rect, span.rect))), ...spans];
}

/** True when the first lies wholly within the second. */
export const liesWithin = (inner: Rect, outer: Rect): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

/** The place of a tile as people say it: `2 · 5` is the fifth tile of the second screen, `2` a screen, or a tile across screens on it. */
export function placeWords(view: WallView, { screenId, tileId }: { readonly screenId: string; readonly tileId: string | null }): string {
  const at = view.screens.findIndex(({ screen }) => screen.id === screenId);
  const number = at < 0 ? 0 : tileNumber(view.screens[at]!, tileId);
  return number > 0 ? `${at + 1} · ${number}` : `${at + 1}`;
}

/** The number people say of a tile on its screen: 1 is the first. 0 when it has none. */
export function tileNumber(view: Pick<ScreenView, 'tiles'>, tileId: string | null): number {
  return view.tiles.filter((tile) => !tile.spanning).findIndex((tile) => tile.tileId === tileId) + 1;
}
