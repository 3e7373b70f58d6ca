import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia, type Pinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextTick } from 'vue';
import { problem } from '../../../main/contract/errors.ts';
import { i18n, setLocale } from '../../i18n/index.ts';
import { hubKey } from '../../stores/hub.ts';
import Console from '../Console.vue';
import { deskDragType, setDeskDrag, type DeskDrag } from '../drag/desk-drag.ts';
import { useDesk } from '../stores/desk.ts';
import { cameraRow, FakeHub, shownWell, twoScreenWall } from '../testdata/fake-hub.ts';

let hub: FakeHub;
let pinia: Pinia;
let page: VueWrapper;
let urls: Set<string>;
/** What `wall.preview` answers, by screen. */
let previews: Record<string, unknown>;

const jpeg = btoa('a small picture');
const video = (cameraId: string) => ({ panel: 'video', cameraId, profile: 'auto' });

/** A hub that does what it is told with the one wall that there is. */
function obey(): void {
  let revision = 7;
  let wall = structuredClone(twoScreenWall()) as { screens: Record<string, unknown>[]; spanning: unknown[]; revision: number };
  hub.answer = (name, args) => {
    if (name === 'wall.preview') return previews[String(args['screenId'])] ?? { picture: null };
    if (name === 'wall.show') {
      revision += 1;
      const more = { scene: args['scene'], revision, changedBy: 'wang', changedAt: hub.now };
      wall = { ...wall, screens: wall.screens.map((screen) => (screen['id'] === args['screenId'] ? { ...screen, ...more } : screen)) };
      hub.change('walls', { main: wall });
      return { revision };
    }
    if (name === 'wall.span') {
      wall = { ...wall, spanning: args['tiles'] as unknown[], revision: wall.revision + 1 };
      hub.change('walls', { main: wall });
      return { revision: wall.revision };
    }
    return {};
  };
}

beforeEach(async () => {
  setLocale('zh-CN');
  history.replaceState(null, '', '/console');
  pinia = createPinia();
  setActivePinia(pinia);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(400);
  urls = new Set();
  let made = 0;
  vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
    const url = `blob:${(made += 1)}`;
    urls.add(url);
    return url;
  });
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void urls.delete(url));
  previews = {};
  hub = new FakeHub();
  obey();
  page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
  hub.fill('districts', [{ code: '320282101', name: '宜城街道', nameEn: null, parent: null }], (item) => String(item['code']));
  hub.fill('cameras', [cameraRow('A1'), cameraRow('A2'), cameraRow('A3')]);
  hub.fill('layouts', [
    {
      id: 'l1',
      name: '早高峰',
      number: 3,
      scene: { kind: 'grid', rows: 1, cols: 1, tiles: [video('c-A2')] },
      formatVersion: 1,
      revision: 4,
      changedBy: null,
      changedAt: null,
      simulated: false,
      drill: false,
    },
  ]);
  hub.fill('presets', []);
  hub.fill('holds', []);
});
afterEach(() => {
  page.unmount();
  expect([...urls], 'every picture is given back').toEqual([]);
  vi.restoreAllMocks();
});

/** The wall comes, and with it the first question for its pictures. */
async function open(): Promise<void> {
  hub.fill('walls', [twoScreenWall()]);
  await flushPromises();
  await nextTick();
}
const screenOf = (id: string) => page.get(`[data-screen="${id}"]`);
const tileOf = (screen: string, tile: string) => page.get(`[data-screen="${screen}"] [data-tile="${tile}"]`);
const chosen = () => page.findAll('.tile.chosen').map((tile) => tile.attributes('data-tile'));
const notices = () => page.findAll('.notice').map((notice) => notice.text());
async function key(name: string, more: KeyboardEventInit = {}): Promise<void> {
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : /^\d$/.test(name) ? `Digit${name}` : name;
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true, ...more }));
  await flushPromises();
  await nextTick();
}

