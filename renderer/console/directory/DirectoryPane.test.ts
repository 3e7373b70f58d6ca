import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia, type Pinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextTick } from 'vue';
import { problem } from '../../../main/contract/errors.ts';
import { i18n, setLocale } from '../../i18n/index.ts';
import { hubKey } from '../../stores/hub.ts';
import Console from '../Console.vue';
import { deskDragType, readDeskDrag } from '../drag/desk-drag.ts';
import { useDesk } from '../stores/desk.ts';
import { cameraRow, FakeHub, twoScreenWall } from '../testdata/fake-hub.ts';

let hub: FakeHub;
let pinia: Pinia;
let page: VueWrapper;

const place = (code: string, name: string, parent: string | null) => ({ code, name, nameEn: null, parent });
const offline = { state: 'offline', at: 1, by: 'relay', reason: 'source-failed' };

async function open(): Promise<void> {
  page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
  hub.fill(
    'districts',
    [
      place('320282', '宜兴市', null),
      place('3202821', '城区', '320282'),
      place('320282101', '宜城街道', '3202821'),
      place('320282102', '丁蜀镇', '320282'),
    ],
    (item) => String(item['code']),
  );
  hub.fill('cameras', [
    cameraRow('A1', { name: '东仓大道', groups: ['公安', '交警'] }),
    cameraRow('A2', { name: '东山公园', groups: ['公安'], status: offline }),
    cameraRow('B1', { name: '陶瓷城', groups: ['交警'], district: '320282102' }),
    cameraRow('B2', { name: '东坡书院', district: '320282102' }),
  ]);
  hub.fill('layouts', []);
  hub.fill('walls', [twoScreenWall()]);
  await flushPromises();
}

beforeEach(async () => {
  localStorage.clear();
  setLocale('zh-CN');
  history.replaceState(null, '', '/console');
  pinia = createPinia();
  setActivePinia(pinia);
  // Nothing has a size without a layout engine; rows and tiles need one to be drawn.
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(400);
  hub = new FakeHub();
  await open();
});
afterEach(() => {
  page.unmount();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function key(
  name: string,
  more: KeyboardEventInit = {},
  target: EventTarget = document.activeElement ?? document.body,
): Promise<void> {
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : name === '/' ? 'Slash' : name;
  target.dispatchEvent(new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true, ...more }));
  await flushPromises();
  await nextTick();
}
const rows = () => page.findAll('.camera');
const names = () => rows().map((row) => row.get('.name').text());
const selected = () => page.findAll('.camera[aria-selected=true]').map((row) => row.get('.name').text());
const row = (name: string) => rows().find((one) => one.get('.name').text() === name)!;
const treeRow = (code: string) => page.get(`[role=treeitem][data-code=${JSON.stringify(code)}]`);
const tree = () => page.get<HTMLElement>('[role=tree]');
const treeNames = () => page.findAll('[role=treeitem]').map((one) => one.get('.name').text());
const list = () => page.get<HTMLElement>('[role=listbox]');
const listing = async (name: string) => page.get(`[data-listing=${name}]`).trigger('click');
const summary = () => page.get('.found [role=status]').text();
const shows = () => hub.argsOf('wall.show');
/** A hub that puts on the screen what it is told. */
function obey(): void {
  hub.answer = (name, args) => {
    if (name !== 'wall.show') return {};
    const wall = twoScreenWall() as { screens: Record<string, unknown>[] };
    const screens = wall.screens.map((one) => (one['id'] === args['screenId'] ? { ...one, scene: args['scene'], revision: 8 } : one));
    hub.change('walls', { main: { ...wall, screens } });
    return { revision: 8 };
  };
}

