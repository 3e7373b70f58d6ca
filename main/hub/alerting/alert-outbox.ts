import type { AlertOutbox } from '../../../alerts/index.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';

/** What is still to be told beyond the house, in the ledger's database: put there in the transaction of the alerts themselves. */
export function createAlertOutbox({ database }: Pick<SqliteLedger, 'database'>): AlertOutbox {
  const add = database.prepare<[number, string, string]>('INSERT INTO alert_outbox (at, receiver, told) VALUES (?, ?, ?)');
  const rows = database.prepare<[], { id: number; at: number; receiver: string; told: string }>(
    'SELECT id, at, receiver, told FROM alert_outbox ORDER BY id',
  );
  const remove = database.prepare<[number]>('DELETE FROM alert_outbox WHERE id = ?');

  return {
    put: (at, receiver, told) => Number(add.run(at, receiver, JSON.stringify(told)).lastInsertRowid),
    *all() {
      for (const { told, ...row } of rows.all()) yield { ...row, told: JSON.parse(told) };
    },
    remove(ids) {
      for (const id of ids) remove.run(id);
    },
  };
}
