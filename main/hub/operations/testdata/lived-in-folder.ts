import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../../contract/log.ts';
import { createAuditLog } from '../../audit/audit-log.ts';
import { sealText, signSeal } from '../../audit/seal.ts';
import { openSealKey } from '../../audit/seal-key.ts';
import { instanceId } from '../../instance-id.ts';
import { openLedger, type SqliteLedger } from '../../ledger/open-ledger.ts';

/** When the hub of this folder was last at work. */
export const livedAt = Date.UTC(2026, 10, 25, 12);
export const cameraSecret = 'rtsp://user:hunter2-hunter2@10.0.0.9/1';

const subject = {
  command: 'camera.upsert',
  actor: 'wang',
  roles: ['operator'],
  door: 'http',
  address: '10.1.1.1',
  workstation: null,
  args: {},
  scope: null,
  session: 's1',
};

/** The ledger of a folder; the caller closes it. It does not wait for the disk: no test here cuts the power. */
export function opened(folder: string): SqliteLedger {
  const ledger = openLedger(folder, { changesKept: 100, clock: { now: () => livedAt }, log: silentLog });
  ledger.database.pragma('synchronous = OFF');
  return ledger;
}

/** Opens the ledger of a folder, lets `use` have it, and closes it. */
export function withLedger<T>(folder: string, use: (ledger: SqliteLedger) => T): T {
  const ledger = opened(folder);
  try {
    return use(ledger);
  } finally {
    ledger.close();
  }
}

/** Commits `count` times, each with its audit row. */
export function work(ledger: SqliteLedger, count: number): void {
  const audit = createAuditLog(ledger.database, { now: () => livedAt });
  for (let index = 0; index < count; index += 1) {
    const id = `c${ledger.seq + 1}`;
    ledger.transact(
      {
        changes: [{ collection: 'cameras', op: 'put', key: id, value: { id, padding: 'x'.repeat(500) } }],
        secrets: [{ key: `source:${id}`, value: cameraSecret }],
        cause: { kind: 'command', id, by: 'wang' },
      },
      () => void audit.close({ ...subject, commandId: id }, { outcome: 'ok' }),
    );
  }
}

/** A data folder in which a hub has worked: 40 commits with their audit, secrets, a person's and a wall's session, a sealed day. */
export function livedInFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  instanceId(folder);
  withLedger(folder, (ledger) => {
    work(ledger, 30);
    const { database } = ledger;
    const session = database.prepare(
      `INSERT INTO sessions (id, token_hash, user_id, kind, wall_id, screen_id, created_at, expires_at, last_seen_at, address, workstation)
       VALUES (@id, @id, 'u1', @kind, @wall, @screen, 0, 0, 0, '10.1.1.1', NULL)`,
    );
    session.run({ id: 'person', kind: 'person', wall: null, screen: null });
    session.run({ id: 'screen', kind: 'wall', wall: 'main', screen: '1' });
    const key = openSealKey(folder, false);
    const last = database.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1').get() as { seq: number; hash: string };
    const seal = signSeal(key.privateKey, { day: '2026-11-24', ...last, rows: last.seq, sealedAt: livedAt, previous: null });
    database
      .prepare(
        'INSERT INTO audit_seals (day, seq, hash, rows, sealed_at, signature) VALUES (@day, @seq, @hash, @rows, @sealedAt, @signature)',
      )
      .run(seal);
    writeFileSync(join(folder, 'seals', `${seal.day}.json`), sealText(seal));
    work(ledger, 10);
  });
}
