import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Scene, StillScene } from '../../layouts/contract.ts';
import { problem } from '../../main/contract/errors.ts';
import { setLocale } from '../i18n/index.ts';
import { useDesk } from './stores/desk.ts';
import { mountConsole, type OpenConsole } from './testdata/mount-console.ts';
import { ObedientHub } from './testdata/obedient-hub.ts';

let hub: ObedientHub;
let desk: OpenConsole;

const video = (cameraId: string) => ({ panel: 'video' as const, cameraId: cameraId as never, profile: 'auto' as const });
const grid = (...cameras: (string | null)[]): StillScene => ({
  kind: 'grid',
  rows: 1,
  cols: cameras.length,
  tiles: cameras.map((id) => (id === null ? null : video(id))),
});
const layout = (more: object = {}) => ({
  id: 'l1',
  name: '早高峰',
  number: null,
  scene: grid('c-A2'),
  formatVersion: 1,
  revision: 3,
  changedBy: null,
  changedAt: null,
  ...more,
});
const shows = (screenId: string) => hub.screen(screenId).scene;
const sent = (name: Parameters<ObedientHub['argsOf']>[0]) => hub.argsOf(name);

beforeEach(async () => {
  setLocale('zh-CN');
  hub = new ObedientHub();
  desk = await mountConsole(hub);
});
afterEach(() => {
  desk.page.unmount();
  vi.restoreAllMocks();
});

test('two presses of plus in a row are two steps through the list, and minus is one back', async () => {
  await desk.key('1');
  const plus = () =>
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '+', code: 'NumpadAdd', bubbles: true, cancelable: true }));
  plus();
  plus();
  await desk.settled();
  expect(shows('1')).toMatchObject({ tiles: [{ cameraId: 'c-A3' }, null, null, null] });
  await desk.key('-', { code: 'NumpadSubtract' });
  expect(shows('1')).toMatchObject({ tiles: [{ cameraId: 'c-A2' }, null, null, null] });
  expect(sent('wall.show')).toHaveLength(3);
});

describe('the way back', () => {
  test('several steps over several screens are taken back newest first, and done again', async () => {
    const before = [shows('1'), shows('2')];
    await desk.key('1');
    await desk.key('Delete');
    await desk.key(']');
    await desk.key('#', { code: 'Digit1', shiftKey: true });
    const after = [shows('1'), shows('2')];
    expect(after).not.toEqual(before);
    await desk.key('z');
    expect([shows('1'), shows('2')]).toEqual([after[0], before[1]]);
    expect(desk.notices()).toEqual(['右屏 已恢复到更改之前']);
    await desk.key('z');
    expect([shows('1'), shows('2')]).toEqual(before);
    await desk.key('Z', { shiftKey: true });
    await desk.key('Z', { shiftKey: true });
    expect([shows('1'), shows('2')]).toEqual(after);
    expect(desk.notices()).toEqual(['右屏 已重新更改']);
    await desk.key('Z', { shiftKey: true });
    expect(desk.notices()).toContain('没有可重做的更改。');
  });

  test.each([
    ['zh-CN', /^左屏 已由 li 于 \d\d:\d\d:\d\d 更改，这一步不能再撤销或重做。$/],
    ['en', /^li changed 左屏 at \d\d:\d\d:\d\d; this step cannot be undone or redone any more\.$/],
  ] as const)('what another changed since is refused, says who and when, and the step before it is next (%s)', async (locale, words) => {
    setLocale(locale);
    await desk.key(']');
    await desk.key('#', { code: 'Digit1', shiftKey: true });
    await desk.key('[');
    await desk.key('1');
    await desk.key('Delete');
    const theirs = grid('c-A3');
    hub.changedBy('li', '1', theirs);
    await desk.settled();
    await desk.key('z');
    expect(desk.notices().at(-1)).toMatch(words);
    expect(shows('1')).toEqual(theirs);
    await desk.key('z');
    expect(shows('2')).toMatchObject({ rows: 1, cols: 1 });
    await desk.key('z');
    expect(hub.argsOf('wall.show')).toHaveLength(3);
  });

  test('a step waits for the change before it: Delete and Z at once leave the screen as it was', async () => {
    const before = shows('1');
    await desk.key('1');
    void desk.key('Delete');
    await desk.key('z');
    await desk.settled();
    expect(shows('1')).toEqual(before);
  });

  test('what the line to the hub did not let through can be taken back later', async () => {
    await desk.key('1');
    await desk.key('Delete');
    const obey = hub.answer;
    hub.answer = () => problem('unavailable');
    await desk.key('z');
    expect(desk.notices()).toContain('服务暂时不可用，请稍后再试。');
    hub.answer = obey;
    await desk.key('z');
    expect(shows('1')).toMatchObject({ tiles: [{ cameraId: 'c-A1' }, null, null, null] });
  });

  test('what can never be taken back does not stand in the way of what can', async () => {
    await desk.key(']');
    await desk.key('#', { code: 'Digit1', shiftKey: true });
    await desk.key('[');
    await desk.key('1');
    await desk.key('Delete');
    const obey = hub.answer;
    hub.answer = () => problem('camera-unknown');
    await desk.key('z');
    hub.answer = obey;
    await desk.key('z');
    expect(shows('2')).toMatchObject({ rows: 1, cols: 1 });
  });

  test('a tour that was paused meanwhile can still be taken back', async () => {
    const before = shows('1');
    hub.fill('layouts', [layout({ scene: { kind: 'tour', steps: [{ scene: grid('c-A2'), dwellMs: 10_000 }] } })]);
    await desk.settled();
    await desk.page.get('[data-layout]').trigger('click');
    await desk.settled();
    await desk.page.get('[data-tour-action=pause]').trigger('click');
    await desk.settled();
    expect(shows('1')).toMatchObject({ kind: 'tour', pausedAt: hub.now });
    await desk.key('z', {}, document.body);
    expect(shows('1')).toEqual(before);
  });
});

