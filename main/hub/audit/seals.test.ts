import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../contract/errors.ts';
import { silentLog } from '../../contract/log.ts';
import type { Clock } from '../../contract/time.ts';
import { hashOfRow } from './audit-row.ts';
import { cityDays } from './city-day.ts';
import { parseSeal, storedSeals } from './seal.ts';
import { readSealFiles } from './seal-files.ts';
import { openSealKey, type SealKey } from './seal-key.ts';
import { type Seals, startSeals } from './seals.ts';
import { auditedLedger, type AuditedLedger, dayMs, relink } from './testdata/audited-ledger.ts';
import { verifyAudit } from './verify-audit.ts';

let city: AuditedLedger;
let key: SealKey;
let seals: Seals;
let logged: string[];
/** How much the wall clock is off. */
let skew: number;

const start = () => {
  const { ledger, folder } = city;
  const clock: Clock = {
    now: () => city.clock.now() + skew,
    monotonic: () => city.clock.monotonic(),
    sleep: (ms, signal) => city.clock.sleep(ms, signal),
  };
  const note = (_fields: object, message: string) => void logged.push(message);
  const log = { ...silentLog, warn: note, error: note };
  seals = startSeals({ ledger, dataFolder: folder, key, days: cityDays('Asia/Shanghai'), clock, log });
};
/** Lets the days that are over be sealed: each takes a turn of the loop. */
const settle = async () => {
  for (let turn = 0; turn < 12; turn += 1) await city.clock.advance(0);
};
const later = async (ms: number) => {
  await city.clock.advance(ms);
  await settle();
};
const verdict = (more: object = {}) =>
  verifyAudit(city.ledger.database, {
    publicKey: key.publicKey,
    copies: readSealFiles(join(city.folder, 'seals')),
    now: city.clock.now(),
    ...more,
  });
const days = () => storedSeals(city.ledger.database).map(({ day, seq, rows }) => [day, seq, rows]);

beforeEach(async () => {
  logged = [];
  skew = 0;
  city = auditedLedger();
  key = openSealKey(city.folder, false);
  start();
  await settle();
});
afterEach(async () => {
  await seals.stop();
  city.dispose();
});

