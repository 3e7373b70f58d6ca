import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coordinatesOf } from './coordinates.ts';

describe('what is typed for a place', () => {
  test.each([
    ['31.36, 119.82', 31.36, 119.82],
    ['31.36，119.82', 31.36, 119.82],
    ['  31.360000 119.820000 ', 31.36, 119.82],
    ['31.36°, 119.82°', 31.36, 119.82],
    ['119.82、31.36', 31.36, 119.82],
    ['-33.45;-70.66', -33.45, -70.66],
    ['+90.0, 180.0', 90, 180],
  ])('%s is a position', (words, lat, lon) => {
    expect(coordinatesOf(words)).toEqual({ lat, lon });
  });

  test.each([
    '',
    '31.36',
    '12 15',
    '31, 119',
    '31.36119.82',
    '95.1, 120.5',
    '200.5, 31.3',
    '31.36, 119.82 号楼',
    'K31.36, 119.82',
    '31.36, 119.',
    '1e1.0, 2.0',
  ])('%s is none', (words) => {
    expect(coordinatesOf(words)).toBeNull();
  });

  test('whatever is typed, a position lies on the earth', () => {
    const typed = fc.oneof(fc.string(), fc.stringMatching(/^[+-]?\d{1,4}\.\d{1,3}[,， ;]{1,2}[+-]?\d{1,4}\.\d{1,3}$/));
    fc.assert(
      fc.property(typed, (words) => {
        const found = coordinatesOf(words);
        if (found) expect([Math.abs(found.lat) <= 90, Math.abs(found.lon) <= 180]).toEqual([true, true]);
      }),
      { seed: 20261127, numRuns: 500 },
    );
  });
});
