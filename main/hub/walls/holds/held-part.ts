import type { PanelRef, Rect, Scene, Screen, SpanningTile, StillScene, Wall } from '../../../../layouts/contract.ts';
import type { Hold } from '../../../../layouts/control-contract.ts';
import { solveScene } from '../../../../layouts/solve.ts';
import { tileCount, tileIdOf } from '../../../../layouts/templates.ts';
import { canonicalJson } from '../../commands/canonical-json.ts';

/** What a hold is about: a screen, and which of its tiles; null is all of it. */
export type HeldPart = Pick<Hold, 'wallId' | 'screenId' | 'tiles'>;

/**
 * Two scenes of one shape have the same tiles in the same places, whatever these show. A tour has no tiles of its own: every tour is a shape, and
 * another one when it is paused or stepped.
 */
export function shapeOf(scene: Scene): string {
  switch (scene.kind) {
    case 'grid':
      return `grid ${scene.rows}x${scene.cols}`;
    case 'split':
      return `split ${scene.template}`;
    case 'free':
      return canonicalJson([scene.canvas ?? null, scene.tiles.map(({ rect }) => rect)]);
    case 'tour':
      return canonicalJson(scene);
  }
}

/** What the tiles of a scene show, by their names. */
export function panelsByTile(scene: StillScene): Map<string, PanelRef | null> {
  const panelAt = (index: number) => (scene.kind === 'free' ? scene.tiles[index]?.panel : scene.tiles[index]) ?? null;
  return new Map(Array.from({ length: tileCount(scene) }, (_, index) => [tileIdOf(scene, index), panelAt(index)]));
}

/** Whether two parts of walls have something in common. */
export function partsOverlap(one: HeldPart, other: HeldPart): boolean {
  if (one.wallId !== other.wallId || one.screenId !== other.screenId) return false;
  if (one.tiles === null || other.tiles === null) return true;
  const tiles = new Set(one.tiles);
  return other.tiles.some((tile) => tiles.has(tile));
}

/**
 * Whether a change of a wall reaches what is held of a screen: of a whole screen whatever is shown on it, the same again too; of tiles what they
 * show, and the shape that gives them their places.
 */
export function screenReached(part: HeldPart, before: Wall, after: Wall): boolean {
  const [old, next] = [screenOf(part, before), screenOf(part, after)];
  if (!old || !next || old.revision === next.revision) return false;
  if (part.tiles === null || shapeOf(old.scene) !== shapeOf(next.scene)) return true;
  if (old.scene.kind === 'tour' || next.scene.kind === 'tour') return false;
  const [was, is] = [panelsByTile(old.scene), panelsByTile(next.scene)];
  return part.tiles.some((tile) => canonicalJson(was.get(tile)) !== canonicalJson(is.get(tile)));
}

/** Whether a change of the tiles that lie over a wall is to be seen on what is held of a screen. */
export function spanningReached(part: HeldPart, before: Wall, after: Wall): boolean {
  const screen = screenOf(part, before);
  if (!screen || before.spanning === after.spanning) return false;
  const places = placesOf(part, screen);
  const over = (tiles: readonly SpanningTile[]) => canonicalJson(tiles.filter(({ rect }) => places.some((place) => meet(place, rect))));
  return over(before.spanning) !== over(after.spanning);
}

const screenOf = (part: HeldPart, wall: Wall) => wall.screens.find(({ id }) => id === part.screenId);

/** Where what is held lies, in wall pixels. On a tour nobody can say where its tiles are next. */
function placesOf({ tiles }: HeldPart, { scene, rect }: Screen): Rect[] {
  if (tiles === null || scene.kind === 'tour') return [rect];
  const held = new Set(tiles);
  return solveScene(scene, rect, 0)
    .filter(({ tileId }) => held.has(tileId))
    .map((tile) => ({ ...tile.rect, x: tile.rect.x + rect.x, y: tile.rect.y + rect.y }));
}

const meet = (one: Rect, other: Rect) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
