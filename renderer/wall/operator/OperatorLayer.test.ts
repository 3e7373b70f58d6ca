import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextTick } from 'vue';
import { operatorActions, type OperatorAnswer, type ShellBridge } from '../../../main/contract/shell.ts';
import { createFakeHub, type FakeHub } from '../../hub-client/fake-hub.ts';
import { i18n, setLocale, type Locale } from '../../i18n/index.ts';
import { hubKey } from '../../stores/hub.ts';
import OperatorLayer from './OperatorLayer.vue';

const right = '470113';

let hub: FakeHub;
let layer: VueWrapper;
let asked: { readonly key: string; readonly action: string }[];
let answer: OperatorAnswer | null;
let identify: Set<(forMs: number) => void>;
/** What reached the wall behind it. */
let passed: string[];
const behind = (event: KeyboardEvent) => void passed.push(event.key);

const bridge: ShellBridge = {
  kind: 'chromium',
  version: '1.2.3',
  heartbeat() {},
  async operate(key, action) {
    asked.push({ key, action });
    return answer ?? (key === right ? { done: true } : { done: false, code: 'operator-key-wrong' });
  },
  onIdentify(listener) {
    identify.add(listener);
    return () => identify.delete(listener);
  },
};
const offer = (offered: ShellBridge | null) =>
  Object.defineProperty(window, 'taoduShell', { value: offered ?? undefined, configurable: true, writable: true });

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  localStorage.clear();
  localStorage.setItem(
    'taodu.wall.main',
    JSON.stringify({ id: 'main', name: '指挥大厅', screens: [{ id: '2', name: '右屏' }], spanning: [] }),
  );
  setLocale('zh-CN');
  [asked, passed, identify, answer] = [[], [], new Set(), null];
  hub = createFakeHub();
  addEventListener('keydown', behind);
});
afterEach(() => {
  layer.unmount();
  removeEventListener('keydown', behind);
  vi.useRealTimers();
  offer(null);
  setLocale('zh-CN');
});

const show = (offered: ShellBridge | null = bridge) => {
  offer(offered);
  layer = mount(OperatorLayer, {
    props: { wallId: 'main', screenId: '2', facts: { openSockets: 2, report: null } },
    attachTo: document.body,
    global: { plugins: [i18n], provide: { [hubKey as symbol]: hub } },
  });
};
const press = async (key: string, more: KeyboardEventInit = {}, target: EventTarget = document.activeElement ?? document.body) => {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  await nextTick();
};
const chord = async () => {
  await press('O', { code: 'KeyO', ctrlKey: true, altKey: true, shiftKey: true });
  // Vue's listeners do not hear what happened in the millisecond that they were made in.
  await vi.advanceTimersByTimeAsync(1);
};
const menu = () => layer.find('.operator-menu');
const field = () => layer.find<HTMLInputElement>('input');
const enter = async (key: string) => {
  await field().setValue(key);
  await field().trigger('keydown', { key: 'Enter' });
  await vi.advanceTimersByTimeAsync(0);
};
const opened = async () => {
  show();
  await chord();
  await enter(right);
};
const button = (action: string) => layer.find<HTMLButtonElement>(`[data-action="${action}"]`);
const fact = (name: string) => layer.find(`[data-fact="${name}"]`).text();

test('a wall asks nothing until all four keys are pressed', async () => {
  show();
  await press('o', { code: 'KeyO', ctrlKey: true, shiftKey: true });
  expect(menu().exists()).toBe(false);
  expect(passed).toEqual(['o']);
  await chord();
  expect(menu().exists()).toBe(true);
  expect(document.activeElement).toBe(field().element);
  expect(passed).toEqual(['o']);
});

