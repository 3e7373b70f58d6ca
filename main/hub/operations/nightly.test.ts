import { expect, test } from 'vitest';
import { createNightly } from './nightly.ts';

const hour = 3_600_000;

test.each([
  ['Asia/Shanghai', '2026-11-25T18:59:59Z', false],
  ['Asia/Shanghai', '2026-11-25T19:00:00Z', true],
  ['Asia/Shanghai', '2026-11-25T19:59:59Z', true],
  ['Asia/Shanghai', '2026-11-25T20:00:00Z', false],
  ['UTC', '2026-11-25T03:00:00Z', true],
  ['UTC', '2026-11-25T00:00:00Z', false],
])('in %s at %s: %s', (zone, at, due) => {
  expect(createNightly(zone)(Date.parse(at), null)).toBe(due);
});

test('once a night, also in the night of 25 hours, and again after a clock that was far ahead', () => {
  const due = createNightly('Europe/Berlin');
  const first = Date.parse('2026-10-25T02:00:00Z');
  expect(due(first, first - 24 * hour)).toBe(true);
  expect(due(first + hour / 2, first)).toBe(false);
  expect(due(first, first + 400 * 24 * hour)).toBe(true);
  const nights = Array.from({ length: 24 * 60 * 3 }, (_, minute) => first - 25 * hour + minute * 60_000);
  let last: number | null = null;
  let runs = 0;
  for (const now of nights) {
    if (!due(now, last)) continue;
    runs += 1;
    last = now;
  }
  expect(runs).toBe(3);
});
