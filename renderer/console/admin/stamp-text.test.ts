import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOf, localInputOf, momentOf, periodOf, stampText } from './stamp-text.ts';

describe('moments', () => {
  test('are written the same in every language', () => {
    expect(stampText(new Date(2026, 10, 26, 7, 3, 5).getTime())).toBe('2026-11-26 07:03:05');
  });

  test.each([
    ['2026-11-26T07:03', new Date(2026, 10, 26, 7, 3).getTime()],
    ['2026-11-26T07:03:09', new Date(2026, 10, 26, 7, 3, 9).getTime()],
    ['', null],
    ['yesterday', null],
    ['2026-13-40T07:03', null],
    ['1960-01-01T00:00', null],
    ['2026-11-26', null],
  ])('%j', (input, moment) => {
    expect(momentOf(input)).toBe(moment);
  });

  test.each([
    ['2026-11-26T07:03', new Date(2026, 10, 26, 7, 3, 59, 999).getTime()],
    ['2026-11-26T07:03:09', new Date(2026, 10, 26, 7, 3, 9, 999).getTime()],
    ['2026-11-26T07:03:09.5', new Date(2026, 10, 26, 7, 3, 9, 500).getTime()],
    ['', null],
    ['2026-11-26', null],
  ])('a period that ends at %j takes in all that it names', (input, moment) => {
    expect(endOf(input)).toBe(moment);
  });

  test.each([
    ['', '', {}],
    ['2026-11-26T07:03', '', { from: new Date(2026, 10, 26, 7, 3).getTime() }],
    ['', '2026-11-26T07:03', { to: new Date(2026, 10, 26, 7, 3, 59, 999).getTime() }],
    ['2026-11-26T07:04', '2026-11-26T07:03', null],
    ['yesterday', '', null],
    ['', 'tomorrow', null],
  ])('the period from %j to %j', (from, to, period) => {
    expect(periodOf({ from, to })).toEqual(period);
  });

  test('what a field was given comes back to the second', () => {
    // One zone has an hour twice a year that a field without offset cannot tell apart; the test runs where there is none of it.
    fc.assert(
      fc.property(fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }), (seconds) => {
        const back = momentOf(localInputOf(seconds * 1000));
        return back !== null && localInputOf(back) === localInputOf(seconds * 1000);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
