import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inCorner, watchCornerHold } from './corner-hold.ts';

const page = { width: 1920, height: 1080 };

test.each([
  [0, 0, true],
  [47, 47, true],
  [48, 47, false],
  [47, 48, false],
  [1919, 0, true],
  [1872, 1032, true],
  [1871, 1079, false],
  [0, 1079, true],
  [960, 0, false],
  [960, 540, false],
])('%i, %i is in a corner: %s', (clientX, clientY, isIn) => {
  expect(inCorner({ clientX, clientY }, page)).toBe(isIn);
});

let held: number;
let end: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  held = 0;
  end = watchCornerHold(window, () => (held += 1));
});
afterEach(() => {
  end();
  vi.useRealTimers();
});
const point = (type: string, clientX = 5, clientY = 5, button = 0) =>
  window.dispatchEvent(new PointerEvent(type, { clientX, clientY, button }));

test('three seconds in a corner, and once', async () => {
  point('pointerdown');
  await vi.advanceTimersByTimeAsync(2999);
  expect(held).toBe(0);
  point('pointermove', 20, 20);
  await vi.advanceTimersByTimeAsync(1);
  expect(held).toBe(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(held).toBe(1);
});

test.each([
  ['let go', () => point('pointerup')],
  ['moved out of it', () => point('pointermove', 200, 5)],
  ['taken by the browser', () => point('pointercancel')],
  ['the window lost it', () => window.dispatchEvent(new Event('blur'))],
  ['the page went', () => end()],
])('not when %s', async (_name, then) => {
  point('pointerdown');
  await vi.advanceTimersByTimeAsync(2000);
  then();
  await vi.advanceTimersByTimeAsync(5000);
  expect([held, vi.getTimerCount()]).toEqual([0, 0]);
});

test('not elsewhere, and not with another button', async () => {
  point('pointerdown', 500, 500);
  point('pointerdown', 5, 5, 2);
  await vi.advanceTimersByTimeAsync(5000);
  expect(held).toBe(0);
});