describe('the picture of a screen', () => {
  test('of the scene before is faint: the names over it are those of the scene that is to come', async () => {
    previews['1'] = { picture: { at: hub.now - 500, revision: 6, jpeg } };
    await open();
    expect(screenOf('1').get('img').classes('old')).toBe(true);
    expect(screenOf('1').get('[data-picture-age]').classes('old')).toBe(true);
  });

  test('lies under its tiles with its age, and with who looks written over it; a screen without one is as it was', async () => {
    previews['1'] = { picture: { at: hub.now - 2500, revision: 7, jpeg } };
    await open();
    expect(screenOf('1').get('img').attributes('alt')).toBe('左屏 的画面，2 秒 前');
    expect(screenOf('1').get('[data-picture-age]').text()).toBe('画面 2 秒 前');
    expect(screenOf('1').get('img').classes()).not.toContain('old');
    expect(screenOf('1').get('.watermark').text()).toContain('wang');
    expect(tileOf('1', 'g-0-0').classes()).toContain('pictured');
    expect(screenOf('2').find('img').exists()).toBe(false);
    expect(screenOf('2').find('.watermark').exists()).toBe(false);
    expect(tileOf('2', 'g-0-0').classes()).not.toContain('pictured');
  });

  test.each([
    [6000, false],
    [6001, true],
  ])('of %i ms ago is faint: %s', async (age, isOld) => {
    previews['1'] = { picture: { at: hub.now - age, revision: 7, jpeg } };
    await open();
    expect(screenOf('1').get('img').classes('old')).toBe(isOld);
  });

  test.each([
    ['zh-CN', '画面含权限外摄像机'],
    ['en', 'picture has cameras you may not see'],
  ] as const)('that holds what this person may not see is not shown, and that is said (%s)', async (locale, words) => {
    setLocale(locale);
    previews['1'] = problem('out-of-scope');
    await open();
    expect(screenOf('1').find('img').exists()).toBe(false);
    expect(screenOf('1').text()).toContain(words);
  });

  test('is not asked for by whoever may not control walls', async () => {
    hub.permissions = ['camera.view', 'wall.view'];
    page.unmount();
    page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
    await open();
    expect(hub.argsOf('wall.preview')).toEqual([]);
  });
});

describe('what is held', () => {
  const hold = (more: object) => ({
    id: 'h1',
    wallId: 'main',
    screenId: '1',
    tiles: null,
    userId: 'u-li',
    name: '李伟',
    priority: 4,
    reason: 'x',
    since: hub.now,
    expiresAt: hub.now + 60_000,
    restore: null,
    requests: [],
    revision: 1,
    simulated: false,
    drill: false,
    ...more,
  });
  test.each([
    ['zh-CN', '李伟 占用', '本人占用'],
    ['en', 'held by 李伟', 'held by you'],
  ] as const)('by somebody else, and by oneself, has a lock and a name (%s)', async (locale, others, own) => {
    setLocale(locale);
    hub.fill('holds', [hold({ tiles: ['g-0-1'] }), hold({ id: 'h2', screenId: '2', userId: 'u', name: 'wang' })]);
    await open();
    expect(tileOf('1', 'g-0-1').find('.lock:not(.mine)').exists()).toBe(true);
    expect(tileOf('1', 'g-0-1').attributes('aria-label')).toContain(others);
    expect(tileOf('1', 'g-0-0').find('.lock').exists()).toBe(false);
    expect(screenOf('2').get('.corner').text()).toBe(own);
    expect(screenOf('2').find('.said.mine').exists()).toBe(true);
  });
});

