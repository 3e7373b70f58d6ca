import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem } from '../../../main/contract/errors.ts';
import { setLocale } from '../../i18n/index.ts';
import { useDesk } from '../stores/desk.ts';
import { mountConsole, type OpenConsole } from '../testdata/mount-console.ts';
import { ObedientHub } from '../testdata/obedient-hub.ts';

let hub: ObedientHub;
let desk: OpenConsole;

const minute = 60_000;
const hold = (more: object = {}) => ({
  id: 'h1',
  wallId: 'main',
  screenId: '2',
  tiles: null,
  userId: 'li',
  name: 'li',
  priority: 4,
  reason: '演练',
  since: hub.now - minute,
  expiresAt: hub.now + 30 * minute,
  restore: null,
  requests: [],
  revision: 1,
  ...more,
});
const asks = (userId: string) => ({ userId, name: userId, reason: '有火情', at: hub.now });
const mine = (more: object = {}) => hold({ userId: 'u', name: 'wang', ...more });
const row = (id = 'h1') => desk.page.get(`[data-hold="${id}"]`);
const rowKey = (name: string, more: KeyboardEventInit = {}) => desk.key(name, more, row().element);

beforeEach(async () => {
  setLocale('zh-CN');
  hub = new ObedientHub();
  desk = await mountConsole(hub);
});
afterEach(() => {
  desk.page.unmount();
  vi.restoreAllMocks();
});

test('a key that is held down answers one request, not all of them', async () => {
  hub.fill('holds', [mine({ requests: [asks('li'), asks('zhao')] })]);
  await desk.settled();
  await desk.key(']');
  await desk.key('h');
  await rowKey('y', { shiftKey: true });
  await rowKey('y', { shiftKey: true, repeat: true });
  expect(hub.argsOf('hold.refuse')).toEqual([{ holdId: 'h1', userId: 'li' }]);
});

test('of a hold that is over the card of its screen says nothing', async () => {
  hub.fill('holds', [hold({ name: 'zhao' })]);
  await desk.settled();
  expect(desk.card('2')).toContain('zhao');
  hub.fill('holds', [hold({ name: 'zhao', expiresAt: hub.now - 1000 })]);
  await desk.settled();
  expect(desk.card('2')).not.toContain('zhao');
});

test('what was asked for is not said to be free when the hub does not say what is held', async () => {
  hub.fill('holds', [hold({ requests: [asks('u')] })]);
  await desk.settled();
  hub.refuse('holds', problem('unavailable'));
  await desk.settled();
  expect(desk.notices()).toEqual([]);
  hub.fill('holds', []);
  await desk.settled();
  expect(desk.notices()).toEqual([]);
});

