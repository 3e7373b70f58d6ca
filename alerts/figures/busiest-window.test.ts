import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BusiestWindow } from './busiest-window.ts';

const mostOf = (times: readonly number[], withinMs = 10) => {
  const busiest = new BusiestWindow(withinMs);
  for (const at of times) busiest.add(at);
  return busiest.most;
};

test.each<[string, number[], number]>([
  ['none', [], 0],
  ['one', [5], 1],
  ['within the span', [0, 9], 2],
  ['a span apart', [0, 10], 1],
  ['across any border', [8, 9, 11, 12, 30], 4],
  ['all at once', [3, 3, 3], 3],
])('%s', (_name, times, expected) => {
  expect(mostOf(times)).toBe(expected);
});

test('it is what a look at every span finds, however many there are (seeded)', () => {
  const gaps = fc.array(fc.constantFrom(0, 0, 0, 1, 3, 12), { maxLength: 3000, size: 'max' });
  fc.assert(
    fc.property(gaps, (given) => {
      let at = 0;
      const times = given.map((gap) => (at += gap));
      let most = 0;
      let from = 0;
      times.forEach((end, index) => {
        while (times[from]! <= end - 10) from += 1;
        most = Math.max(most, index - from + 1);
      });
      expect(mostOf(times)).toBe(most);
    }),
    { seed: 191, numRuns: 60 },
  );
});
