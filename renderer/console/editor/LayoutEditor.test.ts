import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineComponent, h, nextTick, onScopeDispose, provide, ref } from 'vue';
import { problem } from '../../../main/contract/errors.ts';
import { rolePermissions } from '../../../main/contract/permissions.ts';
import { i18n, setLocale } from '../../i18n/index.ts';
import { hubKey } from '../../stores/hub.ts';
import { createDeskContext, deskProvision, type Who } from '../desk-context.ts';
import NoticeList from '../parts/NoticeList.vue';
import { cameraRow, FakeHub, twoScreenWall } from '../testdata/fake-hub.ts';
import { openDraftBook } from './drafts.ts';
import LayoutEditor from './LayoutEditor.vue';

let hub: FakeHub;
let view: VueWrapper;
let closed: number;

const layout = (id: string, name: string, more: object = {}) => ({
  id,
  name,
  number: null,
  scene: { kind: 'grid', rows: 1, cols: 2, tiles: [{ panel: 'video', cameraId: 'c-A1', profile: 'auto' }, null] },
  formatVersion: 1,
  revision: 3,
  changedBy: 'li',
  changedAt: 1_699_999_000_000,
  simulated: false,
  drill: false,
  ...more,
});

beforeEach(() => {
  setLocale('zh-CN');
  localStorage.clear();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1000);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  hub = new FakeHub();
  closed = 0;
});
afterEach(() => {
  view?.unmount();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function open(layoutId: string | null = null, layouts: Record<string, unknown>[] = []): Promise<void> {
  const pinia = createPinia();
  setActivePinia(pinia);
  const who = (await hub.client.command('session.who', {})) as Who;
  const Host = defineComponent({
    setup() {
      const context = createDeskContext(hub.client, ref(who) as never);
      provide(...deskProvision(context));
      onScopeDispose(() => context.directory.stop());
      return () => [h(LayoutEditor, { layoutId, onClose: () => (closed += 1) }), h(NoticeList)];
    },
  });
  hub.fill('districts', [{ code: '320282101', name: '宜城街道', nameEn: null, parent: null }], (item) => String(item['code']));
  hub.fill(
    'cameras',
    ['A1', 'A2', 'A3'].map((number) => cameraRow(number)),
  );
  hub.fill('walls', [twoScreenWall()]);
  hub.fill('layouts', layouts);
  view = mount(Host, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
  await flushPromises();
}

async function key(name: string, more: KeyboardEventInit = {}): Promise<void> {
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : name === '/' ? 'Slash' : name;
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true, ...more }));
  await flushPromises();
  await nextTick();
}
const notices = () => view.findAll('.notice').map((notice) => notice.text());
const tiles = () => view.findAll('[data-tile]').map((tile) => tile.attributes('aria-label'));
const state = () => view.get('h1 .state').text();
async function addCamera(number: string): Promise<void> {
  await key('/');
  await view.get('.palette input').setValue(number);
  await key('Enter');
  await key('Escape');
  await key('Escape');
}
async function publish(name: string): Promise<void> {
  await key('s', { ctrlKey: true });
  await view.get('[data-field="publish-name"]').setValue(name);
  await view.get('#publish-layout').trigger('submit');
  await flushPromises();
}

