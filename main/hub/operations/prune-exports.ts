import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../../contract/time.ts';
import type { Pruned } from './retention.ts';

const dayMs = 24 * 3_600_000;
/** Folders that one step removes. */
const atOnce = 16;

/**
 * Removes exports that are older than so many days from `<data>/exports`. Nothing outside is ever touched: a link is removed as the link it is,
 * and where the folder itself is a link nothing is removed.
 */
export async function pruneExports(dataFolder: string, days: number, now: EpochMs): Promise<Pruned> {
  const folder = join(dataFolder, 'exports');
  const found = await lstat(folder).catch(() => null);
  if (found === null || !found.isDirectory()) return { removed: 0, more: false };
  let removed = 0;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await lstat(path);
    if (now - mtimeMs <= days * dayMs) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
    if (removed === atOnce) return { removed, more: true };
  }
  return { removed, more: false };
}
