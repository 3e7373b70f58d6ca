import { copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { EpochMs } from '../../contract/time.ts';
import { syncFile, syncFolder } from './durable-file.ts';

/** How far a ledger had come. */
export interface Standing {
  readonly version: number;
  readonly seq: number;
  readonly epoch: number;
  /** Sessions of screens that are open in it, by their ids. */
  readonly screens: readonly string[];
}

/** Where no ledger can say how far it had come, it is taken to have made one commit a millisecond since, and so many more. */
const unknownSteps = 1_000_000;
const unknownOpenings = 1000;

/** How far the ledger in this file has come; null when there is none or it cannot be read. The caller holds the folder's lock. */
export function standingOf(path: string): Standing | null {
  if (!existsSync(path)) return null;
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true });
    return standingIn(database);
  } catch {
    return null;
  } finally {
    database?.close();
  }
}

/** How far an opened ledger has come. @throws SqliteError when it is none */
export function standingIn(database: Database.Database): Standing {
  return {
    version: database.pragma('user_version', { simple: true }) as number,
    seq: database.prepare('SELECT seq FROM head').pluck().get() as number,
    epoch: database.prepare('SELECT coalesce(max(epoch), 0) FROM epochs').pluck().get() as number,
    screens: database.prepare("SELECT id FROM sessions WHERE kind = 'wall'").pluck().all() as string[],
  };
}

/**
 * Lets an older ledger go on after one that it takes the place of. Nobody may take its future for the past that he remembers: `seq` and
 * `epoch` go on beyond the replaced ones, and whoever comes back gets a snapshot. People log in again, because a session that was ended
 * meanwhile would live again, and no link of a field page is worth anything; screens keep theirs, so that the wall goes on, unless the replaced ledger shows that
 * one was ended since.
 * @param replaced null when nobody knows; then `lostMs` says how old the older ledger is
 */
export function goOnAfter(database: Database.Database, replaced: Standing | null, lostMs: number, now: EpochMs): void {
  const own = standingIn(database);
  const seq = replaced?.seq ?? own.seq + unknownSteps + Math.max(0, Math.ceil(lostMs));
  const epoch = replaced?.epoch ?? own.epoch + unknownOpenings;
  database
    .transaction(() => {
      database.prepare('UPDATE head SET seq = ?').run(Math.max(own.seq, seq) + 1);
      database.prepare('INSERT INTO epochs (epoch, opened_at) VALUES (?, ?)').run(Math.max(own.epoch, epoch) + 1, now);
      database.exec("DELETE FROM changes; DELETE FROM sessions WHERE kind <> 'wall'");
      const hasLinks = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'field_links'").get() !== undefined;
      if (hasLinks) database.exec('DELETE FROM field_links');
      if (replaced !== null)
        database.prepare('DELETE FROM sessions WHERE id NOT IN (SELECT value FROM json_each(?))').run(JSON.stringify(replaced.screens));
    })
    .immediate();
}

/**
 * Puts a ledger in the place of another, which is kept under another name: at every moment one of them stands there whole. The caller holds
 * the folder's lock, and `staged` is closed, in one file, in the same folder.
 */
export function putInPlace(path: string, staged: string, keepAs: string): void {
  syncFile(staged);
  if (existsSync(path)) {
    foldIn(path, keepAs);
    rmSync(keepAs, { force: true });
    try {
      linkSync(path, keepAs);
    } catch {
      // a file system without links
      copyFileSync(path, keepAs);
      syncFile(keepAs);
    }
    syncFolder(dirname(path));
  }
  renameSync(staged, path);
  syncFolder(dirname(path));
}

/** Brings what is still in the log of the old ledger into its file: a log that is left behind would be taken for the new one's. */
function foldIn(path: string, keepAs: string): void {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true });
    database.pragma('journal_mode = DELETE');
  } catch {
    // too damaged to be opened: it is kept as it is, with its log
  } finally {
    database?.close();
  }
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${keepAs}-wal`);
  rmSync(`${path}-shm`, { force: true });
}
