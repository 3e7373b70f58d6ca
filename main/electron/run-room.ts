import { join } from 'node:path';
import { app, dialog, Menu, session } from 'electron';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { ProblemError, type Problem } from '../contract/errors.ts';
import type { Clock } from '../contract/time.ts';
import { startCity, type City } from '../launch/city.ts';
import { createOperatorDesk, identifyForMs } from '../launch/operator-desk.ts';
import { createOperatorLock } from '../launch/operator-key.ts';
import type { LaunchOptions } from '../launch/options.ts';
import { problemLine } from '../launch/problem-line.ts';
import { configOverrides, readConfig } from '../launch/read-config.ts';
import { awaitWallScreens } from '../launch/wall-screens.ts';
import { tlsFiles, type TlsFiles } from '../tls/tls-files.ts';
import type { AppLife } from './app-life.ts';
import { createConsoleWindow } from './console-window.ts';
import { deskMenu } from './desk-menu.ts';
import { displaysNow, onDisplaysChange } from './display-watch.ts';
import { electronProcessHost } from './electron-process-host.ts';
import { rememberedDataFolder, runFirstStart } from './first-start.ts';
import { watchGpu, type GpuState, type GpuWatchOptions } from './gpu-watch.ts';
import { isOwnPage } from './own-page.ts';
import { openPageBridge } from './page-bridge.ts';
import { watchPower } from './power.ts';
import { planRoom } from './room-plan.ts';
import { denyByDefault } from './security.ts';
import { languageOf, shellWords } from './shell-words.ts';
import { isWatchedOver } from './start-again.ts';
import { openWallWindows } from './wall-windows.ts';
import { consolePartition, setupPartition } from './window-options.ts';
import { openLog } from '../supervision/open-log.ts';

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
    // What had begun was cut off.
    if (life.isEnding) return;
    await fail(options, error instanceof ProblemError ? problemLine(error.problem) : `taodu: ${String(error)}`);
    life.end({ code: exitFatal });
  }
}

/** A city that runs, and what it runs with. */
interface Begun {
  readonly city: City;
  readonly config: Config;
  readonly dataFolder: string;
  /** Takes the setup page away, where there was one. */
  close?(): void;
}

