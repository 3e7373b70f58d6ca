import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { planFault } from '../../../layouts/planned-wall.ts';
import { loadConfig } from '../../config/load-config.ts';
import { ProblemError, type Problem } from '../../contract/errors.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { operatorKeyFault } from '../../contract/shell.ts';
import { firstAdministrator } from '../../hub/accounts/first-administrator.ts';
import { passwordProblem } from '../../hub/accounts/password-policy.ts';
import { unfinishedMark } from '../../hub/first-start.ts';
import { replaceFile } from '../../hub/ledger/durable-file.ts';
import { reasonOf } from '../../hub/ledger/folder-reason.ts';
import { startCity } from '../city.ts';
import { operatorKeyFile, writeOperatorKey } from '../operator-key.ts';
import type { SetupFault, SetupPlan } from './contract.ts';
import { judgeFolder } from './judge-folder.ts';
import { lookAtFolder } from './look-at-folder.ts';
import { setupConfig } from './setup-config.ts';
import type { SetupOptions, SetupResult } from './start-setup.ts';

/** A hub that keeps ending before it is ready says nothing to whoever waits before the page. */
const startsWithinMs = 120_000;

const fault = (code: SetupFault['code'], more: Partial<SetupFault> = {}): Result<never, SetupFault> =>
  err({ code, port: null, detail: null, ...more });

/**
 * Makes the data folder and the city in it, or opens the one that is there, and starts it. What cannot be is a fault: then nothing runs, and a folder that
 * was begun is marked `setup-unfinished`, so that it can be begun again. So is one that `over` cuts off, or that is not ready after two minutes.
 */
export async function makeCity(plan: SetupPlan, options: SetupOptions, over: AbortSignal): Promise<Result<SetupResult, SetupFault>> {
  const { dataFolder, refusal } = await refusalOf(plan);
  if (refusal) return err(refusal);
  if (plan.city.kind === 'new') {
    const prepared = await prepare(dataFolder, plan, plan.city.operatorKey);
    if (!prepared.ok) return prepared;
  }
  const file = join(dataFolder, 'taodu.yaml');
  const hasFile = plan.city.kind === 'new' || (await lookAtFolder(dataFolder)).entries.includes('taodu.yaml');
  const config = loadConfig(hasFile ? { file, overrides: options.overrides } : { overrides: options.overrides });
  if (!config.ok) return err(faultOf(config.error, plan.port));
  const enough = new AbortController();
  void options.clock.sleep(startsWithinMs, enough.signal).then(
    () => enough.abort(new Error(`not ready within ${startsWithinMs / 1000} s`)),
    () => {},
  );
  try {
    const city = await startCity({
      host: options.host,
      root: options.root,
      config: config.value,
      dataFolder,
      demo: false,
      adminPassword: plan.city.kind === 'new' ? plan.city.password : null,
      firstStart: plan.city.kind === 'new' ? { wall: plan.city.wall } : null,
      version: options.version,
      over: AbortSignal.any([over, enough.signal]),
      clock: options.clock,
      log: options.log,
      onFatal: options.onFatal,
    });
    return ok({ dataFolder, locale: config.value.locale, config: config.value, city });
  } catch (error) {
    if (error instanceof ProblemError) return err(faultOf(error.problem, config.value.hub.port));
    options.log.error({ err: error }, 'the city could not be started');
    return fault('hub-does-not-start', { detail: error instanceof Error ? error.message : null });
  } finally {
    enough.abort();
  }
}

/** Looked at again: between choosing and beginning anything may have happened to the folder. */
async function refusalOf({ dataFolder: typed, city }: SetupPlan): Promise<{ dataFolder: string; refusal: SetupFault | null }> {
  const { path: dataFolder, state, reason, inUse } = judgeFolder(await lookAtFolder(typed));
  const refuse = (code: SetupFault['code'], detail: string | null = null) => ({ dataFolder, refusal: { code, port: null, detail } });
  if (reason !== null) return refuse(`folder-${reason}`);
  if (inUse === true) return refuse('folder-in-use');
  if (city.kind === 'open') return state === 'city' ? { dataFolder, refusal: null } : refuse('folder-holds-none');
  if (state === 'city') return refuse('folder-holds-city');
  if (passwordProblem(city.password, firstAdministrator)) return refuse('password-too-weak');
  if (city.operatorKey !== null && operatorKeyFault(city.operatorKey) !== null) return refuse('operator-key-refused');
  const wrong = planFault(city.wall.screens);
  return wrong ? refuse('wall-refused', wrong.code) : { dataFolder, refusal: null };
}

/** The mark comes first: whatever is cut off after it is known as unfinished. */
async function prepare(dataFolder: string, plan: SetupPlan, operatorKey: string | null): Promise<Result<void, SetupFault>> {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    // The mark permits to begin anew: a city that somebody else has made here meanwhile must never get it.
    if (existsSync(join(dataFolder, 'ledger.db')) && !existsSync(join(dataFolder, unfinishedMark))) return fault('folder-holds-city');
    chmodSync(dataFolder, 0o700);
    replaceFile(join(dataFolder, unfinishedMark), '');
    replaceFile(join(dataFolder, 'taodu.yaml'), setupConfig(plan));
    // What an earlier try has set is not what was chosen now.
    if (operatorKey === null) rmSync(join(dataFolder, operatorKeyFile), { force: true });
    else await writeOperatorKey(dataFolder, operatorKey);
    return ok(undefined);
  } catch (error) {
    return fault(folderFault(reasonOf(error)), { detail: String((error as NodeJS.ErrnoException).code ?? error) });
  }
}

/** The problem of a hub, as the page words it. */
export function faultOf({ code, params, detail }: Problem, port: number | null): SetupFault {
  const told = { port: null, detail: detail ?? null };
  if (code === 'data-folder-in-use') return { ...told, code: 'folder-in-use' };
  if (code === 'data-folder-unusable') return { ...told, code: folderFault(String(params['reason'])) };
  if (code !== 'config-invalid') return { ...told, code: 'hub-does-not-start' };
  if (params['key'] !== 'hub.port') return { ...told, code: 'config-invalid', detail: detail ?? String(params['message']) };
  const isTaken = String(params['message']).includes('EADDRINUSE');
  return { ...told, port, code: isTaken ? 'port-taken' : 'port-not-allowed', detail: String(params['message']) };
}

function folderFault(reason: string): SetupFault['code'] {
  if (reason === 'not-a-directory') return 'folder-not-a-folder';
  if (reason === 'no-space') return 'folder-no-space';
  if (reason === 'damaged') return 'folder-damaged';
  if (reason === 'holds-a-city') return 'folder-holds-city';
  return 'folder-not-writable';
}
