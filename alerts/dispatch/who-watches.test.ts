import { beforeEach, expect, test } from 'vitest';
import type { LatestValues } from '../../main/contract/readings.ts';
import { watchedForMs, WhoWatches } from './who-watches.ts';

let told: Map<string, unknown>;
let watches: WhoWatches;
const latest: LatestValues = {
  set: ({ key, fields }) => void told.set(key, fields['openBy']),
  get: () => undefined,
  forget: (_collection, key) => void told.delete(key),
};
const wang = { session: 's1', name: 'wang' };
const li = { session: 's2', name: 'li' };
beforeEach(() => {
  told = new Map();
  watches = new WhoWatches(latest);
});

test('who has it open is told, each name once, until it is closed', () => {
  watches.watch('i1', wang, true, 0);
  watches.watch('i1', { ...wang, session: 's3' }, true, 0);
  watches.watch('i1', li, true, 0);
  expect(told.get('i1')).toEqual(['li', 'wang']);
  watches.watch('i1', wang, false, 1);
  expect(told.get('i1')).toEqual(['li', 'wang']);
  watches.watch('i1', li, false, 1);
  expect(told.get('i1')).toEqual(['wang']);
});

test('a desk that says nothing more has closed it after a minute, and after a clock that was set back', () => {
  watches.watch('i1', wang, true, 1000);
  watches.tick(999 + watchedForMs);
  expect(told.get('i1')).toEqual(['wang']);
  watches.watch('i1', li, true, 30_000);
  watches.tick(1000 + watchedForMs);
  expect(told.get('i1')).toEqual(['li']);
  watches.tick(0);
  expect(told.get('i1')).toEqual([]);
});

test('desks are bounded, the longest silent goes first', () => {
  for (let desk = 0; desk < 80; desk += 1) watches.watch('i1', { session: `s${desk}`, name: `d${desk}` }, true, desk);
  expect(told.get('i1')).toHaveLength(16);
  expect(told.get('i1')).not.toContain('d0');
});

test('nothing is left of an incident that has gone', () => {
  watches.watch('i1', wang, true, 0);
  watches.forget('i1');
  watches.tick(watchedForMs * 2);
  expect(told.has('i1')).toBe(false);
});
