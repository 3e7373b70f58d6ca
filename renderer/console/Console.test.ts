import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia, type Pinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextTick } from 'vue';
import { problem } from '../../main/contract/errors.ts';
import { i18n, setLocale } from '../i18n/index.ts';
import { hubKey } from '../stores/hub.ts';
import Console from './Console.vue';
import { cameraRow, FakeHub, shownWell, twoScreenWall } from './testdata/fake-hub.ts';
import { useDesk } from './stores/desk.ts';

let hub: FakeHub;
let pinia: Pinia;
let page: VueWrapper;

/** The wall as the hub would have it after a `wall.show`. */
function showing(args: Record<string, unknown>, revision: number): void {
  const wall = structuredClone(twoScreenWall()) as { screens: Record<string, unknown>[] };
  wall.screens = wall.screens.map((screen) =>
    screen['id'] === args['screenId'] ? { ...screen, scene: args['scene'], revision, changedBy: 'wang', changedAt: hub.now } : screen,
  );
  hub.change('walls', { main: wall });
}
/** A hub that does what it is told. */
function obey(): void {
  let revision = 7;
  hub.answer = (name, args) => {
    if (name !== 'wall.show') return {};
    revision += 1;
    showing(args, revision);
    return { revision };
  };
}

beforeEach(async () => {
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
  hub.now = 1_700_000_000_000;
  page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
  hub.fill('districts', [{ code: '320282101', name: '宜城街道', nameEn: null, parent: null }], (item) => String(item['code']));
  hub.fill('cameras', [
    cameraRow('A1'),
    cameraRow('A2'),
    cameraRow('A3', { status: { state: 'offline', at: 1, by: 'relay', reason: 'source-failed' } }),
  ]);
  hub.fill('layouts', []);
  hub.fill('walls', [twoScreenWall()]);
  await flushPromises();
});
afterEach(() => {
  page.unmount();
  vi.restoreAllMocks();
});

async function key(
  name: string,
  more: KeyboardEventInit = {},
  target: EventTarget = document.activeElement ?? document.body,
): Promise<void> {
  const code = /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : /^\d$/.test(name) ? `Digit${name}` : name === '/' ? 'Slash' : name;
  target.dispatchEvent(new KeyboardEvent('keydown', { key: name, code, bubbles: true, cancelable: true, ...more }));
  await flushPromises();
  await nextTick();
}
const shows = () => hub.sent.filter(({ name }) => name === 'wall.show').map(({ args }) => args);
const tileOf = (screen: string, tile: string) => page.get(`[data-screen="${screen}"] [data-tile="${tile}"]`);
const notices = () => page.findAll('.notice').map((notice) => notice.text());
const card = (screen: string) => page.get(`[data-screen-card="${screen}"]`).text();

describe('the walls as they really are', () => {
  test('without a report nothing is claimed', () => {
    expect(card('1')).toContain('屏端未上报');
    expect(tileOf('1', 'g-0-0').attributes('data-state')).toBe('unknown');
    expect(tileOf('1', 'g-0-0').text()).toContain('A1');
  });

  test('confirmed on wall, with each tile as it is', async () => {
    hub.change('walls', { main: twoScreenWall({ shown: { '1': shownWell(hub.now - 500) } }) });
    await flushPromises();
    expect(card('1')).toContain('已在大屏确认');
    expect(tileOf('1', 'g-0-0').attributes('data-state')).toBe('live');
    expect(tileOf('1', 'g-0-0').attributes('aria-label')).toContain('实时');
    expect(card('2')).toContain('屏端未上报');
  });

  test('a screen that shows another camera is not confirmed', async () => {
    const report = shownWell(hub.now - 500) as { tiles: object[] };
    hub.change('walls', {
      main: twoScreenWall({ shown: { '1': { ...report, tiles: [{ ...report.tiles[0], cameraId: 'c-A2' }, ...report.tiles.slice(1)] } } }),
    });
    await flushPromises();
    expect(card('1')).toContain('1 格与设定不符');
    expect(tileOf('1', 'g-0-0').attributes('aria-label')).toContain('屏上不同');
  });
});

