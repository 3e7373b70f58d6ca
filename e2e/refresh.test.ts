import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageHandle } from '../renderer/wall/refresh/page-place.ts';
import type { WallFacts } from '../renderer/wall/wall-facts.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startFaultyLine, type FaultyLine } from './faulty-line.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openPage, shownTiles, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';
const count = 9;
/** Small: a browser without a GPU copies every frame that is filmed. */
const size = { width: 640, height: 360 };
/** So long a frame waits for the next, and a look at the hub. */
const frameApartMs = 100;
const lookApartMs = 300;
/** What is kept of a film at most; a change takes some hundred frames. */
const maxFrames = 2000;
/** A machine with other work holds pictures up now and then; what is lost stays away. */
const standsAtMostMs = 5000;

/** On a machine with other work a picture may be late; it moves all the same. */
const moves: ReadonlySet<string> = new Set(['live', 'delayed']);

type WallWindow = typeof globalThis & { taoduWall: WallFacts; taoduPage: PageHandle; held: () => HeldByDocument };

/** What would keep a document busy. */
interface HeldByDocument {
  readonly intervals: number;
  readonly timeouts: number;
  readonly listeners: readonly string[];
}

/** What was seen of the nine tiles while something happened. */
interface Film {
  readonly frames: number;
  /** Frames in which some tile was of one colour. */
  readonly plain: number;
  /** The longest time for which a tile's picture stood still, in ms. */
  readonly stoodMs: number;
  /** All states of tiles that the hub was told of. */
  readonly states: ReadonlySet<string>;
}

