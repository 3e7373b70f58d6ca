import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { duePage, figureLines, pageMs, planLineHeight, planPages, planRoom, type PlanGroup, type PlanItem } from './plan-pages.ts';
import { textEm } from '../parts/text-em.ts';
import { isStale, verdict } from './verdict.ts';

const screen = { width: 1920, height: 1037, hanPx: 78.7 };
const item = (key: string, name = '按时办结率', value = '95.2', unit = '%'): PlanItem => ({ key, name, value, unit });
const group = (systemId: string, items: readonly PlanItem[]): PlanGroup<PlanItem> => ({ systemId, name: systemId, items });

test('a full screen has two columns that the farthest seat can read; a wall of two screens has four', () => {
  expect(planRoom(screen, false)).toMatchObject({ columns: 2, row: 78.7 });
  expect(planRoom({ ...screen, width: 3840 }, false).columns).toBe(4);
  expect(planRoom(screen, true).row).toBeCloseTo(78.7 * 0.8, 6);
  expect(planRoom({ width: 480, height: 300, hanPx: 78.7 }, false).columns).toBe(1);
});

test.each([
  ['车位', '12', '', { nameLines: 1, below: false }],
  ['事项网上可办率', '92.5', '%', { nameLines: 1, below: true }],
  ['一采多用：平均使用方', '3', '', { nameLines: 1, below: true }],
  ['Collect once, share many: consumers per sensor', '3', '', { nameLines: 2, below: true }],
])('%s %s%s takes %o', (name, value, unit, lines) => {
  expect(figureLines(item('a', name, value, unit), 11.1)).toEqual(lines);
});

test('a column goes on in the next one under the name of its system', () => {
  const room = { ...planRoom(screen, false), columnHeight: 300, columns: 2 };
  const pages = planPages([group('a', [item('a/1'), item('a/2'), item('a/3')]), group('b', [item('b/1')])], room);
  expect(
    pages.map((columns) =>
      columns.map((column) => column.map((line) => (line.kind === 'system' ? `${line.name}${line.continued ? '+' : ''}` : line.item.key))),
    ),
  ).toEqual([
    [
      ['a', 'a/1'],
      ['a+', 'a/2'],
    ],
    [
      ['a+', 'a/3'],
      ['b', 'b/1'],
    ],
  ]);
});

test('whatever is to be shown is shown once, in order, within its column', () => {
  const anyName = fc.oneof(fc.constantFrom('车位', '优秀城市指数：经济', 'Mean waiting time'), fc.string({ minLength: 1, maxLength: 60 }));
  const anyItems = fc.array(fc.tuple(anyName, fc.constantFrom('—', '0', '12,345'), fc.constantFrom('', '%', 'kWh/m³')), { maxLength: 9 });
  const anyRoom = fc.record({
    width: fc.integer({ min: 200, max: 8000 }),
    height: fc.integer({ min: 120, max: 4000 }),
    hanPx: fc.integer({ min: 10, max: 200 }),
  });
  fc.assert(
    fc.property(fc.array(anyItems, { maxLength: 12 }), anyRoom, fc.boolean(), (lists, size, latin) => {
      const room = planRoom(size, latin);
      const groups = lists.map((list, index) =>
        group(
          `s${index}`,
          list.map(([name, value, unit], at) => item(`s${index}/${at}`, name, value, unit)),
        ),
      );
      const pages = planPages(groups, room);
      const columns = pages.flat();
      const keys = columns.flat().flatMap((line) => (line.kind === 'figure' ? [line.item.key] : []));
      expect(keys).toEqual(groups.flatMap(({ items }) => items.map(({ key }) => key)));
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(room.columns);
      for (const column of columns) {
        expect(column[0]!.kind).toBe('system');
        expect(column.at(-1)!.kind).toBe('figure');
        const height = column.reduce((sum, line) => sum + planLineHeight(line, room), 0);
        // A column of one figure may be too high: a tile can be as small as somebody makes it.
        if (column.length > 2) expect(height).toBeLessThanOrEqual(room.columnHeight);
      }
    }),
    { seed: 17, numRuns: 300 },
  );
});

test('pages turn by the clock, and all screens agree', () => {
  expect([0, pageMs - 1, pageMs, 3 * pageMs, 5 * pageMs].map((now) => duePage(now, 3))).toEqual([0, 0, 1, 0, 2]);
  expect(duePage(123_456_789, 1)).toBe(0);
  expect(duePage(5, 0)).toBe(0);
});

test('Chinese is as wide as it is high', () => {
  expect(textEm('停车场')).toBe(3);
  expect(textEm('Parking')).toBeLessThan(5);
});

test.each([
  [null, '>=', 80, 'unknown'],
  [80, '>=', 80, 'met'],
  [80, '>', 80, 'missed'],
  [79.9, '>=', 80, 'missed'],
  [80, '<=', 80, 'met'],
  [80, '<', 80, 'missed'],
  [100, '=', 100, 'met'],
  [99, '=', 100, 'missed'],
] as const)('%s against %s %s is %s', (value, op, target, expected) => {
  expect(verdict({ value, target: { op, value: target } })).toBe(expected);
});

test('without a target nothing is met or missed, and unknown stays unknown', () => {
  expect(verdict({ value: 0, target: null })).toBe('none');
  expect(verdict({ value: null, target: null })).toBe('unknown');
});

test('a figure is stale after its time, and what is unknown is not', () => {
  const figure = { value: 1, at: 1000, staleAfterSeconds: 60 };
  expect([isStale(figure, 61_000), isStale(figure, 61_001), isStale({ ...figure, value: null }, 1e9)]).toEqual([false, true, false]);
});
