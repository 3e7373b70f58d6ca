import { expect, test } from 'vitest';
import { groupedSecret, isWholeCode, secondFactorCode } from './second-factor-code.ts';

test.each([
  ['123456', '123456', true],
  ['123 456', '123456', true],
  ['１２３４５６', '123456', true],
  ['12345', '12345', false],
  ['1234567', '1234567', false],
  ['', '', false],
  ['abcd-efgh-ijkl', 'abcd-efgh-ijkl', true],
  ['abc', 'abc', false],
  ['a'.repeat(33), 'a'.repeat(33), false],
])('%j is %j, whole: %s', (typed, code, whole) => {
  expect([secondFactorCode(typed), isWholeCode(typed)]).toEqual([code, whole]);
});

test('a secret is read in groups of four', () => {
  expect([groupedSecret('GEZDGNBVGY3TQOJQ'), groupedSecret('ABCDE'), groupedSecret('')]).toEqual(['GEZD GNBV GY3T QOJQ', 'ABCD E', '']);
});
