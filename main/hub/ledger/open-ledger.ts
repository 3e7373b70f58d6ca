import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { collections } from '../../contract/catalog.ts';
import type { SecretWrite } from '../../contract/define-command.ts';
import { ProblemError, problem } from '../../contract/errors.ts';
import type { Cause, Change, Commit, Ledger } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import type { Clock } from '../../contract/time.ts';
import { CommitFeed } from './commit-feed.ts';
import { CommitTail, tailChanges } from './commit-tail.ts';
import { reasonOf } from './folder-reason.ts';
import { EntityTables } from './entity-tables.ts';
import { migrate } from './migrate.ts';
import { charactersOf, type PlainChange, deepFreeze, plainChange } from './plain-json.ts';
import { type SecretBox, openSecretBox } from './secret-box.ts';

/** How long a statement waits for another connection (a backup, an administrator's tool) before it fails. */
const busyTimeoutMs = 2_000;
/** The most old commits that one commit trims: the price of a commit does not depend on how much there is to trim. */
const trimStep = 8;
/** What SQLite says when the disk is full: the file itself, or the index of its log, cannot grow. */
const noRoom: ReadonlySet<string> = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE']);

/** What a transaction is to store. */
export interface LedgerWrite {
  readonly changes: readonly Change[];
  readonly secrets?: readonly SecretWrite[];
  readonly cause: Cause;
}

/** The ledger in one SQLite file. */
export interface SqliteLedger extends Ledger {
  /** The one connection, for the tables that are not entities (audit, credentials, sessions). Never touch the ledger's own tables. */
  readonly database: Database.Database;
  /** Seals what must not be readable in the file. */
  readonly box: SecretBox;
  /**
   * Stores `write` and what `alongside` writes to other tables of the same database, all or nothing, then publishes.
   * Without changes and secrets there is no commit: `seq` stays, nobody is told, and the answer is null.
   * @throws ProblemError `unavailable` when the disk refuses; then nothing has changed, in the file or in memory
   */
  transact(write: LedgerWrite, alongside: () => void): Commit | null;
  /**
   * Who can make room when the disk is full: answers whether there is some now. Then the write is tried once more, so what a transaction does
   * `alongside` may run twice.
   */
  whenFull(makeRoom: () => boolean): void;
  /** Writes everything into the one file and lets it go. Commits after that throw. */
  close(): void;
}

interface ChangesRow {
  readonly seq: number;
  readonly epoch: number;
  readonly at: number;
  readonly cause_kind: Cause['kind'];
  readonly cause_id: string;
  readonly cause_by: string;
  readonly body: string;
}

/**
 * Opens, or makes, `ledger.db` in a data folder whose lock the caller holds.
 * `changesKept`: how many commits are kept for clients that come back; beyond `tailChanges` changes a snapshot is
 * cheaper than the delta, so older commits than that are never kept.
 * @throws ProblemError `ledger-newer`, or `data-folder-unusable` with `path` and `reason`
 */
export function openLedger(folder: string, options: { changesKept: number; clock: Pick<Clock, 'now'>; log: Log }): SqliteLedger {
  const path = join(folder, 'ledger.db');
  let database: Database.Database | undefined;
  try {
    // Made here so that it is the owner's alone from the first byte; SQLite gives its companion files the same mode.
    closeSync(openSync(path, 'a', 0o600));
    database = new Database(path, { timeout: busyTimeoutMs });
    return new OpenLedger(database, folder, path, options);
  } catch (cause) {
    database?.close();
    if (cause instanceof ProblemError) throw cause;
    const isSystem = cause instanceof Database.SqliteError || typeof (cause as NodeJS.ErrnoException).syscall === 'string';
    if (!isSystem) throw cause;
    throw new ProblemError(problem('data-folder-unusable', { path, reason: reasonOf(cause) }, `${path} cannot be used: ${String(cause)}`));
  }
}

const pagedCollections: ReadonlySet<string> = new Set(collections.filter(({ keep }) => keep === 'paged').map(({ name }) => name));

class OpenLedger implements SqliteLedger {
  readonly database: Database.Database;
  readonly box: SecretBox;
  readonly epoch: number;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #changesKept: number;
  readonly #tables = new EntityTables();
  readonly #tail = new CommitTail();
  readonly #feed: CommitFeed;
  readonly #sql: ReturnType<typeof prepare>;
  #seq: number;
  #makeRoom: () => boolean = () => false;
  /** Commits in the table `changes`, and changes in them. */
  #kept: { commits: number; changes: number };