describe('several tiles', () => {
  beforeEach(open);

  test('are chosen with Shift and a click, and Enter lays the camera across them', async () => {
    await tileOf('1', 'g-0-0').trigger('click');
    await tileOf('2', 'g-0-0').trigger('click', { shiftKey: true });
    expect(chosen()).toEqual(['g-0-0', 'g-0-1', 'g-1-0', 'g-1-1', 'g-0-0']);
    await key('Enter');
    expect(hub.argsOf('wall.span')).toMatchObject([
      {
        wallId: 'main',
        baseRevision: 1,
        tiles: [{ tileId: 'span-1', rect: { x: 0, y: 0, width: 3840, height: 1080 }, panel: { cameraId: 'c-A1' } }],
      },
    ]);
    expect(notices().join()).toContain('A1 已跨 5 格显示');
    expect(new Set(chosen()), 'it is one tile on both screens').toEqual(new Set(['w-span-1']));
    expect(
      page.findAll('.tile').map((tile) => tile.attributes('data-tile')),
      'what lies under it is not seen',
    ).toEqual(['w-span-1', 'w-span-1']);
    await key('Delete');
    expect(hub.argsOf('wall.span').at(-1)).toMatchObject({ tiles: [] });
  });

  test('are chosen by keys across screens, and Esc goes back to one', async () => {
    await tileOf('1', 'g-0-1').trigger('click');
    await key('ArrowRight', { shiftKey: true });
    expect(chosen(), 'beside all of the other screen lie two').toEqual(['g-0-1', 'g-1-1', 'g-0-0']);
    await key('ArrowLeft', { shiftKey: true });
    expect(chosen()).toEqual(['g-0-1']);
    await key('ArrowDown', { shiftKey: true });
    expect(chosen()).toEqual(['g-0-1', 'g-1-1']);
    await key('Escape');
    expect(chosen()).toEqual(['g-0-1']);
  });

  test('are chosen by drawing over them, from beside the screens or an empty tile', async () => {
    const stage = page.get('.stage').element;
    const draw = (type: string, x: number, y: number, target: EventTarget = globalThis) =>
      target.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, button: 0, bubbles: true, pointerId: 1 }));
    (stage as HTMLElement).setPointerCapture = () => {};
    // The stage is 1200 wide: the wall of 3840 is drawn at 0.3125.
    draw('pointerdown', 310, 10, tileOf('1', 'g-0-1').element);
    draw('pointermove', 312, 10);
    expect(chosen(), 'a click is no drawing').toEqual([]);
    draw('pointermove', 310, 300);
    draw('pointerup', 310, 300);
    await nextTick();
    expect(chosen()).toEqual(['g-0-1', 'g-1-1']);
    draw('pointermove', 610, 10);
    await nextTick();
    expect(chosen(), 'it has ended').toEqual(['g-0-1', 'g-1-1']);
  });

  test('a tile with a picture is picked up and not drawn over', async () => {
    const tile = tileOf('1', 'g-0-0');
    expect(tile.attributes('draggable')).toBe('true');
    tile.element.dispatchEvent(new PointerEvent('pointerdown', { clientX: 10, clientY: 10, button: 0, bubbles: true }));
    globalThis.dispatchEvent(new PointerEvent('pointermove', { clientX: 310, clientY: 10, bubbles: true }));
    globalThis.dispatchEvent(new PointerEvent('pointerup', { clientX: 310, clientY: 10, bubbles: true }));
    await nextTick();
    expect(chosen()).toEqual([]);
  });
});

