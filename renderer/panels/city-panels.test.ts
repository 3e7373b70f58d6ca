import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PanelRef } from '../../layouts/contract.ts';
import { problem, ProblemError } from '../../main/contract/errors.ts';
import { nowhere } from '../../main/contract/place.ts';
import { createFakeHub, type FakeHub } from '../hub-client/fake-hub.ts';
import { i18n, setLocale } from '../i18n/index.ts';
import { hubKey } from '../stores/hub.ts';
import { panelComponent } from './registry.ts';

let hub: FakeHub;
const t0 = Date.UTC(2026, 10, 27, 4, 0, 0);
beforeEach(() => {
  vi.useFakeTimers({ now: t0 });
  hub = createFakeHub();
});
afterEach(() => {
  vi.useRealTimers();
  setLocale('zh-CN');
});

const tile = { tileId: 't', width: 1920, height: 1037, scale: 1, signPx: 44, hanPx: 78.7 };
const show = (panel: PanelRef, size: Partial<typeof tile> = {}) =>
  mount(panelComponent(panel.panel)!, {
    props: { tile: { ...tile, ...size }, panel } as never,
    global: { plugins: [i18n], provide: { [hubKey as symbol]: hub }, stubs: { ChartHost: true } },
  });
const words = (panel: ReturnType<typeof show>) => panel.text().replace(/\s+/g, ' ');
const settle = (ms = 500) => vi.advanceTimersByTimeAsync(ms);

const alert = (id: string, more: object = {}) =>
  hub.put('alerts', id, {
    id,
    severity: 'high',
    title: { zh: `告警 ${id}`, en: `Alert ${id}` },
    subject: { kind: 'asset', id: 'x', name: '三号泵站' },
    place: nowhere,
    active: true,
    since: t0 - 65_000,
    count: 1,
    acknowledged: null,
    held: null,
    firstOut: false,
    simulated: false,
    drill: false,
    ...more,
  });

test('alerts: what fits is listed, what does not is counted, what is held back is counted apart', async () => {
  for (let n = 0; n < 9; n += 1) alert(`${n}`);
  alert('held', { held: { by: 'shelve', what: 'li', until: null } });
  const panel = show({ panel: 'alerts' });
  await settle();
  expect(panel.findAll('[data-alert]')).toHaveLength(6);
  expect(words(panel)).toContain('另有 3 条');
  expect(words(panel)).toContain('另有 1 条暂不打扰');
  expect(panel.find('[data-severity="high"]').text()).toContain('9');
  expect(panel.find('.severity-mark.mark').classes()).toContain('state-unacknowledged');
});

test('alerts: nothing to do is said, and before the first answer it is not', async () => {
  const panel = show({ panel: 'alerts', atLeast: 'high' });
  expect(words(panel)).toContain('读取中');
  alert('1', { severity: 'low' });
  await settle();
  expect(words(panel)).toContain('没有“高”及以上的告警');
  hub.refuseCollection('alerts', problem('forbidden'));
  await settle();
  expect(words(panel)).toContain('无权显示');
});

test('a flood of changes is drawn a few times a second', async () => {
  alert('1');
  const panel = show({ panel: 'alerts' });
  await settle();
  alert('2');
  await settle(1);
  const first = panel.findAll('[data-alert]').length;
  for (let n = 3; n < 6; n += 1) alert(`${n}`);
  await settle(1);
  expect([first, panel.findAll('[data-alert]').length]).toEqual([2, 2]);
  await settle(400);
  expect(panel.findAll('[data-alert]')).toHaveLength(5);
});

test('a hub that is away: the age is said at once, and after a while it is all grey', async () => {
  alert('1');
  const panel = show({ panel: 'alerts' });
  await settle(2000);
  hub.setConnection({ kind: 'stale', since: Date.now() - 5000 });
  await settle(1100);
  expect(words(panel)).toMatch(/截至 \d\d:\d\d:\d\d，\d 秒前/);
  expect(panel.find('.board').classes()).not.toContain('old');
  await settle(30_000);
  expect(panel.find('.board').classes()).toContain('old');
  hub.setConnection({ kind: 'live' });
  await settle(1100);
  expect(words(panel)).not.toContain('截至');
  expect(panel.find('.board').classes()).not.toContain('old');
});

