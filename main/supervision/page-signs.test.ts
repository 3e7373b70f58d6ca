import { expect, test } from 'vitest';
import { heartbeatLostMs, memoryAtMostMb, pageLoss, refreshedWithinMs, type PageSigns } from './page-signs.ts';

const well: PageSigns = { loadedAt: 0, heartbeatAt: 99_000, memoryMb: 300 };
const tooLarge = { memoryMb: memoryAtMostMb + 1 };

test.each<[string, Partial<PageSigns>, ReturnType<typeof pageLoss>]>([
  ['says that it paints', {}, null],
  ['has not said so for a while', { heartbeatAt: 100_000 - heartbeatLostMs }, null],
  ['has stopped saying so', { heartbeatAt: 100_000 - heartbeatLostMs - 1 }, 'no heartbeat'],
  ['never said so', { heartbeatAt: null }, null],
  ['was only just loaded', { loadedAt: 99_000, heartbeatAt: 0 }, null],
  ['holds as much as it may', { memoryMb: memoryAtMostMb }, null],
  ['holds more', tooLarge, 'too large'],
  ['holds nobody knows how much', { memoryMb: null }, null],
  ['makes itself anew for it', { ...tooLarge, refreshAskedAt: 100_000 - refreshedWithinMs }, null],
  ['was to make itself anew for it, and holds more still', { ...tooLarge, refreshAskedAt: 100_000 - refreshedWithinMs - 1 }, 'memory'],
  ['made itself anew for it', { refreshAskedAt: 0 }, null],
  ['holds more and does not paint', { ...tooLarge, heartbeatAt: 0 }, 'no heartbeat'],
])('a page that %s', (_, signs, expected) => {
  expect(pageLoss({ ...well, ...signs }, 100_000)).toBe(expected);
});
