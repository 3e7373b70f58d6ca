import { expect, test } from 'vitest';
import { silentLog } from '../../../contract/log.ts';
import type { EpochMs } from '../../../contract/time.ts';
import { believedAfterMs, createAgeClock, jumpMs, rightAfterMs } from './age-clock.ts';
import type { ClockVerdict } from './judge-clock.ts';

const day = 24 * 3_600_000;
const start = Date.UTC(2026, 10, 26);

function started(lastKnown: EpochMs | null) {
  let wall = start;
  let monotonic = 5000;
  let verdict: ClockVerdict | null = { state: 'unknown' };
  const age = createAgeClock({
    lastKnown,
    clock: { now: () => wall, monotonic: () => monotonic },
    log: silentLog,
    verdict: () => verdict,
  });
  return {
    age,
    pass(ms: number) {
      wall += ms;
      monotonic += ms;
    },
    set: (ms: number) => void (wall += ms),
    say: (next: ClockVerdict | null) => void (verdict = next),
    wall: () => wall,
  };
}

test.each([
  ['a new folder', null],
  ['a restart', start - 60_000],
  ['a few days without a hub', start - jumpMs],
  ['a clock that was ahead before and is right now', start + 400 * day],
])('%s: the clock is believed', (_name, lastKnown) => {
  const { age, pass, wall } = started(lastKnown);
  expect(age.now()).toBe(start);
  pass(30 * day);
  expect(age.now()).toBe(wall());
});

test('a clock that is far ahead at the start makes nothing old for a day', () => {
  const { age, pass, wall } = started(start - 365 * day);
  expect(age.now()).toBeNull();
  pass(believedAfterMs - 1);
  expect(age.now()).toBeNull();
  pass(1);
  expect(age.now()).toBe(wall());
  pass(day);
  expect(age.now()).toBe(wall());
});

test('a clock that is set ahead and back again was never believed', () => {
  const { age, pass, set, wall } = started(start);
  set(200 * day);
  expect(age.now()).toBeNull();
  pass(believedAfterMs / 2);
  expect(age.now()).toBeNull();
  set(-200 * day);
  expect(age.now()).toBe(wall());
  set(200 * day);
  pass(believedAfterMs / 2);
  expect(age.now()).toBeNull();
});

test('time servers know better, either way', () => {
  const { age, pass, say, wall } = started(start - 365 * day);
  say({ state: 'right', offsetMs: 12, servers: 1 });
  // it may be from before the jump
  expect(age.now()).toBeNull();
  pass(rightAfterMs);
  expect(age.now()).toBe(wall());
  say({ state: 'drifting', offsetMs: -365 * day, servers: 1 });
  pass(3 * believedAfterMs);
  expect(age.now()).toBeNull();
  // so little makes nothing old, and one that is behind makes everything younger
  for (const offsetMs of [-2000, 365 * day]) {
    say({ state: 'drifting', offsetMs, servers: 1 });
    expect(age.now()).toBe(wall());
  }
});
