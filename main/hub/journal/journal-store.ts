import Database from 'better-sqlite3';
import type { Problem } from '../../contract/errors.ts';
import type { JournalRecord, ObservationEntity, RecordOutcome } from '../../../streams/feed-contract.ts';
import type { HistoryPoint, Journal, JournalEntry, JournalVerdict, NewestValue } from '../../../streams/feeds/journal.ts';

/** What a record takes beside its bytes, and what a value takes, with their indexes: roughly. */
const recordBytes = 120;
const observationBytes = 250;

/**
 * `journal.db`: every raw record that came, and every value that it held. A file of its own: what feeds send neither makes the ledger grow nor waits for it. It has no history
 * worth migrating from before its first release.
 */
const schema = `
CREATE TABLE IF NOT EXISTS records (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  feed_id      TEXT NOT NULL,
  received_at  INTEGER NOT NULL,
  source_at    INTEGER,
  content_type TEXT,
  parser       TEXT NOT NULL,
  outcome      TEXT NOT NULL,
  facts        INTEGER NOT NULL DEFAULT 0,
  problems     TEXT,                       -- JSON; NULL: none
  raw          BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS records_by_feed ON records (feed_id, id);
CREATE INDEX IF NOT EXISTS records_not_taken ON records (outcome, id) WHERE outcome <> 'taken';
CREATE INDEX IF NOT EXISTS records_by_time ON records (received_at);

CREATE TABLE IF NOT EXISTS observations (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  asset_id    TEXT NOT NULL,
  quantity    TEXT NOT NULL,
  at          INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  number      REAL,                        -- of a value that is a number
  word        TEXT,                        -- of any other, as JSON
  quality     TEXT NOT NULL,
  flag        TEXT,
  unit        TEXT,
  feed_id     TEXT NOT NULL,
  district    TEXT,
  marks       INTEGER NOT NULL             -- 1: simulated, 2: drill
) STRICT;
-- A record that is read twice gives its values once.
CREATE UNIQUE INDEX IF NOT EXISTS observations_by_value ON observations (asset_id, quantity, at, received_at);
CREATE INDEX IF NOT EXISTS observations_by_time ON observations (received_at);
CREATE INDEX IF NOT EXISTS observations_by_feed ON observations (feed_id, seq);

-- What each feed holds here, in bytes as far as they can be told: whoever holds most gives first when there is too much.
CREATE TABLE IF NOT EXISTS held (feed_id TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS record_held AFTER INSERT ON records BEGIN
  INSERT OR IGNORE INTO held VALUES (new.feed_id, 0);
  UPDATE held SET bytes = bytes + length(new.raw) + ${recordBytes} WHERE feed_id = new.feed_id;
END;
CREATE TRIGGER IF NOT EXISTS record_gone AFTER DELETE ON records BEGIN
  UPDATE held SET bytes = bytes - length(old.raw) - ${recordBytes} WHERE feed_id = old.feed_id;
END;
CREATE TRIGGER IF NOT EXISTS observation_held AFTER INSERT ON observations BEGIN
  INSERT OR IGNORE INTO held VALUES (new.feed_id, 0);
  UPDATE held SET bytes = bytes + ${observationBytes} WHERE feed_id = new.feed_id;
END;
CREATE TRIGGER IF NOT EXISTS observation_gone AFTER DELETE ON observations BEGIN
  UPDATE held SET bytes = bytes - ${observationBytes} WHERE feed_id = old.feed_id;
END;
`;

/** Of a journal that was written before its shares were counted. */
const countHeld = `
INSERT INTO held SELECT feed_id, sum(bytes) FROM (
  SELECT feed_id, sum(length(raw) + ${recordBytes}) AS bytes FROM records GROUP BY feed_id
  UNION ALL SELECT feed_id, count(*) * ${observationBytes} FROM observations GROUP BY feed_id
) GROUP BY feed_id;
`;

/** What is kept. */
export interface JournalLimits {
  /** Records and values are kept for so long. */
  readonly keepMs: number;
  /** The file does not grow beyond this by much: the feed that holds most gives its oldest, so that one gone mad takes no other's history. Quarantine goes with the rest. */
  readonly keepBytes: number;
}

/** Rows that one pass of pruning deletes: a pass takes a few milliseconds. */
const pruneRows = 2000;

