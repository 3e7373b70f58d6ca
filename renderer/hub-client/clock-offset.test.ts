import { expect, test } from 'vitest';
import { ClockOffset, sampleLifeMs } from './clock-offset.ts';

test('says the fallback until the hub has answered once', () => {
  const clock = new ClockOffset();
  expect(clock.known).toBe(false);
  expect(clock.hubNow(100, 42)).toBe(42);
});

test('believes the shortest round trip of the last minute', () => {
  const clock = new ClockOffset();
  clock.add(0, 1_000_300, 400);
  clock.add(1000, 1_001_005, 1010);
  clock.add(2000, 1_002_400, 2600);
  expect(clock.hubNow(3000, 0)).toBe(1_003_000);
  expect(clock.errorMs).toBe(5);
});

test('forgets samples older than a minute', () => {
  const clock = new ClockOffset();
  clock.add(0, 1_000_005, 10);
  clock.add(sampleLifeMs + 100, 1_000_000 + sampleLifeMs + 160, sampleLifeMs + 200);
  expect(clock.errorMs).toBe(50);
});

test('follows a hub clock that was set', () => {
  const clock = new ClockOffset();
  clock.add(0, 1_000_001, 2);
  clock.add(1000, 2_001_010, 1020);
  expect(clock.hubNow(2000, 0)).toBe(2_002_000);
});
