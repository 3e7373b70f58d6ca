import { expect, test } from 'vitest';
import { placeLink } from './place-link.ts';

test.each([
  [31.35, 119.81, 'wgs84', 'geo:31.350000,119.810000?q=31.350000,119.810000'],
  [-0.0000004, 0, 'cgcs2000', 'geo:-0.000000,0.000000?q=-0.000000,0.000000'],
  [31.3479433, 119.8148691, 'gcj02', 'geo:31.350000,119.810000?q=31.350000,119.810000'],
  [31.3536018, 119.821479, 'bd09', 'geo:31.350001,119.810000?q=31.350001,119.810000'],
  [null, 119.81, 'wgs84', null],
  [31.35, null, 'wgs84', null],
] as const)('%s, %s (%s) is %s', (lat, lon, datum, link) => {
  expect(placeLink({ lat, lon, datum })).toBe(link);
});