test('what is typed is not shown, nor offered to be remembered, and does not move the wall behind', async () => {
  show();
  await chord();
  expect([field().attributes('type'), field().attributes('autocomplete'), field().attributes('maxlength')]).toEqual([
    'password',
    'one-time-code',
    '64',
  ]);
  await press('a');
  await press('s', {}, document.body);
  expect(passed).toEqual([]);
  await field().setValue('secret-key');
  expect(layer.html()).not.toContain('secret-key');
});

test('the right key opens it, and each action is asked for with the key', async () => {
  await opened();
  expect(asked).toEqual([{ key: right, action: 'unlock' }]);
  expect(document.activeElement).toBe(button('identify').element);
  for (const action of operatorActions) {
    await button(action).trigger('click');
    if (action === 'quit') await button(action).trigger('click');
    await vi.advanceTimersByTimeAsync(0);
    expect(layer.find('.outcome').exists()).toBe(true);
  }
  await vi.advanceTimersByTimeAsync(9000);
  expect(layer.find('.outcome').exists()).toBe(false);
  expect(asked.slice(1)).toEqual(operatorActions.map((action) => ({ key: right, action })));
});

test('too short a key is not even tried', async () => {
  show();
  await chord();
  await enter('12345');
  expect(asked).toEqual([]);
});

test('to end it all is pressed twice, within ten seconds', async () => {
  await opened();
  await button('quit').trigger('click');
  expect(button('quit').text()).toBe('再按一次确认退出');
  await vi.advanceTimersByTimeAsync(11_000);
  expect(button('quit').text()).toBe('退出本机的陶都');
  await button('quit').trigger('click');
  expect(asked).toHaveLength(1);
  await button('quit').trigger('click');
  expect(asked.at(-1)).toEqual({ key: right, action: 'quit' });
});

