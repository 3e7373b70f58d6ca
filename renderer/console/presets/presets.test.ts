import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem } from '../../../main/contract/errors.ts';
import { setLocale } from '../../i18n/index.ts';
import { mountConsole, type OpenConsole } from '../testdata/mount-console.ts';
import { ObedientHub } from '../testdata/obedient-hub.ts';

let hub: ObedientHub;
let desk: OpenConsole;

const scene = (cameraId: string) => ({
  kind: 'grid' as const,
  rows: 1,
  cols: 1,
  tiles: [{ panel: 'video' as const, cameraId, profile: 'auto' as const }],
});
const preset = (id: string, name: string, number: number | null, more: object = {}) => ({
  id,
  name,
  number,
  wallId: 'main',
  screens: [{ screenId: '1', scene: scene('c-A2') }],
  spanning: null,
  revision: 5,
  changedBy: 'li',
  changedAt: 1_699_999_000_000,
  ...more,
});
const listed = () => desk.page.findAll('dialog [data-preset]').map((one) => one.attributes('data-preset'));
const chosen = () => desk.page.find('dialog [data-preset][aria-selected=true]').attributes('data-preset');
const all = [
  preset('p12', '夜间', 12),
  preset('p1', '全景', 1),
  preset('p0', '无号', null),
  preset('p2', '别的墙', 2, { wallId: 'other' }),
];

beforeEach(async () => {
  setLocale('zh-CN');
  hub = new ObedientHub();
  hub.presets = all as never;
  desk = await mountConsole(hub);
  hub.fill('presets', all);
  await desk.settled();
});
afterEach(() => {
  desk.page.unmount();
  vi.restoreAllMocks();
});

describe('the list of presets', () => {
  test('a key that is held down is no second press: nothing is removed by it', async () => {
    await desk.key('p');
    await desk.key('Delete');
    await desk.key('Delete', { repeat: true });
    await desk.key('Backspace', { repeat: true });
    expect(hub.argsOf('preset.remove')).toEqual([]);
    await desk.key('Delete');
    expect(hub.argsOf('preset.remove')).toEqual([{ presetId: 'p1' }]);
  });

  test('is by number, of this wall alone, and walked by arrows', async () => {
    await desk.key('p');
    expect([listed(), chosen()]).toEqual([['p1', 'p12', 'p0'], 'p1']);
    await desk.key('ArrowDown');
    await desk.key('ArrowDown');
    await desk.key('ArrowDown');
    expect(chosen()).toBe('p0');
  });

  test('a number is keyed as it stands there, and Enter puts it on the wall', async () => {
    await desk.key('p');
    await desk.key('1');
    expect(chosen()).toBe('p1');
    await desk.key('2');
    expect(chosen()).toBe('p12');
    await desk.key('Enter');
    expect(hub.argsOf('preset.recall')).toEqual([{ presetId: 'p12' }]);
    expect(desk.page.find('dialog').exists()).toBe(false);
  });

  test('a name or an exact number is found', async () => {
    await desk.key('p');
    await desk.key('/');
    await desk.page.get('dialog input[type=search]').setValue('1');
    expect(listed()).toEqual(['p1']);
    await desk.page.get('dialog input[type=search]').setValue('夜');
    await desk.key('Enter');
    expect(hub.argsOf('preset.recall')).toEqual([{ presetId: 'p12' }]);
  });

  test('that is empty says how to fill it', async () => {
    hub.change('presets', { p12: null, p1: null, p0: null, p2: null });
    await desk.key('p');
    expect(desk.page.get('dialog').text()).toContain('先把大屏调好，再存为预案');
  });

  test('one that the hub refuses says why, and the list stays', async () => {
    hub.answer = () => problem('preset-unknown');
    await desk.key('p');
    await desk.key('Enter');
    expect(desk.page.get('dialog [role=alert]').text()).toBe('没有这个预案，可能已被删除。');
  });

  test('cameras that are no more are named by their places', async () => {
    const { answer } = hub;
    hub.answer = (name, args) => ({ ...(answer(name, args) as object), missing: ['c-A2'] });
    await desk.key('p');
    await desk.key('Enter');
    expect(desk.page.get('.notice').text()).toContain('1 台摄像机已不在目录中，窗格为空：左屏 第 1 格');
  });
});

describe('keeping what the wall shows', () => {
  const form = () => desk.page.get('dialog form');
  const field = (name: string) => form().get(`.field.${name} input`);
  beforeEach(() => {
    hub.others = (name) => (name === 'preset.save' ? { presetId: 'p9', revision: 1 } : {});
  });

  test('under a name and the first free number', async () => {
    await desk.key('p');
    await desk.key('s');
    expect((field('number').element as HTMLInputElement).value).toBe('3');
    await field('name').setValue('早班');
    await form().trigger('submit');
    await desk.settled();
    expect(hub.argsOf('preset.save')).toEqual([{ name: '早班', number: 3, wallId: 'main' }]);
    expect(desk.page.find('dialog [data-preset]').exists()).toBe(true);
  });

  test('of one screen alone', async () => {
    await desk.key('p');
    await desk.key('s');
    await field('name').setValue('左');
    await form().get('input[value=screen]').setValue(true);
    await form().trigger('submit');
    await desk.settled();
    expect(hub.argsOf('preset.save')).toMatchObject([{ screenIds: ['1'], spanning: false }]);
  });

  test('in place of one, at the revision that was seen, with a warning', async () => {
    await desk.key('p');
    await desk.key('w');
    expect(form().text()).toContain('“全景”原来的内容将被覆盖。');
    await form().trigger('submit');
    await desk.settled();
    expect(hub.argsOf('preset.save')).toEqual([
      { presetId: 'p1', baseRevision: 5, name: '全景', number: 1, wallId: 'main', screenIds: ['1'], spanning: false },
    ]);
  });

  test('a number that is taken says by whom before anything is sent', async () => {
    await desk.key('p');
    await desk.key('s');
    await field('name').setValue('早班');
    await field('number').setValue('12');
    await form().trigger('submit');
    expect(form().text()).toContain('这个编号已属于“夜间”。');
    expect(hub.argsOf('preset.save')).toEqual([]);
  });

  test('Esc leads back to the list first', async () => {
    await desk.key('p');
    await desk.key('s');
    await desk.key('Escape');
    expect([desk.page.find('dialog form').exists(), desk.page.find('dialog').exists()]).toEqual([false, true]);
  });

  test('is not offered to who may not edit layouts', async () => {
    hub.permissions = ['camera.view', 'wall.view', 'wall.control'];
    hub.connect({ kind: 'stale', since: hub.now });
    hub.connect({ kind: 'live' });
    await desk.settled();
    await desk.key('p');
    await desk.key('s');
    expect(desk.page.find('dialog form').exists()).toBe(false);
    expect(desk.page.findAll('dialog footer button')).toHaveLength(1);
  });
});

test('removing asks a second press', async () => {
  await desk.key('p');
  await desk.key('Delete');
  expect(hub.argsOf('preset.remove')).toEqual([]);
  expect(desk.page.get('dialog footer').text()).toContain('确认删除');
  await desk.key('ArrowDown');
  expect(desk.page.get('dialog footer').text()).not.toContain('确认删除');
  await desk.key('Delete');
  await desk.key('Delete');
  expect(hub.argsOf('preset.remove')).toEqual([{ presetId: 'p12' }]);
});