describe('what a screen says of itself', () => {
  const report = (more: object, tile: object = {}) => {
    const well = shownWell(hub.now - 500, { ...more }) as { tiles: object[] };
    return { ...well, tiles: [{ ...well.tiles[0], ...tile }, ...well.tiles.slice(1)] };
  };
  const told = async (shown: object, wall: object = {}) => {
    hub.change('walls', { main: twoScreenWall({ shown: { '1': shown }, ...wall }) });
    await flushPromises();
  };

  test.each([
    ['zh-CN', (time: string) => `${time} 起无上报`],
    ['en', (time: string) => `Silent since ${time}`],
  ] as const)('a screen that has fallen silent is not taken for what it last said (%s)', async (locale, words) => {
    setLocale(locale);
    await told({ ...report({ at: hub.now - 2700 }), tiles: [], silentSince: hub.now - 2600 });
    expect(card('1')).toContain(words(new Date(hub.now - 2600).toLocaleTimeString('zh-CN', { hour12: false })));
    expect(tileOf('1', 'g-0-0').attributes('data-state')).toBe('unknown');
    expect(page.get('[data-screen-card="1"]').classes()).toContain('bad');
  });

  test.each([
    ['zh-CN', '屏前有人单看第 1 格'],
    ['en', 'Someone at the screen looks at tile 1 alone'],
  ] as const)('somebody who looks at one tile alone (%s)', async (locale, words) => {
    setLocale(locale);
    await told(report({ focus: 'g-0-0' }));
    expect(card('1')).toContain(words);
  });

  test.each([
    ['zh-CN', '屏端仍按大屏第 1 版显示'],
    ['en', 'Still shows the wall as of revision 1'],
  ] as const)('tiles across screens that have not come (%s)', async (locale, words) => {
    setLocale(locale);
    await told(report({ wallRevision: 1 }), { revision: 2, changedAt: 1_699_999_000_000 });
    expect(card('1')).toContain(words);
  });

  test.each([
    ['zh-CN', '已在大屏确认，1 格减少画面', '仅关键帧', '屏上为仅关键帧。超出这块屏幕能同时解码的画面数。'],
    ['en', 'Confirmed on wall, 1 tile with fewer pictures', 'key pictures', 'On the screen: key pictures. More pictures than'],
  ] as const)('a tile that is held back says by how much and why (%s)', async (locale, verdict, word, why) => {
    setLocale(locale);
    await told(report({}, { state: 'delayed', stream: 'key-only', reason: 'decode-budget' }));
    expect(card('1')).toContain(verdict);
    const tile = tileOf('1', 'g-0-0');
    expect(tile.classes()).toEqual(expect.arrayContaining(['reduced', 'thinned']));
    expect(tile.text()).toContain(word);
    expect(tile.attributes('title')).toContain(why);
    expect(tile.attributes('aria-label')).toContain(word);
  });

  test('what will be held back is seen before the screen shows it', async () => {
    const capacity = { megapixelsPerSecond: 20, decoders: 8, measuredAt: 1 };
    await told(report({ at: hub.now - 500, revision: 6, capacity }));
    expect(tileOf('1', 'g-0-0').attributes('title')).toBeUndefined();
    const wall = structuredClone(twoScreenWall({ shown: { '1': report({ capacity }) } })) as { screens: Record<string, unknown>[] };
    const large = { panel: 'video', cameraId: 'c-A2', profile: 'main' };
    const scene = { kind: 'grid', rows: 2, cols: 2, tiles: [null, large, null, null] };
    wall.screens = wall.screens.map((one) => (one['id'] === '1' ? { ...one, scene, revision: 8, changedAt: hub.now } : one));
    hub.change('walls', { main: wall });
    await flushPromises();
    const tile = tileOf('1', 'g-0-1');
    expect(tile.attributes('data-state')).toBe('unknown');
    expect(tile.text()).toContain('子码流');
    expect(tile.attributes('title')).toContain('此屏将显示子码流。画面超出这块屏幕的解码能力。');
  });

  test('a saved layout says what the chosen screen could not show in full', async () => {
    const tiles = Array.from({ length: 16 }, (_, nth) => ({ panel: 'video', cameraId: `c-${nth}`, profile: 'auto' }));
    hub.fill('layouts', [
      { id: 'l1', name: '十六路', scene: { kind: 'grid', rows: 4, cols: 4, tiles }, revision: 1, changedBy: null, changedAt: null },
    ]);
    await told(report({ capacity: { megapixelsPerSecond: 16, decoders: 512, measuredAt: 1 } }));
    const layout = page.get('.layout');
    expect(layout.text()).toContain('16 格 · 6 格降级');
    expect(layout.attributes('title')).toContain('6 格将用较小画面或减少画面');
  });
});

