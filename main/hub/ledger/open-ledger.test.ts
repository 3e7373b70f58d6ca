import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../contract/errors.ts';
import type { Cause, Change, Commit } from '../../contract/ledger.ts';
import { silentLog } from '../../contract/log.ts';
import { tailChanges, tailCommits } from './commit-tail.ts';
import { migrations } from './migrate.ts';
import { openLedger, type SqliteLedger } from './open-ledger.ts';

const cause: Cause = { kind: 'command', id: 'k1', by: 'wang' };
const put = (key: string, value: object): Change => ({ collection: 'cameras', op: 'put', key, value });

let folder = '';
let ledgers: SqliteLedger[] = [];
let now = 1_700_000_000_000;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-ledger-'));
});
afterEach(() => {
  for (const ledger of ledgers) ledger.close();
  ledgers = [];
  rmSync(folder, { recursive: true });
});

function open(changesKept = 100): SqliteLedger {
  const ledger = openLedger(folder, { changesKept, clock: { now: () => now }, log: silentLog });
  ledgers.push(ledger);
  return ledger;
}

const stored = (ledger: SqliteLedger) => ledger.database.prepare('SELECT count(*) FROM changes').pluck().get();

/** Everything in the database as it is on the disk, what is still in the log included. */
const onDisk = () => Buffer.concat(['ledger.db', 'ledger.db-wal'].map((name) => readFileSync(join(folder, name))));

/** Changes the closed file behind the ledger's back. */
function tamper(work: (database: Database.Database) => void): void {
  const database = new Database(join(folder, 'ledger.db'));
  work(database);
  database.close();
}

function problemOf(work: () => unknown): object {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return { code: error.problem.code, params: error.problem.params };
    throw error;
  }
  throw new Error('nothing was refused');
}

const unusable = (reason: string, file = 'ledger.db') => ({ code: 'data-folder-unusable', params: { path: join(folder, file), reason } });

describe('the ledger file', () => {
  it('waits for the disk at every commit, and is its owner’s alone', () => {
    const { database } = open();
    const pragma = (name: string) => database.pragma(name, { simple: true });
    expect(['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout', 'user_version'].map(pragma)).toEqual([
      'wal',
      2,
      1,
      2000,
      migrations.length,
    ]);
    if (process.platform === 'win32') return;
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'keys/secrets.key'))).toMatchObject({ size: 32 });
    expect(statSync(join(folder, 'keys/secrets.key')).mode & 0o777).toBe(0o600);
  });

  it('numbers its openings and goes on where it stopped', () => {
    open().commit([put('c1', { n: 1 })], cause);
    ledgers[0]!.close();
    const again = open();
    expect([again.epoch, again.seq]).toEqual([2, 1]);
    expect(again.commit([], cause)).toMatchObject({ epoch: 2, seq: 2 });
    again.close();
    expect(problemOf(() => again.commit([], cause))).toMatchObject({ code: 'shutting-down' });
    again.close();
    expect(open().epoch).toBe(3);
  });

  it('answers older commits from the file: after a restart, and beyond what it keeps in memory', () => {
    const first = open(tailCommits + 50);
    for (let index = 1; index <= tailCommits + 20; index += 1) first.commit([put('c1', { index })], { ...cause, id: `k${index}` });
    const long = first.since(5) as Commit[];
    expect(long.map(({ seq }) => seq)).toEqual(Array.from({ length: tailCommits + 15 }, (_, index) => index + 6));
    first.close();
    const again = open(tailCommits + 50);
    expect(again.since(5)).toEqual(long);
    expect(again.since(tailCommits + 20)).toEqual([]);
    again.commit([put('c2', {})], cause);
    expect((again.since(tailCommits + 19) as Commit[]).map(({ epoch, seq }) => [epoch, seq])).toEqual([
      [1, tailCommits + 20],
      [2, tailCommits + 21],
    ]);
  }, 60_000);

  it('keeps the configured number of commits, and reaches it in small steps when it was lowered', () => {
    const first = open(40);
    for (let index = 0; index < 60; index += 1) first.commit([put('c1', { index })], cause);
    expect(stored(first)).toBe(40);
    first.close();
    const again = open(10);
    expect(again.since(19)).toBe('gap');
    expect(again.since(20)).toHaveLength(40);
    again.commit([], cause);
    expect(stored(again)).toBe(33);
    for (let index = 0; index < 4; index += 1) again.commit([], cause);
    expect(stored(again)).toBe(10);
  });

  it('does not keep commits that nobody could be given', () => {
    const first = open(1000);
    const many = Array.from({ length: tailChanges / 2 }, (_, index) => put(`c${index}`, { index }));
    for (let index = 0; index < 4; index += 1) first.commit(many, cause);
    expect(first.database.prepare('SELECT min(seq), max(seq) FROM changes').raw().get()).toEqual([3, 4]);
    first.close();
    const again = open(1000);
    expect(again.since(1)).toBe('gap');
    expect(again.since(2)).toHaveLength(2);
  }, 60_000);

  it('refuses a file of a newer program, and leaves it alone', () => {
    open().commit([put('c1', {})], cause);
    ledgers[0]!.close();
    const version = migrations.length + 1;
    tamper((database) => database.pragma(`user_version = ${version}`));
    expect(problemOf(open)).toEqual({
      code: 'ledger-newer',
      params: { path: join(folder, 'ledger.db'), version, known: migrations.length },
    });
    tamper((database) => expect(database.pragma('user_version', { simple: true })).toBe(version));
  });

  it('refuses what is not a database, and a database of something else', () => {
    writeFileSync(join(folder, 'ledger.db'), 'a letter to the mayor, '.repeat(500));
    expect(problemOf(open)).toEqual(unusable('damaged'));
    rmSync(join(folder, 'ledger.db'));
    tamper((database) => database.exec('CREATE TABLE contacts (name TEXT)'));
    expect(problemOf(open)).toEqual(unusable('not-a-ledger'));
  });

  it('refuses a damaged file instead of starting without what it lost', () => {
    const first = open();
    first.commit(
      Array.from({ length: 2_000 }, (_, index) => put(`c${index}`, { index, padding: 'x'.repeat(200) })),
      cause,
    );
    first.close();
    const { size } = statSync(join(folder, 'ledger.db'));
    copyFileSync(join(folder, 'ledger.db'), join(folder, 'copy'));
    truncateSync(join(folder, 'ledger.db'), Math.floor(size / 8192) * 4096);
    expect(problemOf(open)).toEqual(unusable('damaged'));
    copyFileSync(join(folder, 'copy'), join(folder, 'ledger.db'));
    tamper((database) => database.exec(`UPDATE entities SET body = '{"index":' WHERE key = 'c7'`));
    expect(problemOf(open)).toEqual(unusable('damaged'));
  });

  it('stores all or nothing when the disk is full, and goes on when there is room again', () => {
    const ledger = open();
    ledger.commit([put('c1', { n: 1 })], cause);
    const heard: number[] = [];
    ledger.onCommit(({ seq }) => void heard.push(seq));
    const pages = ledger.database.pragma('page_count', { simple: true }) as number;
    ledger.database.pragma(`max_page_count = ${pages}`);
    expect(problemOf(() => ledger.commit([put('c1', { n: 2 }), put('c2', { big: 'x'.repeat(100_000) })], cause))).toMatchObject({
      code: 'unavailable',
    });
    expect([ledger.seq, ledger.size('cameras'), ledger.get('cameras', 'c1'), heard]).toEqual([1, 1, { n: 1 }, []]);
    expect(ledger.database.inTransaction).toBe(false);
    ledger.database.pragma('max_page_count = 1000000');
    expect(ledger.commit([put('c2', {})], cause).seq).toBe(2);
    ledger.close();
    expect(open().get('cameras', 'c1')).toEqual({ n: 1 });
  });

  it('stores what is written alongside together with the commit, or neither', () => {
    const ledger = open();
    const write = (id: string) =>
      ledger.database.prepare("INSERT INTO credentials (user_id, password_hash, must_change, changed_at) VALUES (?, 'hash', 0, 0)").run(id);
    expect(ledger.transact({ changes: [put('c1', {})], cause }, () => void write('u1'))).toMatchObject({ seq: 1 });
    expect(ledger.transact({ changes: [], cause }, () => void write('u2'))).toBeNull();
    expect(() =>
      ledger.transact({ changes: [put('c2', {})], cause }, () => {
        write('u3');
        throw new Error('a bug');
      }),
    ).toThrow('a bug');
    expect(problemOf(() => ledger.transact({ changes: [put('c2', {})], cause }, () => void write('u1')))).toMatchObject({
      code: 'unavailable',
    });
    expect(() => ledger.transact({ changes: [], cause }, () => void ledger.commit([], cause))).toThrow('inside another');
    expect([ledger.seq, ledger.size('cameras')]).toEqual([1, 1]);
    expect(ledger.database.prepare('SELECT user_id FROM credentials').pluck().all()).toEqual(['u1', 'u2']);
  });
});

