import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxSpanning, spanningTile, wallSpan, type PanelRef, type Rect, type SpanningTile } from '../../layouts/contract.ts';
import { clearSpans, putSpan, rectAround, replaceSpan, solvedSpanId, spanIdOf } from './wall-span.ts';

const video = (cameraId: string): PanelRef => ({ panel: 'video', cameraId: cameraId as never, profile: 'auto' });
const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });
const span = (tileId: string, at: Rect, cameraId = 'c1'): SpanningTile => ({ tileId, rect: at, panel: video(cameraId) });

test.each([
  ['one', [rect(5, 6, 7, 8)], rect(5, 6, 7, 8)],
  ['two with a bezel between them', [rect(0, 0, 960, 540), rect(1940, 540, 960, 540)], rect(0, 0, 2900, 1080)],
  ['left of the origin', [rect(-100, -50, 10, 10), rect(0, 0, 10, 10)], rect(-100, -50, 110, 60)],
])('the rectangle around %s', (_, rects, around) => {
  expect(rectAround(rects)).toEqual(around);
});

describe('tiles over the screens', () => {
  const two = [span('a', rect(0, 0, 10, 10)), span('b', rect(5, 5, 10, 10))];

  test('a new one lies on top, with an id of its own', () => {
    const put = putSpan([...two, span('span-1', rect(0, 0, 1, 1))], rect(0, 0, 20, 20), video('c2'))!;
    expect(put.tileId).toBe('span-2');
    expect(put.tiles.at(-1)).toEqual(span('span-2', rect(0, 0, 20, 20), 'c2'));
  });

  test('exactly where one lies already it shows something else', () => {
    expect(putSpan(two, rect(5, 5, 10, 10), video('c9'))).toEqual({ tileId: 'b', tiles: [two[0], span('b', rect(5, 5, 10, 10), 'c9')] });
  });

  test('a full wall takes no more, but lets what is there be replaced', () => {
    const full = Array.from({ length: maxSpanning }, (_, n) => span(`s${n}`, rect(n, 0, 5, 5)));
    expect(putSpan(full, rect(500, 0, 5, 5), video('c2'))).toBeNull();
    expect(putSpan(full, rect(3, 0, 5, 5), video('c2'))?.tileId).toBe('s3');
  });

  test('are replaced and taken away by id', () => {
    expect(replaceSpan(two, 'a', video('c9'))).toEqual([span('a', rect(0, 0, 10, 10), 'c9'), two[1]]);
    expect(clearSpans(two, new Set(['a']))).toEqual([two[1]]);
    expect(clearSpans(two, new Set(['z']))).toBeNull();
    expect(replaceSpan(two, 'z', video('c9'))).toBeNull();
  });

  test('have one name on the wall and one on its screens', () => {
    expect(spanIdOf(solvedSpanId('span-1'))).toBe('span-1');
    expect(spanIdOf('g-0-1')).toBeNull();
  });
});

describe('whatever is put', () => {
  const side = fc.integer({ min: 1, max: 4000 });
  const place = fc.integer({ min: -4000, max: 4000 });
  const anyRect = fc.record({ x: place, y: place, width: side, height: side });
  const tiles = fc.uniqueArray(
    fc.record({ tileId: fc.string({ minLength: 1, maxLength: 8 }), rect: anyRect, panel: fc.constant(video('c1')) }),
    {
      selector: ({ tileId }) => tileId,
      maxLength: maxSpanning,
    },
  );

  test('covers all that was chosen, moves no other, and every id is once', () => {
    fc.assert(
      fc.property(tiles, fc.array(anyRect, { minLength: 1, maxLength: 8 }), (before, chosen) => {
        const around = rectAround(chosen);
        for (const one of chosen) {
          expect(one.x).toBeGreaterThanOrEqual(around.x);
          expect(one.y).toBeGreaterThanOrEqual(around.y);
          expect(one.x + one.width).toBeLessThanOrEqual(around.x + around.width);
          expect(one.y + one.height).toBeLessThanOrEqual(around.y + around.height);
        }
        const put = putSpan(before, around, video('c2'));
        if (put === null) {
          expect(before).toHaveLength(maxSpanning);
          return;
        }
        expect(put.tiles.find(({ tileId }) => tileId === put.tileId)).toEqual({ tileId: put.tileId, rect: around, panel: video('c2') });
        expect(put.tiles.filter(({ tileId }) => tileId !== put.tileId)).toEqual(before.filter(({ tileId }) => tileId !== put.tileId));
        expect(new Set(put.tiles.map(({ tileId }) => tileId)).size).toBe(put.tiles.length);
        for (const tile of put.tiles) spanningTile.parse(tile);
        wallSpan.args.parse({ wallId: 'main', tiles: put.tiles });
      }),
      { seed: 6 },
    );
  });
});
