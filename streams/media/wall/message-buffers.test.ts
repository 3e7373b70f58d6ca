import { expect, test } from 'vitest';
import { MessageBuffers } from './message-buffers.ts';

test('what was given back is used again; each is in one hand at a time', () => {
  const buffers = new MessageBuffers(2);
  const [one, two] = [buffers.take(10_000), buffers.take(10_000)];
  expect(one).not.toBe(two);
  buffers.giveBack(one);
  expect(buffers.take(32 * 1024)).toBe(one);
  expect(buffers.take(32 * 1024)).not.toBe(two);
});

test.each([0, 1, 32 * 1024, 32 * 1024 + 1, 256 * 1024, 256 * 1024 + 1, 9_000_000])('%d bytes have room', (bytes) => {
  expect(new MessageBuffers(1).take(bytes).length).toBeGreaterThanOrEqual(bytes);
});

test('a small message holds little: thousands of them may wait for a page that does not read', () => {
  expect(new MessageBuffers(1).take(150).length).toBeLessThanOrEqual(4096);
});

test('keeps a bounded number, and none that are larger than messages usually are', () => {
  const buffers = new MessageBuffers(2);
  const taken = Array.from({ length: 10 }, () => buffers.take(40_000));
  for (const one of taken) buffers.giveBack(one);
  buffers.giveBack(buffers.take(9_000_000));
  expect(buffers.keptBytes).toBe(2 * 64 * 1024);
});

test('what was not needed between two trims is let go, what was is kept', () => {
  const buffers = new MessageBuffers(8);
  const giveBack = (taken: readonly Buffer[]) => taken.forEach((one) => buffers.giveBack(one));
  const take = (count: number) => Array.from({ length: count }, () => buffers.take(40_000));
  giveBack(take(5));
  buffers.trim();
  expect(buffers.keptBytes).toBe(5 * 64 * 1024);
  giveBack(take(2));
  giveBack(take(2));
  buffers.trim();
  expect(buffers.keptBytes).toBe(2 * 64 * 1024);
  buffers.trim();
  expect(buffers.keptBytes).toBe(0);
});
