import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ScreenPlace } from '../../layouts/displays.ts';
import type { Log } from '../contract/log.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { channels } from './channels.ts';
import { fake, FakeBrowserWindow, fakeDisplay } from './testdata/fake-electron.ts';
import { openWallWindows, type WallWindows } from './wall-windows.ts';

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);

const screen = (id: string, x: number): ScreenPlace => ({ id, name: `屏 ${id}`, rect: { x, y: 0, width: 1920, height: 1080 } });
const shell = { preload: '/preload.cjs', version: '1', devTools: false };
const left = fakeDisplay(11);
const right = fakeDisplay(22, { x: 1920 });

let clock: ManualClock;
let links: number;
let hubAnswers: boolean;
let said: { readonly words: string; readonly fields: Record<string, unknown> }[];
let walls: WallWindows;

beforeEach(() => {
  fake.reset();
  clock = new ManualClock();
  links = 0;
  hubAnswers = true;
  said = [];
});

const city = {
  async wallLink(wallId: string, screenId: string) {
    if (!hubAnswers) throw new Error('the hub made no link');
    links += 1;
    return `http://127.0.0.1:8600/wall/${wallId}/${screenId}?ticket=${links}`;
  },
};

const say = (fields: object, words: string) => void said.push({ words, fields: fields as Record<string, unknown> });
const log: Log = { debug() {}, info: say, warn: say, error: say };

async function open(screens = [screen('1', 0), screen('2', 1920)], displays = [left, right]): Promise<FakeBrowserWindow[]> {
  fake.setDisplays(displays);
  walls = openWallWindows({ city, walls: [{ wallId: 'main', screens }], shell, clock, log });
  await pass(500);
  return FakeBrowserWindow.open;
}

/** Lets time go by in small steps, with pages that paint where nothing else is said. */
async function pass(ms: number, paints: (window: FakeBrowserWindow) => boolean = () => true): Promise<void> {
  for (let left = ms; left > 0; left -= 250) {
    for (const window of FakeBrowserWindow.open) if (paints(window)) walls.heartbeat(window.webContents as never);
    await clock.advance(Math.min(250, left));
  }
}

const boundsOf = (windows: readonly FakeBrowserWindow[]) => windows.map((window) => window.getBounds().x);
const losses = () => said.filter(({ words }) => words.includes('was lost')).map(({ fields }) => fields['why']);

