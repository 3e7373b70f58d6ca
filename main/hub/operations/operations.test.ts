import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { configSchema, type Config } from '../../config/config.ts';
import type { AnyCommand } from '../../contract/define-command.ts';
import { commands } from '../../contract/catalog.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import { type Log, silentLog } from '../../contract/log.ts';
import type { Health } from '../../contract/operations.ts';
import { err, ok } from '../../contract/result.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import type { AuditRun } from './assess-health.ts';
import { createOperations, type Operations, type OperationsOptions } from './operations.ts';

const mb = 1024 * 1024;
/** 01:00 in Shanghai. */
const start = Date.UTC(2026, 10, 25, 17);
const minute = 60_000;

let folder = '';
let ledger: SqliteLedger;
const running: Operations[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-operations-'));
  ledger = openLedger(folder, { changesKept: 100, clock: { now: () => start }, log: silentLog });
});
afterEach(async () => {
  for (const operations of running.splice(0)) await operations.stop();
  ledger.close();
  rmSync(folder, { recursive: true });
});

function started(more: Partial<OperationsOptions> = {}, config: Partial<Config> = {}) {
  const clock = new ManualClock(start);
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (_fields, message) => void errors.push(message) };
  const facts = {
    freeBytes: 2060 * mb, // enough, and no room for the ballast
    verdict: { ok: true, firstBadSeq: null, firstBadSeal: null } as NonNullable<AuditRun>,
    verified: 0,
  };
  const operations: Operations = createOperations({
    config: configSchema.parse({ ...config }),
    dataFolder: folder,
    demo: false,
    version: '1.2.3',
    ledger,
    clock,
    log,
    verifyAudit: () => {
      facts.verified += 1;
      operations.auditVerified(facts.verdict);
      return Promise.resolve(ok(facts.verdict));
    },
    certificate: null,
    pruneJournal: () => Promise.resolve(0),
    freeBytesOf: () => Promise.resolve(facts.freeBytes),
    askTime: () => Promise.resolve(ok({ offsetMs: 5000, delayMs: 10, rootDistanceMs: 0 })),
    ...more,
  });
  running.push(operations);
  /** Minutes pass, each with its look. */
  const pass = async (minutes: number) => {
    for (let count = 0; count < minutes; count += 1) await clock.advance(minute);
  };
  return { operations, clock, facts, errors, pass };
}

const health = (item: string) => ledger.get('health', item) as Health | undefined;

test('every item that can be known is said after the first minute, and nothing more is written while nothing changes', async () => {
  const { pass } = started();
  await pass(2);
  await vi.waitFor(() => expect(health('retention')).toBeDefined()); // it looks into folders
  expect([...ledger.all('health')].map((item) => [(item as Health).id, (item as Health).state]).toSorted()).toEqual([
    ['audit', 'ok'],
    ['backup', 'ok'],
    ['clock', 'unknown'],
    ['disk', 'ok'],
    ['duties', 'ok'],
    ['retention', 'ok'],
  ]);
  const { seq } = ledger;
  await pass(8);
  expect(ledger.seq).toBe(seq);
});

test('a full disk stops what is not needed, and is said at once', async () => {
  const { operations, clock, facts, pass } = started();
  await pass(1);
  const byName = (name: string) => (commands as readonly AnyCommand[]).find((definition) => definition.name === name)!;
  expect(operations.mayWrite(byName('camera.import'))).toBeNull();
  facts.freeBytes = 100 * mb;
  await clock.advance(5000);
  expect(health('disk')).toMatchObject({ state: 'failed', code: 'disk-low', params: { reason: 'full', freeMb: 100 }, since: clock.now() });
  expect(operations.mayWrite(byName('camera.import'))).toMatchObject({ code: 'disk-low' });
  expect(operations.diskIsFull()).toBe(true);
  expect(operations.mayWrite(byName('session.login'))).toBeNull();
});

test('SQLite finding no room is a full disk, said after the write that found it', async () => {
  const { operations, facts, pass } = started();
  await pass(1);
  expect(health('disk')?.state).toBe('ok');
  const pages = ledger.database.pragma('page_count', { simple: true }) as number;
  ledger.database.pragma(`max_page_count = ${pages}`);
  const big = { big: 'x'.repeat(200_000) };
  expect(() => ledger.commit([{ collection: 'cameras', op: 'put', key: 'c1', value: big }], { kind: 'feed', id: 'f', by: 'f' })).toThrow();
  ledger.database.pragma('max_page_count = 1000000');
  expect(operations.mayWrite({ name: 'camera.import', risk: 'routine' } as AnyCommand)).toMatchObject({ code: 'disk-low' });
  facts.freeBytes = 100 * mb;
  await Promise.resolve();
  expect(health('disk')).toMatchObject({ state: 'failed', code: 'disk-low' });
});

test('time servers are asked, and a clock that is off is said with how much', async () => {
  const { pass } = started({}, { clock: { servers: ['ntp.city.example'], driftMs: 1000 } });
  await pass(1);
  expect(health('clock')).toMatchObject({ state: 'failed', code: 'clock-drift', params: { offsetMs: 5000, servers: 1 } });
});

