import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNumber, nextNumber, parseNumber } from './number.ts';

test.each<[string | null, string, string]>([
  [null, '2026-11-27', '2026-1127-0001'],
  ['2026-1127-0041', '2026-11-27', '2026-1127-0042'],
  ['2026-1127-0041', '2026-11-28', '2026-1128-0001'],
  ['2026-1231-0007', '2027-01-01', '2027-0101-0001'],
  // The clock was set back over midnight.
  ['2026-1128-0002', '2026-11-27', '2026-1128-0003'],
  ['2026-1127-9999', '2026-11-27', '2026-1127-10000'],
  ['2026-1127-10000', '2026-11-27', '2026-1127-10001'],
  ['what?', '2026-11-27', '2026-1127-0001'],
])('after %s on %s comes %s', (last, today, next) => {
  expect(nextNumber(last, today)).toBe(next);
});

test.each(['2026-1127-042', '2026-11-27-0042', '2026-1127-0042 ', '', '2026-1127-1234567890'])('%j is no number', (text) => {
  expect(parseNumber(text)).toBeNull();
});

test('what is written is read back', () => {
  expect(formatNumber(parseNumber('2026-1127-0042')!)).toBe('2026-1127-0042');
  const holds = fc.property(fc.string({ maxLength: 30 }), (text) => {
    const read = parseNumber(text);
    return read === null || formatNumber(read).endsWith(String(read.count));
  });
  expect(fc.check(holds, { seed: 42, numRuns: 1000 }).counterexample).toBeNull();
});

test('no number is given twice, whatever the clock does', () => {
  const days = fc.array(
    fc.integer({ min: 1, max: 28 }).map((day) => `2026-11-${String(day).padStart(2, '0')}`),
    { maxLength: 60 },
  );
  const holds = fc.property(days, (clock) => {
    let last: string | null = null;
    const given = clock.map((today) => (last = nextNumber(last, today)));
    return new Set(given).size === given.length;
  });
  expect(fc.check(holds, { seed: 42, numRuns: 500 }).counterexample).toBeNull();
});
