import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantities, type QuantityName } from '../../systems/quantities.ts';
import { inOurUnit, isUnitOf } from './ngsi-units.ts';

test.each<[QuantityName, number, string | null, number, boolean]>([
  ['pipe-pressure', 25, 'MTR', 0.24516625, true],
  ['pipe-pressure', 4.2, 'bar', 0.42, true],
  ['pipe-pressure', 0.35, 'MPa', 0.35, true],
  ['air-pressure', 1009, 'hPa', 1009, true],
  ['air-pressure', 1.009, 'BAR', 1009, true],
  ['response-minutes', 540, 'SEC', 9, true],
  ['pipe-flow', 720, 'E32', 0.72, true],
  ['pipe-flow', 5, 'l/s', 18, true],
  ['temperature', 68, '°F', 20, true],
  ['temperature', 68, 'F', 20, true],
  ['temperature', 68, 'ºF', 20, true],
  ['temperature', 20, 'ºC', 20, true],
  ['temperature', 20, '℃', 20, true],
  ['temperature', 68, 'http://qudt.org/vocab/unit/DEG_F', 20, true],
  ['temperature', 68, 'unit:DEG_F', 20, true],
  ['wind-speed', 10, 'mph', 4.4704, true],
  ['wind-speed', 10, 'knots', 5.14444, true],
  ['temperature', 293.15, 'KEL', 20, true],
  ['co2', 500, 'ppm', 900, true],
  ['ammonia', 90, 'µg/m³', 0.09, true],
  ['ammonia', 90, 'μg/m³', 0.09, true],
  ['energy', 1.5, 'MWH', 1500, true],
  // Carbon monoxide is the one gas of the air that is told in milligrams, where people keep to that.
  ['co', 1.2, null, 1.2, true],
  ['co', 640, null, 0.64, true],
  ['co', 640, 'GP', 640, true],
  // A unit of something else.
  ['temperature', 20, 'P1', 20, false],
  ['pm25', 35, 'KMH', 35, false],
  ['humidity', 40, 'FAH', 40, false],
  // A unit that nobody knows.
  ['temperature', 20, 'UDT16', 20, true],
  ['temperature', 20, 'constructor', 20, true],
])('%s of %d in %s', (quantity, value, unit, expected, fits) => {
  const read = inOurUnit(value, unit, { quantity });
  expect(read.value).toBeCloseTo(expected, 9);
  expect(read.fits).toBe(fits);
});

test('what has no unit is in that of the model', () => {
  expect(inOurUnit(50, null, { quantity: 'water-level', unit: 'CMT' })).toEqual({ value: 0.5, fits: true });
  expect(inOurUnit(50, 'MTR', { quantity: 'water-level', unit: 'CMT' })).toEqual({ value: 50, fits: true });
});

test.each<[string, QuantityName, boolean]>([
  ['BAR', 'pipe-pressure', true],
  ['MPa', 'pipe-pressure', true],
  ['CEL', 'pipe-pressure', false],
  ['KWH', 'energy', true],
  ['MTQ', 'energy', false],
  ['constructor', 'energy', false],
])('%s is a unit of %s: %s', (unit, quantity, expected) => {
  expect(isUnitOf(unit, quantity)).toBe(expected);
});

test('whatever unit a number has, it stays a number, and one in a unit that fits is of the same sign (seeded)', () => {
  const names = Object.keys(quantities) as QuantityName[];
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
      fc.oneof(fc.constant(null), fc.constantFrom('GP', 'GQ', 'MTR', 'KPA', 'CEL', '61', 'ppm', '__proto__'), fc.string({ maxLength: 6 })),
      (quantity, value, unit) => {
        const read = inOurUnit(value, unit, { quantity });
        expect(Number.isFinite(read.value)).toBe(true);
        if (quantities[quantity].unit !== '°C') expect(read.value === 0 || Math.sign(read.value) === Math.sign(value)).toBe(true);
      },
    ),
    { seed: 41, numRuns: 1000 },
  );
});
