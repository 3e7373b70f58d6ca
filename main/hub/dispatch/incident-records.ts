import type { IncidentRecords } from '../../../alerts/index.ts';
import type { IncidentLogEntry } from '../../../alerts/incident-contract.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';

interface Row extends Omit<IncidentLogEntry, 'body'> {
  readonly body: string;
}

const entryOf = (row: Row): IncidentLogEntry => ({ ...row, body: JSON.parse(row.body) as unknown });

/** The logs of incidents and their numbers in the ledger's database. Its tables refuse every change and every gap. */
export function createIncidentRecords({ database }: Pick<SqliteLedger, 'database'>): IncidentRecords {
  const add = database.prepare(
    `INSERT INTO incident_log (incident_id, seq, at, entered_at, by, source, kind, body, corrects)
     VALUES (@incidentId, @seq, @at, @enteredAt, @by, @from, @kind, @body, @corrects)`,
  );
  const page = database.prepare<[string, number, number], Row>(
    `SELECT incident_id AS incidentId, seq, at, entered_at AS enteredAt, by, source AS "from", kind, body, corrects FROM incident_log
     WHERE incident_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );
  const forReport = database.prepare<[string, string, number], Row>(
    `SELECT incident_id AS incidentId, seq, at, entered_at AS enteredAt, by, source AS "from", kind, body, corrects FROM incident_log
     WHERE incident_id = ? AND (kind IN ('opened', 'moved', 'edited', 'merge', 'task', 'plan')
       OR seq IN (SELECT seq FROM incident_log WHERE incident_id = ? AND kind IN ('note', 'correction') ORDER BY seq DESC LIMIT ?)) ORDER BY seq`,
  );
  const numbered = database.prepare<[string, string, string, number], { number: string; incidentId: string; sealed: number }>(
    `SELECT number, incident_id AS incidentId, EXISTS (SELECT 1 FROM secrets WHERE key = ? || incident_id) AS sealed FROM incident_numbers
     WHERE number > ? AND number < ? ORDER BY number LIMIT ?`,
  );
  const give = database.prepare('INSERT INTO incident_numbers (number, incident_id) VALUES (?, ?)');
  const lastOfAll = database.prepare<[], string>('SELECT max(number) FROM incident_numbers').pluck();
  // By length first: after 9999 comes 10000.
  const lastOfDay = database
    .prepare<[string], string>('SELECT number FROM incident_numbers WHERE number >= ? ORDER BY length(number) DESC, number DESC LIMIT 1')
    .pluck();

  return {
    append(entries) {
      for (const entry of entries) add.run({ ...entry, body: JSON.stringify(entry.body) });
    },
    give: (number, incidentId) => void give.run(number, incidentId),
    read: (incidentId, after, limit) => page.all(incidentId, after, limit).map(entryOf),
    *readForReport(incidentId, words) {
      for (const row of forReport.iterate(incidentId, incidentId, words)) yield entryOf(row);
    },
    numbered: (after, before, limit, sealedPrefix) =>
      numbered.all(sealedPrefix, after, before, limit).map((row) => ({ ...row, sealed: row.sealed === 1 })),
    lastNumber() {
      const last = lastOfAll.get() ?? null;
      return last === null ? null : lastOfDay.get(last.slice(0, last.lastIndexOf('-')))!;
    },
  };
}
