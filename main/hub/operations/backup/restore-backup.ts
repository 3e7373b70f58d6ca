import { readFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { problem, ProblemError, type Problem } from '../../../contract/errors.ts';
import { err, ok, type Result } from '../../../contract/result.ts';
import type { EpochMs } from '../../../contract/time.ts';
import { createAuditLog } from '../../audit/audit-log.ts';
import { parseSeal } from '../../audit/seal.ts';
import { publicKeyOf } from '../../audit/seal-key.ts';
import { type SealCheck, verifyAudit } from '../../audit/verify-audit.ts';
import { openDataFolder } from '../../ledger/data-folder.ts';
import { replaceFile, syncFolder } from '../../ledger/durable-file.ts';
import { reasonOf } from '../../ledger/folder-reason.ts';
import { migrate, migrations } from '../../ledger/migrate.ts';
import { goOnAfter, putInPlace, standingOf, type Standing } from '../../ledger/replace-ledger.ts';
import { createSecretBox } from '../../ledger/secret-box.ts';
import { macFits, type BackupManifest } from './backup-manifest.ts';
import { secretsKeyOf } from './data-keys.ts';
import { openKeys, type KeyFiles } from './sealed-keys.ts';
import { findBackup, stageBackup, type FoundBackup } from './stage-backup.ts';

export interface RestoreOrder {
  /** The folder of one backup. */
  readonly from: string;
  readonly dataFolder: string;
  /** Take a backup of another hub, into an empty folder, with the keys that are sealed in it. */
  readonly foreign: boolean;
  /** Opens the sealed keys; null when nobody gave one. */
  readonly passphrase: string | null;
  /** Who does it, for the audit: the name of the account on this machine. */
  readonly by: string;
  readonly now: EpochMs;
  /** Tells how far it is. */
  readonly say: (line: string) => void;
}

export interface Restored {
  readonly manifest: BackupManifest;
  /** Where the replaced ledger is; null when there was none. */
  readonly replacedPath: string | null;
  /** Commits that the replaced ledger had and the backup does not; null when nobody can tell. */
  readonly commitsLost: number | null;
}

/** Room that must be left besides the copy. */
const spareBytes = 16 * 1024 * 1024;
const stagingPrefix = 'restoring-';

/**
 * Puts a backup in the place of the ledger of a data folder. Everything is verified on a copy before anything is touched; the replaced ledger is
 * kept as `ledger.db.before-restore-<time>`. Fails with `data-folder-in-use`, `data-folder-unusable`, `disk-low`, `backup-damaged` {file, reason},
 * `backup-foreign` {reason}: `key`, `instance`, `folder-not-empty`, `no-keys`, `passphrase`; or `ledger-newer`.
 */
export async function restoreBackup(order: RestoreOrder): Promise<Result<Restored, Problem>> {
  const found = findBackup(order.from);
  if (!found.ok) return found;
  const held = openDataFolder(order.dataFolder);
  if (!held.ok) return held;
  const staging = join(order.dataFolder, `${stagingPrefix}${order.now}`);
  try {
    for (const name of readdirSync(order.dataFolder))
      if (name.startsWith(stagingPrefix)) rmSync(join(order.dataFolder, name), { recursive: true, force: true });
    return await restoreInto(order, found.value, staging);
  } catch (cause) {
    if (cause instanceof ProblemError) return err(cause.problem);
    const isSystem = cause instanceof Database.SqliteError || typeof (cause as NodeJS.ErrnoException).syscall === 'string';
    if (!isSystem) throw cause;
    return err(
      problem(
        'data-folder-unusable',
        { path: order.dataFolder, reason: reasonOf(cause) },
        `the backup could not be put into ${order.dataFolder}: ${String(cause)}`,
      ),
    );
  } finally {
    rmSync(staging, { recursive: true, force: true });
    held.value.release();
  }
}

async function restoreInto(order: RestoreOrder, found: FoundBackup, staging: string): Promise<Result<Restored, Problem>> {
  const { dataFolder, now, say } = order;
  const { manifest } = found;
  const known = knownKey(order, found);
  if (!known.ok) return known;
  if (manifest.ledgerVersion > migrations.length) return err(newer(order.from, manifest.ledgerVersion));

  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const { bavail, bsize } = statfsSync(dataFolder);
  if (bavail * bsize < bytes + spareBytes)
    return err(problem('disk-low', { path: dataFolder }, `there is no room for the backup in ${dataFolder}`));

  say(`comparing ${manifest.files.length} files with the manifest`);
  mkdirSync(staging, { mode: 0o700 });
  const staged = stageBackup(order.from, manifest, staging);
  if (!staged.ok) return staged;

  let keys: KeyFiles | null = null;
  let secretsKey = known.value;
  if (secretsKey === null) {
    say('opening the sealed keys');
    const opened = await sealedKeys(order, found, staging);
    if (!opened.ok) return opened;
    keys = opened.value;
    secretsKey = keys.get('secrets.key')!;
  }
  const wasSealed = manifest.files.some(({ name }) => name.endsWith('.json'));
  if (wasSealed && !(keys?.has('seal.key') ?? existsSync(join(dataFolder, 'keys', 'seal.key'))))
    return err(
      problem('backup-foreign', { reason: 'key' }, 'keys/seal.key is missing: days of the audit in the backup were sealed with it'),
    );

  say('verifying the ledger and its audit');
  const path = join(dataFolder, 'ledger.db');
  const replaced = standingOf(path);
  const prepared = prepare(join(staging, 'ledger.db'), order, manifest, secretsKey, replaced);
  if (!prepared.ok) return prepared;

  say('putting it in place');
  if (keys !== null) {
    mkdirSync(join(dataFolder, 'keys'), { recursive: true, mode: 0o700 });
    for (const [name, key] of keys) replaceFile(join(dataFolder, 'keys', name), key);
  }
  if (!existsSync(join(dataFolder, 'instance-id'))) replaceFile(join(dataFolder, 'instance-id'), `${manifest.instanceId}\n`);
  const stamp = new Date(now).toISOString().replaceAll(':', '-');
  const existed = existsSync(path);
  const replacedPath = `${path}.before-restore-${stamp}`;
  putInPlace(path, join(staging, 'ledger.db'), replacedPath);
  putSeals(dataFolder, staging, stamp);
  return ok({
    manifest,
    replacedPath: existed ? replacedPath : null,
    commitsLost: replaced === null ? null : Math.max(0, replaced.seq - manifest.seq),
  });
}

/** The key of the folder when the backup is one of its own; null when the sealed keys of a foreign one must be opened. */
function knownKey({ dataFolder, foreign }: RestoreOrder, { manifest, bytes, mac }: FoundBackup): Result<Buffer | null, Problem> {
  const refuse = (reason: string, detail: string) => err(problem('backup-foreign', { reason }, detail));
  const key = secretsKeyOf(dataFolder);
  if (foreign) {
    if (key !== null || existsSync(join(dataFolder, 'ledger.db')) || existsSync(join(dataFolder, 'keys', 'secrets.key')))
      return refuse('folder-not-empty', `a foreign backup only goes into an empty folder, and ${dataFolder} is none`);
    return ok(null);
  }
  if (key === null)
    return refuse(
      'key',
      `there is no keys/secrets.key in ${dataFolder}: put the keys folder back first, or restore with --foreign when the backup holds its keys`,
    );
  if (createSecretBox(key).keyId !== manifest.keyId) return refuse('key', 'the backup was made under another key than keys/secrets.key');
  if (!macFits(key, bytes, mac))
    return err(problem('backup-damaged', { file: 'manifest.json', reason: 'mac' }, 'manifest.json of the backup was altered'));
  const own = ownInstance(dataFolder);
  if (own !== null && own !== manifest.instanceId)
    return refuse('instance', `the backup is of hub ${manifest.instanceId}, this folder of ${own}`);
  return ok(key);
}

async function sealedKeys(
  { passphrase }: RestoreOrder,
  { manifest, bytes, mac }: FoundBackup,
  staging: string,
): Promise<Result<KeyFiles, Problem>> {
  const refuse = (reason: string, detail: string) => err(problem('backup-foreign', { reason }, detail));
  if (!manifest.files.some(({ name }) => name === 'keys.sealed'))
    return refuse('no-keys', 'the backup holds no keys: it was made without --with-keys');
  if (passphrase === null) return refuse('passphrase', 'set TAODU_BACKUP_PASSPHRASE to the passphrase that the keys were sealed under');
  const keys = await openKeys(readFileSync(join(staging, 'keys.sealed')), passphrase);
  const key = keys?.get('secrets.key');
  if (!keys || key?.length !== 32) return refuse('passphrase', 'the passphrase does not open the keys of the backup');
  if (createSecretBox(key).keyId !== manifest.keyId || !macFits(key, bytes, mac))
    return err(problem('backup-damaged', { file: 'manifest.json', reason: 'mac' }, 'manifest.json of the backup was altered'));
  return ok(keys);
}

function ownInstance(dataFolder: string): string | null {
  try {
    return readFileSync(join(dataFolder, 'instance-id'), 'utf8').trim();
  } catch {
    return null;
  }
}

const newer = (path: string, version: number) =>
  problem('ledger-newer', { path, version, known: migrations.length }, `the backup was made by a newer version of this program`);

/** Looks at the copied ledger from all sides, brings it to today's version, and writes into its audit that it was restored. */
function prepare(
  path: string,
  { from, by, now }: RestoreOrder,
  manifest: BackupManifest,
  secretsKey: Buffer,
  replaced: Standing | null,
): Result<void, Problem> {
  const damaged = (reason: string, detail: string) => err(problem('backup-damaged', { file: 'ledger.db', reason }, detail));
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true });
    database.pragma('journal_mode = DELETE');
    database.pragma('trusted_schema = OFF');
    const version = database.pragma('user_version', { simple: true }) as number;
    if (version > migrations.length) return err(newer(from, version));
    if (version !== manifest.ledgerVersion)
      return damaged('version', 'the ledger of the backup is of another version than the manifest says');
    const check = database.pragma('integrity_check(1)', { simple: true });
    if (check !== 'ok') return damaged('database', `the ledger of the backup is damaged: ${String(check)}`);
    const { keyId } = createSecretBox(secretsKey);
    if (database.prepare('SELECT 1 FROM secrets WHERE key_id <> ? LIMIT 1').get(keyId) !== undefined)
      return damaged('secrets', 'the ledger of the backup holds secrets of another key');
    migrate(database, path, 'kept-elsewhere');
    const verdict = verifyAudit(database, sealCheck(dirname(path), now));
    if (!verdict.ok)
      return damaged(
        'audit',
        `the audit in the backup was altered: ${verdict.firstBadSeq === null ? `the seal of ${verdict.firstBadSeal}` : `row ${verdict.firstBadSeq}`} is not what it was`,
      );
    const last = database.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get() as
      | { seq: number; hash: string }
      | undefined;
    if ((last?.seq ?? 0) !== manifest.audit.seq || (last?.hash ?? null) !== manifest.audit.hash)
      return damaged('audit', 'the audit in the backup does not end where the manifest says');
    goOnAfter(database, replaced, now - manifest.at, now);
    createAuditLog(database, { now: () => now }).close(
      {
        commandId: `restore-${now}`,
        command: 'ledger.restore',
        actor: by,
        roles: [],
        door: 'internal',
        address: '-',
        workstation: null,
        args: { backupAt: manifest.at, backupSeq: manifest.seq, instanceId: manifest.instanceId },
        scope: ['city'],
        session: null,
      },
      {
        outcome: 'ok',
        before: replaced && { seq: replaced.seq, epoch: replaced.epoch },
        after: { seq: manifest.seq, epoch: manifest.epoch },
      },
    );
    return ok(undefined);
  } catch (cause) {
    if (cause instanceof Database.SqliteError && !['SQLITE_FULL', 'SQLITE_IOERR'].some((code) => cause.code.startsWith(code)))
      return damaged('database', `the ledger of the backup cannot be used: ${cause.message}`);
    if (cause instanceof ProblemError && cause.problem.code === 'data-folder-unusable')
      return damaged('database', cause.problem.detail ?? 'it is not a ledger of this product');
    throw cause;
  } finally {
    database?.close();
  }
}

/** What the seals in the ledger are checked with: the copies in the backup, which its manifest vouches for. */
function sealCheck(staging: string, now: EpochMs): SealCheck | undefined {
  const seals = join(staging, 'seals');
  if (!existsSync(join(seals, 'public.pem'))) return undefined;
  const publicKey = publicKeyOf(readFileSync(join(seals, 'public.pem'), 'utf8'));
  if (publicKey === null) return undefined;
  const copies = readdirSync(seals)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ day: name.slice(0, -'.json'.length), seal: parseSeal(readFileSync(join(seals, name), 'utf8')) }));
  return { publicKey, copies, now };
}

/** The seals that belong to the restored ledger take the place of the others, which are kept: they prove what was there. */
function putSeals(dataFolder: string, staging: string, stamp: string): void {
  const seals = join(dataFolder, 'seals');
  const staged = join(staging, 'seals');
  if (existsSync(seals)) renameSync(seals, `${seals}.before-restore-${stamp}`);
  if (existsSync(staged)) renameSync(staged, seals);
  syncFolder(dataFolder);
}