interface RecordRow {
  readonly id: number;
  readonly feed_id: string;
  readonly received_at: number;
  readonly source_at: number | null;
  readonly content_type: string | null;
  readonly parser: string;
  readonly outcome: RecordOutcome;
  readonly facts: number;
  readonly problems: string | null;
  readonly bytes: number;
  readonly raw: Buffer;
}

interface ValueRow {
  readonly quantity: string;
  readonly number: number | null;
  readonly word: string | null;
  readonly quality: ObservationEntity['quality'];
  readonly flag: string | null;
  readonly at: number;
  readonly received_at: number;
}

const columns = 'id, feed_id, received_at, source_at, content_type, parser, outcome, facts, problems, length(raw) AS bytes';

/** One group of writes: all of it is stored or nothing. */
export interface JournalGroup {
  readonly entries: readonly JournalEntry[];
  readonly verdicts: readonly (JournalVerdict & { readonly id: number })[];
  readonly points: readonly HistoryPoint[];
}

/** The journal's file, for the one thread that has it open. Throws what SQLite throws. */
export class JournalStore {
  readonly #database: Database.Database;
  readonly #limits: JournalLimits;
  readonly #sql;

  constructor(path: string, limits: JournalLimits) {
    this.#limits = limits;
    const database = new Database(path, { timeout: 2000 });
    this.#database = database;
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma('journal_mode = WAL');
    // A record that was acknowledged to its source outlives a power cut.
    database.pragma('synchronous = FULL');
    database.pragma('trusted_schema = OFF');
    database.pragma('cache_size = -4000');
    database.pragma('journal_size_limit = 67108864');
    database.exec(schema);
    if (database.prepare('SELECT 1 FROM held LIMIT 1').get() === undefined) database.exec(countHeld);
    this.#sql = {
      append: database.prepare(
        `INSERT INTO records (feed_id, received_at, content_type, parser, outcome, raw) VALUES (?, ?, ?, ?, 'pending', ?)`,
      ),
      settle: database.prepare('UPDATE records SET outcome = ?, source_at = ?, facts = ?, problems = ? WHERE id = ?'),
      point: database.prepare(
        // What a source sends once more, hours later too, is the same value.
        `INSERT OR IGNORE INTO observations (asset_id, quantity, at, received_at, number, word, quality, flag, unit, feed_id, district, marks)
         SELECT @assetId, @quantity, @at, @receivedAt, @number, @word, @quality, @flag, @unit, @feedId, @district, @marks
         WHERE NOT EXISTS (SELECT 1 FROM observations
           WHERE asset_id = @assetId AND quantity = @quantity AND at = @at AND number IS @number AND word IS @word AND quality = @quality)`,
      ),
      pending: database.prepare<[number, number], RecordRow>(
        `SELECT ${columns}, raw FROM records WHERE outcome = 'pending' AND id > ? ORDER BY id LIMIT ?`,
      ),
      read: database.prepare<[number], RecordRow>(`SELECT ${columns}, raw FROM records WHERE id = ?`),
      observations: database.prepare<[number, number], Record<string, never>>(
        'SELECT * FROM observations WHERE seq > ? ORDER BY seq LIMIT ?',
      ),
      history: database.prepare<[string, string, number, number, string, string, number, number], Record<string, number>>(`
        SELECT g.*, (SELECT number FROM observations WHERE asset_id = ? AND quantity = ? AND at = g.at AND number IS NOT NULL ORDER BY seq DESC LIMIT 1) AS value
        FROM (
          SELECT CAST((at - ?) / ? AS INTEGER) AS stretch, max(at) AS at, min(number) AS low, max(number) AS high, count(*) AS count
          FROM observations
          WHERE asset_id = ? AND quantity = ? AND at >= ? AND at <= ? AND number IS NOT NULL AND quality IN ('good', 'suspect')
          GROUP BY stretch
        ) g ORDER BY g.at`),
      recent: database.prepare<[number, number], Record<string, never>>(
        'SELECT * FROM observations WHERE seq >= (SELECT seq FROM observations WHERE received_at >= ? ORDER BY received_at LIMIT 1) ORDER BY seq DESC LIMIT ?',
      ),
      // From one quantity to the next by the index: what lies between, however much, is not looked at.
      newest: database.prepare<{ asset: string }, ValueRow>(`
        WITH RECURSIVE names(quantity) AS (
          SELECT min(quantity) FROM observations WHERE asset_id = @asset
          UNION ALL
          SELECT (SELECT min(quantity) FROM observations WHERE asset_id = @asset AND quantity > names.quantity)
          FROM names WHERE names.quantity IS NOT NULL LIMIT 64
        )
        SELECT o.quantity, o.number, o.word, o.quality, o.flag, o.at, o.received_at
        FROM names JOIN observations o ON o.seq = (
          SELECT seq FROM observations WHERE asset_id = @asset AND quantity = names.quantity ORDER BY at DESC, received_at DESC LIMIT 1
        )
        WHERE names.quantity IS NOT NULL`),
      since: database.prepare<[string, string], { at: number | null }>(
        'SELECT min(at) AS at FROM observations WHERE asset_id = ? AND quantity = ?',
      ),
      oldRecords: database.prepare(
        `DELETE FROM records WHERE id IN (SELECT id FROM records WHERE received_at < ? AND outcome <> 'pending' ORDER BY received_at LIMIT ${pruneRows})`,
      ),
      oldPoints: database.prepare(
        `DELETE FROM observations WHERE seq IN (SELECT seq FROM observations WHERE received_at < ? ORDER BY received_at LIMIT ${pruneRows})`,
      ),
      heaviest: database.prepare<[], { readonly feed_id: string }>('SELECT feed_id FROM held WHERE bytes > 0 ORDER BY bytes DESC'),
      firstRecords: database.prepare<[string]>(
        `DELETE FROM records WHERE id IN (SELECT id FROM records WHERE feed_id = ? AND outcome <> 'pending' ORDER BY id LIMIT ${pruneRows})`,
      ),
      firstPoints: database.prepare<[string]>(
        `DELETE FROM observations WHERE seq IN (SELECT seq FROM observations WHERE feed_id = ? ORDER BY seq LIMIT ${pruneRows})`,
      ),
    };
  }

  /** Writes a group; answers the numbers of its entries, in their order. */
  write({ entries, verdicts, points }: JournalGroup): number[] {
    const ids: number[] = [];
    this.#database
      .transaction(() => {
        for (const { feedId, receivedAt, contentType, parser, bytes } of entries)
          ids.push(Number(this.#sql.append.run(feedId, receivedAt, contentType, parser, bytes).lastInsertRowid));
        for (const { id, outcome, sourceAt, facts, problems } of verdicts)
          this.#sql.settle.run(outcome, sourceAt, facts, problems.length === 0 ? null : JSON.stringify(problems.slice(0, 8)), id);
        for (const point of points) {
          const { value } = point;
          this.#sql.point.run({
            ...point,
            number: typeof value === 'number' ? value : null,
            word: typeof value === 'number' || value === null ? null : JSON.stringify(value),
            marks: (point.simulated ? 1 : 0) + (point.drill ? 2 : 0),
          });
        }
      })
      .immediate();
    return ids;
  }

  pending(after: number, limit: number): (JournalEntry & { readonly id: number })[] {
    return this.#sql.pending.all(after, limit).map((row) => ({
      id: row.id,
      feedId: row.feed_id,
      receivedAt: row.received_at,
      contentType: row.content_type,
      parser: row.parser,
      bytes: row.raw,
    }));
  }

  search({ feedId, outcome, before, limit }: Parameters<Journal['search']>[0]): JournalRecord[] {
    const where = [
      ...(feedId === undefined ? [] : ['feed_id = @feedId']),
      ...(outcome === undefined ? [] : ['outcome = @outcome']),
      ...(before === undefined ? [] : ['id < @before']),
    ];
    const sql = `SELECT ${columns} FROM records ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY id DESC LIMIT @limit`;
    const given = Object.fromEntries(Object.entries({ feedId, outcome, before, limit }).filter(([, value]) => value !== undefined));
    return this.#database.prepare<[object], RecordRow>(sql).all(given).map(recordOf);
  }

  read(id: number): (JournalRecord & { readonly raw: Uint8Array }) | null {
    const row = this.#sql.read.get(id);
    return row ? { ...recordOf(row), raw: row.raw } : null;
  }

  observations(after: number, limit: number): ObservationEntity[] {
    return this.#sql.observations.all(after, limit).map(observationOf);
  }

  recent(since: number, limit: number): ObservationEntity[] {
    return this.#sql.recent.all(since, limit).map(observationOf).reverse();
  }

  newest(assetIds: readonly string[]): NewestValue[] {
    return assetIds.flatMap((asset) =>
      this.#sql.newest.all({ asset }).map((row) => ({
        assetId: asset,
        quantity: row.quantity,
        value: valueOf(row),
        quality: row.quality,
        flag: row.flag,
        at: row.at,
        receivedAt: row.received_at,
      })),
    );
  }

  history({ assetId, quantity, from, to, points }: Parameters<Journal['history']>[0]): Awaited<ReturnType<Journal['history']>> {
    const stretchMs = Math.max(1, Math.ceil((to - from + 1) / points));
    const rows = this.#sql.history.all(assetId, quantity, from, stretchMs, assetId, quantity, from, to);
    return {
      points: rows.map((row) => ({ at: row['at']!, value: row['value']!, min: row['low']!, max: row['high']!, count: row['count']! })),
      since: this.#sql.since.get(assetId, quantity)?.at ?? null,
    };
  }

  /** One pass over what is too old, by a time that somebody believes: what goes for its age never comes back. Answers the rows that went; 0: there is nothing to do. */
  pruneOld(now: number): number {
    const before = now - this.#limits.keepMs;
    return this.#sql.oldRecords.run(before).changes + this.#sql.oldPoints.run(before).changes;
  }

  /** One pass over what is too much: the oldest of whoever holds most. Answers the rows that went; 0: there is nothing to do. */
  pruneMuch(): number {
    if (this.bytes <= this.#limits.keepBytes) return 0;
    let gone = 0;
    for (const { feed_id: feed } of this.#sql.heaviest.all()) {
      gone = this.#sql.firstRecords.run(feed).changes + this.#sql.firstPoints.run(feed).changes;
      // What waits for its verdict stays, whoever's it is.
      if (gone > 0) break;
    }
    this.#database.pragma('incremental_vacuum(2000)');
    return gone;
  }

  /** What the file holds, free pages left out. */
  get bytes(): number {
    const pages = this.#database.pragma('page_count', { simple: true }) as number;
    const free = this.#database.pragma('freelist_count', { simple: true }) as number;
    return (pages - free) * (this.#database.pragma('page_size', { simple: true }) as number);
  }

  /** From the first to the last, gaps between them included. To count millions at every look would take the thread from its groups. */
  get records(): number {
    return (this.#database.prepare('SELECT coalesce(max(id) - min(id) + 1, 0) FROM records').pluck().get() as number | undefined) ?? 0;
  }

  close(): void {
    this.#database.close();
  }
}

function valueOf({ number, word }: Pick<ValueRow, 'number' | 'word'>): ObservationEntity['value'] {
  if (number !== null) return number;
  return word === null ? null : (JSON.parse(word) as string | boolean);
}

function recordOf(row: RecordRow): JournalRecord {
  return {
    id: row.id,
    feedId: row.feed_id as JournalRecord['feedId'],
    receivedAt: row.received_at,
    sourceAt: row.source_at,
    bytes: row.bytes,
    contentType: row.content_type,
    parser: row.parser,
    outcome: row.outcome,
    facts: row.facts,
    problems: row.problems === null ? [] : (JSON.parse(row.problems) as Problem[] as JournalRecord['problems']),
  };
}

function observationOf(row: Record<string, unknown>): ObservationEntity {
  return {
    seq: Number(row['seq']),
    feedId: row['feed_id'] as ObservationEntity['feedId'],
    assetId: String(row['asset_id']),
    quantity: String(row['quantity']),
    value: valueOf(row as Pick<ValueRow, 'number' | 'word'>),
    unit: row['unit'] as string | null,
    quality: row['quality'] as ObservationEntity['quality'],
    flag: row['flag'] as string | null,
    at: Number(row['at']),
    receivedAt: Number(row['received_at']),
    district: row['district'] as string | null,
    simulated: (Number(row['marks']) & 1) !== 0,
    drill: (Number(row['marks']) & 2) !== 0,
  };
}
