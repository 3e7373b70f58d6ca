import { beforeEach, expect, test } from 'vitest';
import { reloadOnIncompatible } from './reload-on-incompatible.ts';

beforeEach(() => sessionStorage.clear());

test('loads anew when the hub speaks another protocol, but not in a loop', () => {
  const loads: number[] = [];
  const at = (now: number, kind: 'incompatible' | 'live' = 'incompatible') => reloadOnIncompatible({ kind }, () => loads.push(now), now);
  at(1_000_000, 'live');
  at(1_000_000);
  at(1_000_500);
  at(1_059_999);
  at(1_060_000);
  expect(loads).toEqual([1_000_000, 1_060_000]);
});