describe.each<[Locale, Record<string, string>]>([
  [
    'zh-CN',
    {
      'operator-key-wrong': '口令不正确',
      'operator-key-unset': '未设置可用的解锁口令',
      'operator-locked-out': '40 秒后重试',
      'shell-does-not-answer': '没有应答',
    },
  ],
  [
    'en',
    {
      'operator-key-wrong': 'not the unlock key',
      'operator-key-unset': 'no unlock key that can be used',
      'operator-locked-out': 'again in 40 s',
      'shell-does-not-answer': 'did not answer',
    },
  ],
])('in %s', (locale, words) => {
  test.each(Object.entries(words))('%s is said as it is', async (code, said) => {
    setLocale(locale);
    show();
    await chord();
    answer = { done: false, code: code as never, ...(code === 'operator-locked-out' && { retryAfterMs: 40_000 }) };
    await enter('wrong-key');
    expect(layer.find('.trouble').text()).toContain(said);
    expect(menu().text()).not.toMatch(/operator\.|\{|undefined/);
  });

  test('every word of the open menu is there', async () => {
    setLocale(locale);
    await opened();
    expect(layer.findAll('.actions button')).toHaveLength(operatorActions.length);
    expect(menu().text()).not.toMatch(/operator\.|\{|undefined/);
    expect(fact('screen')).toBe('指挥大厅 · 右屏 · main/2');
    expect(fact('shell')).toContain('1.2.3');
    expect(fact('hub')).toContain('test');
    expect(fact('relay')).toContain('2');
  });
});

test('whoever is locked out waits, and sees for how long', async () => {
  show();
  await chord();
  answer = { done: false, code: 'operator-locked-out', retryAfterMs: 3000 };
  await enter('wrong-key');
  await field().setValue(right);
  expect(layer.find('[data-unlock]').attributes('disabled')).toBeDefined();
  await vi.advanceTimersByTimeAsync(2100);
  expect(layer.find('.trouble').text()).toContain('2 秒');
  await vi.advanceTimersByTimeAsync(2000);
  expect(layer.find('.trouble').exists()).toBe(false);
  answer = null;
  await enter(right);
  expect(button('identify').exists()).toBe(true);
});

test('a key that was changed meanwhile is asked for anew', async () => {
  await opened();
  answer = { done: false, code: 'operator-key-wrong' };
  await button('identify').trigger('click');
  await vi.advanceTimersByTimeAsync(0);
  expect(field().element.value).toBe('');
  expect(layer.find('.actions').exists()).toBe(false);
});

test('it goes by Escape, by its button, and by itself after a minute without a key; then nothing of the key is left', async () => {
  await opened();
  await press('Escape');
  expect(menu().exists()).toBe(false);
  await chord();
  expect(field().element.value).toBe('');
  await layer.find('[data-close]').trigger('click');
  expect(menu().exists()).toBe(false);
  await chord();
  await vi.advanceTimersByTimeAsync(55_000);
  await press('a');
  await vi.advanceTimersByTimeAsync(55_000);
  expect(menu().exists()).toBe(true);
  await vi.advanceTimersByTimeAsync(6000);
  expect(menu().exists()).toBe(false);
  await press('x', {}, document.body);
  expect(passed).toEqual(['x']);
});

test('Escape closes it also when something else has the focus', async () => {
  await opened();
  await press('Escape', {}, document.body);
  expect(menu().exists()).toBe(false);
  expect(passed).toEqual([]);
});

test('arrows go through the actions', async () => {
  await opened();
  await press('ArrowDown');
  expect(document.activeElement).toBe(button('reload').element);
  await press('ArrowUp');
  await press('ArrowUp');
  expect(document.activeElement).toBe(button('quit').element);
});

test('in a plain browser it says that this is no wall computer, and asks for nothing', async () => {
  show(null);
  await chord();
  expect(menu().text()).toContain('此处不是大屏电脑');
  expect([field().exists(), layer.find('.actions').exists()]).toEqual([false, false]);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(menu().exists()).toBe(false);
});

test('a mouse alone holds a corner, and points at the digits', async () => {
  show();
  window.dispatchEvent(new PointerEvent('pointerdown', { clientX: 3, clientY: 3, button: 0 }));
  await vi.advanceTimersByTimeAsync(3000);
  for (const digit of right) await layer.find(`[data-digit="${digit}"]`).trigger('click');
  await layer.find('[data-digit="9"]').trigger('click');
  await layer.find('[data-erase]').trigger('click');
  await layer.find('[data-unlock]').trigger('click');
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([{ key: right, action: 'unlock' }]);
});

test('without the hub it says so, and everything still works', async () => {
  hub.setConnection({ kind: 'stale', since: Date.now() - 5000 });
  await opened();
  expect(fact('hub')).toMatch(/自 .+ 起失去联系/);
  expect(menu().text()).toContain('中心没有应答');
  await button('identify').trigger('click');
  expect(asked.at(-1)).toEqual({ key: right, action: 'identify' });
});

describe('which screen this is', () => {
  const shown = () => layer.find('.identify');
  test('is shown for as long as the shell says, over the menu, which comes back', async () => {
    await opened();
    for (const listener of identify) listener(8000);
    await nextTick();
    expect(shown().text()).toContain('2');
    expect(shown().text()).toContain('右屏');
    expect(shown().text()).toContain('指挥大厅');
    expect(menu().attributes('style')).toContain('display: none');
    await vi.advanceTimersByTimeAsync(7999);
    expect(shown().exists()).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(shown().exists()).toBe(false);
    expect(menu().attributes('style') ?? '').not.toContain('display: none');
  });

  test('is its number alone where the wall was never heard of', async () => {
    localStorage.clear();
    show();
    for (const listener of identify) listener(8000);
    await nextTick();
    expect(
      shown()
        .findAll('span, strong')
        .map((part) => part.text()),
    ).toEqual(['2', 'main']);
  });

  test('is asked of a shell that comes later, too, and of none when the page has gone', async () => {
    show(null);
    expect(identify.size).toBe(0);
    offer(bridge);
    window.dispatchEvent(new Event('taodu-shell'));
    expect(identify.size).toBe(1);
    layer.unmount();
    expect([identify.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
