import { spawn } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../contract/log.ts';
import { cityDays } from '../hub/audit/city-day.ts';
import { openSealKey } from '../hub/audit/seal-key.ts';
import { startSeals } from '../hub/audit/seals.ts';
import { auditedLedger, type AuditedLedger, dayMs } from '../hub/audit/testdata/audited-ledger.ts';
import { auditVerify } from './audit-verify.ts';

let city: AuditedLedger;
let copies = 0;

/** A data folder of three sealed days and some hours, as a hub that runs leaves it: 14 rows. */
beforeAll(async () => {
  city = auditedLedger();
  const { ledger, folder, clock } = city;
  const key = openSealKey(folder, false);
  const seals = startSeals({ ledger, dataFolder: folder, key, days: cityDays('Asia/Shanghai'), clock, log: silentLog });
  await clock.advance(0);
  for (let day = 0; day < 3; day += 1) {
    city.fill(2, { args: { note: `day ${day}` } });
    await clock.advance(dayMs);
    for (let turn = 0; turn < 3; turn += 1) await clock.advance(0);
  }
  city.fill(1);
  await seals.stop();
});
afterAll(() => city.dispose());

/** The folder as it is, to be altered. */
function copy(): string {
  const folder = join(city.folder, `copy-${(copies += 1)}`);
  city.ledger.database.pragma('wal_checkpoint(TRUNCATE)');
  cpSync(join(city.folder, 'ledger.db'), join(folder, 'ledger.db'));
  cpSync(join(city.folder, 'seals'), join(folder, 'seals'), { recursive: true });
  return folder;
}

/** The tool as it is started from a shell. */
async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'audit', 'verify', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...said };
}

/** The same in this process. */
async function verify(...args: string[]): Promise<{ code: number; answer: unknown; err: string[] }> {
  const out: string[] = [];
  const errors: string[] = [];
  const code = await auditVerify.run(args, { out: (line) => out.push(line), err: (line) => errors.push(line), cwd: city.folder, env: {} });
  expect(out.length).toBe(code <= 1 ? 1 : 0);
  return { code, answer: out[0] === undefined ? null : JSON.parse(out[0]), err: errors };
}

function tamper(folder: string, sql: string): void {
  const raw = new Database(join(folder, 'ledger.db'));
  const triggers = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all() as string[];
  raw.exec(triggers.map((name) => `DROP TRIGGER ${name};`).join(''));
  raw.exec(sql);
  raw.close();
}