describe('finding', () => {
  test('by the initials of a name, with the best first', async () => {
    await key('/');
    await page.get<HTMLInputElement>('[role=combobox]').setValue('ds');
    expect(names()).toEqual(['东山公园']);
    await page.get<HTMLInputElement>('[role=combobox]').setValue('dcdd');
    expect(names()).toEqual(['东仓大道']);
    await key('Enter');
    expect(useDesk().cameraId).toBe('c-A1');
  });

  test('as long as not all cameras are there nothing is counted', async () => {
    page.unmount();
    hub = new FakeHub();
    page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
    hub.fill('districts', [place('320282', '宜兴市', null)], (item) => String(item['code']));
    hub.fill('layouts', []);
    hub.fill('walls', [twoScreenWall()]);
    await flushPromises();
    const counted = () => [page.get('.state strong').text(), page.findAll('[role=treeitem] .total').map((total) => total.text())];
    expect(counted()).toEqual(['…', []]);
    hub.fill('cameras', [cameraRow('A1', {})]);
    await flushPromises();
    expect(counted()).toEqual(['1', ['1']]);
  });

  test('Esc leaves the search, whose results stay for the keys of the desk; once more, and all cameras are back', async () => {
    useDesk().selectTile('main', '1', 'g-0-0');
    await key('/');
    await page.get<HTMLInputElement>('[role=combobox]').setValue('ds');
    await key('ArrowDown');
    await key('Escape');
    expect([document.activeElement, names()]).toEqual([document.body, ['东山公园']]);
    await key('n');
    await key('.');
    expect(page.get('.key-line').text()).toContain('.');
    await key('Escape');
    await key('Escape');
    expect([useDesk().cameraId, useDesk().searchText, useDesk().tileId]).toEqual(['c-A2', '', 'g-0-0']);
  });

  test('Enter that is held down puts one camera on one tile, and does not go on from tile to tile', async () => {
    useDesk().selectTile('main', '1', 'g-0-0');
    await key('/');
    await key('Enter');
    for (let n = 0; n < 3; n += 1) await key('Enter', { repeat: true });
    expect(hub.argsOf('wall.show')).toHaveLength(1);
  });

  test('key Q goes from list to list and round again', async () => {
    const pressed = () => page.get('.listing[aria-pressed=true]').text();
    const seen = [pressed()];
    for (let times = 0; times < 4; times += 1) {
      await key('q');
      seen.push(pressed());
    }
    expect(seen).toEqual(['区划', '分组', '收藏', '最近', '区划']);
    expect(page.get('.listings kbd').text()).toBe('Q');
  });

  test('names of any kind stand for themselves, and titles keep their direction', async () => {
    const name = 'מצלמה 👮‍♀️ ' + '很长'.repeat(50);
    hub.change('cameras', { 'c-A1': cameraRow('A1', { name }) });
    hub.change('districts', { '320282102': place('320282102', 'حي الفخار', '320282') });
    await flushPromises();
    expect(row(name).get('bdi.name').text()).toBe(name);
    expect(treeRow('320282102').attributes('title')).toMatch(/^\u2068حي الفخار\u2069: 2 台/);
  });
});

