import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../audit/audit-log.ts';
import { openDataFolder } from '../../ledger/data-folder.ts';
import { migrations } from '../../ledger/migrate.ts';
import { cameraSecret, livedAt, livedInFolder, opened, withLedger, work } from '../testdata/lived-in-folder.ts';
import { decodeManifest, encodeManifest, manifestBytesAtMost, manifestMac, type BackupManifest } from './backup-manifest.ts';
import { listBackups, pruneBackups } from './list-backups.ts';
import { restoreBackup, type RestoreOrder } from './restore-backup.ts';
import { runBackup } from './run-backup.ts';
import { writeBackup, type BackupOrder } from './write-backup.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const passphrase = 'four kilns and a river';
const restoredAt = livedAt + 3_600_000;

let root = '';
let data = '';
let store = '';
const livedIn = mkdtempSync(join(tmpdir(), 'taodu-lived-in-'));
beforeAll(() => livedInFolder(livedIn));
afterAll(() => rmSync(livedIn, { recursive: true }));
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'taodu-backup-'));
  data = join(root, 'data');
  store = join(root, 'store');
  cpSync(livedIn, data, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const order = (more: Partial<BackupOrder> = {}): BackupOrder => ({
  dataFolder: data,
  folder: store,
  productVersion: '1.2.3',
  now: livedAt,
  passphrase: null,
  leaveFreeBytes: 0,
  pauseMs: 0,
  ...more,
});

/** Makes a backup; answers its folder. */
async function backedUp(more: Partial<BackupOrder> = {}): Promise<string> {
  const made = await writeBackup(order(more));
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return join(store, made.value.name);
}

const restore = (from: string, more: Partial<RestoreOrder> = {}) =>
  restoreBackup({ from, dataFolder: data, foreign: false, passphrase: null, by: 'root', now: restoredAt, say: () => undefined, ...more });

/** Which hub the data folder is of. */
const own = () => readFileSync(join(data, 'instance-id'), 'utf8').trim();

const manifestOf = (backup: string): BackupManifest => {
  const read = decodeManifest(readFileSync(join(backup, 'manifest.json')));
  if (!read.ok) throw new Error('no manifest');
  return read.value;
};

/** Writes another manifest as somebody who holds the key could. */
function signManifest(backup: string, manifest: BackupManifest): void {
  const bytes = encodeManifest(manifest);
  writeFileSync(join(backup, 'manifest.json'), bytes);
  writeFileSync(join(backup, 'manifest.mac'), manifestMac(readFileSync(join(data, 'keys/secrets.key')), bytes));
}

/** All files of the data folder that matter, by their content. */
function contents(folder = data): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'lock.db')
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.map((file) => [file.slice(folder.length), readFileSync(file).toString('base64')]));
}

