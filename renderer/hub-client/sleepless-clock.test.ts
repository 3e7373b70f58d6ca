import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { leastSleepMs, SleeplessClock } from './sleepless-clock.ts';

const hourMs = 3_600_000;
let monotonic: number;
let wall: number;
let clock: SleeplessClock;

beforeEach(() => {
  monotonic = 5000;
  wall = 1_800_000_000_000;
  clock = new SleeplessClock(
    () => monotonic,
    () => wall,
  );
});
const pass = (ms: number) => {
  monotonic += ms;
  wall += ms;
};

test.each<[string, number, number, number]>([
  ['awake', 250, 250, 0],
  ['a sleep that the monotonic clock did not count', 250, 20_250, 20_000],
  ['a night', 100, 8 * hourMs + 100, 8 * hourMs],
  ['a sleep that it did count, or a process that was stopped', 20_000, 20_000, 0],
  ['a sleep too short to matter', 100, 100 + leastSleepMs - 1, 0],
  ['a wall clock set ahead', 250, hourMs + 250, hourMs],
  ['a wall clock set back', 250, 250 - hourMs, 0],
])('%s: %d ms by one clock, %d by the other', (_, byMonotonic, byWall, slept) => {
  monotonic += byMonotonic;
  wall += byWall;
  expect([clock.now(), clock.sleptMs]).toEqual([5000 + byMonotonic + slept, slept]);
  pass(1000);
  expect([clock.now(), clock.sleptMs]).toEqual([6000 + byMonotonic + slept, slept]);
});

test('two sleeps add up, and a clock that is kept right does not', () => {
  wall += 5000;
  clock.now();
  wall += 7000;
  clock.now();
  expect(clock.sleptMs).toBe(12_000);
  for (let second = 0; second < 10_000; second += 1) {
    pass(1000);
    wall += second % 2 === 0 ? 400 : -390;
    clock.now();
  }
  expect(clock.sleptMs).toBe(12_000);
});

test('it never goes back, whatever is done to the wall clock', () => {
  const steps = fc.array(fc.tuple(fc.nat(60_000), fc.integer({ min: -2 * hourMs, max: 2 * hourMs })), { maxLength: 50 });
  const holds = fc.property(steps, (taken) => {
    let last = clock.now();
    return taken.every(([passed, set]) => {
      pass(passed);
      wall += set;
      const next = clock.now();
      const isAhead = next >= last + passed;
      last = next;
      return isAhead;
    });
  });
  expect(fc.check(holds, { seed: 28181, numRuns: 500 }).counterexample).toBeNull();
});
