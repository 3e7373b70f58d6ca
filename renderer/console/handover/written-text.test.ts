import { expect, test } from 'vitest';
import { handoverOffer } from '../../../main/contract/desk.ts';
import { writtenText } from './written-text.ts';

test.each([
  ['', null],
  [' \n\t ', null],
  ['  Quiet night\n', 'Quiet night'],
  ['One\r\nTwo\tthree', 'One\nTwo three'],
])('%j is %j', (typed, written) => {
  expect(writtenText(typed)).toBe(written);
});

test('what is pasted from a table is taken', () => {
  expect(handoverOffer.args.safeParse({ note: writtenText('a\tb\r\nc\td') }).success).toBe(true);
});
