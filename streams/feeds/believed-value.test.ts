import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { observationFact, type ObservationFact } from '../feed-contract.ts';
import { quantities } from '../systems/quantities.ts';
import { believedValue } from './believed-value.ts';

const fact = (quantity: string, value: ObservationFact['value'], quality: ObservationFact['quality'] = 'good'): ObservationFact => ({
  kind: 'observation',
  entity: 'x',
  quantity,
  value,
  quality,
  flag: null,
  at: null,
});

test.each([
  ['humidity', 54, 54, 'good'],
  ['humidity', 140, 140, 'suspect'],
  ['humidity', -1, -1, 'suspect'],
  ['humidity', 9999, null, 'no-data'],
  ['temperature', -40, -40, 'good'],
  ['temperature', 9999, null, 'no-data'],
  ['temperature', -999, null, 'no-data'],
  ['ph', 14.2, 14.2, 'suspect'],
  ['air-pressure', 0, 0, 'suspect'],
  ['latitude', 119.8, 119.8, 'suspect'],
  ['longitude', 119.8, 119.8, 'good'],
  ['speed', 6553.5, null, 'no-data'],
  ['speed', 612, 612, 'suspect'],
  ['speed', 65_535, null, 'no-data'],
  ['occupancy', 104, 104, 'good'],
  ['wind-direction', 999, 999, 'suspect'],
  ['spaces-free', -1, -1, 'suspect'],
  // It may be one.
  ['turbidity', 9999, 9999, 'good'],
  ['voltage', -999, -999, 'good'],
  ['voltage', 1e300, 1e300, 'suspect'],
  ['power', -0, 0, 'good'],
  ['no-such-quantity', 5, 5, 'good'],
  ['state', 'open', 'open', 'good'],
  ['temperature', null, null, 'good'],
] as const)('%s of %s is %s, %s', (quantity, value, expected, quality) => {
  expect(believedValue(fact(quantity, value))).toEqual(fact(quantity, expected, quality));
});

test('what was bad or suspect before stays it', () => {
  expect(believedValue(fact('ph', 20, 'bad')).quality).toBe('bad');
  expect(believedValue(fact('ph', 7, 'suspect')).quality).toBe('suspect');
});

test('whatever number it is, the fact is one, and what is good is within bounds (seeded)', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(quantities)), fc.double({ noNaN: true, noDefaultInfinity: true }), (quantity, value) => {
      const answer = believedValue(fact(quantity, value));
      expect(observationFact.safeParse(answer).success).toBe(true);
      if (answer.quality === 'good') expect(Math.abs(answer.value as number)).toBeLessThanOrEqual(1e12);
    }),
    { seed: 21, numRuns: 500 },
  );
});
