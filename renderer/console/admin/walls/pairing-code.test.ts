import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupedCode, pairingCode } from './pairing-code.ts';

test.each([
  ['K7MP 2XQD', 'K7MP2XQD', 'K7MP 2XQD'],
  ['k7mp-2xqd', 'K7MP2XQD', 'K7MP 2XQD'],
  ['  k7 mp 2x qd ', 'K7MP2XQD', 'K7MP 2XQD'],
  ['Ｋ７ＭＰ　２ＸＱＤ', 'K7MP2XQD', 'K7MP 2XQD'],
  ['K7MP—2XQD', 'K7MP2XQD', 'K7MP 2XQD'],
  ['k7mp', 'K7MP', 'K7MP'],
  ['k7mp2', 'K7MP2', 'K7MP 2'],
  ['', '', ''],
  ['配对码', '', ''],
])('%j is %j', (typed, code, shown) => {
  expect([pairingCode(typed), groupedCode(typed)]).toEqual([code, shown]);
});

test('whatever is typed, what is sent is plain, and typing goes on from what is shown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (typed) => {
      const code = pairingCode(typed);
      return /^[0-9A-Z]*$/.test(code) && groupedCode(groupedCode(typed)) === groupedCode(typed);
    }),
    { seed: 5, numRuns: 500 },
  );
});