describe('the seal of a day', () => {
  it('is made once the day is over in the city, with the last row of that day, in the database and in a file', async () => {
    expect(days()).toEqual([]);
    city.fill(3);
    // 06:13 in the morning: seventeen hours later it is still the 15th, eighteen hours later it is not
    await later(17 * 3_600_000);
    expect([days(), seals.last]).toEqual([[], null]);
    city.fill(1);
    await later(3_600_000);
    city.fill(2);
    expect(days()).toEqual([['2023-11-15', 8, 8]]);
    expect(seals.last).toEqual(storedSeals(city.ledger.database)[0]);
    expect(parseSeal(readFileSync(join(city.folder, 'seals', '2023-11-15.json'), 'utf8'))).toEqual(seals.last);
    expect(verdict()).toEqual({ ok: true, rows: 12, firstBadSeq: null, firstBadSeal: null, sealedUntil: '2023-11-15' });
  });

  it('is made for every day after a pause, those without a row included, and each names the one before', async () => {
    city.fill(2);
    await seals.stop();
    await city.clock.advance(2 * dayMs);
    city.fill(1);
    await city.clock.advance(2 * dayMs);
    start();
    await settle();
    expect(days()).toEqual([
      ['2023-11-15', 4, 4],
      ['2023-11-16', 4, 0],
      ['2023-11-17', 6, 2],
      ['2023-11-18', 6, 0],
    ]);
    const stored = storedSeals(city.ledger.database);
    expect(stored.map(({ previous }) => previous)).toEqual([null, ...stored.slice(0, 3).map(({ signature }) => signature)]);
    expect(verdict()).toMatchObject({ ok: true, sealedUntil: '2023-11-18' });
  });

  it('covers rows that a clock set back put out of order', async () => {
    city.fill(1);
    await later(dayMs);
    city.fill(1);
    await later(-dayMs);
    city.fill(1);
    await later(2 * dayMs);
    expect(days()).toEqual([
      ['2023-11-15', 2, 2],
      ['2023-11-16', 4, 2],
    ]);
    await later(dayMs);
    city.fill(1);
    await later(dayMs);
    expect(days().at(-1)).toEqual(['2023-11-18', 8, 4]);
    expect(verdict()).toMatchObject({ ok: true, rows: 8 });
  });

  it('waits for a day when the clock jumped by more than a year, and is not made when it was set right again', async () => {
    city.fill(1);
    await later(dayMs);
    const years = 20 * 365 * dayMs;
    skew = years;
    await later(60_000);
    await later(23 * 3_600_000);
    expect(days()).toHaveLength(1);
    skew = 0;
    await later(3_600_000);
    expect(days().map(([day]) => day)).toEqual(['2023-11-15', '2023-11-16']);
    skew = years;
    await later(60_000);
    await later(dayMs);
    expect(days()).toHaveLength(3);
    expect(logged).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('must hold for a day')));
  });

  it('waits for an hour when the clock jumped by weeks: days that are not over are not sealed because somebody set it for a moment', async () => {
    city.fill(1);
    await later(dayMs);
    skew = 30 * dayMs;
    await later(60_000);
    await later(50 * 60_000);
    expect(days()).toHaveLength(1);
    skew = 0;
    await later(dayMs);
    expect(days().map(([day]) => day)).toEqual(['2023-11-15', '2023-11-16']);
    skew = 30 * dayMs;
    await later(60_000);
    await later(3_600_000);
    for (let turn = 0; turn < 4; turn += 1) await settle();
    expect(days()).toHaveLength(32);
    expect(logged).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('must hold for an hour')));
  });

  it('is tried again when the disk refused it', async () => {
    city.fill(1);
    city.ledger.database.pragma('query_only = ON');
    await later(dayMs);
    expect([days(), logged]).toEqual([[], ['A day of the audit could not be sealed']]);
    city.ledger.database.pragma('query_only = OFF');
    await later(60_000);
    expect(days()).toEqual([['2023-11-15', 2, 2]]);
  });

  it('gets its file at the next start when a power cut came between the two', async () => {
    city.fill(1);
    await later(dayMs);
    await seals.stop();
    const file = join(city.folder, 'seals', '2023-11-15.json');
    rmSync(file);
    start();
    await settle();
    expect(parseSeal(readFileSync(file, 'utf8'))).toEqual(seals.last);
  });
});

