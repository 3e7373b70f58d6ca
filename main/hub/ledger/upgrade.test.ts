import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layoutEntity, wallEntity } from '../../../layouts/contract.ts';
import { userEntity } from '../../contract/accounts.ts';
import { ProblemError } from '../../contract/errors.ts';
import { silentLog } from '../../contract/log.ts';
import { createAuditLog } from '../audit/audit-log.ts';
import { genesisHash, hashOfRow, type StoredRow } from '../audit/audit-row.ts';
import { openDataFolder } from './data-folder.ts';
import { keepVersion, keptVersions } from './kept-version.ts';
import { migrations } from './migrate.ts';
import { openLedger, type SqliteLedger } from './open-ledger.ts';
import { rollBack } from './roll-back.ts';
import { openSecretBox } from './secret-box.ts';

const now = Date.UTC(2026, 10, 26);
const clock = { now: () => now };
const secret = 'rtsp://user:hunter2-hunter2@10.0.0.9/1';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-upgrade-'));
  path = join(folder, 'ledger.db');
  firstVersion();
});
afterEach(() => rmSync(folder, { recursive: true }));

const users = [
  { id: 'u1', name: 'admin', roles: ['administrator'] },
  { id: 'u2', name: 'wang', roles: ['operator', 'administrator'] },
  { id: 'u3', name: 'li', roles: ['operator'] },
].map((user) => ({
  ...user,
  scope: { districts: '*', groups: '*' },
  disabled: false,
  createdAt: 1,
  simulated: false,
  drill: false,
}));

/** A ledger as the first version of the program wrote it: accounts, secrets, sessions, an audit without scopes. */
function firstVersion(): void {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.exec(migrations[0]!);
  database.pragma('application_id = 0x54616f64');
  database.pragma('user_version = 1');
  const put = database.prepare('INSERT INTO entities (collection, key, body, seq) VALUES (?, ?, ?, 1)');
  for (const user of users) {
    put.run('users', user.id, JSON.stringify(user));
    database.prepare("INSERT INTO credentials VALUES (?, 'hash', 0, ?)").run(user.id, now - 1000);
  }
  put.run('cameras', 'c1', JSON.stringify({ id: 'c1', name: '东门' }));
  const box = openSecretBox(folder, false);
  database.prepare('INSERT INTO secrets VALUES (?, ?, ?)').run('source:c1', box.keyId, box.seal('secret:source:c1', secret));
  const session = database.prepare("INSERT INTO sessions VALUES (?, ?, 'u1', ?, ?, ?, 0, 9e15, 0, '10.0.0.1', NULL)");
  session.run('person', 'h1', 'person', null, null);
  session.run('screen', 'h2', 'wall', 'main', '1');
  let previous = genesisHash;
  for (let seq = 1; seq <= 5; seq += 1) {
    const row: Omit<StoredRow, 'hash'> = {
      seq,
      at: now - 10_000 + seq,
      phase: 'close',
      command_id: `k${seq}`,
      command: 'camera.upsert',
      actor: 'admin',
      roles: '["administrator"]',
      door: 'http',
      address: '10.0.0.1',
      workstation: null,
      args: '{}',
      outcome: 'ok',
      before: 'null',
      after: 'null',
      previous_hash: previous,
      scope: null,
      session: null,
    };
    const hash = hashOfRow(row);
    database
      .prepare(
        `INSERT INTO audit VALUES (@seq, @at, @phase, @command_id, @command, @actor, @roles, @door, @address, @workstation, @args, @outcome, @before,
                                   @after, @previous_hash, @hash)`,
      )
      .run({ ...row, hash });
    previous = hash;
  }
  database.exec(
    "UPDATE head SET seq = 7; INSERT INTO epochs VALUES (3, 0); INSERT INTO changes VALUES (7, 3, 0, 'command', 'k', 'admin', 0, '[]')",
  );
  database.close();
}

function withLedger<T>(use: (ledger: SqliteLedger) => T): T {
  const ledger = openLedger(folder, { changesKept: 100, clock, log: silentLog });
  try {
    return use(ledger);
  } finally {
    ledger.close();
  }
}

const versionOf = (file: string) => {
  const database = new Database(file, { readonly: true });
  try {
    return database.pragma('user_version', { simple: true });
  } finally {
    database.close();
  }
};

/** Opens a folder as a program of the first version does: it knows one migration. */
function asFirstVersion<T>(use: (database: Database.Database) => T): T {
  const database = new Database(path, { fileMustExist: true });
  try {
    expect(database.pragma('user_version', { simple: true })).toBe(1);
    return use(database);
  } finally {
    database.close();
  }
}

