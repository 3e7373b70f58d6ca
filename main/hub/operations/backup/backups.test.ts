import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { problem, type Problem } from '../../../contract/errors.ts';
import { silentLog } from '../../../contract/log.ts';
import { err, ok, type Result } from '../../../contract/result.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { encodeManifest } from './backup-manifest.ts';
import { againAfterMs, createBackups, firstAfterMs, type Backups } from './backups.ts';
import type { BackupFacts, BackupOrder } from './write-backup.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 10, 26);

let folder = '';
const running: Backups[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-backups-'));
});
afterEach(async () => {
  for (const backups of running.splice(0)) await backups.stop();
  rmSync(folder, { recursive: true });
});

/** A backup of a certain time lies there. */
function lying(at: number): void {
  const name = `${new Date(at).toISOString().replaceAll(':', '-')}-7`;
  mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, name, 'manifest.json'),
    encodeManifest({
      format: 'taodu-backup-1',
      productVersion: '1',
      ledgerVersion: 1,
      instanceId: '00000000',
      keyId: '0'.repeat(16),
      at,
      seq: 7,
      epoch: 1,
      audit: { seq: 0, hash: null },
      files: [{ name: 'ledger.db', bytes: 10, sha256: 'a'.repeat(64) }],
    }),
  );
}

async function started(everyHours: number) {
  const clock = new ManualClock(start);
  const orders: BackupOrder[] = [];
  let refusal: Problem | null = null;
  let held: Promise<void> | null = null;
  let changed = Promise.withResolvers<void>();
  const backups = createBackups({
    dataFolder: '/data',
    folder,
    instance: '00000000',
    productVersion: '1.2.3',
    everyHours,
    leaveFreeBytes: 1,
    clock,
    log: silentLog,
    onChange: () => {
      changed.resolve();
      changed = Promise.withResolvers<void>();
    },
    run: async (order): Promise<Result<BackupFacts, Problem>> => {
      orders.push(order);
      if (held) await held;
      return refusal ? err(refusal) : ok({ name: 'b', at: order.now, bytes: 1, ledgerSeq: 1 });
    },
  });
  running.push(backups);
  await changed.promise; // the folder was looked at
  await clock.advance(0);
  return {
    clock,
    backups,
    orders,
    /** Minutes after the start. */
    at: () => orders.map(({ now }) => (now - start) / 60_000),
    refuse: (next: Problem | null) => void (refusal = next),
    hold: (until: Promise<void> | null) => void (held = until),
  };
}

/** Lets hours pass as a clock does: minute by minute would take long, ten at a time is enough. */
async function pass(clock: ManualClock, hours: number): Promise<void> {
  for (let step = 0; step < hours * 6; step += 1) await clock.advance(hour / 6);
}

test('the first comes soon after the start, the next ones by the timetable', async () => {
  const { clock, backups, at } = await started(24);
  expect([backups.lastAt, (await backups.list()).nextAt]).toEqual([null, start + firstAfterMs]);
  await clock.advance(firstAfterMs - 1);
  expect(at()).toEqual([]);
  await clock.advance(1);
  expect([at(), backups.lastAt]).toEqual([[10], start + firstAfterMs]);
  expect((await backups.list()).nextAt).toBe(start + firstAfterMs + 24 * hour);
  await pass(clock, 49);
  expect(at()).toEqual([10, 24 * 60 + 10, 48 * 60 + 10]);
});

test('after a restart the timetable goes on from the last one there is', async () => {
  lying(start - 30 * hour);
  lying(start - 20 * hour);
  const { clock, backups, at } = await started(24);
  expect((await backups.list()).backups.map((backup) => backup.at)).toEqual([start - 20 * hour, start - 30 * hour]);
  await pass(clock, 5);
  expect(at()).toEqual([240]);
});

test('a backup from a future that a wrong clock made does not put the next one off', async () => {
  lying(start + 400 * 24 * hour);
  const { clock, at } = await started(24);
  await pass(clock, 25);
  expect(at()).toEqual([24 * 60]);
});

test('a failure is told, tried again in an hour, and forgotten when it works', async () => {
  const { clock, backups, at, refuse } = await started(24);
  refuse(problem('backup-failed', { reason: 'no-space' }));
  await clock.advance(firstAfterMs);
  expect([backups.failure?.params, backups.lastAt]).toEqual([{ reason: 'no-space' }, null]);
  refuse(null);
  await pass(clock, againAfterMs / hour);
  expect([at().length, backups.failure, backups.lastAt]).toEqual([2, null, start + firstAfterMs + againAfterMs]);
});

test('0 makes none by itself, and one when somebody asks', async () => {
  const { clock, backups, orders } = await started(0);
  expect((await backups.list()).nextAt).toBeNull();
  await pass(clock, 50);
  expect(orders).toEqual([]);
  expect(clock.sleeping).toBe(0);
  expect(await backups.create()).toMatchObject({ ok: true });
  expect(orders).toMatchObject([{ dataFolder: '/data', folder, productVersion: '1.2.3', passphrase: null }]);
});

test('who asks while one is being made gets that one', async () => {
  const { backups, orders, hold } = await started(0);
  const gate = Promise.withResolvers<void>();
  hold(gate.promise);
  const both = [backups.create(), backups.create()];
  gate.resolve();
  expect(await Promise.all(both)).toMatchObject([{ ok: true }, { ok: true }]);
  expect(orders).toHaveLength(1);
  await backups.create();
  expect(orders).toHaveLength(2);
});

test('stops, and then makes none', async () => {
  const { clock, backups, orders } = await started(24);
  await backups.stop();
  expect(await backups.create()).toMatchObject({ ok: false, error: { code: 'shutting-down' } });
  await pass(clock, 25);
  expect([orders, clock.sleeping]).toEqual([[], 0]);
});