describe('secrets', () => {
  const secret = 'rtsp://user:hunter2-hunter2@10.0.0.9/1';
  const keep = () => {
    const ledger = open();
    ledger.commit([], cause, [
      { key: 'source:c1', value: secret },
      { key: 'source:c2', value: 'other' },
    ]);
    return ledger;
  };

  it('are in no file in the clear, and are there after a restart', () => {
    const first = keep();
    expect(onDisk().includes('source:c1')).toBe(true);
    expect(onDisk().includes('hunter2')).toBe(false);
    first.close();
    expect(open().secret('source:c1')).toBe(secret);
  });

  it('do not open in each other’s place, nor altered', () => {
    const ledger = keep();
    ledger.database.exec("UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE key = 'source:c1') WHERE key = 'source:c2'");
    expect(problemOf(() => ledger.secret('source:c2'))).toMatchObject({
      code: 'data-folder-unusable',
      params: { reason: 'secret-damaged' },
    });
    ledger.database.exec("UPDATE secrets SET sealed = x'00' WHERE key = 'source:c1'");
    expect(problemOf(() => ledger.secret('source:c1'))).toMatchObject({
      code: 'data-folder-unusable',
      params: { reason: 'secret-damaged' },
    });
  });

  it('need their key: missing, another or cut short, it is named', () => {
    keep().close();
    const key = join(folder, 'keys/secrets.key');
    const right = readFileSync(key);
    rmSync(key);
    expect(problemOf(open)).toEqual(unusable('secrets-key-missing', 'keys/secrets.key'));
    writeFileSync(key, Buffer.alloc(32, 7));
    expect(problemOf(open)).toEqual(unusable('secrets-key-wrong'));
    writeFileSync(key, right.subarray(1));
    expect(problemOf(open)).toEqual(unusable('secrets-key-damaged', 'keys/secrets.key'));
    writeFileSync(key, right);
    expect(open().secret('source:c1')).toBe(secret);
  });

  it.skipIf(process.platform === 'win32')('have a key that nobody else may read, even if it was copied carelessly', () => {
    keep().close();
    chmodSync(join(folder, 'keys/secrets.key'), 0o644);
    open();
    expect(statSync(join(folder, 'keys/secrets.key')).mode & 0o777).toBe(0o600);
  });
});