test('an upgrade loses nothing: accounts, secrets, sessions, and an audit that verifies across both versions', () => {
  withLedger((ledger) => {
    expect([ledger.seq, ledger.epoch]).toEqual([7, 4]);
    expect(ledger.get('cameras', 'c1')).toEqual({ id: 'c1', name: '东门' });
    expect(ledger.secret('source:c1')).toBe(secret);
    // What was sent before the upgrade has an older shape: everybody reads anew.
    expect(ledger.since(6)).toBe('gap');
    const found = [...ledger.all('users')].map((user) => userEntity.parse(user));
    expect(found.map(({ name, roles }) => [name, roles])).toEqual([
      // who administered keeps every duty until it is given to others
      ['admin', ['administrator', 'security-administrator', 'auditor']],
      ['wang', ['administrator', 'security-administrator', 'auditor']],
      ['li', ['operator']],
    ]);
    expect(found[2]).toMatchObject({
      fullName: null,
      denied: [],
      shift: null,
      networks: '*',
      secondFactor: false,
      passwordChangedAt: now - 1000,
    });
    expect(ledger.database.prepare('SELECT id, interactive, locked FROM sessions ORDER BY id').raw().all()).toEqual([
      ['person', 0, 0],
      ['screen', 0, 0],
    ]);
    const audit = createAuditLog(ledger.database, clock);
    expect(audit.verify()).toMatchObject({ ok: true, rows: 5 });
    audit.close(
      {
        commandId: 'k6',
        command: 'camera.upsert',
        actor: 'admin',
        roles: ['administrator'],
        door: 'http',
        address: '10.0.0.1',
        workstation: null,
        args: {},
        scope: ['city'],
        session: 's1',
      },
      { outcome: 'ok' },
    );
    expect(audit.verify()).toMatchObject({ ok: true, rows: 6 });
    ledger.database.exec("DROP TRIGGER audit_is_never_changed; UPDATE audit SET actor = 'li' WHERE seq = 3");
    expect(audit.verify()).toMatchObject({ ok: false, firstBadSeq: 3 });
  });
});

test('walls, layouts and tours of the second version are what they were, with the fields that are new', () => {
  const still = (cameraId: string) => ({
    kind: 'grid' as const,
    rows: 1,
    cols: 2,
    tiles: [{ panel: 'video' as const, cameraId, profile: 'auto' as const }, null],
  });
  const tour = { kind: 'tour' as const, steps: [still('c1'), still('c2')].map((scene) => ({ scene, dwellMs: 5000 })), startedAt: now };
  // More than ten: in the order that they had, not in that of their names as text.
  const screens = Array.from({ length: 12 }, (_, n) => ({
    id: `${n + 1}`,
    name: `屏 "${n + 1}"`,
    rect: { x: n * 1920, y: 0, width: 1920, height: 1080 },
    scene: n === 3 ? tour : still('c1'),
    revision: n,
    changedBy: n === 0 ? null : 'li',
    changedAt: n === 0 ? null : now,
    shown: null,
  }));
  const marks = { simulated: false, drill: false };
  const wall = { id: 'main', name: '主墙', pixelPitchMm: 0.634, farthestSeatM: 6, screens, spanning: [], revision: 3, ...marks };
  const layout = {
    id: 'l',
    name: '巡逻',
    scene: { ...tour, startedAt: undefined },
    formatVersion: 1,
    revision: 2,
    changedBy: 'li',
    changedAt: now,
    ...marks,
  };
  const database = new Database(path);
  database.exec(migrations[1]!);
  database.pragma('user_version = 2');
  const put = database.prepare('INSERT INTO entities (collection, key, body, seq) VALUES (?, ?, ?, 1)');
  put.run('walls', 'main', JSON.stringify(wall));
  put.run('walls', 'bare', JSON.stringify({ ...wall, id: 'bare', screens: screens.slice(0, 1) }));
  put.run('layouts', 'l', JSON.stringify(layout));
  database.close();

  withLedger((ledger) => {
    expect(wallEntity.parse(ledger.get('walls', 'main'))).toEqual({
      ...wall,
      screens: screens.map((screen) => ({ ...screen, layout: null })),
    });
    expect(wallEntity.parse(ledger.get('walls', 'bare')).screens).toHaveLength(1);
    expect(layoutEntity.parse(ledger.get('layouts', 'l'))).toEqual({ ...layout, number: null });
    expect(ledger.since(6)).toBe('gap');
  });
  expect(keptVersions(path)).toEqual([2]);
});

