import { describe, expect, test } from 'vitest';
import type { DistrictNode } from '../../../streams/lookup/district-tree.ts';
import { treeRows, treeStep, type TreeStep } from './tree-rows.ts';

const counts = { total: 0, online: 0, offline: 0, unknown: 0 };
const node = (code: string, ...children: DistrictNode[]): DistrictNode => ({ code, name: code, nameEn: null, children, counts });
const city = node('32', node('3201', node('320101'), node('320102')), node('3202'), node('3203', node('320301')));

describe('the rows of a tree', () => {
  test.each<[string, readonly string[], string]>([
    ['the first level', [], ' 3201 3202 3203'],
    ['one open', ['3201'], ' 3201 320101 320102 3202 3203'],
    ['all open', ['3201', '3203'], ' 3201 320101 320102 3202 3203 320301'],
    ['an open one below a closed one does not show', ['320101'], ' 3201 3202 3203'],
  ])('%s', (_name, opened, expected) => {
    expect(
      treeRows(city, new Set(opened))
        .map(({ code }) => code)
        .join(' '),
    ).toBe(expected);
  });

  test('each knows its depth, what is above it and its place', () => {
    const rows = treeRows(city, new Set(['3201']));
    expect(rows.map(({ depth }) => depth)).toEqual([0, 1, 2, 2, 1, 1]);
    expect(rows.map(({ open }) => open)).toEqual([true, true, null, null, null, false]);
    expect(rows.map(({ parent }) => parent)).toEqual([null, '', '3201', '3201', '', '']);
    expect(rows.map(({ place, of }) => `${place}/${of}`)).toEqual(['1/1', '1/3', '1/2', '2/2', '2/3', '3/3']);
  });

  test('ten thousand of them, one below the other', () => {
    let deep = node('0');
    for (let depth = 1; depth < 10_000; depth += 1) deep = node(String(depth), deep);
    const rows = treeRows(deep, new Set(Array.from({ length: 10_000 }, (_, depth) => String(depth))));
    expect(rows).toHaveLength(10_000);
    expect(rows.at(-1)!.depth).toBe(9999);
  });
});

describe('keys in a tree', () => {
  // 0 city, 1 3201 (open), 2 320101, 3 320102, 4 3202, 5 3203 (closed)
  const rows = treeRows(city, new Set(['3201']));
  test.each<[key: string, at: number, step: TreeStep | null]>([
    ['ArrowDown', 0, { do: 'focus', at: 1 }],
    ['ArrowDown', 5, { do: 'focus', at: 5 }],
    ['ArrowUp', 3, { do: 'focus', at: 2 }],
    ['ArrowUp', 0, { do: 'focus', at: 0 }],
    ['PageDown', 1, { do: 'focus', at: 5 }],
    ['PageUp', 4, { do: 'focus', at: 0 }],
    ['Home', 4, { do: 'focus', at: 0 }],
    ['End', 1, { do: 'focus', at: 5 }],
    ['ArrowRight', 5, { do: 'open', code: '3203' }],
    ['ArrowRight', 1, { do: 'focus', at: 2 }],
    ['ArrowRight', 4, { do: 'focus', at: 4 }],
    ['ArrowLeft', 1, { do: 'close', code: '3201' }],
    ['ArrowLeft', 3, { do: 'focus', at: 1 }],
    ['ArrowLeft', 5, { do: 'focus', at: 0 }],
    ['ArrowLeft', 0, { do: 'focus', at: 0 }],
    ['Enter', 4, { do: 'choose', code: '3202' }],
    [' ', 0, { do: 'choose', code: '' }],
    ['f', 1, null],
    ['ArrowDown', 99, null],
  ])('%s on row %i', (key, at, step) => {
    expect(treeStep(rows, at, key)).toEqual(step);
  });
});