test('incidents: a drill is marked in front of everything, and what is late says since when', async () => {
  const timers = [{ id: 'a', until: 'arrived', startedAt: 0, dueAt: t0 - 120_000, unit: 'hours', pausedAt: null, metAt: null, warned: [] }];
  const incident = {
    level: 'II',
    state: 'dispatched',
    suspended: null,
    place: nowhere,
    instants: { reported: t0 - 600_000 },
    timers,
    simulated: true,
  };
  hub.put('incidents', 'a', { ...incident, id: 'a', number: '2026-1', title: '居民楼火灾', drill: false });
  hub.put('incidents', 'b', { ...incident, id: 'b', number: '2026-2', title: '管涌', drill: true, timers: [] });
  hub.put('tasks', 't', { id: 't', incident: 'a', state: 'enRoute' });
  const panel = show({ panel: 'incidents' });
  await settle();
  const [real, drill] = panel.findAll('[data-incident]');
  expect(real!.text().replace(/\s+/g, ' ')).toContain('超时 2 分钟');
  expect(real!.text()).toContain('途中 1');
  expect(drill!.classes()).toContain('is-drill');
  expect(drill!.find('.drill').text()).toBe('演练');
  expect(real!.find('.drill').exists()).toBe(false);
  // Nothing of whoever reported it is asked for.
  expect(hub.held('incidents')[0]!.fields).not.toContain('report');
});

test('tasks: a unit, how far it is, and since when', async () => {
  hub.put('units', 'u', { id: 'u', number: 'JX-1', name: '消防一中队', state: 'enRoute', stateAt: 0, task: 't', queued: [], drill: false });
  hub.put('incidents', 'a', { id: 'a', number: '2026-1', level: 'II' });
  hub.put('tasks', 't', {
    id: 't',
    incident: 'a',
    unit: 'u',
    title: '灭火',
    state: 'enRoute',
    place: nowhere,
    dueAt: null,
    history: [{ state: 'enRoute', at: t0 - 180_000 }],
    simulated: false,
    drill: false,
  });
  const panel = show({ panel: 'tasks' });
  await settle();
  expect(words(panel.find('[data-task]') as never)).toContain('消防一中队途中3 分钟');
  expect(words(panel)).toContain('2026-1');
});

function plan(): void {
  const indicators = ['known', 'late', 'unknown', 'zero'].map((id) => `traffic/${id}`);
  hub.put('systems', 'traffic', { id: 'traffic', number: 1, name: { zh: '智慧交通', en: 'Traffic' }, indicators });
  const put = (id: string, more: object) =>
    hub.put('indicators', `traffic/${id}`, {
      key: `traffic/${id}`,
      systemId: 'traffic',
      id,
      name: { zh: id, en: id },
      unit: '%',
      target: { op: '>=', value: 80 },
      staleAfterSeconds: 60,
      at: t0 - 10_000,
      source: 'parking-1',
      sourceName: '停车系统',
      ofSimulated: false,
      ...more,
    });
  put('known', { value: 92.5 });
  put('late', { value: 92.5, at: t0 - 3_600_000, ofSimulated: true });
  put('unknown', { value: null, at: null, source: null });
  put('zero', { value: 0, source: null });
}

test('the plan: value, target, age and source; unknown is never zero, and zero is a value', async () => {
  plan();
  const panel = show({ panel: 'plan' });
  await settle();
  const row = (id: string) => panel.find(`[data-indicator="traffic/${id}"]`);
  expect(row('known').text().replace(/\s+/g, ' ')).toMatch(/known92\.5%.*达标.*目标 ≥ 80 %.*10 秒前.*停车系统/);
  expect(row('unknown').find('.value').text()).toBe('—');
  expect(row('unknown').text()).toContain('未知');
  expect(row('zero').find('.value').text()).toBe('0%');
  expect(row('zero').text()).toContain('未达标');
  expect(row('late').classes()).toContain('stale');
  expect(row('late').text()).toContain('已过期');
  expect(row('late').text()).toContain('模拟');
  expect(row('known').classes()).not.toContain('stale');
  setLocale('en');
  await settle();
  expect(row('zero').text()).toContain('not met');
});

