import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Incident, IncidentLogEntry } from '../../../alerts/incident-contract.ts';
import { problem } from '../../../main/contract/errors.ts';
import { setLocale } from '../../i18n/index.ts';
import { cameraRow, FakeHub } from '../testdata/fake-hub.ts';
import { mountCity, pressKey } from '../testdata/mount-city.ts';
import { useDesk } from '../stores/desk.ts';
import IncidentPage from './IncidentPage.vue';
import { anEntry, anIncident, aTask, aUnit } from './testdata/an-incident.ts';

let hub: FakeHub;
let page: VueWrapper;
let log: IncidentLogEntry[];
let refuse: Record<string, ReturnType<typeof problem> | undefined>;
let puts: number;

const edited = (body: object, more: Partial<IncidentLogEntry>) =>
  anEntry('edited', { reason: null, before: {}, timers: null, ...body }, more);
const recommendation = {
  at: 1_700_000_000_000,
  wants: [{ capability: 'traffic-police', count: 2, short: 1 }],
  gaps: [{ capability: 'traffic-police', district: '*' }],
  ranked: [
    {
      unitId: 'u1',
      covers: ['traffic-police'],
      distanceM: 300,
      positionAgeMs: 4000,
      stale: false,
      reasons: [{ code: 'chosen', params: { capability: 'traffic-police' } }],
    },
    {
      unitId: 'u2',
      covers: ['traffic-police'],
      distanceM: 100,
      positionAgeMs: 7_200_000,
      stale: true,
      reasons: [{ code: 'position-stale', params: { ageSeconds: 7200 } }],
    },
  ],
  excluded: [
    { unitId: 'u3', reasons: [{ code: 'busy', params: { taskId: 't9', queued: 1 } }] },
    { unitId: 'u4', reasons: [{ code: 'not-available', params: { state: 'outOfService', reason: '年检' } }] },
  ],
};

async function show(more: Parameters<typeof anIncident>[0] = {}): Promise<void> {
  page = await mountCity(hub, IncidentPage, { incidentId: 'i1', onPut: () => (puts += 1) });
  hub.fill('cameras', [cameraRow('A1'), cameraRow('A2')]);
  hub.fill(
    'units',
    ['u1', 'u2', 'u3', 'u4'].map((id, index) => aUnit({ id, number: `J0${index + 1}` }) as never),
  );
  hub.fill('tasks', []);
  hub.fill('alerts', []);
  hub.fill('incidents', [anIncident({ state: 'filed', ...more }) as never]);
  await flushPromises();
}
const change = async (more: Partial<Incident>) => {
  hub.change('incidents', { i1: anIncident({ state: 'filed', ...more } as never) as never });
  await flushPromises();
};
beforeEach(() => {
  setLocale('zh-CN');
  puts = 0;
  refuse = {};
  log = [anEntry('note', { text: '第一条' }, { seq: 1 })];
  hub = new FakeHub();
  hub.answer = (name, args) => {
    if (refuse[name]) return refuse[name];
    if (name === 'incident.log') return { entries: log.filter(({ seq }) => seq > Number(args['after'])), more: false };
    if (name === 'unit.recommend') return recommendation;
    if (name === 'task.dispatch')
      return { taskId: `t-${String(args['unitId'])}`, queued: args['queue'] === true, fieldLink: `/unit/token-${String(args['unitId'])}` };
    if (name === 'incident.note') return { seq: 9 };
    if (name === 'incident.caller') return { phone: '13800000000' };
    return { revision: 2, state: 'filed' };
  };
});
afterEach(() => {
  page.unmount();
  expect(hub.held).toBe(0);
  vi.restoreAllMocks();
});
const sent = (name: Parameters<FakeHub['argsOf']>[0]) => hub.argsOf(name);
const offered = () => page.findAll('[data-event]').map((button) => button.attributes('data-event'));

