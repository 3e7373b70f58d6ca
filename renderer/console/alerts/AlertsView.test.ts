import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { problem, ProblemError } from '../../../main/contract/errors.ts';
import { i18n, setLocale } from '../../i18n/index.ts';
import { FakeHub } from '../testdata/fake-hub.ts';
import { mountConsole, type OpenConsole } from '../testdata/mount-console.ts';
import AlertFilterBar from './AlertFilterBar.vue';
import { noFilter } from './alert-rows.ts';

class FakeAudio extends EventTarget {
  static asked = 0;
  state = 'running';
  currentTime = 0;
  destination = {};
  createOscillator() {
    FakeAudio.asked += 1;
    return { type: '', frequency: { value: 0 }, connect: (next: object) => next, start() {}, stop() {} };
  }
  createGain() {
    return { gain: { setValueAtTime() {}, linearRampToValueAtTime() {} }, connect: (next: object) => next };
  }
  resume = () => Promise.resolve();
  close = () => Promise.resolve();
}

let hub: FakeHub;
let desk: OpenConsole;
const alert = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  fingerprint: id,
  rule: 'utilities.pump-trip',
  system: 'utilities',
  severity: 'high',
  title: { zh: `泵 ${id} 停机`, en: `Pump ${id} tripped` },
  advice: { zh: '派人查看', en: 'Send somebody' },
  labels: { system: 'utilities', rule: 'utilities.pump-trip', district: '320282' },
  subject: { kind: 'asset', id: `pumps/${id}`, name: id },
  place: { lat: null, lon: null, datum: 'wgs84', district: null, text: '东仓大道' },
  reading: { quantity: 'state', value: 'trip', limit: null, unit: '' },
  active: true,
  since: hub.now - 60_000,
  raisedAt: hub.now - Number(id.slice(1)) * 1000,
  clearedAt: null,
  count: 1,
  lastAt: hub.now - 5000,
  acknowledged: null,
  shelved: null,
  held: null,
  group: 'g',
  firstOut: false,
  incident: null,
  cameras: ['c-A1', 'c-A2'],
  simulated: false,
  drill: false,
  ...more,
});
const rows = () => desk.page.findAll('[data-alert-list] [data-alert]').map((row) => row.attributes('data-alert'));
const chosen = () => desk.page.get('[data-detail]').attributes('data-detail');
const field = async (selector: string, value: string) => {
  await desk.page.get(selector).setValue(value);
};

beforeEach(async () => {
  setLocale('zh-CN');
  localStorage.clear();
  sessionStorage.clear();
  vi.stubGlobal('AudioContext', FakeAudio);
  FakeAudio.asked = 0;
  hub = new FakeHub();
  desk = await mountConsole(hub);
  for (const name of ['alerts', 'silences', 'wall-alarms', 'systems', 'incidents', 'tasks', 'units'] as const) hub.fill(name, []);
  hub.fill('systems', [{ id: 'utilities', name: { zh: '感知公用', en: 'Public utilities' } }]);
  await desk.key('a', { shiftKey: true });
  await vi.waitFor(() => expect(desk.page.find('[data-alerts]').exists()).toBe(true), 20_000);
}, 30_000);
afterEach(() => {
  desk.page.unmount();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  history.replaceState(null, '', '/');
});

test('without alerts it says that it is quiet, and since when', () => {
  expect(desk.page.get('[data-quiet]').text()).toMatch(/^平静，自 \d\d:\d\d:\d\d 起没有告警$/);
  expect(desk.page.get('[data-alert-bar]').text()).toBe('无告警');
});

test('by keys alone: down, acknowledge, all in sight', async () => {
  hub.fill('alerts', [alert('a1'), alert('a2'), alert('a3', { severity: 'critical' })]);
  await flushPromises();
  expect(rows()).toEqual(['a3', 'a1', 'a2']);
  expect(chosen()).toBe('a3');
  hub.answer = () => ({ acknowledged: 1, already: [] });
  await desk.key('ArrowDown');
  await desk.key('Enter');
  await desk.key('e');
  expect(hub.argsOf('alert.acknowledge')).toEqual([{ alertIds: ['a1'] }, { alertIds: ['a3', 'a1', 'a2'] }]);
  expect(desk.notices()).toContain('已确认 1 条告警');
});