describe('the tree of districts', () => {
  test('is open down to the first choice; arrows walk, open and close; Enter filters', async () => {
    expect(treeNames()).toEqual(['宜兴市', '城区', '丁蜀镇']);
    tree().element.focus();
    await key('ArrowDown');
    expect(tree().attributes('aria-activedescendant')).toBe(treeRow('3202821').attributes('id'));
    expect(treeRow('3202821').attributes('aria-expanded')).toBe('false');
    await key('ArrowRight');
    expect(treeNames()).toEqual(['宜兴市', '城区', '宜城街道', '丁蜀镇']);
    await key('ArrowRight');
    await key('Enter');
    expect(useDesk().district).toBe('320282101');
    expect(names()).toEqual(['东仓大道', '东山公园']);
    expect(treeRow('320282101').attributes()).toMatchObject({
      'aria-level': '3',
      'aria-setsize': '1',
      'aria-posinset': '1',
      'aria-selected': 'true',
    });
    await key('ArrowLeft');
    await key('ArrowLeft');
    expect(treeNames()).toEqual(['宜兴市', '城区', '丁蜀镇']);
    await key('Home');
    await key(' ');
    expect(useDesk().district).toBe('');
    expect(shows(), 'no key of the tree is also one of the desk').toEqual([]);
  });

  test('counts online, offline and unknown, and follows a status', async () => {
    expect(treeRow('3202821').attributes('title')).toContain('2 台，在线 1，离线 1，未知 0');
    hub.change('cameras', { 'c-A2': cameraRow('A2', { name: '东山公园', groups: ['公安'] }) });
    await flushPromises();
    expect(treeRow('3202821').attributes('title')).toContain('2 台，在线 2，离线 0，未知 0');
  });

  test('how long opening takes is measured until it is drawn', async () => {
    performance.clearMeasures('taodu:tree-expand');
    await treeRow('3202821').get('.fold').trigger('click');
    expect(treeNames()).toContain('宜城街道');
    await vi.waitUntil(() => performance.getEntriesByName('taodu:tree-expand').length === 1);
    const { detail } = performance.getEntriesByName('taodu:tree-expand')[0] as PerformanceMeasure;
    expect(detail).toMatchObject({ rows: 4 });
    expect(useDesk().district, 'opening is not choosing').toBe('');
  });

  test('what is open stays open while another list is looked at', async () => {
    await treeRow('3202821').get('.fold').trigger('click');
    await listing('recent');
    expect(page.find('[role=tree]').exists()).toBe(false);
    await listing('district');
    expect(treeNames()).toContain('宜城街道');
  });

  test('ten thousand places are not ten thousand rows', async () => {
    const many = Array.from({ length: 10_000 }, (_, nth) => place(`320283${String(nth).padStart(5, '0')}`, `村 ${nth}`, '320282'));
    hub.fill('districts', many, (item) => String(item['code']));
    await flushPromises();
    expect(page.findAll('[role=treeitem]').length).toBeLessThan(60);
    expect(treeRow('3202821').attributes('aria-setsize')).toBe('10002');
  });
});

describe('the groups', () => {
  test('each with its cameras, those in none last', async () => {
    await listing('group');
    expect(treeNames()).toEqual(['全部分组', '公安', '交警', '未分组']);
    expect(tree().attributes('aria-label')).toBe('分组');
    await treeRow('交警').trigger('click');
    expect(names()).toEqual(['东仓大道', '陶瓷城']);
    expect(page.get('.state strong').text()).toBe('2');
    await page.findAll('[role=treeitem]').at(-1)!.trigger('click');
    expect(names()).toEqual(['东坡书院']);
    await listing('district');
    expect(names(), 'a group does not narrow the districts').toHaveLength(4);
  });

  test('whoever is limited to groups sees his', async () => {
    page.unmount();
    hub = new FakeHub();
    hub.who = { scope: { districts: '*', groups: ['交警'] } };
    await open();
    await listing('group');
    expect(treeNames()).toEqual(['全部分组', '交警']);
  });
});

