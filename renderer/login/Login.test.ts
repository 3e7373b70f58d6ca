import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { err, ok } from '../../main/contract/result.ts';
import { i18n, setLocale } from '../i18n/index.ts';
import EnrolAuthenticator from './EnrolAuthenticator.vue';
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
    expect(post).toHaveBeenCalledWith('session.login', { user: 'admin', password: 'first', interactive: true });
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
    post.mockResolvedValueOnce(ok({ barrier: null }) as never);
    await page.get('form').trigger('submit');
    await flushPromises();
    expect(post).toHaveBeenCalledWith('session.password', { current: 'first', next: 'Kiln-and-glaze-9' });
    expect(page.emitted('entered')).toHaveLength(1);
  });

  test.each([
    ['outside-shift', '此账号在当前时段不可使用。'],
    ['network-refused', '此账号不允许从当前网络登录。'],
  ] as const)('%s is said clearly', async (code, words) => {
    post.mockResolvedValueOnce(err({ code, params: {} }));
    await logIn();
    expect(page.get('[role=alert]').text()).toBe(words);
  });
});

describe('the second factor', () => {
  const code = () => page.get<HTMLInputElement>('input[autocomplete=one-time-code]');
  const give = async (digits: string) => {
    await code().setValue(digits);
    await page.get('form').trigger('submit');
    await flushPromises();
  };
  const asked = async () => {
    post.mockResolvedValueOnce(err({ code: 'second-factor-required', params: {} }));
    await logIn();
  };

  test('is asked for when the account has one, and goes with name and password', async () => {
    await asked();
    expect([document.activeElement === code().element, page.find('[role=alert]').exists()]).toEqual([true, false]);
    await give('12345');
    expect(post).toHaveBeenCalledTimes(1);
    post.mockResolvedValueOnce(answer(false));
    await give(' 123 456 ');
    expect(post).toHaveBeenLastCalledWith('session.login', { user: 'admin', password: 'first', interactive: true, code: '123456' });
    expect(page.emitted('entered')).toHaveLength(1);
  });

  test('a wrong code is said and can be given again; a recovery code is taken', async () => {
    await asked();
    post.mockResolvedValueOnce(err({ code: 'second-factor-refused', params: {} }));
    await give('111111');
    expect(page.get('[role=alert]').text()).toContain('动态码不正确');
    expect([code().element.value, document.activeElement === code().element]).toEqual(['', true]);
    post.mockResolvedValueOnce(answer(false));
    await give('abcd-efgh-jkmn');
    expect(post.mock.lastCall![1]).toMatchObject({ code: 'abcd-efgh-jkmn' });
    expect(page.emitted('entered')).toHaveLength(1);
  });

  test('an account that was locked meanwhile begins anew, with the wait', async () => {
    await asked();
    post.mockResolvedValueOnce(err({ code: 'too-many-requests', params: { retryAfterMs: 60_000 } }));
    await give('111111');
    expect(page.find('input[autocomplete=one-time-code]').exists()).toBe(false);
    expect(page.get('[role=alert]').text()).toContain('60 秒');
    expect(page.get('button[type=submit]').attributes('disabled')).toBeDefined();
  });
});

describe('an account that must have an authenticator', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  const begun = ok({ secret, uri: `otpauth://totp/Taodu:admin?secret=${secret}` });
  const recoveryCodes = ['aaaa-bbbb', 'cccc-dddd'];
  const enrolling = async () => {
    post.mockResolvedValueOnce(
      ok({ token: 't', expiresAt: 1, mustChangePassword: false, barrier: 'second-factor-enrolment-required' as const }),
    );
    post.mockResolvedValueOnce(begun as never);
    await logIn();
  };

  test('sets it up before anybody goes in: the secret as picture and in groups, a code, the recovery codes', async () => {
    await enrolling();
    expect(post).toHaveBeenLastCalledWith('session.totp-begin', { password: 'first' });
    expect(page.emitted('entered')).toBeUndefined();
    expect(page.get('svg.qr path').attributes('d')).toMatch(/^M4 4h7v1/);
    expect(page.text()).toContain('GEZD GNBV GY3T QOJQ');

    post.mockResolvedValueOnce(err({ code: 'second-factor-refused', params: {} }));
    const field = page.get('input[autocomplete=one-time-code]');
    await field.setValue('000000');
    await page.get('form').trigger('submit');
    await flushPromises();
    expect(page.get('[role=alert]').text()).toContain('动态码不正确');

    post.mockResolvedValueOnce(ok({ recoveryCodes }) as never);
    await field.setValue('123456');
    await page.get('form').trigger('submit');
    await flushPromises();
    expect(page.findAll('.codes li').map((one) => one.text())).toEqual(recoveryCodes);
    expect(page.html()).not.toContain(secret);
    const finish = page.findAll('button').find((one) => one.text() === '完成')!;
    expect(finish.attributes('disabled')).toBeDefined();
    await page.get('input[type=checkbox]').setValue(true);
    await finish.trigger('click');
    expect(page.emitted('entered')).toHaveLength(1);
  });

  test('comes after the first password, with the new one', async () => {
    post.mockResolvedValueOnce(answer(true));
    await logIn();
    for (const field of page.findAll('input[autocomplete=new-password]')) await field.setValue('Kiln-and-glaze-9');
    post.mockResolvedValueOnce(ok({}));
    post.mockResolvedValueOnce(ok({ barrier: 'second-factor-enrolment-required' }) as never);
    post.mockResolvedValueOnce(begun as never);
    await page.get('form').trigger('submit');
    await flushPromises();
    expect(post).toHaveBeenLastCalledWith('session.totp-begin', { password: 'Kiln-and-glaze-9' });
  });
});

test('an authenticator that there is is asked before another takes its place', async () => {
  const enrol = mount(EnrolAuthenticator, { props: { user: 'admin', replaces: true }, global: { plugins: [i18n] } });
  const submit = enrol.get('button[type=submit]');
  await enrol.get('input[type=password]').setValue('Kiln-and-glaze-9');
  expect(submit.attributes('disabled')).toBeDefined();
  const code = enrol.get('input[autocomplete=one-time-code]');
  await code.setValue('000000');
  post.mockResolvedValueOnce(err({ code: 'second-factor-refused', params: {} }));
  await enrol.get('form').trigger('submit');
  await flushPromises();
  expect(post).toHaveBeenLastCalledWith('session.totp-begin', { password: 'Kiln-and-glaze-9', code: '000000' });
  expect(enrol.get('[role=alert]').text()).toContain('动态码不正确');
  await code.setValue('123456');
  post.mockResolvedValueOnce(ok({ secret: 'GEZDGNBV', uri: 'otpauth://totp/Taodu:admin?secret=GEZDGNBV' }) as never);
  await enrol.get('form').trigger('submit');
  await flushPromises();
  expect(enrol.find('svg.qr').exists()).toBe(true);
  enrol.unmount();
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
