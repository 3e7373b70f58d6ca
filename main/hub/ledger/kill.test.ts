import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Commit } from '../../contract/ledger.ts';
import { silentLog } from '../../contract/log.ts';
import { systemClock } from '../../supervision/system-clock.ts';
import { createAuditLog } from '../audit/audit-log.ts';
import { openDataFolder } from './data-folder.ts';
import { openLedger } from './open-ledger.ts';

let path = '';
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'taodu-kill-'));
});
afterEach(() => rmSync(path, { recursive: true }));

/** Lets a hub commit until it has acknowledged `count` commits, kills it there and then, and answers the last it acknowledged. */
async function commitAndKill(count: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testdata/commit-loop.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'close');
  let last = 0;
  let acknowledged = 0;
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('epoch')) continue;
    last = Number(line);
    acknowledged += 1;
    // Lines that were on their way when the process died are acknowledgements too: read on to the end.
    if (acknowledged === count) child.kill('SIGKILL');
  }
  await gone;
  expect(child.signalCode).toBe('SIGKILL');
  return last;
}

it('loses nothing that was acknowledged when it is killed, whenever that is', async () => {
  // Numerical Recipes' LCG: the same moments every time.
  let state = 20_261_123;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (let round = 1; round <= 8; round += 1) {
    const acknowledged = await commitAndKill(1 + Math.floor(random() * 250));

    const folder = openDataFolder(path);
    if (!folder.ok) throw new Error(folder.error.code);
    const ledger = openLedger(path, { changesKept: 200, clock: systemClock, log: silentLog });
    const audit = createAuditLog(ledger.database, systemClock);
    try {
      expect(ledger.epoch).toBe(round * 2);
      // One commit may have become durable without its acknowledgement getting out.
      expect([acknowledged, acknowledged + 1]).toContain(ledger.seq);
      const left = ledger.get('layouts', 'left') as { next: number };
      expect(left.next).toBe(ledger.seq);
      expect(ledger.get('layouts', `right-${ledger.seq % 50}`)).toEqual(left);
      expect(ledger.secret('last')).toBe(String(ledger.seq));
      const kept = ledger.since(Math.max(0, ledger.seq - 200)) as Commit[];
      expect(kept.at(-1)).toMatchObject({ seq: ledger.seq, cause: { id: `t${ledger.seq}` } });
      expect(audit.verify()).toMatchObject({ ok: true, rows: ledger.seq });
      expect(ledger.database.pragma('integrity_check', { simple: true })).toBe('ok');
    } finally {
      ledger.close();
      folder.value.release();
    }
  }
}, 120_000);