describe('by keyboard alone', () => {
  test('a layout is made, arranged and published', async () => {
    await open();
    hub.answer = (name) => (name === 'layout.save' ? { layoutId: 'l-new', revision: 1 } : {});
    await key('n');
    await addCamera('A1');
    await addCamera('A2');
    expect(tiles()).toEqual(['第 1 格 · A1 · 路口 A1', '第 2 格 · A2 · 路口 A2']);
    await key('Tab');
    await key('ArrowDown');
    await key('ArrowDown', { altKey: true });
    await publish('早高峰');
    expect(hub.argsOf('layout.save')).toEqual([
      {
        name: '早高峰',
        number: null,
        scene: {
          kind: 'free',
          canvas: { width: 1920, height: 1080 },
          tiles: [
            { rect: { x: 0, y: 0, width: 640, height: 360 }, panel: { panel: 'video', cameraId: 'c-A1', profile: 'auto' } },
            { rect: { x: 640, y: 21, width: 640, height: 360 }, panel: { panel: 'video', cameraId: 'c-A2', profile: 'auto' } },
          ],
        },
      },
    ]);
    expect(state()).toBe('已发布第 1 版');
  });

  test('it goes on one screen first, then on the others', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    const wall = twoScreenWall() as { screens: object[] };
    hub.change('walls', { main: { ...wall, screens: wall.screens.map((screen) => ({ ...screen, layout: { id: 'l1', revision: 3 } })) } });
    await flushPromises();
    let revision = 7;
    hub.answer = (name) => (name === 'layout.save' ? { layoutId: 'l1', revision: 4 } : { revision: (revision += 1) });
    await addCamera('A2');
    await publish('早高峰');
    expect(hub.argsOf('layout.save')).toMatchObject([{ layoutId: 'l1', baseRevision: 3 }]);
    await view.get('[data-show="first"]').trigger('click');
    await vi.advanceTimersByTimeAsync(2000);
    await flushPromises();
    expect(hub.argsOf('wall.show')).toMatchObject([{ screenId: '1' }]);
    await view.get('[data-show="first"], [data-show="rest"]').trigger('click');
    await vi.advanceTimersByTimeAsync(2000);
    await flushPromises();
    expect(hub.argsOf('wall.show')).toMatchObject([{ screenId: '1' }, { screenId: '2' }]);
  });

  test('Esc goes back one step at a time and at last leaves', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    await key('Tab');
    expect(view.findAll('.tile.chosen')).toHaveLength(1);
    await key('Escape');
    expect(view.findAll('.tile.chosen')).toHaveLength(0);
    expect(closed).toBe(0);
    await key('Escape');
    expect(closed).toBe(1);
  });

  test('nothing that needs free tiles is done to a grid in silence', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    await key('Tab');
    await key('a');
    expect(notices()).toEqual(['网格和分屏不能这样编辑。按 F 改为自由布局。']);
    await key('Escape');
    await key('f');
    await key('Tab');
    await key('a');
    expect(view.find('[role="menu"]').exists()).toBe(true);
    await key('b');
    expect(view.find('[role="menu"]').exists()).toBe(false);
    expect(state()).toBe('草稿，未发布');
  });

  test('keys in a field are text', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    view.get<HTMLInputElement>('[data-field="name"]').element.focus();
    await key('n');
    await key('Delete');
    expect(view.get<HTMLInputElement>('[data-field="name"]').element.value).toBe('早高峰');
    expect(tiles()).toHaveLength(2);
  });
});

describe('drafts', () => {
  test('what is not published is kept on leaving, and said', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    await addCamera('A2');
    await key('Escape');
    await key('Escape');
    expect(closed).toBe(1);
    expect(notices()).toEqual(['未发布的改动已存为草稿，仅保存在本浏览器。']);
    expect(openDraftBook(localStorage, 'u').list()).toMatchObject([{ layoutId: 'l1', baseRevision: 3, name: '早高峰' }]);
  });

  test('it is offered with its age, and taken up', async () => {
    openDraftBook(localStorage, 'u').keep({
      id: 'l1',
      layoutId: 'l1' as never,
      baseRevision: 2,
      name: '早高峰改',
      number: null,
      scene: { kind: 'grid', rows: 1, cols: 1, tiles: [{ panel: 'clock' }] },
      at: hub.now - 7_200_000,
    });
    await open('l1', [layout('l1', '早高峰')]);
    expect(view.get('[data-offered]').text()).toContain('有未发布的草稿“早高峰改”，2 小时 前，基于第 2 版；现为第 3 版。');
    await view.get('[data-take-draft]').trigger('click');
    await flushPromises();
    expect(view.get('h1 .name').text()).toBe('早高峰改');
    expect(state()).toBe('草稿，未发布');
    expect(view.find('[data-offered]').exists()).toBe(false);
  });

  test('publishing forgets it', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    hub.answer = () => ({ layoutId: 'l1', revision: 4 });
    await addCamera('A2');
    await vi.advanceTimersByTimeAsync(1000);
    expect(openDraftBook(localStorage, 'u').list()).toHaveLength(1);
    await publish('早高峰');
    expect(openDraftBook(localStorage, 'u').list()).toEqual([]);
  });

  test('undoing everything forgets it', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    await addCamera('A2');
    await vi.advanceTimersByTimeAsync(1000);
    await key('z', { ctrlKey: true });
    await vi.advanceTimersByTimeAsync(1000);
    expect(openDraftBook(localStorage, 'u').list()).toEqual([]);
  });

  test('one that was offered and not taken is not written over', async () => {
    const book = openDraftBook(localStorage, 'u');
    const scene = { kind: 'grid' as const, rows: 1, cols: 1, tiles: [{ panel: 'clock' as const }] };
    book.keep({ id: 'l1', layoutId: 'l1' as never, baseRevision: 3, name: '早高峰改', number: null, scene, at: hub.now - 1000 });
    await open('l1', [layout('l1', '早高峰')]);
    await addCamera('A2');
    await vi.advanceTimersByTimeAsync(1000);
    expect(
      book
        .list()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['早高峰', '早高峰改']);
  });
});

