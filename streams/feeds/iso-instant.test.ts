import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoInstant } from './iso-instant.ts';

const at = Date.parse('2026-07-01T02:00:00Z');

test.each([
  ['2026-07-01T02:00:00Z', at],
  ['2026-07-01T02:00:00z', at],
  ['2026-07-01T02:00Z', at],
  ['2026-07-01 10:00:00+08:00', at],
  ['2026-07-01 10:00:00 +0800', at],
  ['2026-07-01T10:00:00+08', at],
  ['2026-06-30T22:30:00-03:30', at],
  ['2026-07-01T02:00:00-00:00', at],
  ['2026-07-01T02:00:00.775023242Z', at + 775],
  ['2026-07-01T02:00:00,5Z', at + 500],
  ['2026-06-30T24:00:00Z', Date.parse('2026-07-01T00:00:00Z')],
  ['2026-07-01T02:00:00', null],
  ['2026-07-01', null],
  ['2026-02-30T00:00:00Z', null],
  ['2026-13-01T00:00:00Z', null],
  ['2026-07-01T25:00:00Z', null],
  ['2026-07-01T24:00:01Z', null],
  ['2026-07-01T02:60:00Z', null],
  ['2026-07-01T02:00:00+25:00', null],
  ['26-07-01T02:00:00Z', null],
  ['1969-12-31T23:59:59Z', null],
  ['1970-01-01T00:00:00+08:00', null],
  ['0000-00-00T00:00:00Z', null],
  ['Wed, 01 Jul 2026 02:00:00 GMT', null],
  ['', null],
])('%s', (text, expected) => {
  expect(isoInstant(text, null)).toBe(expected);
});

test('what tells no offset has the one that is assumed', () => {
  expect(isoInstant('2026-07-01T02:00:00', 'Z')).toBe(at);
  expect(isoInstant('2026-07-01', 'Z')).toBe(Date.parse('2026-07-01T00:00:00Z'));
});

test('every instant that is written comes back, and any text is a time or none (seeded)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), fc.string({ maxLength: 30 }), (instant, text) => {
      expect(isoInstant(new Date(instant).toISOString(), null)).toBe(instant);
      const other = isoInstant(text, 'Z');
      expect(other === null || Number.isSafeInteger(other)).toBe(true);
    }),
    { seed: 23, numRuns: 300 },
  );
});
