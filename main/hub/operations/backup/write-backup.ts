import { createHash, randomBytes } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { problem, type Problem } from '../../../contract/errors.ts';
import { err, ok, type Result } from '../../../contract/result.ts';
import type { EpochMs } from '../../../contract/time.ts';
import { instanceId } from '../../instance-id.ts';
import { reasonOf } from '../../ledger/folder-reason.ts';
import { syncFile, syncFolder } from '../../ledger/durable-file.ts';
import { standingIn } from '../../ledger/replace-ledger.ts';
import { createSecretBox } from '../../ledger/secret-box.ts';
import { encodeManifest, fileNameForm, manifestMac, type BackupManifest } from './backup-manifest.ts';
import { keyFilesOf, secretsKeyOf } from './data-keys.ts';
import { sealKeys } from './sealed-keys.ts';

/** What a backup is made of and where it goes; plain values, so that a worker thread can be told. */
export interface BackupOrder {
  readonly dataFolder: string;
  /** The folder that holds the backups. */
  readonly folder: string;
  readonly productVersion: string;
  readonly now: EpochMs;
  /** Puts the keys in too, sealed under it; null leaves them out. */
  readonly passphrase: string | null;
  /** Room that must be left on the disk afterwards. */
  readonly leaveFreeBytes: number;
  /** How long to stand back after each step of 256 KiB. */
  readonly pauseMs: number;
}

/** A backup there is. */
export interface BackupFacts {
  readonly name: string;
  readonly at: EpochMs;
  readonly bytes: number;
  readonly ledgerSeq: number;
}

const pagesAtOnce = 64;
const busyTimeoutMs = 5000;
const sealBytesAtMost = 64 * 1024;
/** A backup that is being made has such a name, and then its own: nobody takes half of one for a whole. */
export const makingPrefix = '.making-';

/**
 * Makes a backup of a data folder, whether or not a hub runs on it: the ledger as it is at one moment, and the seals of its audit. It is on the
 * disk, whole, before its name appears. Fails with `backup-failed` {reason}: `no-ledger`, `no-key`, `no-space`, `damaged`, `not-writable`.
 */
export async function writeBackup(order: BackupOrder): Promise<Result<BackupFacts, Problem>> {
  const failed = (reason: string, detail: string) => err(problem('backup-failed', { reason }, detail));
  const ledgerPath = join(order.dataFolder, 'ledger.db');
  if (statSync(ledgerPath, { throwIfNoEntry: false })?.isFile() !== true)
    return failed('no-ledger', `there is no ledger in ${order.dataFolder}`);
  const secretsKey = secretsKeyOf(order.dataFolder);
  if (secretsKey === null) return failed('no-key', `there is no keys/secrets.key in ${order.dataFolder}`);
  let making: string | null = null;
  try {
    mkdirSync(order.folder, { recursive: true, mode: 0o700 });
    const needed = bytesOf(ledgerPath) + bytesOf(`${ledgerPath}-wal`) + order.leaveFreeBytes;
    const { bavail, bsize } = await statfs(order.folder);
    if (bavail * bsize < needed) return failed('no-space', `there is no room for a backup in ${order.folder}`);
    making = join(order.folder, `${makingPrefix}${randomBytes(6).toString('hex')}`);
    mkdirSync(making, { mode: 0o700 });

    // before the ledger: a seal that it does not know yet would look like one that was taken out
    const seals = copySeals(join(order.dataFolder, 'seals'), making);
    const ledger = await copyLedger(ledgerPath, join(making, 'ledger.db'), order.pauseMs);
    const names = ['ledger.db', ...seals];
    if (order.passphrase !== null) {
      const sealed = await sealKeys(keyFilesOf(order.dataFolder), order.passphrase);
      writeFileSync(join(making, 'keys.sealed'), sealed, { mode: 0o600 });
      names.push('keys.sealed');
    }
    const files: BackupManifest['files'] = [];
    for (const name of names) files.push({ name, ...(await summed(join(making, name))) });
    const manifest = encodeManifest({
      format: 'taodu-backup-1',
      productVersion: order.productVersion,
      ledgerVersion: ledger.version,
      instanceId: instanceId(order.dataFolder),
      keyId: createSecretBox(secretsKey).keyId,
      at: order.now,
      seq: ledger.seq,
      epoch: ledger.epoch,
      audit: ledger.audit,
      files,
    });
    writeFileSync(join(making, 'manifest.json'), manifest, { mode: 0o600 });
    writeFileSync(join(making, 'manifest.mac'), `${manifestMac(secretsKey, manifest)}\n`, { mode: 0o600 });
    for (const name of [...names, 'manifest.json', 'manifest.mac']) syncFile(join(making, name));
    if (seals.length > 0) syncFolder(join(making, 'seals'));
    syncFolder(making);

    const name = nameOf(order.now, ledger.seq);
    renameSync(making, join(order.folder, name));
    making = null;
    syncFolder(order.folder);
    const bytes = files.reduce((sum, file) => sum + file.bytes, manifest.length);
    return ok({ name, at: order.now, bytes, ledgerSeq: ledger.seq });
  } catch (cause) {
    return failed(reasonOf(cause), `the backup could not be made: ${String(cause)}`);
  } finally {
    if (making !== null) rmSync(making, { recursive: true, force: true });
  }
}

const nameOf = (now: EpochMs, seq: number) => `${new Date(now).toISOString().replaceAll(':', '-')}-${seq}`;

const bytesOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Copies the ledger as it is now, in small steps. The read transaction holds that moment still: without it every commit of the hub would begin the
 * copy anew.
 */
async function copyLedger(from: string, to: string, pauseMs: number) {
  // made here so that it is the owner's alone from the first byte
  closeSync(openSync(to, 'wx', 0o600));
  const source = new Database(from, { fileMustExist: true, timeout: busyTimeoutMs });
  let facts;
  try {
    source.pragma('query_only = ON');
    source.exec('BEGIN');
    facts = {
      ...standingIn(source),
      audit: (source.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get() as
        | { seq: number; hash: string }
        | undefined) ?? {
        seq: 0,
        hash: null,
      },
    };
    await source.backup(to, {
      progress: () => {
        standBack(pauseMs);
        return pagesAtOnce;
      },
    });
  } finally {
    source.close();
  }
  const copy = new Database(to, { fileMustExist: true });
  try {
    // one file that needs no companions
    copy.pragma('journal_mode = DELETE');
    const verdict = copy.pragma('quick_check', { simple: true });
    if (verdict !== 'ok') throw Object.assign(new Error(`the ledger is damaged: ${String(verdict)}`), { code: 'SQLITE_CORRUPT' });
  } finally {
    copy.close();
  }
  return facts;
}

/** Blocks this thread, which is nobody's but the backup's. */
function standBack(ms: number): void {
  if (ms > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Copies the seals there are; answers their names in the backup. */
function copySeals(from: string, making: string): string[] {
  if (lstatSync(from, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const names = readdirSync(from)
    .map((name) => `seals/${name}`)
    .filter((name) => fileNameForm.test(name))
    .filter((name) => {
      const found = lstatSync(join(from, '..', name));
      return found.isFile() && found.size <= sealBytesAtMost;
    })
    .toSorted();
  if (names.length > 0) mkdirSync(join(making, 'seals'), { mode: 0o700 });
  for (const name of names) writeFileSync(join(making, name), readFileSync(join(from, '..', name)), { mode: 0o600 });
  return names;
}

/** Size and SHA-256 of a file, a piece at a time. */
async function summed(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    const piece = Buffer.alloc(256 * 1024);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(piece.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}
