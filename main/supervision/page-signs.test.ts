import { expect, test } from 'vitest';
import { heartbeatLostMs, memoryAtMostMb, pageLoss } from './page-signs.ts';

test.each([
  ['never said that it paints', { loadedAt: 0, heartbeatAt: null, memoryMb: null }, 1e9, null],
  ['says so', { loadedAt: 0, heartbeatAt: 10_000, memoryMb: 300 }, 10_000 + heartbeatLostMs, null],
  ['has stopped', { loadedAt: 0, heartbeatAt: 10_000, memoryMb: null }, 10_001 + heartbeatLostMs, 'no heartbeat'],
  ['was just loaded anew', { loadedAt: 60_000, heartbeatAt: 10_000, memoryMb: null }, 61_000, null],
  ['is as large as it may be', { loadedAt: 0, heartbeatAt: null, memoryMb: memoryAtMostMb }, 5000, null],
  ['has grown beyond measure', { loadedAt: 0, heartbeatAt: 4000, memoryMb: memoryAtMostMb + 1 }, 5000, 'memory'],
] as const)('a page that %s', (_, signs, now, loss) => {
  expect(pageLoss(signs, now)).toBe(loss);
});