/** Straight through: configuration, city, windows. What is started puts its end on `life`. */
async function openRoom(options: RoomOptions): Promise<void> {
  const { root, life, gpu, clock, say } = options;
  const log = openLog('electron');

  let origins: readonly string[] = [];
  let tls: TlsFiles | null = null;
  denyByDefault({
    isOurs: (url) => origins.some((origin) => isOwnPage(url, origin)),
    tls: () => tls,
    // Whoever sits at the console copies links and keeps exported files; the setup asks which displays there are.
    allow: (of) => {
      if (of === session.fromPartition(consolePartition)) return { permissions: ['clipboard-sanitized-write'], downloads: true };
      return of === session.fromPartition(setupPartition) ? { permissions: ['window-management'], downloads: false } : null;
    },
  });
  life.atEnd(watchGpu(gpu.state, { ...gpu, log, startAgain: () => options.startAgain() }));
  let onAwake = () => {};
  let onAsleep = () => {};
  life.atEnd(watchPower({ onSuspend: () => onAsleep(), onResume: () => onAwake(), onShutdown: () => life.end() }, log));

  const begun = await beginCity(options, {
    log,
    onConfig(config, dataFolder) {
      log.level = config.log.level;
      tls = tlsFiles(config.tls, dataFolder);
    },
    onSetup: (origin) => (origins = [origin]),
  });
  if (begun === null) {
    life.end();
    return;
  }
  const { city, config, dataFolder } = begun;
  life.atEnd(() => city.stop());
  origins = [city.listening];
  say(`taodu: the hub listens at ${city.listening}`);
  if (city.passwordFile) say(`taodu: the first password of user "admin" is in ${city.passwordFile}; it must be changed at the first login`);
  if (life.isEnding) return;

  const shell = { preload: join(root, 'dist', 'preload', 'preload.cjs'), version: __TAODU_VERSION__, devTools: !app.isPackaged };
  const asking = new AbortController();
  life.atEnd(() => asking.abort());
  const asked = await Promise.all(
    // A wall that somebody has removed is no reason to keep the others dark.
    config.wall.here.map(async (wallId) => ({
      wallId,
      screens: await awaitWallScreens(city, wallId, { clock, log, over: asking.signal }),
    })),
  ).catch((error: unknown) => {
    if (life.isEnding) return [];
    throw error;
  });
  const walls = asked.map(({ wallId, screens }) => ({ wallId, screens: screens ?? [] }));
  if (life.isEnding) return;
  const isDesk = planRoom(walls, displaysNow()).roomForConsole;

  const deskClosed = Promise.withResolvers<void>();
  const desk = createConsoleWindow({ shell, forgetsLogin: !isDesk, clock, log, onClosed: deskClosed.resolve });
  life.atEnd(() => desk.close());
  const windows = openWallWindows({ city, walls, shell, clock, log });
  life.atEnd(() => windows.stop());
  onAsleep = windows.suspended;
  onAwake = windows.resumed;
  life.atEnd(onDisplaysChange(clock, windows.placeAgain));

  // Somebody at a wall logs in; the one-time link is for whoever started the demo city.
  const openConsole = () => desk.open(`${city.listening}/console`);
  const operator = createOperatorDesk({
    lock: createOperatorLock({ dataFolder, clock, log }),
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
    openPageBridge({
      isOurs: (url) => isOwnPage(url, city.listening),
      screenOf: windows.screenOf,
      onHeartbeat: windows.heartbeat,
      operate: operator.operate,
    }),
  );
  app.on('second-instance', () => desk.focus() || windows.focus());

  // A wall has no menu: reloading, closing and zooming by key are not for whoever passes by.
  Menu.setApplicationMenu(null);
  if (isDesk) {
    app.setAboutPanelOptions({ applicationName: '陶都 Taodu', applicationVersion: __TAODU_VERSION__ });
    const menu = deskMenu(config.locale, {
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
  begun.close?.();
}

/** Starts the city that the command line means; the packed app the one that was chosen at its first start, which is now where none was yet. */
async function beginCity(
  options: RoomOptions,
  on: { readonly log: Logger; onConfig(config: Config, dataFolder: string): void; onSetup(origin: string): void },
): Promise<Begun | null> {
  const { root, given, hasDataFolder, life, clock } = options;
  const shared = {
    root,
    host: electronProcessHost,
    version: __TAODU_VERSION__,
    clock,
    log: on.log,
    onFatal: (found: Problem) => void fail(options, problemLine(found)).then(() => life.end({ code: exitFatal })),
  };
  const file = join(app.getPath('userData'), 'data-folder.json');
  const remembered = app.isPackaged && !hasDataFolder ? rememberedDataFolder(file) : null;
  if (app.isPackaged && !hasDataFolder && remembered === null) {
    const over = new AbortController();
    life.atEnd(() => over.abort());
    const first = await runFirstStart({
      ...shared,
      suggestedDataFolder: given.dataFolder,
      rememberAt: file,
      overrides: configOverrides(given),
      devTools: !app.isPackaged,
      onOrigin: on.onSetup,
      over: over.signal,
    });
    if (first) on.onConfig(first.config, first.dataFolder);
    return first;
  }
  const dataFolder = remembered ?? given.dataFolder;
  const config = readConfig({ ...given, dataFolder });
  if (!config.ok) throw new ProblemError(config.error);
  on.onConfig(config.value, dataFolder);
  const adminPassword = process.env['TAODU_ADMIN_PASSWORD'] ?? null;
  const over = new AbortController();
  const starting = startCity({
    ...shared,
    over: over.signal,
    config: config.value,
    dataFolder,
    demo: given.demo,
    story: given.story,
    adminPassword,
  });
  // A hub that never becomes ready is ended in order, too.
  life.atEnd(async () => {
    over.abort();
    await starting.catch(() => {});
  });
  return {
    city: await starting,
    config: config.value,
    dataFolder,
  };
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
