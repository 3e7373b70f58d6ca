import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ScreenPreview } from '../../layouts/contract.ts';
import { createScreenPreviewer, previewEveryMs, type ScreenPreviewer } from './screen-preview.ts';

let previewer: ScreenPreviewer;
let began: number[];
/** What the encoder answers with. */
let finish: (made: ScreenPreview | null) => void;
/** The browser has time. */
let idle: Map<number, () => void>;

const picture = (at = 1): ScreenPreview => ({ at, revision: 1, cameras: [], jpeg: '/9j/' });
const rest = async (ms: number) => vi.advanceTimersByTimeAsync(ms);
const haveTime = () => {
  for (const [id, run] of idle) {
    idle.delete(id);
    run();
  }
};

beforeEach(() => {
  vi.useFakeTimers();
  began = [];
  idle = new Map();
  let ids = 0;
  vi.stubGlobal('requestIdleCallback', (run: () => void) => {
    idle.set((ids += 1), run);
    return ids;
  });
  vi.stubGlobal('cancelIdleCallback', (id: number) => idle.delete(id));
  previewer = createScreenPreviewer(() => {
    began.push(performance.now());
    return new Promise((resolve) => (finish = resolve));
  });
});
afterEach(() => {
  previewer.stop();
  expect([idle.size, vi.getTimerCount()]).toEqual([0, 0]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('nothing is made while nobody wants it', async () => {
  previewer.answered(false);
  await rest(10_000);
  haveTime();
  expect([began, previewer.take()]).toEqual([[], undefined]);
});

test('a picture is made when the page has time, and goes with one report', async () => {
  previewer.answered(true);
  await rest(0);
  expect(began).toEqual([]);
  haveTime();
  expect(began).toHaveLength(1);
  expect(previewer.take()).toBeUndefined();
  finish(picture());
  await rest(0);
  expect(previewer.take()).toEqual(picture());
  expect(previewer.take()).toBeUndefined();
});

test('at most one every two seconds, however often it is wanted, and never two at a time', async () => {
  for (let second = 0; second < 8; second += 1) {
    previewer.answered(true);
    await rest(0);
    haveTime();
    if (second < 2) finish(picture(second));
    await rest(1000);
    haveTime();
  }
  // The one that was begun after two seconds is still being made.
  expect(began).toHaveLength(2);
  finish(picture());
  await rest(0);
  for (let second = 0; second < 6; second += 1) {
    previewer.answered(true);
    await rest(0);
    haveTime();
    finish(picture());
    await rest(1000);
    haveTime();
  }
  for (const [index, at] of began.entries()) if (index > 0) expect(at - began[index - 1]!).toBeGreaterThanOrEqual(previewEveryMs);
  expect(began.length).toBeGreaterThanOrEqual(5);
});

test('what nobody wants any more is thrown away', async () => {
  previewer.answered(true);
  await rest(0);
  haveTime();
  previewer.answered(false);
  finish(picture());
  await rest(0);
  expect(previewer.take()).toBeUndefined();
  previewer.answered(true);
  await rest(0);
  previewer.answered(false);
  await rest(5000);
  expect([began.length, idle.size]).toEqual([1, 0]);
});

test('nothing to be seen now is no picture', async () => {
  previewer.answered(true);
  await rest(0);
  haveTime();
  finish(null);
  await rest(0);
  expect(previewer.take()).toBeUndefined();
});
