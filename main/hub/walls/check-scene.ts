import { maxTiles, type PanelRef, type Rect, type Scene, type StillScene } from '../../../layouts/contract.ts';
import { solveScene } from '../../../layouts/solve.ts';
import { tileCount } from '../../../layouts/templates.ts';
import { problem, type Problem } from '../../contract/errors.ts';

/** The most panels that all steps of one tour may hold together. */
export const maxTourTiles = 4000;

/** What a scene is checked against. */
export interface SceneSurroundings {
  cameraExists(cameraId: string): boolean;
  /** The screen that is to show it; null for a saved scene, which any screen may show. */
  readonly screen: Rect | null;
}

/** Why a scene that the schema lets in cannot be shown all the same, or null. Whatever passes is shown whole: nothing is left out in silence. */
export function checkScene(scene: Scene, around: SceneSurroundings): Problem | null {
  const stills = scene.kind === 'tour' ? scene.steps.map((step) => step.scene) : [scene];
  let total = 0;
  for (const still of stills) {
    const fault = checkStill(still, around);
    if (fault) return fault;
    total += still.tiles.length;
  }
  return scene.kind === 'tour' && total > maxTourTiles ? problem('too-many-tiles', { tiles: total, max: maxTourTiles }) : null;
}

/** Why a panel cannot be shown, or null. */
export function checkPanel(panel: PanelRef | null, around: Pick<SceneSurroundings, 'cameraExists'>): Problem | null {
  if (panel?.panel !== 'video' || around.cameraExists(panel.cameraId)) return null;
  return problem('camera-unknown', { cameraId: panel.cameraId });
}

function checkStill(still: StillScene, around: SceneSurroundings): Problem | null {
  const room = still.kind === 'free' ? maxTiles : tileCount(still);
  if (still.tiles.length > room) return problem('too-many-tiles', { tiles: still.tiles.length, max: room });
  for (const tile of still.tiles) {
    const fault = checkPanel(tile !== null && 'rect' in tile ? tile.panel : tile, around);
    if (fault) return fault;
  }
  if (still.kind !== 'free' || around.screen === null) return null;
  const seen = new Set(solveScene(still, around.screen, 0).map((tile) => tile.tileId));
  const lost = still.tiles.findIndex((_, index) => !seen.has(`f-${index}`));
  return lost < 0 ? null : problem('scene-invalid', { reason: 'tile-outside-screen', tile: lost });
}
