import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Nothing that another folder in the same place would change. */
const noRoom: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE', 'EIO']);

/** What says that a profile is in use: files of Chromium on Linux and macOS. */
const locks = ['SingletonLock', 'SingletonSocket', 'SingletonCookie'];

/** Names of profiles that were moved aside. */
const aside = '.aside-';

/**
 * Makes a window's browser profile, or mends what would keep a browser from starting with it: files of no known form, a lock of a browser that has gone
 * or of another computer, a browser that a launcher before us has left behind. What cannot be mended is moved aside, see `setAside`. Throws where
 * nothing can be written and there is no profile yet.
 */
export function prepareProfile(profile: string, now: Date): void {
  try {
    mend(profile);
  } catch (error) {
    if (noRoom.has(String((error as NodeJS.ErrnoException).code))) {
      // With an old profile a browser comes up on a full disk, too.
      if (isFolder(profile)) return;
      throw error;
    }
    setAside(profile, now);
    mend(profile);
  }
}

/**
 * Moves a profile aside, so that the next window begins with a new one. One is kept, for whoever wants to know or have back what was in it (a pairing, on
 * a wall computer of its own): the first that was moved since somebody last removed it. Throws where that cannot be done.
 */
export function setAside(profile: string, now: Date): void {
  if (lstatSync(profile, { throwIfNoEntry: false }) === undefined) return;
  endLeftBehind(profile);
  const folder = dirname(profile);
  const name = basename(profile);
  const isKept = readdirSync(folder).some((other) => other.startsWith(`${name}${aside}`));
  if (isKept) rmSync(profile, { recursive: true, force: true });
  else renameSync(profile, join(folder, `${name}${aside}${now.toISOString().replaceAll(':', '-')}`));
}

function mend(profile: string): void {
  const folder = join(profile, 'Default');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  accessSync(profile, constants.R_OK | constants.W_OK | constants.X_OK);
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  endLeftBehind(profile);
  for (const lock of locks) rmSync(join(profile, lock), { recursive: true, force: true });
  const state = join(profile, 'Local State');
  if (!isJson(state)) rmSync(state, { recursive: true, force: true });
  const preferences = join(folder, 'Preferences');
  if (isJson(preferences)) return;
  rmSync(preferences, { recursive: true, force: true });
  // A Chinese wall on a computer that is not would be offered a translation, on top of the picture.
  writeFileSync(preferences, JSON.stringify({ translate: { enabled: false } }), { mode: 0o600 });
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isJson(path: string): boolean {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** A launcher that was killed may leave a browser, which would take our window as one more of its own, and nobody could watch that. */
function endLeftBehind(profile: string): void {
  let pid: number;
  try {
    pid = Number(/-(\d+)$/.exec(readlinkSync(join(profile, 'SingletonLock')))?.[1]);
    // Only what runs with this very profile: the number may be anybody's by now.
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(`--user-data-dir=${profile}`)) return;
  } catch {
    return; // no lock, or nobody by that number
  }
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone meanwhile, or is not ours: then the browser that we start says so by its end.
  }
}
