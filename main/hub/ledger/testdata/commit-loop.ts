import { writeSync } from 'node:fs';
import { silentLog } from '../../../contract/log.ts';
import { systemClock } from '../../../supervision/system-clock.ts';
import { createAuditLog } from '../../audit/audit-log.ts';
import { openDataFolder } from '../data-folder.ts';
import { openLedger } from '../open-ledger.ts';

// A hub that commits as fast as it can and acknowledges every commit on stdout, until it is killed. Each commit changes
// two entities that must always agree, keeps a secret, and writes its audit row in the same transaction.
const folder = openDataFolder(process.argv[2] ?? '');
if (!folder.ok) throw new Error(folder.error.code);
const ledger = openLedger(folder.value.path, { changesKept: 200, clock: systemClock, log: silentLog });
const audit = createAuditLog(ledger.database, systemClock);
writeSync(1, `epoch ${ledger.epoch}\n`);
for (;;) {
  const next = ledger.seq + 1;
  const value = { next, padding: 'x'.repeat(next % 5_000) };
  const commit = ledger.transact(
    {
      cause: { kind: 'timer', id: `t${next}`, by: 'loop' },
      changes: [
        { collection: 'layouts', op: 'put', key: 'left', value },
        { collection: 'layouts', op: 'put', key: `right-${next % 50}`, value },
      ],
      secrets: [{ key: 'last', value: String(next) }],
    },
    () =>
      audit.close(
        {
          commandId: `k${next}`,
          command: 'loop',
          actor: 'loop',
          roles: [],
          door: 'internal',
          address: '-',
          workstation: null,
          args: { next },
          scope: null,
          session: null,
        },
        { outcome: 'ok' },
      ),
  );
  writeSync(1, `${commit?.seq}\n`);
}