describe('the seals show', () => {
  beforeEach(async () => {
    for (let day = 0; day < 3; day += 1) {
      city.fill(2);
      await later(dayMs);
    }
    city.fill(1);
    expect(verdict()).toEqual({ ok: true, rows: 14, firstBadSeq: null, firstBadSeal: null, sealedUntil: '2023-11-17' });
  });

  it.each([
    ['what was rewritten', "UPDATE audit SET actor = 'li' WHERE seq = 6", '2023-11-16'],
    ['what was rewritten on the first day', "UPDATE audit SET actor = 'li' WHERE seq = 1", '2023-11-15'],
    ['what was taken out', 'DELETE FROM audit WHERE seq = 8; UPDATE audit SET seq = seq - 1 WHERE seq > 8', '2023-11-16'],
  ])('%s although the whole chain was linked anew', (_name, sql, firstBadSeal) => {
    city.tamper((database) => {
      database.exec(sql);
      relink(database, hashOfRow);
      database.exec("UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM audit) WHERE name = 'audit'");
    });
    expect(verdict()).toMatchObject({ ok: false, firstBadSeq: null, firstBadSeal });
  });

  it('what was cut from the end, although SQLite was made to forget it', () => {
    city.tamper((database) => database.exec("DELETE FROM audit WHERE seq > 9; UPDATE sqlite_sequence SET seq = 9 WHERE name = 'audit'"));
    expect(verdict()).toMatchObject({ ok: false, rows: 9, firstBadSeq: 10, firstBadSeal: '2023-11-17' });
  });

  it.each([
    ['seq', 'UPDATE audit_seals SET seq = 9 WHERE day = $day'],
    ['hash', 'UPDATE audit_seals SET hash = (SELECT hash FROM audit WHERE seq = 7) WHERE day = $day'],
    ['number of rows', 'UPDATE audit_seals SET rows = 5 WHERE day = $day'],
    ['time', 'UPDATE audit_seals SET sealed_at = sealed_at - 1 WHERE day = $day'],
    ['signature', "UPDATE audit_seals SET signature = (SELECT signature FROM audit_seals WHERE day = '2023-11-15') WHERE day = $day"],
  ])('a seal with another %s', (_name, sql) => {
    city.tamper((database) => database.prepare(sql).run({ day: '2023-11-16' }));
    expect(verdict()).toMatchObject({ ok: false, firstBadSeal: '2023-11-16' });
    // its copy in a file is not needed for that
    expect(verdict({ copies: [] })).toMatchObject({ ok: false, firstBadSeal: '2023-11-16' });
  });

  it('a seal that was taken out: the next does not follow, and its copy says that there was one', () => {
    city.tamper((database) => database.exec("DELETE FROM audit_seals WHERE day = '2023-11-16'"));
    expect(verdict()).toMatchObject({ ok: false, firstBadSeal: '2023-11-16' });
    expect(verdict({ copies: [] })).toMatchObject({ ok: false, firstBadSeal: '2023-11-17' });
  });

  it('the last seal taken out, by a copy that was kept elsewhere', () => {
    const copies = readSealFiles(join(city.folder, 'seals'));
    city.tamper((database) => database.exec("DELETE FROM audit_seals WHERE day = '2023-11-17'"));
    expect(verdict({ copies: [] })).toMatchObject({ ok: true, sealedUntil: '2023-11-16' });
    expect(verdict({ copies })).toMatchObject({ ok: false, firstBadSeal: '2023-11-17' });
  });

  it('a file that was altered, and one that is none', () => {
    const file = join(city.folder, 'seals', '2023-11-16.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"rows": 4', '"rows": 3'));
    expect(verdict()).toMatchObject({ ok: false, firstBadSeal: '2023-11-16' });
    writeFileSync(file, 'nothing');
    expect(verdict()).toMatchObject({ ok: false, firstBadSeal: '2023-11-16' });
  });

  it('seals that another key made', async () => {
    await seals.stop();
    rmSync(join(city.folder, 'keys', 'seal.key'));
    const other = openSealKey(city.folder, false);
    expect(verdict({ publicKey: other.publicKey })).toMatchObject({ ok: false, firstBadSeal: '2023-11-15' });
  });

  it('that no trigger lets them be changed, removed or replaced', () => {
    const { database } = city.ledger;
    expect(() => database.exec('UPDATE audit_seals SET rows = 1')).toThrow('never changed');
    expect(() => database.exec('DELETE FROM audit_seals')).toThrow('never removed');
    expect(() => database.exec('REPLACE INTO audit_seals SELECT * FROM audit_seals')).toThrow('never changed');
  });
});

describe('the key of the seals', () => {
  it('is made once, for its owner alone, and its public half lies beside the seals', () => {
    const path = join(city.folder, 'keys', 'seal.key');
    const before = readFileSync(path, 'utf8');
    chmodSync(path, 0o644);
    expect(openSealKey(city.folder, true).publicPem).toBe(key.publicPem);
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([before, 0o600]);
    expect(readFileSync(join(city.folder, 'seals', 'public.pem'), 'utf8')).toBe(key.publicPem);
    expect(key.publicPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  });

  it('takes the place of another that was put beside the seals', () => {
    writeFileSync(join(city.folder, 'seals', 'public.pem'), 'somebody else');
    openSealKey(city.folder, true);
    expect(readFileSync(join(city.folder, 'seals', 'public.pem'), 'utf8')).toBe(key.publicPem);
  });

  it.each([
    ['is lost', (path: string) => rmSync(path), 'seal-key-missing'],
    ['is damaged', (path: string) => writeFileSync(path, 'x'), 'seal-key-damaged'],
  ])('is not made anew when it %s although days were sealed', (_name, harm, reason) => {
    harm(join(city.folder, 'keys', 'seal.key'));
    let thrown: unknown;
    try {
      openSealKey(city.folder, true);
    } catch (cause) {
      thrown = cause;
    }
    expect(thrown).toBeInstanceOf(ProblemError);
    expect((thrown as ProblemError).problem).toMatchObject({ code: 'data-folder-unusable', params: { reason } });
    expect(readdirSync(join(city.folder, 'seals'))).toContain('public.pem');
    expect(existsSync(join(city.folder, 'keys', 'seal.key.new'))).toBe(false);
  });
});
