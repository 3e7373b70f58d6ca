import { expect, test } from 'vitest';
import { StreamMeter } from './stream-meter.ts';
import { unitAt } from './testdata/units.ts';

test('measures rate, bits and GOP; says nothing once pictures stay away or the stream broke off', () => {
  const meter = new StreamMeter();
  expect(meter.read(0)).toEqual({ fps: 0, kbps: 0, gopMs: null });
  for (let i = 0; i <= 50; i++) meter.count(unitAt(i * 40, { key: i % 25 === 0, bytes: 2500 }), 5000 + i * 40);
  expect(meter.read(7000)).toEqual({ fps: 25, kbps: 500, gopMs: 1000 });
  expect(meter.read(9001)).toEqual({ fps: 0, kbps: 0, gopMs: 1000 });
  meter.reset();
  expect(meter.read(7000)).toEqual({ fps: 0, kbps: 0, gopMs: null });
});
