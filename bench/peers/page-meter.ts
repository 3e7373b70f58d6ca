import type { Page } from 'playwright-core';
import type { WallPageFacts } from './wall-page-facts.ts';

/** What a page's pictures did since `begin`. */
export interface PageReading {
  /** Of each tile that is there now: pictures shown a second, and when its first one was (epoch ms); null when none was. */
  readonly tiles: readonly { readonly fps: number; readonly firstAt: number | null }[];
  /** How old pictures were when they were shown, in ms: samples of all tiles. */
  readonly agesMs: readonly number[];
  /** Tasks of 50 ms and more on the main thread: the browser tells of no others. */
  readonly longTasksMs: readonly number[];
  /** The tiles' reasons as the page reports them, counted. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** `mosaic`: the wall page's own count of painted pictures. `videos`: every video element on the page, by what it presented. */
export type PageKind = 'mosaic' | 'videos';

interface Metered {
  taoduMeter: { begin(): void; read(): PageReading };
}

/** Begins to count in the page; stays there until it is reloaded. */
export const meterPage = (page: Page, kind: PageKind): Promise<void> => page.evaluate(installMeter, kind);

/** Forgets what was counted so far. */
export const beginReading = (page: Page): Promise<void> => page.evaluate(() => (globalThis as unknown as Metered).taoduMeter.begin());

export const readPage = (page: Page): Promise<PageReading> => page.evaluate(() => (globalThis as unknown as Metered).taoduMeter.read());

/** The times between animation frames over `ms`. Not part of the reading: a page that asks for every frame is drawn for nothing and costs more. */
export const frameGapsMs = (page: Page, ms: number): Promise<number[]> =>
  page.evaluate(
    (forMs) =>
      new Promise<number[]>((done) => {
        const gaps: number[] = [];
        let first: number | null = null;
        let last = 0;
        const frame = (now: number) => {
          if (first !== null) gaps.push(now - last);
          first ??= now;
          last = now;
          if (now - first < forMs) requestAnimationFrame(frame);
          else done(gaps);
        };
        requestAnimationFrame(frame);
      }),
    ms,
  );

/** Runs in the page, so it can use nothing from outside. */
function installMeter(kind: PageKind): void {
  interface Counted {
    frames: number;
    count: number;
    fromAt: number | null;
    lastAt: number;
    firstAt: number | null;
  }
  const page = globalThis as unknown as Metered & Partial<WallPageFacts> & { taoduPlayers?: readonly { playingDate: Date | null }[] };
  const counted = new Map<unknown, Counted>();
  let ages: number[] = [];
  let longTasks: number[] = [];
  let reasons: Record<string, number> = {};
  let reportAt = 0;
  let begunAt = 0;

  /** `count` pictures were shown in all, the latest at `at`. A count that falls began anew. */
  const seen = (key: unknown, count: number, at: number): boolean => {
    const tile = counted.get(key) ?? { frames: 0, count: 0, fromAt: null, lastAt: at, firstAt: null };
    counted.set(key, tile);
    if (count === tile.count && tile.fromAt !== null) return false;
    if (tile.fromAt === null) tile.fromAt = at;
    else tile.frames += count >= tile.count ? count - tile.count : count;
    tile.count = count;
    tile.lastAt = at;
    tile.firstAt ??= at;
    return true;
  };

  const present: () => readonly unknown[] =
    kind === 'mosaic' ? () => Object.keys(page.taoduWall?.tiles ?? {}) : () => [...document.querySelectorAll('video')];
  const asked = new WeakSet<HTMLVideoElement>();
  const askVideos = () => {
    for (const video of document.querySelectorAll('video')) {
      if (asked.has(video)) continue;
      asked.add(video);
      video.requestVideoFrameCallback((_now, { presentedFrames }) => {
        seen(video, presentedFrames, Date.now());
        // Twice a second is enough, and costs the page little.
        setTimeout(() => asked.delete(video), 500);
      });
    }
    for (const player of page.taoduPlayers ?? []) if (player.playingDate) ages.push(Date.now() - player.playingDate.getTime());
    const report = page.taoduWall?.report;
    if (report && report.at !== reportAt) for (const { frameAgeMs } of report.tiles) if (frameAgeMs !== null) ages.push(frameAgeMs);
  };
  const lookAtMosaic = () => {
    for (const [tileId, facts] of Object.entries(page.taoduWall?.tiles ?? {})) {
      if (!facts || facts.painted === 0 || facts.paintedAt === null) continue;
      if (seen(tileId, facts.painted, facts.paintedAt) && facts.receivedAt !== null) ages.push(facts.paintedAt - facts.receivedAt);
      // Facts come four times a second, and say when it was.
      const tile = counted.get(tileId);
      if (tile && facts.firstPaintedAt !== null && facts.firstPaintedAt >= begunAt) tile.firstAt = facts.firstPaintedAt;
    }
  };
  setInterval(() => {
    if (kind === 'mosaic') lookAtMosaic();
    else askVideos();
    const report = page.taoduWall?.report;
    if (!report || report.at === reportAt) return;
    reportAt = report.at;
    for (const { reason } of report.tiles) if (reason !== null) reasons[reason] = (reasons[reason] ?? 0) + 1;
  }, 100);

  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });

  page.taoduMeter = {
    begin() {
      begunAt = Date.now();
      const now = new Set(present());
      for (const [key, tile] of counted) {
        if (!now.has(key)) counted.delete(key);
        else Object.assign(tile, { frames: 0, fromAt: null, firstAt: null });
      }
      ages = [];
      longTasks = [];
      reasons = {};
    },
    read: () => ({
      tiles: present().map((key) => {
        const tile = counted.get(key);
        if (!tile || tile.fromAt === null) return { fps: 0, firstAt: null };
        // Up to the latest picture, unless it is so old that its tile stands still.
        const until = Date.now() - tile.lastAt > 1000 ? Date.now() : tile.lastAt;
        return { fps: until > tile.fromAt ? (tile.frames * 1000) / (until - tile.fromAt) : 0, firstAt: tile.firstAt };
      }),
      agesMs: ages,
      longTasksMs: longTasks,
      reasons,
    }),
  };
}
