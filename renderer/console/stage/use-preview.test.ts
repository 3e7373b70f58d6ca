import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue';
import { problem, ProblemError } from '../../../main/contract/errors.ts';
import { askEveryMs, goneAfterMs, usePreview, type Preview } from './use-preview.ts';

const jpeg = btoa('a small picture');
let scope: EffectScope;
let preview: Preview;
let now: number;
let asked: { readonly screenId: string; readonly after?: number }[];
let answer: (args: { readonly after?: number }) => unknown;
let urls: Set<string>;
let isHidden: boolean;
const inSight = shallowRef(true);
const screenId = shallowRef('1');

const picture = (at: number) => ({ picture: { at, revision: 3, jpeg } });

beforeEach(() => {
  vi.useFakeTimers();
  now = 100_000;
  asked = [];
  urls = new Set();
  isHidden = false;
  inSight.value = true;
  screenId.value = '1';
  answer = () => ({ picture: null });
  let made = 0;
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
    const url = `blob:${(made += 1)}`;
    urls.add(url);
    return url;
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void urls.delete(url));
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden);
});
afterEach(() => {
  scope.stop();
  expect([urls.size, vi.getTimerCount()]).toEqual([0, 0]);
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function open(): Promise<void> {
  scope = effectScope();
  const command = async (_name: string, args: object) => {
    asked.push(args as never);
    return answer(args as never);
  };
  preview = scope.run(() =>
    usePreview(
      { command: command as never, hubNow: () => now },
      () => ({ wallId: 'main', screenId: screenId.value }),
      () => inSight.value,
    ),
  )!;
  await flushPromises();
}
async function later(ms: number): Promise<void> {
  now += ms;
  await vi.advanceTimersByTimeAsync(ms);
  await flushPromises();
}

test('asks every two seconds for another picture than it has, and gives the one before back', async () => {
  answer = () => picture(now - 500);
  await open();
  expect(preview.picture.value).toEqual({ at: 99_500, revision: 3, url: 'blob:1' });
  await later(askEveryMs);
  expect(asked).toEqual([
    { wallId: 'main', screenId: '1' },
    { wallId: 'main', screenId: '1', after: 99_500 },
  ]);
  expect([preview.picture.value?.url, [...urls]]).toEqual(['blob:2', ['blob:2']]);
});

test('a picture that no newer one follows stays, and goes when nothing of it is true any more', async () => {
  answer = () => picture(now);
  await open();
  answer = () => ({ picture: null });
  await later(goneAfterMs - askEveryMs);
  expect(preview.picture.value).not.toBeNull();
  await later(askEveryMs * 2);
  expect(preview.picture.value).toBeNull();
});

test('asks for nothing that is out of sight, or on a page that is hidden, and at once when it is back', async () => {
  await open();
  inSight.value = false;
  await nextTick();
  await later(20_000);
  expect(asked).toHaveLength(1);
  inSight.value = true;
  await nextTick();
  await flushPromises();
  expect(asked).toHaveLength(2);
  isHidden = true;
  document.dispatchEvent(new Event('visibilitychange'));
  await later(20_000);
  expect(asked).toHaveLength(2);
  isHidden = false;
  document.dispatchEvent(new Event('visibilitychange'));
  await flushPromises();
  expect(asked).toHaveLength(3);
});

test('whoever comes back to the page does not see a picture whose time is over, not even until the next one is there', async () => {
  answer = () => picture(now);
  await open();
  isHidden = true;
  document.dispatchEvent(new Event('visibilitychange'));
  await later(goneAfterMs + 1);
  answer = () => new Promise(() => {});
  isHidden = false;
  document.dispatchEvent(new Event('visibilitychange'));
  expect(preview.picture.value).toBeNull();
});

test('what may not be seen is taken away, said, and asked for less often', async () => {
  answer = () => picture(now);
  await open();
  answer = () => {
    throw new ProblemError(problem('out-of-scope'));
  };
  await later(askEveryMs);
  expect([preview.picture.value, preview.isRefused.value, asked.length]).toEqual([null, true, 2]);
  await later(8000);
  expect(asked).toHaveLength(2);
  answer = () => picture(now);
  await later(2000);
  expect([preview.picture.value?.at, preview.isRefused.value]).toEqual([now, false]);
});

test('a lost line is no refusal: the picture stays as old as it is', async () => {
  answer = () => picture(now);
  await open();
  answer = () => {
    throw new ProblemError(problem('unavailable'));
  };
  await later(askEveryMs);
  expect([preview.picture.value?.at, preview.isRefused.value]).toEqual([100_000, false]);
});

test('of another screen no picture of the first is shown, not even one that comes late', async () => {
  let late: (value: unknown) => void = () => {};
  answer = () => new Promise((resolve) => (late = resolve));
  await open();
  answer = () => ({ picture: null });
  screenId.value = '2';
  await nextTick();
  late(picture(now));
  await flushPromises();
  expect(preview.picture.value).toBeNull();
  expect(asked.map((one) => one.screenId)).toEqual(['1', '2']);
});
