import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Rect } from '../../layouts/contract.ts';
import type { Display, ScreenPlace } from '../../layouts/displays.ts';
import { ProblemError } from '../contract/errors.ts';
import { silentLog, type Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import { backoffMs } from '../supervision/backoff.ts';
import { LossBrake, withSafeScene } from '../supervision/loss-brake.ts';
import { systemClock } from '../supervision/system-clock.ts';
import { watchCertificate } from '../tls/certificate-watch.ts';
import { prepareProfile, setAside } from './browser-profile.ts';
import type { City } from './city.ts';
import { createConsoleWindow } from './console-window.ts';
import { openDevtoolsPipe, type DevtoolsPipe } from './devtools-pipe.ts';
import { watchDisplays } from './displays-of-desktop.ts';
import { findChromium } from './find-chromium.ts';
import { createKioskOperator } from './kiosk-operator.ts';
import { kioskPlaces } from './kiosk-places.ts';
import { hubAway, watchPage } from './page-watch.ts';
import { holdShell } from './shell-hold.ts';
import { awaitWallScreens } from './wall-screens.ts';
import type { WindowPlace } from './window-place.ts';
import { readX11Displays } from './x11-displays.ts';

export interface ChromiumWallsOptions {
  readonly city: Pick<City, 'listening' | 'tls' | 'wallLink'>;
  readonly wallId: string;
  /** Its screens, for who knows them without asking the hub. Null displays: nobody can tell which there are. */
  screens?(displays: readonly Display[] | null): readonly ScreenPlace[];
  /** Every window's browser profile is kept below it, in `chromium/`. */
  readonly dataFolder: string;
  /** Of the product. */
  readonly version: string;
  /** Ends everything, in order: an operator asks for it. */
  readonly quit: () => void;
  /** Nobody waits any longer for the hub to say which screens the wall has. */
  readonly over?: AbortSignal;
  readonly log: Log;
  readonly clock?: Clock;
  readonly env?: NodeJS.ProcessEnv;
  /** Null: nobody can tell. */
  readonly readDisplays?: (env: NodeJS.ProcessEnv) => Promise<Display[] | null>;
}

export interface ChromiumWalls {
  /** Closes the windows. Resolves when the browsers have gone. */
  stop(): Promise<void>;
}

const stableMs = 30_000;
const graceMs = 3000;
/** A browser that ends by itself so soon has shown nothing, and so many in a row will be its profile's fault. */
const quickEndMs = 10_000;
const quickEndsAtMost = 3;
/** A hub that is away for a night is not told of with every try. */
const tellsAtFirst = 5;
const tellsEvery = 30;

/**
 * Opens one kiosk window for each screen of a wall in an installed Chromium, on the display that is that screen's, and opens it again when it goes away.
 * Null, with a reason in the log, where there is no Chromium, no display or no such wall. Rejects with a ProblemError when another process has these windows.
 */
export async function openChromiumWalls(options: ChromiumWallsOptions): Promise<ChromiumWalls | null> {
  const { city, wallId, dataFolder, version, quit, log, clock = systemClock, env = process.env, readDisplays = readX11Displays } = options;
  const { over = new AbortController().signal } = options;
  const program = findChromium(env, process.platform);
  if (program === null) {
    log.warn({ chosen: env['CHROMIUM_PATH'] ?? null }, 'no Chromium found: install one, or name it in CHROMIUM_PATH');
    return null;
  }
  if (process.platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) {
    log.warn({ program }, 'there is no display to open the wall on');
    return null;
  }
  const hold = await holdShell(dataFolder);
  if (!hold.ok) throw new ProblemError(hold.error);
  const desktop = await watchDisplays(() => readDisplays(env), clock);
  const screens = options.screens?.(desktop.displays) ?? (await awaitWallScreens(city, wallId, { clock, log, over }).catch(() => null));
  if (screens === null) {
    desktop.stop();
    hold.value.release();
    return null;
  }
  let stands = kioskPlaces(screens, desktop.displays, null);
  const tellWhoWaits = (before: readonly (WindowPlace | null)[]) => {
    for (const [index, { id: screenId }] of screens.entries()) {
      const place = stands.places[index] ?? null;
      if (place === null && before[index] !== null) log.warn({ screenId }, 'there is no display for this screen: its window waits for one');
      else if (place !== null && before[index] === null)
        log.info({ screenId, rect: place.rect }, 'there is a display for this screen again');
    }
  };
  tellWhoWaits([]);
  desktop.onChange(() => {
    const before = stands.places;
    stands = kioskPlaces(screens, desktop.displays, stands);
    log.info({ displays: desktop.displays?.map(({ label, bounds }) => ({ label, ...bounds })) }, 'the displays have changed');
    tellWhoWaits(before);
  });
  // What becomes of the certificate is said by hub and relay.
  const watched = city.tls && (await watchCertificate(city.tls, { clock, log: silentLog }));
  const certificate = watched?.ok === true ? watched.value : null;
  // The one before, too: the hub may take a new key a moment later than we do.
  let knownKeys = certificate ? [certificate.current.spkiHash] : [];
  certificate?.onChange(({ spkiHash }) => (knownKeys = [...new Set([spkiHash, ...knownKeys])].slice(0, 2)));
  const stopping = new AbortController();
  const asRoot = process.getuid?.() === 0;
  const start = (args: readonly string[]) => {
    // The last two are its control channel: the parent's alone, no port.
    const browser = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: browserEnvironment(env) });
    // Without file descriptors for its pipes it is told of only after whoever started it has failed: then nobody else listens.
    browser.on('error', () => {});
    return browser;
  };
  const operator = createKioskOperator({
    dataFolder,
    version,
    console: createConsoleWindow({
      url: `${city.listening}/console`,
      profile: join(dataFolder, 'chromium', 'console'),
      display: stands.places.find((place) => place !== null)?.rect ?? { x: 0, y: 0, width: 1920, height: 1080 },
      knownKeys: () => knownKeys,
      asRoot,
      clock,
      spawn: start,
      untilGone: (browser, ended) => untilGone(browser, clock, ended),
    }),
    quit,
    clock,
    log,
  });
  const windows = screens.map((screen, index) => {
    const profile = join(dataFolder, 'chromium', `${wallId}-${screen.id}`);
    const place = () => stands.places[index] ?? null;
    return keepOpen(
      {
        screenId: screen.id,
        place,
        hasPlace: (until) =>
          new Promise((resolve) => {
            const done = () => {
              if (place() === null && !until.aborted) return;
              forget();
              until.removeEventListener('abort', done);
              resolve();
            };
            const forget = desktop.onChange(done);
            until.addEventListener('abort', done);
            done();
          }),
        async open({ rect }, outdated, safe) {
          prepareProfile(profile, new Date(clock.now()));
          // The link shows in the process list for a moment; it opens one session of one screen, and is used up at once.
          const link = await city.wallLink(wallId, screen.id);
          const url = safe ? withSafeScene(link) : link;
          const known = knownKeys;
          // A window knows the keys that it was opened with, and would wait for them for ever.
          const forget = certificate?.onChange(({ spkiHash }) => {
            if (!known.includes(spkiHash)) outdated();
          });
          const browser = start(kioskArguments({ url, profile, rect, knownKeys: known, asRoot }));
          // What could not be started never closes.
          for (const end of ['close', 'error'] as const) browser.once(end, () => forget?.());
          return browser;
        },
        attend: (pipe, over, again) =>
          operator.attend(pipe, { screen: `${wallId}/${screen.id}`, origin: new URL(city.listening).origin, over, again }),
        async beginAnew() {
          // Without its X server no browser stays, whatever its profile.
          if (desktop.displays !== null && (await readDisplays(env)) === null) return;
          log.error({ screenId: screen.id, profile }, 'a wall window ends as soon as it is opened: its profile is moved aside');
          setAside(profile, new Date(clock.now()));
        },
      },
      { clock, log, stopping: stopping.signal },
    );
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all([...windows, operator.stop()]);
      desktop.stop();
      certificate?.stop();
      hold.value.release();
    },
  };
}

