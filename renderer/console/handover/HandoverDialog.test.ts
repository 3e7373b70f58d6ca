import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineComponent, h, onScopeDispose, provide, ref } from 'vue';
import { problem } from '../../../main/contract/errors.ts';
import { i18n, setLocale } from '../../i18n/index.ts';
import { hubKey } from '../../stores/hub.ts';
import { stampText } from '../admin/stamp-text.ts';
import { createDeskContext, deskProvision, type Who } from '../desk-context.ts';
import { useDesk } from '../stores/desk.ts';
import { FakeHub } from '../testdata/fake-hub.ts';
import HandoverDialog from './HandoverDialog.vue';
import HandoverNotice from './HandoverNotice.vue';

let hub: FakeHub;
let page: VueWrapper;
let closed: number;
let loggedOut: number;

const person = (name: string, fullName: string | null = null) => ({ userId: name === 'wang' ? 'u' : `u-${name}`, name, fullName });
const report = (more: object = {}) => ({
  at: hub.now,
  screens: [],
  holds: [],
  shelved: { total: 0, first: [] },
  silenced: { total: 0, first: [] },
  offline: { total: 0, latest: [] },
  waiting: [],
  health: [],
  leftOut: { screens: 0, waiting: 0 },
  ...more,
});
const offered = (id: string, from: ReturnType<typeof person>, more: object = {}) => ({
  id,
  state: 'offered',
  from,
  offeredAt: hub.now - 60_000,
  to: null,
  signedAt: null,
  withdrawnAt: null,
  desk: 'desk-3',
  note: null,
  items: [],
  report: report(),
  remarks: null,
  scope: { districts: '*', groups: '*' },
  simulated: false,
  drill: false,
  ...more,
});
const signed = (id: string, from: ReturnType<typeof person>, to: ReturnType<typeof person>, more: object = {}) =>
  offered(id, from, { state: 'signed', to, signedAt: hub.now - 30_000, ...more });

/** The notice, and the dialog as long as it is open; `wang` sits here. */
async function show(handovers: readonly object[] | null): Promise<void> {
  const pinia = createPinia();
  setActivePinia(pinia);
  const who = (await hub.client.command('session.who', {})) as Who;
  const desk = useDesk();
  desk.overlay = 'handover';
  const Host = defineComponent({
    setup() {
      const context = createDeskContext(hub.client, ref(who) as never);
      provide(...deskProvision(context));
      onScopeDispose(() => context.directory.stop());
      const dialog = () =>
        h(HandoverDialog, {
          onClose() {
            closed += 1;
            desk.overlay = null;
          },
          onLogout: () => void (loggedOut += 1),
        });
      return () => [h(HandoverNotice), desk.overlay === 'handover' ? dialog() : null];
    },
  });
  page = mount(Host, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
  if (handovers) hub.fill('handovers', handovers as never);
  await flushPromises();
}

beforeEach(() => {
  setLocale('zh-CN');
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(400);
  hub = new FakeHub();
  closed = loggedOut = 0;
  hub.answer = (name) => {
    if (name === 'handover.report') return { report: report() };
    if (name === 'handover.offer') return { handoverId: 'new' };
    if (name === 'handover.sign') return { holdsTaken: 0, holdsLeft: [] };
    return {};
  };
});
afterEach(() => {
  page.unmount();
  expect(hub.held).toBe(0);
  vi.restoreAllMocks();
});

const view = () => page.find('[data-view][aria-pressed="true"]').attributes('data-view');
const dialog = () => page.get('dialog');
const words = () => dialog().text();
async function key(name: string, more: KeyboardEventInit = {}, target = 'dialog'): Promise<void> {
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : /^\d$/.test(name) ? `Digit${name}` : name;
  page.get(target).element.dispatchEvent(new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true, ...more }));
  await flushPromises();
}
async function press(selector: string): Promise<void> {
  await page.get(selector).trigger('click');
  await flushPromises();
}
async function addItem(text: string): Promise<void> {
  await page.get('[name="item"]').setValue(text);
  await page.get('[name="item"]').trigger('keydown', { key: 'Enter' });
}

describe('the line at the top of the desk', () => {
  const notice = () => page.find('[data-handover-notice]');

  test('is there while a hand-over of somebody else waits, and names him', async () => {
    await show([offered('a', person('li', '李梅'))]);
    expect(notice().text()).toContain('李梅 (li)');
    hub.change('handovers', { a: signed('a', person('li'), person('zhao')) });
    await flushPromises();
    expect(notice().exists()).toBe(false);
  });

  test.each([
    ['nothing', []],
    ['only one’s own', [['a', 'wang']]],
  ])('is not there when %s waits', async (_name, all) => {
    await show(all.map(([id, name]) => offered(id!, person(name!))));
    expect(notice().exists()).toBe(false);
  });

  test('opens the dialog', async () => {
    await show([offered('a', person('li'))]);
    useDesk().overlay = null;
    await press('[data-handover-notice] button');
    expect(useDesk().overlay).toBe('handover');
  });
});

