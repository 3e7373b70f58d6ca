import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, shallowRef } from 'vue';
import { isMark } from '../../../streams/watermark/mark-text.ts';
import { usePageMark, type MarkedSession } from './page-mark.ts';
import WatermarkLayer from './WatermarkLayer.vue';

const person: MarkedSession = { name: 'li.wei', workstation: 'desk-12', screen: null };
const display: MarkedSession = { name: 'wall:main:1', workstation: '10.1.2.3', screen: { wallId: 'main', screenId: '1' } };

beforeEach(() => vi.useFakeTimers({ now: Date.UTC(2026, 2, 1, 0, 15, 30) }));
afterEach(() => vi.useRealTimers());

function pageOf(first: MarkedSession | null) {
  const who = shallowRef(first);
  const scope = effectScope();
  const mark = scope.run(() =>
    usePageMark(
      () => who.value,
      () => Date.now(),
    ),
  )!;
  return { who, mark, end: () => scope.stop() };
}

test('a person is named with his machine and the minute, anew each minute', () => {
  const { mark, end } = pageOf(person);
  expect(mark.layer.value).toMatch(/^li\.wei desk-12 2026-0[23]-\d\d \d\d:15 UTC[+-]\d\d:\d\d$/);
  vi.advanceTimersByTime(29_000);
  expect(mark.layer.value).toMatch(/:15 UTC/);
  vi.advanceTimersByTime(2_000);
  expect(mark.layer.value).toMatch(/:16 UTC/);
  vi.advanceTimersByTime(60_000);
  expect(mark.layer.value).toMatch(/:17 UTC/);
  end();
  expect(vi.getTimerCount()).toBe(0);
});

test('before anybody knows who looks, pictures carry the time, and there are no files of them', () => {
  const { who, mark, end } = pageOf(null);
  expect(mark.layer.value).toMatch(/^unknown unknown 2026-/);
  expect(mark.of('C-1')).toBeNull();
  who.value = person;
  expect(mark.layer.value).toMatch(/^li\.wei desk-12 /);
  end();
});

test('a display of a wall has none over its pictures, but files made of them do', () => {
  const { mark, end } = pageOf(display);
  expect(mark.layer.value).toBeNull();
  expect(mark.of('C-1')).toMatch(/^wall:main:1 10\.1\.2\.3 2026-.* C-1$/);
  end();
});

test('a file tells the second and the camera', () => {
  const { mark, end } = pageOf(person);
  vi.advanceTimersByTime(5_000);
  const text = mark.of('DS07-00123');
  expect(text).toMatch(/^li\.wei desk-12 2026-0[23]-\d\d \d\d:15:35 UTC[+-]\d\d:\d\d DS07-00123$/);
  expect(isMark(text)).toBe(true);
  end();
});

test('the layer is seen and not heard, and nothing on the page can be hindered by it', () => {
  const layer = mount(WatermarkLayer, {
    props: { text: 'li.wei desk-12', width: 640, height: 360 },
  });
  expect(layer.attributes('aria-hidden')).toBe('true');
  expect(layer.text()).toContain('li.wei desk-12');
  expect(layer.findAll('button, a, input')).toHaveLength(0);
  layer.unmount();
});