describe('by keys alone', () => {
  test('search, take, put: the camera goes to the chosen tile, and the next tile is chosen', async () => {
    obey();
    await key('2');
    expect(tileOf('1', 'g-0-1').attributes('aria-pressed')).toBe('true');
    await key('/');
    const search = page.get<HTMLInputElement>('[role=combobox]');
    expect(document.activeElement).toBe(search.element);
    await search.setValue('A2');
    await key('Enter');
    expect(shows()).toMatchObject([
      {
        wallId: 'main',
        screenId: '1',
        baseRevision: 7,
        scene: { kind: 'grid', tiles: [{ cameraId: 'c-A1' }, { panel: 'video', cameraId: 'c-A2', profile: 'auto' }, null, null] },
      },
    ]);
    expect(notices()).toEqual(['A2 → 左屏 第 2 格']);
    expect(tileOf('1', 'g-1-0').attributes('aria-pressed')).toBe('true');
  });

  test('two puts in a row are two changes, the second made from what the first left', async () => {
    obey();
    await key('2');
    useDesk().cameraId = 'c-A2';
    void key('Enter', {}, document.body);
    useDesk().cameraId = 'c-A3';
    void key('Enter', {}, document.body);
    await flushPromises();
    await flushPromises();
    expect(shows().map(({ baseRevision }) => baseRevision)).toEqual([7, 8]);
    expect(shows()[1]).toMatchObject({ scene: { tiles: [{ cameraId: 'c-A1' }, { cameraId: 'c-A2' }, { cameraId: 'c-A3' }, null] } });
  });

  test('F puts the cameras of the list on the empty tiles, and says when there is nothing to do', async () => {
    obey();
    useDesk().searchText = 'A';
    await key('f');
    const { tiles } = shows()[0]!.scene as { tiles: ({ cameraId: string } | null)[] };
    expect(tiles[0]).toMatchObject({ cameraId: 'c-A1' });
    const placed = tiles.slice(1).filter((tile) => tile !== null);
    expect(placed.length).toBeGreaterThan(0);
    expect(new Set(tiles.flatMap((tile) => tile?.cameraId ?? [])).size).toBe(placed.length + 1);
    expect(notices()).toEqual([`左屏 已在 ${placed.length} 个空窗格放上摄像机`]);
    useDesk().searchText = 'nobody has this number';
    await key('f');
    expect(shows()).toHaveLength(1);
    expect(notices()).toContain('没有空窗格，或列表中没有更多摄像机');
  });

  test('Delete clears, Z brings back', async () => {
    obey();
    await key('1');
    await key('Delete');
    expect(shows()[0]).toMatchObject({ scene: { tiles: [null, null, null, null] } });
    await key('z');
    expect(shows()[1]).toMatchObject({ baseRevision: 8, scene: { tiles: [{ cameraId: 'c-A1' }, null, null, null] } });
    await key('z');
    expect(shows()).toHaveLength(2);
    expect(notices()).toContain('没有可撤销的更改。');
  });

  test('what another changed since cannot be undone', async () => {
    obey();
    await key('1');
    await key('Delete');
    showing({ screenId: '1', scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] } }, 12);
    await flushPromises();
    await key('z');
    expect(shows()).toHaveLength(1);
    expect(notices().join()).toMatch(/左屏 已由 wang 于 \d\d:\d\d:\d\d 更改，这一步不能再撤销或重做。/);
  });

  test('arrows walk over screens; a shape keeps the pictures', async () => {
    obey();
    await key('2');
    await key('ArrowRight');
    expect(tileOf('2', 'g-0-0').attributes('aria-pressed')).toBe('true');
    await key('[');
    expect(tileOf('1', 'g-0-0').attributes('aria-pressed')).toBe('true');
    await key('#', { code: 'Digit3', shiftKey: true });
    expect(shows()[0]).toMatchObject({
      screenId: '1',
      scene: { kind: 'split', template: '1+5', tiles: [{ cameraId: 'c-A1' }, null, null, null, null, null] },
    });
  });

  test('a conflict says who changed what, and the choice stays', async () => {
    hub.answer = () => problem('revision-conflict', { by: 'li', at: 1_700_000_000_000, revision: 9 });
    await key('1');
    await key('Delete');
    expect(notices()[0]).toMatch(/^li 于 \d\d:\d\d:\d\d 已作修改，您的修改未生效。/);
    expect(tileOf('1', 'g-0-0').attributes('aria-pressed')).toBe('true');
  });

  test('keys are letters in a text field', async () => {
    obey();
    await key('1');
    await key('/');
    await key('z');
    await key('Delete');
    await key('1');
    expect(shows()).toHaveLength(0);
  });

  test('Esc only closes: help, then notices, then the choice', async () => {
    await key('1');
    await key('?', { code: 'Slash', shiftKey: true });
    expect(page.find('dialog').exists()).toBe(true);
    await key('Delete');
    expect(shows()).toHaveLength(0);
    await page.get('dialog').trigger('cancel');
    expect(page.find('dialog').exists()).toBe(false);
    (document.activeElement as HTMLElement | null)?.blur();
    await key('Escape', {}, document.body);
    expect(useDesk().tileId).toBeNull();
  });

  test('who may not control walls is told so, and nothing is sent', async () => {
    hub.permissions = ['camera.view', 'wall.view'];
    hub.connect({ kind: 'stale', since: hub.now });
    hub.connect({ kind: 'live' });
    await flushPromises();
    await key('1');
    await key('Delete');
    expect(shows()).toHaveLength(0);
    expect(notices()).toEqual(['您没有控制大屏的权限。']);
  });
});

