import { beforeEach, expect, test } from 'vitest';
import { FairTurns, turnMs } from './fair-turns.ts';

let now: number;
let turns: FairTurns;
let begun: number[];
beforeEach(() => {
  now = 0;
  turns = new FairTurns({ monotonic: () => now });
  begun = [];
});

/** Asks for a turn and then keeps the loop for so long. */
async function work(number: number, ms: number): Promise<void> {
  const turn = turns.next();
  if (turn !== null) await turn;
  begun.push(number);
  now += ms;
}
const turnOfTheLoop = () => new Promise<void>((resolve) => setImmediate(resolve));

test('as long as there is time, everybody begins at once', () => {
  for (let number = 0; number < 5; number += 1) void work(number, turnMs / 8);
  expect([begun, turns.waiting]).toEqual([[0, 1, 2, 3, 4], 0]);
});

test('when the time is used up the others wait, and the loop turns between them', async () => {
  const all = Array.from({ length: 6 }, (_, number) => work(number, turnMs / 2));
  expect([begun, turns.waiting]).toEqual([[0, 1], 4]);
  await turnOfTheLoop();
  await turnOfTheLoop();
  expect(begun.length).toBeGreaterThan(2);
  await Promise.all(all);
  expect([begun, turns.waiting]).toEqual([[0, 1, 2, 3, 4, 5], 0]);
});

test('work that is longer than a turn has one of its own', async () => {
  const seen: number[] = [];
  const all = Array.from({ length: 3 }, (_, number) => work(number, turnMs * 10));
  const look = async () => {
    for (let turn = 0; turn < 4; turn += 1) {
      seen.push(begun.length);
      await turnOfTheLoop();
    }
  };
  await Promise.all([...all, look()]);
  expect(seen[0]).toBe(1);
  expect(new Set(seen)).toEqual(new Set([1, 2, 3]));
});

test('nobody overtakes those who wait', async () => {
  void work(0, turnMs);
  const waits = work(1, 0);
  now = 0;
  const later = work(2, 0);
  expect(begun).toEqual([0]);
  await Promise.all([waits, later]);
  expect(begun).toEqual([0, 1, 2]);
});

test('a new turn of the loop is a new start', async () => {
  void work(0, turnMs);
  await turnOfTheLoop();
  void work(1, 0);
  expect(begun).toEqual([0, 1]);
});
