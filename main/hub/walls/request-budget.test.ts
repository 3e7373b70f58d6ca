import { expect, test } from 'vitest';
import { ManualClock } from '../readings/manual-clock.ts';
import { RequestBudget } from './request-budget.ts';

const limits = { windowMs: 10_000, each: 2, addresses: 3 };

test('an address that has had its share waits for the next window; others do not', async () => {
  const clock = new ManualClock();
  const budget = new RequestBudget(clock, limits);
  expect([budget.take('a'), budget.take('a')]).toEqual([0, 0]);
  await clock.advance(4000);
  expect([budget.take('a'), budget.take('b')]).toEqual([6000, 0]);
  await clock.advance(6000);
  expect(budget.take('a')).toBe(0);
});

test('no more addresses are known than there is room for', async () => {
  const clock = new ManualClock();
  const budget = new RequestBudget(clock, limits);
  expect(['a', 'b', 'c', 'd', 'e', 'a'].map((address) => budget.take(address))).toEqual([0, 0, 0, 10_000, 10_000, 0]);
  await clock.advance(10_000);
  expect(budget.take('d')).toBe(0);
});
