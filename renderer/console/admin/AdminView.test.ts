import { flushPromises, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commands } from '../../../main/contract/catalog.ts';
import { problem } from '../../../main/contract/errors.ts';
import { healthItem } from '../../../main/contract/operations.ts';
import { permissions, roles } from '../../../main/contract/permissions.ts';
import { hasText, setLocale } from '../../i18n/index.ts';
import { cameraRow, FakeHub, shownWell, twoScreenWall } from '../testdata/fake-hub.ts';
import { mountAdmin } from '../testdata/mount-admin.ts';
import type { AdminPage } from './admin-pages.ts';
import { stampText } from './stamp-text.ts';

let hub: FakeHub;
let view: VueWrapper;
let gone: (AdminPage | null)[];

const show = async (page: AdminPage) => {
  ({ view, gone } = await mountAdmin(hub, page));
};
const rows = () => view.findAll('[data-row]').map((row) => row.attributes('data-row'));
const rowText = (key: string) => view.get(`[data-row="${key}"]`).text();
const dialog = () => view.get('dialog');
const notices = () => view.findAll('.notice').map((notice) => notice.text());
const submit = async (of: { get(selector: string): { trigger(event: string): Promise<unknown> } } = view) => {
  await of.get('form').trigger('submit');
  await flushPromises();
};
const press = async (selector: string) => {
  await view.get(selector).trigger('click');
  await flushPromises();
};