describe('what can be done', () => {
  test('is what the machine allows, and goes by key with the revision that was seen', async () => {
    await show({ state: 'reported', revision: 7 });
    expect(offered()).toEqual(['accept', 'reject', 'void']);
    await pressKey('a');
    expect(sent('incident.advance')).toEqual([{ incidentId: 'i1', event: 'accept', baseRevision: 7 }]);
  });

  test('a step that wants a reason is not done without one; Esc leaves it, and what was typed stays', async () => {
    await show({ state: 'accepted' });
    await pressKey('s');
    const reason = page.get<HTMLInputElement>('[data-event-ask] [name="reason"]');
    expect(document.activeElement).toBe(reason.element);
    expect(page.get('[data-event-ask] .is-main').attributes()).toHaveProperty('disabled');
    await reason.setValue('等待材料');
    await pressKey('Escape');
    expect(page.find('[data-event-ask]').exists()).toBe(false);
    expect(sent('incident.advance')).toEqual([]);
    await pressKey('s');
    expect(page.get<HTMLInputElement>('[data-event-ask] [name="reason"]').element.value).toBe('等待材料');
    await page.get('[data-event-ask]').trigger('submit');
    expect(sent('incident.advance')).toMatchObject([{ event: 'suspend', reason: '等待材料' }]);
  });

  test('while a unit is out nothing leaves it alone, and why is said', async () => {
    await show({ state: 'dispatched' });
    hub.fill('tasks', [aTask({ state: 'enRoute' }) as never]);
    await flushPromises();
    expect(page.get('[data-event="void"]').attributes()).toHaveProperty('disabled');
    expect(page.get('[data-event-bar]').text()).toContain('还有 1 项任务未结束');
    await pressKey('V', { shiftKey: true });
    expect(page.find('[data-event-ask]').exists()).toBe(false);
  });

  test('a refusal is said in words', async () => {
    await show({ state: 'reported' });
    refuse['incident.advance'] = problem('incident-event-illegal', { state: 'closed', event: 'accept' });
    await pressKey('a');
    expect(page.get('[data-event-bar] [role="alert"]').text()).not.toBe('');
  });

  test('somebody was faster: who did what is said, and it can be done all the same', async () => {
    await show({ state: 'accepted', lastSeq: 1, revision: 3 });
    refuse['incident.advance'] = problem('revision-conflict', { by: 'li', at: hub.now, revision: 4 });
    await pressKey('f');
    log.push(edited({ level: 'I', before: { level: 'III' } }, { seq: 2, by: 'li' }));
    await change({ state: 'accepted', level: 'I', lastSeq: 2, revision: 4 });
    const alert = page.get('[data-event-bar] [role="alert"]').text();
    expect(alert).toContain('li');
    expect(alert).toContain('III 较大 → I 特别重大');
    refuse = {};
    await page.get('[data-event-bar] .outcome button').trigger('click');
    expect(sent('incident.advance').map((args) => args['baseRevision'])).toEqual([3, 4]);
  });
});

describe('changing it', () => {
  test('sends what was changed alone; another level wants a reason', async () => {
    await show({ revision: 5 });
    await pressKey('l');
    await page.findAll('[data-incident-edit] [name="level"]')[0]!.setValue();
    expect(page.get('[data-save]').attributes()).toHaveProperty('disabled');
    await page.get('[data-incident-edit] [name="reason"]').setValue('火势扩大');
    await pressKey('Enter', { ctrlKey: true }, page.get('[data-incident-edit]').element);
    expect(sent('incident.edit')).toEqual([{ incidentId: 'i1', level: 'I', reason: '火势扩大', baseRevision: 5 }]);
  });

  test('a position of another datum is another place, is said, and keeps its datum while it is typed on', async () => {
    const place = { lat: 31.36, lon: 119.82, datum: 'wgs84', district: null, text: '31.36, 119.82' } as const;
    await show({ revision: 5, place });
    expect(page.text()).not.toContain('WGS84');
    await pressKey('t');
    await page.get('[data-incident-edit] [name="datum"]').setValue('gcj02');
    await page.get('[data-incident-edit] [name="place"]').setValue('31.36, 119.825');
    await page.get('[data-incident-edit] [name="place"]').setValue('31.36, 119.82');
    await pressKey('Enter', { ctrlKey: true }, page.get('[data-incident-edit]').element);
    expect(sent('incident.edit')).toEqual([{ incidentId: 'i1', place: { ...place, datum: 'gcj02' }, baseRevision: 5 }]);
    await change({ revision: 6, place: { ...place, datum: 'gcj02' } });
    expect(page.text()).toContain('31.36000, 119.82000 GCJ02');
  });

  test('what somebody else changed meanwhile is not taken back by saving on top', async () => {
    await show({ revision: 5, title: '旧' });
    await pressKey('t');
    await page.get('[data-incident-edit] [name="dead"]').setValue('2');
    refuse['incident.edit'] = problem('revision-conflict', { by: 'li', at: hub.now, revision: 6 });
    await pressKey('Enter', { ctrlKey: true }, page.get('[data-incident-edit]').element);
    await change({ revision: 6, title: '新', lastSeq: 2 });
    refuse = {};
    await page.get('[data-incident-edit] .outcome button').trigger('click');
    expect(sent('incident.edit').at(-1)).toEqual({ incidentId: 'i1', casualties: { dead: 2, injured: 0, missing: 0 }, baseRevision: 6 });
  });

  test('charge is taken by a key, by whoever does not have it', async () => {
    await show({ owner: 'li' });
    await pressKey('g');
    expect(sent('incident.edit')).toEqual([{ incidentId: 'i1', own: true }]);
  });
});