test('a screen without tiles is not the end of the walk from screen to screen', async () => {
  hub.changedBy('li', '2', { kind: 'free', tiles: [] });
  await desk.settled();
  await desk.key(']');
  expect([useDesk().screenId, useDesk().tileId]).toEqual(['2', null]);
  await desk.key(']');
  expect(useDesk().screenId).toBe('1');
});

describe('the key line', () => {
  const line = () => desk.page.find('.key-line .keyed').text();
  test('takes every key while it is open: nothing of the wall is emptied, filled or opened behind it', async () => {
    await desk.key('1');
    const before = shows('1');
    await desk.key('n');
    await desk.key('1');
    for (const name of ['Delete', 'f', 'p', 'ArrowRight']) await desk.key(name);
    expect([line(), shows('1'), useDesk().overlay, useDesk().tileId]).toEqual(['1', before, null, 'g-0-0']);
    await desk.key('Escape');
    expect(desk.page.find('.key-line').exists()).toBe(false);
  });

  test('the 8 of a keypad without Num Lock is an 8, also on an empty line', async () => {
    await desk.key('n');
    await desk.key('ArrowUp', { code: 'Numpad8' });
    expect(line()).toBe('8');
  });
});

test('of two tiles on two screens that cannot change places none is offered to be put there alone', async () => {
  await desk.key('1');
  await desk.key('x');
  await desk.key(']');
  const before = shows('1');
  const obey = hub.answer;
  hub.answer = (name, args) => {
    if (name !== 'wall.show') return obey(name, args);
    hub.answer = obey;
    hub.changedBy('li', '2', grid('c-A3'));
    return obey(name, args);
  };
  await desk.key('x');
  expect(desk.page.findAll('.notice .actions kbd').map((cap) => cap.text())).toEqual(['J']);
  await desk.key('w');
  expect([shows('1'), shows('2')]).toEqual([before, grid('c-A3')]);
});

describe('a tile that is gone when its turn comes', () => {
  test.each([
    ['put', '↵'],
    ['cleared', 'Delete'],
  ])('is not said to have been %s, and the screen stays as it is', async (_, press) => {
    await desk.key('4', {}, document.body);
    useDesk().cameraId = 'c-A2';
    const obey = hub.answer;
    // Somebody gives the screen another shape in the moment in which the key is pressed.
    hub.answer = (name, args) => {
      if (name !== 'wall.show') return obey(name, args);
      hub.answer = obey;
      hub.changedBy('li', '1', grid('c-A3'));
      return obey(name, args);
    };
    await desk.key(press === '↵' ? 'Enter' : press, {}, document.body);
    await desk.key('w', {}, document.body);
    expect(shows('1')).toEqual(grid('c-A3'));
    expect(desk.notices().at(-1)).toBe('没有这个窗格');
    expect(sent('wall.show')).toHaveLength(1);
  });
});

