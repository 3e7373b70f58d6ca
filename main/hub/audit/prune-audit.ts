import type { Database } from 'better-sqlite3';
import type { EpochMs } from '../../contract/time.ts';
import { leastMonthsKept, monthsBefore } from './months-before.ts';

/** What one step of pruning did; as long as there is more, another step is due. */
export interface PruneStep {
  readonly removed: number;
  readonly more: boolean;
}

/** Rows that one step removes unless it is told otherwise: some milliseconds. */
export const pruneStepRows = 500;
/** The most rows that one step may be told to remove. */
export const mostPruneStepRows = 5000;

const limitOf = (now: EpochMs, months: number) => monthsBefore(now, Math.max(months, leastMonthsKept));

/**
 * One step of removing rows older than so many months (six at least), up to a sealed day only: the beginning of the chain moves to the oldest
 * seal that it may move to, in the same transaction as the first rows go; the rest of that day goes in further steps. The database's own triggers
 * refuse whatever is younger than six months.
 * @throws SqliteError when the disk refuses, or when a clock that is ahead asks for too much
 */
export function pruneAudit(database: Database, now: EpochMs, months: number, atMost = pruneStepRows): PruneStep {
  const rows = Math.min(atMost, mostPruneStepRows);
  return database
    .transaction((): PruneStep => {
      const limit = limitOf(now, months);
      const base = database.prepare('SELECT seq FROM audit_base').pluck().get() as number;
      const leftOver = database.prepare('SELECT min(seq) <= ? FROM audit').pluck().get(base) === 1;
      if (!leftOver) {
        const seal = database
          .prepare('SELECT seq, hash FROM audit_seals WHERE seq > ? AND sealed_at <= ? ORDER BY day LIMIT 1')
          .get(base, limit) as { readonly seq: number; readonly hash: string } | undefined;
        if (seal === undefined) return { removed: 0, more: false };
        database.prepare('UPDATE audit_base SET seq = @seq, hash = @hash').run(seal);
      }
      const { changes: removed } = database
        .prepare('DELETE FROM audit WHERE seq <= (SELECT seq FROM audit_base) AND seq IN (SELECT seq FROM audit ORDER BY seq LIMIT ?)')
        .run(rows);
      return { removed, more: true };
    })
    .immediate();
}

/** One step of removing what ended more than so many months ago (six at least) from the watch register. */
export function pruneWatches(database: Database, now: EpochMs, months: number, atMost = pruneStepRows): PruneStep {
  const rows = Math.min(atMost, mostPruneStepRows);
  const limit = limitOf(now, months);
  const { changes: removed } = database
    .prepare(
      'DELETE FROM watches WHERE id IN (SELECT id FROM watches WHERE started_at <= @limit AND ended_at <= @limit ORDER BY started_at LIMIT @rows)',
    )
    .run({ limit, rows });
  return { removed, more: removed === rows };
}
