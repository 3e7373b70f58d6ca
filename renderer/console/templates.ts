import type { Scene, StillScene } from '../../layouts/contract.ts';
import type { SceneTemplate } from '../../layouts/scene-edit.ts';

/** A shape that the desk offers by one key. */
export interface OfferedTemplate {
  readonly name: string;
  readonly template: SceneTemplate;
}

/** The shapes on the keys ⇧1 to ⇧9: the usual ones, and dense ones for looking after many cameras at once. */
export const offeredTemplates: readonly OfferedTemplate[] = [
  { name: '2×2', template: { kind: 'grid', rows: 2, cols: 2 } },
  { name: '3×3', template: { kind: 'grid', rows: 3, cols: 3 } },
  { name: '1+5', template: { kind: 'split', template: '1+5' } },
  { name: '1+7', template: { kind: 'split', template: '1+7' } },
  { name: '2+8', template: { kind: 'split', template: '2+8' } },
  { name: '4×4', template: { kind: 'grid', rows: 4, cols: 4 } },
  { name: '8×8', template: { kind: 'grid', rows: 8, cols: 8 } },
  { name: '10×10', template: { kind: 'grid', rows: 10, cols: 10 } },
  { name: '12×12', template: { kind: 'grid', rows: 12, cols: 12 } },
];

/** A whole scene of the city that the desk offers by one key. */
export interface OfferedScene {
  readonly action: 'scene-plan' | 'scene-alarms' | 'scene-dispatch';
  readonly scene: StillScene;
}

/** The city's plan; alerts with room for cameras beside them; what goes on and who is sent. */
export const offeredScenes: readonly OfferedScene[] = [
  { action: 'scene-plan', scene: { kind: 'grid', rows: 1, cols: 1, tiles: [{ panel: 'plan' }] } },
  {
    action: 'scene-alarms',
    scene: { kind: 'split', template: '1+5', tiles: [{ panel: 'alerts' }, null, null, null, null, { panel: 'clock' }] },
  },
  { action: 'scene-dispatch', scene: { kind: 'grid', rows: 2, cols: 1, tiles: [{ panel: 'incidents' }, { panel: 'tasks' }] } },
];

/** True when the scene has this shape. */
export function hasShape(scene: Scene, template: SceneTemplate): boolean {
  if (template.kind === 'grid') return scene.kind === 'grid' && scene.rows === template.rows && scene.cols === template.cols;
  return scene.kind === 'split' && scene.template === template.template;
}

/** True when a scene shows nothing at all: it stands for its shape. */
export function showsNothing(scene: Scene): boolean {
  if (scene.kind === 'tour') return scene.steps.every((step) => showsNothing(step.scene));
  return scene.kind === 'free' ? scene.tiles.length === 0 : scene.tiles.every((tile) => tile === null);
}
