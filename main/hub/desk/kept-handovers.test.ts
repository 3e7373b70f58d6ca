import { expect, test } from 'vitest';
import type { Handover } from '../../contract/desk.ts';
import { handoversToDrop, maxHandovers, offeredCountsMs } from './kept-handovers.ts';

const now = 10 * offeredCountsMs;
const handover = (id: string, state: Handover['state'], offeredAt: number) => ({ id, state, offeredAt }) as Handover;
const dropped = (all: Handover[], atMost: number) => handoversToDrop(all, now, atMost).map(({ id }) => id);

test.each<[string, Handover[], number, string[]]>([
  ['there is room', [handover('a', 'signed', 1)], 2, []],
  ['no room: the oldest goes', [handover('b', 'signed', 2), handover('a', 'withdrawn', 1)], 2, ['a']],
  [
    'far too many: as many as it takes',
    [handover('c', 'signed', 3), handover('a', 'signed', 1), handover('b', 'signed', 2)],
    2,
    ['a', 'b'],
  ],
  ['one that waits stays', [handover('a', 'offered', now - offeredCountsMs + 1), handover('b', 'signed', now - 1)], 2, ['b']],
  [
    'one that has waited for a week does not',
    [handover('a', 'offered', now - offeredCountsMs), handover('b', 'signed', now - 1)],
    2,
    ['a'],
  ],
  ['nothing but what waits: nothing goes', [handover('a', 'offered', now - 1), handover('b', 'offered', now)], 2, []],
])('%s', (_name, all, atMost, expected) => {
  expect(dropped(all, atMost)).toEqual(expected);
});

test('there are never more than 500 with the one that comes', () => {
  const all = Array.from({ length: maxHandovers }, (_, n) => handover(`h${n}`, 'signed', n));
  expect(handoversToDrop(all, now).map(({ id }) => id)).toEqual(['h0']);
  expect(handoversToDrop(all.slice(1), now)).toEqual([]);
});
