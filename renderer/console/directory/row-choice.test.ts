import { describe, expect, test } from 'vitest';
import { chooseAlso, chooseOne, chooseRemaining, chooseThrough, noChoice } from './row-choice.ts';

const list = ['a', 'b', 'c', 'd', 'e'];

describe('choosing rows', () => {
  test.each([
    ['one more', chooseAlso(chooseOne('d'), list, 'b'), 'b', ['b', 'd']],
    ['one less', chooseAlso({ anchor: 'a', ids: ['a', 'b'] }, list, 'a'), 'a', ['b']],
    ['the first', chooseAlso(noChoice, list, 'c'), 'c', ['c']],
    ['a stretch down', chooseThrough(chooseOne('b'), list, 'd'), 'b', ['b', 'c', 'd']],
    ['a stretch up, in the order of the list', chooseThrough(chooseOne('d'), list, 'b'), 'd', ['b', 'c', 'd']],
    ['another stretch from the same place', chooseThrough({ anchor: 'c', ids: ['c', 'd', 'e'] }, list, 'a'), 'c', ['a', 'b', 'c']],
    ['a stretch to where it began', chooseThrough(chooseOne('c'), list, 'c'), 'c', ['c']],
    ['a stretch from nowhere', chooseThrough(noChoice, list, 'c'), 'c', ['c']],
    ['a stretch from a row that is gone', chooseThrough(chooseOne('z'), list, 'c'), 'c', ['c']],
    ['a stretch to a row that is gone', chooseThrough(chooseOne('b'), list, 'z'), 'b', ['b']],
    ['after a row went', chooseRemaining({ anchor: 'a', ids: ['a', 'b', 'c'] }, ['a', 'c']), 'a', ['a', 'c']],
  ])('%s', (_name, choice, anchor, ids) => {
    expect(choice).toEqual({ anchor, ids });
  });

  test('nothing gone is nothing new', () => {
    const choice = chooseThrough(chooseOne('a'), list, 'b');
    expect(chooseRemaining(choice, list)).toBe(choice);
  });

  test('no more than a scene has tiles', () => {
    const long = Array.from({ length: 1000 }, (_, nth) => `c${nth}`);
    const down = chooseThrough(chooseOne('c100'), long, 'c900');
    expect([down.ids.length, down.ids[0], down.ids.at(-1)]).toEqual([400, 'c100', 'c499']);
    const up = chooseThrough(chooseOne('c900'), long, 'c0');
    expect([up.ids.length, up.ids[0], up.ids.at(-1)]).toEqual([400, 'c501', 'c900']);
    expect(chooseAlso(down, long, 'c950')).toBe(down);
    expect(chooseAlso(down, long, 'c100').ids).toHaveLength(399);
  });
});
