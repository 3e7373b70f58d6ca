import { nodeProcessHost } from '../../supervision/process-host.ts';
import { systemClock } from '../../supervision/system-clock.ts';
import { configOverrides } from '../read-config.ts';
import type { LaunchOptions } from '../options.ts';
import { problemLine } from '../problem-line.ts';
import { startSetup } from './start-setup.ts';
import { openLog } from '../../supervision/open-log.ts';

/** Starting again will not help (EX_CONFIG of sysexits.h). */
const exitFatal = 78;

const say = (lines: string) => void process.stderr.write(`${lines}\n`);

/** `npm run setup`: the page of a first start for whoever has a browser on this computer, then the hub that it made, until the end. Answers the exit code. */
export async function runSetup(options: LaunchOptions, root: string): Promise<number> {
  const log = openLog('setup', 'warn');
  const end = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.resolve(0));
  process.once('disconnect', () => end.resolve(0));
  process.channel?.unref();

  const setup = await startSetup({
    root,
    host: nodeProcessHost,
    version: __TAODU_VERSION__,
    suggestedDataFolder: options.dataFolder,
    rememberAt: null,
    overrides: configOverrides(options),
    clock: systemClock,
    log,
    onFatal: (problem) => {
      say(problemLine(problem));
      end.resolve(exitFatal);
    },
  });
  process.stdout.write(`${JSON.stringify({ setup: setup.url })}\n`);
  say(
    [
      '',
      '  陶都 Taodu: first start',
      '',
      '  Open this link in a browser on this computer. It opens once:',
      `  ${setup.url}`,
      '',
      '  Ctrl+C stops.',
      '',
    ].join('\n'),
  );

  const result = await Promise.race([setup.finished, end.promise.then(() => null)]);
  if (result) {
    say(`taodu: the hub runs with the data folder ${result.dataFolder} at ${result.city.listening}; Ctrl+C stops it`);
    const code = await end.promise;
    await setup.stop();
    await result.city.stop();
    return code;
  }
  await setup.stop();
  return 0;
}
