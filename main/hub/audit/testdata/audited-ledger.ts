import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { silentLog } from '../../../contract/log.ts';
import { openLedger, type SqliteLedger } from '../../ledger/open-ledger.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { type AuditLog, type AuditSubject, createAuditLog } from '../audit-log.ts';

/** 2023-11-15 06:13:20 in Shanghai: old enough to be pruned. */
export const longAgo = 1_700_000_000_000;
export const dayMs = 86_400_000;

export const subject = (commandId: string, more: Partial<AuditSubject> = {}): AuditSubject => ({
  commandId,
  command: 'wall.show',
  actor: 'wang',
  roles: ['operator'],
  door: 'socket',
  address: '10.0.0.7',
  workstation: 'desk 3',
  args: { z: 1, a: '东门' },
  scope: ['none'],
  session: 's1',
  ...more,
});

export interface AuditedLedger {
  readonly folder: string;
  readonly clock: ManualClock;
  readonly ledger: SqliteLedger;
  readonly audit: AuditLog;
  /** So many commands, two rows each. */
  fill(commands: number, more?: Partial<AuditSubject>): void;
  /** What somebody with the file and without scruples does: every trigger is gone first. */
  tamper(work: (database: Database.Database) => void): void;
  /** Closes and opens it, as a restart of the hub does. */
  reopen(): AuditedLedger;
  dispose(): void;
}

/** A ledger in a folder of its own, with an audit and a clock that stands. */
export function auditedLedger(
  now = longAgo,
  folder = mkdtempSync(join(tmpdir(), 'taodu-audit-')),
  clock = new ManualClock(now),
): AuditedLedger {
  const ledger = openLedger(folder, { changesKept: 100, clock, log: silentLog });
  const audit = createAuditLog(ledger.database, clock);
  let count = 0;
  return {
    folder,
    clock,
    ledger,
    audit,
    fill(commands, more) {
      ledger.database.transaction(() => {
        for (let index = 0; index < commands; index += 1) {
          const of = subject(`k${(count += 1)}`, more);
          audit.open(of);
          audit.close(of, { outcome: 'ok', before: { count }, after: null });
        }
      })();
    },
    tamper(work) {
      const raw = new Database(join(folder, 'ledger.db'));
      const triggers = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all() as string[];
      raw.exec(triggers.map((name) => `DROP TRIGGER ${name};`).join(''));
      work(raw);
      raw.close();
    },
    reopen() {
      ledger.close();
      return auditedLedger(now, folder, clock);
    },
    dispose() {
      ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Links every row anew, as whoever rewrites the whole chain does. */
export function relink(database: Database.Database, hashOf: (row: never) => string): void {
  let previous = database.prepare('SELECT hash FROM audit_base').pluck().get() as string;
  for (const row of database.prepare('SELECT * FROM audit ORDER BY seq').all() as { seq: number; hash: string; previous_hash: string }[]) {
    const { hash: _hash, ...covered } = { ...row, previous_hash: previous };
    const hash = hashOf(covered as never);
    database.prepare('UPDATE audit SET previous_hash = ?, hash = ? WHERE seq = ?').run(previous, hash, row.seq);
    previous = hash;
  }
}
