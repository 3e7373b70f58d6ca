import { app, BrowserWindow, type WebContents } from 'electron';
import type { ScreenPlace } from '../../layouts/displays.ts';
import type { Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import type { City } from '../launch/city.ts';
import { backoffMs } from '../supervision/backoff.ts';
import { LossBrake, withSafeScene } from '../supervision/loss-brake.ts';
import { askToRefresh, beginsWithinMs, hasNotBegun, memoryAtMostMb, pageLoss, type PageSigns } from '../supervision/page-signs.ts';
import { channels } from './channels.ts';
import { displaysNow } from './display-watch.ts';
import { isInPlace, placeWindow } from './place-window.ts';
import { planRoom, standAgain, type Stand, type WallOfRoom } from './room-plan.ts';
import { wallWindowOptions, type ShellOfPages } from './window-options.ts';
import { isSamePlacement } from './window-plan.ts';

export interface WallWindowsOptions {
  readonly city: Pick<City, 'wallLink'>;
  /** All walls that this computer shows. */
  readonly walls: readonly WallOfRoom[];
  readonly shell: ShellOfPages;
  readonly clock: Clock;
  readonly log: Log;
}

/** The windows of this computer's walls: one for each screen that has a display, made again whenever its page is lost. */
export interface WallWindows {
  /** The page in these contents says that it paints. */
  heartbeat(from: WebContents): void;
  /** Which screen's page is in these contents, as `wallId/screenId`; null: none of a wall. */
  screenOf(contents: WebContents): string | null;
  /** Displays have changed, or may have: every window is looked after. */
  placeAgain(): void;
  /** The computer is about to sleep: nobody is judged by what he does not do now. */
  suspended(): void;
  /** It is awake again: windows are looked after, and pages have to say soon that they paint. */
  resumed(): void;
  /** Makes the page of one screen anew, `wallId/screenId`. */
  reload(screen: string): void;
  reloadAll(): void;
  /** Every page shows for `forMs` which screen it is. */
  identify(forMs: number): void;
  /** Brings a window to the front: somebody asks for what runs already. */
  focus(): void;
  /** Resolves when every window was closed by a person, or stopped. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const stableMs = 30_000;
const watchEveryMs = 5000;
const unresponsiveMs = 10_000;
/** Whatever should have taken less by so much: the computer slept, or this process was stopped. */
const standstillMs = 5000;
/** A computer that runs so long after it said that it would sleep does not, and nobody may ever say that it woke up. */
const fallsAsleepWithinMs = 120_000;
/** A page that lives paints within so long after its computer woke up. */
const beatsAfterResumeMs = 5000;
/** A renderer that was told to crash is gone within this time. */
const crashWithinMs = 2000;
/** A page that is asked something and says nothing within this time hangs: its promise never settles. */
const answersWithinMs = 10_000;
/** After so many losses in a row the window itself is made anew. */
const windowAnewAfter = 2;
/** A window that cannot be put where it belongs is moved less and less often, up to once in so many looks: each time it flickers. */
const moveAtLeastEveryLooks = 12;
/** A hub that is away for a night is not told of with every try. */
const tellsAtFirst = 5;
const tellsEvery = 30;
/** Chromium's net error for a load that another load replaced; nothing is wrong. */
const errAborted = -3;

/** Why a page ended, where that matters. */
const why = {
  closed: 'closed',
  stopping: 'stopping',
  displayAway: 'its display is away',
  rested: 'the rest in the safe scene is over',
  asked: 'an operator asked for it',
  noLink: 'the hub made no link',
  unresponsive: 'unresponsive',
  noHeartbeat: 'no heartbeat',
  asleep: 'no heartbeat after sleep',
  neverBegan: 'the page never began',
} as const;

const nobodysFault: readonly string[] = [why.rested, why.asked, why.displayAway, why.noLink];
/** Its process still runs and will not end by being asked. */
const hung: readonly string[] = [why.unresponsive, why.noHeartbeat, why.asleep];

interface WallWindow {
  readonly wallId: string;
  readonly screenId: string;
  readonly screen: ScreenPlace;
  stand: Stand;
  window: BrowserWindow | null;
  signs: PageSigns;
  losses: number;
  /** Ends the page that is shown now. */
  lose(reason: string): void;
  /** The stand has changed. */
  wake(): void;
  /** Ends the placing that is under way. */
  placing: AbortController;
}

/** Opens the windows. */
export function openWallWindows(options: WallWindowsOptions): WallWindows {
  const { city, walls, shell, clock, log } = options;
  const stopping = new AbortController();
  let sleepsFrom: number | null = null;
  const isAsleep = () => sleepsFrom !== null && clock.monotonic() - sleepsFrom < fallsAsleepWithinMs;

  const windows: WallWindow[] = walls.flatMap(({ wallId, screens }) =>
    screens.map((screen) => ({
      wallId,
      screenId: screen.id,
      screen,
      stand: { kind: 'waiting', display: null },
      window: null,
      signs: { loadedAt: clock.monotonic(), heartbeatAt: null, memoryMb: null },
      losses: 0,
      lose() {},
      wake() {},
      placing: new AbortController(),
    })),
  );

  /** Where each stands now: `isStart` when none has stood anywhere. */
  const standAll = (isStart: boolean): void => {
    const displays = displaysNow();
    const stood = windows.map(({ stand }) => stand);
    const stands = standAgain(stood, planRoom(walls, displays, stood), displays);
    for (const [index, wall] of windows.entries()) {
      const before = wall.stand;
      const next = stands[index]!;
      wall.stand = next;
      const { screenId } = wall;
      if (next.kind === 'waiting') {
        if (isStart || before.kind !== 'waiting') log.warn({ screenId, displays: displays.length }, 'a wall screen waits for its display');
        if (before.kind !== 'waiting') wall.lose(why.displayAway);
      } else if (before.kind === 'waiting') {
        if (!isStart) log.info({ screenId }, 'a wall screen has its display again');
        wall.wake();
      } else if (wall.window && (!isSamePlacement(before, next) || !isInPlace(wall.window, next))) {
        void place(wall, wall.window);
      }
    }
  };

  const place = (wall: WallWindow, window: BrowserWindow): Promise<boolean> => {
    const { stand } = wall;
    wall.placing.abort();
    if (stand.kind === 'waiting') return Promise.resolve(false);
    wall.placing = new AbortController();
    const over = AbortSignal.any([stopping.signal, wall.placing.signal]);
    return placeWindow(window, stand, { clock, log, screenId: wall.screenId, over });
  };

  const makeWindow = (wall: WallWindow): BrowserWindow => {
    const { wallId, screenId, screen } = wall;
    const framed = wall.stand.kind === 'window';
    const window = new BrowserWindow(wallWindowOptions(shell, { wallId, screenId, title: `陶都 ${screen.name}`, framed }));
    const contents = window.webContents;
    // macOS has one menu for all windows.
    if (process.platform !== 'darwin') window.removeMenu();
    contents.setIgnoreMenuShortcuts(true);
    // A wall has no close button; what a key or a window manager asks for is refused.
    window.on('close', (event) => {
      if (wall.stand.kind === 'kiosk' && !stopping.signal.aborted) event.preventDefault();
    });
    window.on('closed', () => {
      if (wall.window === window) wall.window = null;
      wall.lose(why.closed);
    });
    contents.on('render-process-gone', (_event, { reason }) => wall.lose(`renderer ${reason}`));
    contents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
      if (isMainFrame && code !== errAborted) wall.lose(`load failed: ${description}`);
    });
    contents.on('did-navigate', (_event, _url, status) => {
      wall.signs = { ...wall.signs, loadedAt: clock.monotonic() };
      // No mouse and no touch screen leads back.
      contents.navigationHistory.clear();
      // The session ended or the screen is gone: a new link tells.
      if (status >= 400) wall.lose(`HTTP ${status}`);
    });
    contents.on('unresponsive', () => {
      const { lose } = wall;
      const answers = new AbortController();
      const end = () => answers.abort();
      contents.once('responsive', end);
      void clock
        .sleep(unresponsiveMs, AbortSignal.any([answers.signal, stopping.signal]))
        .then(
          () => lose(why.unresponsive),
          () => {},
        )
        .finally(() => contents.off('responsive', end));
    });
    return window;
  };

  const destroyWindow = (wall: WallWindow): void => {
    const { window } = wall;
    wall.placing.abort();
    wall.window = null;
    if (window && !window.isDestroyed()) window.destroy();
  };

  /** Ends a renderer that does not end by itself, so that the next page gets a process of its own. */
  const crashRenderer = async ({ webContents }: BrowserWindow): Promise<void> => {
    const gone = new AbortController();
    webContents.once('render-process-gone', () => gone.abort());
    webContents.forcefullyCrashRenderer();
    await clock.sleep(crashWithinMs, AbortSignal.any([gone.signal, stopping.signal])).catch(() => {});
  };

  /** Shows one page until it is lost, and says why it was. */
  const showOnce = async (wall: WallWindow, restMs: number | null): Promise<string> => {
    const over = new AbortController();
    const lost = Promise.withResolvers<string>();
    wall.lose = lost.resolve;
    const stop = () => lost.resolve(why.stopping);
    stopping.signal.addEventListener('abort', stop);
    try {
      const asked = city.wallLink(wall.wallId, wall.screenId).catch(() => lost.resolve(why.noLink));
      const link = await Promise.race([asked, lost.promise.then(() => {})]);
      if (link === undefined || stopping.signal.aborted) return await lost.promise;
      const isNew = wall.window === null;
      const window = (wall.window ??= makeWindow(wall));
      wall.signs = { loadedAt: clock.monotonic(), heartbeatAt: null, memoryMb: null };
      // A failed load is heard above; the promise of loadURL says the same again.
      window.loadURL(restMs === null ? link : withSafeScene(link)).catch(() => {});
      if (isNew) await place(wall, window);
      // After its rest the page is opened anew, with the whole scene.
      if (restMs !== null)
        clock.sleep(restMs, over.signal).then(
          () => lost.resolve(why.rested),
          () => {},
        );
      watch(wall, over.signal);
      return await lost.promise;
    } finally {
      stopping.signal.removeEventListener('abort', stop);
      over.abort();
    }
  };

  /** What an expression says in a page; null, and the page is lost, when it does not answer: it was asked for its memory because it may hang of it. */
  const askPage = async (wall: WallWindow, contents: WebContents, expression: string, over: AbortSignal): Promise<unknown> => {
    const { lose } = wall;
    const enough = new AbortController();
    const late = clock.sleep(answersWithinMs, AbortSignal.any([enough.signal, over])).then(
      () => {
        if (!isAsleep()) lose(why.unresponsive);
        return null;
      },
      () => null,
    );
    const answer = await Promise.race([contents.executeJavaScript(expression).catch(() => false), late]);
    enough.abort();
    return answer;
  };

  /** A page that makes itself anew does so unseen; one that cannot, or is of a version that does not know how, is lost at once. */
  const ease = async (wall: WallWindow, contents: WebContents, over: AbortSignal): Promise<void> => {
    const { lose } = wall;
    const refreshes = await askPage(wall, contents, askToRefresh, over);
    if (refreshes === true) wall.signs = { ...wall.signs, refreshAskedAt: clock.monotonic() };
    else if (refreshes !== null) lose('memory');
  };

  /** A page that waits to be let in paints nothing and is well; one whose script was not there is empty for ever. */
  const seeWhetherItBegan = async (wall: WallWindow, contents: WebContents, over: AbortSignal): Promise<void> => {
    const { lose } = wall;
    if ((await askPage(wall, contents, hasNotBegun, over)) === true) lose(why.neverBegan);
  };

  /** Looks at a page's heartbeats and memory, and at its window, until it is lost or over. */
  const watch = (wall: WallWindow, over: AbortSignal): void => {
    void (async () => {
      let nextMove = 0;
      let movedInVain = 0;
      for (let look = 1; !over.aborted; look += 1) {
        const restsFrom = clock.monotonic();
        await clock.sleep(watchEveryMs, over).catch(() => {});
        const { window, stand } = wall;
        if (over.aborted || isAsleep() || window === null || window.isDestroyed() || stand.kind === 'waiting') continue;
        // This computer slept without a word: a page had no time yet to paint.
        if (clock.monotonic() - restsFrom > watchEveryMs + standstillMs) continue;
        wall.signs = { ...wall.signs, memoryMb: memoryOf(window.webContents) };
        const loss = pageLoss(wall.signs, clock.monotonic());
        // Whatever it was asked for is done; should it grow again it is asked again.
        if (loss === null && (wall.signs.memoryMb ?? 0) <= memoryAtMostMb) wall.signs = { ...wall.signs, refreshAskedAt: null };
        const { heartbeatAt, loadedAt } = wall.signs;
        if (heartbeatAt === null && clock.monotonic() - loadedAt > beginsWithinMs) await seeWhetherItBegan(wall, window.webContents, over);
        if (loss === 'too large') await ease(wall, window.webContents, over);
        else if (loss !== null) wall.lose(loss);
        else if (look >= nextMove && stand.kind === 'kiosk') {
          movedInVain = isInPlace(window, stand) || (await place(wall, window)) ? 0 : movedInVain + 1;
          nextMove = look + Math.min(moveAtLeastEveryLooks, 2 ** movedInVain);
        }
      }
    })();
  };

  const waitAgain = (attempt: number): Promise<void> =>
    clock.sleep(backoffMs(attempt, { firstMs: 250, capMs: 10_000 }), stopping.signal).catch(() => {});

  const keep = async (wall: WallWindow): Promise<void> => {
    let attempt = 0;
    let triesWithoutLink = 0;
    const brake = new LossBrake();
    const { screenId } = wall;
    while (!stopping.signal.aborted) {
      if (isWaiting(wall)) {
        // Its page may have been lost just before its display was.
        destroyWindow(wall);
        await hasStand(wall);
        continue;
      }
      const openedAt = clock.monotonic();
      const reason = await showOnce(wall, brake.remainingMs(openedAt)).catch((error: unknown) => String(error));
      if (stopping.signal.aborted) break;
      // A person may close a window on their desk. Nobody sits at a wall: there it comes back.
      if (reason === why.closed && wall.stand.kind === 'window') return;
      const isFault = !nobodysFault.includes(reason);
      if (isFault) {
        wall.losses += 1;
        brake.lost(openedAt, clock.monotonic());
      }
      if (isWaiting(wall)) {
        attempt = 0;
        continue;
      }
      triesWithoutLink = reason === why.noLink ? triesWithoutLink + 1 : 0;
      if (triesWithoutLink <= tellsAtFirst || triesWithoutLink % tellsEvery === 0) {
        const safe = brake.isSafe(clock.monotonic());
        log.warn({ screenId, why: reason, losses: wall.losses, safe }, 'the page of a wall screen was lost, opening it again');
      }
      // The hub is away: what the window shows stays, be it dark, and no scene was too much.
      if (triesWithoutLink > 0) {
        await waitAgain(triesWithoutLink);
        continue;
      }
      attempt = !isFault || clock.monotonic() - openedAt > stableMs ? 0 : attempt + 1;
      if (hung.includes(reason) && wall.window) await crashRenderer(wall.window);
      // The same window shows the next page: nobody sees the desktop behind it.
      if (attempt >= windowAnewAfter) destroyWindow(wall);
      if (isFault) await waitAgain(attempt);
    }
    destroyWindow(wall);
  };

  /** Resolves when the wall has somewhere to stand, or everything stops. */
  const hasStand = (wall: WallWindow): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        stopping.signal.removeEventListener('abort', done);
        wall.wake = () => {};
        resolve();
      };
      wall.wake = done;
      stopping.signal.addEventListener('abort', done);
      if (stopping.signal.aborted) done();
    });

  standAll(true);
  const ended = (async () => void (await Promise.all(windows.map(keep))))();
  const withWindow = () => windows.flatMap((wall) => (wall.window && !wall.window.isDestroyed() ? [{ wall, window: wall.window }] : []));

  return {
    heartbeat(from) {
      const found = windows.find(({ window }) => window?.webContents === from);
      if (found) found.signs = { ...found.signs, heartbeatAt: clock.monotonic() };
    },
    screenOf(contents) {
      const found = windows.find(({ window }) => window?.webContents === contents);
      return found ? nameOf(found) : null;
    },
    placeAgain: () => standAll(false),
    suspended() {
      sleepsFrom = clock.monotonic();
    },
    resumed() {
      sleepsFrom = null;
      const resumedAt = clock.monotonic();
      standAll(false);
      for (const { wall } of withWindow()) {
        const { heartbeatAt } = wall.signs;
        const { lose } = wall;
        // It is judged from now on: whether the clock went on during sleep is different on each system.
        wall.signs = { ...wall.signs, loadedAt: resumedAt };
        if (heartbeatAt === null) continue;
        void clock.sleep(beatsAfterResumeMs, stopping.signal).then(
          () => {
            if (!isAsleep() && (wall.signs.heartbeatAt ?? resumedAt) < resumedAt) lose(why.asleep);
          },
          () => {},
        );
      }
    },
    reload(screen) {
      for (const wall of windows) if (nameOf(wall) === screen) wall.lose(why.asked);
    },
    reloadAll() {
      for (const wall of windows) wall.lose(why.asked);
    },
    identify(forMs) {
      for (const { window } of withWindow()) window.webContents.send(channels.identify, forMs);
    },
    focus() {
      withWindow()[0]?.window.focus();
    },
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

const isWaiting = ({ stand }: WallWindow): boolean => stand.kind === 'waiting';

const nameOf = ({ wallId, screenId }: WallWindow): string => `${wallId}/${screenId}`;

/** What the page's own process holds, in MB. */
function memoryOf(contents: WebContents): number | null {
  const pid = contents.getOSProcessId();
  const kb = app.getAppMetrics().find((metric) => metric.pid === pid)?.memory.workingSetSize;
  return kb === undefined ? null : kb / 1024;
}
