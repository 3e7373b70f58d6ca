import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PictureView } from './mosaic/mosaic-protocol.ts';
import { panBy, zoomAt, zoomAtMost, zoomOf } from './picture-zoom.ts';

const middle = { x: 0.5, y: 0.5 };

test.each([
  ['nearer in the middle', null, 2, middle, { x: 0.25, y: 0.25, width: 0.5, height: 0.5 }],
  ['nearer in a corner', null, 2, { x: 1, y: 0 }, { x: 0.5, y: 0, width: 0.5, height: 0.5 }],
  ['back to the whole', { x: 0.3, y: 0.1, width: 0.5, height: 0.5 }, 0.5, middle, null],
  ['out beyond the whole', { x: 0.3, y: 0.1, width: 0.5, height: 0.5 }, 0.1, middle, null],
  ['whole stays whole', null, 0.5, middle, null],
])('%s', (_name, view, factor, at, after) => {
  expect(zoomAt(view, factor, at)).toEqual(after);
});

test('panning moves by parts of what is seen and ends at the edge', () => {
  const view: PictureView = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
  expect(panBy(view, 0.1, -0.1)).toEqual({ x: 0.3, y: 0.2, width: 0.5, height: 0.5 });
  expect(panBy(view, 9, -9)).toEqual({ x: 0.5, y: 0, width: 0.5, height: 0.5 });
  expect(panBy(null, 1, 1)).toBeNull();
});

test('whatever is done, the view lies within the picture, and the point that is zoomed at stays', () => {
  const step = fc.record({
    factor: fc.double({ min: 0.2, max: 5, noNaN: true }),
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    y: fc.double({ min: 0, max: 1, noNaN: true }),
    pan: fc.double({ min: -2, max: 2, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let view: PictureView | null = null;
      for (const { factor, x, y, pan } of steps) {
        const before: PictureView = view ?? { x: 0, y: 0, width: 1, height: 1 };
        view = zoomAt(view, factor, { x, y });
        if (view && factor > 1) {
          expect(view.x + x * view.width).toBeCloseTo(before.x + x * before.width, 6);
          expect(view.y + y * view.height).toBeCloseTo(before.y + y * before.height, 6);
        }
        view = panBy(view, pan, -pan);
        if (!view) continue;
        expect(zoomOf(view)).toBeLessThanOrEqual(zoomAtMost + 1e-6);
        expect(Math.min(view.x, view.y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(view.x + view.width, view.y + view.height)).toBeLessThanOrEqual(1 + 1e-9);
      }
    }),
    { seed: 20261126, numRuns: 300 },
  );
});
