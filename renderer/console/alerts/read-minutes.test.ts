import { expect, test } from 'vitest';
import { readMinutes } from './read-minutes.ts';

test.each([
  ['60', 60],
  [' 1 ', 1],
  ['480', 480],
  ['481', null],
  ['0', null],
  ['-5', null],
  ['1.5', null],
  ['1e2', null],
  ['', null],
  ['九', null],
  ['9999999', null],
])('%s is %s', (typed, minutes) => {
  expect(readMinutes(typed, 480)).toBe(minutes);
});
