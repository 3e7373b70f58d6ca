import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { base32, fromBase32 } from './base32.ts';

// RFC 4648 clause 10, without its padding
test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('"%s" is %s', (plain, text) => {
  expect(base32(Buffer.from(plain))).toBe(text);
  expect(fromBase32(text)?.toString()).toBe(plain);
});

test.each(['M', 'MZX', 'MZXW6Y', 'MZ', 'MZXR', 'my', 'MY======', 'M1', 'M8', 'MZ XQ', 'MY\n', 'ＭＹ'])('"%s" is refused', (text) => {
  expect(fromBase32(text)).toBeNull();
});

test('what was written is read back, and what is read is what would be written', () => {
  const there = fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => fromBase32(base32(bytes))?.equals(bytes) === true);
  expect(fc.check(there, { seed: 4648, numRuns: 1000 }).counterexample).toBeNull();
  const near = fc.string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=18a '), maxLength: 16 });
  const back = fc.property(fc.oneof(fc.string(), near), (text) => {
    const bytes = fromBase32(text);
    return bytes === null || base32(bytes) === text;
  });
  expect(fc.check(back, { seed: 4648, numRuns: 5000 }).counterexample).toBeNull();
});