test('the audit is verified once a night; one that was altered stays so over a restart until it is right again', async () => {
  const { facts, pass, operations } = started();
  facts.verdict = { ok: false, firstBadSeq: 7, firstBadSeal: null };
  await pass(119);
  expect([facts.verified, health('audit')?.state]).toEqual([0, 'ok']);
  await pass(61);
  expect([facts.verified, health('audit')]).toMatchObject([1, { state: 'failed', code: 'audit-broken', params: { firstBadSeq: 7 } }]);
  await operations.stop();
  const again = started();
  await again.pass(60);
  expect([again.facts.verified, health('audit')?.code]).toEqual([0, 'audit-broken']);
  await again.pass(80);
  expect([again.facts.verified, health('audit')?.state]).toEqual([1, 'ok']);
  again.operations.auditVerified({ ok: false, firstBadSeq: null, firstBadSeal: '2026-11-20' }); // somebody asked by day
  expect(health('audit')).toMatchObject({ code: 'audit-broken', params: { firstBadSeal: '2026-11-20' } });
});

test('a verification that cannot be made is logged and alarms nobody', async () => {
  const { errors, pass } = started({ verifyAudit: () => Promise.resolve(err(problem('too-many-requests'))) });
  await pass(125);
  expect([errors, health('audit')?.state]).toEqual([['the audit could not be verified tonight'], 'ok']);
});

test('a verification that breaks off ends nothing else, and the hub still stops', async () => {
  const { errors, pass, operations } = started({ verifyAudit: () => Promise.reject(new Error('no thread')) });
  await pass(125);
  expect(errors).toEqual(['the audit could not be verified tonight']);
  await operations.stop();
});

test('certificate and duties follow what is so', async () => {
  const certificate = { current: { notAfter: start + 5 * 86_400_000 }, refused: null as Problem | null };
  const { pass } = started({ certificate });
  const put = (roles: string[]) =>
    ledger.commit(
      [{ collection: 'users', op: 'put', key: 'u1', value: { id: 'u1', name: 'admin', roles, disabled: false, simulated: false } }],
      {
        kind: 'command',
        id: 'k',
        by: 'admin',
      },
    );
  put(['administrator', 'auditor']);
  await pass(1);
  expect([health('certificate'), health('duties')]).toMatchObject([
    { state: 'warning', code: 'certificate-expiring' },
    { state: 'warning', code: 'duties-not-separated', params: { users: 'admin' } },
  ]);
  certificate.refused = problem('certificate-unusable', { reason: 'key-mismatch' });
  put(['administrator']);
  await pass(1);
  expect([health('certificate'), health('duties')]).toMatchObject([
    { state: 'failed', code: 'certificate-unusable', params: { reason: 'key-mismatch' } },
    { state: 'ok' },
  ]);
  for (const operations of running.splice(0)) await operations.stop();
  await started().pass(1); // started again without TLS
  expect(health('certificate')).toBeUndefined();
});

test('backups can be made and listed; figures are there for every item', async () => {
  const { operations, pass } = started();
  await pass(2);
  await vi.waitFor(() => expect(health('retention')).toBeDefined());
  const context = {} as never;
  const made = await operations.handlers['backup.create']({}, context);
  expect(made).toMatchObject({ ok: true, value: { result: { at: start + 2 * minute } } });
  expect(health('backup')?.params).toMatchObject({ lastAt: start + 2 * minute });
  const listed = await operations.handlers['backup.list']({}, context);
  expect(listed).toMatchObject({ ok: true, value: { result: { backups: [made.ok && made.value.result] } } });
  const figures = Object.fromEntries(operations.figures.map(({ name, read }) => [name, read()]));
  expect(figures['taodu_disk_free_bytes']).toBe(2060 * mb);
  expect(figures['taodu_health']).toEqual({ disk: 0, clock: 1, audit: 0, backup: 0, duties: 0, retention: 0 });
});

test('a backup does not take the room below which the disk is called low: the next thing to stop would be the city', async () => {
  const config = { ...configSchema.parse({}), disk: { warnMb: 2 ** 40, stopMb: 1 } };
  const { operations } = started({ config });
  expect(await operations.handlers['backup.create']({}, {} as never)).toMatchObject({
    ok: false,
    error: { code: 'backup-failed', params: { reason: 'no-space' } },
  });
});

test('a clock that is a year ahead at the start makes nothing old, and that is said', async () => {
  const over = { id: 'k1', state: 'confirmed', updatedAt: start };
  ledger.commit([{ collection: 'commands', op: 'put', key: 'k1', value: over }], { kind: 'command', id: 'k1', by: 'admin' });
  ledger.close();
  ledger = openLedger(folder, { changesKept: 100, clock: { now: () => start }, log: silentLog });
  const clock = new ManualClock(start + 365 * 24 * 60 * minute);
  const pruneJournal = vi.fn(() => Promise.resolve(0));
  started({ clock, pruneJournal });
  for (let count = 0; count < 3; count += 1) await clock.advance(minute);
  await vi.waitFor(() => expect(health('retention')).toBeDefined());
  expect([health('retention'), ledger.get('commands', 'k1')]).toMatchObject([{ state: 'warning', code: 'retention-held' }, over]);
  expect(pruneJournal).not.toHaveBeenCalled();
});

test('what feeds sent goes by its age, part by part, by the same clock', async () => {
  const left = [2000, 7, 0];
  const asked: number[] = [];
  const pruneJournal = (now: number) => {
    asked.push(now);
    return Promise.resolve(left.shift() ?? 0);
  };
  const { clock, pass } = started({ pruneJournal });
  await pass(2);
  // Between two parts it rests; other kinds look into folders meanwhile.
  await vi.waitFor(
    async () => {
      await clock.advance(25);
      expect([left, asked.length]).toEqual([[], 3]);
    },
    { timeout: 15_000 },
  );
  for (const now of asked) expect(Math.abs(now - clock.now())).toBeLessThan(minute);
});

test('stops and leaves no timer', async () => {
  const { operations, clock, pass } = started();
  await pass(3);
  await operations.stop();
  expect(clock.sleeping).toBe(0);
});
