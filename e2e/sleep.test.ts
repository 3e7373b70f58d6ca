import { readdirSync, readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TileState } from '../layouts/contract.ts';
import type { WallFacts } from '../renderer/wall/wall-facts.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openWall, shownTiles, wallFacts, type OpenPage } from './wall-page.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

/** So long everything stands still: longer than a socket of the hub, and a page that plays on, would bear. */
const standstillMs = 10_000;
/** Product truth rule 1: a live picture was painted within two seconds, and was not above 1.15 s old then; and it is read four times a second. */
const liveAtMostMs = 2000 + 1150 + 250;

/** The page reads its pictures four times a second, and is looked at ten times: so many looks may come before it noticed. */
const unread = 3;

/** What was to be seen of a tile in one frame of the page. */
interface SeenTile {
  readonly tileId: string;
  /** By its mark. */
  readonly state: TileState;
  /** When the relay had the picture that is on the canvas; null while nobody knows. */
  readonly receivedAt: number | null;
}
interface SeenFrame {
  readonly at: number;
  readonly tiles: readonly SeenTile[];
  /** The last report: when it was made, and how many of its tiles were live. */
  readonly report: { readonly at: number; readonly live: number } | null;
}

/** Everything of a browser that this process has started (Linux). */
function browserProcesses(): number[] {
  const parents = new Map<number, { parent: number; line: string }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      parents.set(Number(name), { parent, line: readFileSync(`/proc/${name}/cmdline`, 'utf8') });
    } catch {
      // it ended while we looked
    }
  }
  const isOurs = (pid: number): boolean => {
    const one = parents.get(pid);
    if (!one || pid === process.pid) return false;
    return (one.parent === process.pid && one.line.includes('--remote-debugging')) || isOurs(one.parent);
  };
  return [...parents.keys()].filter(isOurs);
}
/** Runs `meanwhile` while these processes stand still, for `standstillMs` at least; answers when they go on. */
async function whileStopped(pids: readonly number[], meanwhile: () => Promise<unknown>): Promise<number> {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await Promise.all([meanwhile(), new Promise((done) => setTimeout(done, standstillMs))]);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
  return Date.now();
}

/** Writes down what is to be seen ten times a second from now on, each time in a frame of the page; `seen` ends that. */
async function watchFrames(page: Page): Promise<{ seen(): Promise<SeenFrame[]> }> {
  await page.evaluate(() => {
    const holder = globalThis as unknown as { taoduWall: WallFacts; frames: SeenFrame[]; watching: number };
    const frames: SeenFrame[] = (holder.frames = []);
    const look = () => {
      const { tiles, report } = holder.taoduWall;
      const panels = [...document.querySelectorAll<HTMLElement>('.tile > .video-panel')];
      frames.push({
        // Not the clock that the tests set.
        at: Math.round(performance.timeOrigin + performance.now()),
        tiles: panels.map((panel) => {
          const tileId = panel.parentElement!.dataset['tile']!;
          return { tileId, state: panel.dataset['state'] as TileState, receivedAt: tiles[tileId]?.receivedAt ?? null };
        }),
        report: report && { at: report.at, live: report.tiles.filter(({ state }) => state === 'live').length },
      });
    };
    holder.watching = setInterval(() => requestAnimationFrame(look), 100) as unknown as number;
  });
  return {
    seen: () =>
      page.evaluate(() => {
        const { frames, watching } = globalThis as unknown as { frames: SeenFrame[]; watching: number };
        clearInterval(watching);
        return frames;
      }),
  };
}

/** Tiles that were called live with an old picture. */
const untrue = (frames: readonly SeenFrame[]) =>
  frames.flatMap(({ at, tiles }) =>
    tiles
      .filter(({ state, receivedAt }) => state === 'live' && (receivedAt === null || at - receivedAt > liveAtMostMs))
      .map(({ tileId, receivedAt }) => `${tileId} at ${at}: ${receivedAt === null ? 'of unknown age' : `${at - receivedAt} ms old`}`),
  );

