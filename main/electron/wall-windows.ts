import { app, BrowserWindow, screen as desktop, type WebContents } from 'electron';
import type { Display, ScreenPlace } from '../../layouts/displays.ts';
import type { Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import type { City } from '../launch/city.ts';
import { backoffMs } from '../supervision/backoff.ts';
import { LossBrake, withSafeScene } from '../supervision/loss-brake.ts';
import { pageLoss, type PageSigns } from '../supervision/page-signs.ts';
import { wallWindowOptions } from './window-options.ts';
import { isSamePlacement, isSameRect, planWindows, type Placement } from './window-plan.ts';

export interface WallWindowsOptions {
  readonly city: Pick<City, 'wallLink'>;
  readonly wallId: string;
  readonly screens: readonly ScreenPlace[];
  readonly shell: { readonly preload: string; readonly version: string };
  readonly clock: Clock;
  readonly log: Log;
}

/** The windows of one wall: one for each screen, made again whenever its page is lost. */
export interface WallWindows {
  /** The page in these contents says that it paints. */
  heartbeat(from: WebContents): void;
  /** Displays have changed: moves the windows whose place has. */
  placeAgain(): void;
  /** Resolves when every window was closed by a person, or stopped. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const stableMs = 30_000;
const placeTries = 5;
/** What a window manager may take to carry out a move. */
const settleMs = 250;
const watchEveryMs = 5000;
const unresponsiveMs = 10_000;
/** Why a window with its safe scene is opened anew. */
const rested = 'the rest in the safe scene is over';
/** Chromium's net error for a load that another load replaced; nothing is wrong. */
const errAborted = -3;

interface WallWindow {
  readonly screen: ScreenPlace;
  placement: Placement;
  window: BrowserWindow | null;
  signs: PageSigns;
}

/** The displays of this computer, as `layouts/displays.ts` wants them. */
export function displaysNow(): Display[] {
  return desktop.getAllDisplays().map(({ id, label, bounds, scaleFactor }) => ({ id: String(id), label, bounds, scaleFactor }));
}

/** Opens the windows. */
export function openWallWindows(options: WallWindowsOptions): WallWindows {
  const { city, wallId, screens, shell, clock, log } = options;
  const stopping = new AbortController();
  const windows: WallWindow[] = planWindows(screens, displaysNow()).screens.map(({ screen, placement }) => ({
    screen,
    placement,
    window: null,
    signs: { loadedAt: clock.monotonic(), heartbeatAt: null, memoryMb: null },
  }));

  /** Shows one window until it is lost, and says why it was. */
  const showOnce = async (wall: WallWindow, restMs: number | null): Promise<string> => {
    const link = await city.wallLink(wallId, wall.screen.id);
    const url = restMs === null ? link : withSafeScene(link);
    const framed = wall.placement.kind === 'window';
    const window = new BrowserWindow(
      wallWindowOptions(shell, { wallId, screenId: wall.screen.id, title: `陶都 ${wall.screen.name}`, framed }),
    );
    const contents = window.webContents;
    const lost = Promise.withResolvers<string>();
    const over = new AbortController();
    wall.window = window;
    wall.signs = { loadedAt: clock.monotonic(), heartbeatAt: null, memoryMb: null };

    window.on('closed', () => lost.resolve('closed'));
    contents.on('render-process-gone', (_event, { reason }) => lost.resolve(`renderer ${reason}`));
    contents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
      if (isMainFrame && code !== errAborted) lost.resolve(`load failed: ${description}`);
    });
    // The session ended or the screen is gone: a new link tells.
    contents.on('did-navigate', (_event, _url, status) => {
      if (status >= 400) lost.resolve(`HTTP ${status}`);
    });
    contents.on('unresponsive', () => {
      const answers = new AbortController();
      contents.once('responsive', () => answers.abort());
      clock.sleep(unresponsiveMs, AbortSignal.any([answers.signal, over.signal])).then(
        () => lost.resolve('unresponsive'),
        () => {},
      );
    });
    const stop = () => lost.resolve('stopping');
    stopping.signal.addEventListener('abort', stop);
    if (stopping.signal.aborted) stop();

    // A failed load is heard above; the promise of loadURL says the same again.
    window.loadURL(url).catch(() => {});
    await place(window, wall, { clock, log, over: over.signal });
    // After its rest the window is opened anew, with the whole scene.
    if (restMs !== null)
      clock.sleep(restMs, over.signal).then(
        () => lost.resolve(rested),
        () => {},
      );
    watch(wall, { clock, over: over.signal, lose: lost.resolve });
    const why = await lost.promise;
    stopping.signal.removeEventListener('abort', stop);
    over.abort();
    wall.window = null;
    if (!window.isDestroyed()) window.destroy();
    return why;
  };

  const keep = async (wall: WallWindow): Promise<void> => {
    let attempt = 0;
    const brake = new LossBrake();
    while (!stopping.signal.aborted) {
      const openedAt = clock.monotonic();
      const why = await showOnce(wall, brake.remainingMs(openedAt)).catch((error: unknown) => String(error));
      if (why !== rested) brake.lost(openedAt, clock.monotonic());
      // A person may close a window on their desk. Nobody sits at a wall: there it comes back.
      if (stopping.signal.aborted || (why === 'closed' && wall.placement.kind === 'window')) return;
      log.warn({ screenId: wall.screen.id, why }, 'a wall window was lost, opening it again');
      attempt = clock.monotonic() - openedAt > stableMs ? 0 : attempt + 1;
      await clock.sleep(backoffMs(attempt, { firstMs: 250, capMs: 10_000 }), stopping.signal).catch(() => {});
    }
  };
  const ended = (async () => void (await Promise.all(windows.map(keep))))();

  return {
    heartbeat(from) {
      const wall = windows.find(({ window }) => window?.webContents === from);
      if (wall) wall.signs = { ...wall.signs, heartbeatAt: clock.monotonic() };
    },
    placeAgain() {
      const plan = planWindows(screens, displaysNow());
      for (const [index, wall] of windows.entries()) {
        const { placement } = plan.screens[index]!;
        if (isSamePlacement(wall.placement, placement)) continue;
        wall.placement = placement;
        if (wall.window) void place(wall.window, wall, { clock, log, over: stopping.signal });
      }
    },
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/**
 * Puts a window where it belongs and makes sure that it is there: full screen always takes the display that the window is on,
 * window managers move windows late, and some crop them when they are made (electron#30249, #21052).
 */
async function place(window: BrowserWindow, wall: WallWindow, on: { clock: Clock; log: Log; over: AbortSignal }): Promise<void> {
  const { placement } = wall;
  if (placement.kind === 'window') {
    window.setKiosk(false);
    window.setBounds(placement.bounds);
    window.show();
    return;
  }
  const wanted = placement.display.bounds;
  for (let left = placeTries; left > 0; left -= 1) {
    if (window.isDestroyed() || on.over.aborted || wall.placement !== placement) return;
    window.setKiosk(false);
    window.setBounds(wanted);
    window.show();
    window.setKiosk(true);
    await on.clock.sleep(settleMs, on.over).catch(() => {});
    if (window.isDestroyed()) return;
    const bounds = window.getBounds();
    if (isSameRect(bounds, wanted) && String(desktop.getDisplayMatching(bounds).id) === placement.display.id) return;
  }
  if (!window.isDestroyed() && !on.over.aborted)
    on.log.warn({ screenId: wall.screen.id, wanted, got: window.getBounds() }, 'a wall window does not fill its display');
}

/** Looks at a page's heartbeats and memory until it is lost or over. */
function watch(wall: WallWindow, on: { clock: Clock; over: AbortSignal; lose(why: string): void }): void {
  void (async () => {
    while (!on.over.aborted) {
      await on.clock.sleep(watchEveryMs, on.over).catch(() => {});
      const memoryMb = wall.window === null || wall.window.isDestroyed() ? null : memoryOf(wall.window.webContents);
      wall.signs = { ...wall.signs, memoryMb };
      const why = pageLoss(wall.signs, on.clock.monotonic());
      if (why !== null) on.lose(why);
    }
  })();
}

/** What the page's own process holds, in MB. */
function memoryOf(contents: WebContents): number | null {
  const pid = contents.getOSProcessId();
  const kb = app.getAppMetrics().find((metric) => metric.pid === pid)?.memory.workingSetSize;
  return kb === undefined ? null : kb / 1024;
}
