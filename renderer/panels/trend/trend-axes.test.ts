import { expect, test } from 'vitest';
import { drawEveryMs, trendAxes } from './trend-axes.ts';

test('lines of one unit share an axis; the third unit has one that is not written', () => {
  const { axes, of } = trendAxes([
    { unit: 'km/h', digits: 0 },
    { unit: '', digits: 2 },
    { unit: 'km/h', digits: 1 },
    { unit: 'm', digits: 2 },
  ]);
  expect(of).toEqual([0, 1, 0, 2]);
  expect(axes).toEqual([
    { unit: 'km/h', digits: 1 },
    { unit: '', digits: 2 },
    { unit: 'm', digits: 2 },
  ]);
});

test('a chart moves on as often as it can be seen, and never oftener than every two seconds', () => {
  expect([1, 24, 72].map(drawEveryMs)).toEqual([4000, 60_000, 60_000]);
  expect(drawEveryMs(0.1)).toBe(2000);
});