describe('handing over', () => {
  test('shows what the system knows, empty parts in words', async () => {
    await show([]);
    expect(view()).toBe('give');
    for (const part of ['没有大屏。', '没有占用。', '没有搁置的告警。', '没有离线的摄像机。', '没有等待复核的操作。', '系统没有报告问题。'])
      expect(words()).toContain(part);
  });

  test('a hand-over from before shelved alerts and silences were named says nothing of them', async () => {
    hub.answer = () => ({ report: report({ shelved: undefined, silenced: undefined }) });
    await show([]);
    const parts = page.findAll('[data-report] [data-part]').map((part) => part.attributes('data-part'));
    expect(parts).toEqual(['screens', 'holds', 'offline', 'waiting', 'health']);
  });

  test('says what may not be seen', async () => {
    hub.answer = () => ({ report: report({ shelved: null, silenced: null, offline: null, waiting: null, health: null }) });
    await show([]);
    expect(page.findAll('[data-report] section').map((part) => part.text().includes('无权查看'))).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  test('signs with the note, the matters and what still stands in the line, and asks whether to log out', async () => {
    await show([]);
    await page.get('[name="note"]').setValue(' 东门施工\n注意 ');
    await addItem('联系水务');
    await addItem('已归档');
    await page.findAll('.item input[type="checkbox"]')[1]!.setValue(true);
    await page.get('[name="item"]').setValue('复查三号口');
    await key('Enter', { ctrlKey: true }, '[name="item"]');
    expect(hub.argsOf('handover.offer')).toEqual([
      {
        note: '东门施工\n注意',
        items: [
          { text: '联系水务', done: false },
          { text: '已归档', done: true },
          { text: '复查三号口', done: false },
        ],
      },
    ]);
    expect(words()).toContain('现在退出登录吗？');
    hub.change('handovers', { new: offered('new', person('wang')) });
    await flushPromises();
    expect(words()).toContain(`您已于 ${stampText(hub.now - 60_000)} 签字交班`);
    await key('Q', { shiftKey: true });
    expect(loggedOut).toBe(1);
  });

  test('nothing written is nothing sent; who stays stays', async () => {
    await show([]);
    await page.get('form').trigger('submit');
    await flushPromises();
    expect(hub.argsOf('handover.offer')).toEqual([{ items: [] }]);
    await press('[data-signed] .button:not(.is-main)');
    expect([closed, loggedOut]).toEqual([1, 0]);
  });

  test('⇧Q logs nobody out before he has signed', async () => {
    await show([]);
    await key('Q', { shiftKey: true });
    expect(loggedOut).toBe(0);
  });

  test('a refusal is said and nothing of what was written is lost', async () => {
    await show([]);
    await page.get('[name="note"]').setValue('东门施工');
    hub.answer = (name) => (name === 'handover.offer' ? problem('disk-low') : { report: report() });
    await key('Enter', { ctrlKey: true }, '[name="note"]');
    expect(page.get('[role="alert"]').text()).not.toBe('');
    expect((page.get('[name="note"]').element as HTMLTextAreaElement).value).toBe('东门施工');
  });

  test('a report that does not come is said and can be read again', async () => {
    hub.answer = () => problem('unavailable');
    await show([]);
    expect(page.find('[data-report]').exists()).toBe(false);
    hub.answer = () => ({ report: report() });
    await key('r');
    expect(page.find('[data-report]').exists()).toBe(true);
  });

  test('begins with the open matters of the shift that was taken over', async () => {
    const items = [
      { text: '联系水务', done: false },
      { text: '已归档', done: true },
    ];
    await show([signed('a', person('li'), person('wang'), { items })]);
    const texts = page.findAll('.item .input').map((input) => (input.element as HTMLInputElement).value);
    expect(texts).toEqual(['联系水务']);
    expect(words()).toContain('来自您接下的上一班');
  });

  test('what one has signed and nobody has taken over is there to be replaced or withdrawn', async () => {
    await show([offered('mine', person('wang'), { note: '东门施工' })]);
    expect((page.get('[name="note"]').element as HTMLTextAreaElement).value).toBe('东门施工');
    await press('[data-withdraw]');
    expect(hub.argsOf('handover.withdraw')).toEqual([{ handoverId: 'mine' }]);
  });

  test('what is being written outlives the dialog', async () => {
    await show([]);
    await page.get('[name="note"]').setValue('东门施工');
    useDesk().overlay = null;
    await flushPromises();
    useDesk().overlay = 'handover';
    await flushPromises();
    expect((page.get('[name="note"]').element as HTMLTextAreaElement).value).toBe('东门施工');
  });
});

describe('taking over', () => {
  test('is what opens while something waits: everything of it can be read', async () => {
    const items = [{ text: '联系水务', done: false }];
    await show([offered('a', person('li', '李梅'), { note: '东门施工', items })]);
    expect(view()).toBe('take');
    for (const part of ['李梅 (li)', stampText(hub.now - 60_000), 'desk-3', '东门施工', '联系水务', '尚未签字', '没有占用。'])
      expect(words()).toContain(part);
  });

  test('signs with remarks, and says what has become of the holds', async () => {
    await show([offered('a', person('li'))]);
    hub.answer = () => ({ holdsTaken: 2, holdsLeft: [{ wall: '主墙', screen: '右屏', priority: 9 }] });
    await page.get('[name="remarks"]').setValue('已阅');
    await key('Enter', { ctrlKey: true }, '[name="remarks"]');
    expect(hub.argsOf('handover.sign')).toEqual([{ handoverId: 'a', remarks: '已阅' }]);
    hub.change('handovers', { a: signed('a', person('li'), person('wang'), { remarks: '已阅' }) });
    await flushPromises();
    expect(page.get('[data-taken]').text()).toContain('2 项屏幕占用已转到您名下。');
    expect(page.get('[data-taken]').text()).toContain('右屏 的占用为 9 级');
    expect(page.get('[data-to]').text()).toContain('wang');
  });

  test('of several the newest is open, and another can be chosen', async () => {
    await show([offered('a', person('li'), { offeredAt: hub.now - 9000 }), offered('b', person('zhao'))]);
    expect(page.get('[data-handover]').attributes('data-handover')).toBe('a');
    await page.findAll('.choice button')[1]!.trigger('click');
    await flushPromises();
    expect(page.get('[data-handover]').attributes('data-handover')).toBe('b');
    await key('Enter', { ctrlKey: true });
    expect(hub.argsOf('handover.sign')).toEqual([{ handoverId: 'b' }]);
  });

  test('what is read is what is signed: a newer one that comes meanwhile does not take its place', async () => {
    await show([offered('a', person('li'), { offeredAt: hub.now - 9000 })]);
    hub.change('handovers', { b: offered('b', person('zhao'), { offeredAt: hub.now - 1000 }) });
    await flushPromises();
    expect(page.get('[data-handover]').attributes('data-handover')).toBe('a');
    await key('Enter', { ctrlKey: true });
    expect(hub.argsOf('handover.sign')).toEqual([{ handoverId: 'a' }]);
  });

  test('what was read and is withdrawn is said to have ended; another that waits is neither opened nor signed by itself', async () => {
    await show([offered('a', person('li'), { offeredAt: hub.now - 1000 }), offered('b', person('zhao'), { offeredAt: hub.now - 9000 })]);
    expect(page.get('[data-handover]').attributes('data-handover')).toBe('a');
    hub.change('handovers', { a: offered('a', person('li'), { state: 'withdrawn', withdrawnAt: hub.now }) });
    await flushPromises();
    expect([page.find('[data-handover]').exists(), words().includes('这份交接已经结束')]).toEqual([false, true]);
    await key('Enter', { ctrlKey: true });
    expect(hub.argsOf('handover.sign')).toEqual([]);
    await page.get('.choice button').trigger('click');
    await flushPromises();
    expect(page.get('[data-handover]').attributes('data-handover')).toBe('b');
  });

  test('whoever comes too late is told so', async () => {
    await show([offered('a', person('li'))]);
    hub.answer = () => problem('handover-ended', { state: 'signed', by: 'zhao' });
    await page.get('form').trigger('submit');
    await flushPromises();
    expect(page.get('[role="alert"]').text()).not.toBe('');
    hub.change('handovers', { a: signed('a', person('li'), person('zhao')) });
    await flushPromises();
    expect(words()).toContain('这份交接已经结束');
  });

  test('nothing that waits is said in words', async () => {
    await show([]);
    await key('2');
    expect([view(), words().includes('没有等待您接的班。')]).toEqual(['take', true]);
  });
});

describe('earlier ones', () => {
  test('are listed, the newest open; another is opened by a click, and printed by its key', async () => {
    await show([
      signed('a', person('li'), person('zhao'), { offeredAt: 1, note: '一班' }),
      offered('b', person('zhao'), { state: 'withdrawn', withdrawnAt: hub.now, note: '二班' }),
      offered('mine', person('wang')),
    ]);
    await key('3');
    expect(page.findAll('[data-row]').map((row) => row.attributes('data-row'))).toEqual(['b', 'a']);
    expect(words()).toContain('二班');
    await press('[data-row="a"]');
    expect(words()).toContain('一班');
    const print = vi.fn<() => void>();
    vi.stubGlobal('print', print);
    window.print = print;
    await key('p');
    expect(print).toHaveBeenCalledTimes(1);
  });

  test('none are said in words', async () => {
    await show([]);
    await key('3');
    expect(words()).toContain('还没有完成的交接。');
  });

  test('one that is dropped while it is read is said to be gone', async () => {
    await show([signed('a', person('li'), person('zhao')), signed('b', person('li'), person('zhao'), { offeredAt: 1 })]);
    await key('3');
    await press('[data-row="b"]');
    hub.change('handovers', { b: null });
    await flushPromises();
    expect(words()).toContain('已不在了');
  });
});

test('while nothing is known it says so, and a refusal is said', async () => {
  await show(null);
  expect(words()).toContain('正在载入');
  hub.refuse('handovers', problem('forbidden'));
  await flushPromises();
  expect(page.get('[role="alert"]').text()).not.toBe('');
});

test('digits in a text are text; Esc leaves the text first', async () => {
  await show([]);
  await key('n');
  const box = page.get('[name="note"]').element;
  expect(document.activeElement).toBe(box);
  await key('3', {}, '[name="note"]');
  expect(view()).toBe('give');
  await key('Escape', {}, '[name="note"]');
  expect([document.activeElement === box, closed]).toEqual([false, 0]);
});

test.each(['zh-CN', 'en'] as const)('%s: a full report reads as sentences', async (locale) => {
  setLocale(locale);
  const full = report({
    screens: [
      {
        wallId: 'main',
        wall: '主墙',
        screenId: '1',
        screen: '左屏',
        shape: 'grid 3x3',
        layout: '早高峰',
        cameras: 9,
        changedBy: 'li',
        changedAt: hub.now,
        live: 8,
        notLive: 1,
        followsRevision: true,
        paused: false,
      },
    ],
    holds: [{ wall: '主墙', screen: '左屏', tiles: null, by: 'li', reason: '马拉松', expiresAt: hub.now }],
    shelved: {
      total: 60,
      first: [
        {
          alertId: 'p',
          severity: 'high',
          title: { zh: '三号泵停机', en: 'Pump 3 tripped' },
          subject: 'P-3',
          by: 'li',
          until: hub.now,
          reason: '检修',
        },
      ],
    },
    silenced: {
      total: 2,
      first: ['k1', 'k2'].map((silenceId, index) => ({
        silenceId,
        matchers: [
          { label: 'system', op: '=', value: 'flood' },
          { label: 'condition', op: '!=', value: 'offline' },
        ],
        by: 'zhao',
        from: hub.now + index * 60_000,
        until: hub.now + 3_600_000,
        reason: '换泵',
      })),
    },
    offline: { total: 70, latest: [{ cameraId: 'c', number: 'A-1', name: '东门', since: null, reason: 'source-unreachable' }] },
    waiting: [{ commandId: 'k', name: 'camera.remove-many', by: 'li', at: hub.now }],
    health: [{ id: 'disk', state: 'failed', code: 'disk-low', params: {}, since: hub.now }],
    leftOut: { screens: 3, waiting: 2 },
  });
  hub.answer = () => ({ report: full });
  hub.fill('systems', [{ id: 'flood', name: { zh: '防汛', en: 'Flood control' } }]);
  await show([]);
  for (const part of [
    '左屏',
    '早高峰',
    '3×3',
    '马拉松',
    locale === 'en' ? 'Pump 3 tripped' : '三号泵停机',
    'P-3',
    '60',
    '检修',
    '换泵',
    locale === 'en' ? 'silenced by zhao from' : '由 zhao 静默，',
    locale === 'en' ? 'silenced by zhao until' : '由 zhao 静默至',
    locale === 'en' ? 'Flood control' : '防汛',
    'A-1',
    '东门',
    '70',
  ])
    expect(words()).toContain(part);
  expect(page.get('[data-report]').text()).not.toMatch(/handover\.|source-unreachable|disk-low|camera\.remove-many|[{}]/);
});