describe('a preset', () => {
  const preset = () => ({
    id: 'p1',
    name: '全景',
    number: 7,
    wallId: 'main',
    screens: [
      { screenId: '1', scene: grid('c-A3') },
      { screenId: '2', scene: grid('c-A2', null) },
    ],
    spanning: [{ tileId: 'x', rect: { x: 0, y: 0, width: 100, height: 100 }, panel: { panel: 'clock' as const } }],
    revision: 1,
    changedBy: 'li',
    changedAt: 1,
  });
  beforeEach(async () => {
    hub.presets = [preset() as never];
    hub.fill('presets', [preset()]);
    await desk.settled();
  });

  test('is one step: all its screens and the tiles over them come back', async () => {
    const before = [shows('1'), shows('2'), hub.wall.spanning];
    await desk.page.get('[data-preset]').trigger('click');
    await desk.settled();
    expect([shows('1'), shows('2')]).toEqual([grid('c-A3'), grid('c-A2', null)]);
    expect(desk.notices()).toEqual(['预案“全景”已放到大屏']);
    await desk.key('z', {}, document.body);
    expect([shows('1'), shows('2'), hub.wall.spanning]).toEqual(before);
    expect(desk.notices()).toEqual(['3 块屏已恢复到更改之前']);
    await desk.key('Z', { shiftKey: true }, document.body);
    expect([shows('1'), shows('2')]).toEqual([grid('c-A3'), grid('c-A2', null)]);
  });

  test('of which somebody changed a screen since comes back on the others', async () => {
    const before = shows('1');
    await desk.page.get('[data-preset]').trigger('click');
    await desk.settled();
    hub.changedBy('li', '2', grid(null));
    await desk.settled();
    await desk.key('z', {}, document.body);
    expect([shows('1'), shows('2')]).toEqual([before, grid(null)]);
    expect(desk.notices().join()).toMatch(/右屏 已由 li 于 .* 更改/);
    await desk.key('z', {}, document.body);
    expect(desk.notices()).toContain('没有可撤销的更改。');
  });

  test('says which screens were passed over, and why', async () => {
    hub.heldBy = { '2': 'li' };
    await desk.page.get('[data-preset]').trigger('click');
    await desk.settled();
    expect(desk.notices()).toEqual(['预案“全景”只放上了一部分。']);
    expect(desk.page.get('.notice').text()).toContain('右屏：由 li 占用，未改动');
    setLocale('en');
    await desk.settled();
    expect(desk.page.get('.notice').text()).toContain('Only a part of preset “全景” is on the wall.');
  });
});

describe('a conflict', () => {
  /** Somebody else changes a screen, and this desk does not know it yet. */
  async function meet(): Promise<void> {
    await desk.key('1');
    const { change } = hub;
    hub.change = () => {};
    hub.changedBy('li', '1', { kind: 'grid', rows: 2, cols: 2, tiles: [video('c-A1'), video('c-A3'), null, null] });
    hub.change = change;
    await desk.key('Delete');
    hub.change('walls', { main: hub.wall as never });
    await desk.settled();
  }

  test('says who changed what and when, and shows the screen on J', async () => {
    await meet();
    const notice = desk.page.get('.notice').text();
    expect(notice).toMatch(/li 于 \d\d:\d\d:\d\d 已作修改，您的修改未生效。/);
    expect(notice).toContain('A3');
    await desk.key(']');
    await desk.key('j', {}, document.body);
    expect(useDesk().screenId).toBe('1');
    expect(desk.page.find('.notice').exists()).toBe(false);
  });

  test('is overcome on W: the change is made on what the other one left', async () => {
    await meet();
    await desk.key('w', {}, document.body);
    expect(shows('1')).toMatchObject({ tiles: [null, { cameraId: 'c-A3' }, null, null] });
    expect(desk.notices()).toEqual(['左屏 第 1 格已清空']);
  });

  test('its keys are letters in a text field', async () => {
    await meet();
    await desk.key('/');
    await desk.key('w');
    expect(shows('1')).toMatchObject({ tiles: [{ cameraId: 'c-A1' }, { cameraId: 'c-A3' }, null, null] });
  });

  test('on a held screen leads to who holds it', async () => {
    hub.answer = () => problem('wall-held', { by: 'li', reason: '演练', until: hub.now + 60_000, holdId: 'h1' });
    await desk.key('1');
    await desk.key('Delete');
    expect(desk.notices()).toEqual(['li 正占用这块屏（演练），未作改动。']);
    await desk.page.get('.notice .button').trigger('click');
    expect(useDesk().overlay).toBe('hold');
  });
});

