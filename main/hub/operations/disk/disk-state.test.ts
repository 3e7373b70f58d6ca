import { expect, test } from 'vitest';
import { nextDiskState, type DiskState } from './disk-state.ts';

const limits = { warnBytes: 2000, stopBytes: 200 };

test.each<[DiskState, number, DiskState]>([
  ['enough', 2000, 'enough'],
  ['enough', 1999, 'low'],
  ['enough', 199, 'full'],
  ['low', 2199, 'low'],
  ['low', 2200, 'enough'],
  ['low', 200, 'low'],
  ['low', 199, 'full'],
  ['full', 219, 'full'],
  ['full', 220, 'low'],
  ['full', 2199, 'low'],
  ['full', 2200, 'enough'],
  ['full', 0, 'full'],
])('%s with %i bytes free becomes %s', (before, free, after) => {
  expect(nextDiskState(before, free, limits)).toBe(after);
});

test('limits the wrong way round stop at the one that stops', () => {
  const odd = { warnBytes: 100, stopBytes: 200 };
  expect([199, 200, 300].map((free) => nextDiskState('enough', free, odd))).toEqual(['full', 'enough', 'enough']);
  expect([219, 220].map((free) => nextDiskState('full', free, odd))).toEqual(['full', 'enough']);
});

test('a value that swings around a limit by less than a tenth changes the state once', () => {
  let state: DiskState = 'enough';
  const changes: DiskState[] = [];
  for (let index = 0; index < 100; index += 1) {
    const next = nextDiskState(state, index % 2 === 0 ? 1950 : 2150, limits);
    if (next !== state) changes.push(next);
    state = next;
  }
  expect(changes).toEqual(['low']);
});
