import { BrowserWindow, type Session } from 'electron';
import type { Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import { consoleKey, zoomAfter } from './console-keys.ts';
import { consoleWindowOptions, type ShellOfPages } from './window-options.ts';

export interface ConsoleWindow {
  /** Opens it, or brings it to the front. `url` is where it begins; only a new window goes there. */
  open(url: string): void;
  /** Whether there is one. */
  readonly isOpen: boolean;
  /** False: there is none to bring to the front. */
  focus(): boolean;
  /** Loads its page again. */
  reload(): void;
  close(): void;
}

/** A page that is lost more often than this within the time stays away: somebody sits there who sees it, and can reload it. */
const lossesAtMost = 3;
const withinMs = 60_000;

/** The operator's console: one window at most. `onClosed` is called when a person has closed it. */
export function createConsoleWindow(options: {
  readonly shell: ShellOfPages;
  /** At a wall: whoever opens it next is somebody else. */
  readonly forgetsLogin: boolean;
  readonly clock: Clock;
  readonly log: Log;
  onClosed(): void;
}): ConsoleWindow {
  const { shell, forgetsLogin, clock, log, onClosed } = options;
  let window: BrowserWindow | null = null;
  let lostAt: number[] = [];
  const front = (shown: BrowserWindow) => {
    if (shown.isMinimized()) shown.restore();
    shown.show();
    shown.focus();
  };
  const forget = async (of: Session): Promise<void> => {
    if (forgetsLogin) await of.clearStorageData();
  };
  return {
    open(url) {
      if (window) {
        front(window);
        return;
      }
      const made = new BrowserWindow(consoleWindowOptions(shell));
      window = made;
      const contents = made.webContents;
      const { session } = contents;
      contents.on('before-input-event', (event, input) => {
        const key = consoleKey(input, process.platform);
        if (key === null) return;
        event.preventDefault();
        if (key === 'full-screen') made.setFullScreen(!made.isFullScreen());
        else contents.setZoomLevel(zoomAfter(contents.getZoomLevel(), key));
      });
      contents.on('render-process-gone', (_event, { reason }) => {
        const now = clock.monotonic();
        lostAt = [...lostAt.filter((at) => now - at < withinMs), now].slice(-lossesAtMost - 1);
        const again = lostAt.length <= lossesAtMost;
        log.warn({ reason, again }, 'the page of the console was lost');
        if (again) contents.reload();
      });
      made.on('closed', () => {
        window = null;
        forget(session).catch((error: unknown) => log.error({ err: error }, 'a login at the console could not be removed'));
        onClosed();
      });
      // Before, too: the app may have ended with it open.
      forget(session)
        .then(() => (made.isDestroyed() ? undefined : made.loadURL(url)))
        .catch((error: unknown) => log.warn({ err: error }, 'the console did not load'));
      front(made);
    },
    get isOpen() {
      return window !== null;
    },
    focus() {
      if (window) front(window);
      return window !== null;
    },
    reload: () => window?.webContents.reload(),
    close: () => window?.destroy(),
  };
}