describe('a saved layout on a screen', () => {
  test('is known by its id and version, and a newer version is one press away', async () => {
    hub.fill('layouts', [layout()]);
    await desk.settled();
    await desk.page.get('[data-layout]').trigger('click');
    await desk.settled();
    expect(sent('wall.show')[0]).toMatchObject({ layout: { id: 'l1', revision: 3 } });
    expect(desk.card('1')).toContain('早高峰 第 3 版');
    hub.change('layouts', { l1: layout({ revision: 4, number: 12 }) });
    await desk.settled();
    expect(desk.page.find('[data-newer]').exists()).toBe(false);
    hub.change('layouts', { l1: layout({ revision: 5, scene: grid('c-A2', 'c-A3') }) });
    await desk.settled();
    expect(desk.page.get('[data-newer]').text()).toContain('显示第 5 版');
    await desk.key('k', {}, document.body);
    expect(shows('1')).toEqual(grid('c-A2', 'c-A3'));
    expect(desk.card('1')).toContain('早高峰 第 5 版');
    expect(desk.page.find('[data-newer]').exists()).toBe(false);
  });

  test('is not claimed once a tile of it was changed', async () => {
    hub.fill('layouts', [layout()]);
    await desk.settled();
    await desk.page.get('[data-layout]').trigger('click');
    await desk.settled();
    await desk.key('1', {}, document.body);
    await desk.key('Delete');
    expect(sent('wall.show')[1]).not.toHaveProperty('layout');
    expect(desk.card('1')).not.toContain('早高峰');
  });

  test('one that stands for its shape is not what the screen shows then', async () => {
    hub.fill('layouts', [layout({ scene: { kind: 'grid', rows: 5, cols: 1, tiles: [null, null, null, null, null] } })]);
    await desk.settled();
    await desk.page.get('[data-layout]').trigger('click');
    await desk.settled();
    expect(sent('wall.show')[0]).not.toHaveProperty('layout');
    expect(shows('1')).toMatchObject({ rows: 5, tiles: [{ cameraId: 'c-A1' }, null, null, null, null] });
  });
});

describe('the number of a layout', () => {
  const input = () => desk.page.find<HTMLInputElement>('.number-input');
  beforeEach(async () => {
    hub.fill('layouts', [layout(), layout({ id: 'l2', name: '夜间', number: 4 })]);
    await desk.settled();
  });

  test('is written in its place with F2, and saved with Enter', async () => {
    desk.page.get<HTMLElement>('[data-layout=l1]').element.focus();
    await desk.key('F2');
    await input().setValue('12');
    await desk.page.get('.numbering').trigger('submit');
    await flushPromises();
    expect(sent('layout.save')).toEqual([{ layoutId: 'l1', baseRevision: 3, name: '早高峰', number: 12, scene: grid('c-A2') }]);
    expect(input().exists()).toBe(false);
  });

  test('one that is taken is refused with its owner; Esc leaves it as it was', async () => {
    desk.page.get<HTMLElement>('[data-layout=l1]').element.focus();
    await desk.key('F2');
    await input().setValue('4');
    await desk.page.get('.numbering').trigger('submit');
    expect(desk.notices()).toEqual(['这个编号已属于“夜间”。']);
    await desk.key('Escape', {}, input().element);
    expect([sent('layout.save'), input().exists()]).toEqual([[], false]);
  });
});

