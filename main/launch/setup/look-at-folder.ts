import { access, constants, opendir, stat, statfs } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { FolderFacts } from './judge-folder.ts';

const entriesAtMost = 500;

/** File systems by their number (Linux, statfs(2)): those of other computers, and those that are gone after a restart. */
const networkTypes = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400, 0x5346414f, 0x01021997]);
const temporaryTypes = new Set([0x01021994, 0x858458f6]);

/** Finds out what is at a path that somebody typed; `~` is the home folder. Changes nothing. Never rejects. */
export async function lookAtFolder(typed: string): Promise<FolderFacts> {
  const trimmed = typed.trim();
  const expanded = /^~(?=$|[/\\])/.test(trimmed) ? join(homedir(), trimmed.slice(1)) : trimmed;
  const unknown: FolderFacts = {
    path: expanded,
    isAbsolute: false,
    kind: 'missing',
    writable: false,
    entries: [],
    freeBytes: null,
    fileSystem: 'local',
    inUse: null,
  };
  // oxlint-disable-next-line no-control-regex -- a path with these was not typed
  if (!isAbsolute(expanded) || /[\u0000-\u001f\u007f]/.test(expanded)) return unknown;
  const path = resolve(expanded);
  const found = await kindOf(path);
  const above = found === 'missing' ? await existingAbove(path) : path;
  const kind = found === 'missing' && (await kindOf(above)) !== 'folder' ? 'below-a-file' : found;
  const room = await statfs(above).catch(() => null);
  return {
    path,
    isAbsolute: true,
    kind,
    writable: await access(above, constants.W_OK | constants.X_OK).then(
      () => true,
      () => false,
    ),
    entries: kind === 'folder' ? await entriesOf(path) : [],
    freeBytes: room && room.bsize * room.bavail,
    fileSystem: fileSystemOf(path, room?.type ?? null),
    inUse: kind === 'folder' ? await isHeld(join(path, 'lock.db')) : false,
  };
}

async function kindOf(path: string): Promise<FolderFacts['kind']> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? 'below-a-file' : 'missing';
  }
}

async function existingAbove(path: string): Promise<string> {
  let at = path;
  while (at !== dirname(at) && (await kindOf(at)) === 'missing') at = dirname(at);
  return at;
}

async function entriesOf(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(path)) if (names.push(name) >= entriesAtMost) break;
  } catch {
    // What cannot be read is not empty as far as we know.
    return ['?'];
  }
  return names;
}

function fileSystemOf(path: string, type: number | null): FolderFacts['fileSystem'] {
  if (/^[\\/]{2}[^\\/]/.test(path)) return 'network';
  if (process.platform === 'linux' && type !== null) {
    if (networkTypes.has(type)) return 'network';
    if (temporaryTypes.has(type)) return 'temporary';
  }
  const below = relative(tmpdir(), path);
  return below !== '' && !below.startsWith('..') && !isAbsolute(below) ? 'temporary' : 'local';
}

/** Whether a hub holds the lock of a data folder: SQLite's own lock, tried and given back. Null where it cannot be tried. */
async function isHeld(lock: string): Promise<boolean | null> {
  if ((await kindOf(lock)) !== 'file') return false;
  try {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(lock, { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE; ROLLBACK');
      return false;
    } finally {
      database.close();
    }
  } catch (error) {
    // SQLITE_BUSY
    return (error as { errcode?: number }).errcode === 5 ? true : null;
  }
}