test('who has it open is told while it is, again and again, and taken back; others are named', async () => {
  vi.useFakeTimers();
  try {
    await show({ openBy: ['wang', 'zhao'] });
    expect(page.get('[data-open-by]').text()).toBe('zhao 也在处理此页');
    await vi.advanceTimersByTimeAsync(61_000);
    expect(sent('incident.watch').map((args) => args['open'])).toEqual([true, true, true]);
    page.unmount();
    await vi.advanceTimersByTimeAsync(61_000);
    expect(sent('incident.watch').map((args) => args['open'])).toEqual([true, true, true, false]);
  } finally {
    vi.useRealTimers();
  }
});

test('a drill cannot be taken for real', async () => {
  await show({ drill: true });
  expect(page.get('[data-incident-head]').text()).toContain('这是演练，不是真实事件。');
  expect(page.get('[data-incident]').classes()).toContain('is-drill');
});

test('cameras are looked at by a digit, and put on the wall with Shift', async () => {
  await show({ cameras: ['c-A1', 'c-A2'] as never });
  const desk = useDesk();
  await pressKey('2');
  expect([desk.cameraId, desk.spotOpen]).toEqual(['c-A2', true]);
  await pressKey('2');
  expect(desk.spotOpen).toBe(false);
  await pressKey('1', { shiftKey: true });
  expect([desk.cameraId, puts]).toEqual(['c-A1', 1]);
});

test('the number of the caller is shown only when somebody asks', async () => {
  await show();
  expect(sent('incident.caller')).toEqual([]);
  await page.get('[data-report] button').trigger('click');
  await flushPromises();
  expect(page.get('[data-report]').text()).toContain('13800000000');
});

describe('the log', () => {
  test('is fetched once, then only what is new; it turns around', async () => {
    await show({ lastSeq: 1 });
    log.push(anEntry('note', { text: '第二条' }, { seq: 2 }));
    await change({ lastSeq: 2 });
    const [first, ...later] = sent('incident.log').map((args) => args['after']);
    expect(first).toBe(0);
    expect(new Set(later)).toEqual(new Set([1]));
    const heads = () => page.findAll('[data-entry]').map((entry) => entry.attributes('data-entry'));
    expect(heads()).toEqual(['2', '1']);
    await page.get('[data-log] h2 button').trigger('click');
    expect(heads()).toEqual(['1', '2']);
  });

  test('what is over takes corrections alone, each to an entry', async () => {
    await show({ state: 'closed' });
    expect(page.get('[data-log] textarea').attributes()).toHaveProperty('disabled');
    await page.get('[data-entry="1"] .fix').trigger('click');
    await page.get('[data-log] textarea').setValue('应为东侧');
    await pressKey('Enter', { ctrlKey: true }, page.get('[data-log] textarea').element);
    expect(sent('incident.note')).toEqual([{ incidentId: 'i1', text: '应为东侧', corrects: 1 }]);
  });

  test('a refused note stays where it was typed', async () => {
    await show();
    refuse['incident.note'] = problem('unavailable');
    await page.get('[data-log] textarea').setValue('很长的记录');
    await pressKey('Enter', { ctrlKey: true }, page.get('[data-log] textarea').element);
    expect(page.get<HTMLTextAreaElement>('[data-log] textarea').element.value).toBe('很长的记录');
    expect(page.get('[data-log] [role="alert"]').text()).not.toBe('');
  });
});

