import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PanelRef, Rect } from '../../../layouts/contract.ts';
import { anyPanel } from '../../../layouts/testdata/arbitrary-scenes.ts';
import { freePlace } from './free-place.ts';

const canvas = { width: 1920, height: 1080 };
const camera: PanelRef = { panel: 'video', cameraId: 'c1' as never, profile: 'auto' };

describe('a new tile', () => {
  test('begins at the top left, and the next beside it', () => {
    const first = freePlace(camera, [], canvas, 20);
    expect(first).toEqual({ x: 0, y: 0, width: 640, height: 360 });
    const second = freePlace(camera, [first], canvas, 20);
    expect(second).toEqual({ x: 640, y: 0, width: 640, height: 360 });
    expect(freePlace(camera, [first, second, { x: 1280, y: 0, width: 640, height: 360 }], canvas, 20)).toMatchObject({ x: 0, y: 360 });
  });

  test('has another size for another panel', () => {
    expect(freePlace({ panel: 'clock' }, [], canvas, 20)).toEqual({ x: 0, y: 0, width: 480, height: 180 });
  });

  test('lies in the middle when there is no room, and aside from what lies there', () => {
    const full: Rect = { x: 0, y: 0, ...canvas };
    const first = freePlace(camera, [full], canvas, 20);
    expect(first).toEqual({ x: 640, y: 360, width: 640, height: 360 });
    expect(freePlace(camera, [full, first], canvas, 20)).toMatchObject({ x: 660, y: 380 });
  });

  test('lies on the canvas, whatever its size', () => {
    const anySize = fc.record({ width: fc.integer({ min: 1, max: 8000 }), height: fc.integer({ min: 1, max: 8000 }) });
    const others = fc.array(
      fc.record({ x: fc.nat(4000), y: fc.nat(4000), width: fc.integer({ min: 1, max: 2000 }), height: fc.integer({ min: 1, max: 2000 }) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(anyPanel, others, anySize, fc.integer({ min: 1, max: 80 }), (panel, there, size, step) => {
        const place = freePlace(panel, there, size, step);
        expect(Object.values(place).every(Number.isInteger)).toBe(true);
        expect(place.x).toBeGreaterThanOrEqual(0);
        expect(place.y).toBeGreaterThanOrEqual(0);
        expect(place.x + place.width).toBeLessThanOrEqual(size.width);
        expect(place.y + place.height).toBeLessThanOrEqual(size.height);
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});