describe('favourites', () => {
  test('are empty at first, and the list says how to fill it', async () => {
    await listing('favourites');
    expect(page.get('[data-empty=favourites]').text()).toContain('按 B 键');
  });

  test('key B keeps the chosen camera and drops it again; the stars follow', async () => {
    await key('b');
    expect(page.get('.notice').text()).toContain('请先选择一台摄像机');
    await row('陶瓷城').trigger('click');
    await key('b');
    expect(hub.favourites).toEqual(['c-B1']);
    expect(row('陶瓷城').get('.star').attributes('aria-pressed')).toBe('true');
    expect(page.get('.facts .star').attributes('aria-pressed')).toBe('true');
    await listing('favourites');
    expect(names()).toEqual(['陶瓷城']);
    expect(page.get('.state strong').text()).toBe('1');
    await key('b');
    expect(hub.favourites).toEqual([]);
    expect(page.find('[data-empty=favourites]').exists()).toBe(true);
  });

  test('stand in their own order, also by a click on a star', async () => {
    await row('东坡书院').get('.star').trigger('click');
    await row('东仓大道').get('.star').trigger('click');
    await flushPromises();
    expect(useDesk().cameraId, 'a star does not choose').toBeNull();
    await listing('favourites');
    expect(names()).toEqual(['东坡书院', '东仓大道']);
    await page.get<HTMLInputElement>('[role=combobox]').setValue('陶');
    expect(page.get('[data-empty]').text()).toContain('没有符合条件的摄像机');
    await page.get('[data-empty] .button').trigger('click');
    expect(names(), 'in all cameras').toEqual(['陶瓷城']);
  });

  test('that cannot be loaded say so and can be asked for again', async () => {
    page.unmount();
    hub = new FakeHub();
    hub.refuseFavourites = problem('unavailable');
    await open();
    await listing('favourites');
    await flushPromises();
    expect(page.get('[data-empty=favourites-refused]').text()).toContain('收藏无法载入');
    hub.refuseFavourites = null;
    hub.favourites = ['c-A1'];
    await page.get('[data-empty] .button').trigger('click');
    await flushPromises();
    expect(names()).toEqual(['东仓大道']);
  });

  test('are not offered to whoever may not use them', async () => {
    page.unmount();
    hub = new FakeHub();
    hub.permissions = ['camera.view', 'wall.view', 'stream.view'];
    await open();
    expect(page.findAll('.listing').map((one) => one.text())).toEqual(['区划', '分组', '最近']);
    expect(page.find('.star').exists()).toBe(false);
    expect(hub.favouritesAsked).toBe(0);
  });
});

describe('recent cameras', () => {
  test('are empty at first, then what was looked at, and nothing after logging out', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await listing('recent');
    expect(page.get('[data-empty=recent]').text()).toContain('最多 30 台');
    await listing('district');
    await row('陶瓷城').trigger('click');
    await vi.advanceTimersByTimeAsync(2000);
    await row('东仓大道').trigger('click');
    await vi.advanceTimersByTimeAsync(2000);
    await listing('recent');
    expect(names()).toEqual(['东仓大道', '陶瓷城']);
    await row('陶瓷城').trigger('click');
    await vi.advanceTimersByTimeAsync(2000);
    expect(names(), 'nothing jumps under the pointer').toEqual(['东仓大道', '陶瓷城']);
    await key('q');
    await listing('recent');
    expect(names()).toEqual(['陶瓷城', '东仓大道']);
    await key('Q', { shiftKey: true });
    expect(localStorage.getItem('taodu.recent')).toBeNull();
  });

  test('a camera that is put on a wall is one at once', async () => {
    obey();
    await page.get('[data-screen="1"] [data-tile="g-0-1"]').trigger('click');
    await row('东坡书院').trigger('click');
    await row('东坡书院').trigger('dblclick');
    await vi.waitUntil(() => localStorage.getItem('taodu.recent')?.includes('c-B2'));
    expect(shows()).toHaveLength(1);
  });
});

