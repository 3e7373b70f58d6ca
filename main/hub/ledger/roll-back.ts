import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { problem, type Problem } from '../../contract/errors.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { EpochMs } from '../../contract/time.ts';
import { noteInAnyVersion } from '../audit/note-in-any-version.ts';
import { openDataFolder } from './data-folder.ts';
import { keptPath, keptVersions } from './kept-version.ts';
import { goOnAfter, putInPlace, standingOf } from './replace-ledger.ts';

export interface RolledBack {
  readonly fromVersion: number;
  readonly toVersion: number;
  /** When the older ledger was kept: what was done since is only in the newer one. */
  readonly keptAt: EpochMs;
  /** Where the newer one is now. */
  readonly newerPath: string;
}

/**
 * Puts the newest older version of the ledger back that was kept when the program was upgraded. The newer one is kept in turn.
 * Its audit says who did it. Fails with `data-folder-in-use`, `data-folder-unusable`, or `not-found` when nothing older was kept.
 * @param by who does it: the name of the account on this machine
 */
export function rollBack(folder: string, now: EpochMs, by: string): Result<RolledBack, Problem> {
  const path = join(folder, 'ledger.db');
  if (!existsSync(path)) return err(problem('not-found', { path }, `there is no ledger in ${folder}`));
  const held = openDataFolder(folder);
  if (!held.ok) return held;
  try {
    const newer = standingOf(path);
    const version = keptVersions(path).find((kept) => newer === null || kept < newer.version);
    if (version === undefined) return err(problem('not-found', { path }, `no older version of ${path} was kept`));
    const kept = keptPath(path, version);
    const keptAt = Math.round(statSync(kept).mtimeMs);
    const staged = `${path}.rolling-back`;
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${staged}${end}`, { force: true });
    copyFileSync(kept, staged);
    const older = new Database(staged, { fileMustExist: true });
    try {
      older.pragma('journal_mode = DELETE');
      if (older.pragma('quick_check', { simple: true }) !== 'ok' || older.pragma('user_version', { simple: true }) !== version)
        throw new Error(`${kept} is not what was kept`);
      goOnAfter(older, newer, now - keptAt, now);
      noteInAnyVersion(older, {
        command: 'ledger.rollback',
        by,
        at: now,
        args: { fromVersion: newer?.version ?? null, toVersion: version, keptAt },
        before: newer && { seq: newer.seq, epoch: newer.epoch },
      });
    } catch (cause) {
      older.close();
      rmSync(staged, { force: true });
      return err(problem('data-folder-unusable', { path: kept, reason: 'damaged' }, `${kept} cannot be used: ${String(cause)}`));
    }
    older.close();
    const newerPath = keptPath(path, newer?.version ?? 0);
    putInPlace(path, staged, newerPath);
    rmSync(kept);
    return ok({ fromVersion: newer?.version ?? 0, toVersion: version, keptAt, newerPath });
  } finally {
    held.value.release();
  }
}
