import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { problem, type Problem } from '../contract/errors.ts';
import { syncFolder } from './ledger/durable-file.ts';

/** The file that marks a data folder whose first start was begun and never listened. */
export const unfinishedMark = 'setup-unfinished';

/**
 * Makes room for a first start in a folder that this process holds: what one before it left is removed, for no hub ever listened with it. The mark stays until
 * `endFirstStart`. Fails with `data-folder-unusable` (`reason`: `holds-a-city`), and touches nothing, where there is a ledger without the mark.
 */
export function beginFirstStart(dataFolder: string): Problem | null {
  const mark = join(dataFolder, unfinishedMark);
  const ledger = join(dataFolder, 'ledger.db');
  if (!existsSync(mark)) {
    if (existsSync(ledger)) return problem('data-folder-unusable', { path: dataFolder, reason: 'holds-a-city' });
    writeFileSync(mark, '', { mode: 0o600, flush: true });
    syncFolder(dataFolder);
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${ledger}${suffix}`, { force: true });
  // They vouch for a ledger that is no more.
  rmSync(join(dataFolder, 'seals'), { recursive: true, force: true });
  return null;
}

/** A hub listens: from now on there is something to lose here. Called at every start. */
export function endFirstStart(dataFolder: string): void {
  const mark = join(dataFolder, unfinishedMark);
  if (!existsSync(mark)) return;
  rmSync(mark, { force: true });
  // A mark that a power cut brings back would have the next first start remove a city with all that was acknowledged.
  syncFolder(dataFolder);
}
