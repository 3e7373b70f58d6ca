import { join } from 'node:path';
import { app, dialog, Menu, session } from 'electron';
import pino from 'pino';
import { ProblemError } from '../contract/errors.ts';
import type { Clock } from '../contract/time.ts';
import { startCity } from '../launch/city.ts';
import { createOperatorDesk, identifyForMs } from '../launch/operator-desk.ts';
import { createOperatorLock } from '../launch/operator-key.ts';
import type { LaunchOptions } from '../launch/options.ts';
import { problemLine } from '../launch/problem-line.ts';
import { readConfig } from '../launch/read-config.ts';
import { readWallScreens } from '../launch/wall-screens.ts';
import { tlsFiles } from '../tls/tls-files.ts';
import type { AppLife } from './app-life.ts';
import { createConsoleWindow } from './console-window.ts';
import { deskMenu } from './desk-menu.ts';
import { displaysNow, onDisplaysChange } from './display-watch.ts';
import { electronProcessHost } from './electron-process-host.ts';
import { watchGpu, type GpuState, type GpuWatchOptions } from './gpu-watch.ts';
import { openPageBridge } from './page-bridge.ts';
import { watchPower } from './power.ts';
import { planRoom } from './room-plan.ts';
import { denyByDefault } from './security.ts';
import { languageOf, shellWords } from './shell-words.ts';
import { isWatchedOver } from './start-again.ts';
import { openWallWindows } from './wall-windows.ts';
import { consolePartition } from './window-options.ts';

export interface RoomOptions {
  /** The installed product. */
  readonly root: string;
  readonly given: LaunchOptions;
  /** The command line names the data folder. */
  readonly hasDataFolder: boolean;
  readonly life: AppLife;
  readonly gpu: GpuWatchOptions & { readonly state: GpuState };
  /** Ends the app in order, and starts it anew. */
  startAgain(): void;
  readonly clock: Clock;
  say(line: string): void;
}

/** Starting again will not help: the configuration or the data folder must be mended first (EX_CONFIG of sysexits.h). */
const exitFatal = 78;
/** A dialog that nobody closes does not keep the app from ending. */
const dialogForMs = 60_000;

/** Everything after the app is ready. Never rejects: what cannot run is said, and ends the app. */
export async function runRoom(options: RoomOptions): Promise<void> {
  const { life } = options;
  try {
    await openRoom(options);
  } catch (error) {
    await fail(options, error instanceof ProblemError ? problemLine(error.problem) : `taodu: ${String(error)}`);
    life.end({ code: exitFatal });
  }
}

/** Straight through: configuration, city, windows. What is started puts its end on `life`. */
async function openRoom(options: RoomOptions): Promise<void> {
  const { root, given, life, gpu, clock, say } = options;
  const config = readConfig(given);
  if (!config.ok) throw new ProblemError(config.error);
  const log = pino({ name: 'electron', level: config.value.log.level }, pino.destination({ dest: 2, sync: true }));

  let origin: string | null = null;
  const pageOrigin = () => origin;
  denyByDefault({
    pageOrigin,
    tls: tlsFiles(config.value.tls, given.dataFolder),
    // Whoever sits at the console copies links and keeps exported files.
    allow: (of) =>
      of === session.fromPartition(consolePartition) ? { permissions: ['clipboard-sanitized-write'], downloads: true } : null,
  });
  life.atEnd(watchGpu(gpu.state, { ...gpu, log, startAgain: () => options.startAgain() }));
  let onAwake = () => {};
  let onAsleep = () => {};
  life.atEnd(watchPower({ onSuspend: () => onAsleep(), onResume: () => onAwake(), onShutdown: () => life.end() }, log));

  const city = await startCity({
    host: electronProcessHost,
    root,
    config: config.value,
    dataFolder: given.dataFolder,
    demo: given.demo,
    adminPassword: process.env['TAODU_ADMIN_PASSWORD'] ?? null,
    version: __TAODU_VERSION__,
    clock,
    log,
    onFatal: (problem) => void fail(options, problemLine(problem)).then(() => life.end({ code: exitFatal })),
  });
  life.atEnd(() => city.stop());
  origin = city.listening;
  say(`taodu: the hub listens at ${city.listening}`);
  if (city.passwordFile) say(`taodu: the first password of user "admin" is in ${city.passwordFile}; it must be changed at the first login`);
  if (life.isEnding) return;

  const shell = { preload: join(root, 'dist', 'preload', 'preload.cjs'), version: __TAODU_VERSION__, devTools: !app.isPackaged };
  const walls = await Promise.all(
    config.value.wall.here.map(async (wallId) => ({
      wallId,
      // A wall that somebody has removed is no reason to keep the others dark.
      screens: await readWallScreens(city, wallId).catch((error: unknown) => {
        log.error({ err: error, wallId }, 'the hub did not say which screens the wall has');
        return [];
      }),
    })),
  );
  if (life.isEnding) return;
  const isDesk = planRoom(walls, displaysNow()).roomForConsole;

  const deskClosed = Promise.withResolvers<void>();
  const desk = createConsoleWindow({ shell, clock, log, onClosed: deskClosed.resolve });
  life.atEnd(() => desk.close());
  const windows = openWallWindows({ city, walls, shell, clock, log });
  life.atEnd(() => windows.stop());
  onAsleep = windows.suspended;
  onAwake = windows.resumed;
  life.atEnd(onDisplaysChange(clock, windows.placeAgain));

  // Somebody at a wall logs in; the one-time link is for whoever started the demo city.
  const openConsole = () => desk.open(`${city.listening}/console`);
  const operator = createOperatorDesk({
    lock: createOperatorLock({ dataFolder: given.dataFolder, clock, log }),
    actions: {
      identify: () => windows.identify(identifyForMs),
      reload: windows.reload,
      'reload-all': windows.reloadAll,
      console: openConsole,
      quit: () => life.end(),
    },
    clock,
    log,
  });
  life.atEnd(operator.stop);
  life.atEnd(
    openPageBridge({ hubOrigin: pageOrigin, screenOf: windows.screenOf, onHeartbeat: windows.heartbeat, operate: operator.operate }),
  );
  app.on('second-instance', () => desk.focus() || windows.focus());

  // A wall has no menu: reloading, closing and zooming by key are not for whoever passes by.
  Menu.setApplicationMenu(null);
  if (isDesk) {
    const language = languageOf(app.getLocale());
    app.setAboutPanelOptions({ applicationName: '陶都 Taodu', applicationVersion: __TAODU_VERSION__ });
    const menu = deskMenu(language, {
      reload: desk.reload,
      identify: () => windows.identify(identifyForMs),
      about: () => app.showAboutPanel(),
      quit: () => life.end(),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
    desk.open(city.login ?? `${city.listening}/console`);
    // At a desk the app ends with its last window; a wall never closes its own.
    void Promise.all([windows.ended, deskClosed.promise]).then(() => life.end());
  } else {
    void windows.ended.then(() => life.end());
  }
}

/** Says what is wrong, and shows it to whoever sits there. Where something watches over the app nobody does, and a dialog would stay. */
async function fail({ clock, say }: RoomOptions, line: string): Promise<void> {
  say(line);
  if (!app.isPackaged || isWatchedOver(process.env)) return;
  const words = shellWords(languageOf(app.getLocale()));
  const shown = new AbortController();
  await Promise.race([
    dialog.showMessageBox({ type: 'error', title: '陶都 Taodu', message: words.cannotRun, detail: line }),
    clock.sleep(dialogForMs, shown.signal).catch(() => {}),
  ]);
  shown.abort();
}
