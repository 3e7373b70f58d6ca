import { camerasOf, type Scene } from '../../../layouts/contract.ts';
import { padded } from '../../../layouts/scene-edit.ts';
import type { EpochMs } from '../../contract/time.ts';

/** A scene as it is stored: every tile present; a tour starts when it is shown (`startedAt`), a saved one has not started. */
export function storedScene(scene: Scene, startedAt: EpochMs | null): Scene {
  if (scene.kind !== 'tour') return padded(scene);
  const { steps, pausedAt: _pausedAt, startedAt: _startedAt, ...kept } = scene;
  return {
    ...kept,
    steps: steps.map((step) => ({ ...step, scene: padded(step.scene) })),
    ...(startedAt === null ? {} : { startedAt }),
  };
}

/** What the audit says of a scene: its shape and how many cameras; which ones is in the command's arguments. */
export function sceneSummary(scene: Scene): { shape: string; cameras: number } {
  return { shape: sceneShape(scene), cameras: camerasOf(scene).length };
}

/** `grid 3x3`, `split 1+5`, `free 4`, `tour 6`, `coverage`. */
export function sceneShape(scene: Scene): string {
  switch (scene.kind) {
    case 'grid':
      return `grid ${scene.rows}x${scene.cols}`;
    case 'split':
      return `split ${scene.template}`;
    case 'free':
      return `free ${scene.tiles.length}`;
    case 'tour':
      return scene.coverage ? 'coverage' : `tour ${scene.steps.length}`;
  }
}
