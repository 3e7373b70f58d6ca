import type { Database } from 'better-sqlite3';
import type { EpochMs } from '../../contract/time.ts';
import { canonicalJson } from '../commands/canonical-json.ts';
import { genesisHash, hashOfRow, type StoredRow } from './audit-row.ts';

/** What a tool of the administrator did to a ledger that no hub has open. */
export interface NotedDeed {
  readonly command: string;
  /** The account on this machine. */
  readonly by: string;
  readonly at: EpochMs;
  readonly args: unknown;
  readonly before: unknown;
}

/** Adds a row to the audit of a ledger of any version: it has the columns of the first one, and those that came later stay NULL, as in rows from then. */
export function noteInAnyVersion(database: Database, { command, by, at, args, before }: NotedDeed): void {
  const place = (table: string, order: string) =>
    database.prepare(`SELECT seq, hash FROM ${table} ${order}`).get() as { readonly seq: number; readonly hash: string } | undefined;
  const hasBase = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit_base'").get() !== undefined;
  const previous = place('audit', 'ORDER BY seq DESC LIMIT 1') ??
    (hasBase ? place('audit_base', '') : undefined) ?? { seq: 0, hash: genesisHash };
  const row: Omit<StoredRow, 'hash'> = {
    seq: previous.seq + 1,
    at,
    phase: 'close',
    command_id: `${command}-${at}`,
    command,
    actor: by,
    roles: canonicalJson([]),
    door: 'internal',
    address: '-',
    workstation: null,
    args: canonicalJson(args),
    outcome: 'ok',
    before: canonicalJson(before),
    after: canonicalJson(null),
    previous_hash: previous.hash,
    scope: null,
    session: null,
  };
  database
    .prepare(
      `INSERT INTO audit (seq, at, phase, command_id, command, actor, roles, door, address, workstation, args, outcome, before, after, previous_hash, hash)
       VALUES (@seq, @at, @phase, @command_id, @command, @actor, @roles, @door, @address, @workstation, @args, @outcome, @before, @after, @previous_hash, @hash)`,
    )
    .run({ ...row, hash: hashOfRow(row) });
}
