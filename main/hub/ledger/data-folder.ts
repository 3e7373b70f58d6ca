import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { type Problem, problem } from '../../contract/errors.ts';
import { type Result, err, ok } from '../../contract/result.ts';
import { readHolder, removeHolder, writeHolder } from './folder-holder.ts';
import { reasonOf } from './folder-reason.ts';

/** The folder that one hub owns while it runs. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** Says where its hub listens, to be told to whoever wants the folder as well. */
  listensAt(listening: string): void;
  /** Gives the folder up; may be called twice. */
  release(): void;
}

/**
 * Makes the folder if need be and takes it for this process alone. The lock is SQLite's own lock on a small database of
 * its own: the operating system drops it when the process dies, however it dies, so no stale lock is ever left.
 * Fails with `data-folder-in-use` (another process, or another hub in this one; `pid` and `listening` of who has it, null where nobody knows) or `data-folder-unusable` (`reason`:
 * `not-a-directory`, `not-writable`, `no-space`, `damaged`).
 */
export function openDataFolder(path: string): Result<DataFolder, Problem> {
  const folder = resolve(path);
  const unusable = (reason: string, cause: unknown) =>
    err(problem('data-folder-unusable', { path: folder, reason }, `the data folder ${folder} cannot be used: ${String(cause)}`));
  try {
    makeFolder(folder);
    if (!statSync(folder).isDirectory()) return unusable('not-a-directory', 'it is a file');
  } catch (cause) {
    return unusable(reasonOf(cause), cause);
  }
  let lock: Database.Database | undefined;
  try {
    lock = new Database(join(folder, 'lock.db'), { timeout: 0 });
    // The file stays empty: what is never written cannot be torn by a power cut.
    lock.exec('BEGIN EXCLUSIVE');
    probe(join(folder, 'write-probe'));
  } catch (cause) {
    lock?.close();
    if (cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')) return inUse(folder);
    return unusable(reasonOf(cause), cause);
  }
  const held = lock;
  writeHolder(folder, { pid: process.pid, listening: null });
  return ok({
    path: folder,
    listensAt(listening) {
      if (held.open) writeHolder(folder, { pid: process.pid, listening });
    },
    release() {
      if (held.open) removeHolder(folder);
      held.close();
    },
  });
}

function inUse(folder: string): Result<never, Problem> {
  const { pid = null, listening = null } = readHolder(folder) ?? {};
  const who = [pid === null ? '' : `process ${pid}`, listening ?? ''].filter((part) => part !== '').join(', ');
  return err(
    problem(
      'data-folder-in-use',
      { path: folder, pid, listening },
      `the data folder ${folder} is in use by another hub${who === '' ? '' : ` (${who})`}`,
    ),
  );
}

/**
 * Makes the folder and what is missing above it, for the owner alone. Not Node's own `recursive`: that one never comes
 * back on a file system that answers "no such entry" to every attempt, as /proc does.
 */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}

/** A real write, so that a full or read-only disk shows now and not at the first command. */
function probe(path: string): void {
  writeFileSync(path, Buffer.alloc(4096), { mode: 0o600, flush: true });
  rmSync(path);
}
