import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TourScene } from '../../layouts/contract.ts';
import { createFakeHub } from '../hub-client/fake-hub.ts';
import { i18n } from '../i18n/index.ts';
import { hubKey } from '../stores/hub.ts';
import TourLine from './TourLine.vue';

let line: VueWrapper | null = null;
beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => {
  line?.unmount();
  vi.useRealTimers();
});

const tour = (steps: number, more: Partial<TourScene> = {}): TourScene => ({
  kind: 'tour',
  startedAt: Date.now() - 15_000,
  steps: Array.from({ length: steps }, () => ({ scene: { kind: 'grid', rows: 1, cols: 1, tiles: [] }, dwellMs: 10_000 })),
  ...more,
});
const show = (shown: TourScene) =>
  (line = mount(TourLine, {
    props: { tour: shown, linePx: 3, signPx: 44 },
    global: { plugins: [i18n], provide: { [hubKey as symbol]: createFakeHub() } },
  }));
const filled = () => line!.findAll('.part i').map((part) => (part.element as HTMLElement).style.transform);

test('one part a scene: gone, going on, to come; it moves once a second', async () => {
  show(tour(3));
  expect(filled()).toEqual(['scaleX(1.0000)', 'scaleX(0.5000)', 'scaleX(0.0000)']);
  expect(line!.find('.sign').exists()).toBe(false);
  expect(line!.find('.tour').attributes('aria-label')).toBe('轮巡：第 2 步，共 3 步');
  await vi.advanceTimersByTimeAsync(2010);
  expect(filled()[1]).toBe('scaleX(0.7005)');
});

test('too many scenes to tell apart are one line of the whole round', () => {
  show(tour(50));
  expect(filled()).toEqual(['scaleX(0.0300)']);
});

test('paused is a shape', () => {
  show(tour(3, { pausedAt: Date.now() - 4000 }));
  expect(filled()[1]).toBe('scaleX(0.1000)');
  expect(line!.find('.sign').exists()).toBe(true);
  expect(line!.find('.tour').attributes('aria-label')).toBe('轮巡已暂停：第 2 步，共 3 步');
});
