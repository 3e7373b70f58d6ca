import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstOf } from './first-of.ts';

test('is what sorting all of it and taking the first would give, equals in their order', () => {
  const items = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 300 });
  fc.assert(
    fc.property(items, fc.integer({ min: 0, max: 40 }), (values, count) => {
      const placed = values.map((value, at) => ({ value, at }));
      const compare = (a: { value: number }, b: { value: number }) => a.value - b.value;
      expect(firstOf(placed, count, compare)).toEqual(placed.toSorted(compare).slice(0, count));
    }),
    { seed: 4714, numRuns: 300 },
  );
});