describe('a tour', () => {
  const step = (cameraId: string): { scene: Scene; dwellMs: number } => ({ scene: grid(cameraId), dwellMs: 10_000 });
  const runs = async (more: object = {}) => {
    hub.changedBy('li', '1', { kind: 'tour', steps: [step('c-A1'), step('c-A2')], startedAt: hub.now - 2500, ...more } as Scene);
    await desk.settled();
  };
  const bar = () => desk.page.get('[data-tour] .bar > span').attributes('style');

  test('shows its step and how far it is; it is paused, stepped and goes on by buttons', async () => {
    await runs();
    expect(desk.card('1')).toContain('轮巡 1/2，8 秒 后切换');
    expect(bar()).toContain('25%');
    for (const action of ['next', 'pause', 'pause', 'previous']) {
      await desk.page.get(`[data-tour-action=${action}]`).trigger('click');
      await desk.settled();
    }
    expect(sent('tour.control').map(({ action }) => action)).toEqual(['next', 'pause', 'resume', 'previous']);
  });

  test.each([
    ['zh-CN', '轮巡 1/2，已暂停'],
    ['en', 'Tour 1/2, paused'],
  ] as const)('paused it says so, with a shape (%s)', async (locale, words) => {
    setLocale(locale);
    await runs({ pausedAt: hub.now });
    expect(desk.card('1')).toContain(words);
    expect(desk.page.find('[data-tour] .pause').exists()).toBe(true);
  });

  test('is put in order by keys, each step with its own time, once or again and again', async () => {
    hub.fill('layouts', [
      layout(),
      layout({ id: 'l2', name: '夜间', scene: grid('c-A3') }),
      layout({ id: 'l3', name: '空', scene: grid(null) }),
    ]);
    await desk.key('r');
    const offered = desk.page.findAll('dialog [data-offered]');
    expect(offered).toHaveLength(2);
    await desk.key('ArrowDown');
    expect(document.activeElement).toBe(offered[1]!.element);
    await desk.page.get('dialog [data-offered=l1]').trigger('click');
    await desk.page.get('dialog [data-offered=l2]').trigger('click');
    await desk.page.get('dialog [data-offered=l2]').trigger('click');
    const first = desk.page.get<HTMLElement>('dialog [data-step="1"]');
    first.element.focus();
    await desk.key('ArrowDown', { shiftKey: true });
    await desk.key('ArrowDown');
    await desk.key('Delete');
    expect(desk.page.findAll('dialog [data-step] .name').map((name) => name.text())).toEqual(['夜间', '早高峰']);
    await desk.page.get('dialog [data-step="2"] input').setValue(40);
    await desk.page.get('dialog input[name=loop]').setValue(false);
    await desk.key('Enter', { ctrlKey: true }, offered[1]!.element);
    await desk.settled();
    expect(sent('wall.show')[0]).toMatchObject({
      scene: {
        kind: 'tour',
        loop: false,
        steps: [
          { dwellMs: 15_000, scene: { tiles: [{ cameraId: 'c-A3' }] } },
          { dwellMs: 40_000, scene: { tiles: [{ cameraId: 'c-A2' }] } },
        ],
      },
    });
    expect(desk.page.find('dialog').exists()).toBe(false);
  });

  test('is saved as a layout with a number', async () => {
    await runs();
    await desk.key('r');
    expect(desk.page.findAll('dialog [data-step]')).toHaveLength(2);
    await desk.page.findAll('dialog footer button')[1]!.trigger('click');
    await desk.page.get('dialog input[name=name]').setValue('巡查');
    await desk.page.get('dialog input[name=number]').setValue('9');
    await desk.page.get('dialog form').trigger('submit');
    await desk.settled();
    expect(sent('layout.save')).toMatchObject([{ name: '巡查', number: 9, scene: { kind: 'tour', steps: [step('c-A1'), step('c-A2')] } }]);
  });

  test('that is refused says why in its dialog, and what was put together stays', async () => {
    await runs();
    await desk.key('r');
    hub.answer = () => problem('wall-held', { by: 'li', reason: '演练', until: 0, holdId: 'h' });
    await desk.page.get('dialog form').trigger('submit');
    await desk.settled();
    expect(desk.page.get('dialog [role=alert]').text()).toBe('li 正占用这块屏（演练），未作改动。');
    expect(desk.page.findAll('dialog [data-step]')).toHaveLength(2);
  });
});
