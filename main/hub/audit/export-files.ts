import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { type Problem, problem } from '../../contract/errors.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { EpochMs } from '../../contract/time.ts';
import type { StoredRow } from './audit-row.ts';
import { csvLine, csvMark } from './csv-line.ts';
import type { StoredWatch } from './watch-search.ts';

/** One file of an export, as its manifest names it. */
export interface ExportFile {
  readonly name: 'audit.jsonl' | 'watches.csv';
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly rows: number;
}

/** Rows between two signs of life. */
const sliceRows = 1000;

/**
 * Writes a period of the audit and of the watch register into a folder that is there and empty: `audit.jsonl`, one row of the audit a line, as it
 * is stored but its JSON columns open, so that anybody can compute the hashes again; `watches.csv`, every watch that overlaps the period.
 * Says after every thousand rows how many it has written. Fails with `disk-low` before less than `leaveFreeBytes` is left on the disk: the audit of
 * everybody else is written there, too.
 */
export function* writeExportFiles(
  database: Database,
  order: { readonly from: EpochMs; readonly to: EpochMs; readonly folder: string; readonly leaveFreeBytes: number },
): Generator<number, Result<readonly ExportFile[], Problem>> {
  const { from, to, folder, leaveFreeBytes } = order;
  const beforeWrite = (bytes: number) => {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize - bytes < leaveFreeBytes) throw new NoRoom();
  };
  using audit = new HashedFile(folder, 'audit.jsonl', beforeWrite);
  using watches = new HashedFile(folder, 'watches.csv', beforeWrite);
  try {
    yield* writeRows(database, from, to, audit);
    yield* writeWatches(database, from, to, watches);
    return ok([audit.end(), watches.end()]);
  } catch (cause) {
    if (!(cause instanceof NoRoom) && (cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
    return err(problem('disk-low', {}, 'there is no room for the export'));
  }
}

/** Ends the writing of an export from within. */
class NoRoom extends Error {}

function* writeRows(database: Database, from: EpochMs, to: EpochMs, file: HashedFile): Generator<number, void> {
  const span = database
    .prepare('SELECT min(seq) AS first, max(seq) AS last FROM audit INDEXED BY audit_by_time WHERE at >= ? AND at <= ?')
    .get(from, to) as { readonly first: number | null; readonly last: number | null };
  if (span.first === null || span.last === null) return;
  const slice = database.prepare(`SELECT * FROM audit WHERE seq > ? AND seq <= ? AND at >= ? AND at <= ? ORDER BY seq LIMIT ${sliceRows}`);
  for (let after = span.first - 1; ;) {
    let read = 0;
    // One row in memory at a time: a thousand of the longest would be a few hundred megabytes.
    for (const row of slice.iterate(after, span.last, from, to) as IterableIterator<StoredRow>) {
      file.row(exportedRow(row));
      after = row.seq;
      read += 1;
    }
    if (read < sliceRows) return;
    yield file.rows;
  }
}

/** A row of the audit as a line of JSON. */
export function exportedRow(row: StoredRow): string {
  const open = (text: string | null) => (text === null ? null : (JSON.parse(text) as unknown));
  const { roles, args, before, after, scope } = row;
  return `${JSON.stringify({ ...row, roles: open(roles), args: open(args), before: open(before), after: open(after), scope: open(scope) })}\n`;
}

const watchColumns = [
  'id',
  'kind',
  'camera_id',
  'camera_number',
  'camera_name',
  'actor',
  'address',
  'workstation',
  'wall_id',
  'screen_id',
  'from',
  'until',
  'audit_seq',
];

function* writeWatches(database: Database, from: EpochMs, to: EpochMs, file: HashedFile): Generator<number, void> {
  file.head(csvMark + csvLine(watchColumns));
  const slice = database.prepare(
    `SELECT watches.*, json_extract(entities.body, '$.number') AS number, json_extract(entities.body, '$.name') AS name
     FROM watches LEFT JOIN entities ON entities.collection = 'cameras' AND entities.key = watches.camera_id
     WHERE (started_at, watches.id) > (@at, @id) AND started_at <= @to AND (ended_at IS NULL OR ended_at >= @from)
     ORDER BY started_at, watches.id LIMIT ${sliceRows}`,
  );
  for (let [at, id] = [0, 0]; ;) {
    const rows = slice.all({ at, id, from, to }) as (StoredWatch & { readonly number: string | null; readonly name: string | null })[];
    for (const row of rows) {
      const until = row.ended_at === null ? null : timeOf(row.ended_at);
      const camera = [row.camera_id, row.number, row.name];
      const who = [row.actor, row.address, row.workstation, row.wall_id, row.screen_id];
      file.row(csvLine([row.id, row.kind, ...camera, ...who, timeOf(row.started_at), until, row.audit_seq]));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < sliceRows) return;
    [at, id] = [last.started_at, last.id];
    yield file.rows;
  }
}

const timeOf = (at: EpochMs) => new Date(at).toISOString();

const bufferBytes = 256 * 1024;

/** A file of its owner's alone that is hashed while it is written. */
class HashedFile implements Disposable {
  readonly #name: ExportFile['name'];
  readonly #beforeWrite: (bytes: number) => void;
  readonly #hash = createHash('sha256');
  #file: number | null;
  #buffer: Buffer[] = [];
  #buffered = 0;
  #bytes = 0;
  rows = 0;

  constructor(folder: string, name: ExportFile['name'], beforeWrite: (bytes: number) => void) {
    this.#name = name;
    this.#beforeWrite = beforeWrite;
    this.#file = openSync(join(folder, name), 'wx', 0o600);
  }

  head(text: string): void {
    const bytes = Buffer.from(text);
    this.#hash.update(bytes);
    this.#buffer.push(bytes);
    this.#buffered += bytes.length;
    this.#bytes += bytes.length;
    if (this.#buffered >= bufferBytes) this.#flush();
  }

  row(text: string): void {
    this.head(text);
    this.rows += 1;
  }

  /** The disk has it. */
  end(): ExportFile {
    this.#flush();
    fsyncSync(this.#file!);
    return { name: this.#name, bytes: this.#bytes, sha256: this.#hash.digest('hex'), rows: this.rows };
  }

  [Symbol.dispose](): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #flush(): void {
    this.#beforeWrite(this.#buffered);
    const bytes = Buffer.concat(this.#buffer);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file!, bytes, at);
    this.#buffer = [];
    this.#buffered = 0;
  }
}
