import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProblemError } from '../contract/errors.ts';
import { channels } from './channels.ts';
import { fake, FakeBrowserWindow, fakeDisplay, FakeEvent } from './testdata/fake-electron.ts';

const world = vi.hoisted(() => ({
  order: [] as string[],
  fails: null as Error | null,
  onFatal: null as ((problem: object) => void) | null,
  screens: new Map<string, object[]>(),
  given: null as { dataFolder: string; demo: boolean } | null,
  hangs: false,
  answers: true,
  setup: null as { suggested: string; finish(result: object | null): void; stops: number } | null,
}));

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);
vi.mock('../launch/setup/start-setup.ts', () => ({
  startSetup: async ({ suggestedDataFolder }: { suggestedDataFolder: string }) => {
    const finished = Promise.withResolvers<object | null>();
    const setup = { suggested: suggestedDataFolder, finish: finished.resolve, stops: 0 };
    world.setup = setup;
    return {
      url: 'http://127.0.0.1:8601/?ticket=once',
      finished: finished.promise,
      async stop() {
        setup.stops += 1;
        finished.resolve(null);
      },
    };
  },
}));

const made = vi.hoisted(() => ({ city: (_demo: boolean): object => ({}) }));
vi.mock('../launch/city.ts', () => {
  made.city = (demo) => {
    world.order.push('city starts');
    let links = 0;
    return {
      listening: 'http://127.0.0.1:8600',
      login: demo ? 'http://127.0.0.1:8600/console?ticket=once' : null,
      passwordFile: null,
      wallLink: async (wallId: string, screenId: string) => `http://127.0.0.1:8600/wall/${wallId}/${screenId}?ticket=${(links += 1)}`,
      stop: async () => {
        if (world.hangs) await new Promise(() => {});
        world.order.push(`city stops, ${FakeBrowserWindow.open.length} windows open`);
      },
    };
  };
  return {
    startCity: async (options: { onFatal(problem: object): void; dataFolder: string; demo: boolean }) => {
      if (world.fails) throw world.fails;
      world.onFatal = options.onFatal;
      world.given = options;
      return made.city(options.demo);
    },
  };
});
vi.mock('../launch/wall-screens.ts', () => ({
  awaitWallScreens: async (_city: object, wallId: string, { over }: { over: AbortSignal }) => {
    if (!world.answers) await new Promise((_done, failed) => over.addEventListener('abort', () => failed(over.reason as Error)));
    return world.screens.get(wallId) ?? null;
  },
}));

const screen = (id: string, x: number) => ({ id, name: `屏 ${id}`, rect: { x, y: 0, width: 1920, height: 1080 } });
const left = fakeDisplay(11);
const right = fakeDisplay(22, { x: 1920 });
const desk = fakeDisplay(33, { x: 3840, width: 2560, height: 1440 });
const argv = process.argv;
let folder: string;
let said: string;

beforeEach(() => {
  fake.reset();
  vi.stubGlobal('__TAODU_VERSION__', '1.2.3');
  for (const name of ['TAODU_WATCHED_OVER', 'APPIMAGE', 'XDG_SESSION_TYPE', 'WAYLAND_DISPLAY', 'DISPLAY']) vi.stubEnv(name, '');
  folder = mkdtempSync(join(tmpdir(), 'taodu-app-'));
  fake.app.userData = folder;
  fake.app.isPackaged = true;
  process.argv = ['/opt/taodu/taodu', '--data', folder];
  Object.assign(world, {
    order: [],
    fails: null,
    onFatal: null,
    given: null,
    setup: null,
    answers: true,
    hangs: false,
    screens: new Map([['main', [screen('1', 0), screen('2', 1920)]]]),
  });
  said = '';
  writeFileSync(join(folder, 'taodu.yaml'), 'log: { level: fatal }\n');
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});

afterEach(async () => {
  world.hangs = false;
  fake.closeBox();
  fake.app.quit();
  if (world.order.length > 0) await ended();
  process.argv = argv;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection']) {
    for (const listener of process.listeners(signal as 'SIGINT').filter((one) => !before.has(one))) process.off(signal, listener);
  }
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true, force: true });
});

