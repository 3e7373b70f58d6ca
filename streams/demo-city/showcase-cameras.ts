import type { Camera } from '../contract.ts';

/** Enough to fill the two screens of the demo wall. */
const wanted = 15;

/** Chooses cameras so that every scene is seen before one is seen again, in the order of the directory. */
export function showcaseCameras(cameras: Iterable<object>): string[] {
  const byScene = new Map<string, string[]>();
  for (const camera of cameras as Iterable<Camera>) {
    const scene = camera.source.url ?? camera.source.kind;
    const same = byScene.get(scene) ?? [];
    if (same.length < wanted) byScene.set(scene, [...same, camera.id]);
  }
  const rounds = Array.from({ length: wanted }, (_, round) => [...byScene.values()].flatMap((same) => same[round] ?? []));
  return rounds.flat().slice(0, wanted);
}
