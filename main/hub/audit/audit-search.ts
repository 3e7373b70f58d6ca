import type { Database } from 'better-sqlite3';
import type { AuditRow } from '../../contract/audit.ts';
import type { CommandArgs } from '../../contract/catalog.ts';
import { covers, type Scope } from '../../contract/scope.ts';
import { scopeOfRow, shownRow, type StoredRow } from './audit-row.ts';

/** Rows that one page looks at, unless it is told otherwise. */
export const rowsLookedAt = 200_000;
/** A page ends when its rows hold so many characters: one row may hold a few hundred thousand. */
const pageCharacters = 8_000_000;

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** `before` of the next page; null when there is none. */
  readonly next: number | null;
}

/**
 * One page of the audit, newest first, without what the asker's scope does not cover. An actor or a whole command name is looked up in its index,
 * so that only rows of that one are looked at; a period is found by the index of times, wherever the clock has been set back in between.
 */
export function searchAudit(database: Database, filter: CommandArgs<'audit.search'>, scope: Scope, lookAt = rowsLookedAt): AuditPage {
  const { from = 0, to = Number.MAX_SAFE_INTEGER, actor, command, outcome, text, limit } = filter;
  const isPrefix = command?.endsWith('.') ?? false;

  let above = 0;
  let below = filter.before ?? Number.MAX_SAFE_INTEGER;
  if (filter.from !== undefined || filter.to !== undefined) {
    const span = database
      .prepare('SELECT min(seq) AS first, max(seq) AS last FROM audit INDEXED BY audit_by_time WHERE at >= ? AND at <= ?')
      .get(from, to) as { readonly first: number | null; readonly last: number | null };
    if (span.first === null || span.last === null) return { rows: [], next: null };
    above = span.first - 1;
    below = Math.min(below, span.last + 1);
  }

  const indexed: string[] = ['seq > @above', 'seq < @below'];
  if (actor !== undefined) indexed.push('actor = @actor');
  else if (command !== undefined && !isPrefix) indexed.push('command = @command');
  const driving =
    actor !== undefined ? 'INDEXED BY audit_by_actor' : command !== undefined && !isPrefix ? 'INDEXED BY audit_by_command' : '';
  const values: Record<string, string | number> = {
    above,
    below,
    from,
    to,
    ...(actor !== undefined && { actor }),
    ...(command !== undefined && { command, commandEnd: `${command.slice(0, -1)}/` }),
    ...(outcome !== undefined && { outcome }),
    ...(text !== undefined && { text: `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%` }),
  };

  // The oldest row that this page looks at: the search goes on below it.
  const end = database
    .prepare(`SELECT seq FROM audit ${driving} WHERE ${indexed.join(' AND ')} ORDER BY seq DESC LIMIT 1 OFFSET ${lookAt - 1}`)
    .pluck()
    .get(values) as number | undefined;
  if (end !== undefined) values['above'] = end - 1;

  const conditions = [...indexed, 'at >= @from', 'at <= @to'];
  if (command !== undefined) conditions.push(isPrefix ? 'command >= @command AND command < @commandEnd' : 'command = @command');
  if (outcome === 'refused') conditions.push("outcome <> 'ok'");
  else if (outcome !== undefined) conditions.push('outcome = @outcome');
  if (text !== undefined)
    conditions.push(
      `(${['command', 'actor', 'address', 'workstation', 'args'].map((column) => `${column} LIKE @text ESCAPE '\\'`).join(' OR ')})`,
    );
  const found = database
    .prepare(`SELECT * FROM audit ${driving} WHERE ${conditions.join(' AND ')} ORDER BY seq DESC`)
    .iterate(values) as IterableIterator<StoredRow>;

  const rows: AuditRow[] = [];
  let characters = 0;
  for (const row of found) {
    if (!covers(scope, scopeOfRow(row) ?? ['city'])) continue;
    rows.push(shownRow(row));
    characters += row.args.length + row.before.length + row.after.length;
    if (rows.length === limit || characters > pageCharacters) return { rows, next: row.seq };
  }
  return { rows, next: end ?? null };
}
