import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { greatCircleM } from './great-circle.ts';
import { PointGrid } from './point-grid.ts';

test.each<[string, number, number, number, number, number]>([
  ['nothing', 36.65, 117.12, 36.65, 117.12, 0],
  ['a degree of latitude', 0, 0, 1, 0, 111_195],
  ['a degree of longitude at 60 degrees', 60, 0, 60, 1, 55_597],
  ['over the date line', 0, 179.5, 0, -179.5, 111_195],
  ['half around', 0, 0, 0, 180, 20_015_115],
])('the great circle: %s', (_name, lat, lon, otherLat, otherLon, metres) => {
  expect(Math.abs(greatCircleM({ lat, lon }, { lat: otherLat, lon: otherLon }) - metres)).toBeLessThan(2);
});

test('what is near is what a look at all of them finds, everywhere on earth', () => {
  const spot = fc.record({
    lat: fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, 89.999, -89.9995, 0, 36.65, 36.654)),
    lon: fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(-180, 180, 179.999, -179.999, 117.12, 117.125)),
  });
  const close = fc
    .tuple(spot, fc.double({ min: -0.01, max: 0.01, noNaN: true }), fc.double({ min: -0.01, max: 0.01, noNaN: true }))
    .map(([{ lat, lon }, north, east]) => ({
      lat: Math.max(-90, Math.min(90, lat + north)),
      lon: Math.max(-180, Math.min(180, lon + east)),
    }));
  const holds = fc.property(
    fc.array(fc.oneof(spot, close), { maxLength: 60 }),
    spot,
    fc.constantFrom(1, 300, 5000, 400_000, 9_000_000),
    (points, middle, radiusM) => {
      const grid = new PointGrid<{ lat: number; lon: number }>(radiusM);
      points.forEach((_, index) => grid.set(String(index), { lat: 0, lon: index }));
      points.forEach((point, index) => grid.set(String(index), point));
      const expected = points.flatMap((point, index) => (greatCircleM(middle, point) <= radiusM ? [String(index)] : []));
      expect(
        grid
          .near(middle)
          .map(({ key }) => key)
          .toSorted(),
      ).toEqual(expected.toSorted());
      points.forEach((_, index) => grid.delete(String(index)));
      expect([grid.size, grid.near(middle)]).toEqual([0, []]);
    },
  );
  fc.assert(holds, { seed: 366, numRuns: 500 });
});
