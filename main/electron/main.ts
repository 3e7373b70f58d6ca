import { join, resolve } from 'node:path';
import { app, Menu } from 'electron';
import { launchHelp, readOptions } from '../launch/options.ts';
import { systemClock } from '../supervision/system-clock.ts';
import { appArguments } from './app-arguments.ts';
import { startAppLife } from './app-life.ts';
import { prepareGpu } from './gpu-watch.ts';
import { runRoom } from './run-room.ts';
import { dropStaleLock, lockHolder } from './stale-lock.ts';
import { howToStartAgain, isWatchedOver } from './start-again.ts';
import { judgeWindowing, switchesToAppend, x11Switch } from './switches.ts';

/**
 * The desktop app: the launcher of hub and relay, and one window for each screen of the walls. This file runs as `dist/node/electron.js`, and holds what
 * must be said before the app is ready; `run-room.ts` goes on.
 */
const root = resolve(import.meta.dirname, '..', '..');

const exitUsage = 64;
/** The settings folder cannot be written (EX_IOERR of sysexits.h): starting again later may help. */
const exitNoLock = 74;

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** The value of a switch on our command line; null: it is not there. */
const given = (name: string) => (app.commandLine.hasSwitch(name) ? app.commandLine.getSwitchValue(name) : null);

const windowing = judgeWindowing(process.platform, process.env, given('ozone-platform'));
for (const [name, value] of switchesToAppend(process.platform, given)) {
  if (value === null) app.commandLine.appendSwitch(name);
  else app.commandLine.appendSwitch(name, value);
}
// Whoever starts it so has a computer that can have none: as root, or without user namespaces. Electron would take the switch away, and then no page starts.
if (given('no-sandbox') === null) app.enableSandbox();
else say('taodu: started with --no-sandbox: pages are not held by the system’s own sandbox');
// Before the app is ready, else it has Electron's: with developer tools, and links to other sites.
Menu.setApplicationMenu(null);

const userData = app.getPath('userData');

function isOnlyOne(): boolean {
  const left = dropStaleLock(userData);
  if (left !== null) say(`taodu: an app that ended while this computer was called ${left.host} left a lock behind; it was removed`);
  return app.requestSingleInstanceLock();
}

const args = appArguments(process.argv, app.isPackaged);
const options = readOptions(
  // The packaged app shows the city it is given; from the source tree it shows the demo city, like `npm start`.
  [app.isPackaged ? 'hub' : 'start', ...args],
  app.isPackaged ? userData : (process.env['INIT_CWD'] ?? process.cwd()),
);
const startOf = { argv: process.argv, env: process.env, isPackaged: app.isPackaged };

if (!options.ok) {
  say(`taodu: ${options.error} (see --help)`);
  app.exit(exitUsage);
} else if (options.value.help) {
  process.stdout.write(launchHelp);
  app.exit(0);
} else if (options.value.shell !== 'none' || options.value.hub !== null) {
  say('taodu: the desktop app opens its own windows, of its own hub; --shell and --hub are for npm start');
  app.exit(exitUsage);
} else if (windowing === 'start-again-under-x11' && !isWatchedOver(process.env)) {
  say('taodu: under Wayland no app can place its windows; starting again under X11');
  startAppLife({ clock: systemClock, say }).end({ again: howToStartAgain(startOf, [x11Switch]) });
} else if (!isOnlyOne()) {
  // What no file tells of (Windows) is another one.
  if (process.platform === 'win32' || lockHolder(userData) !== null) {
    say('taodu: Taodu runs already on this computer; its windows are brought to the front');
    app.exit(0);
  } else {
    say(`taodu: ${userData} cannot be locked for this app: is the disk full, or not to be written?`);
    app.exit(exitNoLock);
  }
} else {
  if (windowing !== 'fine')
    say(`taodu: this is a Wayland session: windows cannot be put on their displays. Use an X11 session, or start with ${x11Switch}`);
  const gpu = { file: join(userData, 'gpu-losses.json'), version: __TAODU_VERSION__, clock: systemClock };
  const found = prepareGpu(gpu);
  const life = startAppLife({ clock: systemClock, say });
  // Not awaited: the app becomes ready only after this file has run.
  void app.whenReady().then(() =>
    runRoom({
      root,
      given: options.value,
      hasDataFolder: args.some((argument) => /^--data(=|$)/.test(argument)),
      life,
      gpu: { state: found, ...gpu },
      startAgain: () => life.end({ again: howToStartAgain(startOf) }),
      clock: systemClock,
      say,
    }),
  );
}
