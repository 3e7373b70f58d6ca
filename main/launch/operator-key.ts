import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../contract/log.ts';
import type { Result } from '../contract/result.ts';
import { err, ok } from '../contract/result.ts';
import { operatorKeyFault, type OperatorAnswer } from '../contract/shell.ts';
import type { Clock } from '../contract/time.ts';
import { replaceFile } from '../hub/ledger/durable-file.ts';

/** Its name in the data folder. */
export const operatorKeyFile = 'operator-key';

/** OWASP Password Storage Cheat Sheet, scrypt, of its equals the one with little memory: a wall computer has its pictures to do. They stand in the file, so they can grow. */
const cost = { N: 32_768, r: 8, p: 3 };
const saltBytes = 16;
const keyBytes = 32;
const fileBytesAtMost = 512;
/** What a file may ask of this computer: it was written by nobody else, but a damaged one must not take its memory. */
const memoryAtMostBytes = 256 * 1024 * 1024;

/** So many wrong keys within the time, and nobody is heard for a while. */
const wrongAtMost = 5;
const wrongWithinMs = 60_000;
const lockedOutMs = 60_000;
/** Each try takes some tenths of a second of this computer: whoever finds so many before him is told to come back. */
const waitingAtMost = 4;
const comeBackMs = 2000;

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** How much work a guess is. `N`, `r`, `p` as in RFC 7914. */
export type ScryptCost = Readonly<typeof cost>;

/** What the file holds. */
export interface StoredOperatorKey extends ScryptCost {
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** Decides who may use the operator's menu of this computer. */
export interface OperatorLock {
  /** One key at a time. Never rejects, and says nothing of the key to anybody. */
  tryKey(key: string): Promise<OperatorAnswer>;
  /** How often it was locked since the start. */
  readonly lockOuts: number;
}

/**
 * Sets the unlock key of this computer, or another one: the file `operator-key` of the data folder, its owner's alone, replaced as a whole. Whoever is asked next
 * needs the new key. Rejects when the folder cannot be written. `work` less than usual is for tests alone.
 */
export async function writeOperatorKey(
  dataFolder: string,
  key: string,
  work: ScryptCost = cost,
): Promise<Result<void, NonNullable<ReturnType<typeof operatorKeyFault>>>> {
  const fault = operatorKeyFault(key);
  if (fault !== null) return err(fault);
  const salt = randomBytes(saltBytes);
  const stored = { ...work, salt, key: await keyOf(key, { ...work, salt }) };
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  replaceFile(join(dataFolder, operatorKeyFile), formatOperatorKey(stored));
  return ok(undefined);
}

/** The lock of this computer. The file is read at each try: whoever sets another key needs no restart. */
export function createOperatorLock({
  dataFolder,
  clock,
  log,
}: {
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}): OperatorLock {
  const path = join(dataFolder, operatorKeyFile);
  let wrongAt: readonly number[] = [];
  let lockedUntil = Number.NEGATIVE_INFINITY;
  let lockOuts = 0;
  let waiting = 0;
  let line: Promise<unknown> = Promise.resolve();

  const attempt = async (key: string): Promise<OperatorAnswer> => {
    const now = clock.monotonic();
    if (now < lockedUntil) return { done: false, code: 'operator-locked-out', retryAfterMs: lockedUntil - now };
    const read = readStored(path);
    if (!read.ok) {
      log.warn({ path, reason: read.error }, 'there is no unlock key of this computer that can be used');
      return { done: false, code: 'operator-key-unset' };
    }
    // What can be no key costs no work, and is a wrong one all the same.
    if (operatorKeyFault(key) === null && timingSafeEqual(await keyOf(key, read.value), read.value.key)) {
      wrongAt = [];
      return { done: true };
    }
    const at = clock.monotonic();
    wrongAt = [...wrongAt.filter((earlier) => at - earlier < wrongWithinMs), at];
    if (wrongAt.length < wrongAtMost) return { done: false, code: 'operator-key-wrong' };
    wrongAt = [];
    lockedUntil = at + lockedOutMs;
    lockOuts += 1;
    log.warn({ lockOuts, forMs: lockedOutMs }, 'too many wrong unlock keys, nobody is heard for a while');
    return { done: false, code: 'operator-locked-out', retryAfterMs: lockedOutMs };
  };

  return {
    get lockOuts() {
      return lockOuts;
    },
    async tryKey(key) {
      if (waiting >= waitingAtMost) return { done: false, code: 'operator-locked-out', retryAfterMs: comeBackMs };
      waiting += 1;
      // In turn: keys that are tried at the same time do not slip through together.
      const tried = line.then(() => attempt(key));
      line = tried.catch(() => {});
      try {
        return await tried;
      } catch (error) {
        log.error({ err: error }, 'an unlock key could not be checked');
        return { done: false, code: 'shell-does-not-answer' };
      } finally {
        waiting -= 1;
      }
    },
  };
}

/** One line: `scrypt`, the cost, salt and key in base64url, between dollar signs. */
export function formatOperatorKey({ N, r, p, salt, key }: StoredOperatorKey): string {
  return `scrypt$${N}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}\n`;
}

/** What the text of a key file says; null when it is no such file, or asks more of this computer than it may. */
export function parseOperatorKey(text: string): StoredOperatorKey | null {
  const [, N, r, p, salt, key] = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d)\$([\w-]{22})\$([\w-]{43})\n$/.exec(text) ?? [];
  if (!N || !r || !p || !salt || !key) return null;
  const stored = { N: Number(N), r: Number(r), p: Number(p), salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
  const powerOfTwo = stored.N > 1 && Number.isInteger(Math.log2(stored.N));
  if (!powerOfTwo || stored.r < 1 || stored.p < 1 || memoryOf(stored) > memoryAtMostBytes) return null;
  // Numbers with leading noughts, and bits at the end of base64 that mean nothing: nobody but another hand writes those.
  return formatOperatorKey(stored) === text ? stored : null;
}

const memoryOf = ({ N, r, p }: ScryptCost) => 128 * r * (N + p);

function keyOf(key: string, { N, r, p, salt }: Omit<StoredOperatorKey, 'key'>): Promise<Buffer> {
  return derive(key, salt, keyBytes, { N, r, p, maxmem: 2 * memoryOf({ N, r, p }) });
}

/** The error says why the file cannot be used. */
function readStored(path: string): Result<StoredOperatorKey, string> {
  let handle: number;
  try {
    // A pipe of that name would be waited for until somebody writes.
    handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return err((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable');
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) return err('no file');
    // Windows has no such bits; there the folder's own rights hold.
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) return err('open to others');
    const bytes = Buffer.alloc(fileBytesAtMost + 1);
    const length = readSync(handle, bytes, 0, bytes.length, 0);
    const stored = length > fileBytesAtMost ? null : parseOperatorKey(bytes.toString('latin1', 0, length));
    return stored === null ? err('malformed') : ok(stored);
  } catch {
    return err('unreadable');
  } finally {
    closeSync(handle);
  }
}