describe('choosing several', () => {
  test('with Ctrl and a click, with Shift and a click, and back to one', async () => {
    await row('东仓大道').trigger('click');
    await row('陶瓷城').trigger('click', { ctrlKey: true });
    expect(selected()).toEqual(['东仓大道', '陶瓷城']);
    expect(summary()).toBe('已选 2 台');
    await row('东坡书院').trigger('click', { shiftKey: true });
    expect(selected()).toEqual(['陶瓷城', '东坡书院']);
    expect(useDesk().cameraId).toBe('c-B2');
    await row('东山公园').trigger('click');
    expect(selected()).toEqual(['东山公园']);
    expect(summary()).toBe('4 台');
  });

  test('with Shift and the arrows, from the search box and from the list', async () => {
    await key('/');
    await key('ArrowDown');
    await key('ArrowDown', { shiftKey: true });
    await key('ArrowDown', { shiftKey: true });
    expect(selected()).toEqual(['东仓大道', '东山公园', '陶瓷城']);
    await key('ArrowUp', { shiftKey: true });
    expect(selected()).toEqual(['东仓大道', '东山公园']);
    list().element.focus();
    await key('a', { ctrlKey: true });
    expect(selected()).toHaveLength(4);
    await key('Escape');
    expect(useDesk().choice.ids).toEqual([]);
    expect(document.activeElement).toBe(list().element);
    await key(' ');
    expect(useDesk().choice.ids).toEqual(['c-A2']);
  });

  test('Fill takes what is chosen, and the list when there is nothing to choose from', async () => {
    await page.get('[data-screen="1"] [data-tile="g-0-1"]').trigger('click');
    await row('陶瓷城').trigger('click');
    await row('东山公园').trigger('click', { ctrlKey: true });
    obey();
    await key('f');
    const cameras = (shows()[0]!['scene'] as { tiles: ({ cameraId: string } | null)[] }).tiles.map((tile) => tile?.cameraId ?? null);
    expect(cameras).toEqual(['c-A1', 'c-A2', 'c-B1', null]);
  });

  test('another search is another choice', async () => {
    await row('东仓大道').trigger('click');
    await row('东山公园').trigger('click', { shiftKey: true });
    expect(useDesk().choice.ids).toHaveLength(2);
    await page.get<HTMLInputElement>('[role=combobox]').setValue('东');
    expect(useDesk().choice.ids).toEqual([]);
    await row('东仓大道').trigger('click');
    await row('东山公园').trigger('click', { shiftKey: true });
    hub.change('cameras', { 'c-A2': null });
    await flushPromises();
    expect(useDesk().choice.ids, 'a camera that is no more is not chosen').toEqual(['c-A1']);
  });
});

describe('dragging', () => {
  function dragged(from: { readonly element: Element }) {
    const data = new Map<string, string>();
    const transfer = {
      types: [],
      setData: (type: string, text: string) => void data.set(type, text),
      getData: (type: string) => data.get(type) ?? '',
    };
    const event = new Event('dragstart', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: transfer });
    from.element.dispatchEvent(event);
    return { drag: readDeskDrag(transfer as never), types: [...data.keys()], refused: event.defaultPrevented };
  }

  test('a row is its camera; a row among several chosen is all of them', async () => {
    expect(row('陶瓷城').attributes('draggable')).toBe('true');
    expect(dragged(row('陶瓷城'))).toEqual({ drag: { kind: 'camera', cameraId: 'c-B1' }, types: [deskDragType], refused: false });
    await row('东仓大道').trigger('click');
    await row('陶瓷城').trigger('click', { ctrlKey: true });
    expect(dragged(row('陶瓷城')).drag).toEqual({ kind: 'cameras', title: '2 台', cameraIds: ['c-A1', 'c-B1'] });
    expect(dragged(row('东坡书院')).drag, 'one that is not chosen goes alone').toEqual({ kind: 'camera', cameraId: 'c-B2' });
  });

  test('a district and a group are their cameras, whatever is searched for', async () => {
    await page.get<HTMLInputElement>('[role=combobox]').setValue('没有');
    expect(dragged(treeRow('320282102')).drag).toEqual({ kind: 'cameras', title: '丁蜀镇', cameraIds: ['c-B1', 'c-B2'] });
    await listing('group');
    expect(dragged(treeRow('交警')).drag).toEqual({ kind: 'cameras', title: '交警', cameraIds: ['c-A1', 'c-B1'] });
    expect(dragged(treeRow('')).drag).toMatchObject({ title: '全部分组', cameraIds: { length: 4 } });
  });

  test('a place without a camera is not dragged', async () => {
    hub.change('districts', { '320282103': place('320282103', '新镇', '320282') });
    await flushPromises();
    expect(dragged(treeRow('320282103'))).toMatchObject({ drag: null, refused: true });
  });
});
