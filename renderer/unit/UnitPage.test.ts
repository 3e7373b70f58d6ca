import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem } from '../../main/contract/errors.ts';
import { i18n, setLocale } from '../i18n/index.ts';
import { aTask, fakeUnitDoor, memoryStore, type FakeDoor } from './testdata/fake-unit-door.ts';
import UnitPage from './UnitPage.vue';
import { askEveryMs } from './use-field.ts';

let page: VueWrapper | null = null;
let door: FakeDoor;
let store: ReturnType<typeof memoryStore>;
const entered = vi.fn();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'], now: new Date(2026, 10, 27, 14, 0) });
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  setLocale('en');
  door = fakeUnitDoor();
  store = memoryStore();
});
afterEach(() => {
  page?.unmount();
  page = null;
  entered.mockReset();
  vi.useRealTimers();
  localStorage.clear();
  setLocale('zh-CN');
});

async function open(token: string | null = 'T'.repeat(43)): Promise<VueWrapper> {
  page?.unmount();
  page = mount(UnitPage, { props: { door, store, token, entered }, global: { plugins: [i18n] }, attachTo: document.body });
  await flushPromises();
  return page;
}
const click = async (selector: string) => {
  await page!.get(selector).trigger('click');
  await flushPromises();
};
const pass = async (ms: number) => {
  await vi.advanceTimersByTimeAsync(ms);
  await flushPromises();
};
const fates = () => page!.findAll('[data-report]').map((one) => one.attributes('data-report'));
const lines = { unavailable: problem('unavailable') };

describe('the way in', () => {
  test('the token is exchanged once, and then taken out of the address', async () => {
    await open();
    expect([door.tokens, entered.mock.calls.length]).toEqual([['T'.repeat(43)], 1]);
    await pass(askEveryMs * 3);
    expect(door.tokens).toHaveLength(1);
    expect(page!.get('h1').text()).toBe('Hydrant torn off');
  });

  test('without a connection the token is kept and tried again', async () => {
    door.down = lines.unavailable;
    await open();
    expect([door.tokens, entered.mock.calls.length]).toEqual([[], 0]);
    expect(page!.text()).toContain('No connection to the command centre');
    door.down = null;
    await pass(askEveryMs);
    expect([door.tokens.length, page!.get('h1').text()]).toEqual([1, 'Hydrant torn off']);
  });

  test('a link that is worth nothing says whom to call, in both languages, and nothing else', async () => {
    door.accepts = false;
    await open();
    const words = page!.text();
    expect(words).toContain('此链接已失效');
    expect(words).toContain('Call the command centre');
    expect(words).not.toContain('Hydrant');
    expect(page!.find('button').exists()).toBe(false);
    expect(entered).toHaveBeenCalledTimes(1);
    const asked = vi.spyOn(door, 'run');
    await pass(askEveryMs * 5);
    expect(asked).not.toHaveBeenCalled();
  });

  test('a session that ended is the same', async () => {
    await open(null);
    door.down = problem('login-required');
    await pass(askEveryMs);
    expect(page!.find('[data-over]').exists()).toBe(true);
  });
});

describe('what is shown', () => {
  test('the task with level, kind, number, place, what to do, and what is confirmed', async () => {
    await open();
    const words = page!.text();
    for (const part of [
      'F-12',
      'Engine 12',
      'Level II',
      '2026-1127-0042',
      'Burst main',
      'Crossing of Taodu Road',
      'Shut the main.',
      'Confirmed by the centre: new',
    ])
      expect(words).toContain(part);
    expect(page!.get('[data-map]').attributes('href')).toBe('geo:31.350000,119.810000?q=31.350000,119.810000');
    expect(page!.find('[data-drill]').exists()).toBe(false);
  });

  test('what is left of the time counts down, and being late is said', async () => {
    door.mine.tasks[0] = aTask({ dueAt: Date.now() + 61_000 });
    await open();
    expect(page!.get('[data-due]').text()).toContain('61 s left');
    await pass(2000);
    expect(page!.get('[data-due]').text()).toContain('59 s left');
    await pass(61_000);
    expect(page!.get('[data-due]').text()).toContain('overdue by');
  });

  test('a drill cannot be overlooked', async () => {
    door.mine.tasks[0] = aTask({ drill: true });
    await open();
    expect(page!.get('[data-page]').classes()).toContain('drill');
    expect(page!.get('[data-drill]').text()).toContain('DRILL');
  });

  test('the age of what is shown, and that there is no connection', async () => {
    await open();
    expect(page!.get('[data-age]').text()).toBe('has a task · updated just now');
    door.down = lines.unavailable;
    await pass(9000);
    expect(page!.get('[data-age]').attributes('role')).toBe('alert');
    expect(page!.get('[data-age]').text()).toContain('No connection to the command centre. This is from 9 s ago');
    expect(page!.get('h1').text()).toBe('Hydrant torn off');
    door.down = null;
    await pass(askEveryMs);
    expect(page!.get('[data-age]').attributes('role')).toBeUndefined();
  });

  test('no task is said; a new one is announced', async () => {
    door.mine = { ...door.mine, tasks: [] };
    await open();
    expect(page!.text()).toContain('No task now');
    expect(page!.find('[data-next]').exists()).toBe(false);
    door.mine = { ...door.mine, tasks: [aTask({ id: 't-7' as never, title: 'Second' })] };
    await pass(askEveryMs);
    expect(page!.get('[data-news]').text()).toContain('Second');
  });

  test('a task that was called back is said to be gone; one that was reported done is not', async () => {
    await open();
    door.mine = { ...door.mine, tasks: [] };
    await pass(askEveryMs);
    expect(page!.get('[data-gone]').text()).toContain('"Hydrant torn off" is not yours any more');
    await click('[data-gone] button');
    expect(page!.find('[data-gone]').exists()).toBe(false);
    door.mine = { ...door.mine, tasks: [aTask({ id: 't-3' as never, state: 'onScene' })] };
    await pass(askEveryMs);
    await click('[data-next=done]');
    await click('[data-done-now]');
    await pass(askEveryMs);
    expect([page!.find('[data-gone]').exists(), page!.text().includes('No task now')]).toEqual([false, true]);
  });

  test('those that wait stand behind, and can be accepted', async () => {
    door.mine.tasks.push(aTask({ id: 't-2' as never, title: 'Next one', drill: true }));
    await open();
    expect(page!.get('[data-queued=t-2]').text()).toContain('DRILL');
    await click('[data-queued=t-2] button');
    expect(door.taken.map(({ args }) => [args.taskId, args.state])).toEqual([['t-2', 'accepted']]);
  });
});

