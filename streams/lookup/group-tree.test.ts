import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DistrictState } from './district-tree.ts';
import { GroupTree, ungrouped, type GroupedCamera } from './group-tree.ts';

const camera = (state: DistrictState, ...groups: string[]): GroupedCamera => ({ groups, state });
const shape = (tree: GroupTree) =>
  tree.root.children.map(({ code, counts }) => `${code === ungrouped ? '-' : code}:${counts.total}`).join(' ');

describe('GroupTree', () => {
  test('groups by how their names are read, numbers by size, those in none last', () => {
    const tree = new GroupTree();
    for (const name of ['水利', '第10组', '公安', '交警', '第9组']) tree.move(null, camera('online', name));
    tree.move(null, camera('online'));
    expect(shape(tree)).toBe('第9组:1 第10组:1 公安:1 交警:1 水利:1 -:1');
  });

  test('a camera counts in each of its groups, and once in all', () => {
    const tree = new GroupTree();
    tree.move(null, camera('online', '公安', '交警'));
    tree.move(null, camera('offline', '交警', '交警'));
    tree.move(null, camera('unknown'));
    expect(shape(tree)).toBe('公安:1 交警:2 -:1');
    expect(tree.counts('交警')).toEqual({ total: 2, online: 1, offline: 1, unknown: 0 });
    expect(tree.counts(ungrouped)).toEqual({ total: 1, online: 0, offline: 0, unknown: 1 });
    expect(tree.counts('')).toEqual({ total: 3, online: 1, offline: 1, unknown: 1 });
    expect(tree.root.counts).toEqual(tree.counts(''));
  });

  test('a status changes counts in place, a group that empties goes', () => {
    const tree = new GroupTree();
    const before = camera('online', '公安', '水利');
    tree.move(null, before);
    const { root } = tree;
    const after = { ...before, state: 'offline' } as const;
    tree.move(before, after);
    expect(tree.root).toBe(root);
    expect(tree.counts('水利')).toEqual({ total: 1, online: 0, offline: 1, unknown: 0 });
    const moved = camera('offline', '公安');
    tree.move(after, moved);
    expect(shape(tree)).toBe('公安:1');
    expect(tree.counts('水利')).toBeUndefined();
    tree.move(moved, null);
    expect(shape(tree)).toBe('');
    expect(tree.root.counts.total).toBe(0);
  });

  test('counts what a plain count would, whatever comes and goes', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const state = fc.constantFrom<DistrictState>('online', 'offline', 'unknown');
    const step = fc.record({
      id: fc.constantFrom('p', 'q', 'r'),
      to: fc.option(fc.record({ groups: fc.array(name, { maxLength: 3 }), state })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const tree = new GroupTree();
        const cameras = new Map<string, GroupedCamera>();
        for (const { id, to } of steps) {
          tree.move(cameras.get(id) ?? null, to);
          if (to) cameras.set(id, to);
          else cameras.delete(id);
          const all = [...cameras.values()];
          for (const one of ['', 'a', 'b', 'c', ungrouped]) {
            const inside = all.filter(({ groups }) => one === '' || (one === ungrouped ? groups.length === 0 : groups.includes(one)));
            const count = (wanted: DistrictState) => inside.filter((each) => each.state === wanted).length;
            const expected = { total: inside.length, online: count('online'), offline: count('offline'), unknown: count('unknown') };
            expect(tree.counts(one)).toEqual(inside.length === 0 && one !== '' ? undefined : expected);
          }
          expect(tree.root.children.length).toBe(new Set(all.flatMap(({ groups }) => (groups.length === 0 ? [ungrouped] : groups))).size);
        }
      }),
      { seed: 216, numRuns: 300 },
    );
  });
});
