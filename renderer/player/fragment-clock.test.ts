import { expect, test } from 'vitest';
import { FragmentClock } from './fragment-clock.ts';

test('a picture was received as long after its fragment’s first as it is shown after it', () => {
  const clock = new FragmentClock();
  clock.add(1_000_000, 500_000_000);
  clock.add(1_200_000, 500_210_000);
  expect(clock.receivedAt(1)).toBe(500_000);
  expect(clock.receivedAt(1.1333333)).toBe(500_133);
  expect(clock.receivedAt(1.2)).toBe(500_210);
  expect(clock.receivedAt(1.1999999), 'rounded on its way').toBe(500_210);
  expect(clock.receivedAt(0.9)).toBeNull();
});

test('it remembers the latest only', () => {
  const clock = new FragmentClock();
  for (let nth = 0; nth < 1000; nth += 1) clock.add(nth * 200_000, nth * 200_000);
  expect(clock.receivedAt(0)).toBeNull();
  expect(clock.receivedAt(199.8)).toBe(199_800);
});