test('the older version is kept beside it, whole, and its owner’s alone', () => {
  withLedger(() => undefined);
  expect(keptVersions(path)).toEqual([1]);
  const kept = new Database(`${path}.v1`, { readonly: true });
  expect(kept.pragma('user_version', { simple: true })).toBe(1);
  expect(kept.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(kept.prepare('SELECT count(*) FROM audit').pluck().get()).toBe(5);
  expect(kept.prepare("SELECT json_extract(body, '$.roles') FROM entities WHERE key = 'u1'").pluck().get()).toBe('["administrator"]');
  kept.close();
  if (process.platform !== 'win32') expect(statSync(`${path}.v1`).mode & 0o077).toBe(0);
  const { mtimeMs } = statSync(`${path}.v1`);
  withLedger(() => undefined);
  expect(statSync(`${path}.v1`).mtimeMs).toBe(mtimeMs);
});

test('a new folder has nothing older to keep', () => {
  rmSync(path);
  withLedger(() => undefined);
  expect(keptVersions(path)).toEqual([]);
});

test('without room for the copy nothing is changed', () => {
  const database = new Database(path);
  let refusal: unknown;
  try {
    keepVersion(database, path, 1, () => 64 * 1024 * 1024);
  } catch (cause) {
    refusal = cause;
  }
  expect(refusal).toBeInstanceOf(ProblemError);
  expect((refusal as ProblemError).problem).toMatchObject({
    code: 'data-folder-unusable',
    params: { path, reason: 'no-space', neededMb: 65 },
  });
  database.close();
  expect([versionOf(path), keptVersions(path)]).toEqual([1, []]);
});

test('a roll-back puts the older version back and keeps the newer one', () => {
  withLedger((ledger) => {
    ledger.commit([{ collection: 'cameras', op: 'put', key: 'c2', value: { id: 'c2' } }], { kind: 'command', id: 'k', by: 'admin' });
  });
  const done = rollBack(folder, now, 'root');
  expect(done).toMatchObject({
    ok: true,
    value: { fromVersion: migrations.length, toVersion: 1, newerPath: `${path}.v${migrations.length}` },
  });
  asFirstVersion((database) => {
    expect(database.prepare("SELECT key FROM entities WHERE collection = 'cameras'").pluck().all()).toEqual(['c1']);
    expect(database.prepare("SELECT json_extract(body, '$.roles') FROM entities WHERE key = 'u1'").pluck().get()).toBe('["administrator"]');
    // what was done since is not in this audit any more, and that it is not stands there
    expect(database.prepare('SELECT seq, command, actor, phase, outcome FROM audit WHERE seq > 5').all()).toEqual([
      { seq: 6, command: 'ledger.rollback', actor: 'root', phase: 'close', outcome: 'ok' },
    ]);
    // nobody takes what comes now for what he missed
    expect(database.prepare('SELECT seq FROM head').pluck().get()).toBe(9);
    expect(database.prepare('SELECT max(epoch) FROM epochs').pluck().get()).toBe(5);
    expect(database.prepare('SELECT id FROM sessions').pluck().all()).toEqual(['screen']);
  });
  expect([versionOf(`${path}.v${migrations.length}`), keptVersions(path)]).toEqual([migrations.length, [migrations.length]]);
  expect(rollBack(folder, now, 'root')).toMatchObject({ ok: false, error: { code: 'not-found' } });

  withLedger((ledger) => {
    expect(ledger.secret('source:c1')).toBe(secret);
    expect(ledger.size('cameras')).toBe(1);
    expect(createAuditLog(ledger.database, clock).verify()).toMatchObject({ ok: true, rows: 6 });
  });
  expect(keptVersions(path)).toEqual([migrations.length, 1]);
});

test('a roll-back is refused while a hub runs, without anything kept, and when what was kept is damaged', () => {
  expect(rollBack(folder, now, 'root')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  expect(rollBack(join(folder, 'nowhere'), now, 'root')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  withLedger(() => undefined);
  const held = openDataFolder(folder);
  if (!held.ok) throw new Error(held.error.code);
  expect(rollBack(folder, now, 'root')).toMatchObject({ ok: false, error: { code: 'data-folder-in-use' } });
  held.value.release();
  const before = readFileSync(path);
  truncateSync(`${path}.v1`, 4096);
  expect(rollBack(folder, now, 'root')).toMatchObject({
    ok: false,
    error: { code: 'data-folder-unusable', params: { path: `${path}.v1`, reason: 'damaged' } },
  });
  writeFileSync(`${path}.v1`, 'a letter');
  chmodSync(`${path}.v1`, 0o600);
  expect(rollBack(folder, now, 'root')).toMatchObject({ ok: false, error: { params: { reason: 'damaged' } } });
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(existsSync(`${path}.rolling-back`)).toBe(false);
});
