import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ProblemError } from '../../../contract/errors.ts';
import { silentLog } from '../../../contract/log.ts';
import { createAuditLog } from '../../audit/audit-log.ts';
import { openLedger } from '../../ledger/open-ledger.ts';
import { createBallast } from './ballast.ts';

const mb = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'taodu-full-'));
const mounted = mountSmall();
afterAll(() => {
  if (mounted) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
});

/** A disk of 24 MB, where this machine and user can make one. */
function mountSmall(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'taodu-test', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Takes all the room that is left. */
function fill(): void {
  const file = openSync(join(folder, 'filler'), 'a');
  const piece = Buffer.alloc(64 * 1024, 1);
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(folder);
      if (writeSync(file, piece, 0, Math.max(1, Math.min(piece.length, bavail * bsize))) === 0) return;
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
  } finally {
    closeSync(file);
  }
}

const subject = {
  commandId: 'k',
  command: 'session.login',
  actor: 'wang',
  roles: [],
  door: 'http',
  address: '10.0.0.1',
  workstation: null,
  args: { text: 'x'.repeat(2000) },
  scope: null,
  session: null,
};

test.skipIf(!mounted)(
  'on a disk that is really full (needs root and mount) the ballast lets the audit go on; then nothing is half written',
  async () => {
    const ledger = openLedger(folder, { changesKept: 100, clock: { now: () => 1 }, log: silentLog });
    const audit = createAuditLog(ledger.database, { now: () => 1 });
    const ballast = createBallast(folder, 8 * mb);
    let given = 0;
    const write = () =>
      ledger.transact({ changes: [], cause: { kind: 'timer', id: 't', by: 't' } }, () => void audit.close(subject, { outcome: 'ok' }));
    const refusal = () => {
      try {
        for (let count = 0; count < 100_000; count += 1) write();
      } catch (cause) {
        if (cause instanceof ProblemError) return cause.problem.code;
        throw cause;
      }
      return null;
    };
    try {
      await ballast.take();
      write();
      fill();
      expect(refusal()).toBe('unavailable'); // nobody makes room
      const { rows } = audit.verify();
      fill();
      ledger.whenFull(() => {
        given += 1;
        return ballast.giveBack();
      });
      write();
      expect([given, ballast.held, audit.verify()]).toMatchObject([1, false, { ok: true, rows: rows + 1 }]);
      for (let count = 0; count < 500; count += 1) write();
      expect(given).toBe(1);
      expect(refusal()).toBe('unavailable');
      expect(given).toBe(2);
      expect(audit.verify().ok).toBe(true);
      rmSync(join(folder, 'filler'));
      write();
      expect(audit.verify().ok).toBe(true);
      expect(ledger.database.pragma('integrity_check', { simple: true })).toBe('ok');
    } finally {
      ledger.close();
    }
  },
);
