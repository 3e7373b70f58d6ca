import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { AuditRow } from '../../contract/audit.ts';
import type { ScopeClaim } from '../../contract/scope.ts';
import type { Clock } from '../../contract/time.ts';
import { canonicalJson } from '../commands/canonical-json.ts';
import { hashOfRow, shownRow, type StoredRow } from './audit-row.ts';
import { type AuditVerdict, verifyAudit } from './verify-audit.ts';

/** The most that one row keeps of arguments, before or after, in characters of JSON; more is replaced by its size and hash. */
export const maxAuditedText = 65_536;

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

/** What a closing row has been written for; `seq` and `at` are that row's. */
export interface AuditClosing {
  readonly seq: number;
  readonly at: number;
  readonly outcome: string;
  readonly subject: AuditSubject;
}

/** The append-only record of commands. A row is part of the transaction that is open, or one of its own. */
export interface AuditLog {
  open(subject: AuditSubject): AuditRow;
  close(subject: AuditSubject, end: AuditEnd): AuditRow;
  /** Each closing row, inside its transaction: what the listener writes stands or falls with the row, and so does the row if it throws. Returns the end. */
  onClose(listener: (closing: AuditClosing) => void): () => void;
  /** Rows after `after`, oldest first. */
  page(after: number, limit: number): AuditRow[];
  /** Recomputes the whole chain, without the signatures of its seals; takes time in proportion to its length, and blocks: for tests and tools. */
  verify(): AuditVerdict;
}

/** The audit over the ledger's database. It keeps no row in memory, so a transaction that is undone leaves no trace here. */
export function createAuditLog(database: Database, clock: Pick<Clock, 'now'>): AuditLog {
  const listeners = new Set<(closing: AuditClosing) => void>();
  const last = database.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const base = database.prepare('SELECT seq, hash FROM audit_base');
  const page = database.prepare('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?');
  const insert = database.prepare(
    `INSERT INTO audit VALUES (@seq, @at, @phase, @command_id, @command, @actor, @roles, @door, @address, @workstation,
                               @args, @outcome, @before, @after, @previous_hash, @hash, @scope, @session)`,
  );

  const write = (phase: 'open' | 'close', subject: AuditSubject, end: AuditEnd | null): AuditRow => {
    const previous = (last.get() ?? base.get()) as { seq: number; hash: string };
    const row: Omit<StoredRow, 'hash'> = {
      seq: previous.seq + 1,
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
      previous_hash: previous.hash,
      scope: subject.scope === null ? null : bounded(subject.scope),
      session: subject.session,
    };
    const stored: StoredRow = { ...row, hash: hashOfRow(row) };
    insert.run(stored);
    if (end !== null) for (const listener of listeners) listener({ seq: row.seq, at: row.at, outcome: end.outcome, subject });
    return shownRow(stored);
  };
  const alone = database.transaction(write);
  // Inside another transaction, which is undone as a whole, a savepoint would only cost time.
  const append: typeof write = (...row) => (database.inTransaction ? write(...row) : alone(...row));

  return {
    open: (subject) => append('open', subject, null),
    close: (subject, end) => append('close', subject, end),
    onClose(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    page: (after, limit) => (page.all(after, limit) as StoredRow[]).map(shownRow),
    verify: () => verifyAudit(database),
  };
}

function bounded(value: unknown): string {
  const text = canonicalJson(value);
  if (text.length <= maxAuditedText) return text;
  return canonicalJson({ tooLong: { characters: text.length, sha256: createHash('sha256').update(text).digest('hex') } });
}
