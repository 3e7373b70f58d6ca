import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Indicator } from '../../../streams/feed-contract.ts';
import { gaugeScale, goodPart } from './gauge-scale.ts';

const at = (value: number | null, unit = '', target: Indicator['target'] = null) => ({ value, unit, target });

test.each([
  ['a share', {}, at(42, '%'), { min: 0, max: 100 }],
  ['a share beyond all', {}, at(180, '%'), { min: 0, max: 250 }],
  ['a count', {}, at(37), { min: 0, max: 50 }],
  ['a count far from its target', {}, at(3, '', { op: '>=', value: 1500 }), { min: 0, max: 2000 }],
  ['what is below nothing', {}, at(-7, '°C'), { min: -10, max: 10 }],
  ['unknown', {}, at(null), { min: 0, max: 1 }],
  ['what somebody set', { min: 2, max: 6 }, at(100), { min: 2, max: 6 }],
  ['half of it set', { max: 6 }, at(1), { min: 0, max: 6 }],
  ['the wrong way round', { min: 6, max: 2 }, at(1), { min: 2, max: 6 }],
  ['nothing between', { min: 5, max: 5 }, at(1), { min: 5, max: 6 }],
] as const)('%s', (_, set, now, scale) => {
  expect(gaugeScale(set, now)).toEqual(scale);
});

test('a scale has room, whatever is shown on it', () => {
  const anyNumber = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(fc.option(anyNumber), fc.option(anyNumber, { nil: undefined }), fc.constantFrom('', '%'), (value, end, unit) => {
      const { min, max } = gaugeScale({ max: end }, at(value, unit));
      expect(max).toBeGreaterThan(min);
      if (end === undefined && value !== null) expect(min <= value && value <= max).toBe(true);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test('the part that reaches the target', () => {
  const scale = { min: 0, max: 100 };
  expect(goodPart({ op: '>=', value: 80 }, scale)).toEqual({ from: 80, to: 100 });
  expect(goodPart({ op: '<', value: 12 }, scale)).toEqual({ from: 0, to: 12 });
  expect(goodPart({ op: '>', value: 200 }, scale)).toEqual({ from: 100, to: 100 });
  expect(goodPart({ op: '=', value: 5 }, scale)).toBeNull();
  expect(goodPart(null, scale)).toBeNull();
});