const before = new Set<unknown>(
  ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection'].flatMap((name) => process.listeners(name as 'SIGINT')),
);

/** States are waited for; a busy machine takes its time. */
const soon = (holds: () => void) => vi.waitFor(holds, { timeout: 18_000 });

let runs = 0;

/** Runs the file anew: what it does at its top is what is tested. */
const runMain = () => import(/* @vite-ignore */ `./main.ts?run=${(runs += 1)}`) as Promise<unknown>;

/** Starts the app as its file does, and waits until it stands or has ended. */
async function start(displays = [left, right]): Promise<void> {
  fake.setDisplays(displays);
  await runMain();
  fake.app.ready.resolve();
  await soon(() => expect(fake.app.exits.length + fake.app.listenerCount('second-instance') + fake.boxes.length).toBeGreaterThan(0));
}

const ended = () => soon(() => expect(fake.app.exits).not.toEqual([]));

test('a wall: sandbox and switches first, then the city, then a window on each display and nothing else', async () => {
  await start();
  expect(fake.app.events).toContain('sandbox');
  expect(fake.app.switches.get('autoplay-policy')).toBe('no-user-gesture-required');
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(2));
  expect(FakeBrowserWindow.open.map(({ webContents }) => webContents.getURL().split('?')[0])).toEqual([
    'http://127.0.0.1:8600/wall/main/1',
    'http://127.0.0.1:8600/wall/main/2',
  ]);
  expect(fake.menus.length).toBeGreaterThan(0);
  expect(fake.menus.every((menu) => menu === null)).toBe(true);
  expect(world.given).toMatchObject({ dataFolder: folder, demo: false });
  expect([...fake.powerSaveBlocker.started.values()]).toEqual(['prevent-display-sleep']);
  fake.app.emit('second-instance', new FakeEvent(), [], '/');
  expect(FakeBrowserWindow.open[0]!.focused).toBe(1);
});

test.each<[string, () => void]>([
  ['its menu', () => fake.app.quit()],
  ['a signal', () => process.emit('SIGTERM', 'SIGTERM')],
  ['a shutdown of the system', () => fake.powerMonitor.emit('shutdown', new FakeEvent())],
  ['the end of the session on Windows', () => FakeBrowserWindow.open[0]!.emit('session-end', new FakeEvent())],
])('ended by %s: windows first, then hub and relay, then the app, once', async (_, ask) => {
  await start();
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(2));
  ask();
  ask();
  fake.app.quit();
  await ended();
  expect(world.order).toEqual(['city starts', 'city stops, 0 windows open']);
  expect(fake.app.exits).toEqual([0]);
  expect(fake.powerSaveBlocker.started.size).toBe(0);
  expect(fake.ipcMain.handlers.size + fake.ipcMain.listenerCount(channels.heartbeat)).toBe(0);
  for (const name of ['display-added', 'display-removed', 'display-metrics-changed']) expect(fake.screen.listenerCount(name)).toBe(0);
});

test('a bug of ours shows no dialog: it is said, everything ends in order, and whoever watches starts the app again', async () => {
  await start();
  process.listeners('uncaughtException').at(-1)!(new Error('we did not think of that'), 'uncaughtException');
  await ended();
  expect(said).toContain('we did not think of that');
  expect(fake.app.exits).toEqual([70]);
  expect(world.order.at(-1)).toBe('city stops, 0 windows open');
});

test('at a desk there is the console, the least menu in the city’s language, and the app ends with the last window', async () => {
  writeFileSync(join(folder, 'taodu.yaml'), 'locale: en\nlog: { level: fatal }\n');
  await start([left, right, desk]);
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(3));
  const consoleWindow = FakeBrowserWindow.open.find(({ options }) => options.name === 'console')!;
  expect(consoleWindow.options.windowStatePersistence).toBe(true);
  expect(consoleWindow.webContents.getURL()).toBe('http://127.0.0.1:8600/console');
  const [{ submenu }] = fake.menus.at(-1) as [{ submenu: { label?: string; click?(): void }[] }];
  expect(submenu.map(({ label }) => label).filter(Boolean)).toEqual([
    'Reload this page',
    'Show which screen is which',
    'About Taodu',
    'Quit Taodu',
  ]);
  submenu[0]!.click!();
  submenu[1]!.click!();
  expect(consoleWindow.webContents.reloads).toBe(1);
  expect(FakeBrowserWindow.open.filter(({ webContents }) => webContents.sent.length > 0)).toHaveLength(2);

  expect(consoleWindow.webContents.key('F11')).toBe(true);
  expect(consoleWindow.isFullScreen()).toBe(true);
  expect(consoleWindow.webContents.key('=', { control: true })).toBe(true);
  expect(consoleWindow.webContents.getZoomLevel()).toBe(1);
  expect(consoleWindow.webContents.key('f', { control: true })).toBe(false);
  for (let count = 0; count < 10; count += 1) consoleWindow.webContents.crash('oom');
  expect(consoleWindow.webContents.reloads).toBe(1 + 3);
});

