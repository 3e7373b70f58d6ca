import { setImmediate } from 'node:timers/promises';
import type { AlertHistory, HistoryEntry } from '../../../alerts/index.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';

/** Rows are kept for so long, and so many: at ten alerts in ten minutes, day and night, that is a year. */
const keptMs = 400 * 86_400_000;
const rowsAtMost = 1_500_000;
/** The most rows that one write takes away: its price does not depend on how much there is. */
const trimStep = 64;
const pageRows = 2000;

interface Row extends Omit<HistoryEntry, 'drill'> {
  readonly id: number;
  readonly drill: 0 | 1;
}

/** The steps of alerts in the ledger's database: written in the transaction of the alerts themselves, read a page at a time so that nobody waits for a long read. */
export function createAlertHistory(
  { database }: Pick<SqliteLedger, 'database'>,
  limits: { readonly rowsAtMost: number; readonly pageRows: number } = { rowsAtMost, pageRows },
): AlertHistory {
  const add = database.prepare(
    `INSERT INTO alert_history (at, kind, alert_id, rule, subject, severity, operator, waited_ms, drill)
     VALUES (@at, @kind, @alertId, @rule, @subject, @severity, @operator, @waitedMs, @drill)`,
  );
  const oldest = database.prepare('SELECT min(at) FROM alert_history').pluck();
  const newest = database.prepare('SELECT coalesce(max(id), 0) FROM alert_history').pluck();
  const trim = database.prepare(
    `DELETE FROM alert_history WHERE id IN (SELECT id FROM alert_history WHERE id <= ? OR at < ? ORDER BY id LIMIT ${trimStep})`,
  );
  const page = database.prepare(
    `SELECT id, at, kind, alert_id AS alertId, rule, subject, severity, operator, waited_ms AS waitedMs, drill FROM alert_history
     WHERE (at, id) > (?, ?) AND at < ? ORDER BY at, id LIMIT ?`,
  );

  return {
    append(entries) {
      for (const entry of entries) add.run({ ...entry, drill: entry.drill ? 1 : 0 });
      const last = entries.at(-1);
      if (last !== undefined) trim.run((newest.get() as number) - limits.rowsAtMost, last.at - keptMs);
    },
    since: () => oldest.get() as number | null,
    async *read(from, to) {
      let after: { at: number; id: number } = { at: from, id: -1 };
      for (;;) {
        const rows = page.all(after.at, after.id, to, limits.pageRows) as Row[];
        const last = rows.at(-1);
        if (last === undefined) return;
        yield rows.map(({ id: _id, ...row }) => ({ ...row, drill: row.drill === 1 }));
        if (rows.length < limits.pageRows) return;
        after = { at: last.at, id: last.id };
        await setImmediate();
      }
    },
  };
}