describe('windows open', () => {
  test('one on each display, full screen, without a menu, each with a link of its own', async () => {
    const windows = await open();
    expect(boundsOf(windows)).toEqual([0, 1920]);
    expect(windows.every((window) => window.isKiosk() && window.isVisible())).toBe(true);
    expect(windows.map(({ webContents }) => webContents.loaded)).toEqual([
      ['http://127.0.0.1:8600/wall/main/1?ticket=1'],
      ['http://127.0.0.1:8600/wall/main/2?ticket=2'],
    ]);
    expect(windows.every(({ webContents }) => webContents.ignoresMenuShortcuts && webContents.navigationHistory.cleared === 1)).toBe(true);
    expect(windows.map(({ options }) => options.webPreferences?.partition)).toEqual(['persist:wall-main-1', 'persist:wall-main-2']);
  });

  test('a window manager that does not obey at once is asked again', async () => {
    fake.windowManager.deafFor = 3;
    const [first] = await open([screen('1', 1920)], [left, right]);
    await pass(1500);
    expect(first!.getBounds().x).toBe(1920);
    expect(first!.isKiosk()).toBe(true);
  });

  test('a window that nobody lets in place is said, moved less and less often, and shows its page all the while', async () => {
    fake.windowManager.deafFor = 1_000_000;
    const [first] = await open([screen('1', 1920)], [left, right]);
    await pass(10 * 60_000);
    const complaints = said.filter(({ words }) => words.includes('does not fill'));
    expect(complaints.length).toBeGreaterThan(1);
    expect(complaints.length).toBeLessThan(16);
    expect(first!.webContents.loaded).toHaveLength(1);
  });

  test('a display with a scale of its own is filled when the system rounds', async () => {
    const scaled = fakeDisplay(33, { width: 960, height: 540 }, { scaleFactor: 2 });
    const [first] = await open([screen('1', 0)], [scaled]);
    expect(first!.isKiosk()).toBe(true);
    first!.pushTo({ x: 0, y: 0, width: 963, height: 542 });
    const moves = first!.moves.length;
    await pass(20_000);
    expect(first!.moves).toHaveLength(moves);
  });

  test('at a desk they are ordinary windows, and stay closed when a person closes them', async () => {
    const windows = await open(undefined, [fakeDisplay(1, { width: 2560, height: 1440 })]);
    expect(windows.map((window) => window.isKiosk())).toEqual([false, false]);
    windows[0]!.close();
    await pass(60_000);
    expect(FakeBrowserWindow.open).toHaveLength(1);
    windows[1]!.close();
    await pass(1000);
    await walls.ended;
  });

  test('a wall window is not closed by a key, and what destroys it brings another', async () => {
    const [first] = await open();
    first!.close();
    expect(first!.isDestroyed()).toBe(false);
    first!.destroy();
    await pass(2000);
    expect(boundsOf(FakeBrowserWindow.open).toSorted((a, b) => a - b)).toEqual([0, 1920]);
    expect(losses()).toEqual(['closed']);
  });

  test('at the end all are gone, and nothing waits for anything', async () => {
    await open();
    await walls.stop();
    expect(FakeBrowserWindow.open).toHaveLength(0);
    await clock.advance(0);
    expect(clock.sleeping).toBe(0);
  });

  test('a hub that is away is waited for, less and less often', async () => {
    hubAnswers = false;
    await open();
    await pass(60_000);
    expect(FakeBrowserWindow.open).toHaveLength(0);
    expect(losses().length).toBeLessThan(40);
    hubAnswers = true;
    await pass(12_000);
    expect(FakeBrowserWindow.open).toHaveLength(2);
  });
});

