import { camerasOf, type Scene, type Wall } from '../../../layouts/contract.ts';

/** By the scene as the ledger holds it: another scene is another object. */
const known = new WeakMap<Scene, ReadonlySet<string>>();

/** Whether this camera is to be seen on this screen now: in its scene, at any step of a tour, or in a tile that lies over the wall's screens. */
export function showsCamera(wall: Wall | undefined, screenId: string, cameraId: string): boolean {
  const scene = wall?.screens.find(({ id }) => id === screenId)?.scene;
  if (!wall || !scene) return false;
  let cameras = known.get(scene);
  if (!cameras) known.set(scene, (cameras = new Set(camerasOf(scene))));
  return cameras.has(cameraId) || wall.spanning.some(({ panel }) => panel.panel === 'video' && panel.cameraId === cameraId);
}
