import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { err, ok } from '../../main/contract/result.ts';
import { i18n, setLocale } from '../i18n/index.ts';
import Login from './Login.vue';
import { rulesMet } from './password-rules.ts';
import { answerOf, postCommand } from './post-command.ts';

vi.mock('./post-command.ts', async (original) => ({ ...(await original<object>()), postCommand: vi.fn() }));
const post = vi.mocked(postCommand);

let page: VueWrapper;
beforeEach(() => {
  setLocale('zh-CN');
  page = mount(Login, { global: { plugins: [i18n] }, attachTo: document.body });
});
afterEach(() => {
  page.unmount();
  post.mockReset();
  vi.useRealTimers();
});

async function logIn(user = 'Admin ', password = 'first'): Promise<void> {
  await page.get('input[name=user]').setValue(user);
  await page.get('input[autocomplete=current-password]').setValue(password);
  await page.get('form').trigger('submit');
  await flushPromises();
}
const answer = (mustChangePassword: boolean) =>
  ok({
    token: 'secret',
    expiresAt: 1,
    mustChangePassword,
    barrier: mustChangePassword ? ('password-change-required' as const) : null,
  });

describe('the door', () => {
  test('whoever has the right password is in', async () => {
    post.mockResolvedValueOnce(answer(false));
    await logIn();
    expect(post).toHaveBeenCalledWith('session.login', { user: 'admin', password: 'first' });
    expect(page.emitted('entered')).toHaveLength(1);
    expect(document.body.innerHTML).not.toContain('secret');
  });

  test('a wrong one is told so in a sentence, in the chosen language', async () => {
    post.mockResolvedValueOnce(err({ code: 'login-refused', params: {} }));
    await logIn();
    expect(page.get('[role=alert]').text()).toBe('用户名或密码不正确。');
    setLocale('en');
    await flushPromises();
    expect(page.get('[role=alert]').text()).toBe('User name or password is wrong.');
    expect(page.emitted('entered')).toBeUndefined();
  });

  test('a name that cannot exist is a wrong name', async () => {
    post.mockResolvedValueOnce(err({ code: 'malformed', params: {} }));
    await logIn('王 五');
    expect(page.get('[role=alert]').text()).toBe('用户名或密码不正确。');
  });

  test('too many attempts: the wait is counted down, and then one may try again', async () => {
    vi.useFakeTimers();
    post.mockResolvedValueOnce(err({ code: 'too-many-requests', params: { retryAfterMs: 4000 } }));
    await logIn();
    const button = page.get('button[type=submit]');
    expect(page.get('[role=alert]').text()).toContain('4 秒');
    expect(button.attributes('disabled')).toBeDefined();
    await page.get('form').trigger('submit');
    expect(post).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(button.text()).toContain('2 秒');
    await vi.advanceTimersByTimeAsync(2300);
    expect(button.attributes('disabled')).toBeUndefined();
    expect(page.find('[role=alert]').exists()).toBe(false);
  });

  test('a first password is changed before anybody goes in', async () => {
    post.mockResolvedValueOnce(answer(true));
    await logIn();
    expect(page.emitted('entered')).toBeUndefined();
    const [next, again] = page.findAll('input[autocomplete=new-password]');
    const button = page.get('button[type=submit]');
    expect(page.findAll('.rules li')).toHaveLength(3);
    await next!.setValue('short');
    await again!.setValue('short');
    expect(button.attributes('disabled')).toBeDefined();
    await next!.setValue('Kiln-and-glaze-9');
    expect(page.findAll('.rules .met')).toHaveLength(3);
    await page.get('form').trigger('submit');
    await flushPromises();
    expect(page.get('[role=alert]').text()).toBe('两次输入的新密码不一致。');
    expect(post).toHaveBeenCalledTimes(1);

    await again!.setValue('Kiln-and-glaze-9');
    post.mockResolvedValueOnce(err({ code: 'password-too-weak', params: { reason: 'common', lengthAtLeast: 10, classesAtLeast: 3 } }));
    await page.get('form').trigger('submit');
    await flushPromises();
    expect(page.get('[role=alert]').text()).toBe('新密码太常见，容易被猜中。');

    post.mockResolvedValueOnce(ok({}));
    await page.get('form').trigger('submit');
    await flushPromises();
    expect(post).toHaveBeenLastCalledWith('session.password', { current: 'first', next: 'Kiln-and-glaze-9' });
    expect(page.emitted('entered')).toHaveLength(1);
  });
});

test.each([
  ['short', 'admin', ['name']],
  ['longenoughbutplain', 'admin', ['length', 'name']],
  ['Longenough1', 'admin', ['length', 'classes', 'name']],
  ['MyAdmin-2025', 'admin', ['length', 'classes']],
  ['Ab-ab-1234', 'ab', ['length', 'classes', 'name']],
  ['', 'admin', []],
])('the rules that %j of %s meets', (password, user, met) => {
  expect([...rulesMet(password, user)]).toEqual(met);
});

describe('an answer of the machine API', () => {
  test.each([
    [200, '{"token":"t"}', { ok: true, value: { token: 't' } }],
    [
      429,
      '{"error":{"code":"too-many-requests","params":{"retryAfterMs":5}}}',
      err({ code: 'too-many-requests', params: { retryAfterMs: 5 } }),
    ],
    [401, '{"error":{"code":"login-refused"}}', err({ code: 'login-refused', params: {} })],
    [502, '<html>bad gateway</html>', err({ code: 'unavailable', params: {} })],
    [413, 'too large', err({ code: 'payload-too-large', params: {} })],
    [500, '{}', err({ code: 'unavailable', params: {} })],
    [200, 'null', err({ code: 'unavailable', params: {} })],
  ])('%d %s', (status, body, result) => {
    expect(answerOf<'session.login'>(status, body)).toEqual(result);
  });
});