beforeEach(() => {
  setLocale('zh-CN');
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000);
  hub = new FakeHub();
});
afterEach(() => {
  view.unmount();
  expect(hub.held).toBe(0);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const user = (name: string, more: object = {}) => ({
  id: `u-${name}`,
  name,
  fullName: null,
  roles: ['operator'],
  denied: [],
  scope: { districts: '*', groups: '*' },
  shift: null,
  networks: '*',
  disabled: false,
  secondFactor: false,
  createdAt: 1_699_000_000_000,
  passwordChangedAt: 1_699_000_000_000,
  lockedUntil: null,
  lastLoginAt: null,
  ...more,
});

describe('users and roles', () => {
  beforeEach(() => {
    hub.fill('users', [
      user('li', { fullName: '李工', roles: ['administrator'], secondFactor: true, lastLoginAt: hub.now - 1000 }),
      user('zhao', { disabled: true }),
      user('chen', { lockedUntil: hub.now + 60_000, scope: { districts: ['320282101', '320282102'], groups: ['公安'] } }),
      user('sun', { roles: ['auditor'] }),
    ]);
    hub.fill('districts', [{ code: '320282101', name: '宜城街道', nameEn: null, parent: null }], (item) => String(item['code']));
  });

  test('each account says who, as what, where, and whether it can be used', async () => {
    await show('users');
    expect(rows()).toEqual(['u-chen', 'u-li', 'u-sun', 'u-zhao']);
    expect(rowText('u-li')).toContain(stampText(hub.now - 1000));
    for (const [key, words] of [
      ['u-li', ['李工', '系统管理员', '全市', '可用', '已设置']],
      ['u-zhao', ['已停用', '操作员']],
      ['u-chen', [`锁定至 ${stampText(hub.now + 60_000).slice(11, 16)}`, '2 个区划 · 1 个分组']],
      ['u-sun', ['审计员', '应设未设']],
    ] as const)
      for (const word of words) expect(rowText(key)).toContain(word);
  });

  test('the filter finds names, full names and roles', async () => {
    await show('users');
    for (const [words, found] of [
      ['李', ['u-li']],
      ['审计', ['u-sun']],
      ['CHEN', ['u-chen']],
      ['nobody', []],
    ] as const) {
      await view.get('[data-admin-search]').setValue(words);
      expect(rows()).toEqual(found);
    }
    expect(view.text()).toContain('没有符合条件的账号。');
  });

  test('duties that do not go together are refused before anything is sent', async () => {
    await show('users');
    await press('[data-new]');
    await dialog().get('[name=account]').setValue('qian');
    await dialog().get('[name=role-operator]').trigger('change');
    await dialog().get('[name=role-auditor]').trigger('change');
    expect(dialog().get('[role=alert]').text()).toBe('审计员不能兼任操作员');
    expect(dialog().get('button[type=submit]').attributes('disabled')).toBeDefined();
    await submit(dialog());
    expect(hub.argsOf('user.upsert')).toEqual([]);
    await dialog().get('[name=role-operator]').trigger('change');
    await submit(dialog());
    expect(dialog().text()).toContain('新账号须有初始密码。');
    await dialog().get('input[autocomplete=new-password]').setValue('Kiln-and-glaze-9');
    await submit(dialog());
    expect(hub.argsOf('user.upsert')).toMatchObject([
      { name: 'qian', roles: ['auditor'], password: 'Kiln-and-glaze-9', scope: { districts: '*' } },
    ]);
    expect(view.find('dialog').exists()).toBe(false);
    expect(notices()).toEqual(['账号 qian 已保存']);
  });

  test('a role says what it allows, and each of it can be denied', async () => {
    await show('users');
    await press('[data-row="u-li"]');
    expect(dialog().text()).toContain('可以：');
    await dialog().get('[name="denied-camera.edit"]').trigger('change');
    await submit(dialog());
    expect(hub.argsOf('user.upsert')[0]).toMatchObject({ name: 'li', denied: ['camera.edit'], roles: ['administrator'] });
    expect(hub.argsOf('user.upsert')[0]).not.toHaveProperty('password');
  });

  test('a scope is made of districts by name or code, and groups', async () => {
    await show('users');
    await press('[data-row="u-chen"]');
    expect(
      dialog()
        .findAll('[data-chip]')
        .map((chip) => chip.text()),
    ).toEqual(['宜城街道 320282101', '320282102', '公安']);
    const add = dialog().get('input[placeholder^="添加区划"]');
    await add.setValue('无此地');
    await add.trigger('keydown', { key: 'Enter' });
    expect(dialog().text()).toContain('没有这个区划。');
    await add.setValue('320282');
    await add.trigger('keydown', { key: 'Enter' });
    await dialog().get('[data-chip="320282102"] button').trigger('click');
    await submit(dialog());
    expect(hub.argsOf('user.upsert')[0]).toMatchObject({ scope: { districts: ['320282101', '320282'], groups: ['公安'] } });
  });

  test('a locked account is unlocked from its editor', async () => {
    await show('users');
    await press('[data-row="u-chen"]');
    await press('[data-unlock]');
    expect(hub.argsOf('user.unlock')).toEqual([{ userId: 'u-chen' }]);
  });

  test('nobody gives himself a role', async () => {
    hub.who = { userId: 'u-li', name: 'li' };
    await show('users');
    await press('[data-row="u-li"]');
    expect(dialog().get('[name=role-operator]').attributes('disabled')).toBeDefined();
    expect(dialog().get('[name=role-administrator]').attributes('disabled')).toBeUndefined();
    for (const field of ['[name="denied-camera.edit"]', '[name=shift]', '[name=disabled]', 'input[autocomplete=new-password]'])
      expect(dialog().get(field).element.closest('fieldset')!.disabled).toBe(true);
  });

  test('a refusal is said, and what was typed stays', async () => {
    hub.answer = () => problem('roles-incompatible');
    await show('users');
    await press('[data-row="u-zhao"]');
    await dialog().get('[name=full-name]').setValue('赵工');
    await submit(dialog());
    expect(dialog().get('footer [role=alert]').text()).toBe('这些职责不能由同一账号承担。');
    expect(dialog().get<HTMLInputElement>('[name=full-name]').element.value).toBe('赵工');
    await dialog().trigger('cancel');
    expect(dialog().text()).toContain('有未保存的修改。');
    await dialog().trigger('cancel');
    expect(view.find('dialog').exists()).toBe(false);
  });

  test('who may only look cannot open an account', async () => {
    hub.permissions = ['user.view'];
    await show('users');
    await press('[data-row="u-li"]');
    expect([view.find('dialog').exists(), view.find('[data-new]').exists()]).toEqual([false, false]);
  });

  test('the matrix shows what each role may do', async () => {
    await show('users');
    await press('[data-tab=matrix]');
    const allowed = view.findAll('[data-allowed=true]').length;
    expect(view.findAll('tbody tr')).toHaveLength(permissions.length);
    expect(allowed).toBeGreaterThan(20);
    expect(view.get('tbody').text()).toContain('不允许');
  });
});

describe('states of a page', () => {
  test('being loaded, refused, empty', async () => {
    await show('users');
    expect(view.find('.ghosts').exists()).toBe(true);
    hub.refuse('users', problem('forbidden'));
    await flushPromises();
    expect(view.get('[role=alert]').text()).toBe('您没有执行此操作的权限。');
    view.unmount();
    hub.fill('users', []);
    await show('users');
    expect(view.text()).toContain('还没有账号。');
  });
});

describe('cameras', () => {
  beforeEach(() => {
    hub.fill('cameras', [
      cameraRow('A1', { source: { kind: 'rtsp', url: 'rtsp://10.0.0.7/main', hasSecret: true } }),
      cameraRow('A2'),
      cameraRow('A3'),
    ]);
  });

  test('one is edited, and its credentials stay unless its source is changed', async () => {
    await show('cameras');
    await press('[data-row="c-A1"]');
    expect(dialog().find('[data-credentials=kept]').exists()).toBe(true);
    expect(dialog().get('[name=number]').attributes('readonly')).toBeDefined();
    await dialog().get('[name=sub-url]').setValue('rtsp://10.0.0.7/sub');
    expect(dialog().find('[data-credentials=lost]').exists()).toBe(true);
    await dialog().get('[name=camera-user]').setValue('admin');
    await dialog().get('input[type=password]').setValue('s3cret');
    expect(dialog().find('[data-credentials]').exists()).toBe(false);
    await submit(dialog());
    expect(hub.argsOf('camera.upsert')[0]).toMatchObject({
      number: 'A1',
      source: { url: 'rtsp://admin:s3cret@10.0.0.7/main', subUrl: 'rtsp://admin:s3cret@10.0.0.7/sub' },
    });
    expect(view.html()).not.toContain('s3cret');
  });

  test('what is wrong is said at its field, and nothing is sent', async () => {
    await show('cameras');
    await press('[data-new]');
    await submit(dialog());
    expect(
      dialog()
        .findAll('.wrong')
        .map((one) => one.text()),
    ).toEqual([
      '编号不合规范：字母、数字、点、下划线和短横线，不超过 32 位。',
      '请填写名称。',
      '区划代码为 2 至 12 位数字。',
      '请填写正确的地址。',
    ]);
    expect(hub.sent).toEqual([]);
  });

  test('removing one asks first', async () => {
    await show('cameras');
    await press('[data-row="c-A2"]');
    await press('[data-remove]');
    expect(hub.sent).toEqual([]);
    await press('[data-confirm]');
    expect(hub.argsOf('camera.remove')).toEqual([{ cameraId: 'c-A2' }]);
    expect(notices()).toEqual(['摄像机 A2 已删除']);
  });

  test('removing several asks for a second person and leads to the approvals', async () => {
    hub.answer = () => ({ commandId: 'x1', state: 'awaitingApproval' });
    await show('cameras');
    for (const id of ['c-A1', 'c-A3']) await view.get(`[data-row="${id}"] input`).trigger('change');
    await press('[data-remove-many]');
    expect(dialog().text()).toContain('申请删除 2 台摄像机？');
    await press('[data-confirm]');
    expect(hub.argsOf('camera.remove-many')).toEqual([{ cameraIds: ['c-A1', 'c-A3'] }]);
    expect(gone).toEqual(['approvals']);
  });

  test('arrows walk, Space selects, Enter opens', async () => {
    await show('cameras');
    const grid = view.get('.scroller');
    for (const name of ['ArrowDown', ' ']) await grid.trigger('keydown', { key: name });
    expect(view.get<HTMLInputElement>('[data-row="c-A2"] input').element.checked).toBe(true);
    await grid.trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(dialog().get<HTMLInputElement>('[name=number]').element.value).toBe('A2');
  });
});

const session = (id: string, more: object = {}) => ({
  sessionId: id,
  kind: 'person',
  name: 'li',
  screen: null,
  address: '10.0.0.5',
  workstation: null,
  createdAt: hub.now - 3_600_000,
  expiresAt: hub.now + 3_600_000,
  lastActiveAt: hub.now - 30_000,
  locked: false,
  own: false,
  ...more,
});
const wallSession = () =>
  session('s-wall', { kind: 'wall', name: 'wall:main:1', screen: { wallId: 'main', screenId: '1' }, workstation: 'wall-pc-1' });

describe('walls and displays', () => {
  beforeEach(() => {
    hub.fill('walls', [twoScreenWall()]);
    hub.answer = (name) => {
      if (name === 'session.list') return { sessions: [session('s-1'), wallSession()] };
      if (name === 'wall.pair') return { wallId: 'main', screenId: '2', address: '10.0.0.9', workstation: null };
      return name === 'wall.revoke' ? { ended: 1 } : {};
    };
  });

  test('each screen says who shows it', async () => {
    await show('walls');
    expect(view.get('[data-admin-screen="1"]').text()).toContain('wall-pc-1');
    expect(view.get('[data-admin-screen="2"]').text()).toContain('没有设备');
  });

  test.each(['k7mp-2xqd', ' K7MP 2XQD', 'ｋ７ｍｐ２ｘｑｄ'])('a display is let in by its code, typed as %j', async (typed) => {
    await show('walls');
    const code = view.get<HTMLInputElement>('[name=pairing-code]');
    await code.setValue(typed);
    await view.get('.pairing').trigger('submit');
    await flushPromises();
    expect(hub.argsOf('wall.pair')).toEqual([{ code: 'K7MP2XQD' }]);
    expect(notices()).toEqual(['已配对：主墙 · 右屏（10.0.0.9）']);
    expect(code.element.value).toBe('');
  });

  test('a code that nobody shows is said', async () => {
    hub.answer = (name) => (name === 'wall.pair' ? problem('pairing-unknown') : { sessions: [] });
    await show('walls');
    await view.get('[name=pairing-code]').setValue('K7MP2XQD');
    await view.get('.pairing').trigger('submit');
    await flushPromises();
    expect(view.get('.pairing [role=alert]').text()).toContain('当前没有屏幕显示此配对码');
  });

  test('a display is put out only when confirmed', async () => {
    await show('walls');
    await press('[data-admin-screen="1"] [data-revoke]');
    expect(hub.argsOf('wall.revoke')).toEqual([]);
    expect(dialog().text()).toContain('撤销 主墙 · 左屏？');
    await press('[data-confirm]');
    expect(hub.argsOf('wall.revoke')).toEqual([{ wallId: 'main', screenId: '1' }]);
    expect(notices()).toEqual(['左屏 已撤销，结束了 1 个会话']);
  });

  test('who may not see sessions is not asked for them', async () => {
    hub.permissions = permissions.filter((permission) => permission !== 'session.admin');
    await show('walls');
    expect(hub.argsOf('session.list')).toEqual([]);
  });
});

describe('sessions', () => {
  test('are listed, asked for again, and ended', async () => {
    vi.useFakeTimers();
    let sessions = [session('s-own', { own: true, name: 'wang' }), session('s-1', { locked: true }), wallSession()];
    hub.answer = (name) => (name === 'session.list' ? { sessions } : {});
    hub.fill('walls', [twoScreenWall()]);
    await show('sessions');
    expect(rows()).toEqual(['s-1', 's-own', 's-wall']);
    expect(rowText('s-1')).toContain('已锁定');
    expect(rowText('s-wall')).toContain('屏幕 主墙 · 左屏');
    expect(view.find('[data-row=s-own] [data-end]').exists()).toBe(false);
    await view.get('[data-row=s-1] [data-end]').trigger('click');
    sessions = sessions.filter(({ sessionId }) => sessionId !== 's-1');
    await press('[data-confirm]');
    expect(hub.argsOf('session.end')).toEqual([{ sessionId: 's-1' }]);
    expect(rows()).toEqual(['s-own', 's-wall']);
    sessions = [];
    await vi.advanceTimersByTimeAsync(6000);
    expect(view.text()).toContain('没有会话。');
  });

  test('a refusal can be tried again', async () => {
    hub.answer = () => problem('unavailable');
    await show('sessions');
    expect(view.get('[role=alert]').text()).toBe('服务暂时不可用，请稍后再试。');
    hub.answer = () => ({ sessions: [session('s-1')] });
    await view.get('.admin-state button').trigger('click');
    await flushPromises();
    expect(rows()).toEqual(['s-1']);
  });
});

const waiting = (id: string, more: object = {}) => ({
  id,
  name: 'camera.remove-many',
  state: 'awaitingApproval',
  payloadHash: 'ab'.repeat(32),
  args: { cameraIds: ['c-A1', 'c-gone'] },
  requestedBy: 'li',
  requestedFrom: '10.0.0.5',
  approvedBy: null,
  approvalExpiresAt: hub.now + 300_000,
  reason: null,
  result: null,
  at: hub.now - 60_000,
  updatedAt: hub.now - 60_000,
  scope: [],
  ...more,
});
const commandCard = (id: string) => view.get(`[data-command="${id}"]`);

describe('approvals', () => {
  test('what waits can be judged: what, by whom, from where, how long; the hash goes with the approval', async () => {
    hub.fill('cameras', [cameraRow('A1')]);
    hub.fill('commands', [waiting('x1')]);
    await show('approvals');
    for (const words of ['删除 2 台摄像机', 'li', '10.0.0.5', '剩余 5 分钟', 'A1 路口 A1 · c-gone', '摄像机'])
      expect(commandCard('x1').text()).toContain(words);
    expect(commandCard('x1').get('[data-approve]').text()).toBe('批准：删除 2 台摄像机');
    await press('[data-approve]');
    expect(hub.argsOf('command.approve')).toEqual([{ commandId: 'x1', payloadHash: 'ab'.repeat(32) }]);
  });

  test('rejecting needs a reason', async () => {
    hub.fill('commands', [waiting('x1')]);
    await show('approvals');
    await press('[data-reject]');
    await commandCard('x1').get('form').trigger('submit');
    expect(hub.argsOf('command.reject')).toEqual([]);
    await commandCard('x1').get('[name=reason]').setValue(' 数量不对 ');
    await commandCard('x1').get('form').trigger('submit');
    await flushPromises();
    expect(hub.argsOf('command.reject')).toEqual([{ commandId: 'x1', reason: '数量不对' }]);
  });

  test('nobody approves his own: he can take it back', async () => {
    hub.fill('commands', [waiting('x1', { requestedBy: 'wang' })]);
    await show('approvals');
    expect(view.find('[data-approve]').exists()).toBe(false);
    await press('[data-withdraw]');
    expect(hub.argsOf('command.withdraw')).toEqual([{ commandId: 'x1' }]);
  });

  test('what has run out of time cannot be approved, and says so', async () => {
    hub.fill('commands', [waiting('x1', { approvalExpiresAt: hub.now - 1 })]);
    await show('approvals');
    expect(commandCard('x1').text()).toContain('时限已过');
    expect(view.get('[data-approve]').attributes('disabled')).toBeDefined();
  });

  test('a refused approval is said', async () => {
    hub.fill('commands', [waiting('x1')]);
    hub.answer = () => problem('payload-mismatch');
    await show('approvals');
    await press('[data-approve]');
    expect(commandCard('x1').get('[role=alert]').text()).toBe('待批准的内容与申请内容不一致，未执行。');
  });

  test('what is over says what came of it; an export offers its files', async () => {
    hub.fill('commands', [
      waiting('x1', { state: 'confirmed', result: { removed: 2 }, approvedBy: 'zhao' }),
      waiting('x2', { state: 'rejected', reason: 'approval-expired' }),
      waiting('x3', { state: 'failed', reason: '数量不对' }),
      waiting('x4', {
        name: 'audit.export',
        state: 'confirmed',
        args: { from: 0, to: 60_000, purpose: '立案' },
        result: { exportId: 'e1' },
      }),
    ]);
    await show('approvals');
    expect(commandCard('x1').text()).toContain('由 zhao 批准');
    expect(commandCard('x2').text()).toContain('复核时限已过，请重新申请。');
    expect(commandCard('x3').text()).toContain('数量不对');
    expect(
      commandCard('x4')
        .findAll('a')
        .map((link) => link.attributes('href')),
    ).toEqual(['audit.jsonl', 'watches.csv', 'manifest.json', 'manifest.sig', 'public.pem'].map((name) => `/api/exports/e1/${name}`));
  });

  test('who may not take exports out is offered none', async () => {
    hub.permissions = ['command.view'];
    hub.fill('commands', [waiting('x4', { name: 'audit.export', state: 'confirmed', result: { exportId: 'e1' } }), waiting('x1')]);
    await show('approvals');
    expect([view.findAll('.files a').length, view.find('[data-approve]').exists()]).toEqual([0, false]);
  });
});

const auditRow = (seq: number, more: object = {}) => ({
  seq,
  at: hub.now - seq,
  phase: 'close',
  commandId: `cmd-${seq}`,
  command: 'camera.upsert',
  actor: 'li',
  roles: ['administrator'],
  door: 'socket',
  address: '10.0.0.5',
  workstation: null,
  args: { number: `A${seq}` },
  outcome: 'ok',
  before: null,
  after: { name: '新名' },
  scope: null,
  previousHash: 'aa',
  hash: `hash-${seq}`,
  ...more,
});

describe('the audit', () => {
  test('is searched with the conditions that were given, and a row is read whole', async () => {
    hub.answer = () => ({ rows: [auditRow(9), auditRow(8, { outcome: 'forbidden', command: 'wall.revoke' })], next: null });
    await show('audit');
    expect(rows()).toEqual(['9', '8']);
    expect(rowText('8')).toContain('您没有执行此操作的权限。');
    for (const [name, value] of [
      ['text', ' 路口 '],
      ['actor', 'li'],
      ['command', 'camera.upsert'],
      ['outcome', 'refused'],
      ['from', '2026-01-01T00:00'],
    ])
      await view.get(`[name=${name}]`).setValue(value!);
    await submit();
    expect(hub.argsOf('audit.search').at(-1)).toEqual({
      text: '路口',
      actor: 'li',
      command: 'camera.upsert',
      outcome: 'refused',
      from: new Date(2026, 0, 1).getTime(),
    });
    await press('[data-row="9"]');
    for (const words of ['cmd-9', 'hash-9', '新名', 'A9', '系统管理员', '控制台']) expect(view.get('.row-pane').text()).toContain(words);
  });

  test('goes on where the page before ended, with the same conditions', async () => {
    hub.answer = (_name, args) =>
      args['before'] === undefined
        ? { rows: Array.from({ length: 100 }, (_, nth) => auditRow(300 - nth)), next: 201 }
        : { rows: [auditRow(1)], next: null };
    await show('audit');
    await view.get('.scroller').trigger('keydown', { key: 'End' });
    view.get('.scroller').element.scrollTop = 4200;
    await view.get('.scroller').trigger('scroll');
    await flushPromises();
    expect(hub.argsOf('audit.search').map(({ before }) => before)).toEqual([undefined, 201]);
    expect(view.get('[role=status].found').text()).toBe('101 条');
  });

  test('whoever logs in stands there by the name that he gave', async () => {
    const login = { ...auditRow(5), actor: 'anonymous', command: 'session.login', args: { user: 'wang' } };
    hub.answer = () => ({ rows: [login, { ...login, seq: 4, command: 'wall.pair' }], next: null });
    await show('audit');
    const who = view.findAll('[data-row]').map((row) => row.text());
    expect(who[0]).toContain('wang');
    expect(who[0]).not.toContain('anonymous');
    expect(who[1]).toContain('anonymous');
  });

  test('what waits for a second person is not called done', async () => {
    const asked = auditRow(6, { command: 'camera.remove-many', after: { state: 'awaitingApproval' } });
    hub.answer = () => ({ rows: [asked, auditRow(5)], next: null });
    await show('audit');
    const [first, second] = view.findAll('[data-row]').map((row) => row.text());
    expect(first).toContain('待复核');
    expect(first).not.toContain('成功');
    expect(second).toContain('成功');
  });

  test('a stretch without a find can be gone beyond', async () => {
    hub.answer = (_name, args) => (args['before'] === undefined ? { rows: [], next: 5000 } : { rows: [auditRow(3)], next: null });
    await show('audit');
    expect(view.text()).toContain('尚未找到更多');
    await view.get('.admin-state button').trigger('click');
    await flushPromises();
    expect(rows()).toEqual(['3']);
  });

  test('a search that failed shows nothing that was found by other conditions, and says why', async () => {
    hub.answer = () => ({ rows: [auditRow(9)], next: 9 });
    await show('audit');
    expect(rows()).toEqual(['9']);
    hub.answer = () => problem('deadline-exceeded');
    await view.get('[name=actor]').setValue('li');
    await submit();
    expect([rows(), view.get('[role=status].found').text()]).toEqual([[], '']);
    expect(view.find('.admin-state [role=alert]').exists()).toBe(true);
  });

  test('a page that failed to follow is said, and can be asked for again', async () => {
    hub.answer = (_name, args) =>
      args['before'] === undefined
        ? { rows: Array.from({ length: 100 }, (_, nth) => auditRow(300 - nth)), next: 201 }
        : problem('unavailable');
    await show('audit');
    view.get('.scroller').element.scrollTop = 4200;
    await view.get('.scroller').trigger('scroll');
    await flushPromises();
    const alert = view.get('.audit-search > [role=alert]');
    hub.answer = () => ({ rows: [auditRow(1)], next: null });
    await alert.get('button').trigger('click');
    await flushPromises();
    expect(view.get('[role=status].found').text()).toBe('101 条');
    expect(view.find('.audit-search > [role=alert]').exists()).toBe(false);
  });

  test('a stretch of the register without a find is not the end of it, and a failed search keeps nothing of another', async () => {
    hub.permissions = ['audit.view'];
    const watch = { id: 4, kind: 'live', cameraId: 'c-A2', actor: 'li', address: '10.0.0.5', workstation: null, screen: null, auditSeq: 7 };
    const found = { watches: [{ ...watch, from: 5, until: 6 }], next: null };
    hub.answer = (name, args) =>
      name === 'audit.search' ? { rows: [], next: null } : args['before'] === undefined ? { watches: [], next: 5000 } : found;
    await show('audit');
    await press('[data-tab=watches]');
    await view.get('[name=camera]').setValue('c-A2');
    await submit();
    expect(view.text()).toContain('尚未找到更多');
    await view.get('.admin-state button').trigger('click');
    await flushPromises();
    expect(rows()).toEqual(['4']);
    hub.answer = () => problem('deadline-exceeded');
    await view.get('[name=camera]').setValue('c-A3');
    await submit();
    expect(rows()).toEqual([]);
  });

  test('a period that ends before it begins is not asked for', async () => {
    hub.answer = () => ({ rows: [], next: null });
    await show('audit');
    await view.get('[name=from]').setValue('2026-01-02T00:00');
    await view.get('[name=to]').setValue('2026-01-01T00:00');
    await submit();
    expect(hub.argsOf('audit.search')).toHaveLength(1);
    expect(view.get('[role=alert]').text()).toBe('起止时间不正确。');
  });

  test('who watched what, by a camera found by its number', async () => {
    hub.fill('cameras', [cameraRow('A1'), cameraRow('A2')]);
    const watch = {
      id: 1,
      kind: 'live',
      cameraId: 'c-A2',
      actor: 'li',
      address: '10.0.0.5',
      workstation: 'desk-3',
      screen: null,
      auditSeq: 77,
    };
    hub.answer = (name) =>
      name === 'audit.search'
        ? { rows: [], next: null }
        : {
            watches: [
              { ...watch, from: hub.now - 60_000, until: null },
              { ...watch, id: 2, from: 5, until: 65_005 },
              { ...watch, id: 3, kind: 'snapshot', from: 7, until: 7 },
            ],
            next: null,
          };
    await show('audit');
    await press('[data-tab=watches]');
    await submit();
    expect(view.get('[role=alert]').text()).toBe('请至少指定摄像机、人员或起始时间。');
    expect(hub.argsOf('audit.watches')).toEqual([]);
    const box = view.get('[name=camera]');
    await box.setValue('A2');
    await box.trigger('keydown', { key: 'Enter' });
    await submit();
    expect(hub.argsOf('audit.watches')).toEqual([{ cameraId: 'c-A2' }]);
    expect(rowText('1')).toContain('仍在观看');
    for (const words of ['A2 路口 A2', 'desk-3', '65 秒', '77']) expect(rowText('2')).toContain(words);
    expect(rowText('3')).toContain('抓拍一张');
  });

  test('who sees no cameras names one by its id', async () => {
    hub.permissions = ['audit.view'];
    hub.answer = (name) => (name === 'audit.search' ? { rows: [], next: null } : { watches: [], next: null });
    await show('audit');
    await press('[data-tab=watches]');
    await view.get('[name=camera]').setValue('c-A2');
    await submit();
    expect(hub.argsOf('audit.watches')).toEqual([{ cameraId: 'c-A2' }]);
    expect(view.text()).toContain('没有符合条件的观看记录。');
  });

  test.each([
    [
      { ok: true, rows: 12_345, firstBadSeq: null, firstBadSeal: null, sealedUntil: '2026-11-25' },
      ['12,345 条记录均未被改动', '已封存至 2026-11-25'],
      'true',
    ],
    [
      { ok: false, rows: 9, firstBadSeq: 7, firstBadSeal: '2026-11-20', sealedUntil: null },
      ['从序号 7 开始不符', '2026-11-20 的封存不符'],
      'false',
    ],
  ])('is verified: %j', async (answer, words, intact) => {
    hub.answer = (name) => (name === 'audit.search' ? { rows: [], next: null } : answer);
    await show('audit');
    await press('[data-tab=proof]');
    await press('[data-verify]');
    expect(view.get('.verdict').attributes('data-intact')).toBe(intact);
    for (const word of [...words, stampText(hub.now)]) expect(view.get('.verdict').text()).toContain(word);
  });

  test('an export is asked for with its purpose, and leads to the approvals', async () => {
    hub.answer = (name) => (name === 'audit.search' ? { rows: [], next: null } : { commandId: 'x1', state: 'awaitingApproval' });
    await show('audit');
    await press('[data-tab=proof]');
    await view.get('[name=export-from]').setValue('2026-01-01T00:00');
    await view.get('[name=export-to]').setValue('2026-02-01T00:00');
    await submit();
    expect(hub.argsOf('audit.export')).toEqual([]);
    await view.get('[name=purpose]').setValue('立案侦查');
    await view.get('[name=case-number]').setValue('A-7');
    await submit();
    expect(hub.argsOf('audit.export')).toEqual([
      { from: new Date(2026, 0, 1).getTime(), to: new Date(2026, 1, 1).getTime() + 59_999, purpose: '立案侦查', caseNumber: 'A-7' },
    ]);
    await view.findAll('.export button').at(-1)!.trigger('click');
    expect(gone).toEqual(['approvals']);
  });
});

describe('the system', () => {
  test('says what is not well first, why, since when, and what to do', async () => {
    hub.fill('health', [
      { id: 'disk', state: 'ok', code: null, params: {}, since: hub.now - 10_000 },
      { id: 'backup', state: 'warning', code: 'backup-overdue', params: {}, since: hub.now - 7_200_000 },
      { id: 'audit', state: 'failed', code: 'audit-broken', params: {}, since: hub.now - 1000 },
    ]);
    hub.answer = () => ({ backups: [], nextAt: null });
    await show('system');
    expect(view.findAll('[data-health]').map((item) => [item.attributes('data-health'), item.attributes('data-state')])).toEqual([
      ['audit', 'failed'],
      ['backup', 'warning'],
      ['disk', 'ok'],
    ]);
    for (const words of ['故障', '审计记录被改动。', '立即保全数据目录']) expect(view.get('[data-health=audit]').text()).toContain(words);
    expect(view.get('[data-health=backup]').text()).toContain('2 小时以来');
  });

  test('says which screens report, how their pages are, and since when others do not', async () => {
    const well = { ...shownWell(hub.now - 500), page: { upS: 7300, heapMb: 41.6 } };
    hub.answer = () => ({ backups: [], nextAt: null });
    hub.fill('walls', [twoScreenWall({ shown: { '1': well, '2': { ...well, silentSince: hub.now - 4000, tiles: [] } } })]);
    await show('system');
    expect(view.get('[data-screen-vitals="main/1"]').text()).toMatch(/上报正常 · 页面已运行 2 小时 · 脚本占用 42 MB$/);
    const time = new Date(hub.now - 4000).toLocaleTimeString('zh-CN', { hour12: false });
    expect(view.get('[data-screen-vitals="main/2"]').text()).toMatch(new RegExp(`${time} 起无上报$`));
    hub.change('walls', { main: twoScreenWall({ shown: {} }) });
    await flushPromises();
    expect(view.get('[data-screen-vitals="main/1"]').text()).toContain('没有上报');
  });

  test('backs up, and lists what there is', async () => {
    const backup = { name: '20261126T080000Z-42', at: hub.now, bytes: 5 * 1_048_576, ledgerSeq: 42 };
    const backups: object[] = [];
    hub.answer = (name) => {
      if (name === 'backup.create') backups.push(backup);
      return name === 'backup.create' ? backup : { backups: [...backups], nextAt: hub.now + 3_600_000 };
    };
    await show('system');
    expect(view.text()).toContain('还没有备份。');
    await press('[data-back-up]');
    expect(view.get('.admin-table').text()).toContain('5 MB');
    expect(view.text()).toContain(`下次自动备份：${stampText(hub.now + 3_600_000)}`);
  });

  test('who does not administer sees no backups', async () => {
    hub.permissions = ['system.view'];
    await show('system');
    expect([hub.sent, view.find('[data-back-up]').exists()]).toEqual([[], false]);
  });
});

describe('words', () => {
  test('every command, permission, role and health item has them', () => {
    const keys = [
      ...commands.map(({ name }) => `admin.command.${name}`),
      ...permissions.map((permission) => `admin.permission.${permission}`),
      ...roles.flatMap((role) => [`admin.role.${role}`, `admin.roleDuty.${role}`]),
      ...healthItem.options.map((item) => `admin.system.item.${item}`),
    ];
    view = { unmount() {} } as VueWrapper;
    expect(keys.filter((key) => !hasText(key))).toEqual([]);
  });
});