describe('dropped on the wall', () => {
  beforeEach(open);

  /** What a browser keeps of a drag: it is not to be read while it is over something. */
  const transferOf = (drag: DeskDrag | null) => {
    const data = new Map<string, string>();
    const transfer = {
      effectAllowed: 'uninitialized',
      dropEffect: 'none',
      get types() {
        return [...data.keys()];
      },
      getData: (type: string) => data.get(type) ?? '',
      setData: (type: string, text: string) => void data.set(type, text),
    };
    if (drag) setDeskDrag(transfer as never, drag);
    return transfer;
  };
  const fire = async (target: EventTarget, type: string, dataTransfer: unknown) => {
    const event = new Event(type, { bubbles: true, cancelable: true });
    Object.assign(event, { dataTransfer });
    target.dispatchEvent(event);
    await flushPromises();
    await nextTick();
    return event;
  };
  /** Picks something up elsewhere on the page, and takes it over a tile. */
  const over = async (drag: DeskDrag, screen: string, tile: string) => {
    const transfer = transferOf(drag);
    const source = document.createElement('div');
    document.body.append(source);
    await fire(source, 'dragstart', transfer);
    source.remove();
    const event = await fire(tileOf(screen, tile).element, 'dragover', { ...transfer, types: [deskDragType], getData: () => '' });
    return { transfer, words: page.find('.drop-words').exists() ? page.get('.drop-words').text() : null, taken: event.defaultPrevented };
  };
  const drop = (transfer: unknown, screen: string, tile: string) => fire(tileOf(screen, tile).element, 'drop', transfer);

  test('a camera goes on the tile that the mark names', async () => {
    const { transfer, words, taken } = await over({ kind: 'camera', cameraId: 'c-A2' as never }, '2', 'g-0-0');
    expect([words, taken]).toEqual(['A2 放到 2 · 1', true]);
    await drop(transfer, '2', 'g-0-0');
    expect(hub.argsOf('wall.show')).toMatchObject([{ screenId: '2', scene: { tiles: [video('c-A2')] }, baseRevision: 7 }]);
    expect(page.find('.drop').exists()).toBe(false);
  });

  test('several cameras fill from the tile on', async () => {
    const drag: DeskDrag = { kind: 'cameras', title: '宜城街道', cameraIds: ['c-A2', 'c-A3', 'c-A1', 'c-A2'] as never };
    const { transfer, words } = await over(drag, '1', 'g-0-1');
    expect(words).toBe('“宜城街道”3 路放到 1 · 2 起');
    await drop(transfer, '1', 'g-0-1');
    expect(hub.argsOf('wall.show')).toMatchObject([{ scene: { tiles: ['c-A1', 'c-A2', 'c-A3', 'c-A1'].map(video) } }]);
  });

  test('a layout goes on the screen', async () => {
    const { transfer, words } = await over({ kind: 'layout', layoutId: 'l1' as never }, '2', 'g-0-0');
    expect(words).toBe('“早高峰”放到 右屏');
    await drop(transfer, '2', 'g-0-0');
    expect(hub.argsOf('wall.show')).toMatchObject([{ screenId: '2', scene: { tiles: [video('c-A2')] } }]);
  });

  test('a tile changes places with another, on another screen too', async () => {
    const transfer = transferOf(null);
    await fire(tileOf('1', 'g-0-0').element, 'dragstart', transfer);
    expect(transfer.types, 'elsewhere it is its camera').toEqual([deskDragType]);
    await fire(tileOf('2', 'g-0-0').element, 'dragover', transfer);
    expect(page.get('.drop-words').text()).toBe('与 2 · 1 互换');
    await drop(transfer, '2', 'g-0-0');
    expect(hub.argsOf('wall.show')).toMatchObject([
      { screenId: '2', scene: { tiles: [video('c-A1')] } },
      { screenId: '1', scene: { tiles: [null, null, null, null] } },
    ]);
    expect(notices().join()).toContain('1 · 1 与 2 · 1 已互换');
  });

  test('what comes from another window is named when it is dropped, and refused when it is nothing', async () => {
    const transfer = transferOf({ kind: 'camera', cameraId: 'c-A3' as never });
    await fire(tileOf('2', 'g-0-0').element, 'dragover', { ...transfer, types: [deskDragType], getData: () => '' });
    expect(page.get('.drop-words').text()).toBe('放到 2 · 1');
    await drop({ types: [deskDragType], getData: () => 'nonsense' }, '2', 'g-0-0');
    expect(notices().join()).toContain('无法识别');
    expect(hub.argsOf('wall.show')).toEqual([]);
    await drop(transfer, '2', 'g-0-0');
    expect(hub.argsOf('wall.show')).toMatchObject([{ scene: { tiles: [video('c-A3')] } }]);
  });

  test('a file of somebody is none of our business', async () => {
    const event = await fire(tileOf('2', 'g-0-0').element, 'dragover', { types: ['Files'], getData: () => '' });
    expect([event.defaultPrevented, page.find('.drop').exists()]).toEqual([false, false]);
  });
});

test('X marks a tile, and X on another lets the two change places', async () => {
  await open();
  await tileOf('1', 'g-0-0').trigger('click');
  await key('x');
  expect(tileOf('1', 'g-0-0').classes()).toContain('marked');
  expect(tileOf('1', 'g-0-0').attributes('aria-label')).toContain('待互换');
  await key('ArrowDown');
  await key('x');
  expect(hub.argsOf('wall.show')).toMatchObject([{ screenId: '1', scene: { tiles: [null, null, video('c-A1'), null] } }]);
  expect(useDesk().swapMark).toBeNull();
});

test('a fresh report and the picture say each their own', async () => {
  previews['1'] = { picture: { at: hub.now - 1000, revision: 7, jpeg } };
  await open();
  hub.change('walls', { main: twoScreenWall({ shown: { '1': shownWell(hub.now - 500) } }) });
  await flushPromises();
  expect(tileOf('1', 'g-0-0').attributes('data-state')).toBe('live');
  expect(tileOf('1', 'g-0-0').text()).toContain('1.3 s');
});