describe.skipIf(chromiumPath === null)(`sleep and resume${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let wall: OpenPage;

  /**
   * Every tile shows a picture that the relay received since then, and the screen says so itself. On a busy machine some of them are late, or thinned by
   * plan; that all are would be a clock that is not known.
   */
  const allBack = (since: number) =>
    until('nine new pictures', 60_000, async () => {
      const shown = await shownTiles(hub, '1');
      if (shown === null || shown.at <= since || shown.tiles.length !== 9) return false;
      const states = new Set(shown.tiles.map(({ state }) => state));
      if (!states.has('live') || [...states].some((state) => state !== 'live' && state !== 'delayed')) return false;
      const { tiles } = await wallFacts(wall.page);
      return Object.values(tiles).filter((facts) => (facts?.receivedAt ?? 0) > since).length === 9;
    });

  beforeAll(async () => {
    hub = await startHub({ demo: true });
    browser = await startChromium();
    await until('the demo city shows cameras', 30_000, async () => {
      const { items } = await hub.collection<{ screens: { scene: { tiles?: unknown[] } }[] }>('walls');
      return items[0]?.screens.every((screen) => (screen.scene.tiles ?? []).some(Boolean));
    });
    wall = await openWall(browser, hub, '1', { viewport: { width: 960, height: 540 } });
    await allBack(0);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  test('a wall computer that stands still: the hub says that its screen is silent; the page shows no old picture as live, and all of them again', async () => {
    const frames = await watchFrames(wall.page);
    const pids = browserProcesses();
    expect(pids.length).toBeGreaterThan(3);
    const stoppedAt = Date.now();
    const resumedAt = await whileStopped(pids, async () => {
      const shown = await until('the hub to say so', 8000, async () => {
        const now = await shownTiles(hub, '1');
        return now?.silentSince !== undefined && now;
      });
      expect(shown).toMatchObject({ tiles: [] });
      expect(shown.silentSince).toBeLessThanOrEqual(stoppedAt + 1500);
      expect(await hub.metrics()).toMatchObject({ 'taodu_wall_screens{state="silent"}': 1, 'taodu_wall_screens{state="reporting"}': 0 });
    });
    await allBack(resumedAt);
    const after = (await frames.seen()).filter(({ at }) => at >= resumedAt);
    expect(after.length).toBeGreaterThan(5);
    expect(untrue(after.slice(unread))).toEqual([]);
    const firstReport = after.find(({ report }) => report !== null && report.at >= resumedAt)?.report;
    expect(firstReport, 'what it first said of itself was not what it last had said').not.toEqual(expect.objectContaining({ live: 9 }));
  });

  test('hub and relay that stand still: the page says so, shows no old picture as live, and all of them again', async () => {
    const pids = [await hub.child('hub.js'), await hub.child('relay.js')];
    const frames = await watchFrames(wall.page);
    const stoppedAt = Date.now();
    const resumedAt = await whileStopped(pids, async () => {
      await until('the banner of a lost hub', 8000, async () => (await wall.page.locator('[data-connection="stale"]').count()) > 0);
      await until('no live tile', 8000, async () => (await wall.page.locator('.video-panel[data-state="live"]').count()) === 0);
    });
    await allBack(resumedAt);
    expect(untrue((await frames.seen()).filter(({ at }) => at >= stoppedAt))).toEqual([]);
    await until('the line to the hub', 10_000, async () => (await wall.page.locator('[data-connection="live"]').count()) > 0);
  });

  test.each([
    ['ahead', 3_600_000],
    ['back again', 0],
  ])(
    "the wall computer's clock set %s: no picture is called live whose age nobody knows, and reports keep the hub's time",
    async (_, ms) => {
      const frames = await watchFrames(wall.page);
      const setAt = Date.now();
      await wall.page.evaluate((ahead) => {
        const holder = globalThis as unknown as { realNow?: () => number };
        const real = (holder.realNow ??= Date.now.bind(Date));
        Date.now = () => real() + ahead;
      }, ms);
      await until('a report after that', 10_000, async () => ((await shownTiles(hub, '1'))?.at ?? 0) > setAt + 1000);
      await allBack(setAt + 1000);
      const shown = (await shownTiles(hub, '1'))!;
      expect(Math.abs(Date.now() - shown.at)).toBeLessThan(60_000);
      expect(untrue((await frames.seen()).filter(({ at }) => at >= setAt).slice(unread))).toEqual([]);
    },
  );

  test('the page did not complain', () => {
    // A line that was lost while one of its ends stood still is the fault that the tests made.
    const expected = /net::ERR_|WebSocket connection|ERR_CONNECTION|Failed to load resource/;
    expect(wall.problems.filter((line) => !expected.test(line))).toEqual([]);
  });
});
