import { beforeEach, expect, test } from 'vitest';
import { reloadOnIncompatible } from './reload-on-incompatible.ts';

beforeEach(() => sessionStorage.clear());

function page() {
  const loads: number[] = [];
  const at = (now: number, kind: 'incompatible' | 'live' = 'incompatible') => reloadOnIncompatible({ kind }, () => loads.push(now), now);
  return { loads, at };
}

test('loads anew when the hub speaks another protocol, but not in a loop', () => {
  const { loads, at } = page();
  at(1_000_000, 'live');
  at(1_000_000);
  at(1_000_500);
  at(1_059_999);
  at(1_060_000);
  expect(loads).toEqual([1_000_000, 1_060_000]);
});

test('a hub that never understands it is asked less and less often, up to once an hour; a day without it forgives', () => {
  const { loads, at } = page();
  for (let second = 0; second < 12 * 3600; second += 5) at(second * 1000);
  expect(loads.slice(0, 5)).toEqual([0, 60_000, 180_000, 420_000, 900_000]);
  expect(loads.length).toBeLessThan(20);
  const rest = loads.slice(8);
  for (const [index, load] of rest.slice(1).entries()) expect(load - rest[index]!).toBe(3_600_000);

  const later = loads.at(-1)! + 25 * 3_600_000;
  loads.length = 0;
  at(later);
  at(later + 60_000);
  expect(loads).toEqual([later, later + 60_000]);
});

test('a clock that was set back, and a note of no known form, do not keep it from loading', () => {
  const { loads, at } = page();
  at(9_000_000);
  at(5_000_000);
  sessionStorage.setItem('taodu.reloaded', '{"at":1}');
  at(5_000_100);
  expect(loads).toEqual([9_000_000, 5_000_000, 5_000_100]);
});