describe('a page is lost', () => {
  test.each(['crashed', 'oom', 'killed', 'launch-failed', 'memory-eviction'] as const)(
    'by a renderer that ends (%s): the same window shows another, with a new link, and the other screen does not notice',
    async (reason) => {
      const [first, second] = await open();
      first!.webContents.crash(reason);
      await pass(1000);
      expect(FakeBrowserWindow.open).toEqual([first, second]);
      expect(first!.webContents.loaded).toHaveLength(2);
      expect(second!.webContents.loaded).toHaveLength(1);
      expect(losses()).toEqual([`renderer ${reason}`]);
    },
  );

  test('twice within moments: then the window is made anew, too', async () => {
    const [first] = await open();
    first!.webContents.crash('crashed');
    await pass(1000);
    first!.webContents.crash('crashed');
    await pass(2000);
    expect(first!.isDestroyed()).toBe(true);
    expect(FakeBrowserWindow.open).toHaveLength(2);
  });

  test('by hanging: it is given ten seconds, then crashed and loaded again', async () => {
    const [first] = await open();
    first!.webContents.emit('unresponsive');
    await pass(9000);
    expect(first!.webContents.crashes).toBe(0);
    await pass(3000);
    expect(first!.webContents.crashes).toBe(1);
    expect(first!.webContents.loaded).toHaveLength(2);
    expect(losses()).toEqual(['unresponsive']);
  });

  test('by hanging for a moment: nothing happens', async () => {
    const [first] = await open();
    first!.webContents.emit('unresponsive');
    await pass(5000);
    first!.webContents.emit('responsive');
    await pass(20_000);
    expect(losses()).toEqual([]);
    expect(first!.webContents.listenerCount('responsive')).toBe(0);
  });

  test('by painting no more', async () => {
    const [first] = await open();
    await pass(25_000, (window) => window !== first);
    expect(losses()).toEqual(['no heartbeat']);
    expect(first!.webContents.crashes).toBe(1);
    expect(first!.webContents.loaded).toHaveLength(2);
  });

  test('by growing beyond measure, when it does not make itself anew', async () => {
    const [first, second] = await open();
    first!.webContents.memoryKb = 3_000_000;
    second!.webContents.memoryKb = 3_000_000;
    second!.webContents.answers = () => Promise.reject(new Error('the page is gone'));
    await pass(6000);
    expect(losses()).toEqual(['memory', 'memory']);
  });

  test('a page that hangs of its memory does not answer: it is still watched, and its process ended', async () => {
    const [first] = await open();
    first!.webContents.memoryKb = 3_000_000;
    first!.webContents.answers = () => new Promise(() => {});
    await pass(20_000);
    expect(losses()).toEqual(['unresponsive']);
    expect(first!.webContents.crashes).toBe(1);
  });

  test('a page that hangs before it ever painted does not answer either', async () => {
    await open([screen('1', 0)], [left]);
    walls.reloadAll();
    for (const { webContents } of FakeBrowserWindow.open) webContents.answers = () => new Promise(() => {});
    await pass(80_000, () => false);
    expect(losses()).toEqual(['an operator asked for it', 'unresponsive']);
  });

  test('a page that makes itself anew is asked once, and left alone when it has shrunk', async () => {
    const [first] = await open();
    const { webContents } = first!;
    webContents.answers = () => Promise.resolve(true);
    webContents.memoryKb = 3_000_000;
    await pass(30_000);
    expect(webContents.evaluated).toHaveLength(1);
    webContents.memoryKb = 300_000;
    await pass(90_000);
    expect(losses()).toEqual([]);
    webContents.memoryKb = 3_000_000;
    await pass(10_000);
    expect(webContents.evaluated).toHaveLength(2);
    await pass(70_000);
    expect(losses()).toEqual(['memory']);
  });

  test('by an answer that is none, and by a load that fails', async () => {
    const [first] = await open([screen('1', 0)], [left]);
    fake.pages.status = 403;
    walls.reload('main/1');
    await pass(1000);
    expect(losses()).toContain('HTTP 403');
    fake.pages = { status: 200, failsWith: { code: -102, description: 'ERR_CONNECTION_REFUSED' } };
    await pass(10_000);
    expect(losses()).toContain('load failed: ERR_CONNECTION_REFUSED');
    fake.pages.failsWith = null;
    await pass(20_000);
    expect(FakeBrowserWindow.open[0]!.webContents.getURL()).toContain('/wall/main/1?ticket=');
    expect(first).toBeDefined();
  });

  test('a load that another replaced is none that failed', async () => {
    const [first] = await open();
    first!.webContents.emit('did-fail-load', {}, -3, 'ERR_ABORTED', 'http://127.0.0.1:8600/', true);
    first!.webContents.emit('did-fail-load', {}, -102, 'ERR_CONNECTION_REFUSED', 'http://127.0.0.1:8600/frame', false);
    await pass(2000);
    expect(losses()).toEqual([]);
  });

  test('by a script that was not there: it is empty, and made anew after a minute', async () => {
    const [first] = await open();
    walls.reloadAll();
    for (const { webContents } of FakeBrowserWindow.open) webContents.answers = () => Promise.resolve(webContents === first!.webContents);
    await pass(60_000, () => false);
    expect(losses()).toEqual(['an operator asked for it', 'an operator asked for it']);
    await pass(20_000, () => false);
    expect(losses().slice(2)).toEqual(['the page never began']);
  });

  test('while the hub is away: its window stays, and the whole scene comes with the hub', async () => {
    const [first] = await open([screen('1', 0)], [left]);
    hubAnswers = false;
    first!.webContents.crash('crashed');
    await pass(30 * 60_000);
    expect(first!.isDestroyed()).toBe(false);
    expect(said.length).toBeLessThan(30);
    hubAnswers = true;
    await pass(15_000);
    expect(first!.webContents.getURL()).toContain('ticket=');
    expect(first!.webContents.getURL()).not.toContain('safe=1');
    expect(first!.webContents.loaded).toHaveLength(2);
  });

  test('again and again: it comes back with stills, and tries the whole scene ten minutes later', async () => {
    await open([screen('1', 0)], [left]);
    const only = () => FakeBrowserWindow.open[0]!;
    for (let count = 0; count < 5; count += 1) {
      only().webContents.crash('oom');
      await pass(12_000);
    }
    expect(only().webContents.getURL()).toContain('safe=1');
    await pass(10 * 60_000);
    expect(only().webContents.getURL()).not.toContain('safe=1');
    expect(losses().at(-1)).toBe('the rest in the safe scene is over');
  });
});

