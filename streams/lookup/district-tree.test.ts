import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DistrictTree, type DistrictEntry, type DistrictNode, type DistrictState } from './district-tree.ts';

const place = (code: string, parent: string | null): DistrictEntry => ({ code, name: `地${code}`, nameEn: null, parent });

function shape(node: DistrictNode): string {
  const below = node.children.map(shape).join(' ');
  return `${node.code || 'root'}:${node.counts.total}${below && `(${below})`}`;
}

function grow(places: readonly DistrictEntry[], cameras: readonly (readonly [string, string, DistrictState])[] = []): DistrictTree {
  const tree = new DistrictTree();
  places.forEach((entry) => tree.putDistrict(entry));
  cameras.forEach(([id, district, state]) => tree.putCamera(id, district, state));
  return tree;
}

describe('DistrictTree', () => {
  it('sorts places by code, children before or after their parents', () => {
    const places = [place('32998202', '329982'), place('32998201', '329982'), place('329982', null)];
    expect(shape(grow(places).root)).toBe('root:0(329982:0(32998201:0 32998202:0))');
    expect(shape(grow(places.toReversed()).root)).toBe('root:0(329982:0(32998201:0 32998202:0))');
  });

  it.each<[string, readonly DistrictEntry[], string]>([
    ['a missing parent', [place('11', '10')], 'root:0(11:0)'],
    ['its own parent', [place('11', '11')], 'root:0(11:0)'],
    ['a circle of two', [place('11', '12'), place('12', '11')], 'root:0(11:0 12:0)'],
    ['a place under a circle', [place('11', '12'), place('12', '11'), place('1101', '11')], 'root:0(11:0(1101:0) 12:0)'],
  ])('hangs %s at the root', (_, places, expected) => {
    expect(shape(grow(places).root)).toBe(expected);
  });

  it('counts a camera in its place and everything above it', () => {
    const tree = grow(
      [place('32', null), place('3201', '32'), place('3202', '32')],
      [
        ['a', '3201', 'online'],
        ['b', '3201', 'offline'],
        ['c', '3202', 'unknown'],
      ],
    );
    expect(shape(tree.root)).toBe('root:3(32:3(3201:2 3202:1))');
    expect(tree.node('32')?.counts).toEqual({ total: 3, online: 1, offline: 1, unknown: 1 });
    tree.putCamera('a', '3201', 'offline');
    expect(tree.node('32')?.counts).toEqual({ total: 3, online: 0, offline: 2, unknown: 1 });
    tree.putCamera('a', '3202', 'online');
    expect(shape(tree.root)).toBe('root:3(32:3(3201:1 3202:2))');
    tree.deleteCamera('c');
    expect(tree.root.counts).toEqual({ total: 2, online: 1, offline: 1, unknown: 0 });
  });

  it('counts a camera of an unknown place at the nearest place above it, and moves it when the place comes', () => {
    const tree = grow(
      [place('32', null)],
      [
        ['a', '320105', 'online'],
        ['b', '99', 'online'],
      ],
    );
    expect(shape(tree.root)).toBe('root:2(32:1)');
    tree.putDistrict(place('3201', '32'));
    expect(shape(tree.root)).toBe('root:2(32:1(3201:1))');
    tree.deleteDistrict('32');
    expect(shape(tree.root)).toBe('root:2(3201:1)');
  });

  it('says when something changed, and only then', () => {
    const tree = grow([place('32', null)], [['a', '32', 'online']]);
    const { version, root } = tree;
    tree.putCamera('a', '32', 'online');
    tree.deleteCamera('nobody');
    expect(tree.version).toBe(version);
    tree.putCamera('a', '32', 'offline');
    expect(tree.version).toBeGreaterThan(version);
    expect(tree.root, 'the nodes stay the same objects').toBe(root);
  });

  it('never loses a camera, whatever the tree looks like', () => {
    const code = fc.constantFrom('1', '11', '12', '111', '2', '21');
    const state = fc.constantFrom<DistrictState>('online', 'offline', 'unknown');
    const step = fc.oneof(
      fc.record({ code, parent: fc.option(code) }),
      fc.record({ gone: code }),
      fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), district: code, state }),
      fc.record({ lost: fc.constantFrom('a', 'b') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const tree = new DistrictTree();
        const cameras = new Map<string, DistrictState>();
        for (const each of steps) {
          if ('gone' in each) tree.deleteDistrict(each.gone);
          else if ('lost' in each) {
            tree.deleteCamera(each.lost);
            cameras.delete(each.lost);
          } else if ('id' in each) {
            tree.putCamera(each.id, each.district, each.state);
            cameras.set(each.id, each.state);
          } else tree.putDistrict(place(each.code, each.parent));
          const states = [...cameras.values()];
          const count = (wanted: DistrictState) => states.filter((known) => known === wanted).length;
          expect(tree.root.counts).toEqual({
            total: cameras.size,
            online: count('online'),
            offline: count('offline'),
            unknown: count('unknown'),
          });
        }
      }),
      { seed: 329_982, numRuns: 300 },
    );
  });
});
