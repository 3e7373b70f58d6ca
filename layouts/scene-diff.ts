import { camerasOf, type CoveragePromise, type PanelRef, type Rect, type Scene, type StillScene } from './contract.ts';
import { solveScene } from './solve.ts';
import { tileIdOf, type SplitTemplate } from './templates.ts';

/** What a scene is, without what it shows. */
export type SceneShape =
  | { readonly kind: 'grid'; readonly rows: number; readonly cols: number }
  | { readonly kind: 'split'; readonly template: SplitTemplate }
  /** Null: in pixels of the wall. */
  | { readonly kind: 'free'; readonly canvas: { readonly width: number; readonly height: number } | null }
  | { readonly kind: 'tour'; readonly steps: number };

/** Where a tile is or was. */
export interface TilePlace {
  readonly tileId: string;
  /** Its number on the screen, from 1. */
  readonly number: number;
  /** Where it was drawn; null in grids and splits that are compared with their like. */
  readonly rect: Rect | null;
}

/** One difference between two still scenes. */
export type StillDifference =
  | { readonly what: 'shape'; readonly before: SceneShape; readonly after: SceneShape }
  | { readonly what: 'tile-added' | 'tile-removed'; readonly place: TilePlace; readonly panel: PanelRef }
  | { readonly what: 'tile-moved' | 'tile-resized'; readonly panel: PanelRef; readonly from: TilePlace; readonly to: TilePlace }
  | {
      readonly what: 'tile-changed';
      readonly place: TilePlace;
      readonly field: 'panel' | 'camera' | 'profile' | 'text' | 'district';
      readonly before: PanelRef;
      readonly after: PanelRef;
    }
  /** Tiles lie over each other in another order. */
  | { readonly what: 'order' };

/** One difference between two scenes. `step`: the number of the tour's step that it is in, from 1; null outside tours. */
export type SceneDifference =
  | (StillDifference & { readonly step: number | null })
  | { readonly what: 'step-added' | 'step-removed'; readonly step: number; readonly cameras: number }
  | { readonly what: 'step-moved'; readonly step: number; readonly from: number }
  | { readonly what: 'step-dwell'; readonly step: number; readonly beforeMs: number; readonly afterMs: number }
  | { readonly what: 'loop'; readonly loops: boolean }
  | { readonly what: 'coverage'; readonly before: CoveragePromise | null; readonly after: CoveragePromise | null };

/**
 * What changed from one scene to another, as somebody would tell it: a panel that is somewhere else was moved, one that shows something else was
 * changed. Steps that the hub plans for a coverage tour are nobody's change. Empty when both show the same.
 */
export function sceneDiff(before: Scene, after: Scene): SceneDifference[] {
  if (before.kind !== 'tour' && after.kind !== 'tour') return stillDiff(before, after).map((each) => ({ ...each, step: null }));
  const found: SceneDifference[] = [];
  if (before.kind !== after.kind) found.push({ what: 'shape', before: shapeOf(before), after: shapeOf(after), step: null });
  if (before.kind === 'tour' && after.kind === 'tour' && (before.loop ?? true) !== (after.loop ?? true))
    found.push({ what: 'loop', loops: after.loop ?? true });
  const [promised, promises] = [coverageOf(before), coverageOf(after)];
  if (!same(promised, promises)) found.push({ what: 'coverage', before: promised, after: promises });
  return promised && promises ? found : [...found, ...stepsDiff(stepsOf(before), stepsOf(after))];
}

