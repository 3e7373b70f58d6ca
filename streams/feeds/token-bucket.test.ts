import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('lets a burst through, then so many a second, and no more after any rest than the burst', () => {
  const bucket = new TokenBucket(10, 3, 0);
  expect([1, 1, 1, 1].map((count) => bucket.take(count, 0))).toEqual([true, true, true, false]);
  expect(bucket.take(1, 99)).toBe(false);
  expect(bucket.take(1, 100)).toBe(true);
  expect([2, 1, 1].map((count) => bucket.take(count, 1_000_000))).toEqual([true, true, false]);
});

test('a clock that goes back gives nothing and takes nothing', () => {
  const bucket = new TokenBucket(10, 1, 1000);
  expect(bucket.take(1, 1000)).toBe(true);
  expect(bucket.take(1, 0)).toBe(false);
  expect(bucket.take(1, 100)).toBe(true);
});

test('what has passed already is paid for before anything more may', () => {
  const bucket = new TokenBucket(10, 3, 0);
  bucket.owe(13, 0);
  expect([999, 1000, 1001].map((now) => bucket.take(0, now))).toEqual([false, true, true]);
  expect(bucket.take(1, 1050)).toBe(false);
  expect(bucket.take(1, 1100)).toBe(true);
});