describe('displays change', () => {
  const changed = async (displays: Electron.Display[]) => {
    fake.setDisplays(displays);
    walls.placeAgain();
    await pass(2000);
  };

  test('two that change places: each window follows its screen’s place', async () => {
    const [first, second] = await open();
    await changed([fakeDisplay(22), fakeDisplay(11, { x: 1920 })]);
    expect(boundsOf([first!, second!])).toEqual([0, 1920]);
    expect(losses()).toEqual([]);
  });

  test('one is unplugged: its screen waits, nothing lies on the other, and it comes back to its own', async () => {
    const [first] = await open();
    await changed([left]);
    expect(FakeBrowserWindow.open).toEqual([first]);
    expect(first!.webContents.loaded).toHaveLength(1);
    await pass(60_000);
    expect(FakeBrowserWindow.open).toHaveLength(1);
    await changed([left, right]);
    expect(boundsOf(FakeBrowserWindow.open)).toEqual([0, 1920]);
    expect(first!.webContents.loaded).toHaveLength(1);
    expect(said.map(({ words }) => words)).toEqual(['a wall screen waits for its display', 'a wall screen has its display again']);
  });

  test('one goes while its page is lost: nothing of its window stays on the other', async () => {
    const [first] = await open();
    first!.webContents.crash('crashed');
    await clock.advance(0);
    await changed([right]);
    expect(first!.isDestroyed()).toBe(true);
    expect(boundsOf(FakeBrowserWindow.open)).toEqual([1920]);
    await changed([left, right]);
    await pass(1000);
    expect(boundsOf(FakeBrowserWindow.open).toSorted((a, b) => a - b)).toEqual([0, 1920]);
  });

  test('all are off: every window stays as it is', async () => {
    const windows = await open();
    await changed([]);
    expect(FakeBrowserWindow.open).toEqual(windows);
    await changed([left, right]);
    expect(FakeBrowserWindow.open).toEqual(windows);
    expect(boundsOf(windows)).toEqual([0, 1920]);
  });

  test('a third one comes: nobody moves', async () => {
    const windows = await open();
    const moves = windows.map((window) => window.moves.length);
    await changed([left, right, fakeDisplay(33, { x: 3840, width: 2560, height: 1440 })]);
    expect(windows.map((window) => window.moves.length)).toEqual(moves);
  });

  test('a window that was pushed elsewhere is brought back at the next look', async () => {
    const [, second] = await open();
    second!.pushTo({ ...left.bounds });
    await pass(6000);
    expect(second!.getBounds().x).toBe(1920);
    expect(losses()).toEqual([]);
  });

  test('a window that somebody minimised comes up again', async () => {
    const [first] = await open();
    first!.isMinimizedNow = true;
    await pass(6000);
    expect(first!.isMinimized()).toBe(false);
  });

  test('no display at the start: windows open when there are some', async () => {
    await open(undefined, []);
    expect(FakeBrowserWindow.open).toHaveLength(0);
    await changed([left, right]);
    expect(boundsOf(FakeBrowserWindow.open)).toEqual([0, 1920]);
  });

  test.each<[string, Electron.Display[]]>([
    ['no size', [left, fakeDisplay(22, { x: 1920, width: 0, height: 0 })]],
    ['a negative size', [left, fakeDisplay(22, { x: 1920, width: -1920, height: 1080 })]],
    ['bounds that are no numbers', [left, fakeDisplay(22, { x: Number.NaN, width: Number.NaN })]],
    ['an id that is none', [left, fakeDisplay(Number.NaN, { x: 1920, width: 0 })]],
    ['the same id twice', [left, fakeDisplay(11, { x: 1920, width: 0 })]],
    ['a scale of nought', [left, fakeDisplay(22, { x: 1920, width: 0 }, { scaleFactor: 0 })]],
    ['the same place twice', [left, fakeDisplay(22)]],
  ])('nonsense, %s: the good window stays, and all is well when it ends', async (_, displays) => {
    const [first] = await open();
    await changed(displays);
    await pass(20_000);
    expect(first!.isDestroyed()).toBe(false);
    expect(first!.webContents.loaded).toHaveLength(1);
    await changed([left, right]);
    await pass(12_000);
    expect(boundsOf(FakeBrowserWindow.open)).toEqual([0, 1920]);
    expect(first!.webContents.loaded).toHaveLength(1);
  });
});