describe('a backup', () => {
  test('is whole, says what it is, and is its owner’s alone', async () => {
    const made = await writeBackup(order());
    expect(made).toMatchObject({ ok: true, value: { name: '2026-11-25T12-00-00.000Z-40', at: livedAt, ledgerSeq: 40 } });
    expect(readdirSync(store)).toEqual(['2026-11-25T12-00-00.000Z-40']);
    const folder = join(store, '2026-11-25T12-00-00.000Z-40');
    expect(manifestOf(folder)).toMatchObject({
      productVersion: '1.2.3',
      ledgerVersion: migrations.length,
      instanceId: readFileSync(join(data, 'instance-id'), 'utf8').trim(),
      seq: 40,
      audit: { seq: 40 },
      files: [{ name: 'ledger.db' }, { name: 'seals/2026-11-24.json' }, { name: 'seals/public.pem' }],
    });
    expect(await listBackups(store, own())).toEqual([made.ok && made.value]);
    expect(readdirSync(folder).toSorted()).toEqual(['ledger.db', 'manifest.json', 'manifest.mac', 'seals']);
    expect(existsSync(join(folder, 'keys'))).toBe(false);
    if (process.platform === 'win32') return;
    for (const entry of readdirSync(store, { recursive: true })) expect(statSync(join(store, String(entry))).mode & 0o077).toBe(0);
  });

  test('is of one moment, although the hub goes on writing', async () => {
    const ledger = opened(data);
    try {
      work(ledger, 400);
      const { seq: seqBefore } = ledger;
      const made = new AbortController();
      const writer = (async () => {
        while (!made.signal.aborted) {
          work(ledger, 1);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const folder = await backedUp();
      made.abort();
      await writer;
      expect(ledger.seq).toBeGreaterThan(seqBefore);
      const { seq, audit } = manifestOf(folder);
      const copy = new Database(join(folder, 'ledger.db'), { readonly: true });
      expect(copy.prepare('SELECT seq FROM head').pluck().get()).toBe(seq);
      expect(copy.prepare('SELECT max(seq) FROM audit').pluck().get()).toBe(audit.seq);
      expect(copy.prepare("SELECT count(*) FROM entities WHERE collection = 'cameras'").pluck().get()).toBe(seq);
      copy.close();
    } finally {
      ledger.close();
    }
  });

  test('is made in a thread of its own just the same', async () => {
    const made = await runBackup(order({ pauseMs: 1 }), new AbortController().signal);
    expect(made).toMatchObject({ ok: true, value: { ledgerSeq: 40 } });
    const ending = new AbortController();
    ending.abort();
    expect(await runBackup(order(), ending.signal)).toMatchObject({ ok: false, error: { code: 'backup-failed' } });
  });

  test.each<[string, () => Partial<BackupOrder>, string]>([
    ['no ledger', () => ({ dataFolder: join(root, 'nothing') }), 'no-ledger'],
    ['no key', () => (rmSync(join(data, 'keys/secrets.key')), {}), 'no-key'],
    ['no room', () => ({ leaveFreeBytes: 2 ** 60 }), 'no-space'],
    ['a file where the backups should go', () => (writeFileSync(store, ''), {}), 'not-a-directory'],
    ['a damaged ledger', () => (truncateSync(join(data, 'ledger.db'), 8192), {}), 'damaged'],
  ])('%s: it is not made, and leaves nothing behind', async (_name, prepare, reason) => {
    const made = await writeBackup(order(prepare()));
    expect(made).toMatchObject({ ok: false, error: { code: 'backup-failed', params: { reason } } });
    if (existsSync(store) && statSync(store).isDirectory()) expect(readdirSync(store)).toEqual([]);
  });

  test('old ones go, one a step, and so does what was never finished', async () => {
    for (let hour = 0; hour < 4; hour += 1) await backedUp({ now: livedAt + hour * 3_600_000 });
    mkdirSync(join(store, '.making-abc'));
    mkdirSync(join(store, 'letters'));
    const names = () => readdirSync(store).toSorted();
    expect(await pruneBackups(store, 2, Date.now(), own())).toEqual({ removed: 1, more: true });
    expect(await pruneBackups(store, 2, Date.now(), own())).toEqual({ removed: 1, more: false });
    expect(await pruneBackups(store, 2, Date.now(), own())).toEqual({ removed: 0, more: false });
    expect(names()).toEqual(['.making-abc', '2026-11-25T14-00-00.000Z-40', '2026-11-25T15-00-00.000Z-40', 'letters']);
    await pruneBackups(store, 2, Date.now() + 25 * 3_600_000, own());
    expect(names()).toEqual(['2026-11-25T14-00-00.000Z-40', '2026-11-25T15-00-00.000Z-40', 'letters']);
    expect(await pruneBackups(join(root, 'nowhere'), 2, 0, own())).toEqual({ removed: 0, more: false });
  });

  test('of another hub in the same folder are neither counted nor removed', async () => {
    const mine = await backedUp();
    const other = join(root, 'other');
    cpSync(data, other, { recursive: true });
    writeFileSync(join(other, 'instance-id'), '0badcafe\n');
    withLedger(other, (ledger) => work(ledger, 5));
    const theirs = [1, 2, 3].map((hour) => backedUp({ dataFolder: other, now: livedAt + hour * 3_600_000 }));
    await Promise.all(theirs);
    expect(await pruneBackups(store, 2, Date.now(), own())).toEqual({ removed: 0, more: false });
    expect(existsSync(mine)).toBe(true);
    expect((await listBackups(store, own())).map(({ at }) => at)).toEqual([livedAt]);
    expect(await pruneBackups(store, 2, Date.now(), '0badcafe')).toEqual({ removed: 1, more: false });
  });

  test('of a ledger that was begun anew stay beside those of the old one, which had more commits', async () => {
    for (const hour of [0, 1, 2]) await backedUp({ now: livedAt + hour * 3_600_000 });
    for (const end of ['', '-wal', '-shm']) rmSync(join(data, `ledger.db${end}`), { force: true });
    withLedger(data, (ledger) => work(ledger, 3));
    const anew = await backedUp({ now: livedAt + 3 * 3_600_000 });
    while ((await pruneBackups(store, 2, Date.now(), own())).removed > 0);
    expect(existsSync(anew)).toBe(true);
    expect(readdirSync(store)).toHaveLength(3);
  });
});

describe('a restored ledger', () => {
  test('opens no screen that was revoked since the backup', async () => {
    const backup = await backedUp();
    withLedger(data, (ledger) => ledger.database.exec("DELETE FROM sessions WHERE id = 'screen'"));
    expect(await restore(backup)).toMatchObject({ ok: true });
    withLedger(data, (ledger) => expect(ledger.database.prepare('SELECT id FROM sessions').all()).toEqual([]));
  });

  test('has everything that the backup had, goes on after what it replaced, and keeps that', async () => {
    const backup = await backedUp();
    const before = withLedger(data, (ledger) => {
      work(ledger, 25);
      return { epoch: ledger.epoch, seq: ledger.seq };
    });
    const steps: string[] = [];
    const done = await restore(backup, { say: (line) => void steps.push(line) });
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    expect(done.value).toMatchObject({ commitsLost: 25, replacedPath: join(data, 'ledger.db.before-restore-2026-11-25T13-00-00.000Z') });
    expect(steps).toHaveLength(3);

    withLedger(data, (ledger) => {
      expect(ledger.size('cameras')).toBe(40);
      expect(ledger.secret('source:c40')).toBe(cameraSecret);
      // nobody who was connected before takes what comes now for what he missed
      expect(ledger.epoch).toBeGreaterThan(before.epoch);
      expect(ledger.seq).toBe(before.seq + 1);
      for (const seq of [10, 40, before.seq - 1, before.seq]) expect(ledger.since(seq)).toBe('gap');
      const sessions = ledger.database.prepare('SELECT id FROM sessions').pluck().all();
      expect(sessions).toEqual(['screen']); // people log in again, screens go on
      expect(createAuditLog(ledger.database, { now: () => restoredAt }).verify()).toMatchObject({ ok: true, rows: 41 });
      const last = ledger.database.prepare('SELECT command, actor, outcome, before FROM audit ORDER BY seq DESC LIMIT 1').get();
      expect(last).toMatchObject({
        command: 'ledger.restore',
        actor: 'root',
        outcome: 'ok',
        before: expect.stringContaining(`"seq":${before.seq}`),
      });
      work(ledger, 1);
      expect(createAuditLog(ledger.database, { now: () => restoredAt }).verify()).toMatchObject({ ok: true, rows: 42 });
    });

    const kept = new Database(done.value.replacedPath!, { readonly: true });
    expect(kept.prepare('SELECT seq FROM head').pluck().get()).toBe(before.seq);
    kept.close();
    expect(readdirSync(data).filter((name) => name.startsWith('restoring'))).toEqual([]);
    expect(readdirSync(join(data, 'seals')).toSorted()).toEqual(['2026-11-24.json', 'public.pem']);
    expect(existsSync(join(data, 'seals.before-restore-2026-11-25T13-00-00.000Z'))).toBe(true);
  });

  test('comes onto a new machine that was given the keys', async () => {
    const backup = await backedUp();
    const other = join(root, 'other');
    mkdirSync(other);
    expect(await restore(backup, { dataFolder: other })).toMatchObject({
      ok: false,
      error: { code: 'backup-foreign', params: { reason: 'key' } },
    });
    cpSync(join(data, 'keys'), join(other, 'keys'), { recursive: true });
    expect(await restore(backup, { dataFolder: other })).toMatchObject({ ok: true, value: { replacedPath: null, commitsLost: null } });
    expect(readFileSync(join(other, 'instance-id'), 'utf8')).toBe(readFileSync(join(data, 'instance-id'), 'utf8'));
    withLedger(other, (ledger) => {
      expect(ledger.secret('source:c1')).toBe(cameraSecret);
      // how far the lost machine came nobody knows: far beyond what it can have done in an hour
      expect(ledger.seq).toBeGreaterThan(40 + 3_600_000);
      expect(ledger.epoch).toBeGreaterThan(1000);
    });
  });

  test('brings its keys along when they were sealed in, into an empty folder only', async () => {
    const backup = await backedUp({ passphrase });
    const other = join(root, 'other');
    const foreign = { dataFolder: other, foreign: true, passphrase };
    expect(await restore(backup, { ...foreign, passphrase: null })).toMatchObject({
      ok: false,
      error: { params: { reason: 'passphrase' } },
    });
    expect(await restore(backup, { ...foreign, passphrase: `${passphrase}!` })).toMatchObject({
      ok: false,
      error: { code: 'backup-foreign', params: { reason: 'passphrase' } },
    });
    expect(await restore(backup, { ...foreign, dataFolder: data })).toMatchObject({
      ok: false,
      error: { code: 'backup-foreign', params: { reason: 'folder-not-empty' } },
    });
    expect(existsSync(join(other, 'ledger.db'))).toBe(false);
    expect(await restore(backup, foreign)).toMatchObject({ ok: true });
    for (const name of readdirSync(join(data, 'keys')))
      expect(readFileSync(join(other, 'keys', name)).equals(readFileSync(join(data, 'keys', name)))).toBe(true);
    withLedger(other, (ledger) => expect(ledger.secret('source:c40')).toBe(cameraSecret));
    expect(await restore(await backedUp({ now: livedAt + 1 }), { ...foreign, dataFolder: join(root, 'third') })).toMatchObject({
      ok: false,
      error: { code: 'backup-foreign', params: { reason: 'no-keys' } },
    });
  });

  test('of an older version is brought to this one', async () => {
    const backup = await backedUp();
    expect(migrations.length).toBeGreaterThan(1);
    rmSync(join(backup, 'ledger.db'));
    const old = new Database(join(backup, 'ledger.db'));
    old.exec(migrations[0]!);
    old.pragma('application_id = 0x54616f64');
    old.pragma('user_version = 1');
    old.exec("INSERT INTO entities (collection, key, body, seq) VALUES ('cameras', 'c1', '{\"id\":\"c1\"}', 1)");
    old.close();
    signManifest(backup, resummed(backup, { ...manifestOf(backup), ledgerVersion: 1, audit: { seq: 0, hash: null }, files: [] }));
    expect(await restore(backup)).toMatchObject({ ok: true });
    withLedger(data, (ledger) => {
      expect(ledger.database.pragma('user_version', { simple: true })).toBe(migrations.length);
      expect(ledger.get('cameras', 'c1')).toEqual({ id: 'c1' });
    });
  });
});

/** The manifest with the sums of the files as they are now; without `files` it names the ledger alone. */
function resummed(backup: string, manifest: BackupManifest): BackupManifest {
  const names = manifest.files.length === 0 ? ['ledger.db'] : manifest.files.map(({ name }) => name);
  return {
    ...manifest,
    files: names.map((name) => {
      const bytes = readFileSync(join(backup, name));
      return { name, bytes: bytes.length, sha256: sha256(bytes) };
    }),
  };
}

describe('refused, and nothing is touched', () => {
  /** Runs `spoil` on a good backup, restores it, and sees that the folder is as it was. */
  async function refused(spoil: (backup: string) => void): Promise<object> {
    const backup = await backedUp();
    withLedger(data, (ledger) => work(ledger, 3));
    spoil(backup);
    const before = contents();
    const done = await restore(backup);
    expect(contents()).toEqual(before);
    if (done.ok) throw new Error('it was restored');
    return { code: done.error.code, ...done.error.params };
  }
  const flip = (path: string, at: number) => {
    const bytes = readFileSync(path);
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    writeFileSync(path, bytes);
  };

  test.each<[string, (backup: string) => void, object]>([
    ['one bit of the ledger', (b) => flip(join(b, 'ledger.db'), 5000), { code: 'backup-damaged', file: 'ledger.db', reason: 'content' }],
    [
      'one bit of a seal',
      (b) => flip(join(b, 'seals/2026-11-24.json'), 30),
      { code: 'backup-damaged', file: 'seals/2026-11-24.json', reason: 'content' },
    ],
    ['one bit of the manifest', (b) => flip(join(b, 'manifest.json'), -60), { code: 'backup-damaged', file: 'manifest.json' }],
    ['one bit of its code', (b) => flip(join(b, 'manifest.mac'), 3), { code: 'backup-damaged', file: 'manifest.json', reason: 'mac' }],
    ['a ledger cut short', (b) => truncateSync(join(b, 'ledger.db'), 4096), { code: 'backup-damaged', file: 'ledger.db', reason: 'size' }],
    [
      'a ledger that is longer',
      (b) => writeFileSync(join(b, 'ledger.db'), 'x', { flag: 'a' }),
      { code: 'backup-damaged', file: 'ledger.db', reason: 'size' },
    ],
    ['a ledger that is missing', (b) => rmSync(join(b, 'ledger.db')), { code: 'backup-damaged', file: 'ledger.db', reason: 'missing' }],
    [
      'a seal that is missing',
      (b) => rmSync(join(b, 'seals/public.pem')),
      { code: 'backup-damaged', file: 'seals/public.pem', reason: 'missing' },
    ],
    ['no manifest', (b) => rmSync(join(b, 'manifest.json')), { code: 'backup-damaged', file: 'manifest.json', reason: 'missing' }],
    ['no code', (b) => rmSync(join(b, 'manifest.mac')), { code: 'backup-damaged', file: 'manifest.mac', reason: 'missing' }],
    [
      'an endless manifest',
      (b) => truncateSync(join(b, 'manifest.json'), manifestBytesAtMost + 1),
      { code: 'backup-damaged', file: 'manifest.json', reason: 'size' },
    ],
    [
      'an endless code',
      (b) => truncateSync(join(b, 'manifest.mac'), 2 ** 31),
      { code: 'backup-damaged', file: 'manifest.mac', reason: 'size' },
    ],
    ['nothing at all', (b) => rmSync(b, { recursive: true }), { code: 'backup-damaged', file: 'manifest.json', reason: 'missing' }],
    [
      'a folder in the ledger’s place',
      (b) => (rmSync(join(b, 'ledger.db')), mkdirSync(join(b, 'ledger.db'))),
      { code: 'backup-damaged', file: 'ledger.db', reason: 'not-a-file' },
    ],
    [
      'a way out in a signed manifest',
      (b) =>
        signManifest(b, {
          ...manifestOf(b),
          files: [...manifestOf(b).files, { name: '../../data/keys/secrets.key', bytes: 32, sha256: 'a'.repeat(64) }],
        }),
      { code: 'backup-damaged', file: 'manifest.json', reason: 'manifest' },
    ],
    [
      'a newer version',
      (b) => signManifest(b, { ...manifestOf(b), ledgerVersion: migrations.length + 1 }),
      { code: 'ledger-newer', version: migrations.length + 1 },
    ],
    [
      'a version that is not the one it says',
      (b) => signManifest(b, { ...manifestOf(b), ledgerVersion: migrations.length - 1 }),
      { code: 'backup-damaged', file: 'ledger.db', reason: 'version' },
    ],
    [
      'another hub with the same key',
      (b) => signManifest(b, { ...manifestOf(b), instanceId: '00000000' }),
      { code: 'backup-foreign', reason: 'instance' },
    ],
    [
      'an audit that was altered before it was signed',
      (b) => {
        tamper(b, "DROP TRIGGER audit_is_never_changed; UPDATE audit SET actor = 'li' WHERE seq = 7");
        signManifest(b, resummed(b, manifestOf(b)));
      },
      { code: 'backup-damaged', file: 'ledger.db', reason: 'audit' },
    ],
    [
      'a seal that was altered before it was signed',
      (b) => {
        tamper(b, "DROP TRIGGER audit_seals_are_never_changed; UPDATE audit_seals SET rows = 12 WHERE day = '2026-11-24'");
        signManifest(b, resummed(b, manifestOf(b)));
      },
      { code: 'backup-damaged', file: 'ledger.db', reason: 'audit' },
    ],
    [
      'another database',
      (b) => {
        rmSync(join(b, 'ledger.db'));
        tamper(b, 'CREATE TABLE contacts (name TEXT)');
        signManifest(b, resummed(b, manifestOf(b)));
      },
      { code: 'backup-damaged', file: 'ledger.db' },
    ],
    [
      'a letter',
      (b) => {
        writeFileSync(join(b, 'ledger.db'), 'to the mayor, '.repeat(900));
        signManifest(b, resummed(b, manifestOf(b)));
      },
      { code: 'backup-damaged', file: 'ledger.db', reason: 'database' },
    ],
  ])('%s', async (_name, spoil, expected) => {
    expect(await refused(spoil)).toMatchObject(expected);
  });

  test.skipIf(process.platform === 'win32').each<[string, (backup: string) => void, string]>([
    [
      'the ledger is a link',
      (b) => (renameSync(join(b, 'ledger.db'), join(root, 'elsewhere')), symlinkSync(join(root, 'elsewhere'), join(b, 'ledger.db'))),
      'ledger.db',
    ],
    [
      'the manifest is a link',
      (b) => (renameSync(join(b, 'manifest.json'), join(root, 'm')), symlinkSync(join(root, 'm'), join(b, 'manifest.json'))),
      'manifest.json',
    ],
    [
      'the folder of the seals is a link',
      (b) => (renameSync(join(b, 'seals'), join(root, 's')), symlinkSync(join(root, 's'), join(b, 'seals'))),
      'seals/2026-11-24.json',
    ],
  ])('%s', async (_name, spoil, file) => {
    expect(await refused(spoil)).toMatchObject({ code: 'backup-damaged', file, reason: 'not-a-file' });
  });

  test('a backup of another hub', async () => {
    const mine = data;
    data = join(root, 'theirs');
    livedInFolder(data);
    const theirs = await backedUp();
    data = mine;
    const before = contents();
    expect(await restore(theirs)).toMatchObject({ ok: false, error: { code: 'backup-foreign', params: { reason: 'key' } } });
    expect(contents()).toEqual(before);
  });

  test('a folder that has lost the key that sealed', async () => {
    const backup = await backedUp();
    rmSync(join(data, 'keys/seal.key'));
    const before = contents();
    expect(await restore(backup)).toMatchObject({ ok: false, error: { code: 'backup-foreign', params: { reason: 'key' } } });
    expect(contents()).toEqual(before);
  });

  test('while a hub holds the folder', async () => {
    const backup = await backedUp();
    const held = openDataFolder(data);
    if (!held.ok) throw new Error(held.error.code);
    try {
      expect(await restore(backup)).toMatchObject({ ok: false, error: { code: 'data-folder-in-use' } });
    } finally {
      held.value.release();
    }
    expect(await restore(backup)).toMatchObject({ ok: true });
  });

  test('an interruption at any step leaves the old ledger as it was', async () => {
    const backup = await backedUp();
    withLedger(data, (ledger) => work(ledger, 3));
    const before = contents();
    for (let step = 1; step <= 3; step += 1) {
      let said = 0;
      const broken = restore(backup, {
        say: () => {
          said += 1;
          if (said === step) throw new Error('the power went');
        },
      });
      await expect(broken).rejects.toThrow('the power went');
      expect(said).toBe(step);
      expect(contents()).toEqual(before);
    }
    expect(await restore(backup)).toMatchObject({ ok: true });
  });

  test('what a restore that was killed left behind goes with the next one', async () => {
    const backup = await backedUp();
    mkdirSync(join(data, 'restoring-1'));
    writeFileSync(join(data, 'restoring-1', 'ledger.db'), 'half');
    expect(await restore(backup)).toMatchObject({ ok: true });
    expect(existsSync(join(data, 'restoring-1'))).toBe(false);
  });
});

test('a ledger that is too damaged to be opened is replaced and kept, and nothing of its log is taken for the new one’s', async () => {
  const backup = await backedUp();
  writeFileSync(join(data, 'ledger.db'), 'nothing of a ledger is left '.repeat(500));
  writeFileSync(join(data, 'ledger.db-wal'), 'nor of its log');
  const done = await restore(backup);
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  expect(done.value.commitsLost).toBeNull();
  expect(readFileSync(done.value.replacedPath!, 'utf8')).toContain('nothing of a ledger');
  expect(existsSync(join(data, 'ledger.db-wal'))).toBe(false);
  withLedger(data, (ledger) => expect(ledger.size('cameras')).toBe(40));
});

/** Changes the ledger in a backup. */
function tamper(backup: string, sql: string): void {
  const database = new Database(join(backup, 'ledger.db'));
  database.exec(sql);
  database.close();
}