describe('layouts and tours', () => {
  const layout = (id: string, name: string, tiles: (object | null)[]) => ({
    id,
    name,
    scene: { kind: 'grid', rows: 1, cols: 1, tiles },
    formatVersion: 1,
    revision: 3,
    changedBy: null,
    changedAt: null,
  });
  const video = (cameraId: string) => ({ panel: 'video', cameraId, profile: 'auto' });

  test('a saved layout goes on the chosen screen', async () => {
    obey();
    hub.fill('layouts', [layout('l1', '早高峰', [video('c-A2')])]);
    await key(']');
    await page.get('.layout').trigger('click');
    await flushPromises();
    expect(shows()[0]).toMatchObject({ screenId: '2', scene: { kind: 'grid', tiles: [{ cameraId: 'c-A2' }] } });
  });

  test('saving under a known name replaces that layout, at the revision that was seen', async () => {
    hub.fill('layouts', [layout('l1', '早高峰', [video('c-A2')])]);
    await key('s');
    await page.get('dialog input').setValue('早高峰');
    await page.get('dialog form').trigger('submit');
    await flushPromises();
    expect(hub.sent.at(-1)).toMatchObject({
      name: 'layout.save',
      args: { name: '早高峰', layoutId: 'l1', baseRevision: 3, scene: { kind: 'grid', rows: 2 } },
    });
    expect(page.find('dialog').exists()).toBe(false);
  });

  test('removing asks a second press', async () => {
    hub.fill('layouts', [layout('l1', '早高峰', [video('c-A2')])]);
    await flushPromises();
    await page.get('.remove').trigger('click');
    expect(hub.sent).toHaveLength(0);
    await page.get('.remove').trigger('click');
    expect(hub.sent).toEqual([{ name: 'layout.remove', args: { layoutId: 'l1' } }]);
  });
});

describe('the line to the hub', () => {
  test('a lost line is said at once, and goes when it is back', async () => {
    hub.connect({ kind: 'stale', since: hub.now });
    await flushPromises();
    expect(page.get('[role=alert]').text()).toContain('连接已中断');
    expect(page.get('.console').attributes('data-connection')).toBe('stale');
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(page.find('.stale').exists()).toBe(false);
  });

  test('an ended session leads back to the door', async () => {
    hub.connect({ kind: 'refused', reason: problem('login-required', { reason: 'expired' }) });
    await flushPromises();
    const box = page.get('[role=alertdialog]');
    expect(box.text()).toContain('登录已到期，请重新登录。');
    await box.get('button').trigger('click');
    expect(page.emitted('leave')).toHaveLength(1);
  });
});

describe('the camera', () => {
  test('choosing a tile shows the record of its camera', async () => {
    await key('1');
    expect(page.get('.facts').text()).toContain('路口 A1');
    expect(page.get('.facts').text()).toContain('由巡检探测得知');
    expect(page.get('.facts').text()).toContain('左屏 第 1 格');
  });

  test('the whole desk changes its language', async () => {
    await key('1');
    await key('L', { shiftKey: true });
    expect(page.get('.facts').text()).toContain('known from a probe');
    expect(document.title).toBe('Console · Taodu');
  });
});

