import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readChinaTime, writeChinaTime } from './china-time.ts';

test.each<[string, number | null]>([
  ['20260105083000', Date.UTC(2026, 0, 5, 0, 30)],
  ['20260105083000123', Date.UTC(2026, 0, 5, 0, 30, 0, 123)],
  ['20260105', Date.UTC(2026, 0, 4, 16)],
  ['2026010508', Date.UTC(2026, 0, 5, 0)],
  ['202601050830', Date.UTC(2026, 0, 5, 0, 30)],
  ['20240229000000', Date.UTC(2024, 1, 28, 16)],
  ['20230229000000', null],
  ['20260105240000', null],
  ['20260105086000', null],
  ['20261305083000', null],
  ['00260105083000', null],
  ['2026-01-05', null],
  ['2026010508300', null],
  ['', null],
])('%s', (digits, at) => expect(readChinaTime(digits)).toBe(at));

test('what is written is read back', () => {
  const at = Date.UTC(2026, 6, 1, 16, 5, 9, 7);
  expect(writeChinaTime(at)).toBe('20260702000509');
  expect(writeChinaTime(at, true)).toBe('20260702000509007');
  expect(readChinaTime(writeChinaTime(at, true))).toBe(at);
});

test('every instant is read back, and any digits are a time or none (seeded)', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000_000 }),
      fc.string({ unit: fc.constantFrom(...'0123456789 -'), maxLength: 18 }),
      (at, text) => {
        expect(readChinaTime(writeChinaTime(at, true))).toBe(at);
        const read = readChinaTime(text);
        expect(read === null || Number.isSafeInteger(read)).toBe(true);
      },
    ),
    { seed: 26, numRuns: 300 },
  );
});
