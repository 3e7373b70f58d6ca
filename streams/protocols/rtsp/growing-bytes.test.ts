import { expect, test } from 'vitest';
import { GrowingBytes } from './growing-bytes.ts';

test('collects up to its limit and not a byte more', () => {
  const bytes = new GrowingBytes(5000);
  expect(bytes.add(new Uint8Array(3000).fill(1))).toBe(true);
  expect(bytes.add(new Uint8Array(2001).fill(2))).toBe(false);
  expect(bytes.length).toBe(3000);
  expect(bytes.add(new Uint8Array(2000).fill(3))).toBe(true);
  expect([...bytes.bytes].reduce((sum, one) => sum + one, 0)).toBe(9000);
  bytes.clear();
  expect(bytes.bytes).toHaveLength(0);
});

test('what was taken stays as it is', () => {
  const bytes = new GrowingBytes(10);
  bytes.add(Uint8Array.of(1, 2));
  const taken = bytes.take();
  bytes.add(Uint8Array.of(9, 9));
  expect(taken).toEqual(Uint8Array.of(1, 2));
  expect(bytes.bytes).toEqual(Uint8Array.of(9, 9));
});
