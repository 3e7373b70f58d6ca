import { mkdtempSync, rmSync, statSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../../contract/log.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { createBallast, type Ballast } from './ballast.ts';
import { createDiskWatch, freeBytesOf, measureEveryMs, type DiskWatch } from './disk-watch.ts';

const mb = 1024 * 1024;
const limits = { warnBytes: 2000 * mb, stopBytes: 200 * mb };

let folder = '';
const watches: DiskWatch[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-disk-'));
});
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.stop();
  rmSync(folder, { recursive: true });
});

/** A ballast that is only remembered. */
function paperBallast(): Ballast & { held: boolean } {
  const ballast = {
    held: false,
    take: () => {
      ballast.held = true;
      return Promise.resolve();
    },
    giveBack: () => {
      const { held } = ballast;
      ballast.held = false;
      return held;
    },
  };
  return ballast;
}

function watched(free: () => number | Error) {
  const clock = new ManualClock();
  const states: string[] = [];
  const ballast = paperBallast();
  const watch = createDiskWatch({
    folder,
    limits,
    clock,
    log: silentLog,
    ballast,
    onChange: () => void states.push(watch.state),
    freeBytesOf: () => {
      const bytes = free();
      return bytes instanceof Error ? Promise.reject(bytes) : Promise.resolve(bytes);
    },
  });
  watches.push(watch);
  return { watch, clock, states, ballast };
}

test('the state follows the room, and is said in the beginning and once a change', async () => {
  let free = 5000 * mb;
  const { watch, clock, states } = watched(() => free);
  await clock.advance(0);
  expect([watch.state, watch.freeBytes]).toEqual(['enough', 5000 * mb]);
  for (const next of [1999, 1998, 150, 150, 210, 230, 2300]) {
    free = next * mb;
    await clock.advance(measureEveryMs);
  }
  expect(states).toEqual(['enough', 'low', 'full', 'low', 'enough']);
  await watch.stop();
  expect(clock.sleeping).toBe(0);
});

test('a disk that cannot be measured stays as it was known', async () => {
  let free: number | Error = 150 * mb;
  const { watch, clock, states } = watched(() => free);
  await clock.advance(0);
  free = new Error('gone');
  await clock.advance(measureEveryMs);
  expect([watch.state, watch.freeBytes, states]).toEqual(['full', 150 * mb, ['full']]);
});

test('the ballast is taken when there is room and the hub has lived for a while, and given back when SQLite finds none', async () => {
  let free = 2010 * mb;
  const { watch, clock, ballast, states } = watched(() => free);
  await clock.advance(measureEveryMs);
  await clock.advance(measureEveryMs);
  expect(ballast.held).toBe(false); // taking it would bring the disk below its limit
  free = 5000 * mb;
  await clock.advance(measureEveryMs);
  expect([ballast.held, watch.ballastHeld]).toEqual([true, true]);
  expect(watch.full()).toBe(true);
  expect([watch.state, states]).toEqual(['full', ['enough']]); // said when the write that found no room is over
  await Promise.resolve();
  expect([watch.state, ballast.held, states]).toEqual(['full', false, ['enough', 'full']]);
  expect(watch.full()).toBe(false);
  free = 100 * mb;
  await clock.advance(measureEveryMs);
  expect([watch.state, ballast.held]).toEqual(['full', false]);
  free = 5000 * mb;
  await clock.advance(measureEveryMs);
  expect([watch.state, ballast.held]).toEqual(['enough', true]);
});

test('the real ballast takes real room and leaves nothing half made', async () => {
  const ballast = createBallast(folder, 3 * mb);
  expect(ballast.held).toBe(false);
  expect(ballast.giveBack()).toBe(false);
  await ballast.take();
  expect(ballast.held).toBe(true);
  const { size, blocks, mode } = statSync(join(folder, 'ballast'));
  expect(size).toBe(3 * mb);
  if (process.platform !== 'win32') {
    expect(blocks * 512).toBeGreaterThanOrEqual(3 * mb);
    expect(mode & 0o077).toBe(0);
  }
  expect(existsSync(join(folder, 'ballast.new'))).toBe(false);
  expect(ballast.giveBack()).toBe(true);
  expect(existsSync(join(folder, 'ballast'))).toBe(false);
  writeFileSync(join(folder, 'ballast'), 'half'); // a power cut in an older version
  expect(ballast.held).toBe(false);
  await ballast.take();
  expect(ballast.held).toBe(true);
});

test('the real measurement answers a number of bytes', async () => {
  expect(await freeBytesOf(folder)).toBeGreaterThan(0);
});