describe('why there is no picture', () => {
  const step = (name: string, more: object = {}) => ({ step: name, outcome: 'ok', ms: 5, reason: null, params: {}, ...more });
  const diagnosis = (more: object = {}) => ({
    cameraId: 'c-A1',
    profile: 'sub',
    at: 1_700_000_000_000,
    tookMs: 320,
    failed: 'login',
    steps: [
      step('directory', { params: { number: 'A1', kind: 'rtsp', address: '10.0.0.7:554' } }),
      step('login', { outcome: 'failed', ms: 44, reason: 'source-login-refused' }),
      step('describe', { outcome: 'unknown', ms: null }),
    ],
    ...more,
  });
  const dialog = () => page.find('dialog');
  const rows = () => page.findAll('dialog [data-step]').map((row) => [row.attributes('data-step'), row.attributes('data-outcome')]);

  test('D asks about the chosen camera, shows that it works on it, and says where it stopped and why', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    hub.answer = () => promise;
    await key('1');
    await key('d');
    expect(hub.sent).toEqual([{ name: 'camera.diagnose', args: { cameraId: 'c-A1', profile: 'sub' } }]);
    expect(page.get('dialog [role=status]').text()).toContain('正在像观看者那样打开摄像机');
    expect(rows()).toHaveLength(15);
    resolve(diagnosis());
    await flushPromises();
    expect(page.get('dialog [role=status]').text()).toContain('停在“登录”：摄像机拒绝了用户名或密码。');
    expect(rows()).toEqual([
      ['directory', 'ok'],
      ['login', 'failed'],
      ['describe', 'unknown'],
    ]);
    expect(page.get('dialog [data-step=directory]').text()).toContain('10.0.0.7:554');
    expect(location.search).toBe('?diagnose=c-A1');
    await dialog().trigger('cancel');
    expect([dialog().exists(), location.search]).toEqual([false, '']);
  });

  test('it is asked again by R, about the other stream by its button, and copied by C', async () => {
    let asked = 0;
    hub.answer = () => {
      asked += 1;
      return diagnosis(asked === 3 ? { failed: null, steps: [step('directory')], profile: 'main' } : {});
    };
    const written = vi.fn<(words: string) => Promise<void>>(async () => {});
    vi.stubGlobal('navigator', { clipboard: { writeText: written } });
    await key('1');
    await key('d');
    await key('r', {}, dialog().element);
    expect(asked).toBe(2);
    await page.findAll('dialog .profiles button')[1]!.trigger('click');
    await flushPromises();
    expect(hub.sent.at(-1)).toEqual({ name: 'camera.diagnose', args: { cameraId: 'c-A1', profile: 'main' } });
    expect(page.get('dialog [role=status]').text()).toContain('有画面，每一步都正常。');
    await key('c', {}, dialog().element);
    expect(written.mock.calls[0]?.[0]).toContain('A1 · 路口 A1 · 主码流');
    expect(dialog().text()).toContain('已复制。');
    vi.unstubAllGlobals();
  });

  test('a hub that refuses is heard, and can be asked again; an answer that comes too late is none', async () => {
    hub.answer = () => problem('too-many-requests', { max: 8 });
    await key('1');
    await key('d');
    expect(page.get('dialog [role=status]').text()).toContain('无法检查：操作过于频繁，请稍后再试。');
    expect(rows()).toEqual([]);
    const { promise, resolve } = Promise.withResolvers<object>();
    hub.answer = () => promise;
    await key('r', {}, dialog().element);
    await dialog().trigger('cancel');
    resolve(diagnosis());
    await flushPromises();
    expect(dialog().exists()).toBe(false);
  });

  test('needs a camera, and the right to see it', async () => {
    await key('d');
    expect(notices()).toEqual(['请先选择一台摄像机。']);
    hub.permissions = ['camera.view', 'wall.view'];
    hub.connect({ kind: 'live' });
    await flushPromises();
    await key('1');
    await key('d');
    expect([notices().length, dialog().exists(), hub.sent.length]).toEqual([2, false, 0]);
  });

  test('a link opens it, and it waits for the line to the hub', async () => {
    page.unmount();
    hub.connection = { kind: 'connecting' };
    history.replaceState(null, '', '/console?diagnose=c-A2');
    hub.answer = () => diagnosis({ cameraId: 'c-A2' });
    pinia = createPinia();
    setActivePinia(pinia);
    page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
    await flushPromises();
    expect([hub.sent, dialog().exists()]).toEqual([[], false]);
    expect(page.get('[role=status]').text()).toBe('正在打开控制台…');
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(hub.sent).toEqual([{ name: 'camera.diagnose', args: { cameraId: 'c-A2', profile: 'sub' } }]);
    expect(dialog().text()).toContain('A2');
    await dialog().trigger('cancel');
    expect(location.search).toBe('');
  });

  test('an open camera shows its link, whole', async () => {
    const quality = { transport: 'udp', packets: 990, lost: 10, reordered: 0, duplicated: 0, jitterMs: 3.4 };
    const link = { at: 1, profile: 'sub', codec: 'h265', fps: 25, kbps: 1024.4, gopMs: 2000, transcoding: true, quality };
    hub.change('cameras', { 'c-A1': cameraRow('A1', { link }) });
    await key('1');
    const facts = page.get('.facts').text().replaceAll('\u00a0', ' ');
    for (const words of ['H.265 · 25 fps · 1,024 kbps', 'UDP · 丢包 1.00% · 抖动 3 毫秒', '子码流 · GOP 2.0 秒 · 部分页面经转码观看'])
      expect(facts).toContain(words);
    hub.change('cameras', { 'c-A1': cameraRow('A1', { link: null }) });
    await flushPromises();
    expect(page.get('.facts').text()).not.toContain('GOP');
  });
});

