import { closeSync, openSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { problem, ProblemError } from '../../contract/errors.ts';
import { syncFile, syncFolder } from './durable-file.ts';

/** Room that is left free besides the copy, so that the hub can go on afterwards. */
const spareBytes = 64 * 1024 * 1024;

/** Where the ledger of an older (or, after going back, newer) version is kept. */
export const keptPath = (ledgerPath: string, version: number): string => `${ledgerPath}.v${version}`;

/**
 * Keeps the ledger as it is before its shape changes, beside it: a copy of one moment, whole or not there. One that was kept earlier for the
 * same version gives way.
 * @throws ProblemError `data-folder-unusable` with reason `no-space` when there is no room for a copy; then nothing was changed
 */
export function keepVersion(database: Database, path: string, version: number, freeBytesOf = freeBytesNow): void {
  const bytes = (database.pragma('page_count', { simple: true }) as number) * (database.pragma('page_size', { simple: true }) as number);
  const needed = bytes + spareBytes;
  if (freeBytesOf(dirname(path)) < needed)
    throw new ProblemError(
      problem(
        'data-folder-unusable',
        { path, reason: 'no-space', neededMb: Math.ceil(needed / 1024 / 1024) },
        `there is no room beside ${path} to keep it as it is before it is brought to the new version`,
      ),
    );
  const kept = keptPath(path, version);
  const fresh = `${kept}.new`;
  rmSync(fresh, { force: true });
  try {
    // VACUUM INTO takes an empty file; made here so that it is the owner's alone from the first byte
    closeSync(openSync(fresh, 'wx', 0o600));
    database.prepare('VACUUM INTO ?').run(fresh);
    syncFile(fresh);
    renameSync(fresh, kept);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw cause;
  }
  syncFolder(dirname(path));
}

/** The versions kept beside a ledger, newest first. */
export function keptVersions(path: string): readonly number[] {
  const form = new RegExp(`^${basename(path).replaceAll('.', String.raw`\.`)}\\.v([1-9]\\d{0,3})$`);
  return readdirSync(dirname(path))
    .flatMap((name) => {
      const version = form.exec(name)?.[1];
      return version === undefined ? [] : [Number(version)];
    })
    .toSorted((one, other) => other - one);
}

function freeBytesNow(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
