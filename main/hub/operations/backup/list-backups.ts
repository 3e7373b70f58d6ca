import { lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backupNameForm, decodeManifest, manifestBytesAtMost } from './backup-manifest.ts';
import type { Pruned } from '../retention.ts';
import { makingPrefix, type BackupFacts } from './write-backup.ts';

/** More are not looked at: somebody keeps something else there. */
const backupsAtMost = 1000;
const goingPrefix = '.going-';
/** What was begun so long ago is not being made any more. */
const leftoverAfterMs = 24 * 3_600_000;

/**
 * The backups of one hub in a folder, newest first. What has no readable manifest is none, and several hubs may share a folder. They are not
 * verified: `restore` does that before it touches anything. Answers none when there is no such folder.
 * @param instance which hub's (see instance-id.ts)
 */
export async function listBackups(folder: string, instance: string): Promise<BackupFacts[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => backupNameForm.test(name)).toSorted();
  const found: BackupFacts[] = [];
  for (const name of names.toReversed().slice(0, backupsAtMost)) {
    const bytes = await readBounded(join(folder, name, 'manifest.json'));
    const manifest = bytes && decodeManifest(bytes);
    if (!manifest || !manifest.ok) continue;
    const { at, seq, files, instanceId } = manifest.value;
    if (instanceId !== instance) continue;
    found.push({ name, at, bytes: files.reduce((sum, file) => sum + file.bytes, bytes.length), ledgerSeq: seq });
  }
  // by commit: it grows for ever, and the clock may have been wrong
  return found.toSorted((one, other) => other.ledgerSeq - one.ledgerSeq || other.at - one.at);
}

/**
 * Removes the oldest of more than `keep` backups of one hub, one a step, and what was begun and never ended. So many with the most commits are kept
 * and so many that were made last: the clock may have been wrong, and a ledger that was begun anew counts from one again.
 */
export async function pruneBackups(folder: string, keep: number, now: number, instance: string): Promise<Pruned> {
  const found = await listBackups(folder, instance);
  const madeLast = new Set(found.toSorted((one, other) => other.at - one.at).slice(0, keep));
  const old = found.slice(keep).filter((backup) => !madeLast.has(backup));
  const oldest = old.at(-1);
  if (oldest !== undefined) {
    // one that is half removed is not taken for a backup
    const going = join(folder, `${goingPrefix}${oldest.name}`);
    await rename(join(folder, oldest.name), going);
    await rm(going, { recursive: true, force: true });
    return { removed: 1, more: old.length > 1 };
  }
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(makingPrefix) && !name.startsWith(goingPrefix)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await lstat(path);
    if (now - mtimeMs > leftoverAfterMs) await rm(path, { recursive: true, force: true });
  }
  return { removed: 0, more: false };
}

async function readBounded(path: string): Promise<Buffer | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > manifestBytesAtMost) return null;
    return await file.readFile();
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
