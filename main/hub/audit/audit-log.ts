import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { AuditRow } from '../../contract/audit.ts';
import type { ScopeClaim } from '../../contract/scope.ts';
import type { Clock } from '../../contract/time.ts';
import { canonicalJson } from '../commands/canonical-json.ts';

/** The most that one row keeps of arguments, before or after, in characters of JSON; more is replaced by its size and hash. */
export const maxAuditedText = 65_536;

/** What the first row names as the hash before it. */
export const genesisHash = createHash('sha256').update('taodu audit genesis\n').digest('hex');

/** Who asks for what, through which door: the same in both rows of a command. */
export interface AuditSubject {
  readonly commandId: string;
  readonly command: string;
  readonly actor: string;
  readonly roles: readonly string[];
  readonly door: string;
  readonly address: string;
  readonly workstation: string | null;
  /** The arguments, secrets already removed. */
  readonly args: unknown;
  /** What the command touches; null when nobody can tell. */
  readonly scope: readonly ScopeClaim[] | null;
  readonly session: string | null;
}

/** How it ended: `'ok'`, a state, or an error code. */
export interface AuditEnd {
  readonly outcome: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export type AuditVerdict = { readonly ok: true; readonly rows: number } | { readonly ok: false; readonly firstBadSeq: number };

/** The append-only record of commands. A row is part of the transaction that is open, or one of its own. */
export interface AuditLog {
  open(subject: AuditSubject): AuditRow;
  close(subject: AuditSubject, end: AuditEnd): AuditRow;
  /** Rows after `after`, oldest first. */
  page(after: number, limit: number): AuditRow[];
  /** Recomputes the whole chain; takes time in proportion to its length, and blocks. A worker calls `verifyAudit` instead. */
  verify(): AuditVerdict;
}

interface StoredRow {
  readonly seq: number;
  readonly at: number;
  readonly phase: 'open' | 'close';
  readonly command_id: string;
  readonly command: string;
  readonly actor: string;
  readonly roles: string;
  readonly door: string;
  readonly address: string;
  readonly workstation: string | null;
  readonly args: string;
  readonly outcome: string | null;
  readonly before: string;
  readonly after: string;
  readonly previous_hash: string;
  readonly hash: string;
  readonly scope: string | null;
  readonly session: string | null;
}

/** The audit over the ledger's database. It keeps nothing in memory, so a transaction that is undone leaves no trace here. */
export function createAuditLog(database: Database, clock: Pick<Clock, 'now'>): AuditLog {
  const last = database.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const page = database.prepare('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?');
  const insert = database.prepare(
    `INSERT INTO audit VALUES (@seq, @at, @phase, @command_id, @command, @actor, @roles, @door, @address, @workstation,
                               @args, @outcome, @before, @after, @previous_hash, @hash, @scope, @session)`,
  );

  const append = database.transaction((phase: 'open' | 'close', subject: AuditSubject, end: AuditEnd | null): AuditRow => {
    const previous = last.get() as { seq: number; hash: string } | undefined;
    const row: Omit<StoredRow, 'hash'> = {
      seq: (previous?.seq ?? 0) + 1,
      at: clock.now(),
      phase,
      command_id: subject.commandId,
      command: subject.command,
      actor: subject.actor,
      roles: canonicalJson(subject.roles),
      door: subject.door,
      address: subject.address,
      workstation: subject.workstation,
      args: bounded(subject.args),
      outcome: end?.outcome ?? null,
      before: bounded(end?.before),
      after: bounded(end?.after),
      previous_hash: previous?.hash ?? genesisHash,
      scope: subject.scope === null ? null : bounded(subject.scope),
      session: subject.session,
    };
    const stored: StoredRow = { ...row, hash: hashOf(row) };
    insert.run(stored);
    return shown(stored);
  });

  return {
    open: (subject) => append('open', subject, null),
    close: (subject, end) => append('close', subject, end),
    page: (after, limit) => (page.all(after, limit) as StoredRow[]).map(shown),
    verify: () => verifyAudit(database),
  };
}

/**
 * Walks the chain from its beginning, one row in memory at a time. The first bad row is the one whose content, number or
 * link is not what it must be; when rows were cut from the end, it is the first missing one.
 */
export function verifyAudit(database: Database): AuditVerdict {
  let previous = genesisHash;
  let seq = 0;
  for (const { hash, ...row } of database.prepare('SELECT * FROM audit ORDER BY seq').iterate() as IterableIterator<StoredRow>) {
    if (row.seq !== seq + 1 || row.previous_hash !== previous || hashOf(row) !== hash) return { ok: false, firstBadSeq: seq + 1 };
    previous = hash;
    seq = row.seq;
  }
  const highest = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").pluck().get() as number | undefined;
  return (highest ?? 0) === seq ? { ok: true, rows: seq } : { ok: false, firstBadSeq: seq + 1 };
}

/** Covers every column as it is stored, and the hash of the row before. Columns that older rows did not have count where they are not NULL. */
function hashOf({ scope, session, ...row }: Omit<StoredRow, 'hash'>): string {
  const covered = { ...row, ...(scope !== null && { scope }), ...(session !== null && { session }) };
  return createHash('sha256').update(canonicalJson(covered)).digest('hex');
}

function bounded(value: unknown): string {
  const text = canonicalJson(value);
  if (text.length <= maxAuditedText) return text;
  return canonicalJson({ tooLong: { characters: text.length, sha256: createHash('sha256').update(text).digest('hex') } });
}

function shown(row: StoredRow): AuditRow {
  const { command_id: commandId, previous_hash: previousHash, session: _session, ...same } = row;
  return {
    ...same,
    commandId,
    previousHash,
    roles: JSON.parse(row.roles) as string[],
    args: JSON.parse(row.args) as unknown,
    before: JSON.parse(row.before) as unknown,
    after: JSON.parse(row.after) as unknown,
    scope: row.scope === null ? null : scopeOf(row.scope),
  };
}

/** A scope so long that it was replaced by its hash is taken as the whole city. */
function scopeOf(text: string): AuditRow['scope'] {
  const claims = JSON.parse(text) as unknown;
  return Array.isArray(claims) ? (claims as AuditRow['scope']) : ['city'];
}
