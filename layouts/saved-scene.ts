import type { Scene } from './contract.ts';
import { emptyScene } from './scene-edit.ts';

/** A scene as a layout keeps it: when a tour began is the screen's, and the steps of a fair-coverage tour are the hub's. */
export function asSaved(scene: Scene): Scene {
  if (scene.kind !== 'tour') return scene;
  const { steps, loop, coverage } = scene;
  if (!coverage) return { kind: 'tour', steps, ...(loop === undefined ? {} : { loop }) };
  const { rows, cols, dwellMs } = coverage;
  return { kind: 'tour', steps: [{ scene: emptyScene({ kind: 'grid', rows, cols }), dwellMs }], coverage };
}

/** True when a screen shows what a layout keeps. */
export function isSaved(shown: Scene, kept: Scene): boolean {
  return JSON.stringify(asSaved(shown)) === JSON.stringify(asSaved(kept));
}
