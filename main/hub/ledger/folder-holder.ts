import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who has a data folder, as far as he has said. */
export interface FolderHolder {
  readonly pid: number;
  /** Where his hub listens; null before it does, and for a tool. */
  readonly listening: string | null;
}

const fileOf = (folder: string): string => join(folder, 'holder.json');
const longestAddress = 300;

/** Says who has the folder; the caller holds its lock. Nothing depends on it: where it cannot be written, nobody is named. */
export function writeHolder(folder: string, holder: FolderHolder): void {
  try {
    writeFileSync(fileOf(folder), JSON.stringify(holder), { mode: 0o600 });
  } catch {
    removeHolder(folder);
  }
}

export function removeHolder(folder: string): void {
  try {
    rmSync(fileOf(folder), { force: true });
  } catch {
    // Whoever comes next writes his own.
  }
}

/** Who has the folder; null when nobody says so in a known form, or who said so has gone: a file outlives its writer, the lock does not. */
export function readHolder(folder: string): FolderHolder | null {
  try {
    const { pid, listening } = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as { pid?: unknown; listening?: unknown };
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1 || !isAlive(pid)) return null;
    const isAddress = typeof listening === 'string' && listening.length <= longestAddress && URL.canParse(listening);
    return { pid, listening: isAddress ? new URL(listening).origin : null };
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
