import { join } from 'node:path';
import type { ConfigOverrides } from '../../config/load-config.ts';
import type { Config } from '../../config/config.ts';
import type { Problem } from '../../contract/errors.ts';
import type { Log } from '../../contract/log.ts';
import type { Clock } from '../../contract/time.ts';
import type { ProcessHost } from '../../supervision/process-host.ts';
import type { City } from '../city.ts';
import { makeCity } from './make-city.ts';
import { rememberFolder } from './remembered-folder.ts';
import { openSetupServer } from './setup-server.ts';

export interface SetupOptions {
  /** The installed product. */
  readonly root: string;
  readonly host: ProcessHost;
  readonly version: string;
  /** What the page offers as data folder. */
  readonly suggestedDataFolder: string;
  /** A file in the app's own settings folder that keeps which data folder was chosen; null: nobody asks it. */
  readonly rememberAt: string | null;
  /** What the command line says of the configuration; it wins over what is chosen. */
  readonly overrides: ConfigOverrides;
  readonly clock: Clock;
  readonly log: Log;
  /** Hub or relay of the city said, after having run, that starting again will not help. */
  onFatal(problem: Problem): void;
}

/** A city that the setup made, or opened. It runs, and is the caller's to stop. */
export interface SetupResult {
  /** Absolute. */
  readonly dataFolder: string;
  readonly locale: 'zh-CN' | 'en';
  readonly config: Config;
  readonly city: City;
}

export interface Setup {
  /** The page, with the ticket that opens it once: for one visitor on this computer. */
  readonly url: string;
  /** The city as soon as it runs; null when nobody finished: half an hour without a request, or stopped. Never rejects. */
  readonly finished: Promise<SetupResult | null>;
  /** Ends the page. A city that somebody was told of by `finished` runs on. */
  stop(): Promise<void>;
}

/** Serves the setup page of a first start on a free port of this computer, before any hub runs. Rejects when no port can be listened on. */
export async function startSetup(options: SetupOptions): Promise<Setup> {
  const { log } = options;
  const finished = Promise.withResolvers<SetupResult | null>();
  const over = new AbortController();
  const server = await openSetupServer({
    rendererFolder: join(options.root, 'dist', 'renderer'),
    suggestedDataFolder: options.suggestedDataFolder,
    version: options.version,
    clock: options.clock,
    log,
    begin: async (plan) => {
      const made = await makeCity(plan, options, over.signal);
      if (!made.ok) return { kind: 'fault', fault: made.error };
      const { city, dataFolder } = made.value;
      if (over.signal.aborted) {
        await city.stop();
        return { kind: 'fault', fault: { code: 'hub-does-not-start', port: null, detail: 'the setup was stopped' } };
      }
      if (options.rememberAt !== null) {
        // The city runs: that the app asks again the next time is the lesser evil.
        const kept = rememberFolder(options.rememberAt, dataFolder);
        if (!kept.ok) log.warn({ reason: kept.error, file: options.rememberAt }, 'the data folder could not be remembered');
      }
      finished.resolve(made.value);
      return {
        kind: 'done',
        done: { dataFolder, listening: city.listening, consoleLink: city.login, command: startCommand(dataFolder, process.platform) },
      };
    },
    onEnd: () => finished.resolve(null),
  });
  return {
    url: server.url,
    finished: finished.promise,
    async stop() {
      over.abort(new Error('the setup was stopped'));
      await server.stop();
    },
  };
}

/** What somebody types to start the hub with this folder. */
export function startCommand(dataFolder: string, platform: NodeJS.Platform): string {
  if (/^[\w./:\\-]+$/.test(dataFolder)) return `npm run hub -- --data ${dataFolder}`;
  const quoted = platform === 'win32' ? `"${dataFolder}"` : `'${dataFolder.replaceAll("'", String.raw`'\''`)}'`;
  return `npm run hub -- --data ${quoted}`;
}
