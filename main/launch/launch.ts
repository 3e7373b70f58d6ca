import { resolve } from 'node:path';
import { ProblemError, type Problem } from '../contract/errors.ts';
import { nodeProcessHost } from '../supervision/process-host.ts';
import { openLog } from '../supervision/open-log.ts';
import { systemClock } from '../supervision/system-clock.ts';
import { openChromiumWalls } from './chromium-shell.ts';
import { startCity, type City } from './city.ts';
import { launchHelp, readOptions, type LaunchOptions } from './options.ts';
import { problemLine } from './problem-line.ts';
import { readConfig } from './read-config.ts';
import { wallOfHub } from './wall-of-hub.ts';

/** The installed product: this file runs as `dist/node/launch.js`. */
const root = resolve(import.meta.dirname, '..', '..');

const exitUsage = 64;
/** Starting again will not help: the configuration or the data folder must be mended first (EX_CONFIG of sysexits.h). */
const exitFatal = 78;
/** EX_UNAVAILABLE of sysexits.h. */
const exitUnavailable = 69;

function say(lines: string): void {
  process.stderr.write(`${lines}\n`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  if (!options.ok) {
    say(`taodu: ${options.error} (see --help)`);
    process.exit(exitUsage);
  }
  if (options.value.help) {
    process.stdout.write(launchHelp);
    return;
  }
  if (options.value.mode === 'setup') {
    // A page's server is nothing that every hub's launcher should hold.
    const { runSetup } = await import('./setup/run-setup.ts');
    process.exit(await runSetup(options.value, root));
  }
  if (options.value.hub !== null) await runWallOf(options.value.hub, options.value);
  else await run(options.value);
}

/** Only windows: the hub is on another machine, and may be away for now. */
async function runWallOf(hub: string, { wall, screens, dataFolder }: LaunchOptions): Promise<void> {
  const log = openLog('launcher');
  const end = untilEnded();
  let shell: { stop(): Promise<void> } | null = null;
  try {
    shell = await openChromiumWalls({
      ...wallOfHub(hub, screens),
      wallId: wall,
      dataFolder,
      version: __TAODU_VERSION__,
      quit: () => end.resolve(0),
      log,
    });
  } catch (error) {
    if (error instanceof ProblemError) fatal(error.problem);
    throw error;
  }
  // Its display may only just be starting: whoever watches over us tries again.
  if (shell === null) process.exit(exitUnavailable);
  say(`taodu: the windows of wall ${wall} are open; its hub is ${hub}`);
  const code = await end.promise;
  await shell.stop();
  process.exit(code);
}

/** Resolved with 0 by a signal, and when `npm` is gone that started us; a service has no such channel. */
function untilEnded(): PromiseWithResolvers<number> {
  const end = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.resolve(0));
  process.once('disconnect', () => end.resolve(0));
  process.channel?.unref();
  return end;
}

async function run(options: LaunchOptions): Promise<void> {
  const config = readConfig(options);
  if (!config.ok) fatal(config.error);

  const log = openLog('launcher', config.value.log.level);
  const end = untilEnded();
  const over = new AbortController();
  void end.promise.then(() => over.abort());

  let city: City;
  try {
    city = await startCity({
      host: nodeProcessHost,
      root,
      config: config.value,
      dataFolder: options.dataFolder,
      demo: options.demo,
      story: options.story,
      adminPassword: process.env['TAODU_ADMIN_PASSWORD'] ?? null,
      version: __TAODU_VERSION__,
      over: over.signal,
      clock: systemClock,
      log,
      onFatal: (problem) => {
        say(problemLine(problem));
        end.resolve(exitFatal);
      },
    });
  } catch (error) {
    if (over.signal.aborted) process.exit(await end.promise);
    if (error instanceof ProblemError) fatal(error.problem);
    throw error;
  }

  let shell: { stop(): Promise<void> } | null = null;
  if (options.mode === 'hub') {
    const line = { listening: city.listening, epoch: city.epoch, ...(city.login === null ? {} : { login: city.login }) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    if (city.passwordFile) say(`taodu: ${firstPasswordWords(city.passwordFile)}`);
  } else {
    if (options.shell === 'chromium') {
      const quit = () => end.resolve(0);
      try {
        shell = await openChromiumWalls({
          city,
          wallId: 'main',
          dataFolder: options.dataFolder,
          version: __TAODU_VERSION__,
          quit,
          over: over.signal,
          log,
        });
      } catch (error) {
        await city.stop();
        if (error instanceof ProblemError) fatal(error.problem);
        throw error;
      }
    }
    say(await welcome(city, shell !== null));
  }

  const code = await end.promise;
  await shell?.stop();
  await city.stop();
  process.exit(code);
}

const firstPasswordWords = (file: string) => `the first password of user "admin" is in ${file}; it must be changed at the first login`;

async function welcome(city: City, windowsOpen: boolean): Promise<string> {
  const walls = windowsOpen ? [] : await Promise.all(['1', '2'].map((screen) => city.wallLink('main', screen)));
  return [
    '',
    '  陶都 Taodu is running: the demo city, everything in it simulated',
    '',
    `  Console        ${city.login ?? `${city.listening}/console`}`,
    ...walls.map((link, index) => `  Wall screen ${index + 1}  ${link}`),
    '',
    windowsOpen
      ? '  The wall is open, one Chromium window for each screen.'
      : '  Each link opens once; the browser stays logged in. With an installed Chromium: npm start -- --shell chromium',
    ...(city.passwordFile ? [`  A second person at the desk, at ${city.listening}/login: ${firstPasswordWords(city.passwordFile)}.`] : []),
    '  Ctrl+C stops everything.',
    '',
  ].join('\n');
}

function fatal(problem: Problem): never {
  say(problemLine(problem));
  process.exit(exitFatal);
}

await main();
