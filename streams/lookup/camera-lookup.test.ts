import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CameraLookup, type LookupEntry } from './camera-lookup.ts';

const cameras: readonly LookupEntry[] = [
  { id: 'a', number: 'DS01-00002', name: '陶源路与滨湖大道路口东向', aliases: ['32998201041321000002'] },
  { id: 'b', number: 'DS01-00001', name: '青坯小学东门', aliases: ['OLD-77'] },
  { id: 'c', number: 'DS02-00001', name: '滨湖大道DS01段', aliases: [] },
  { id: 'd', number: 'DS01', name: 'Sluice of the ＤＳ River' },
];

function lookupOf(entries: readonly LookupEntry[]): CameraLookup {
  const lookup = new CameraLookup();
  entries.forEach((entry) => lookup.put(entry));
  return lookup;
}

describe('CameraLookup', () => {
  const cases: readonly [text: string, ids: readonly string[], why: string][] = [
    ['', ['d', 'b', 'a', 'c'], 'an empty text is all, by number'],
    ['   ', ['d', 'b', 'a', 'c'], 'so are spaces'],
    ['ds01', ['d', 'b', 'a', 'c'], 'the exact number, then numbers that begin so, then any part'],
    ['ds01-00002', ['a'], 'case does not matter'],
    ['ＤＳ０１－００００２', ['a'], 'nor do full-width forms'],
    ['滨湖', ['c', 'a'], 'a name that begins so comes before one that holds it'],
    ['湖', ['a', 'c'], 'one character is enough; then by number'],
    ['湖 东', ['a'], 'all words must match'],
    ['东 湖　陶', ['a'], 'in any order, with any white space'],
    ['old-77', ['b'], 'an alias counts'],
    ['1321000002', ['a'], 'so does any part of one'],
    ['00001 青', ['b'], 'words may match in different fields'],
    ['00001青', [], 'a word may not match across two fields'],
    ['of the', ['d'], 'spaces part words in names too'],
    ['没有', [], 'nothing'],
  ];
  it.each(cases)('%j finds %j: %s', (text, ids) => {
    expect(lookupOf(cameras).search(text, 10)).toEqual({ ids, total: ids.length });
    expect(lookupOf(cameras.toReversed()).search(text, 10).ids, 'whatever the order of arrival').toEqual(ids);
  });

  it('cuts the list and counts all', () => {
    expect(lookupOf(cameras).search('ds', 2)).toEqual({ ids: ['d', 'b'], total: 4 });
    expect(lookupOf(cameras).search('ds01', 1)).toEqual({ ids: ['d'], total: 4 });
  });

  it('neither shows nor counts what is not allowed, whoever asked before', () => {
    const lookup = lookupOf(cameras);
    expect(lookup.search('湖', 10).total).toBe(2);
    expect(lookup.search('湖', 10, (id) => id === 'c')).toEqual({ ids: ['c'], total: 1 });
    expect(lookup.search('湖', 10).total).toBe(2);
  });

  it('follows changes and removals between searches', () => {
    const lookup = lookupOf(cameras);
    expect(lookup.search('东', 10).ids).toEqual(['b', 'a']);
    lookup.put({ id: 'b', number: 'DS01-00001', name: '青坯小学西门' });
    expect(lookup.search('东', 10).ids).toEqual(['a']);
    expect(lookup.search('old', 10).total).toBe(0);
    lookup.delete('a');
    lookup.delete('a');
    expect(lookup.search('东', 10).total).toBe(0);
    expect(lookup.size).toBe(3);
    lookup.put({ id: 'a', number: 'A', name: '东' });
    lookup.put({ id: 'a', number: 'B', name: '东' });
    expect(lookup.search('', 10).ids).toEqual(['a', 'd', 'b', 'c']);
  });

  it('answers like a plain filter, whatever is typed, deleted and changed in between', () => {
    const letters = fc.constantFrom('陶', '湖', '路', 'a', 'B', '1', '0', ' ');
    const word = fc.string({ unit: letters, maxLength: 4 });
    const entry = fc.record({
      id: fc.constantFrom('p', 'q', 'r', 's', 't', 'u'),
      number: word,
      name: word,
      aliases: fc.array(word, { maxLength: 2 }),
    });
    const step = fc.oneof(
      { weight: 2, arbitrary: entry.map((put) => ({ put })) },
      { weight: 1, arbitrary: fc.constantFrom('p', 'q', 'r').map((gone) => ({ gone })) },
      { weight: 5, arbitrary: word.map((text) => ({ text })) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lookup = new CameraLookup();
        const model = new Map<string, LookupEntry>();
        for (const each of steps) {
          if ('put' in each) {
            lookup.put(each.put);
            model.set(each.put.id, each.put);
          } else if ('gone' in each) {
            lookup.delete(each.gone);
            model.delete(each.gone);
          } else {
            const words = each.text.toLowerCase().split(' ').filter(Boolean);
            const holds = ({ number, name, aliases = [] }: LookupEntry) =>
              words.every((part) => [number, name, ...aliases].some((field) => field.toLowerCase().includes(part)));
            const expected = [...model.values()].filter(holds).map(({ id }) => id);
            const answer = lookup.search(each.text, 100);
            expect(answer.ids.toSorted()).toEqual(expected.toSorted());
            expect(answer.total).toBe(expected.length);
          }
        }
      }),
      { seed: 20_250, numRuns: 300 },
    );
  });
});