describe('an ended session', () => {
  test('leaves nothing of the desk on the page', async () => {
    await key('1');
    expect(page.html()).toContain('A1');
    hub.connect({ kind: 'refused', reason: problem('login-required', { reason: 'disabled' }) });
    await flushPromises();
    expect(page.html()).not.toContain('A1');
    expect(hub.held).toBe(0);
    expect(page.get('[role=alertdialog]').text()).toContain('该账号已停用。');
  });

  test.each([
    ['password-change-required', '请先修改初始密码'],
    ['second-factor-enrolment-required', '请先设置身份验证器'],
  ] as const)('one that stands behind %s is led back to the door', async (barrier, words) => {
    hub.who = { barrier };
    hub.connect({ kind: 'stale', since: hub.now });
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(page.get('[role=alertdialog]').text()).toContain(words);
    expect(hub.held).toBe(0);
    await page.get('[role=alertdialog] button').trigger('click');
    expect(page.emitted('leave')).toHaveLength(1);
  });
});

describe('the lock', () => {
  const lockPage = () => page.find('[data-lock]');
  const unlocks = () => hub.argsOf('session.unlock');
  const type = async (password: string, code?: string) => {
    await lockPage().get('input[autocomplete=current-password]').setValue(password);
    if (code !== undefined) await lockPage().get('input[autocomplete=one-time-code]').setValue(code);
    await lockPage().get('form').trigger('submit');
    await flushPromises();
  };

  test('⇧K locks at once: nothing of the desk is left, and the hub is told', async () => {
    useDesk().cameraId = 'c-A1';
    await flushPromises();
    await key('K', { shiftKey: true });
    expect(lockPage().exists()).toBe(true);
    expect(page.html()).not.toMatch(/A1|路口|左屏/);
    expect([hub.argsOf('session.lock').length, hub.held]).toEqual([1, 0]);
    expect(document.title).toBe('已锁定 · 陶都');
  });

  test('the password opens it again, where its user was', async () => {
    await key('2');
    await key('K', { shiftKey: true });
    hub.answer = (name) => (name === 'session.unlock' ? problem('login-refused') : {});
    await type('wrong');
    expect(lockPage().get('[role=alert]').text()).toBe('密码不正确。');
    hub.answer = () => ({});
    await type('Kiln-9');
    expect(unlocks()).toEqual([{ password: 'wrong' }, { password: 'Kiln-9' }]);
    expect([lockPage().exists(), tileOf('1', 'g-0-1').attributes('aria-pressed')]).toEqual([false, 'true']);
    expect(page.html()).not.toContain('Kiln-9');
  });

  test('whoever has a second factor gives its code too', async () => {
    hub.who = { secondFactor: true };
    hub.connect({ kind: 'live' });
    await flushPromises();
    await key('K', { shiftKey: true });
    await type('Kiln-9', '12345');
    expect(unlocks()).toEqual([]);
    await type('Kiln-9', '123 456');
    expect(unlocks()).toEqual([{ password: 'Kiln-9', code: '123456' }]);
  });

  test('a session that the hub has locked is locked here, however this page hears of it', async () => {
    hub.answer = () => problem('session-locked');
    await key('1');
    await key('Delete');
    expect(lockPage().exists()).toBe(true);
    hub.answer = () => ({});
    await type('Kiln-9');
    expect(lockPage().exists()).toBe(false);
    hub.who = { barrier: 'session-locked' };
    hub.connect({ kind: 'stale', since: hub.now });
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(lockPage().exists()).toBe(true);
  });

  test('a page that opens on a locked session shows nothing else', async () => {
    page.unmount();
    hub.who = { barrier: 'session-locked' };
    page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
    await flushPromises();
    expect([lockPage().exists(), hub.held]).toEqual([true, 0]);
    expect(page.html()).not.toContain('A1');
  });

  test('without the hub it locks all the same, says why it cannot be opened, and tells the hub when it is back', async () => {
    hub.connect({ kind: 'stale', since: hub.now });
    await flushPromises();
    await key('K', { shiftKey: true });
    expect(lockPage().text()).toContain('恢复后才能解锁');
    await type('Kiln-9');
    expect(hub.sent).toEqual([]);
    hub.answer = (name) => {
      hub.who = { barrier: name === 'session.lock' ? 'session-locked' : null };
      return {};
    };
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(hub.sent.map(({ name }) => name)).toEqual(['session.lock']);
    expect(lockPage().exists()).toBe(true);
    await type('Kiln-9');
    expect(lockPage().exists()).toBe(false);
  });

  test('the demo, which has no password, is never locked', async () => {
    hub.who = { hasPassword: false };
    hub.connect({ kind: 'live' });
    await flushPromises();
    await key('K', { shiftKey: true });
    expect([lockPage().exists(), hub.argsOf('session.lock').length]).toEqual([false, 0]);
  });
});

