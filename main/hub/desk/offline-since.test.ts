import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { createLatestValues, type FlushedValues } from '../readings/latest-values.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createOfflineSince, type OfflineSince } from './offline-since.ts';

const flushMs = 100;
let clock: ManualClock;
let latest: FlushedValues;
let ledger: MemoryLedger;
let since: OfflineSince;

beforeEach(() => {
  clock = new ManualClock();
  latest = createLatestValues({ flushMs, clock });
  ledger = new MemoryLedger({ clock });
  since = createOfflineSince({ ledger, latest });
});
afterEach(() => {
  since.stop();
  latest.stop();
});

async function learn(state: 'online' | 'offline' | 'unknown', at: number): Promise<void> {
  latest.set({ collection: 'cameras', key: 'c', fields: { status: { state, at, by: 'prober', reason: null } } });
  await clock.advance(flushMs);
}

test.each<[string, readonly ['online' | 'offline' | 'unknown', number][], number | null]>([
  ['never heard of', [], null],
  [
    'offline from the beginning: nobody knows since when',
    [
      ['offline', 1],
      ['offline', 2],
    ],
    null,
  ],
  [
    'seen, then gone',
    [
      ['online', 1],
      ['offline', 2],
    ],
    2,
  ],
  [
    'found offline again and again: the first time counts',
    [
      ['online', 1],
      ['offline', 2],
      ['offline', 3],
    ],
    2,
  ],
  [
    'not knowing is not coming back',
    [
      ['online', 1],
      ['offline', 2],
      ['unknown', 3],
      ['offline', 4],
    ],
    2,
  ],
  [
    'back and gone again',
    [
      ['online', 1],
      ['offline', 2],
      ['online', 3],
      ['offline', 4],
    ],
    4,
  ],
  [
    'online now',
    [
      ['online', 1],
      ['offline', 2],
      ['online', 3],
    ],
    null,
  ],
  [
    'offline from the beginning, back, and gone',
    [
      ['offline', 1],
      ['online', 2],
      ['offline', 3],
    ],
    3,
  ],
])('%s', async (_name, learned, expected) => {
  for (const [state, at] of learned) await learn(state, at);
  expect(since.of('c')).toBe(expected);
});

test('other fields and other collections say nothing', async () => {
  await learn('online', 1);
  latest.set({ collection: 'cameras', key: 'c', fields: { link: null } });
  latest.set({ collection: 'walls', key: 'c', fields: { status: { state: 'offline', at: 5 } } });
  await clock.advance(flushMs);
  expect(since.of('c')).toBeNull();
  await learn('offline', 7);
  expect(since.of('c')).toBe(7);
});

test('a camera that is removed is forgotten: one that comes with its id begins anew', async () => {
  await learn('online', 1);
  await learn('offline', 2);
  ledger.commit([{ collection: 'cameras', op: 'put', key: 'c', value: { id: 'c' } }], { kind: 'command', id: 'k', by: 'li' });
  expect(since.of('c')).toBe(2);
  ledger.commit([{ collection: 'cameras', op: 'delete', key: 'c' }], { kind: 'command', id: 'k', by: 'li' });
  expect(since.of('c')).toBeNull();
});

test('nothing is followed after the end', async () => {
  since.stop();
  await learn('online', 1);
  await learn('offline', 2);
  expect(since.of('c')).toBeNull();
});