/**
 * How Chromium is told to fill exactly one screen, on its own, for months. A profile of its own keeps every window a process of its own.
 * `knownKeys` are hashes of the server's key (`spkiHashOf`), none without TLS: the window takes them without an authority installed on the
 * machine. Chromium looks for them anywhere in what a server shows, so they prove nothing over a network; these windows talk to their own machine.
 */
export function kioskArguments(window: {
  url: string;
  profile: string;
  rect: Rect;
  knownKeys: readonly string[];
  asRoot: boolean;
}): string[] {
  const { x, y, width, height } = window.rect;
  return [
    `--app=${window.url}`,
    '--kiosk',
    `--window-position=${x},${y}`,
    `--window-size=${width},${height}`,
    `--user-data-dir=${window.profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--password-store=basic',
    '--autoplay-policy=no-user-gesture-required',
    '--hide-crash-restore-bubble',
    '--noerrdialogs',
    '--remote-debugging-pipe',
    ...(window.knownKeys.length === 0 ? [] : [`--ignore-certificate-errors-spki-list=${window.knownKeys.join(',')}`]),
    // Chromium's sandbox cannot run as root. A wall should not either.
    ...(window.asRoot ? ['--no-sandbox'] : []),
  ];
}

/** What the browser may know of our environment: everything but the first password. Without a session bus it would complain about that for ever. */
function browserEnvironment({ TAODU_ADMIN_PASSWORD: _secret, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, DBUS_SESSION_BUS_ADDRESS: env['DBUS_SESSION_BUS_ADDRESS'] ?? 'disabled:' };
}

/** A window that is to be kept open. */
interface KeptWindow {
  readonly screenId: string;
  /** Where it belongs; null: its display is away. */
  place(): WindowPlace | null;
  /** Resolves when it belongs somewhere, or the signal aborts. */
  hasPlace(until: AbortSignal): Promise<void>;
  /** Is given what to call when the window that it opened should make room for another. */
  open(place: WindowPlace, outdated: () => void, safe: boolean): Promise<ChildProcess>;
  /** Serves its page over the control channel of its browser; `again` makes the page anew. */
  attend(pipe: DevtoolsPipe, over: AbortSignal, again: () => void): void;
  /** It ends again and again before it shows anything. */
  beginAnew(): Promise<void>;
}

/**
 * Runs a window until `stopping`: again after every end, with backoff up to 10 s that a stable half minute forgives, with its safe scene when it
 * ends again and again, and with a profile of its own made anew when it does not even begin. One that is open waits out of sight while its display is
 * away; one that is not is opened when there is one.
 */
async function keepOpen(window: KeptWindow, { clock, log, stopping }: { clock: Clock; log: Log; stopping: AbortSignal }): Promise<void> {
  const { screenId } = window;
  let attempt = 0;
  let failures = 0;
  let quickEnds = 0;
  const brake = new LossBrake();
  while (!stopping.aborted) {
    const place = window.place();
    if (place === null) {
      await window.hasPlace(stopping);
      continue;
    }
    const openedAt = clock.monotonic();
    const over = new AbortController();
    const restMs = brake.remainingMs(openedAt);
    let atEnd = () => {};
    try {
      const browser = await window.open(place, () => over.abort(), restMs !== null);
      // After its rest the window is opened anew, with the whole scene.
      if (restMs !== null)
        void clock.sleep(restMs, AbortSignal.any([stopping, over.signal])).then(
          () => over.abort(),
          () => {},
        );
      const enough = AbortSignal.any([stopping, over.signal]);
      let page: string | null = null;
      const pipe = openDevtoolsPipe(browser.stdio[3] as Writable, browser.stdio[4] as Readable);
      atEnd = pipe.close;
      window.attend(pipe, enough, () => over.abort());
      watchPage(pipe, {
        clock,
        over: enough,
        place: window.place,
        lose(why) {
          page = why;
          over.abort();
        },
      });
      const gone = await untilGone(browser, clock, enough);
      if ((page !== null && page !== hubAway) || !over.signal.aborted) brake.lost(openedAt, clock.monotonic());
      const safe = brake.isSafe(clock.monotonic());
      if (!stopping.aborted) log.warn({ screenId, ...gone, page, safe }, 'a wall window went away, opening it again');
      failures = 0;
      quickEnds = !over.signal.aborted && clock.monotonic() - openedAt < quickEndMs ? quickEnds + 1 : 0;
      if (quickEnds === quickEndsAtMost && !stopping.aborted) {
        quickEnds = 0;
        await window.beginAnew();
      }
    } catch (error) {
      failures += 1;
      if (!stopping.aborted && (failures <= tellsAtFirst || failures % tellsEvery === 0))
        log.warn({ screenId, err: error, failures }, 'a wall window could not be opened, trying again');
    } finally {
      // Also of a browser that could not be started: nobody watches it for ever.
      over.abort();
      atEnd();
    }
    attempt = clock.monotonic() - openedAt > stableMs ? 0 : attempt + 1;
    await clock.sleep(backoffMs(attempt, { firstMs: 250, capMs: 10_000 }), stopping).catch(() => {});
  }
}

/** Resolves when the browser has gone; ends it when `stopping` aborts. Rejects when it could not be started. */
async function untilGone(
  browser: ChildProcess,
  clock: Clock,
  stopping: AbortSignal,
): Promise<{ code: number | null; signal: string | null }> {
  const gone = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  const enough = new AbortController();
  browser.once('error', gone.reject);
  browser.once('exit', (code, signal) => gone.resolve({ code, signal }));
  const end = () => {
    browser.kill('SIGTERM');
    void clock.sleep(graceMs, enough.signal).then(
      () => browser.kill('SIGKILL'),
      () => {},
    );
  };
  if (stopping.aborted) end();
  stopping.addEventListener('abort', end);
  try {
    return await gone.promise;
  } finally {
    stopping.removeEventListener('abort', end);
    enough.abort();
  }
}