test('at a laptop the app ends when all its windows were closed, and not before', async () => {
  await start([fakeDisplay(1, { width: 2560, height: 1600 })]);
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(3));
  for (const window of FakeBrowserWindow.open.slice(1)) window.close();
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(1));
  expect(fake.app.exits).toEqual([]);
  FakeBrowserWindow.open[0]!.close();
  await ended();
  expect(fake.app.exits).toEqual([0]);
});

test('several walls of one computer; one that the hub does not know keeps no other dark', async () => {
  writeFileSync(join(folder, 'taodu.yaml'), 'wall: { here: [main, side, gone] }\nlog: { level: fatal }\n');
  world.screens.set('side', [screen('1', 0)]);
  await start([left, right, fakeDisplay(44, { x: 3840 })]);
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(3));
  expect(FakeBrowserWindow.open.map((window) => window.getBounds().x)).toEqual([0, 1920, 3840]);
  expect(FakeBrowserWindow.open[2]!.webContents.getURL()).toContain('/wall/side/1');
});

test('a page of a wall may have the operator’s menu; without a key that was set nothing is done', async () => {
  await start();
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(2));
  const { webContents } = FakeBrowserWindow.open[0]!;
  expect(await fake.asks(webContents, channels.operate, ['kiln-4711', 'quit'])).toEqual({ done: false, code: 'operator-key-unset' });
  expect(fake.app.exits).toEqual([]);
});

test('displays that change, a computer that slept: windows are looked after', async () => {
  await start();
  await soon(() => expect(FakeBrowserWindow.open.filter((window) => window.isKiosk())).toHaveLength(2));
  fake.powerMonitor.emit('suspend');
  const looked = vi.spyOn(FakeBrowserWindow.prototype, 'isVisible');
  fake.powerMonitor.emit('resume');
  expect(looked).toHaveBeenCalledTimes(2);
  fake.setDisplays([left]);
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(1));
});

test('a GPU that dies thrice: the app ends in order and starts again, without it', async () => {
  await start();
  for (let count = 0; count < 3; count += 1) fake.gpuDies();
  await ended();
  expect(world.order.at(-1)).toBe('city stops, 0 windows open');
  expect(fake.app.events.slice(-2)).toEqual(['relaunch', 'exit 0']);
  expect(fake.app.relaunches).toEqual([{ args: ['--data', folder] }]);
  fake.reset();
  Object.assign(fake.app, { userData: folder, isPackaged: true });
  await start();
  expect(fake.app.events).toContain('no gpu');
});

test('watched over, it leaves that to whoever watches', async () => {
  vi.stubEnv('TAODU_WATCHED_OVER', '1');
  await start();
  for (let count = 0; count < 3; count += 1) fake.gpuDies();
  await ended();
  expect(fake.app.exits).toEqual([75]);
  expect(fake.app.relaunches).toEqual([]);
});

test.each<[string, object]>([
  [
    'the folder is another one’s',
    { code: 'data-folder-in-use', params: { folder: '/d' }, detail: 'another process works on this data folder' },
  ],
  ['the configuration is wrong', { code: 'config-invalid', params: {}, detail: 'no' }],
])('what cannot run is one line and a dialog: %s', async (_, problem) => {
  world.fails = new ProblemError(problem as never);
  await start();
  await soon(() => expect(fake.boxes).toHaveLength(1));
  const [line, ...more] = said
    .trim()
    .split('\n')
    .filter((one) => one.startsWith('taodu:'));
  expect(line).toContain((problem as { code: string }).code);
  expect(more).toEqual([]);
  expect(fake.boxes[0]).toMatchObject({ type: 'error', message: '陶都无法运行', detail: line });
  expect([FakeBrowserWindow.open, fake.app.exits]).toEqual([[], []]);
  fake.closeBox();
  await ended();
  expect(fake.app.exits).toEqual([78]);
});

