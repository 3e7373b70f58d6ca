import * as fc from 'fast-check';
import gcoord from 'gcoord';
import { expect, test } from 'vitest';
import { wgs84Of } from './wgs84.ts';

test.each([
  ['nowhere', { lat: null, lon: null, datum: 'wgs84' }, null],
  ['half of a position', { lat: 31.36, lon: null, datum: 'gcj02' }, null],
  ['WGS 84', { lat: 31.36, lon: 119.82, datum: 'wgs84' }, { lat: 31.36, lon: 119.82 }],
  ['CGCS2000', { lat: 31.36, lon: 119.82, datum: 'cgcs2000' }, { lat: 31.36, lon: 119.82 }],
  ['outside of China, where nothing is shifted', { lat: 48, lon: 2, datum: 'gcj02' }, { lat: 48, lon: 2 }],
] as const)('%s', (_what, place, expected) => {
  expect(wgs84Of(place)).toEqual(expected);
});

test('what a Chinese map shows is taken back to within a metre, all over the country', () => {
  const metre = 1 / 111_000;
  const anywhere = fc.tuple(fc.double({ min: 75, max: 134, noNaN: true }), fc.double({ min: 18, max: 53, noNaN: true }));
  fc.assert(
    fc.property(anywhere, fc.constantFrom('gcj02' as const, 'bd09' as const), ([lon, lat], datum) => {
      const [shownLon, shownLat] = gcoord.transform([lon, lat], gcoord.WGS84, datum === 'gcj02' ? gcoord.GCJ02 : gcoord.BD09);
      const found = wgs84Of({ lat: shownLat!, lon: shownLon!, datum })!;
      expect(Math.abs(shownLon! - lon) + Math.abs(shownLat! - lat)).toBeGreaterThan(100 * metre);
      expect(Math.abs(found.lat - lat)).toBeLessThan(metre);
      expect(Math.abs(found.lon - lon)).toBeLessThan(metre);
    }),
    { seed: 20261127, numRuns: 500 },
  );
});
