import { expect, test } from 'vitest';
import { judgeClock, type ClockVerdict } from './judge-clock.ts';

const sample = (offsetMs: number, delayMs = 0, rootDistanceMs = 0) => ({ offsetMs, delayMs, rootDistanceMs });

test.each<[string, ReturnType<typeof sample>[], ClockVerdict['state'], object]>([
  ['nobody answers', [], 'right', { state: 'unknown' }],
  ['a right clock', [sample(12.4)], 'unknown', { state: 'right', offsetMs: 12, servers: 1 }],
  ['just at the limit', [sample(-1000)], 'right', { state: 'right', offsetMs: -1000, servers: 1 }],
  ['beyond it', [sample(1001)], 'right', { state: 'drifting', offsetMs: 1001, servers: 1 }],
  ['behind and ahead alike', [sample(-1001)], 'unknown', { state: 'drifting', offsetMs: -1001, servers: 1 }],
  ['perhaps beyond it: the way took long', [sample(1100, 300)], 'right', { state: 'right', offsetMs: 1100, servers: 1 }],
  ['perhaps beyond it: the server is not sure', [sample(1100, 0, 150)], 'right', { state: 'right', offsetMs: 1100, servers: 1 }],
  ['a server that is off by more than what is asked for cannot call it right', [sample(5000, 0, 9000)], 'right', { state: 'unknown' }],
  ['nor can one so far away', [sample(5000, 12_000)], 'drifting', { state: 'unknown' }],
  ['certain all the same', [sample(50_000, 0, 9000)], 'right', { state: 'drifting', offsetMs: 50_000, servers: 1 }],
  ['near all the same', [sample(20, 0, 9000)], 'unknown', { state: 'right', offsetMs: 20, servers: 1 }],
  ['not yet right again', [sample(900)], 'drifting', { state: 'drifting', offsetMs: 900, servers: 1 }],
  ['right again', [sample(790)], 'drifting', { state: 'right', offsetMs: 790, servers: 1 }],
  ['one wrong server among three', [sample(50_000), sample(3), sample(5)], 'right', { state: 'right', offsetMs: 5, servers: 3 }],
  ['two against one', [sample(0), sample(2000), sample(2010)], 'right', { state: 'drifting', offsetMs: 2000, servers: 3 }],
  ['two that contradict each other', [sample(5000), sample(10)], 'right', { state: 'right', offsetMs: 10, servers: 2 }],
])('%s', (_name, samples, before, verdict) => {
  expect(judgeClock(samples, 1000, before)).toEqual(verdict);
});