describe('audit verify', () => {
  it('says in one line that all is as it was, while the hub runs, and exits with 0', async () => {
    const { code, out, err } = await run('--data', city.folder);
    expect(out).toBe('{"ok":true,"rows":14,"firstBadSeq":null,"firstBadSeal":null,"sealedUntil":"2023-11-17"}\n');
    expect(err).toMatch(/^(\(node.*\n)*taodu: 14 rows are as they were written; sealed until 2023-11-17\n$/);
    expect(code).toBe(0);
  }, 60_000);

  it('exits with 1 when one bit of one row was flipped in the file', async () => {
    const folder = copy();
    const path = join(folder, 'ledger.db');
    const bytes = readFileSync(path);
    const at = bytes.indexOf('"note":"day 1"');
    bytes[at + 13]! ^= 1;
    writeFileSync(path, bytes);
    const { code, out } = await run('--data', folder);
    expect(JSON.parse(out)).toMatchObject({ ok: false, firstBadSeq: expect.any(Number) });
    expect((JSON.parse(out) as { firstBadSeq: number }).firstBadSeq).toSatisfy((seq: number) => seq >= 5 && seq <= 8);
    expect(code).toBe(1);
  }, 60_000);

  it.each([
    ['a row removed', 'DELETE FROM audit WHERE seq = 7', { firstBadSeq: 7, firstBadSeal: null }],
    ['the tail cut', 'DELETE FROM audit WHERE seq > 13', { firstBadSeq: 14, firstBadSeal: null }],
    [
      'the tail cut and forgotten',
      "DELETE FROM audit WHERE seq > 10; UPDATE sqlite_sequence SET seq = 10 WHERE name = 'audit'",
      { firstBadSeq: 11, firstBadSeal: '2023-11-17' },
    ],
    ['a seal changed', "UPDATE audit_seals SET rows = 1 WHERE day = '2023-11-16'", { firstBadSeq: null, firstBadSeal: '2023-11-16' }],
    ['a seal removed', "DELETE FROM audit_seals WHERE day = '2023-11-15'", { firstBadSeq: null, firstBadSeal: '2023-11-15' }],
    [
      'the beginning moved',
      'UPDATE audit_base SET seq = 2, hash = (SELECT hash FROM audit WHERE seq = 2); DELETE FROM audit WHERE seq <= 2',
      { firstBadSeq: 1, firstBadSeal: null },
    ],
  ])('names %s', async (_name, sql, faults) => {
    const folder = copy();
    tamper(folder, sql);
    const { code, answer, err } = await verify('--data', folder);
    expect(answer).toMatchObject({ ok: false, ...faults });
    expect([code, err.length]).toEqual([1, 1]);
  });

  it('finds a beginning that was moved although every seal was taken out, too: it may only lie at one', async () => {
    const folder = copy();
    rmSync(join(folder, 'seals'), { recursive: true });
    tamper(
      folder,
      'DELETE FROM audit_seals; UPDATE audit_base SET seq = 2, hash = (SELECT hash FROM audit WHERE seq = 2); DELETE FROM audit WHERE seq <= 2',
    );
    expect(await verify('--data', folder)).toMatchObject({ code: 1, answer: { ok: false, firstBadSeq: 1 } });
  });

  it('finds seals that were taken out, and all made anew with another key, by copies that were kept elsewhere', async () => {
    const folder = copy();
    const elsewhere = join(folder, 'elsewhere');
    cpSync(join(folder, 'seals'), elsewhere, { recursive: true });
    rmSync(join(folder, 'seals'), { recursive: true });
    tamper(folder, 'DELETE FROM audit_seals');
    expect(await verify('--data', folder)).toMatchObject({ code: 0, answer: { ok: true, sealedUntil: null } });
    expect(await verify('--data', folder, '--seals', elsewhere)).toMatchObject({ code: 1, answer: { firstBadSeal: '2023-11-15' } });
    openSealKey(folder, false);
    const whole = copy();
    expect(await verify('--data', whole, '--seals', join(folder, 'seals'))).toMatchObject({
      code: 1,
      answer: { firstBadSeal: '2023-11-15' },
    });
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    ['is not there', (folder) => rmSync(folder, { recursive: true }), /cannot be read/],
    [
      'holds no ledger',
      (folder) => writeFileSync(join(folder, 'ledger.db'), 'nothing of the kind, but long enough to be read'),
      /cannot be read/,
    ],
    ['has seals and no key', (folder) => rmSync(join(folder, 'seals', 'public.pem')), /public\.pem/],
    ['has a key that is none', (folder) => writeFileSync(join(folder, 'seals', 'public.pem'), 'x'), /no Ed25519/],
    ['was written by an older version', (folder) => tamper(folder, 'PRAGMA user_version = 1'), /older version/],
  ])('exits with 78 when the folder %s', async (_name, harm, said) => {
    const folder = copy();
    harm(folder);
    const { code, err } = await verify('--data', folder);
    expect([code, err.length]).toEqual([78, 1]);
    expect(err[0]).toMatch(said);
  });

  it.each([['--nonsense'], ['folder'], ['--data']])('exits with 64 for %s', async (...args) => {
    const { code, err } = await verify(...args);
    expect(code).toBe(64);
    expect(err[0]).toContain('--help');
  });

  it('explains itself', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toContain('--seals DIR');
    expect(out).toContain('Exit codes: 0');
  }, 60_000);
});