test('where something watches over it, and from the source tree, there is no dialog that nobody closes: exit 78', async () => {
  vi.stubEnv('TAODU_WATCHED_OVER', '1');
  world.fails = new Error('the relay did not start');
  await start();
  await ended();
  expect([fake.app.exits, fake.boxes]).toEqual([[78], []]);
  expect(said).toContain('the relay did not start');
});

test('a hub that ends for good later takes the app with it', async () => {
  vi.stubEnv('TAODU_WATCHED_OVER', '1');
  await start();
  world.onFatal!({ code: 'data-folder-unusable', params: {}, detail: 'the disk is gone' });
  await ended();
  expect(fake.app.exits).toEqual([78]);
});

test('a hub that does not say what the wall is keeps nobody from ending the app', async () => {
  world.answers = false;
  fake.setDisplays([left]);
  await runMain();
  fake.app.ready.resolve();
  await soon(() => expect(said).toContain('the hub listens'));
  process.emit('SIGTERM', 'SIGTERM');
  await ended();
  expect([fake.app.exits, FakeBrowserWindow.all, world.order.at(-1)]).toEqual([[0], [], 'city stops, 0 windows open']);
});

test('started without a sandbox it does not ask for one: Electron would take the switch away that such a computer needs', async () => {
  fake.app.switches.set('no-sandbox', '');
  await start();
  expect(fake.app.events).not.toContain('sandbox');
  expect(said).toContain('--no-sandbox');
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(2));
  expect(FakeBrowserWindow.open.every(({ options }) => options.webPreferences?.sandbox)).toBe(true);
});

test.each(['--shell=chromium', '--hub=https://command.city.example:8600'])(
  '%s is not for the desktop app: it is refused instead of passed over',
  async (option) => {
    process.argv = ['/opt/taodu/taodu', '--data', folder, option, ...(option.startsWith('--hub') ? ['--shell=chromium'] : [])];
    await runMain();
    expect(fake.app.exits).toEqual([64]);
    expect(said).toContain('npm start');
  },
);

const lock = () => join(folder, 'SingletonLock');

test.runIf(process.platform !== 'win32')('a lock from when the computer had another name does not keep it dark', async () => {
  symlinkSync('wall-pc-of-old-2000000000', lock());
  await start();
  expect(said).toContain('wall-pc-of-old');
  expect(lstatSync(lock(), { throwIfNoEntry: false })).toBeUndefined();
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(2));
});

test.runIf(process.platform !== 'win32')(
  'settings that cannot be locked are no second start: it says so, and whoever watches tries again',
  async () => {
    fake.app.isFirstInstance = false;
    await runMain();
    expect(fake.app.exits).toEqual([74]);
    expect(said).toContain('is the disk full');
  },
);

test('a second start says so in one line, and ends', async () => {
  fake.app.isFirstInstance = false;
  if (process.platform !== 'win32') symlinkSync(`${hostname()}-${process.pid}`, lock());
  fake.setDisplays([left]);
  await runMain();
  expect(fake.app.exits).toEqual([0]);
  expect(said).toBe('taodu: Taodu runs already on this computer; its windows are brought to the front\n');
});

test('an option that nobody knows is refused with its name', async () => {
  process.argv = ['/opt/taodu/taodu', '--dta', folder];
  await runMain();
  expect(fake.app.exits).toEqual([64]);
  expect(said).toContain('--dta');
});

test.runIf(process.platform === 'linux')(
  'under Wayland it starts again under X11, and where that cannot be says so and goes on',
  async () => {
    vi.stubEnv('XDG_SESSION_TYPE', 'wayland');
    vi.stubEnv('DISPLAY', ':0');
    await runMain();
    await ended();
    expect(fake.app.relaunches).toEqual([{ args: ['--ozone-platform=x11', '--data', folder] }]);
    fake.reset();
    Object.assign(fake.app, { userData: folder, isPackaged: true });
    vi.stubEnv('DISPLAY', '');
    said = '';
    await start();
    expect(said).toContain('Wayland session');
    expect(fake.app.exits).toEqual([]);
  },
);