  constructor(
    database: Database.Database,
    folder: string,
    path: string,
    options: { changesKept: number; clock: Pick<Clock, 'now'>; log: Log },
  ) {
    this.database = database;
    this.#clock = options.clock;
    this.#changesKept = options.changesKept;
    this.#feed = new CommitFeed(options.log);
    // Readers never wait for the writer; FULL makes every commit reach the disk before it is acknowledged.
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('cell_size_check = ON');
    database.pragma('trusted_schema = OFF');
    database.pragma('cache_size = -2000');
    database.pragma('journal_size_limit = 67108864');
    migrate(database, path);
    this.#sql = prepare(database);

    const secretsExist = database.prepare('SELECT 1 FROM secrets LIMIT 1').get() !== undefined;
    this.box = openSecretBox(folder, secretsExist);
    if (database.prepare('SELECT 1 FROM secrets WHERE key_id <> ? LIMIT 1').get(this.box.keyId) !== undefined)
      throw new ProblemError(
        problem(
          'data-folder-unusable',
          { path, reason: 'secrets-key-wrong' },
          'the ledger holds secrets that keys/secrets.key does not open',
        ),
      );

    this.#seq = database.prepare('SELECT seq FROM head').pluck().get() as number;
    this.#load(path);
    this.#kept = database.prepare('SELECT count(*) AS commits, coalesce(sum(change_count), 0) AS changes FROM changes').get() as {
      commits: number;
      changes: number;
    };
    const opened = database.prepare(
      'INSERT INTO epochs (epoch, opened_at) SELECT coalesce(max(epoch), 0) + 1, ? FROM epochs RETURNING epoch',
    );
    this.epoch = opened.pluck().get(this.#clock.now()) as number;
  }

  get seq(): number {
    return this.#seq;
  }

  commit(changes: readonly Change[], cause: Cause, secrets: readonly SecretWrite[] = []): Commit {
    return this.#write(changes, cause, secrets, undefined);
  }

  transact({ changes, cause, secrets = [] }: LedgerWrite, alongside: () => void): Commit | null {
    if (changes.length > 0 || secrets.length > 0) return this.#write(changes, cause, secrets, alongside);
    this.#transaction(alongside);
    return null;
  }

  get(collection: string, key: string): object | undefined {
    if (!pagedCollections.has(collection)) return this.#tables.of(collection).get(key);
    const body = this.#sql.entity.get(collection, key) as string | undefined;
    return body === undefined ? undefined : deepFreeze(JSON.parse(body) as object);
  }

  all(collection: string): IterableIterator<object> {
    return this.#tables.of(collection).values();
  }

  size(collection: string): number {
    return this.#tables.of(collection).size;
  }

