import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../contract/log.ts';
import { cityDays } from './city-day.ts';
import { monthsBefore } from './months-before.ts';
import { mostPruneStepRows, pruneAudit, pruneWatches } from './prune-audit.ts';
import { storedSeals } from './seal.ts';
import { openSealKey, type SealKey } from './seal-key.ts';
import { startSeals } from './seals.ts';
import { auditedLedger, type AuditedLedger, dayMs } from './testdata/audited-ledger.ts';
import { verifyAudit } from './verify-audit.ts';

let city: AuditedLedger;
let key: SealKey;

/** So many days with this many commands each, all of them sealed. */
async function live(days: number, commands: number): Promise<void> {
  const { ledger, folder, clock } = city;
  const seals = startSeals({ ledger, dataFolder: folder, key, days: cityDays('Asia/Shanghai'), clock, log: silentLog });
  await clock.advance(0);
  for (let day = 0; day < days; day += 1) {
    city.fill(commands);
    await clock.advance(dayMs);
    for (let turn = 0; turn < 3; turn += 1) await clock.advance(0);
  }
  await seals.stop();
}
const verdict = (now = city.clock.now()) => verifyAudit(city.ledger.database, { publicKey: key.publicKey, copies: [], now });
const kept = () =>
  city.ledger.database.prepare('SELECT count(*) AS rows, min(seq) AS first, max(seq) AS last FROM audit').get() as {
    rows: number;
    first: number;
    last: number;
  };
/** Prunes to the end; answers what each step removed. */
function prune(now: number, months = 6, atMost?: number): number[] {
  const steps: number[] = [];
  for (;;) {
    const { removed, more } = pruneAudit(city.ledger.database, now, months, atMost);
    if (!more) return steps;
    steps.push(removed);
    expect(verdict(now)).toMatchObject({ ok: true });
  }
}

beforeEach(() => {
  city = auditedLedger();
  key = openSealKey(city.folder, false);
});
afterEach(() => city.dispose());

describe('months before', () => {
  it.each([
    ['2026-11-26T17:22:32.500Z', 6, '2026-05-26T17:22:32.000Z'],
    ['2026-08-31T00:00:00.000Z', 6, '2026-03-03T00:00:00.000Z'],
    ['2026-01-15T12:00:00.000Z', 12, '2025-01-15T12:00:00.000Z'],
    ['2024-08-29T00:00:00.000Z', 6, '2024-02-29T00:00:00.000Z'],
  ])('%s, %i of them: as SQLite reckons', (now, months, before) => {
    expect(new Date(monthsBefore(Date.parse(now), months)).toISOString()).toBe(before);
    const sqlite = city.ledger.database.prepare('SELECT unixepoch(?, ?) * 1000').pluck().get(now, `-${months} months`);
    expect(sqlite).toBe(Date.parse(before));
  });
});

describe('pruning', () => {
  it('takes whole sealed days that are old enough, in steps, and the chain begins after them', async () => {
    await live(4, 3);
    const [first, second] = storedSeals(city.ledger.database);
    const now = second!.sealedAt + 182 * dayMs;
    expect(prune(now, 6, 4)).toEqual([4, 2, 4, 2]);
    expect(kept()).toEqual({ rows: 12, first: 13, last: 24 });
    expect([first!.seq, second!.seq]).toEqual([6, 12]);
    expect(verdict(now)).toMatchObject({ ok: true, rows: 12 });
    expect(prune(now)).toEqual([]);
    city.fill(1);
    expect(verdict(now)).toMatchObject({ ok: true, rows: 14 });
  });

  it('leaves what is younger than six months whatever is asked for, and what is younger than asked for', async () => {
    await live(2, 1);
    const { sealedAt } = storedSeals(city.ledger.database)[0]!;
    const limit = (months: number) => {
      for (let now = sealedAt; ; now += 3_600_000) if (sealedAt <= monthsBefore(now, months)) return now;
    };
    expect(prune(limit(6) - 3_600_000, 1)).toEqual([]);
    expect(prune(limit(12) - 3_600_000, 12)).toEqual([]);
    expect(prune(limit(12), 12)).toEqual([2]);
  });

  it('goes no further than the last sealed day', async () => {
    await live(1, 1);
    city.fill(5);
    expect(prune(city.clock.now() + 400 * dayMs)).toEqual([2]);
    expect(kept()).toEqual({ rows: 10, first: 3, last: 12 });
  });

  it('may leave nothing: the next row goes on from there, and rows cut from the end show', async () => {
    await live(2, 1);
    const now = city.clock.now() + 400 * dayMs;
    prune(now);
    expect(kept().rows).toBe(0);
    expect(verdict(now)).toMatchObject({ ok: true, rows: 0 });
    city.fill(1);
    expect(city.audit.page(0, 10).map(({ seq }) => seq)).toEqual([5, 6]);
    expect(verdict(now)).toMatchObject({ ok: true, rows: 2 });
    city.tamper((database) => database.exec('DELETE FROM audit WHERE seq = 6'));
    expect(verdict(now)).toMatchObject({ ok: false, rows: 1, firstBadSeq: 6 });
  });

  it('takes at most so many rows a step', async () => {
    await live(1, mostPruneStepRows / 2 + 1);
    expect(prune(city.clock.now() + 400 * dayMs, 6, 1_000_000)).toEqual([mostPruneStepRows, 2]);
  });

  it('is verified rightly by whoever was in the middle of it', async () => {
    await live(3, 2);
    const reader = new Database(join(city.folder, 'ledger.db'), { readonly: true });
    const now = city.clock.now() + 400 * dayMs;
    expect(pruneAudit(city.ledger.database, now, 6, 1)).toEqual({ removed: 1, more: true });
    expect(verifyAudit(reader, { publicKey: key.publicKey, copies: [], now })).toMatchObject({ ok: true, rows: 8 });
    reader.close();
  });
});