test('what another has acknowledged says who, and when', async () => {
  hub.fill('alerts', [alert('a1')]);
  await flushPromises();
  hub.answer = () => ({ acknowledged: 0, already: [{ alertId: 'a1', by: '王班长', at: hub.now }] });
  await desk.key('Enter');
  expect(desk.notices().join()).toMatch(/王班长 已于 \d\d:\d\d:\d\d 确认/);
});

test('shelved with minutes and a reason, and not without', async () => {
  hub.fill('alerts', [alert('a1')]);
  await flushPromises();
  hub.answer = (name) => (name === 'alert.shelve' ? { until: hub.now + 900_000 } : {});
  await desk.key('s');
  await desk.page.get('[data-way="shelve"]').trigger('submit');
  expect(hub.argsOf('alert.shelve')).toEqual([]);
  await field('[data-way="shelve"] [name="reason"]', ' 检修 ');
  await field('[data-way="shelve"] [name="minutes"]', '15');
  await desk.page.get('[data-way="shelve"]').trigger('submit');
  await flushPromises();
  expect(hub.argsOf('alert.shelve')).toEqual([{ alertId: 'a1', minutes: 15, reason: '检修' }]);
  expect(desk.page.find('[data-way="shelve"]').exists()).toBe(false);
});

test('its kind is silenced by its labels', async () => {
  hub.fill('alerts', [alert('a1'), alert('a2', { labels: { system: 'grid', rule: 'x' } })]);
  await flushPromises();
  hub.answer = (name) => (name === 'silence.create' ? { silenceId: 's1', endsAt: hub.now + 3_600_000 } : {});
  await desk.key('n');
  expect(desk.page.get('[data-matches]').text()).toBe('现有 1 条符合');
  await desk.page.get('[data-label="district"]').trigger('change');
  await field('[data-way="silence"] [name="reason"]', '检修');
  await desk.page.get('[data-way="silence"]').trigger('submit');
  await flushPromises();
  const matchers = ['rule', 'system', 'district'].map((label) => ({ label, op: '=', value: alert('a1').labels[label as 'rule'] }));
  expect(hub.argsOf('silence.create')).toEqual([{ matchers, minutes: 60, reason: '检修' }]);
});

test('its cameras go to the chosen screen in a grid of their own, and the spot view shows the nearest', async () => {
  hub.fill('alerts', [alert('a1')]);
  await flushPromises();
  hub.answer = () => ({ revision: 9 });
  await desk.key('o');
  const [shown] = hub.argsOf('wall.show') as { scene: { rows: number; cols: number; tiles: ({ cameraId: string } | null)[] } }[];
  expect(shown!.scene).toMatchObject({ kind: 'grid', rows: 1, cols: 2, tiles: [{ cameraId: 'c-A1' }, { cameraId: 'c-A2' }] });
});

test('it becomes an incident: the form for calls opens', async () => {
  hub.fill('alerts', [alert('a1')]);
  await flushPromises();
  await desk.key('i');
  expect(desk.page.html()).toContain('泵 a1 停机');
  await vi.waitFor(() => expect(sessionStorage.getItem('taodu.calls')).toContain('a1'));
});

test('what lies on a wall is taken off it by key', async () => {
  hub.fill('alerts', [alert('a1')]);
  hub.fill('wall-alarms', [
    { id: 'main.a1', wallId: 'main', screenId: '1', alertId: 'a1', severity: 'high', title: { zh: '', en: '' }, givenBack: null },
  ]);
  await flushPromises();
  expect(desk.page.find('[data-places]').exists()).toBe(true);
  await desk.key('g');
  expect(hub.argsOf('wall.alarm-return')).toEqual([{ wallId: 'main', alertId: 'a1' }]);
});