describe('holding', () => {
  test('the chosen screen, with a reason, for half an hour, and what is there comes back', async () => {
    hub.others = () => ({ holdId: 'h9', expiresAt: hub.now });
    await desk.key('h');
    expect(document.activeElement).toBe(desk.page.get('dialog .reason input').element);
    await desk.page.get('dialog .reason input').setValue(' 演练 ');
    await desk.page.get('dialog form').trigger('submit');
    await desk.settled();
    expect(hub.argsOf('hold.take')).toEqual([{ wallId: 'main', screenId: '1', priority: 4, minutes: 30, reason: '演练', restore: true }]);
  });

  test('the chosen tiles, a hold for each of their screens', async () => {
    hub.others = () => ({ holdId: 'h9', expiresAt: hub.now });
    useDesk().selectTile('main', '1', 'g-0-1');
    useDesk().spanEnd = { screenId: '2', tileId: 'g-0-0' };
    await desk.key('h');
    await desk.page.get('dialog .reason input').setValue('演练');
    await desk.page.get('dialog input[type=checkbox]').setValue(false);
    await desk.page.get('dialog form').trigger('submit');
    await desk.settled();
    expect(hub.argsOf('hold.take')).toMatchObject([
      { screenId: '1', tiles: expect.arrayContaining(['g-0-1']), restore: false },
      { screenId: '2', tiles: ['g-0-0'] },
    ]);
  });

  test('of a screen on tour only the whole: its tiles are others at every step', async () => {
    hub.changedBy('li', '1', { kind: 'tour', steps: [{ scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] }, dwellMs: 9000 }] });
    await desk.settled();
    await desk.key('1');
    await desk.key('h');
    expect(desk.page.get('dialog .what').text()).toContain('轮巡中的屏只能整屏占用。');
    expect(desk.page.findAll('dialog .what input')).toHaveLength(1);
  });

  test('a refusal says of what and why, and nothing is lost of what was written', async () => {
    hub.others = () => problem('wall-held', { by: 'li', reason: '演练', until: 1, holdId: 'h1' });
    await desk.key('h');
    await desk.page.get('dialog .reason input').setValue('巡查');
    await desk.page.get('dialog form').trigger('submit');
    await desk.settled();
    expect(desk.page.get('dialog [role=alert]').text()).toBe('左屏（整屏）: li 正占用这块屏（演练），未作改动。');
    expect(desk.page.get<HTMLInputElement>('dialog .reason input').element.value).toBe('巡查');
  });

  test.each([
    ['operator', 4],
    ['traffic', 5],
    ['dispatcher', 7],
    ['administrator', 9],
  ])('%s may hold with priority %d at most', async (role, most) => {
    hub.who = { roles: [role] };
    hub.connect({ kind: 'stale', since: hub.now });
    hub.connect({ kind: 'live' });
    await desk.settled();
    await desk.key('h');
    const offered = desk.page.findAll('dialog .field select').at(1)!.findAll('option');
    expect(offered.map((option) => Number(option.text()))).toEqual(Array.from({ length: most }, (_, at) => at + 1));
  });
});

describe('what is held', () => {
  test.each([
    ['zh-CN', 'li 占用至', '您占用 2 格至'],
    ['en', 'held by li until', '2 tiles held by you until'],
  ] as const)('stands on the card of its screen, one’s own by another shape (%s)', async (locale, theirs, own) => {
    setLocale(locale);
    hub.fill('holds', [hold(), mine({ id: 'h2', screenId: '1', tiles: ['g-0-0', 'g-0-1'] })]);
    await desk.settled();
    expect([desk.card('2').includes(theirs), desk.card('1').includes(own)]).toEqual([true, true]);
    expect(desk.page.findAll('[data-held]').map((line) => line.classes('mine'))).toEqual([true, false]);
  });

  test('an empty list says so', async () => {
    await desk.key('h');
    expect(desk.page.get('dialog .list').text()).toContain('没有人占用这面大屏。');
  });

  test('by me is extended, released with and without what was there, by keys', async () => {
    hub.fill('holds', [mine({ screenId: '1', restore: { scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] } } })]);
    await desk.key('h');
    expect(document.activeElement).toBe(row().element);
    await rowKey('e');
    await rowKey('r');
    await rowKey('R', { shiftKey: true });
    expect(hub.argsOf('hold.extend')).toEqual([{ holdId: 'h1', minutes: 30 }]);
    expect(hub.argsOf('hold.release')).toEqual([{ holdId: 'h1' }, { holdId: 'h1', restore: false }]);
  });

  test('by another is asked for with a reason; a higher priority may take it', async () => {
    hub.who = { roles: ['dispatcher'] };
    hub.connect({ kind: 'stale', since: hub.now });
    hub.connect({ kind: 'live' });
    hub.fill('holds', [hold({ screenId: '1' })]);
    await desk.settled();
    await desk.key('h');
    await rowKey('q');
    await row().get('input').setValue('有火情');
    await row().get('form').trigger('submit');
    await desk.settled();
    await rowKey('o');
    await row().get('input').setValue('指挥长要求');
    await row().get('form').trigger('submit');
    await desk.settled();
    expect(hub.argsOf('hold.request')).toEqual([{ holdId: 'h1', reason: '有火情' }]);
    expect(hub.argsOf('hold.override')).toEqual([{ holdId: 'h1', priority: 5, minutes: 30, reason: '指挥长要求' }]);
  });

  test('a lower priority may not take it, and the button says why', async () => {
    hub.fill('holds', [hold({ screenId: '1', priority: 7 })]);
    await desk.key('h');
    await rowKey('o');
    expect(row().find('form').exists()).toBe(false);
    expect(row().findAll('.actions button').at(1)!.attributes()).toMatchObject({ disabled: '', title: '您的优先级最高为 4，须高于 7。' });
  });
});

