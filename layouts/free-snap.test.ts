import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rect } from './contract.ts';
import { handles, snap, type Handle } from './free-snap.ts';

const canvas = { width: 1920, height: 1080 };
const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });
const other = rect(400, 200, 400, 300);

test.each<[string, Rect, Handle | null, number | null, Rect, string[]]>([
  ['an edge to an edge', rect(805, 607, 300, 200), null, null, rect(800, 607, 300, 200), ['x800']],
  ['a middle to a middle', rect(502, 700, 200, 100), null, null, rect(500, 700, 200, 100), ['x600']],
  ['to the canvas in both directions', rect(1615, 873, 300, 200), null, null, rect(1620, 880, 300, 200), ['x1920', 'y1080']],
  ['nothing near', rect(850, 620, 300, 130), null, null, rect(850, 620, 300, 130), []],
  ['to the grid when nothing else is near', rect(853, 617, 300, 130), null, 20, rect(860, 620, 300, 130), []],
  ['a tile before the grid', rect(803, 617, 300, 130), null, 20, rect(800, 620, 300, 130), ['x800']],
  ['the held side alone', rect(100, 200, 296, 105), 'e', null, rect(100, 200, 300, 105), ['x400']],
  ['the other side stays when the held one is upper', rect(404, 503, 100, 200), 'n', null, rect(404, 500, 100, 203), ['y500']],
  ['a corner in both directions', rect(100, 100, 304, 96), 'se', null, rect(100, 100, 300, 100), ['x400', 'y200']],
])('%s', (_, given, handle, gridPx, expected, lines) => {
  const snapped = snap(given, [other], canvas, gridPx, 8, handle);
  expect(snapped.rect).toEqual(expected);
  expect(snapped.guides.map(({ axis, at }) => `${axis}${at}`)).toEqual(lines);
});

test('a guide spans what meets on it', () => {
  expect(snap(rect(805, 607, 300, 200), [other], canvas, null, 8).guides).toEqual([{ axis: 'x', at: 800, from: 200, to: 807 }]);
});

test('the nearer of two wins', () => {
  expect(snap(rect(103, 0, 50, 50), [rect(100, 300, 40, 40), rect(104, 500, 40, 40)], canvas, null, 8).rect.x).toBe(104);
  // The edge of the canvas before what lies beyond it.
  expect(snap(rect(3, 0, 50, 50), [rect(-2, 300, 40, 40)], canvas, null, 8).rect.x).toBe(0);
});

test('whatever is snapped stays on the canvas, moves no farther than it may, and keeps its size unless it is resized', () => {
  const inside = fc
    .tuple(
      fc.integer({ min: 0, max: 1900 }),
      fc.integer({ min: 0, max: 1060 }),
      fc.integer({ min: 1, max: 1920 }),
      fc.integer({ min: 1, max: 1080 }),
    )
    .map(([x, y, width, height]) => rect(x, y, Math.min(width, 1920 - x), Math.min(height, 1080 - y)));
  fc.assert(
    fc.property(
      inside,
      fc.array(inside, { maxLength: 6 }),
      fc.option(fc.constantFrom(...handles)),
      fc.integer({ min: 0, max: 40 }),
      (given, near, handle, tolerance) => {
        const { rect: at, guides } = snap(given, near, canvas, 24, tolerance, handle);
        expect(at.x >= 0 && at.y >= 0 && at.width >= 1 && at.height >= 1).toBe(true);
        expect(at.x + at.width <= 1920 && at.y + at.height <= 1080).toBe(true);
        expect(Math.abs(at.x - given.x)).toBeLessThanOrEqual(tolerance);
        expect(Math.abs(at.y + at.height - given.y - given.height)).toBeLessThanOrEqual(tolerance);
        if (handle === null) expect([at.width, at.height]).toEqual([given.width, given.height]);
        for (const guide of guides) expect(guide.to).toBeGreaterThan(guide.from);
      },
    ),
    { seed: 1080, numRuns: 500 },
  );
});