describe.skipIf(chromiumPath === null)(`a wall's page that is made anew${why}`, () => {
  let folder: string;
  let hub: RunningHub;
  let browser: Browser;
  let line: FaultyLine;
  let wall: OpenPage;
  /** Looks at the film, so that the wall's own page has nothing to do with it. */
  let eye: OpenPage;
  let relayPort: number;

  const shown = () => shownTiles(hub, '1');
  const frames = () => wall.page.frames().slice(1);
  const refresh = () => wall.page.evaluate(() => (globalThis as WallWindow).taoduWall.refresh);
  const ask = () => hub.command('wall.refresh', { wallId: 'main', screenId: '1' });
  /** Nothing plays twice any more. */
  const isAlone = async (pages: number) =>
    frames().length === pages && wall.page.workers().length === 1 && (await hub.metrics())['taodu_leases'] === count;

  /** Films the screen, frame by frame, until what happens has happened. */
  async function film(what: string, withinMs: number, hasHappened: () => Promise<boolean>): Promise<Film> {
    const taken: { readonly at: number; readonly jpeg: string }[] = [];
    const states = new Set<string>();
    const devtools = await wall.context.newCDPSession(wall.page);
    devtools.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
      if (taken.length < maxFrames) taken.push({ at: metadata.timestamp! * 1000, jpeg: data });
      setTimeout(() => devtools.send('Page.screencastFrameAck', { sessionId }).catch(() => {}), frameApartMs);
    });
    await devtools.send('Page.startScreencast', { format: 'jpeg', quality: 70, maxWidth: size.width, maxHeight: size.height });
    try {
      await until(what, withinMs, async () => {
        await new Promise((done) => setTimeout(done, lookApartMs));
        for (const { state } of (await shown())!.tiles) states.add(state);
        return hasHappened();
      });
    } finally {
      await devtools.send('Page.stopScreencast');
      await devtools.detach();
    }
    const changedAt: number[] = [];
    const before: string[] = [];
    let [plain, stoodMs] = [0, 0];
    for (const { at, jpeg } of taken) {
      const tiles = await seenOn(jpeg);
      if (tiles.some(({ isPlain }) => isPlain)) plain += 1;
      for (const [nth, { mark }] of tiles.entries()) {
        if (mark !== before[nth]) changedAt[nth] = at;
        before[nth] = mark;
        stoodMs = Math.max(stoodMs, at - changedAt[nth]!);
      }
    }
    return { frames: taken.length, plain, stoodMs: Math.round(stoodMs), states };
  }

  /** The middle of each tile in one frame: whether it is of one colour, and a mark of what is there. */
  function seenOn(jpeg: string): Promise<{ readonly isPlain: boolean; readonly mark: string }[]> {
    return eye.page.evaluate(async (encoded) => {
      const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
      const { width, height } = image;
      const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
      context.drawImage(image, 0, 0);
      const bar = Math.round(height * 0.04);
      const [wide, high] = [width / 3, (height - bar) / 3];
      return Array.from({ length: 9 }, (_, nth) => {
        const [left, top] = [(nth % 3) * wide, bar + Math.floor(nth / 3) * high];
        const { data } = context.getImageData(left + wide / 4, top + high / 4, wide / 2, high / 2);
        // FNV-1a, with 32 bits.
        let mark = 0x811c9dc5;
        let [least, most] = [255, 0];
        for (let at = 0; at < data.length; at += 4) {
          const value = data[at + 1]!;
          mark = Math.imul(mark ^ value, 0x01000193);
          least = Math.min(least, value);
          most = Math.max(most, value);
        }
        return { isPlain: most - least < 24, mark: (mark >>> 0).toString(16) };
      });
    }, jpeg);
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'taodu-refresh-'));
    const config = join(folder, 'taodu.yaml');
    // JSON is YAML.
    writeFileSync(config, JSON.stringify({ wall: { refreshAt: 'off' }, av: { enabled: false }, ingest: { enabled: false } }));
    [hub, browser, line] = await Promise.all([startHub({ demo: true, args: ['--config', config] }), startChromium(), startFaultyLine()]);
    await until('the demo city shows cameras', 30_000, async () => {
      const { items } = await hub.collection<{ screens: { scene: { tiles?: unknown[] } }[] }>('walls');
      return items[0]?.screens.every((screen) => (screen.scene.tiles ?? []).some(Boolean));
    });
    const { items } = await hub.collection<{ id: string }>('cameras', '?limit=1');
    const { urls, leaseId } = await hub.command<{ leaseId: string; urls: { socket: string } }>('stream.lease', {
      cameraId: items[0]!.id,
      profile: 'sub',
    });
    relayPort = Number(new URL(urls.socket).port);
    await hub.command('stream.release', { leaseId });
    const { url } = await hub.command<{ url: string }>('wall.link', { wallId: 'main', screenId: '1' });
    [wall, eye] = await Promise.all([
      openPage(browser, url, size, { proxy: { server: line.address }, prepare: (context) => context.addInitScript(countHeld) }),
      openPage(browser, 'about:blank', { width: 100, height: 100 }),
    ]);
    await until('nine moving tiles', 60_000, async () => {
      const report = await shown();
      return report?.tiles.length === count && report.tiles.every(({ state }) => moves.has(state)) && isAlone(0);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    await line?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([1, 2])('nobody sees it, and what was there before has given everything back: time %i', async (time) => {
    let tries = (await refresh()).failed;
    await ask();
    const seen = await film('the change, and the end of what was before', 120_000, async () => {
      const { generation, failed, lastFailure } = await refresh();
      // A machine with other work gives up what it cannot do beside it, and somebody asks again.
      if (generation < time && failed > tries) {
        expect(lastFailure).toBe('overloaded');
        tries = failed;
        await ask();
      }
      return generation === time && (await isAlone(1));
    });
    expect(seen.plain).toBe(0);
    expect(seen.stoodMs).toBeLessThan(standsAtMostMs);
    expect(seen.frames).toBeGreaterThan(20);
    expect([...seen.states].filter((state) => !moves.has(state))).toEqual([]);
    // The first page of the window holds the frame, and nothing else keeps it busy. The socket library listens for as long as its document is there;
    // the frame that is seen listens to the shell.
    const stay = ['window pagehide', 'window offline', 'window taodu-shell'];
    const left = await until('the end of its last timers', 15_000, () =>
      wall.page.evaluate(() => {
        const { taoduPage, held } = globalThis as WallWindow;
        const { players, openSockets, report, figures } = taoduPage.facts;
        return (
          held().timeouts === 0 && { players, openSockets, report, figures, ...held(), rest: document.querySelector('#app')!.innerHTML }
        );
      }),
    );
    expect(left).toEqual({ players: 0, openSockets: 0, report: null, figures: null, intervals: 0, timeouts: 0, listeners: stay, rest: '' });
    const now = await wall.page.evaluate(() => {
      const { players, openSockets, report, paintedAt } = (globalThis as WallWindow).taoduWall;
      return { players, openSockets, tiles: report!.tiles.length, agoMs: performance.now() - paintedAt! };
    });
    expect(now).toMatchObject({ players: count, openSockets: 1, tiles: count });
    expect(now.agoMs).toBeGreaterThanOrEqual(0);
    expect(now.agoMs).toBeLessThan(10_000);
  });

  test('keys go to the page that is seen now', async () => {
    await wall.page.keyboard.press('?');
    await until('the help', 5000, async () => (await frames()[0]!.locator('.key-help').count()) === 1);
    await wall.page.keyboard.press('Escape');
    await until('no help', 5000, async () => (await frames()[0]!.locator('.key-help').count()) === 0);
  });

  test('with the relay held up the next page does not get there: it is taken away, and what is seen stays', async () => {
    line.hold(relayPort);
    await ask();
    const seen = await film('the end of the try', 60_000, async () => (await refresh()).failed === 1 && (await isAlone(1)));
    line.restore();
    expect(seen.plain).toBe(0);
    expect(seen.stoodMs).toBeLessThan(standsAtMostMs);
    expect([...seen.states].filter((state) => !moves.has(state))).toEqual([]);
    expect(await refresh()).toEqual({ generation: 2, begun: 1, failed: 1, lastFailure: 'tiles' });
  });

  test('the pages did not complain', () => {
    expect(wall.problems.filter((words) => !/WebSocket/.test(words))).toEqual([]);
  });
});