const firstStart = () => {
  process.argv = ['/opt/taodu/taodu'];
};
const setupWindow = () => FakeBrowserWindow.open.find(({ webContents }) => webContents.getURL().startsWith('http://127.0.0.1:8601/'));

test('the very first start shows the setup page, which may ask for the displays and nothing else; then the city that it made', async () => {
  firstStart();
  fake.setDisplays([left, right, desk]);
  await runMain();
  fake.app.ready.resolve();
  await soon(() => expect(setupWindow()).toBeDefined());
  const { webContents, options } = setupWindow()!;
  expect(options.webPreferences?.preload).toBeUndefined();
  expect(world.setup!.suggested).toBe(join(folder, 'data'));
  expect(webContents.session.asks(webContents, 'window-management')).toBe(true);
  expect(webContents.session.asks(webContents, 'media')).toBe(false);
  expect(webContents.goesTo('will-navigate', 'http://127.0.0.1:8600/console')).toBe(false);
  expect(FakeBrowserWindow.open).toHaveLength(1);

  const chosen = join(folder, 'chosen');
  const config = (await import('../config/config.ts')).configSchema.parse({ log: { level: 'fatal' } });
  world.setup!.finish({ dataFolder: chosen, locale: 'zh-CN', config, city: made.city(true) });
  await soon(() => expect([FakeBrowserWindow.open.length, setupWindow()]).toEqual([3, undefined]));
  expect(world.given).toBeNull();
  expect(FakeBrowserWindow.open.map((window) => window.webContents.getURL())).toContain('http://127.0.0.1:8600/console?ticket=once');
  expect(world.setup!.stops).toBeGreaterThan(0);
});

test('a setup page that is lost again and again is not loaded for ever', async () => {
  firstStart();
  fake.setDisplays([left]);
  await runMain();
  fake.app.ready.resolve();
  await soon(() => expect(setupWindow()).toBeDefined());
  const { webContents } = setupWindow()!;
  for (let count = 0; count < 10; count += 1) webContents.crash('crashed');
  expect(webContents.reloads).toBe(3);
});

test.each<[string, () => void]>([
  ['closed by its person', () => setupWindow()!.close()],
  ['ended by a signal', () => process.emit('SIGTERM', 'SIGTERM')],
  ['left alone for half an hour', () => world.setup!.finish(null)],
])('a setup that is %s ends the app, and nothing runs', async (_, end) => {
  firstStart();
  fake.setDisplays([left]);
  await runMain();
  fake.app.ready.resolve();
  await soon(() => expect(setupWindow()).toBeDefined());
  end();
  await ended();
  await soon(() => expect(FakeBrowserWindow.open).toHaveLength(0));
  expect([fake.app.exits, world.order]).toEqual([[0], []]);
  expect(world.setup!.stops).toBeGreaterThan(0);
});

test('later starts take the folder that was chosen; where it has no city any more, that is said instead of making another', async () => {
  firstStart();
  const chosen = join(folder, 'chosen');
  mkdirSync(chosen);
  writeFileSync(join(chosen, 'ledger.db'), '');
  writeFileSync(join(chosen, 'taodu.yaml'), 'log: { level: fatal }\n');
  writeFileSync(join(folder, 'data-folder.json'), JSON.stringify({ dataFolder: chosen }));
  await start();
  expect([world.given?.dataFolder, world.setup]).toEqual([chosen, null]);
  fake.app.quit();
  await ended();

  fake.reset();
  Object.assign(fake.app, { userData: folder, isPackaged: true });
  Object.assign(world, { order: [], given: null });
  rmSync(join(chosen, 'ledger.db'));
  await start();
  await soon(() => expect(fake.boxes).toHaveLength(1));
  expect(fake.boxes[0]!.detail).toContain('is its disk mounted?');
  expect([world.given, world.setup]).toEqual([null, null]);
});
