import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, BrowserWindow, dialog, screen } from 'electron';
import pino from 'pino';
import { ProblemError, type Problem } from '../contract/errors.ts';
import { startCity, type City } from '../launch/city.ts';
import { readOptions, launchHelp, type LaunchOptions } from '../launch/options.ts';
import { problemLine } from '../launch/problem-line.ts';
import { readConfig } from '../launch/read-config.ts';
import { readWallScreens } from '../launch/wall-screens.ts';
import { systemClock } from '../supervision/system-clock.ts';
import { tlsFiles } from '../tls/tls-files.ts';
import { appArguments } from './app-arguments.ts';
import { electronProcessHost } from './electron-process-host.ts';
import { hearHeartbeats } from './ipc.ts';
import { stayAwake } from './power.ts';
import { denyByDefault } from './security.ts';
import { displaysNow, openWallWindows } from './wall-windows.ts';
import { consoleWindowOptions } from './window-options.ts';
import { isGpuHopeless, planWindows } from './window-plan.ts';

/** The desktop app: the launcher of hub and relay, and one window for each screen of the wall. This file runs as `dist/node/electron.js`. */
const root = resolve(import.meta.dirname, '..', '..');
const wallId = 'main';

const exitUsage = 64;
const exitFatal = 78;
const displaysSettleMs = 1000;

const say = (line: string) => void process.stderr.write(`${line}\n`);

// What must be said before the app is ready.
app.enableSandbox();
app.disableDomainBlockingFor3DAPIs();
const withoutGpu = join(app.getPath('userData'), 'without-gpu');
if (existsSync(withoutGpu)) app.disableHardwareAcceleration();

const options = readOptions(
  // The packaged app shows the city it is given; from the source tree it shows the demo city, like `npm start`.
  [app.isPackaged ? 'hub' : 'start', ...appArguments(process.argv, app.isPackaged)],
  app.isPackaged ? app.getPath('userData') : (process.env['INIT_CWD'] ?? process.cwd()),
);
if (!options.ok) {
  say(`taodu: ${options.error} (see --help)`);
  app.exit(exitUsage);
} else if (options.value.help) {
  process.stdout.write(launchHelp);
  app.exit(0);
} else if (!app.requestSingleInstanceLock()) {
  app.exit(0);
} else {
  const given = options.value;
  // Not awaited: the app becomes ready only after this file has run.
  app.whenReady().then(
    () => run(given),
    (error: unknown) => fail(error),
  );
}

async function run(given: LaunchOptions): Promise<void> {
  const ends: (() => void | Promise<void>)[] = [];
  let exitCode = 0;
  let quitting = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (quitting) return;
    quitting = true;
    void endAll(ends).then(() => app.exit(exitCode));
  });
  // The wall decides when the app ends, not the last window.
  app.on('window-all-closed', () => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());

  try {
    await open(given, ends, (problem) => {
      exitCode = exitFatal;
      report(problemLine(problem));
      app.quit();
    });
  } catch (error) {
    exitCode = exitFatal;
    report(error instanceof ProblemError ? problemLine(error.problem) : `taodu: ${String(error)}`);
    app.quit();
  }
}

/** Straight through: configuration, city, windows. What is started puts its end on `ends`. */
async function open(given: LaunchOptions, ends: (() => void | Promise<void>)[], onFatal: (problem: Problem) => void): Promise<void> {
  const clock = systemClock;
  const config = readConfig(given);
  if (!config.ok) throw new ProblemError(config.error);
  const log = pino({ name: 'electron', level: config.value.log.level }, pino.destination({ dest: 2, sync: true }));

  let city: City | null = null;
  const hubOrigin = () => city?.listening ?? null;
  denyByDefault(hubOrigin, tlsFiles(config.value.tls, given.dataFolder));
  watchGpu(log);
  ends.push(stayAwake());

  const running = await startCity({
    host: electronProcessHost,
    root,
    config: config.value,
    dataFolder: given.dataFolder,
    demo: given.demo,
    adminPassword: process.env['TAODU_ADMIN_PASSWORD'] ?? null,
    version: __TAODU_VERSION__,
    clock,
    log,
    onFatal,
  });
  city = running;
  ends.push(() => running.stop());
  say(`taodu: the hub listens at ${running.listening}`);
  if (running.passwordFile)
    say(`taodu: the first password of user "admin" is in ${running.passwordFile}; it must be changed at the first login`);

  const shell = { preload: join(root, 'dist', 'preload', 'preload.cjs'), version: __TAODU_VERSION__ };
  const screens = await readWallScreens(running, wallId);
  const desk = planWindows(screens, displaysNow()).roomForConsole ? new BrowserWindow(consoleWindowOptions(shell)) : null;
  desk
    ?.loadURL(running.login ?? `${running.listening}/console`)
    .catch((error: unknown) => log.warn({ err: error }, 'the console did not load'));
  const walls = openWallWindows({ city: running, wallId, screens, shell, clock, log });
  ends.push(() => walls.stop());
  ends.push(hearHeartbeats(hubOrigin, (from) => walls.heartbeat(from)));
  ends.push(onDisplayChange(() => walls.placeAgain()));
  app.on('second-instance', () => desk?.focus());

  // At a desk the app ends with its last window; a wall never closes its own.
  const deskClosed = desk ? new Promise<void>((closed) => desk.once('closed', () => closed())) : Promise.resolve();
  void Promise.all([walls.ended, deskClosed]).then(() => app.quit());
}

/** Calls back once displays have stopped changing: plugging one in is a burst of events. Returns its end. */
function onDisplayChange(listener: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(settling);
    settling = setTimeout(listener, displaysSettleMs);
  };
  screen.on('display-added', changed);
  screen.on('display-removed', changed);
  screen.on('display-metrics-changed', changed);
  return () => {
    clearTimeout(settling);
    screen.off('display-added', changed);
    screen.off('display-removed', changed);
    screen.off('display-metrics-changed', changed);
  };
}

/** A driver that keeps killing the GPU process would take the wall with it: then the app starts anew without it, for good. */
function watchGpu(log: pino.Logger): void {
  let endedAt: number[] = [];
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    if (type !== 'GPU' || reason === 'clean-exit') return;
    const now = systemClock.monotonic();
    endedAt = [...endedAt.slice(-9), now];
    log.warn({ reason, exitCode }, 'the GPU process ended');
    if (!isGpuHopeless(endedAt, now) || existsSync(withoutGpu)) return;
    writeFileSync(withoutGpu, 'Made because the GPU process kept ending. Remove this file to use the GPU again.\n');
    app.relaunch();
    app.quit();
  });
}

async function endAll(ends: (() => void | Promise<void>)[]): Promise<void> {
  for (let end = ends.pop(); end; end = ends.pop()) {
    try {
      await end();
    } catch (error) {
      say(`taodu: ${String(error)}`);
    }
  }
}

function report(line: string): void {
  say(line);
  if (app.isPackaged) dialog.showErrorBox('陶都 Taodu', line);
}

function fail(error: unknown): void {
  say(`taodu: ${String(error)}`);
  app.exit(exitFatal);
}
