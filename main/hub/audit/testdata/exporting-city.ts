import { join } from 'node:path';
import { silentLog } from '../../../contract/log.ts';
import { type AuditReader, createAuditReader } from '../audit-reader.ts';
import { makeExport, type MadeExport, removeUnfinishedExports } from '../make-export.ts';
import { signSeal } from '../seal.ts';
import { openSealKey, type SealKey } from '../seal-key.ts';
import { auditedLedger, type AuditedLedger, longAgo } from './audited-ledger.ts';

/** What is taken out, by whom and why: the first second. */
export const order = {
  from: longAgo,
  to: longAgo + 1000,
  purpose: '督察',
  caseNumber: 'A-17',
  requestedBy: 'zhao',
  approvedBy: 'qian',
  workstation: 'desk 3',
  address: '10.0.0.7',
};

export interface ExportingCity extends AuditedLedger {
  readonly key: SealKey;
  readonly exportsFolder: string;
  readonly reader: AuditReader;
  /** Six rows of the audit and two watches within the order's time, and as many outside. */
  liveAWhile(): Promise<void>;
  /** Throws the code of what went wrong. */
  make(signal?: AbortSignal, leaveFreeBytes?: number): Promise<MadeExport>;
  end(): Promise<void>;
}

/** An audited ledger with all that exporting it takes. */
export function exportingCity(): ExportingCity {
  const city = auditedLedger();
  const { ledger, folder, clock } = city;
  const key = openSealKey(folder, false);
  const lastSeal = signSeal(key.privateKey, {
    day: '2023-11-14',
    seq: 1,
    hash: 'a'.repeat(64),
    rows: 1,
    sealedAt: longAgo,
    previous: null,
  });
  const exportsFolder = join(folder, 'exports');
  removeUnfinishedExports(exportsFolder);
  const reader = createAuditReader({ ledgerPath: join(folder, 'ledger.db'), log: silentLog });
  return {
    ...city,
    key,
    exportsFolder,
    reader,
    async liveAWhile() {
      city.fill(3, { scope: [{ district: '320282001', groups: ['公安'] }], session: 's1' });
      const camera = { id: 'c1', number: 'C-1', name: '=HYPERLINK("x")' };
      ledger.commit([{ collection: 'cameras', op: 'put', key: 'c1', value: camera }], { kind: 'command', id: 'k', by: 'wang' });
      const insert = ledger.database.prepare("INSERT INTO watches VALUES (?, 'live', ?, 's1', 'wang', '10.0.0.7', ?, NULL, NULL, ?, ?, 2)");
      insert.run(1, 'c1', '@desk', longAgo - 5000, longAgo + 10);
      insert.run(2, 'gone', null, longAgo + 20, null);
      insert.run(3, 'c1', null, longAgo - 5000, longAgo - 1);
      insert.run(4, 'c1', null, longAgo + 1001, null);
      await clock.advance(2000);
      city.fill(2);
    },
    async make(signal = new AbortController().signal, leaveFreeBytes = 0) {
      const made = await makeExport(order, { exportsFolder, reader, key, lastSeal, leaveFreeBytes, now: longAgo + 5000, signal });
      if (!made.ok) throw new Error(made.error.code);
      return made.value;
    },
    async end() {
      await reader.stop();
      city.dispose();
    },
  };
}