describe('what is not as usual', () => {
  test('whoever may not edit reads only', async () => {
    hub.permissions = rolePermissions.operator.filter((permission) => permission !== 'layout.edit');
    await open('l1', [layout('l1', '早高峰')]);
    expect(state()).toBe('只读：无布局编辑权限');
    await key('Tab');
    await key('Delete');
    expect(notices()).toEqual(['没有布局编辑权限。']);
    expect(tiles()).toEqual(['第 1 格 · A1 · 路口 A1', '第 2 格']);
  });

  test('a layout that is not there is said', async () => {
    await open('l9', [layout('l1', '早高峰')]);
    expect(view.get('[role="alert"]').text()).toBe('没有此布局，或无权查看。');
  });

  test('a layout list that is refused is said', async () => {
    await open();
    hub.refuse('layouts', problem('forbidden'));
    await flushPromises();
    expect(view.get('.middle [role="alert"]').text()).not.toBe('');
  });

  test('a version that somebody else published is said while it is edited', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    hub.change('layouts', { l1: layout('l1', '早高峰', { revision: 4, changedBy: 'zhao' }) });
    await flushPromises();
    // Whoever has changed nothing has the new one at once.
    expect(view.find('[data-newer]').exists()).toBe(false);
    expect(state()).toBe('已发布第 4 版');
    await addCamera('A2');
    hub.change('layouts', { l1: layout('l1', '早高峰', { revision: 5, changedBy: 'zhao' }) });
    await flushPromises();
    expect(view.get('[data-newer]').text()).toContain('zhao 已发布第 5 版，您的改动基于旧版。');
    expect(tiles()[1]).toContain('A2');
  });

  test('a conflict is answered: mine after theirs', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    await addCamera('A2');
    hub.answer = () => problem('revision-conflict', { revision: 4, changedBy: 'zhao' });
    await publish('早高峰');
    hub.change('layouts', { l1: layout('l1', '早高峰', { revision: 4, changedBy: 'zhao' }) });
    await flushPromises();
    expect(view.get('dialog').text()).toContain('zhao');
    hub.answer = () => ({ layoutId: 'l1', revision: 5 });
    await view.get('dialog [data-publish]').trigger('click');
    await flushPromises();
    expect(hub.argsOf('layout.save').at(-1)).toMatchObject({ layoutId: 'l1', baseRevision: 4 });
    expect(state()).toBe('已发布第 5 版');
  });

  test('a conflict is answered: theirs', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    await addCamera('A2');
    hub.answer = () => problem('revision-conflict', { revision: 4 });
    await publish('早高峰');
    hub.change('layouts', {
      l1: layout('l1', '早高峰', { revision: 4, scene: { kind: 'grid', rows: 1, cols: 1, tiles: [{ panel: 'clock' }] } }),
    });
    await flushPromises();
    await view.get('dialog [data-take]').trigger('click');
    await view.get('dialog [data-take]').trigger('click');
    await flushPromises();
    expect(tiles()).toEqual(['第 1 格 · 时钟']);
    expect(state()).toBe('已发布第 4 版');
    expect(openDraftBook(localStorage, 'u').list()).toEqual([]);
  });

  test('one that was removed meanwhile is published as a new one', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    hub.change('layouts', { l1: null });
    hub.answer = () => ({ layoutId: 'l2', revision: 0 });
    await flushPromises();
    expect(view.get('.middle .message').text()).toBe('此布局已被删除。发布将另存为新布局。');
    await addCamera('A2');
    await publish('早高峰');
    expect(hub.argsOf('layout.save')[0]).not.toHaveProperty('layoutId');
  });

  test('a number that is taken is said in the dialog, and nothing is lost', async () => {
    await open('l1', [layout('l1', '早高峰')]);
    hub.answer = () => problem('number-taken', { number: 7, name: '晚高峰' });
    await addCamera('A2');
    await publish('早高峰');
    expect(view.get('dialog [role="alert"]').text()).toContain('7');
    expect(state()).toBe('草稿，未发布');
  });
});

test('the mosaic of a screen is a beginning', async () => {
  await open();
  const rows = view.findAll('.library .row');
  await rows.find((row) => row.text().includes('左屏'))!.trigger('click');
  await flushPromises();
  expect(tiles()).toEqual(['第 1 格 · A1 · 路口 A1', '第 2 格', '第 3 格', '第 4 格']);
  expect(state()).toBe('新布局');
});
