import { expect, test } from 'vitest';
import { GopRing } from './gop-ring.ts';
import { unitAt } from './testdata/units.ts';

const limits = { maxBytes: 1000, maxMs: 8000 };
const shown = (ring: GopRing) => ring.units.map((unit) => `${unit.key ? 'K' : 'p'}${unit.dtsUs / 1000}`).join(' ');

function ringOf(units: string, bytes = 10): GopRing {
  const ring = new GopRing(limits);
  for (const text of units.split(' ')) {
    const unit = unitAt(Number(text.slice(1)), { key: text.startsWith('K'), bytes });
    ring.add(unit, unit.key);
  }
  return ring;
}

test.each([
  ['nothing before the first key picture', 'p0 p40', ''],
  ['the GOP that is going on', 'p0 K40 p80', 'K40 p80'],
  ['and the one before it', 'K0 p40 K80 p120', 'K0 p40 K80 p120'],
  ['no more than two', 'K0 p40 K80 p120 K160', 'K80 p120 K160'],
  ['the older one goes when both are too long', 'K0 K6000 p7000 p8100', 'K6000 p7000 p8100'],
])('%s', (_name, units, kept) => {
  expect(shown(ringOf(units))).toBe(kept);
});

test('a GOP that is too long is given up whole, counted, and the next key picture begins anew', () => {
  const ring = ringOf('K0 p4000 p8001 p8100');
  expect(shown(ring)).toBe('');
  expect(ring.heldBytes).toBe(0);
  expect(ring.dropped).toBe(3);
  const key = unitAt(9000, { key: true, bytes: 10 });
  ring.add(key, true);
  expect(shown(ring)).toBe('K9000');
});

test.each([
  ['p0', null],
  ['K0 p40', 0],
  ['K0 p40 K80 p120', 80],
  ['K0 p40 K80 K120', 120],
  ['K0 p8001', null],
])('the latest key picture of %s', (units, at) => {
  expect(ringOf(units).latestKey?.dtsUs ?? null).toBe(at === null ? null : at * 1000);
});

test('bytes are bounded too: first the older GOP goes, then all', () => {
  expect(shown(ringOf('K0 p1 K2 p3', 300))).toBe('K2 p3');
  const ring = ringOf('K0 p1 p2 p3', 300);
  expect([shown(ring), ring.heldBytes, ring.dropped]).toEqual(['', 0, 4]);
});
