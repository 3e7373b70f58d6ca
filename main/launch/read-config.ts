import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { loadConfig, type ConfigOverrides } from '../config/load-config.ts';
import type { Problem } from '../contract/errors.ts';
import type { Result } from '../contract/result.ts';
import type { LaunchOptions } from './options.ts';

/** The configuration that the command line asks for: its file, or `taodu.yaml` in the data folder where there is one; flags win. */
export function readConfig(options: LaunchOptions): Result<Config, Problem> {
  const defaultFile = join(options.dataFolder, 'taodu.yaml');
  const file = options.configFile ?? (existsSync(defaultFile) ? defaultFile : null);
  const overrides = configOverrides(options);
  return loadConfig(file === null ? { overrides } : { file, overrides });
}

/** What the flags say of the configuration. */
export function configOverrides(options: LaunchOptions): ConfigOverrides {
  return {
    hub: { ...(options.port === null ? {} : { port: options.port }), ...(options.host === null ? {} : { host: options.host }) },
    relay: options.relayPort === null ? {} : { port: options.relayPort },
    ingest: options.rtmpPort === null ? {} : { port: options.rtmpPort },
  };
}