test('the plan: what does not fit is on further pages, and they are turned', async () => {
  plan();
  const panel = show({ panel: 'plan' }, { width: 900, height: 420 });
  await settle();
  const keys = () => panel.findAll('[data-indicator]').map((row) => row.attributes('data-indicator'));
  const seen = new Set(keys());
  const page = panel.find('.page').text();
  expect(page).toMatch(/^\d\/\d$/);
  await settle(13_000);
  expect(panel.find('.page').text()).not.toBe(page);
  for (let turn = 0; turn < 4; turn += 1) {
    for (const key of keys()) seen.add(key);
    await settle(12_000);
  }
  expect(seen.size).toBe(4);
});

test('a gauge of something unknown has no arc and says so; of something stale it is faint', async () => {
  plan();
  const gauge = (id: string) => show({ panel: 'gauge', of: { indicator: `traffic/${id}` } });
  const data = (panel: ReturnType<typeof show>) => panel.findComponent({ name: 'ChartHost' }).props('data') as Record<string, unknown>;
  const [known, unknown, late, missing] = ['known', 'unknown', 'late', 'nothing'].map(gauge);
  await settle(1500);
  expect(data(known!)).toMatchObject({ min: 0, max: 100, value: 92.5, good: { from: 80, to: 100 }, missed: false, faint: false });
  expect(data(unknown!)).toMatchObject({ value: null });
  expect(words(unknown!)).toContain('未知');
  expect(data(late!)).toMatchObject({ faint: true });
  expect(words(missing!)).toContain('中枢不认识');
});

test('a trend asks for the past once the line is live, adds what comes, and asks again after a loss', async () => {
  plan();
  hub.answers.set('history.read', (({ to }: { to: number }) => ({
    points: [{ at: to - 20 * 60_000, value: 70, min: 70, max: 70, count: 1 }],
    since: null,
  })) as never);
  const panel = show({ panel: 'trend', series: [{ indicator: 'traffic/known' }], hours: 2 });
  const line = () => {
    const [first] = (
      panel.findComponent({ name: 'ChartHost' }).props('data') as { lines: { points: (readonly [number, number | null])[] }[] }
    ).lines;
    return first!.points.map(([, value]) => value);
  };
  await settle(1500);
  expect(hub.commands).toMatchObject([{ name: 'history.read', args: { of: { systemId: 'traffic', indicator: 'known' }, points: 200 } }]);
  // Twenty minutes without a value that holds for one: a gap, and no line.
  expect(line()).toEqual([70, null, 92.5]);
  hub.setConnection({ kind: 'stale', since: Date.now() });
  hub.setConnection({ kind: 'live' });
  await settle(1500);
  expect(hub.commands).toHaveLength(2);
  panel.unmount();
  expect([hub.held('indicators'), hub.held('assets')]).toEqual([[], []]);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['unavailable', 2],
  ['forbidden', 1],
] as const)('a history that is %s leaves the value there, and is asked for %d times in ten seconds', async (code, times) => {
  plan();
  hub.answers.set('history.read', () => {
    throw new ProblemError(problem(code));
  });
  const panel = show({ panel: 'trend', series: [{ indicator: 'traffic/known' }], hours: 2 });
  await settle(10_500);
  expect(hub.commands).toHaveLength(times);
  expect(panel.find('.latest').text()).toContain('92.5');
  panel.unmount();
  expect(vi.getTimerCount()).toBe(0);
});

test.each<PanelRef>([
  { panel: 'alerts' },
  { panel: 'incidents' },
  { panel: 'tasks' },
  { panel: 'plan' },
  { panel: 'gauge', of: { asset: 'w/PZ-1', quantity: 'water-level' } },
  { panel: 'trend', series: [{ asset: 'w/PZ-1', quantity: 'water-level' }, { indicator: 'traffic/known' }], hours: 24 },
])('$panel gives everything back', async (panel) => {
  plan();
  alert('1');
  const shown = show(panel);
  await settle(3000);
  shown.unmount();
  for (const name of ['alerts', 'incidents', 'tasks', 'units', 'systems', 'indicators', 'assets'] as const)
    expect(hub.held(name)).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
