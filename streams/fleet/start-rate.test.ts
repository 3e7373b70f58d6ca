import { expect, test } from 'vitest';
import { StartRate } from './start-rate.ts';

test.each([
  [64, 64, 80],
  [1, 1, 2],
  [1000, 1000, 1250],
])('%i a second: no fewer than %i, no more than %i begin in any second', (perSecond, least, most) => {
  const rate = new StartRate(perSecond);
  const begun: number[] = [];
  for (let now = 0; now < 5000; now += 1) while (rate.take(now)) begun.push(now);
  for (let from = 0; from <= 4000; from += 100) {
    const within = begun.filter((at) => at >= from && at < from + 1000).length;
    expect(within).toBeGreaterThanOrEqual(least - 1);
    expect(within).toBeLessThanOrEqual(most);
  }
});

test('a long pause saves up no more than one burst', () => {
  const rate = new StartRate(8);
  let begun = 0;
  while (rate.take(3_600_000)) begun += 1;
  expect(begun).toBe(2);
});