  since(seq: number): readonly Commit[] | 'gap' {
    if (seq === this.#seq) return [];
    if (!Number.isSafeInteger(seq) || seq < 0 || seq > this.#seq) return 'gap';
    return this.#tail.after(seq) ?? this.#storedAfter(seq);
  }

  secret(key: string): string | undefined {
    const sealed = this.#sql.secret.get(key) as Buffer | undefined;
    return sealed === undefined ? undefined : this.box.open(secretName(key), sealed);
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    return this.#feed.on(listener);
  }

  whenFull(makeRoom: () => boolean): void {
    this.#makeRoom = makeRoom;
  }

  close(): void {
    if (!this.database.open) return;
    this.database.pragma('wal_checkpoint(TRUNCATE)');
    this.database.close();
  }

  #load(path: string): void {
    for (const [collection, key, body] of this.#sql.entities.iterate() as IterableIterator<[string, string, string]>) {
      if (pagedCollections.has(collection)) continue;
      try {
        this.#tables.put(collection, key, deepFreeze(JSON.parse(body) as object));
      } catch {
        throw new ProblemError(
          problem('data-folder-unusable', { path, reason: 'damaged' }, `the entity ${collection}/${key} in ${path} is not readable`),
        );
      }
    }
  }

  #write(changes: readonly Change[], cause: Cause, secrets: readonly SecretWrite[], alongside: (() => void) | undefined): Commit {
    this.#feed.admit();
    const plain = changes.map(plainChange);
    const commit: Commit = Object.freeze({
      epoch: this.epoch,
      seq: this.#seq + 1,
      at: this.#clock.now(),
      cause: Object.freeze({ kind: cause.kind, id: cause.id, by: cause.by }),
      changes: Object.freeze(plain.map(({ change }) => change)),
    });
    const kept = this.#transaction(() => {
      this.#store(commit, plain);
      for (const secret of secrets) this.#storeSecret(secret);
      alongside?.();
      return this.#trim(commit.changes.length);
    });
    // Durable from here on: memory follows, then everybody else hears of it.
    this.#kept = kept;
    this.#seq = commit.seq;
    this.#tables.apply(commit.changes.filter(({ collection }) => !pagedCollections.has(collection)));
    this.#tail.push(commit, charactersOf(plain));
    this.#feed.publish(commit);
    return commit;
  }

  #transaction<T>(work: () => T): T {
    if (!this.database.open) throw new ProblemError(problem('shutting-down', {}, 'the ledger is closed'));
    if (this.database.inTransaction) throw new Error('a commit cannot be made inside another');
    const transaction = this.database.transaction(work);
    try {
      try {
        return transaction.immediate();
      } catch (cause) {
        if (!(cause instanceof Database.SqliteError) || !noRoom.has(cause.code) || !this.#makeRoom()) throw cause;
        return transaction.immediate();
      }
    } catch (cause) {
      if (!(cause instanceof Database.SqliteError)) throw cause;
      throw new ProblemError(problem('unavailable', {}, `the ledger cannot be written: ${cause.code} ${cause.message}`));
    }
  }

  #store({ seq, epoch, at, cause, changes }: Commit, plain: readonly PlainChange[]): void {
    // The values' JSON is at hand: the row is put together from it instead of being made a second time.
    const rows = plain.map(({ change: { collection, op, key }, body }) => {
      const start = `{"collection":${JSON.stringify(collection)},"op":"${op}","key":${JSON.stringify(key)}`;
      if (body === null) {
        this.#sql.remove.run(collection, key);
        return `${start}}`;
      }
      this.#sql.put.run(collection, key, body, seq);
      return `${start},"value":${body}}`;
    });
    this.#sql.addChanges.run(seq, epoch, at, cause.kind, cause.id, cause.by, changes.length, `[${rows.join(',')}]`);
    this.#sql.setHead.run(seq);
  }

  #storeSecret({ key, value }: SecretWrite): void {
    if (value === null) this.#sql.removeSecret.run(key);
    else this.#sql.putSecret.run(key, this.box.keyId, this.box.seal(secretName(key), value));
  }

  /** Drops the oldest stored commits that are too many, a few at a time; answers what is kept then. */
  #trim(added: number): { commits: number; changes: number } {
    let commits = this.#kept.commits + 1;
    let changes = this.#kept.changes + added;
    for (let step = 0; step < trimStep && (commits > this.#changesKept || changes > tailChanges); step += 1) {
      commits -= 1;
      changes -= this.#sql.dropOldest.get() as number;
    }
    return { commits, changes };
  }

  #storedAfter(seq: number): readonly Commit[] | 'gap' {
    const { commits, changes } = this.#sql.countAfter.get(seq) as { commits: number; changes: number };
    if (commits !== this.#seq - seq || changes > tailChanges) return 'gap';
    return (this.#sql.after.all(seq) as ChangesRow[]).map((row) => ({
      epoch: row.epoch,
      seq: row.seq,
      at: row.at,
      cause: { kind: row.cause_kind, id: row.cause_id, by: row.cause_by },
      changes: deepFreeze(JSON.parse(row.body) as Change[]),
    }));
  }
}

/** Secrets and other sealed values never open in each other's place. */
const secretName = (key: string) => `secret:${key}`;

function prepare(database: Database.Database) {
  return {
    entities: database.prepare('SELECT collection, key, body FROM entities ORDER BY id').raw(),
    entity: database.prepare('SELECT body FROM entities WHERE collection = ? AND key = ?').pluck(),
    put: database.prepare(
      'INSERT INTO entities (collection, key, body, seq) VALUES (?, ?, ?, ?) ON CONFLICT (collection, key) DO UPDATE SET body = excluded.body, seq = excluded.seq',
    ),
    remove: database.prepare('DELETE FROM entities WHERE collection = ? AND key = ?'),
    addChanges: database.prepare('INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    setHead: database.prepare('UPDATE head SET seq = ?'),
    dropOldest: database.prepare('DELETE FROM changes WHERE seq = (SELECT min(seq) FROM changes) RETURNING change_count').pluck(),
    countAfter: database.prepare('SELECT count(*) AS commits, coalesce(sum(change_count), 0) AS changes FROM changes WHERE seq > ?'),
    after: database.prepare('SELECT seq, epoch, at, cause_kind, cause_id, cause_by, body FROM changes WHERE seq > ? ORDER BY seq'),
    secret: database.prepare('SELECT sealed FROM secrets WHERE key = ?').pluck(),
    putSecret: database.prepare(
      'INSERT INTO secrets (key, key_id, sealed) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed',
    ),
    removeSecret: database.prepare('DELETE FROM secrets WHERE key = ?'),
  };
}
