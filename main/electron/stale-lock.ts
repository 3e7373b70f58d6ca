import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

/** What a lock of a profile says of who has it. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
}

const file = (profile: string) => join(profile, 'SingletonLock');

/** Who has the lock of a profile, by Chromium's link to `host-pid` (process_singleton_posix.cc); null: nobody. Windows keeps none in a file. */
export function lockHolder(profile: string): LockHolder | null {
  try {
    const [, host, pid] = /^(.+)-(\d{1,10})$/.exec(readlinkSync(file(profile))) ?? [];
    return host === undefined ? null : { host, pid: Number(pid) };
  } catch {
    return null;
  }
}

/** Whether a process of ours has this number; one that cannot be looked at counts as one. */
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  try {
    // The name alone: every start of an AppImage mounts it elsewhere.
    return basename(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '') === basename(process.execPath);
  } catch {
    return true;
  }
}

/**
 * Removes the lock of an app that has gone while the computer had another name: Chromium takes that one for a lock of another computer, and refuses to start
 * for ever. What is left behind under the present name it sees through by itself. Answers whose lock was removed, null: none. Never throws.
 */
export function dropStaleLock(profile: string): LockHolder | null {
  const holder = lockHolder(profile);
  if (holder === null || holder.host === hostname() || isOurs(holder.pid)) return null;
  try {
    rmSync(file(profile), { force: true });
    return holder;
  } catch {
    return null;
  }
}
