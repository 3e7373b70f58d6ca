import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Rect } from '../../layouts/contract.ts';
import type { Clock } from '../contract/time.ts';
import { openDevtoolsPipe, type DevtoolsPipe } from './devtools-pipe.ts';

export interface ConsoleWindowOptions {
  /** Of the console's page; nobody is logged in there. */
  readonly url: string;
  /** Of the browser: made anew for each window, so that nobody finds the login of whoever was there before. */
  readonly profile: string;
  /** Of the display that it opens on. */
  readonly display: Rect;
  /** See `kioskArguments`. */
  readonly knownKeys: () => readonly string[];
  readonly asRoot: boolean;
  readonly clock: Clock;
  /** Starts the browser, with two pipes behind its three. */
  readonly spawn: (args: readonly string[]) => ChildProcess;
  /** Resolves when it has gone; ends it when the signal aborts. Rejects when it could not be started. */
  readonly untilGone: (browser: ChildProcess, ended: AbortSignal) => Promise<unknown>;
}

/** The console at a wall computer. */
export interface ConsoleWindow {
  /** Opens it, or brings it before the wall. Rejects when there is no browser for it. */
  open(): Promise<void>;
  /** Closes it. */
  stop(): Promise<void>;
}

const answersWithinMs = 5000;

/** An ordinary window of an installed Chromium over the wall: with a frame, to be closed by whoever opened it. One at a time. */
export function createConsoleWindow(options: ConsoleWindowOptions): ConsoleWindow {
  const { url, profile, display, knownKeys, asRoot, clock, spawn, untilGone } = options;
  const stopping = new AbortController();
  let open: { readonly pipe: DevtoolsPipe; readonly gone: Promise<unknown>; end(): void } | null = null;
  let line: Promise<void> = Promise.resolve();

  const start = async () => {
    rmSync(profile, { recursive: true, force: true });
    mkdirSync(profile, { recursive: true, mode: 0o700 });
    const browser = spawn(consoleArguments({ url, profile, display, knownKeys: knownKeys(), asRoot }));
    const started = new Promise<void>((resolve, reject) => {
      browser.once('spawn', resolve);
      browser.once('error', reject);
    });
    const pipe = openDevtoolsPipe(browser.stdio[3] as Writable, browser.stdio[4] as Readable);
    const ended = new AbortController();
    const gone = untilGone(browser, AbortSignal.any([stopping.signal, ended.signal]))
      .catch(() => {})
      .finally(() => {
        pipe.close();
        open = null;
        try {
          rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
        } catch {
          // A process of the browser is still ending: the next window begins with removing it, and does not open over somebody's login.
        }
      });
    open = { pipe, gone, end: () => ended.abort() };
    await started;
  };
  /** Answers whether it still has a window. */
  const bringBefore = async (pipe: DevtoolsPipe): Promise<boolean> => {
    const enough = new AbortController();
    void clock.sleep(answersWithinMs, AbortSignal.any([enough.signal, stopping.signal])).then(
      () => enough.abort(),
      () => {},
    );
    try {
      const { targetInfos } = (await pipe.send('Target.getTargets', {}, enough.signal)) as {
        targetInfos?: readonly { readonly targetId: string; readonly type: string }[];
      };
      const page = targetInfos?.find(({ type }) => type === 'page');
      if (!page) return false;
      await pipe.send('Target.activateTarget', { targetId: page.targetId }, enough.signal);
      return true;
    } catch {
      return false;
    } finally {
      enough.abort();
    }
  };
  return {
    open() {
      const opened = line.then(async () => {
        if (open !== null && (await bringBefore(open.pipe))) return;
        open?.end();
        await open?.gone;
        if (!stopping.signal.aborted) await start();
      });
      line = opened.catch(() => {});
      return opened;
    },
    async stop() {
      stopping.abort();
      await open?.gone;
    },
  };
}

/** How Chromium is told to open an ordinary window in the middle of a display. */
export function consoleArguments(window: {
  url: string;
  profile: string;
  display: Rect;
  knownKeys: readonly string[];
  asRoot: boolean;
}): string[] {
  const { x, y, width, height } = window.display;
  const inset = (length: number) => Math.round(length * 0.06);
  return [
    '--new-window',
    `--window-position=${x + inset(width)},${y + inset(height)}`,
    `--window-size=${width - 2 * inset(width)},${height - 2 * inset(height)}`,
    `--user-data-dir=${window.profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--password-store=basic',
    '--hide-crash-restore-bubble',
    '--remote-debugging-pipe',
    ...(window.knownKeys.length === 0 ? [] : [`--ignore-certificate-errors-spki-list=${window.knownKeys.join(',')}`]),
    ...(window.asRoot ? ['--no-sandbox'] : []),
    window.url,
  ];
}