/** The shape of a scene. */
export function shapeOf(scene: Scene): SceneShape {
  switch (scene.kind) {
    case 'grid':
      return { kind: 'grid', rows: scene.rows, cols: scene.cols };
    case 'split':
      return { kind: 'split', template: scene.template };
    case 'free':
      return { kind: 'free', canvas: scene.canvas ?? null };
    case 'tour':
      return { kind: 'tour', steps: scene.steps.length };
  }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const coverageOf = (scene: Scene) => (scene.kind === 'tour' ? (scene.coverage ?? null) : null);

// ---- still scenes

interface Spot {
  readonly place: TilePlace;
  readonly panel: PanelRef;
  /** Where it is, to be compared. */
  readonly where: string;
  readonly shows: string;
}

function stillDiff(before: StillScene, after: StillScene): StillDifference[] {
  const shape: StillDifference[] = same(shapeOf(before), shapeOf(after))
    ? []
    : [{ what: 'shape', before: shapeOf(before), after: shapeOf(after) }];
  const canvas = canvasFor(before, after);
  const old = spotsOf(before, canvas);
  const now = spotsOf(after, canvas);
  const pairs = new Map<Spot, Spot>();
  const left = new Set(old);
  const pair = (alike: (a: Spot, b: Spot) => boolean) => {
    for (const spot of now) {
      if (pairs.has(spot)) continue;
      for (const other of left) {
        if (!alike(other, spot)) continue;
        pairs.set(spot, other);
        left.delete(other);
        break;
      }
    }
  };
  pair((a, b) => a.where === b.where && a.shows === b.shows);
  pair((a, b) => a.shows === b.shows);
  pair((a, b) => a.where === b.where);
  pair((a, b) => a.panel.panel === 'video' && b.panel.panel === 'video' && a.panel.cameraId === b.panel.cameraId);

  const found = now.flatMap((spot): StillDifference[] => {
    const was = pairs.get(spot);
    return was ? spotDiff(was, spot) : [{ what: 'tile-added', place: spot.place, panel: spot.panel }];
  });
  const removed = [...left].map(({ place, panel }): StillDifference => ({ what: 'tile-removed', place, panel }));
  const order = now.flatMap((spot) => pairs.get(spot)?.place.number ?? []);
  const piled = before.kind === 'free' && after.kind === 'free' && order.some((number, index) => index > 0 && number < order[index - 1]!);
  return [...shape, ...found, ...removed, ...(piled ? [{ what: 'order' } as const] : [])];
}

function spotDiff(was: Spot, spot: Spot): StillDifference[] {
  const found: StillDifference[] = [];
  if (was.where !== spot.where) {
    const [a, b] = [was.place.rect, spot.place.rect];
    const resized = a !== null && b !== null && (a.width !== b.width || a.height !== b.height);
    found.push({ what: resized ? 'tile-resized' : 'tile-moved', panel: spot.panel, from: was.place, to: spot.place });
  }
  for (const field of fieldsOf(was.panel, spot.panel))
    found.push({ what: 'tile-changed', place: spot.place, field, before: was.panel, after: spot.panel });
  return found;
}

type Field = Extract<StillDifference, { what: 'tile-changed' }>['field'];

function fieldsOf(before: PanelRef, after: PanelRef): Field[] {
  if (same(before, after)) return [];
  if (before.panel === 'video' && after.panel === 'video')
    return [
      ...(before.cameraId === after.cameraId ? [] : ['camera' as const]),
      ...(before.profile === after.profile ? [] : ['profile' as const]),
    ];
  if (before.panel !== after.panel) return ['panel'];
  return [after.panel === 'note' ? 'text' : 'district'];
}

type Canvas = Pick<Rect, 'width' | 'height'>;

/** What both are laid on to be compared: the canvas of the free one; null where only the numbers of their places can be compared. */
function canvasFor(before: StillScene, after: StillScene): Canvas | null {
  return (after.kind === 'free' ? after.canvas : undefined) ?? (before.kind === 'free' ? before.canvas : undefined) ?? null;
}

function spotsOf(scene: StillScene, canvas: Canvas | null): Spot[] {
  const spot = (index: number, panel: PanelRef | null, rect: Rect | null): Spot[] => {
    if (!panel) return [];
    const where = rect ? `${rect.x} ${rect.y} ${rect.width} ${rect.height}` : `${index}`;
    return [{ place: { tileId: tileIdOf(scene, index), number: index + 1, rect }, panel, where, shows: JSON.stringify(panel) }];
  };
  if (scene.kind === 'free') {
    const from = scene.canvas;
    return scene.tiles.flatMap(({ rect, panel }, index) => spot(index, panel, from && canvas ? scaled(rect, from, canvas) : rect));
  }
  const solved = canvas ? new Map(solveScene(scene, { x: 0, y: 0, ...canvas }, 0).map(({ tileId, rect }) => [tileId, rect])) : null;
  return scene.tiles.flatMap((panel, index) => spot(index, panel, solved?.get(tileIdOf(scene, index)) ?? null));
}

function scaled({ x, y, width, height }: Rect, from: Canvas, to: Canvas): Rect {
  // Never -0, which is another value than 0 for whoever compares.
  const across = (value: number) => Math.round((value * to.width) / from.width) || 0;
  const down = (value: number) => Math.round((value * to.height) / from.height) || 0;
  return { x: across(x), y: down(y), width: across(x + width) - across(x), height: down(y + height) - down(y) };
}

// ---- tours

interface Step {
  readonly scene: StillScene;
  /** Null for what was no tour. */
  readonly dwellMs: number | null;
  readonly number: number;
  readonly text: string;
}

const stepsOf = (scene: Scene): Step[] =>
  (scene.kind === 'tour' ? scene.steps : [{ scene, dwellMs: null }]).map((step, index) => ({
    ...step,
    number: index + 1,
    text: JSON.stringify(step.scene),
  }));

function stepsDiff(before: readonly Step[], after: readonly Step[]): SceneDifference[] {
  const pairs = new Map<Step, Step>();
  const left = new Set(before);
  const pair = (alike: (a: Step, b: Step) => boolean) => {
    for (const step of after) {
      if (pairs.has(step)) continue;
      for (const other of left) {
        if (!alike(other, step)) continue;
        pairs.set(step, other);
        left.delete(other);
        break;
      }
    }
  };
  pair((a, b) => a.number === b.number && a.text === b.text);
  pair((a, b) => a.text === b.text);
  pair((a, b) => shareCamera(a.scene, b.scene));
  pair((a, b) => a.number === b.number);

  const kept = after.filter((step) => pairs.has(step));
  const inPlace = longestRising(kept.map((step) => pairs.get(step)!.number));
  const found = after.flatMap((step): SceneDifference[] => {
    const was = pairs.get(step);
    if (!was) return [{ what: 'step-added', step: step.number, cameras: camerasOf(step.scene).length }];
    const moved = !inPlace.has(was.number);
    const dwells = was.dwellMs !== null && step.dwellMs !== null && was.dwellMs !== step.dwellMs;
    return [
      ...(moved ? [{ what: 'step-moved', step: step.number, from: was.number } as const] : []),
      ...(dwells ? [{ what: 'step-dwell', step: step.number, beforeMs: was.dwellMs!, afterMs: step.dwellMs! } as const] : []),
      ...stillDiff(was.scene, step.scene).map((each) => ({ ...each, step: step.number })),
    ];
  });
  const removed = [...left].map((step): SceneDifference => ({
    what: 'step-removed',
    step: step.number,
    cameras: camerasOf(step.scene).length,
  }));
  return [...found, ...removed];
}

function shareCamera(a: StillScene, b: StillScene): boolean {
  const shown = new Set(camerasOf(a));
  return camerasOf(b).some((id) => shown.has(id));
}

/** The longest part of a list that is in rising order already: what is not in it was moved. */
function longestRising(numbers: readonly number[]): ReadonlySet<number> {
  const best: { readonly length: number; readonly before: number }[] = [];
  let last = -1;
  for (const [index, number] of numbers.entries()) {
    let length = 1;
    let before = -1;
    for (let earlier = 0; earlier < index; earlier += 1)
      if (numbers[earlier]! < number && best[earlier]!.length >= length) {
        length = best[earlier]!.length + 1;
        before = earlier;
      }
    best.push({ length, before });
    if (last < 0 || length > best[last]!.length) last = index;
  }
  const rising = new Set<number>();
  for (let at = last; at >= 0; at = best[at]!.before) rising.add(numbers[at]!);
  return rising;
}