describe('what was taken from the beginning otherwise', () => {
  it('is refused by the database itself', async () => {
    await live(2, 1);
    const { database } = city.ledger;
    const seal = storedSeals(database)[0]!;
    expect(() => database.exec('DELETE FROM audit WHERE seq = 1')).toThrow('six months');
    expect(() => database.exec("UPDATE audit_base SET seq = 2, hash = 'x'")).toThrow('six months');
    expect(() => database.exec('DELETE FROM audit_base')).toThrow('one beginning');
    expect(() => database.exec("REPLACE INTO audit_base VALUES (1, 2, 'x')")).toThrow('one beginning');
    database.prepare('UPDATE audit_base SET seq = ?, hash = ?').run(seal.seq, seal.hash);
    expect(() => database.exec(`UPDATE audit_base SET seq = 0`)).toThrow('six months');
  });

  it('is refused while the seal is younger than six months by the machine’s own clock', async () => {
    city.dispose();
    city = auditedLedger(Date.now() - 3 * dayMs);
    key = openSealKey(city.folder, false);
    await live(1, 1);
    expect(() => pruneAudit(city.ledger.database, Date.now() + 365 * dayMs, 6)).toThrow('six months');
    expect(kept().rows).toBe(2);
  });

  it.each([
    ['the beginning moved to a row that no seal names', 3, 3],
    ['the beginning moved to a seal that is too young', 4, 3],
  ])('shows: %s', async (_name, to, firstBadSeq) => {
    await live(3, 1);
    const seals = storedSeals(city.ledger.database);
    // the first day may go, the second and third may not yet
    let now = seals[0]!.sealedAt;
    while (seals[0]!.sealedAt > monthsBefore(now, 6)) now += 3_600_000;
    city.tamper((database) => {
      database.prepare('UPDATE audit_base SET seq = ?, hash = (SELECT hash FROM audit WHERE seq = ?)').run(to, to);
      database.prepare('DELETE FROM audit WHERE seq <= ?').run(to);
    });
    expect(verdict(now)).toMatchObject({ ok: false, firstBadSeq });
  });
});

describe('pruning the watch register', () => {
  const insert = (id: number, startedAt: number, endedAt: number | null) =>
    city.ledger.database
      .prepare("INSERT INTO watches VALUES (?, 'live', 'c1', 's1', 'wang', '10.0.0.7', NULL, NULL, NULL, ?, ?, 1)")
      .run(id, startedAt, endedAt);
  const ids = () => city.ledger.database.prepare('SELECT id FROM watches ORDER BY id').pluck().all();

  it('takes what ended long ago, and never what goes on', () => {
    const now = city.clock.now() + 400 * dayMs;
    const limit = monthsBefore(now, 6);
    insert(1, limit - 10, limit - 5);
    insert(2, limit - 10, limit);
    insert(3, limit - 10, limit + 1);
    insert(4, limit - 10, null);
    insert(5, limit + 1, limit + 2);
    expect(pruneWatches(city.ledger.database, now, 1, 1)).toEqual({ removed: 1, more: true });
    expect(pruneWatches(city.ledger.database, now, 1)).toEqual({ removed: 1, more: false });
    expect(ids()).toEqual([3, 4, 5]);
  });

  it('is refused by the database for what is younger than six months, as every other change is', () => {
    const { database } = city.ledger;
    insert(1, Date.now() - dayMs, Date.now());
    insert(2, Date.now(), null);
    expect(() => pruneWatches(database, Date.now() + 365 * dayMs, 6)).toThrow('six months');
    expect(() => database.exec('DELETE FROM watches WHERE id = 2')).toThrow('six months');
    expect(() => database.exec("UPDATE watches SET actor = 'li' WHERE id = 2")).toThrow('append-only');
    expect(() => database.exec('UPDATE watches SET ended_at = NULL WHERE id = 1')).toThrow('append-only');
  });
});
