import { expect, test } from 'vitest';
import { boardRoom } from './board-room.ts';

test('a full screen has six rows that the farthest seat can read, in one line each', () => {
  const room = boardRoom({ width: 1920, height: 1037, hanPx: 78.7 });
  expect(room).toMatchObject({ row: 78.7, lines: 1, wide: true, rows: 6 });
  expect(room.headHeight + room.footHeight + room.rows * room.rowHeight).toBeLessThanOrEqual(1037);
});

test('half a screen has shorter lines, so a title takes two', () => {
  expect(boardRoom({ width: 960, height: 1037, hanPx: 78.7 })).toMatchObject({ row: 78.7, lines: 2, wide: false });
});

test('a small tile writes smaller, and has a row in any case', () => {
  const room = boardRoom({ width: 480, height: 240, hanPx: 78.7 });
  expect(room.row).toBe(40);
  expect(room.rows).toBeGreaterThanOrEqual(1);
  expect(boardRoom({ width: 20, height: 10, hanPx: 78.7 })).toMatchObject({ row: 12, rows: 1 });
});

test('a display of twice the pixels shows the same', () => {
  const [small, large] = [boardRoom({ width: 1920, height: 1037, hanPx: 78.7 }), boardRoom({ width: 3840, height: 2074, hanPx: 157.4 })];
  expect(large.rows).toBe(small.rows);
  expect(large.row).toBe(2 * small.row);
});
