import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SplitPackets } from './split-packets.ts';

const limits = { packets: 4, bytes: 100, messages: 2 };
const lost: (readonly string[])[] = [];
const out = (items: readonly string[]) => void lost.push(items);

test('packets in any order become a message in its order', () => {
  const split = new SplitPackets<string>(limits);
  expect(split.take('a', 3, 3, 'c', 10, out)).toEqual({ kind: 'waiting' });
  expect(split.take('a', 1, 3, 'a', 10, out)).toEqual({ kind: 'waiting' });
  expect(split.take('a', 2, 3, 'b', 10, out)).toEqual({ kind: 'whole', items: ['a', 'b', 'c'] });
  expect(split.waiting).toBe(0);
});

test('one that comes again ends the waiting', () => {
  const split = new SplitPackets<string>(limits);
  split.take('a', 1, 2, 'a', 10, out);
  expect(split.take('a', 1, 2, 'A', 10, out)).toEqual({ kind: 'again', items: ['a'] });
  expect(split.waiting).toBe(0);
});

test.each([
  ['a number of nought', 0, 2, 10],
  ['a number beyond the last', 3, 2, 10],
  ['too many packets', 1, 5, 10],
  ['too many bytes', 1, 2, 101],
  ['no number', Number.NaN, 2, 10],
])('%s is refused', (_name, index, total, bytes) => {
  expect(new SplitPackets<string>(limits).take('a', index, total, 'x', bytes, out)).toEqual({ kind: 'refused' });
});

test('the message that has waited longest gives way, and is handed over', () => {
  const split = new SplitPackets<string>(limits);
  lost.length = 0;
  split.take('a', 1, 2, 'a', 10, out);
  split.take('b', 1, 2, 'b', 10, out);
  split.take('c', 1, 2, 'c', 10, out);
  expect(lost).toEqual([['a']]);
  split.take('d', 1, 2, 'd', 95, out);
  expect(lost).toEqual([['a'], ['b'], ['c']]);
  expect([...split.end()]).toEqual([['d']]);
  expect(split.waiting).toBe(0);
});

test('whatever comes, every packet is handed over once, and what waits stays within the limits', () => {
  const packet = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    index: fc.integer({ min: 0, max: 5 }),
    total: fc.integer({ min: 1, max: 5 }),
    bytes: fc.nat(60),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 60 }), (packets) => {
      const split = new SplitPackets<number>(limits);
      const over: number[] = [];
      const handOver = (items: readonly number[]) => void over.push(...items);
      packets.forEach(({ key, index, total, bytes }, number) => {
        const verdict = split.take(key, index, total, number, bytes, handOver);
        if (verdict.kind === 'refused') over.push(number);
        // One that comes again is taken up by whoever asked: it is not in the set.
        if (verdict.kind === 'again') over.push(...verdict.items, number);
        if (verdict.kind === 'whole') over.push(...verdict.items);
        expect(split.waiting).toBeLessThanOrEqual(limits.messages * limits.packets);
      });
      for (const items of split.end()) handOver(items);
      expect(over.sort((a, b) => a - b)).toEqual(packets.map((_, number) => number));
    }),
    { seed: 808, numRuns: 500 },
  );
});
