import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { h, nextTick } from 'vue';
import { problem } from '../../main/contract/errors.ts';
import { ok } from '../../main/contract/result.ts';
import { createFakeHub, type FakeHub } from '../hub-client/fake-hub.ts';
import { i18n } from '../i18n/index.ts';
import { hubKey } from '../stores/hub.ts';
import WallPage from './WallPage.vue';

const post = vi.hoisted(() => vi.fn());
vi.mock('../login/post-command.ts', () => ({ postCommand: post }));

let hub: FakeHub;
let page: VueWrapper;
let claim: object;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  claim = { state: 'waiting', session: null };
  post.mockImplementation(async (name: string) =>
    ok(name === 'wall.pairing-begin' ? { code: 'ACEG3479', secret: 's', expiresAt: 0, lifetimeMs: 600_000 } : claim),
  );
  hub = createFakeHub();
  page = mount(WallPage, {
    props: { wallId: 'main', screenId: '2' },
    slots: { default: () => h('div', { class: 'pictures' }) },
    global: { plugins: [i18n], provide: { [hubKey as symbol]: hub } },
  });
});
afterEach(() => {
  page.unmount();
  vi.useRealTimers();
  post.mockReset();
});

const refuse = async (reason: string | null) => {
  hub.setConnection({ kind: 'refused', reason: problem('login-required', reason === null ? {} : { reason }) });
  await nextTick();
  await vi.advanceTimersByTimeAsync(0);
};

test('a screen with a session shows what it should', () => {
  expect(page.find('.pictures').exists()).toBe(true);
  expect(post).not.toHaveBeenCalled();
});

test('revoked: dark at once, the layout is forgotten, and a code is shown in both languages', async () => {
  localStorage.setItem('taodu.wall.main', '{"id":"main"}');
  await refuse('revoked');
  expect(page.find('.pictures').exists()).toBe(false);
  expect(localStorage.getItem('taodu.wall.main')).toBeNull();
  expect(page.emitted('dark')).toHaveLength(1);
  expect(
    page
      .find('.code')
      .findAll('span')
      .map((group) => group.text()),
  ).toEqual(['ACEG', '3479']);
  expect(page.text()).toContain('此屏幕已停用');
  expect(page.text()).toContain('This screen was revoked');
  expect(page.find('.left strong').text()).toBe('10:00');
  await vi.advanceTimersByTimeAsync(61_000);
  expect(page.find('.left strong').text()).toBe('8:59');
});

test('the refusals after a farewell do not change what it said, and ask for no second code', async () => {
  await refuse('revoked');
  await refuse(null);
  expect(page.text()).toContain('This screen was revoked');
  expect(post.mock.calls.filter(([name]) => name === 'wall.pairing-begin')).toHaveLength(1);
});

test('a display that never was a screen says so; once it is paired the page goes on', async () => {
  await refuse(null);
  expect(page.text()).toContain('not a screen of the wall yet');
  expect(page.emitted('paired')).toBeUndefined();
  claim = { state: 'paired', session: {} };
  await vi.advanceTimersByTimeAsync(2000);
  expect(page.emitted('paired')).toHaveLength(1);
});

test('a hub that is only away takes nothing from the screen', async () => {
  hub.setConnection({ kind: 'stale', since: 0 });
  await nextTick();
  expect(page.find('.pictures').exists()).toBe(true);
});

test('any other refusal is the screen’s own to show', async () => {
  hub.setConnection({ kind: 'refused', reason: problem('forbidden') });
  await nextTick();
  expect(page.find('.pictures').exists()).toBe(true);
});

test('when it is let in again it shows its pictures, and asks no more', async () => {
  await refuse('revoked');
  hub.setConnection({ kind: 'live' });
  await nextTick();
  expect(page.find('.pictures').exists()).toBe(true);
  const before = post.mock.calls.length;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(post.mock.calls.length).toBe(before);
});

test('a successor that nobody sees shows no code when the hub does not let it in, and forgets nothing', async () => {
  localStorage.setItem('taodu.wall.main', '{"id":"main"}');
  await page.setProps({ silent: true });
  await refuse('revoked');
  expect(page.find('.pictures').exists()).toBe(true);
  expect([localStorage.getItem('taodu.wall.main'), page.emitted('dark')]).toEqual(['{"id":"main"}', undefined]);
  expect(post).not.toHaveBeenCalled();
});
