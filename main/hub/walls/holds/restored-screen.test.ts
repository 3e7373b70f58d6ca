import { expect, test } from 'vitest';
import type { PanelRef, Scene, Screen } from '../../../../layouts/contract.ts';
import type { Hold } from '../../../../layouts/control-contract.ts';
import type { CameraId, LayoutId } from '../../../contract/ids.ts';
import { restoredScreen, type RestoredScreen } from './restored-screen.ts';

const video = (id: string): PanelRef => ({ panel: 'video', cameraId: id as CameraId, profile: 'auto' });
const [a, b, c, gone] = [video('a'), video('b'), video('c'), video('gone')];
const exists = (id: string) => id !== 'gone';
const grid = (...tiles: (PanelRef | null)[]): Scene => ({ kind: 'grid', rows: 2, cols: 2, tiles });
const at = (x: number) => ({ x, y: 0, width: 100, height: 100 });
const free = (...panels: PanelRef[]): Scene => ({ kind: 'free', tiles: panels.map((panel, n) => ({ rect: at(n * 100), panel })) });
const coverage = { district: '320282', groups: [], everyHours: 24, rows: 2, cols: 2, dwellMs: 10_000 };
const tour = (panel: PanelRef, more: object = {}): Scene => ({
  kind: 'tour',
  steps: [{ dwellMs: 5000, scene: { kind: 'grid', rows: 1, cols: 1, tiles: [panel] } }],
  startedAt: 5,
  ...more,
});
const saved = { id: 'morning' as LayoutId, revision: 4 };
const later = { id: 'evening' as LayoutId, revision: 1 };
const keeps = (scene: Scene, tiles: string[] | null = null, layout: Screen['layout'] = null): Pick<Hold, 'tiles' | 'restore'> => ({
  tiles,
  restore: { scene, layout, passedOn: false },
});
const shows = (scene: Scene, layout: Screen['layout'] = null): Pick<Screen, 'scene' | 'layout'> => ({ scene, layout });

test.each<[string, Pick<Hold, 'tiles' | 'restore'>, Pick<Screen, 'scene' | 'layout'>, RestoredScreen | null]>([
  ['nothing when nothing was kept', { tiles: null, restore: null }, shows(grid(a, b, c, null)), null],
  [
    'a whole screen with its layout',
    keeps(grid(a, b, null, null), null, saved),
    shows(tour(c), later),
    { shows: shows(grid(a, b, null, null), saved), changes: true, missing: [] },
  ],
  [
    'a whole screen that shows it already',
    keeps(grid(a, null, null, null), null, saved),
    shows(grid(a, null, null, null), saved),
    { shows: shows(grid(a, null, null, null), saved), changes: false, missing: [] },
  ],
  [
    'a whole screen that shows the same by hand: it is the layout again',
    keeps(grid(a, null, null, null), null, saved),
    shows(grid(a, null, null, null)),
    { shows: shows(grid(a, null, null, null), saved), changes: true, missing: [] },
  ],
  [
    'a whole screen without a camera that is no more: it is not the layout any more',
    keeps(grid(gone, b, gone, null), null, saved),
    shows(grid(c, c, c, c)),
    { shows: shows(grid(null, b, null, null)), changes: true, missing: ['gone' as CameraId] },
  ],
  [
    'a tour as if it had never been away',
    keeps(tour(a)),
    shows(grid(b, null, null, null)),
    { shows: shows(tour(a)), changes: true, missing: [] },
  ],
  [
    'a tour that was paused meanwhile',
    keeps(tour(a)),
    shows(tour(a, { pausedAt: 9 })),
    { shows: shows(tour(a)), changes: true, missing: [] },
  ],
  [
    'a tour of fair coverage that went on stays where it is',
    keeps(tour(a, { coverage })),
    shows(tour(b, { coverage, startedAt: 99 })),
    { shows: shows(tour(b, { coverage, startedAt: 99 })), changes: false, missing: [] },
  ],
  [
    'a tour of fair coverage that was paused goes on',
    keeps(tour(a, { coverage })),
    shows(tour(b, { coverage, pausedAt: 99 })),
    { shows: shows(tour(a, { coverage })), changes: true, missing: [] },
  ],
  [
    'held tiles alone',
    keeps(grid(a, b, null, null), ['g-0-0', 'g-1-1']),
    shows(grid(c, c, c, c), later),
    { shows: shows(grid(a, c, c, null)), changes: true, missing: [] },
  ],
  [
    'held tiles, after which all is as it was: it is the layout again',
    keeps(grid(a, b, null, null), ['g-0-0'], saved),
    shows(grid(c, b, null, null)),
    { shows: shows(grid(a, b, null, null), saved), changes: true, missing: [] },
  ],
  [
    'held tiles that show it already, on a screen that shows another layout',
    keeps(grid(a, b, null, null), ['g-0-0'], saved),
    shows(grid(a, c, null, null), later),
    { shows: shows(grid(a, c, null, null), later), changes: false, missing: [] },
  ],
  ['no tiles of another shape', keeps(grid(a, b, c, a), ['g-0-0']), shows({ kind: 'grid', rows: 1, cols: 1, tiles: [c] }), null],
  ['no tiles on a tour', keeps(grid(a, b, c, a), ['g-0-0']), shows(tour(c)), null],
  [
    'a held tile whose camera is no more is empty, others do not matter',
    keeps(grid(gone, gone, null, null), ['g-0-0']),
    shows(grid(c, c, c, c)),
    { shows: shows(grid(null, c, c, c)), changes: true, missing: ['gone' as CameraId] },
  ],
  ['free tiles', keeps(free(a, b, c), ['f-1']), shows(free(c, c, c)), { shows: shows(free(c, b, c)), changes: true, missing: [] }],
  [
    'a free tile whose camera is no more stays, so that the others keep their names',
    keeps(free(gone, b, c), ['f-0', 'f-1']),
    shows(free(c, c, c)),
    { shows: shows(free(c, b, c)), changes: true, missing: ['gone' as CameraId] },
  ],
  [
    'a whole free screen: such a tile goes',
    keeps(free(gone, b)),
    shows(grid(c, c, c, c)),
    {
      shows: shows({ kind: 'free', tiles: [{ rect: at(100), panel: b }] }),
      changes: true,
      missing: ['gone' as CameraId],
    },
  ],
])('brings back %s', (_, hold, screen, expected) => {
  expect(restoredScreen(hold, screen, exists)).toEqual(expected);
});