test('filters by severity, state and text; a held one says why', async () => {
  const held = { held: { by: 'inhibit', what: 'a1', until: null } };
  hub.fill('alerts', [
    alert('a1'),
    alert('a2', { severity: 'low' }),
    alert('a3', held),
    alert('a4', { held: { by: 'flood', what: 'desk', until: null } }),
  ]);
  await flushPromises();
  expect(desk.page.get('[data-alert="a3"] [data-held]').text()).toBe('因上级告警“泵 a1 停机”暂不打扰 · 解除时间未定');
  expect(desk.page.get('[data-flood]').text()).toContain('1 条低级别告警暂不打扰');
  await desk.key('4', {}, document.body);
  expect(rows()).toEqual(['a2']);
  await desk.key('0', {}, document.body);
  expect(rows()).toHaveLength(4);
  for (let n = 0; n < 5; n += 1) await desk.key('f');
  expect(rows()).toEqual(['a3', 'a4']);
  await field('[data-city-search]', 'a4');
  expect(rows()).toEqual(['a4']);
});

test('the bar counts on every view and sounds until it is silenced; silencing acknowledges nothing', async () => {
  await desk.key('w', { shiftKey: true });
  hub.fill('alerts', [alert('a1'), alert('a2', { severity: 'critical', acknowledged: { by: 'x', at: 1, note: null } })]);
  await flushPromises();
  const bar = desk.page.get('[data-alert-bar]');
  expect(bar.findAll('[data-count]').map((count) => `${count.attributes('data-count')} ${count.text()}`)).toEqual(['critical 1', 'high 1']);
  expect(bar.attributes('data-ringing')).toBe('high');
  expect(FakeAudio.asked).toBe(3);
  await desk.key('y');
  expect(bar.attributes('data-ringing')).toBe('');
  expect(bar.text()).toContain('已消音 1 条');
  expect(hub.argsOf('alert.acknowledge')).toEqual([]);
  hub.change('alerts', { a3: alert('a3') });
  await flushPromises();
  expect(bar.attributes('data-ringing')).toBe('high');
});

test('a browser that plays nothing yet is said to', async () => {
  desk.page.unmount();
  vi.stubGlobal(
    'AudioContext',
    class extends FakeAudio {
      override state = 'suspended';
    },
  );
  desk = await mountConsole(hub);
  hub.fill('alerts', [alert('a1')]);
  await flushPromises();
  expect(desk.page.get('[data-sound-blocked]').text()).toBe('浏览器不让发声');
  expect(FakeAudio.asked).toBe(0);
});

test('without contact the desk says so once, above what it knows', async () => {
  hub.fill('alerts', [alert('a1')]);
  hub.connect({ kind: 'stale', since: hub.now - 45_000 });
  await flushPromises();
  expect(desk.page.findAll('[role="alert"]').filter((one) => one.text().includes('中断'))).toHaveLength(1);
  expect(rows()).toEqual(['a1']);
});

test('what was never read is not counted as nothing', () => {
  const bar = mount(AlertFilterBar, {
    props: { modelValue: noFilter, active: null, systems: [], systemName: (id: string) => id, shown: 0, total: 0 },
    global: { plugins: [i18n] },
  });
  expect(bar.findAll('[data-filter] b').map((one) => one.text())).toEqual(['—', '—', '—', '—']);
  expect(bar.find('[data-shown]').exists()).toBe(false);
});

test('what is refused is said, and the dialog stays', async () => {
  hub.fill('alerts', [alert('a1')]);
  await flushPromises();
  hub.answer = (name) => {
    if (name === 'alert.shelve') throw new ProblemError(problem('alert-over', { alertId: 'a1' }));
    return {};
  };
  await desk.key('s');
  await field('[data-way="shelve"] [name="reason"]', '检修');
  await desk.page.get('[data-way="shelve"]').trigger('submit');
  await flushPromises();
  expect(desk.notices()).toHaveLength(1);
  expect(desk.page.find('[data-way="shelve"]').exists()).toBe(true);
});

test('thousands are listed with a few rows', async () => {
  hub.fill(
    'alerts',
    Array.from({ length: 5000 }, (_, n) => alert(`a${n}`)),
  );
  await vi.waitFor(() => expect(desk.page.get('[data-shown]').text()).toContain('5,000'));
  await vi.waitFor(() => expect(rows().length).toBeGreaterThan(5));
  expect(rows().length).toBeLessThan(60);
});
