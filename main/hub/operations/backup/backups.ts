import type { CommandResult } from '../../../contract/catalog.ts';
import { problem, type Problem } from '../../../contract/errors.ts';
import type { Log } from '../../../contract/log.ts';
import { err, type Result } from '../../../contract/result.ts';
import type { Clock, EpochMs } from '../../../contract/time.ts';
import { listBackups } from './list-backups.ts';
import { runBackup } from './run-backup.ts';
import type { BackupFacts, BackupOrder } from './write-backup.ts';

/** A hub that has no backup yet, or an old one, makes one so long after its start: not while everything else begins. */
export const firstAfterMs = 10 * 60_000;
/** After a failure it is tried again so soon. */
export const againAfterMs = 60 * 60_000;
const hourMs = 3_600_000;

/** Makes backups by its timetable and when somebody asks. */
export interface Backups {
  /** One at a time: who asks meanwhile gets the answer of the one that is being made. */
  create(): Promise<Result<BackupFacts, Problem>>;
  list(): Promise<CommandResult<'backup.list'>>;
  /** When the last one was made; null when there is none, undefined before the folder was looked at. */
  readonly lastAt: EpochMs | null | undefined;
  /** Why the last attempt failed; null when it did not. */
  readonly failure: Problem | null;
  stop(): Promise<void>;
}

export interface BackupsOptions {
  readonly dataFolder: string;
  readonly folder: string;
  /** Which hub's backups are looked at: others may lie in the same folder. */
  readonly instance: string;
  readonly productVersion: string;
  /** 0 makes none by itself. */
  readonly everyHours: number;
  readonly leaveFreeBytes: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears after each attempt. */
  onChange(): void;
  readonly run?: (order: BackupOrder, signal: AbortSignal) => Promise<Result<BackupFacts, Problem>>;
}

export function createBackups(options: BackupsOptions): Backups {
  const { dataFolder, folder, instance, productVersion, everyHours, leaveFreeBytes, clock, log, onChange } = options;
  const run = options.run ?? runBackup;
  const ending = new AbortController();
  let lastAt: EpochMs | null | undefined;
  let nextAt: EpochMs | null = null;
  let failure: Problem | null = null;
  let running: Promise<Result<BackupFacts, Problem>> | null = null;

  const make = async () => {
    const answer = await run(
      { dataFolder, folder, productVersion, now: clock.now(), passphrase: null, leaveFreeBytes, pauseMs: 4 },
      ending.signal,
    );
    if (answer.ok) {
      lastAt = answer.value.at;
      failure = null;
      log.info(answer.value, 'a backup was made');
    } else if (!ending.signal.aborted) {
      failure = answer.error;
      log.error({ problem: answer.error }, 'a backup could not be made');
    }
    onChange();
    return answer;
  };

  const create = () => {
    if (ending.signal.aborted) return Promise.resolve(err(problem('shutting-down')));
    running ??= make().finally(() => (running = null));
    return running;
  };

  /** A wall clock that is set back does not put a backup off for ever: waiting is by the monotonic one, in steps of an hour at most. */
  const keepTimetable = async () => {
    lastAt ??= (await listBackups(folder, instance))[0]?.at ?? null;
    onChange();
    if (everyHours === 0) return;
    let dueInMs = Math.max(firstAfterMs, lastAt === null ? 0 : lastAt + everyHours * hourMs - clock.now());
    while (!ending.signal.aborted) {
      dueInMs = Math.min(dueInMs, everyHours * hourMs);
      nextAt = clock.now() + dueInMs;
      await clock.sleep(Math.min(dueInMs, hourMs), ending.signal).catch(() => undefined);
      if (ending.signal.aborted) return;
      dueInMs -= Math.min(dueInMs, hourMs);
      if (dueInMs > 0) continue;
      const answer = await create();
      dueInMs = answer.ok ? everyHours * hourMs : againAfterMs;
    }
  };

  const timetable = keepTimetable().catch((cause: unknown) => log.error({ err: cause }, 'the timetable of the backups ended'));

  return {
    create,
    async list() {
      return { backups: await listBackups(folder, instance), nextAt };
    },
    get lastAt() {
      return lastAt;
    },
    get failure() {
      return failure;
    },
    async stop() {
      ending.abort();
      await timetable;
      await running?.catch(() => undefined);
    },
  };
}