describe('sending', () => {
  const box = (id: string) => page.get(`[data-unit="${id}"]`);

  test('each rank and each exclusion has its reason; what is stale, short or left empty is said', async () => {
    await show();
    expect(box('u1').text()).toContain('建议派出：交警');
    expect(box('u2').text()).toContain('位置已过时 2 小时');
    expect(page.get('[data-short="1"]').text()).toContain('缺 1');
    expect(page.get('[data-dispatch]').text()).toContain('派出后不再有可派的：交警');
    await page.get('[aria-expanded]').trigger('click');
    expect(page.get('[data-excluded="J04"]').text()).toContain('停用 年检');
    expect(box('u1').attributes('aria-checked')).toBe('true');
    expect(box('u2').attributes('aria-checked')).toBe('false');
  });

  test('by keyboard: walked, marked, sent one by one; the link is shown once; sent is not accepted', async () => {
    await show();
    await pressKey('d');
    expect(document.activeElement).toBe(box('u1').element);
    await pressKey('ArrowDown');
    await pressKey(' ');
    await pressKey('Enter', { ctrlKey: true });
    expect(sent('task.dispatch').map(({ unitId, queue, title }) => [unitId, queue, title])).toEqual([
      ['u1', false, '前往 解放路 处置交通事故'],
      ['u2', false, '前往 解放路 处置交通事故'],
    ]);
    expect(page.findAll('[data-sent="sent"]')[0]!.text()).toContain('已派，等待接令');
    expect(page.findAll('[data-field-link]')).toHaveLength(2);
    expect(page.get<HTMLInputElement>('[data-field-link] input').element.value).toMatch(/^http.*\/unit\/token-u1$/);
  });

  test('a busy one is queued behind its task', async () => {
    await show();
    await page.get('[aria-expanded]').trigger('click');
    await page.get('[data-excluded="J03"] input').setValue(true);
    await box('u1').trigger('click');
    await pressKey('Enter', { ctrlKey: true }, box('u1').element);
    expect(sent('task.dispatch')).toMatchObject([{ unitId: 'u3', queue: true }]);
    expect(page.get('[data-sent]').attributes('data-sent')).toBe('queued');
  });

  test('a refusal names the unit and why; the others are sent', async () => {
    await show();
    const { answer } = hub;
    hub.answer = (name, args) =>
      name === 'task.dispatch' && args['unitId'] === 'u1' ? problem('unit-busy', { unitId: 'u1' }) : answer(name, args);
    await box('u2').trigger('click');
    await pressKey('Enter', { ctrlKey: true }, box('u1').element);
    expect(page.findAll('[data-sent]').map((line) => line.attributes('data-sent'))).toEqual(['refused', 'sent']);
    expect(page.get('[data-sent="refused"]').text()).toContain('J01');
    hub.answer = answer;
    await page.get('[data-sent="refused"] button').trigger('click');
    await flushPromises();
    expect(sent('task.dispatch').at(-1)).toMatchObject({ unitId: 'u1', queue: true });
  });

  test('a second alarm is asked for by key, and marks what it adds beside what a person marked', async () => {
    await show();
    await box('u1').trigger('click');
    expect(box('u1').attributes('aria-checked')).toBe('false');
    const [first, second] = recommendation.ranked;
    const reinforced = { ...recommendation, ranked: [first, { ...second, reasons: [{ code: 'chosen', params: { capability: 'tow' } }] }] };
    const { answer } = hub;
    hub.answer = (name, args) => (name === 'unit.recommend' && args['secondAlarm'] === true ? reinforced : answer(name, args));
    await pressKey('D', { shiftKey: true });
    expect(sent('unit.recommend').at(-1)).toMatchObject({ secondAlarm: true });
    expect(page.get<HTMLInputElement>('[name="second-alarm"]').element.checked).toBe(true);
    expect(['u1', 'u2'].map((id) => box(id).attributes('aria-checked'))).toEqual(['false', 'true']);
    await page.get('[name="second-alarm"]').setValue(false);
    await flushPromises();
    expect(sent('unit.recommend').at(-1)).toMatchObject({ secondAlarm: false });
    expect(box('u2').attributes('aria-checked')).toBe('true');
  });

  test('a unit that is on it already is not sent twice', async () => {
    await show();
    hub.fill('tasks', [aTask({ unit: 'u1' }) as never]);
    await flushPromises();
    expect(page.get('[data-dispatch-send]').attributes()).toHaveProperty('disabled');
  });

  test('a unit is called back with a reason', async () => {
    await show();
    hub.fill('tasks', [aTask() as never]);
    await flushPromises();
    const card = page.get<HTMLElement>('[data-card]');
    card.element.focus();
    await pressKey('x');
    await page.get('[data-card] [name="reason"]').setValue('误派');
    await page.get('[data-card] form').trigger('submit');
    expect(sent('task.cancel')).toEqual([{ taskId: 't1', reason: '误派' }]);
  });
});
