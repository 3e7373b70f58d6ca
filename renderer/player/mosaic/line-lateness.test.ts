import { expect, test } from 'vitest';
import { LineLateness } from './line-lateness.ts';

test('late is what takes longer than the quickest so far, whatever the clocks say', () => {
  const line = new LineLateness();
  const relay = 1_800_000_000_000;
  // Within a millisecond: what was quickest is forgotten slowly.
  for (const [nth, ms] of [0, 40, 500, 45].entries()) {
    const late = line.of(relay + nth * 100, 7 + nth * 100 + ms);
    expect([ms - 1 < late, late <= ms]).toEqual([true, true]);
  }
  expect(Math.round(line.of(relay + 1000, 1000))).toBe(0);
  expect(Math.round(line.of(relay + 1100, 1107))).toBe(7);
});

test('clocks that drift apart do not make everything late for ever', () => {
  const line = new LineLateness();
  let late = 0;
  // Half a millisecond a second, for an hour: 1.8 s.
  for (let s = 0; s < 3600; s++) late = line.of(s * 1000, s * 1000.5);
  expect(late).toBe(0);
  // A line that is a second late from here on is late for a good while.
  for (let s = 3600; s < 3660; s++) late = line.of(s * 1000, s * 1000.5 + 1000);
  expect(late).toBeGreaterThan(900);
});

test('a relay whose clock is set back does not make everything late', () => {
  const line = new LineLateness();
  for (let ms = 0; ms < 10_000; ms += 100) line.of(ms, ms + 20);
  const late = Array.from({ length: 50 }, (_, nth) => line.of(10_000 + nth * 100 - 5_000, 10_000 + nth * 100 + 20));
  expect(Math.max(...late)).toBe(0);
  // And what is late after that is seen as before.
  expect(Math.round(line.of(10_000, 15_620))).toBe(599);
});

test('a record that was overtaken by others on its way is no sign of that', () => {
  const line = new LineLateness();
  for (let ms = 0; ms < 1_000; ms += 100) line.of(ms, ms + 20);
  expect(Math.round(line.of(850, 1_020))).toBe(150);
});