describe('reports', () => {
  test('one button after the other, to the end; done is asked for once more', async () => {
    await open();
    for (const state of ['accepted', 'enRoute', 'onScene']) {
      await click(`[data-next=${state}]`);
      expect(page!.get('[data-task]').attributes('data-state')).toBe(state);
    }
    await click('[data-next=done]');
    expect(door.taken).toHaveLength(3);
    await click('[data-done-now]');
    expect(door.taken.map(({ args }) => args.state)).toEqual(['accepted', 'enRoute', 'onScene', 'done']);
    expect(page!.text()).toContain('No task now');
    expect(new Set(door.taken.map(({ key }) => key)).size).toBe(4);
    expect(fates()).toEqual(Array(4).fill('confirmed'));
  });

  test('sent is not done: until the hub has answered it waits, and the hub is not said to know', async () => {
    await open();
    let answer: (value: never) => void = () => {};
    vi.spyOn(door, 'run').mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    await click('[data-next=accepted]');
    expect(fates()).toEqual(['waiting']);
    expect(page!.get('[data-waiting]').text()).toContain('"accepted" waits');
    expect(page!.get('[data-confirmed]').text()).toContain('new');
    answer({ ok: true, value: { state: 'accepted', revision: 2 } } as never);
    await flushPromises();
    expect(fates()).toEqual(['confirmed']);
  });

  test('without a network they wait in order, survive a reload, and each is sent as one', async () => {
    await open();
    door.down = lines.unavailable;
    await click('[data-next=accepted]');
    await click('[data-next=enRoute]');
    await pass(30_000);
    expect(fates()).toEqual(['waiting', 'waiting']);
    expect(page!.text()).toContain('2 reports wait for the network');
    expect(store.kept.map(({ args }) => args.state)).toEqual(['accepted', 'enRoute']);

    await open(null);
    expect(door.taken).toEqual([]);
    door.down = null;
    window.dispatchEvent(new Event('online'));
    await flushPromises();
    await pass(1000);
    expect(door.taken.map(({ args }) => args.state)).toEqual(['accepted', 'enRoute']);
    expect(fates()).toEqual(['confirmed', 'confirmed']);
  });

  test('an answer that was lost does not make a second report', async () => {
    await open();
    const run = door.run;
    vi.spyOn(door, 'run').mockImplementationOnce(async (...asked) => {
      await run(...asked);
      return { ok: false, error: lines.unavailable };
    });
    await click('[data-next=accepted]');
    await pass(2000);
    expect(door.taken).toHaveLength(1);
    expect(fates()).toEqual(['confirmed']);
  });

  test('what the hub does not accept is said with its reason, and does not hold up the others', async () => {
    await open();
    door.refusals.push(problem('task-event-illegal', { taskId: 't-1', state: 'cancelled', event: 'accepted' }));
    await click('[data-next=accepted]');
    expect(fates()).toEqual(['refused']);
    expect(page!.get('.trouble').text().length).toBeGreaterThan(10);
    await click('[data-next=accepted]');
    expect(fates()).toEqual(['confirmed', 'refused']);
    await click('[data-report=refused] button');
    expect(fates()).toEqual(['confirmed']);
  });

  test('a refusal needs words; a note goes along and is one line', async () => {
    await open();
    await click('[data-refuse]');
    expect(page!.get('[data-refuse-now]').attributes('disabled')).toBeDefined();
    await page!.get('[data-reason]').setValue('  Pump\nbroken\u202e ');
    await click('[data-refuse-now]');
    expect(door.taken[0]!.args).toMatchObject({ state: 'refused', text: 'Pump broken' });
  });

  test('more can be told without moving on, once it has begun', async () => {
    door.mine.tasks[0] = aTask({ state: 'onScene' });
    await open();
    expect(page!.find('[data-tell]').exists()).toBe(false);
    expect(page!.find('[data-refuse]').exists()).toBe(false);
    await click('[data-note]');
    await page!.get('[data-note-box]').setValue('Water is off');
    await click('[data-keep]');
    await click('[data-tell]');
    expect(door.taken[0]!.args).toMatchObject({ state: 'onScene', text: 'Water is off' });
    expect(page!.find('[data-attached]').exists()).toBe(false);
  });

  test('the reports of another unit are neither shown nor sent', async () => {
    await open();
    door.down = lines.unavailable;
    await click('[data-next=accepted]');
    door.down = null;
    door.mine = { ...door.mine, unit: { ...door.mine.unit, id: 'u-9' as never, number: 'P-9' } };
    await open(null);
    await pass(5000);
    expect([door.taken, fates()]).toEqual([[], []]);
  });

  test('the time of a report is the hub’s, not what the phone believes', async () => {
    door.hubNow = () => 1_700_000_000_000;
    await open();
    await click('[data-next=accepted]');
    expect(door.taken[0]!.args.at).toBe(1_700_000_000_000);
  });
});