describe('the computer sleeps', () => {
  test('pages that paint when it wakes up stay; one that does not is made anew within seconds', async () => {
    const [first, second] = await open();
    walls.suspended();
    // A clock that goes on during sleep.
    await clock.advance(8 * 3_600_000);
    walls.resumed();
    await pass(6000, (window) => window !== first);
    expect(losses()).toEqual(['no heartbeat after sleep']);
    await pass(1000);
    expect(first!.webContents.loaded).toHaveLength(2);
    expect(second!.webContents.loaded).toHaveLength(1);
  });

  test('a computer that only said that it would sleep is awake: whoever paints no more is seen', async () => {
    await open();
    walls.suspended();
    await pass(3 * 60_000, () => false);
    expect(losses()).toContain('no heartbeat');
  });

  test('while it is about to sleep nobody is judged, and from its waking everybody has some seconds', async () => {
    await open();
    walls.suspended();
    await pass(60_000, () => false);
    walls.resumed();
    await pass(4500, () => false);
    expect(losses()).toEqual([]);
    await pass(60_000);
    expect(losses()).toEqual([]);
  });

  test('a clock that stood still meanwhile makes no difference', async () => {
    const [first] = await open();
    walls.suspended();
    walls.resumed();
    await pass(6000, (window) => window !== first);
    expect(losses()).toEqual(['no heartbeat after sleep']);
  });

  test('a page that never said that it paints is not judged by it', async () => {
    fake.setDisplays([left]);
    walls = openWallWindows({ city, walls: [{ wallId: 'main', screens: [screen('1', 0)] }], shell, clock, log });
    await pass(500, () => false);
    walls.suspended();
    walls.resumed();
    await pass(60_000, () => false);
    expect(losses()).toEqual([]);
  });

  test('a sleep that nobody told of makes no page anew', async () => {
    await open();
    await clock.advance(8 * 3_600_000);
    await pass(60_000);
    expect(losses()).toEqual([]);
  });

  test('windows that the system moved meanwhile are put back at once', async () => {
    const [, second] = await open();
    walls.suspended();
    second!.pushTo({ ...left.bounds });
    walls.resumed();
    await pass(500);
    expect(second!.getBounds().x).toBe(1920);
  });
});

describe('an operator asks', () => {
  test('for one page, for all, for which screen is which', async () => {
    const [first, second] = await open();
    expect(walls.screenOf(second!.webContents as never)).toBe('main/2');
    expect(walls.screenOf({} as never)).toBeNull();
    walls.reload('main/2');
    await pass(250);
    expect([first!, second!].map(({ webContents }) => webContents.loaded.length)).toEqual([1, 2]);
    walls.reloadAll();
    await pass(250);
    expect([first!, second!].map(({ webContents }) => webContents.loaded.length)).toEqual([2, 3]);
    walls.identify(8000);
    expect(first!.webContents.sent).toEqual([{ channel: channels.identify, args: [8000] }]);
    walls.focus();
    expect(first!.focused).toBe(1);
  });

  test('ten times in a row: that is no crash loop', async () => {
    await open([screen('1', 0)], [left]);
    for (let count = 0; count < 10; count += 1) {
      walls.reloadAll();
      await pass(1000);
    }
    expect(FakeBrowserWindow.open[0]!.webContents.getURL()).not.toContain('safe=1');
  });
});