describe('the lines at the top', () => {
  const line = (which: 'request' | 'ending') => desk.page.find(`[data-hold-${which}]`);

  test('somebody asks for mine: Y gives it, ⇧Y refuses', async () => {
    hub.fill('holds', [mine({ requests: [asks('li'), asks('zhao')] })]);
    await desk.settled();
    expect(line('request').text()).toContain('li 申请使用您占用的 右屏（整屏）');
    expect(line('request').text()).toContain('有火情');
    expect(line('request').text()).toContain('另有 1 项');
    await desk.key('y', {}, document.body);
    await desk.key('Y', { shiftKey: true }, document.body);
    expect(hub.argsOf('hold.yield')).toEqual([{ holdId: 'h1', userId: 'li' }]);
    expect(hub.argsOf('hold.refuse')).toEqual([{ holdId: 'h1', userId: 'li' }]);
  });

  test('nothing is said of what others ask of others', async () => {
    hub.fill('holds', [hold({ requests: [asks('zhao')] })]);
    await desk.settled();
    expect(line('request').exists()).toBe(false);
    await desk.key('y', {}, document.body);
    expect(hub.argsOf('hold.yield')).toEqual([]);
  });

  test('mine ends in less than two minutes: U extends it, ⇧U lets it end', async () => {
    hub.fill('holds', [mine({ expiresAt: hub.now + 119_000 })]);
    await desk.settled();
    expect(line('ending').text()).toContain('您对 右屏（整屏） 的占用将在 2 分钟 后结束，');
    await desk.key('u', {}, document.body);
    expect(hub.argsOf('hold.extend')).toEqual([{ holdId: 'h1', minutes: 30 }]);
    await desk.key('U', { shiftKey: true }, document.body);
    expect(line('ending').exists()).toBe(false);
    hub.fill('holds', [mine({ expiresAt: hub.now + 100_000 })]);
    await desk.settled();
    expect(line('ending').exists()).toBe(true);
  });

  test('one that lasts longer is not spoken of', async () => {
    hub.fill('holds', [mine({ expiresAt: hub.now + 121_000 })]);
    await desk.settled();
    expect(line('ending').exists()).toBe(false);
  });

  test.each([
    ['given', { userId: 'u', name: 'wang' }, 'li 已把 右屏（整屏） 让给您', 'li gave you 右屏 (whole)'],
    ['refused', {}, 'li 拒绝了您对 右屏（整屏） 的申请。', 'li refused you 右屏 (whole).'],
    ['free', null, '右屏（整屏） 已无人占用', 'Nobody holds 右屏 (whole) any more'],
  ] as const)('what became of my wish is said: %s', async (_, after, zh, en) => {
    hub.fill('holds', [hold({ requests: [asks('u')] })]);
    await desk.settled();
    hub.change('holds', { h1: after && hold(after) });
    await desk.settled();
    expect(desk.notices()).toEqual([zh]);
    desk.page.unmount();
    setLocale('en');
    hub = new ObedientHub();
    desk = await mountConsole(hub);
    hub.change('holds', { h1: hold({ requests: [asks('u')] }) });
    await desk.settled();
    hub.change('holds', { h1: after && hold(after) });
    await desk.settled();
    expect(desk.notices()).toEqual([en]);
  });

  test('what was taken from me is said with the reason', async () => {
    hub.fill('holds', [mine()]);
    await desk.settled();
    hub.change('holds', { h1: hold({ userId: 'zhao', name: 'zhao', priority: 7, reason: '指挥长要求' }) });
    await desk.settled();
    expect(desk.notices()).toEqual(['zhao 接管了您占用的 右屏（整屏）：指挥长要求']);
  });
});
