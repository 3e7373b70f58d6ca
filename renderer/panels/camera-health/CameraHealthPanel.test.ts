import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { problem } from '../../../main/contract/errors.ts';
import { createFakeHub, type FakeHub } from '../../hub-client/fake-hub.ts';
import { i18n } from '../../i18n/index.ts';
import { hubKey } from '../../stores/hub.ts';
import CameraHealthPanel from './CameraHealthPanel.vue';

let hub: FakeHub;
beforeEach(() => {
  vi.useFakeTimers();
  hub = createFakeHub();
});
afterEach(() => vi.useRealTimers());

const tile = { tileId: 't', width: 960, height: 540, scale: 1, signPx: 44, hanPx: 79 };
const show = (district?: string) =>
  mount(CameraHealthPanel, {
    props: { tile, panel: { panel: 'camera-health', ...(district ? { district } : {}) } },
    global: { plugins: [i18n], provide: { [hubKey as symbol]: hub } },
  });
const camera = (id: string, district: string, state: string) => hub.put('cameras', id, { district, status: { state } });
const figures = (panel: ReturnType<typeof show>) => panel.findAll('dd').map((figure) => figure.text());

function fill(): void {
  hub.put('districts', '33', { code: '33', name: '全市', nameEn: 'City', parent: null });
  hub.put('districts', '3301', { code: '3301', name: '城东', nameEn: 'East', parent: '33' });
  hub.put('districts', '3302', { code: '3302', name: '城西', nameEn: null, parent: '33' });
  camera('a', '3301', 'online');
  camera('b', '3301', 'offline');
  camera('c', '3302', 'online');
  camera('d', '330299', 'unknown');
}

test('counts by state and by part of the city; what is unknown counts as neither', async () => {
  fill();
  const panel = show();
  await vi.advanceTimersByTimeAsync(0);
  expect(hub.held('cameras')).toEqual([{ fields: ['district', 'status'] }]);
  expect(figures(panel)).toEqual(['2', '1', '1']);
  expect(panel.findAll('li').map((row) => row.text().replace(/\s+/g, ' '))).toEqual(['城东110', '城西101']);
});

test('follows changes, drawing at most once a second', async () => {
  fill();
  const panel = show();
  await vi.advanceTimersByTimeAsync(0);
  camera('a', '3301', 'offline');
  await vi.advanceTimersByTimeAsync(500);
  expect(figures(panel)[1]).toBe('1');
  hub.put('cameras', 'c', null);
  await vi.advanceTimersByTimeAsync(500);
  expect(figures(panel)).toEqual(['0', '2', '1']);
});

test('before the first answer it counts, and does not say zero', async () => {
  const panel = show();
  await vi.advanceTimersByTimeAsync(1000);
  expect(panel.find('dl').exists()).toBe(false);
  expect(panel.text()).toContain('正在统计');
});

test('asks only for its district', async () => {
  show('3302');
  expect(hub.held('cameras')).toEqual([{ district: '3302', fields: ['district', 'status'] }]);
});

test('a refusal is said, and leaving gives everything back', async () => {
  const panel = show();
  hub.refuseCollection('cameras', problem('forbidden'));
  await vi.advanceTimersByTimeAsync(0);
  expect(panel.text()).toContain('无权查看');
  panel.unmount();
  expect(hub.held('cameras')).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
