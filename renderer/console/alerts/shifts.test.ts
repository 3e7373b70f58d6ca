import { expect, test } from 'vitest';
import { latestShifts } from './shifts.ts';

test('the running shift and those before it, each beginning where the one before it ended', () => {
  const now = new Date(2026, 10, 27, 9, 30).getTime();
  const shifts = latestShifts(now, 4);
  expect(shifts.map(({ from }) => new Date(from).getHours())).toEqual([8, 0, 16, 8]);
  expect(shifts[0]!.to).toBe(now);
  for (const [index, shift] of shifts.entries()) if (index > 0) expect(shift.to).toBe(shifts[index - 1]!.from);
  expect(new Date(shifts[2]!.from).getDate()).toBe(26);
});

test('at its first moment a shift has begun', () => {
  const now = new Date(2026, 10, 27, 16, 0).getTime();
  expect(latestShifts(now, 2).map(({ from, to }) => [new Date(from).getHours(), to - from])).toEqual([
    [16, 0],
    [8, 8 * 3_600_000],
  ]);
});
