import * as fc from 'fast-check';
import type { PanelRef, Rect, Scene, SeriesRef, StillScene, TourScene, Wall } from '../contract.ts';
import type { CameraId, ScreenId, SystemId, WallId } from '../../main/contract/ids.ts';

/** Valid walls and scenes of every kind, for property tests. */
export const anyRect: fc.Arbitrary<Rect> = fc.record({
  x: fc.integer({ min: -100_000, max: 100_000 }),
  y: fc.integer({ min: -100_000, max: 100_000 }),
  width: fc.integer({ min: 1, max: 100_000 }),
  height: fc.integer({ min: 1, max: 100_000 }),
});

const anySeries: fc.Arbitrary<SeriesRef> = fc.constantFrom<SeriesRef>(
  { indicator: 'traffic/speed' },
  { asset: 'parking/urn:ngsi-ld:OffStreetParking:1', quantity: 'spaces-free' },
  { asset: 'roads/S 1', quantity: 'speed' },
);
const anyEnd = fc.constantFrom(0, -20, 99.5, 1e-7, 1e12);

export const anyPanel: fc.Arbitrary<PanelRef> = fc.oneof(
  fc.record({
    panel: fc.constant('video' as const),
    cameraId: fc.integer({ min: 0, max: 99 }).map((n) => `cam-${n}` as CameraId),
    profile: fc.constantFrom('auto' as const, 'main' as const, 'sub' as const),
  }),
  fc.constant<PanelRef>({ panel: 'clock' }),
  fc.constantFrom('汛期值班', 'Drill today').map((text): PanelRef => ({ panel: 'note', text })),
  fc.constant<PanelRef>({ panel: 'camera-health', district: '320282' }),
  fc.constantFrom<PanelRef>({ panel: 'alerts' }, { panel: 'alerts', atLeast: 'high' }, { panel: 'incidents' }, { panel: 'tasks' }),
  fc.constantFrom<PanelRef>({ panel: 'plan' }, { panel: 'plan', systems: ['traffic' as SystemId, 'grid' as SystemId] }),
  fc
    .record({ series: fc.array(anySeries, { minLength: 1, maxLength: 4 }), hours: fc.integer({ min: 1, max: 72 }) })
    .map(({ series, hours }): PanelRef => ({ panel: 'trend', series, hours })),
  fc
    .record({ of: anySeries, min: fc.option(anyEnd, { nil: undefined }), title: fc.constantFrom(undefined, '车位', 'Free spaces') })
    .map(({ of, min, title }): PanelRef => ({
      panel: 'gauge',
      of,
      ...(min === undefined ? {} : { min }),
      ...(title === undefined ? {} : { title }),
    })),
);

const tiles = (max: number) => fc.array(fc.option(anyPanel), { maxLength: max });

export const anyGrid: fc.Arbitrary<Extract<StillScene, { kind: 'grid' }>> = fc
  .record({ rows: fc.integer({ min: 1, max: 20 }), cols: fc.integer({ min: 1, max: 20 }) })
  .chain(({ rows, cols }) => tiles(rows * cols).map((list) => ({ kind: 'grid' as const, rows, cols, tiles: list })));

export const anySplit: fc.Arbitrary<Extract<StillScene, { kind: 'split' }>> = fc.record({
  kind: fc.constant('split' as const),
  template: fc.constantFrom('1+5' as const, '1+7' as const, '2+8' as const),
  tiles: tiles(6),
});

export const anyFree: fc.Arbitrary<Extract<StillScene, { kind: 'free' }>> = fc
  .record({
    canvas: fc.option(fc.record({ width: fc.integer({ min: 1, max: 100_000 }), height: fc.integer({ min: 1, max: 100_000 }) })),
    tiles: fc.array(fc.record({ rect: anyRect, panel: anyPanel }), { maxLength: 20 }),
  })
  .map(({ canvas, tiles: placed }) => ({ kind: 'free' as const, ...(canvas === null ? {} : { canvas }), tiles: placed }));

export const anyStill: fc.Arbitrary<StillScene> = fc.oneof(anyGrid, anySplit, anyFree);

export const anyTour: fc.Arbitrary<TourScene> = fc
  .record({
    steps: fc.array(fc.record({ scene: anyStill, dwellMs: fc.integer({ min: 3000, max: 86_400_000 }) }), { minLength: 1, maxLength: 5 }),
    startedAt: fc.option(fc.integer({ min: 0, max: 2e12 }), { nil: undefined }),
  })
  .map(({ steps, startedAt }) => ({ kind: 'tour' as const, steps, ...(startedAt === undefined ? {} : { startedAt }) }));

export const anyScene: fc.Arbitrary<Scene> = fc.oneof(anyStill, anyTour);

/** A wall with one screen `1`. */
export const wallOf = (scene: Scene, rect: Rect, spanning: Wall['spanning'] = []): Wall => ({
  id: 'main' as WallId,
  name: '主墙',
  pixelPitchMm: 0.634,
  farthestSeatM: 6,
  screens: [{ id: '1' as ScreenId, name: '左屏', rect, scene, layout: null, revision: 0, changedBy: null, changedAt: null, shown: null }],
  spanning,
  revision: 0,
  simulated: false,
  drill: false,
});
