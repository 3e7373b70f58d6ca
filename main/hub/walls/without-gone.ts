import type { PanelRef, Scene, SpanningTile, StillScene } from '../../../layouts/contract.ts';
import type { CameraId } from '../../contract/ids.ts';

/** Something that was kept, and the cameras of it that are no more, each once. */
export interface Remaining<T> {
  readonly left: T;
  readonly missing: readonly CameraId[];
}

/** What is left of a scene that was kept: tiles whose cameras are no more are empty. A free scene has no empty tiles, so there they are gone. */
export function withoutGone(scene: Scene, cameraExists: (cameraId: string) => boolean): Remaining<Scene> {
  const missing = new Set<CameraId>();
  const stays = staying(cameraExists, missing);
  const still = (one: StillScene): StillScene =>
    one.kind === 'free'
      ? { ...one, tiles: one.tiles.filter(({ panel }) => stays(panel)) }
      : { ...one, tiles: one.tiles.map((panel) => (panel !== null && stays(panel) ? panel : null)) };
  const left =
    scene.kind === 'tour' ? { ...scene, steps: scene.steps.map((step) => ({ ...step, scene: still(step.scene) })) } : still(scene);
  return { left, missing: [...missing] };
}

/** What is left of tiles over a wall that were kept: those whose cameras are no more are gone. */
export function spanningWithoutGone(
  tiles: readonly SpanningTile[],
  cameraExists: (cameraId: string) => boolean,
): Remaining<SpanningTile[]> {
  const missing = new Set<CameraId>();
  const stays = staying(cameraExists, missing);
  return { left: tiles.filter(({ panel }) => stays(panel)), missing: [...missing] };
}

function staying(cameraExists: (cameraId: string) => boolean, missing: Set<CameraId>): (panel: PanelRef) => boolean {
  return (panel) => {
    if (panel.panel !== 'video' || cameraExists(panel.cameraId)) return true;
    missing.add(panel.cameraId);
    return false;
  };
}
