import type { PanelRef, Scene, Screen, StillScene, TourScene } from '../../../../layouts/contract.ts';
import type { Hold } from '../../../../layouts/control-contract.ts';
import { tileIdOf } from '../../../../layouts/templates.ts';
import type { CameraId } from '../../../contract/ids.ts';
import { canonicalJson } from '../../commands/canonical-json.ts';
import { type Remaining, withoutGone } from '../without-gone.ts';
import { panelsByTile, shapeOf } from './held-part.ts';

/** What a screen shows once what was there before a hold is back. */
export interface RestoredScreen {
  readonly shows: Pick<Screen, 'scene' | 'layout'>;
  /** False: it shows that already. */
  readonly changes: boolean;
  /** Cameras that were there and are no more. */
  readonly missing: readonly CameraId[];
}

/**
 * What comes back on a screen at the end of a hold; null when nothing does: the hold keeps nothing, or held tiles of a shape that the screen has no
 * more. Tiles whose cameras are no more are empty; in a free scene of which tiles were held they stay as they are, because tiles that go would give
 * their names to others. A tour comes back as if it had never been away, where it would be by now.
 */
export function restoredScreen(
  { tiles, restore }: Pick<Hold, 'tiles' | 'restore'>,
  screen: Pick<Screen, 'scene' | 'layout'>,
  cameraExists: (cameraId: string) => boolean,
): RestoredScreen | null {
  if (restore === null) return null;
  const { scene: kept } = restore;
  if (tiles === null && goesOn(kept, screen.scene)) return { shows: screen, changes: false, missing: [] };
  if (tiles !== null && shapeOf(kept) !== shapeOf(screen.scene)) return null;
  const back = tiles === null ? withoutGone(kept, cameraExists) : tilesBack(kept, screen.scene, new Set(tiles), cameraExists);
  const isSame = canonicalJson(back.left) === canonicalJson(screen.scene);
  // Part of a screen says nothing of the rest: it is the layout again only when all of it is.
  const isWhole = canonicalJson(back.left) === canonicalJson(kept);
  const layout = isWhole ? restore.layout : isSame ? screen.layout : null;
  const changes = !isSame || canonicalJson(layout) !== canonicalJson(screen.layout);
  return { shows: { scene: back.left, layout }, changes, missing: back.missing };
}

/** The same tour of fair coverage: what the hub has planned for it meanwhile is no change that somebody made. */
function goesOn(kept: Scene, now: Scene): boolean {
  if (kept.kind !== 'tour' || now.kind !== 'tour' || !kept.coverage || !now.coverage) return false;
  const promised = ({ coverage, pausedAt }: TourScene) => canonicalJson([coverage, pausedAt === undefined]);
  return promised(kept) === promised(now);
}

/** A scene with these tiles as they were in another one of its shape. */
function tilesBack(kept: Scene, now: Scene, tiles: ReadonlySet<string>, cameraExists: (cameraId: string) => boolean): Remaining<Scene> {
  // Only its holder could have put a tour there, and it has the shape of no other.
  if (kept.kind === 'tour' || now.kind === 'tour') return { left: now, missing: [] };
  const was = panelsByTile(kept);
  const missing = new Set<CameraId>();
  /** What comes back on a tile; undefined when the tile was not held. */
  const panelBack = (index: number): PanelRef | null | undefined => {
    const tileId = tileIdOf(now, index);
    if (!tiles.has(tileId)) return undefined;
    const panel = was.get(tileId) ?? null;
    if (panel?.panel !== 'video' || cameraExists(panel.cameraId)) return panel;
    missing.add(panel.cameraId);
    return null;
  };
  const left: StillScene =
    now.kind === 'free'
      ? { ...now, tiles: now.tiles.map((tile, index) => ({ ...tile, panel: panelBack(index) ?? tile.panel })) }
      : {
          ...now,
          tiles: now.tiles.map((panel, index) => {
            const back = panelBack(index);
            return back === undefined ? panel : back;
          }),
        };
  return { left, missing: [...missing] };
}
