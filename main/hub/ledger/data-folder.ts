import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { type Problem, problem } from '../../contract/errors.ts';
import { type Result, err, ok } from '../../contract/result.ts';

/** The folder that one hub owns while it runs. */
export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** Gives the folder up; may be called twice. */
  release(): void;
}

/**
 * Makes the folder if need be and takes it for this process alone. The lock is SQLite's own lock on a small database of
 * its own: the operating system drops it when the process dies, however it dies, so no stale lock is ever left.
 * Fails with `data-folder-in-use` (another process, or another hub in this one) or `data-folder-unusable` (`reason`:
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
    if (cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY'))
      return err(problem('data-folder-in-use', { path: folder }, `the data folder ${folder} is in use by another hub`));
    return unusable(reasonOf(cause), cause);
  }
  const held = lock;
  return ok({ path: folder, release: () => void held.close() });
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

/** Which of the reasons an administrator can act on, from what the system said. */
export function reasonOf(cause: unknown): string {
  const code = String((cause as { code?: unknown } | null)?.code ?? '');
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'not-a-directory';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') return 'no-space';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged';
  return 'not-writable';
}
