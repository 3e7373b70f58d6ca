import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditSearch, auditWatches } from '../../contract/audit.ts';
import { silentLog } from '../../contract/log.ts';
import { wholeCity } from '../../contract/scope.ts';
import { type AuditReader, createAuditReader, mostAuditJobs } from './audit-reader.ts';
import { openSealKey } from './seal-key.ts';
import { auditedLedger, type AuditedLedger, longAgo } from './testdata/audited-ledger.ts';

let city: AuditedLedger;
let reader: AuditReader;
let logged: string[];
const patient = () => new AbortController().signal;
const open = (entry?: string) => {
  logged = [];
  const log = { ...silentLog, error: (_fields: object, message: string) => void logged.push(message) };
  reader = createAuditReader({ ledgerPath: join(city.folder, 'ledger.db'), log, ...(entry !== undefined && { entry }) });
};
const search = (text?: string, signal = patient()) =>
  reader.run({ kind: 'search', filter: auditSearch.args.parse(text === undefined ? {} : { text }), scope: wholeCity }, signal);

beforeEach(() => {
  city = auditedLedger();
});
afterEach(async () => {
  await reader.stop();
  city.dispose();
});

describe('the worker that reads the audit', () => {
  beforeEach(() => open());

  it('searches, looks into the register, verifies and exports while the hub writes', async () => {
    const key = openSealKey(city.folder, false);
    city.fill(20);
    const found = await search();
    expect(found.ok && found.value.rows.length).toBe(40);
    city.fill(1);
    const again = await search();
    expect(again.ok && again.value.rows[0]!.seq).toBe(42);
    const watches = await reader.run({ kind: 'watches', filter: auditWatches.args.parse({ actor: 'wang' }), scope: wholeCity }, patient());
    expect(watches).toEqual({ ok: true, value: { watches: [], next: null } });
    const verify = { kind: 'verify', publicPem: key.publicPem, sealsFolder: join(city.folder, 'seals'), now: longAgo } as const;
    expect(await reader.run(verify, patient())).toMatchObject({ ok: true, value: { ok: true, rows: 42 } });
    const folder = join(city.folder, 'out');
    mkdirSync(folder);
    const exported = await reader.run({ kind: 'export', from: 0, to: longAgo, folder, leaveFreeBytes: 0 }, patient());
    expect(exported).toMatchObject({
      ok: true,
      value: {
        ok: true,
        value: [
          { name: 'audit.jsonl', rows: 42 },
          { name: 'watches.csv', rows: 0 },
        ],
      },
    });
    expect(readFileSync(join(folder, 'audit.jsonl'), 'utf8').trim().split('\n')).toHaveLength(42);
  });

  it('answers a search while a long check goes on', async () => {
    const key = openSealKey(city.folder, false);
    city.fill(6000);
    const order: string[] = [];
    const verify = { kind: 'verify', publicPem: key.publicPem, sealsFolder: join(city.folder, 'seals'), now: longAgo } as const;
    const verified = reader.run(verify, patient()).then((verdict) => (order.push('verified'), verdict));
    const found = search().then(() => order.push('found'));
    expect(await verified).toMatchObject({ ok: true, value: { ok: true, rows: 12_000 } });
    await found;
    expect(order).toEqual(['found', 'verified']);
  });

  it('says what it cannot do, and goes on', async () => {
    const exported = await reader.run(
      { kind: 'export', from: 0, to: 1, folder: join(city.folder, 'nowhere'), leaveFreeBytes: 0 },
      patient(),
    );
    expect(exported).toEqual({ ok: false, error: { code: 'unavailable', params: {} } });
    expect(logged).toEqual(['A long read of the audit failed']);
    expect(await search()).toMatchObject({ ok: true });
  });
});

describe('a worker that is asked too much or fails', () => {
  beforeEach(() => open(join(import.meta.dirname, 'testdata', 'crashing-worker.ts')));

  it('is started again by the next job', async () => {
    expect(await search('well')).toMatchObject({ ok: true, value: { next: 7 } });
    const waiting = search('never');
    expect(await search('crash')).toEqual({ ok: false, error: { code: 'unavailable', params: {} } });
    expect(await waiting).toEqual({ ok: false, error: { code: 'unavailable', params: {} } });
    expect(logged).toEqual(['The worker that reads the audit crashed']);
    expect(await search('well')).toMatchObject({ ok: true });
  });

  it('takes so many jobs and no more; one that nobody waits for any more keeps its place until it has ended', async () => {
    const enough = new AbortController();
    const waiting = Array.from({ length: mostAuditJobs }, () => search('never', enough.signal));
    expect(await search('well')).toEqual({ ok: false, error: { code: 'too-many-requests', params: {} } });
    enough.abort();
    for (const answer of await Promise.all(waiting))
      expect(answer).toEqual({ ok: false, error: { code: 'deadline-exceeded', params: {} } });
    expect(await search('well')).toEqual({ ok: false, error: { code: 'too-many-requests', params: {} } });
    // once the worker has said that they are cancelled
    let answer = await search('well');
    while (!answer.ok) {
      await new Promise((resolve) => setImmediate(resolve));
      answer = await search('well');
    }
    expect(answer.value.next).toBe(7);
  });

  it('answers nobody after its end', async () => {
    const waiting = search('never');
    await reader.stop();
    expect(await waiting).toEqual({ ok: false, error: { code: 'shutting-down', params: {} } });
    expect(await search('well')).toEqual({ ok: false, error: { code: 'shutting-down', params: {} } });
  });

  it('is not asked what nobody waits for', async () => {
    expect(await search('well', AbortSignal.abort())).toEqual({ ok: false, error: { code: 'deadline-exceeded', params: {} } });
  });
});
