import { createHash } from 'node:crypto';
import type { AuditRow } from '../../contract/audit.ts';
import { canonicalJson } from '../commands/canonical-json.ts';

/** What the first row of all names as the hash before it. */
export const genesisHash = createHash('sha256').update('taodu audit genesis\n').digest('hex');

/** A row of the audit as it lies in the database; `roles`, `args`, `before`, `after` and `scope` are JSON. */
export interface StoredRow {
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

/** Covers every column as it is stored, and the hash of the row before. Columns that older rows did not have count where they are not NULL. */
export function hashOfRow({ scope, session, ...row }: Omit<StoredRow, 'hash'>): string {
  const covered = { ...row, ...(scope !== null && { scope }), ...(session !== null && { session }) };
  return createHash('sha256').update(canonicalJson(covered)).digest('hex');
}

/** The row as readers get it. */
export function shownRow(row: StoredRow): AuditRow {
  const { command_id: commandId, previous_hash: previousHash, session: _session, ...same } = row;
  return {
    ...same,
    commandId,
    previousHash,
    roles: JSON.parse(row.roles) as string[],
    args: JSON.parse(row.args) as unknown,
    before: JSON.parse(row.before) as unknown,
    after: JSON.parse(row.after) as unknown,
    scope: scopeOfRow(row),
  };
}

/** What a row touched. One so long that it was replaced by its hash is taken as the whole city. */
export function scopeOfRow({ scope }: Pick<StoredRow, 'scope'>): AuditRow['scope'] {
  if (scope === null) return null;
  const claims = JSON.parse(scope) as unknown;
  return Array.isArray(claims) ? (claims as AuditRow['scope']) : ['city'];
}
