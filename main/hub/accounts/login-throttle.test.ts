import { expect, test } from 'vitest';
import { createLoginThrottle } from './login-throttle.ts';

function fakeClock() {
  let at = 1000;
  return {
    now: () => at,
    monotonic: () => at,
    sleep: async () => {},
    pass: (ms: number) => void (at += ms),
  };
}

test('five failures are free, then the wait doubles up to 15 minutes', () => {
  const clock = fakeClock();
  const throttle = createLoginThrottle(clock);
  for (let i = 0; i < 5; i++) expect(throttle.attempt('li', '10.0.0.1').waitMs).toBe(0);
  const waits: number[] = [];
  for (let i = 0; i < 12; i++) {
    const { waitMs } = throttle.attempt('li', '10.0.0.1');
    waits.push(waitMs);
    clock.pass(waitMs);
    expect(throttle.attempt('li', '10.0.0.1').waitMs).toBe(0);
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900].map((seconds) => seconds * 1000));
});

test('an account is guarded whatever the address, an address whatever the account, and others are not touched', () => {
  const throttle = createLoginThrottle(fakeClock());
  for (let i = 0; i < 39; i++) throttle.attempt('li', `10.0.0.${i}`);
  expect(throttle.attempt('li', '10.0.1.1').waitMs).toBe(0);
  expect(throttle.attempt('li', '10.9.9.9').waitMs).toBeGreaterThan(0);
  for (let i = 0; i < 39; i++) throttle.attempt(`user${i}`, '10.1.1.1');
  expect(throttle.attempt('zhao', '10.1.1.1').waitMs).toBe(0);
  expect(throttle.attempt('wang', '10.1.1.1').waitMs).toBeGreaterThan(0);
  expect(throttle.attempt('wang', '10.2.2.2').waitMs).toBe(0);
});

test('guesses from one place do not keep the owner of the account out at another', () => {
  const throttle = createLoginThrottle(fakeClock());
  for (let i = 0; i < 5; i++) throttle.attempt('admin', '10.6.6.6');
  expect(throttle.attempt('admin', '10.6.6.6').waitMs).toBeGreaterThan(0);
  expect(throttle.attempt('admin', '10.0.0.1').waitMs).toBe(0);
});

test('attempts made at the same time are all counted before any answer is known', () => {
  const throttle = createLoginThrottle(fakeClock());
  const allowed = Array.from({ length: 50 }, () => throttle.attempt('li', '10.0.0.1')).filter(({ waitMs }) => waitMs === 0);
  expect(allowed).toHaveLength(5);
});

test('a right password clears the account but not the guesses at others from the same address', () => {
  const throttle = createLoginThrottle(fakeClock());
  for (let i = 0; i < 39; i++) throttle.attempt(`user${i}`, '10.0.0.1');
  throttle.attempt('wang', '10.0.0.1');
  throttle.succeeded('wang', '10.0.0.1');
  expect(throttle.attempt('li', '10.0.0.1').waitMs).toBe(0);
  expect(throttle.attempt('zhao', '10.0.0.1').waitMs).toBeGreaterThan(0);
});

test('failures are forgotten after half an hour, and memory is bounded', () => {
  const clock = fakeClock();
  const throttle = createLoginThrottle(clock);
  for (let i = 0; i < 5; i++) throttle.attempt('li', '10.0.0.1');
  clock.pass(31 * 60_000);
  for (let i = 0; i < 5; i++) expect(throttle.attempt('li', '10.0.0.1').waitMs).toBe(0);
  for (let i = 0; i < 10_000; i++) throttle.attempt(`name${i}`, `address${i}`);
  expect(throttle.attempt('li', '10.0.0.1').waitMs).toBe(0);
});
