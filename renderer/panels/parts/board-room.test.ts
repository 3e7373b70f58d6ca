import { expect, test } from 'vitest';
import { boardRoom, placeRows } from './board-room.ts';

const screen = { width: 1920, height: 1037, hanPx: 78.7 };
const titles = (length: number, title = '太湖大道 排队溢出') => Array.from({ length }, () => title);
const placed = (room: ReturnType<typeof boardRoom>, list: readonly string[]) => placeRows(list, room, (title) => title);

test('a full screen has six rows that the farthest seat can read, in one line each', () => {
  const room = boardRoom(screen);
  expect(room).toMatchObject({ row: 78.7, lines: 1, wide: true });
  expect(placed(room, titles(20, '一'.repeat(60))).map(({ lines }) => lines)).toEqual([1, 1, 1, 1, 1, 1]);
});

test('half a screen has shorter lines: a title that is too long for one takes two, the others do not', () => {
  const room = boardRoom({ ...screen, width: 960 });
  expect(room).toMatchObject({ row: 78.7, lines: 2, wide: false });
  const rows = placed(room, ['人民路 有车逆行', '三号泵站 液位 4.2 m，超过 4.0 m', ...titles(9)]);
  expect(rows.map(({ lines }) => lines)).toEqual([1, 2, 1, 1, 1]);
});

test('what stands beside a title is counted', () => {
  const room = boardRoom({ ...screen, width: 960 });
  expect(
    placeRows(
      ['太湖大道 排队溢出'],
      room,
      (title) => title,
      () => 3,
    ),
  ).toMatchObject([{ lines: 2 }]);
});

test('a small tile writes smaller, and has a row in any case', () => {
  expect(boardRoom({ width: 480, height: 240, hanPx: 78.7 }).row).toBe(40);
  const tiny = boardRoom({ width: 20, height: 10, hanPx: 78.7 });
  expect(tiny.row).toBe(12);
  expect(placed(tiny, titles(3))).toHaveLength(1);
  expect(placed(tiny, [])).toEqual([]);
});

test('a display of twice the pixels shows the same', () => {
  const large = boardRoom({ width: 3840, height: 2074, hanPx: 157.4 });
  expect(placed(large, titles(20))).toHaveLength(placed(boardRoom(screen), titles(20)).length);
  expect(large.row).toBe(2 * 78.7);
});