describe('nobody at the desk', () => {
  beforeEach(async () => {
    page.unmount();
    vi.useFakeTimers({ now: hub.now });
    hub.activities = 0;
    hub.idleLockAt = hub.now + 900_000;
    page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
    await vi.advanceTimersByTimeAsync(0);
  });
  afterEach(() => vi.useRealTimers());

  test('locks it when the hub said, and not a moment earlier, with the hub gone', async () => {
    hub.connect({ kind: 'stale', since: hub.now });
    await vi.advanceTimersByTimeAsync(899_000);
    expect(page.find('[data-lock]').exists()).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(page.find('[data-lock]').exists()).toBe(true);
    expect(hub.activities).toBe(1);
  });

  test('keys that a script presses keep nobody logged in', async () => {
    for (let minute = 0; minute < 15; minute++) {
      dispatchEvent(new KeyboardEvent('keydown', { key: 'x', code: 'KeyX', bubbles: true }));
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(page.find('[data-lock]').exists()).toBe(true);
    expect(hub.activities).toBe(1);
  });
});

describe('the administration', () => {
  const open = () => page.find('[data-admin]');
  const settled = async () => {
    await vi.dynamicImportSettled();
    await flushPromises();
  };

  test('A opens it in place of the desk, digits go from page to page, Esc goes back', async () => {
    hub.answer = (name) => (name === 'backup.list' ? { backups: [], nextAt: null } : {});
    await key('a');
    await settled();
    expect([open().exists(), page.find('[data-screen]').exists(), location.hash]).toEqual([true, false, '#admin/users']);
    await key('8', {}, document.body);
    await settled();
    expect([page.get('main.page').attributes('data-admin-page'), location.hash]).toEqual(['system', '#admin/system']);
    await key('f', {}, document.body);
    await key('Delete', {}, document.body);
    expect(hub.argsOf('wall.show')).toEqual([]);
    await key('Escape', {}, document.body);
    expect([open().exists(), page.find('[data-screen]').exists(), location.hash]).toEqual([false, true, '']);
  });

  test('a link opens its page; one that is not allowed says so', async () => {
    page.unmount();
    history.replaceState(null, '', '/console#admin/audit');
    hub.permissions = ['camera.view', 'wall.view', 'command.view'];
    pinia = createPinia();
    setActivePinia(pinia);
    page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
    await flushPromises();
    await settled();
    expect(page.get('main.page').text()).toContain('您没有打开此页的权限。');
    expect(page.findAll('[data-page]').map((link) => link.attributes('data-page'))).toEqual(['approvals']);
  });

  test('an auditor, who sees no cameras, works in the administration alone', async () => {
    page.unmount();
    hub.permissions = ['system.view', 'command.view', 'user.view', 'audit.view', 'audit.export'];
    pinia = createPinia();
    setActivePinia(pinia);
    page = mount(Console, { global: { plugins: [i18n, pinia], provide: { [hubKey as symbol]: hub.client } }, attachTo: document.body });
    await flushPromises();
    await settled();
    expect(page.findAll('[data-page]').map((link) => link.attributes('data-page'))).toEqual(['users', 'approvals', 'audit', 'system']);
    await key('Escape', {}, document.body);
    await settled();
    expect(open().exists()).toBe(true);
  });

  test('who may open nothing is told so', async () => {
    hub.permissions = [];
    hub.connect({ kind: 'stale', since: hub.now });
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(page.text()).toContain('此账号没有可以打开的页面');
  });

  test('what waits for me and what is not well stands in the top bar, in a word and a shape', async () => {
    expect(page.find('[data-waiting]').exists()).toBe(false);
    hub.fill('commands', [
      {
        id: 'x',
        name: 'camera.remove-many',
        state: 'awaitingApproval',
        payloadHash: 'a'.repeat(64),
        args: { cameraIds: ['c-A1'] },
        requestedBy: 'li',
        requestedFrom: '10.0.0.5',
        approvedBy: null,
        approvalExpiresAt: hub.now + 600_000,
        reason: null,
        result: null,
        at: hub.now,
        updatedAt: hub.now,
        scope: [],
      },
    ]);
    hub.fill('health', [{ id: 'disk', state: 'warning', code: 'disk-low', params: {}, since: hub.now }]);
    await flushPromises();
    expect(page.get('[data-waiting]').text()).toContain('1 项待您复核');
    expect(page.get('.trouble').text()).toBe('系统提醒');
    expect(page.findAll('.trouble svg')).toHaveLength(1);
    await page.get('[data-waiting]').trigger('click');
    await settled();
    expect(location.hash).toBe('#admin/approvals');
  });
});

test('leaving gives every subscription back', () => {
  page.unmount();
  expect(hub.held).toBe(0);
});

describe('where a camera pushes to', () => {
  const url = 'rtmp://127.0.0.1:1935/live/first-key-0123456789';
  const renewed = 'rtmp://127.0.0.1:1935/live/other-key-0123456789';
  const part = () => page.find('.publish');
  const button = (words: string) =>
    part()
      .findAll('button')
      .find((one) => one.text() === words)!;
  const asked = () => hub.sent.filter(({ name }) => name === 'camera.publish-address').map(({ args }) => args['renew']);
  const pushing = async (source: object = { kind: 'rtmp', hasSecret: true }) => {
    hub.answer = (name, args) => (name === 'camera.publish-address' ? { url: args['renew'] ? renewed : url, key: 'k' } : {});
    hub.change('cameras', { 'c-A1': cameraRow('A1', { source }) });
    await key('1');
  };
  const shown = () => part().find<HTMLInputElement>('input').element.value;

  test('is shown when asked for, and copied', async () => {
    const written = vi.fn<(words: string) => Promise<void>>(async () => {});
    vi.stubGlobal('navigator', { clipboard: { writeText: written } });
    await pushing();
    expect(page.html()).not.toContain('first-key');
    expect(asked()).toEqual([]);
    await button('显示推流地址').trigger('click');
    await flushPromises();
    expect([shown(), asked()]).toEqual([url, [false]]);
    expect(document.activeElement).toBe(part().get('input').element);
    await button('复制').trigger('click');
    await flushPromises();
    expect(written).toHaveBeenCalledWith(url);
    expect(part().text()).toContain('已复制。');
    vi.unstubAllGlobals();
  });

  test('a new key is made only when confirmed, and the careful answer has the focus', async () => {
    setLocale('en');
    await pushing();
    await button('Show push address').trigger('click');
    await flushPromises();
    await button('New key').trigger('click');
    await flushPromises();
    expect(document.activeElement).toBe(button('Cancel').element);
    await key('Escape');
    expect([asked(), document.activeElement === button('New key').element]).toEqual([[false], true]);
    await button('New key').trigger('click');
    await flushPromises();
    await button('Make a new key').trigger('click');
    await flushPromises();
    expect([asked(), shown()]).toEqual([[false, true], renewed]);
    expect(part().text()).toContain('New key. Enter this address in the camera.');
  });

  test('a refusal is said, and what was shown stays', async () => {
    await pushing();
    hub.answer = () => problem('worker-unavailable', { worker: 'ingest' });
    await button('显示推流地址').trigger('click');
    await flushPromises();
    expect(part().find('[role=alert]').text()).not.toBe('');
    expect(part().find('input').exists()).toBe(false);
  });

  test('is for cameras that push, and for those who may edit cameras', async () => {
    await pushing({ kind: 'rtmp', url: 'rtmp://10.0.0.1/live/a', hasSecret: false });
    expect(part().exists()).toBe(false);
    expect(page.get('.facts').text()).toContain('RTMP 取流');
    await pushing();
    expect(part().exists()).toBe(true);
    hub.permissions = ['camera.view', 'stream.view'];
    hub.connect({ kind: 'stale', since: hub.now });
    hub.connect({ kind: 'live' });
    await flushPromises();
    expect(part().exists()).toBe(false);
  });
});