/** Runs in every document before its own scripts: counts what is never given back. */
function countHeld(): void {
  const intervals = new Set<number>();
  const timeouts = new Set<number>();
  const listeners = new Map<string, Set<unknown>>();
  const { setInterval: every, clearInterval: noMore, setTimeout: later, clearTimeout: never } = window;
  Object.assign(window, {
    setInterval(...asked: Parameters<typeof every>) {
      const id = every(...asked);
      intervals.add(id);
      return id;
    },
    clearInterval(id: number) {
      intervals.delete(id);
      noMore(id);
    },
    setTimeout(call: () => void, ms?: number) {
      const id = later(() => {
        timeouts.delete(id);
        call();
      }, ms);
      timeouts.add(id);
      return id;
    },
    clearTimeout(id: number) {
      timeouts.delete(id);
      never(id);
    },
    held: () => ({
      intervals: intervals.size,
      timeouts: timeouts.size,
      listeners: [...listeners].flatMap(([type, those]) => Array.from(those, () => type)),
    }),
  });
  for (const [name, target] of Object.entries({ window, document } as Record<string, EventTarget>)) {
    const { addEventListener: add, removeEventListener: remove } = target;
    target.addEventListener = (type, listener, options) => {
      const key = `${name} ${type}`;
      listeners.set(key, (listeners.get(key) ?? new Set()).add(listener));
      if (typeof options === 'object' && options.signal) {
        const { signal } = options;
        add.call(signal, 'abort', () => listeners.get(key)?.delete(listener), { once: true });
      }
      add.call(target, type, listener, options);
    };
    target.removeEventListener = (type, listener, options) => {
      listeners.get(`${name} ${type}`)?.delete(listener);
      remove.call(target, type, listener, options);
    };
  }
}
