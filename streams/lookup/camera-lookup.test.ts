import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CameraLookup, type LookupEntry } from './camera-lookup.ts';
import { PinyinInitials } from './pinyin-initials.ts';

const cameras: readonly LookupEntry[] = [
  { id: 'a', number: 'DS01-00002', name: '陶源路与滨湖大道路口东向', aliases: ['32998201041321000002'] },
  { id: 'b', number: 'DS01-00001', name: '青坯小学东门', aliases: ['OLD-77'] },
  { id: 'c', number: 'DS02-00001', name: '滨湖大道DS01段', aliases: [] },
  { id: 'd', number: 'DS01', name: 'Sluice of the ＤＳ River' },
];

/** What the initials of a name are, for the characters of the fuzz; digits that a mark parts stay apart. */
function initialsOf(name: string): string {
  if (!/[陶湖路]/u.test(name)) return '';
  const letters = name.replaceAll('陶', 't').replaceAll('湖', 'h').replaceAll('路', 'l');
  return letters.replaceAll(/(?<=\d)[- ]+(?=\d)/g, '\u0001').replaceAll(/[- ]/g, '');
}

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
    ['qpxxdm', ['b'], 'the initials of a name'],
    ['BHDD', ['c', 'a'], 'names whose initials begin so before those that hold them'],
    ['xx', ['b'], 'any part of them'],
    ['tyl 青', [], 'all words must match, initials or not'],
    ['bhdd 东向', ['a'], 'initials and characters, as two words'],
    ['dds01', ['c'], 'digits in a name stand among its initials'],
    ['zz', [], 'letters that stand beside each other in no name'],
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

  it('ranks numbers before names before initials before the rest', () => {
    const lookup = lookupOf([
      { id: 'rest', number: '1', name: '西大道站' },
      { id: 'initials', number: '6', name: '大道站' },
      { id: 'name', number: '5', name: 'DDZ 机房' },
      { id: 'prefix', number: 'DDZ-4', name: '岗亭' },
      { id: 'exact', number: 'DDZ', name: '哨位' },
    ]);
    expect(lookup.search('ddz', 10).ids).toEqual(['exact', 'prefix', 'name', 'initials', 'rest']);
    expect(lookup.search('ddz', 4).ids).toEqual(['exact', 'prefix', 'name', 'initials']);
  });

  it('counts each reading, at the beginning too', () => {
    const lookup = lookupOf([
      { id: 'a', number: '1', name: '重庆路' },
      { id: 'b', number: '2', name: '西长重站' },
    ]);
    for (const text of ['cql', 'zql']) expect(lookup.search(text, 10)).toEqual({ ids: ['a'], total: 1 });
    for (const text of ['xcc', 'xzz', 'xcz', 'xzc']) expect(lookup.search(text, 10)).toEqual({ ids: ['b'], total: 1 });
    expect(lookup.search('c', 10).ids).toEqual(['a', 'b']);
  });

  it('keeps initials through changes around a camera, and follows a new name', () => {
    const lookup = lookupOf(cameras);
    expect(lookup.search('tylyb', 10).ids).toEqual(['a']);
    lookup.put({ id: 'e', number: 'A', name: '竹海' });
    lookup.delete('b');
    lookup.put({ id: 'c', number: 'DS02-00001', name: '古窑' });
    expect(lookup.search('tylyb', 10).ids).toEqual(['a']);
    expect(lookup.search('zh', 10).ids).toEqual(['e']);
    expect(lookup.search('qpxx', 10).total).toBe(0);
    expect(lookup.search('bhdd', 10).ids).toEqual(['a']);
    expect(lookup.search('gy', 10).ids).toEqual(['c']);
  });

  it('finds all else where the runtime has no collation by pinyin', () => {
    const lookup = new CameraLookup(new PinyinInitials((a, b) => (a < b ? -1 : Number(a > b))));
    cameras.forEach((entry) => lookup.put(entry));
    expect(lookup.search('qpxxdm', 10)).toEqual({ ids: [], total: 0 });
    expect(lookup.search('ds01', 10).ids).toEqual(['d', 'b', 'a', 'c']);
    expect(lookup.search('湖', 10).ids).toEqual(['a', 'c']);
  });

  it('answers like a plain filter, whatever is typed, deleted and changed in between', () => {
    const letters = fc.constantFrom('陶', '湖', '路', 't', 'H', 'l', '1', '0', '-', ' ');
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
              words.every((part) => [number, name, ...aliases, initialsOf(name)].some((field) => field.toLowerCase().includes(part)));
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
