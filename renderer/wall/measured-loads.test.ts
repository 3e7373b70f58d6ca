import { expect, test } from 'vitest';
import { MeasuredLoads } from './measured-loads.ts';

const facts = { width: 320, height: 180, megapixelsPerSecond: 0.864, reason: null, painted: 100 };

test('what nobody measured is assumed', () => {
  const loads = new MeasuredLoads();
  expect(loads.loadOf('a', 'main')).toBeCloseTo(51.84, 2);
  expect(loads.loadOf('a', 'sub')).toBeGreaterThan(1);
});

test('what was measured counts, and key pictures of it in proportion', () => {
  const loads = new MeasuredLoads();
  loads.learn('a', 'sub', facts);
  expect(loads.loadOf('a', 'sub')).toBeCloseTo(0.864, 3);
  expect(loads.loadOf('a', 'key-only')).toBeCloseTo(0.864 / 30, 3);
  expect(loads.loadOf('a', 'main')).toBeCloseTo(51.84, 2);
  loads.learn('a', 'sub', { ...facts, megapixelsPerSecond: 1.864 });
  expect(loads.loadOf('a', 'sub')).toBeCloseTo(1.164, 3);
});

test('what is held back tells the size only, and never overrules a measure', () => {
  const loads = new MeasuredLoads();
  loads.learn('a', 'key-only', { ...facts, megapixelsPerSecond: 0.03 });
  expect(loads.loadOf('a', 'sub')).toBeCloseTo(0.864, 3);
  loads.learn('b', 'sub', facts);
  loads.learn('b', 'sub', { ...facts, megapixelsPerSecond: 0.1, reason: 'viewer-too-slow' });
  expect(loads.loadOf('b', 'sub')).toBeCloseTo(0.864, 3);
  loads.learn('c', 'sub', { ...facts, painted: 0 });
  expect(loads.loadOf('c', 'sub')).toBeGreaterThan(1);
});

test('it forgets whom it has not seen for long', () => {
  const loads = new MeasuredLoads();
  for (let camera = 0; camera < 3000; camera += 1) loads.learn(`c${camera}`, 'sub', facts);
  expect(loads.loadOf('c2999', 'sub')).toBeCloseTo(0.864, 3);
  expect(loads.loadOf('c0', 'sub')).toBeGreaterThan(1);
});
