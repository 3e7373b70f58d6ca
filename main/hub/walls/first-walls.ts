import { builtInLayouts } from '../../../layouts/presets.ts';
import type { AlarmRoom, LayoutDoc, PanelRef, Scene, Screen, Wall } from '../../../layouts/contract.ts';
import type { PlannedWall } from '../../../layouts/planned-wall.ts';
import { emptyScene } from '../../../layouts/scene-edit.ts';
import type { CameraId, ScreenId, WallId } from '../../contract/ids.ts';
import type { EpochMs } from '../../contract/time.ts';

const displayWidth = 1920;

const screen = ({ id, name, rect }: PlannedWall['screens'][number]): Wall['screens'][number] => ({
  id,
  name,
  rect,
  scene: emptyScene({ kind: 'grid', rows: 3, cols: 3 }),
  layout: null,
  revision: 0,
  changedBy: null,
  changedAt: null,
  shown: null,
});

const fullHd = (id: string, name: string, column: number): PlannedWall['screens'][number] => ({
  id: id as ScreenId,
  name,
  rect: { x: column * displayWidth, y: 0, width: displayWidth, height: 1080 },
});

/** Two full-HD displays of 55 inches side by side, the farthest seat 6 m away. */
const usualWall: PlannedWall = {
  name: '主墙',
  pixelPitchMm: 0.634,
  farthestSeatM: 6,
  screens: [fullHd('1', '左屏', 0), fullHd('2', '右屏', 1)],
};

/** The wall that every new data folder has: the planned one, or the usual one. */
export function firstWall(planned: PlannedWall = usualWall): Wall {
  return {
    id: 'main' as WallId,
    name: planned.name,
    pixelPitchMm: planned.pixelPitchMm,
    farthestSeatM: planned.farthestSeatM,
    screens: planned.screens.map(screen),
    spanning: [],
    revision: 0,
    simulated: false,
    drill: false,
  };
}

/** The usual shapes, as layouts that anybody may change or remove afterwards. */
export function firstLayouts(): LayoutDoc[] {
  return builtInLayouts().map((file) => ({
    ...file,
    number: null,
    revision: 0,
    changedBy: null,
    changedAt: null,
    simulated: false,
    drill: false,
  }));
}

/** True while nobody has ever put anything on this wall. */
export const isUntouched = (wall: Wall): boolean => wall.revision === 0 && wall.screens.every((screen) => screen.revision === 0);

const video = (id: string): PanelRef => ({ panel: 'video', cameraId: id as CameraId, profile: 'auto' });

/** What the demo city shows at its first start: nine pictures left, over which alerts may lie, one large and five small ones right. */
export function demoWall(wall: Wall, cameraIds: readonly string[], now: EpochMs): Wall {
  const scenes: Scene[] = [
    filled(emptyScene({ kind: 'grid', rows: 3, cols: 3 }), cameraIds.slice(0, 9).map(video)),
    filled(emptyScene({ kind: 'split', template: '1+5' }), cameraIds.slice(9, 15).map(video)),
  ];
  const shows = (screen: Wall['screens'][number], scene: Scene | undefined): Screen & { shown: null } =>
    scene ? { ...screen, scene, revision: 1, changedBy: 'demo', changedAt: now, shown: null } : { ...screen, shown: null };
  const alarms: AlarmRoom = { atLeast: 'high', cols: 2, rows: 2, sound: false };
  const screens = wall.screens.map((screen, index) => ({ ...shows(screen, scenes[index]), ...(index === 0 && { alarms }) }));
  return { ...wall, screens };
}

function filled<S extends ReturnType<typeof emptyScene>>(scene: S, panels: readonly PanelRef[]): S {
  return { ...scene, tiles: scene.tiles.map((_, index) => panels[index] ?? null) };
}
