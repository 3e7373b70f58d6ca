import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../contract/log.ts';
import { type AuditReader, createAuditReader } from './audit-reader.ts';
import { manifestFile, publicKeyFile, signatureFile } from './export-manifest.ts';
import { makeExport, type MadeExport, removeUnfinishedExports } from './make-export.ts';
import { type Seal, signSeal } from './seal.ts';
import { openSealKey, type SealKey } from './seal-key.ts';
import { auditedLedger, type AuditedLedger, longAgo } from './testdata/audited-ledger.ts';
import { verifyExport } from './verify-export.ts';

let city: AuditedLedger;
let reader: AuditReader;
let key: SealKey;
let exportsFolder: string;
let seal: Seal;

const order = {
  from: longAgo,
  to: longAgo + 1000,
  purpose: '督察',
  caseNumber: 'A-17',
  requestedBy: 'zhao',
  approvedBy: 'qian',
  workstation: 'desk 3',
  address: '10.0.0.7',
};
const make = async (signal = new AbortController().signal): Promise<MadeExport> => {
  const made = await makeExport(order, { exportsFolder, reader, key, lastSeal: seal, now: longAgo + 5000, signal });
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
};

beforeEach(() => {
  city = auditedLedger();
  key = openSealKey(city.folder, false);
  seal = signSeal(key.privateKey, { day: '2023-11-14', seq: 1, hash: 'a'.repeat(64), rows: 1, sealedAt: longAgo, previous: null });
  exportsFolder = join(city.folder, 'exports');
  removeUnfinishedExports(exportsFolder);
  reader = createAuditReader({ ledgerPath: join(city.folder, 'ledger.db'), log: silentLog });
});
afterEach(async () => {
  await reader.stop();
  city.dispose();
});

async function liveAWhile(): Promise<void> {
  city.fill(3, { scope: [{ district: '320282001', groups: ['公安'] }], session: 's1' });
  city.ledger.commit([{ collection: 'cameras', op: 'put', key: 'c1', value: { id: 'c1', number: 'C-1', name: '=HYPERLINK("x")' } }], {
    kind: 'command',
    id: 'k',
    by: 'wang',
  });
  const insert = city.ledger.database.prepare(
    "INSERT INTO watches VALUES (?, 'live', ?, 's1', 'wang', '10.0.0.7', ?, NULL, NULL, ?, ?, 2)",
  );
  insert.run(1, 'c1', '@desk', longAgo - 5000, longAgo + 10);
  insert.run(2, 'gone', null, longAgo + 20, null);
  insert.run(3, 'c1', null, longAgo - 5000, longAgo - 1);
  insert.run(4, 'c1', null, longAgo + 1001, null);
  await city.clock.advance(2000);
  city.fill(2);
}

describe('an export', () => {
  it('holds the rows of the period, a manifest that says who takes it for what, and what it is checked with', async () => {
    await liveAWhile();
    const made = await make();
    const folder = join(exportsFolder, made.exportId);
    const files = ['audit.jsonl', 'watches.csv', manifestFile, signatureFile, publicKeyFile];
    expect(readdirSync(folder).sort()).toEqual(files.toSorted());
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(made).toMatchObject({ exportId: expect.stringMatching(/^[0-9a-f]{32}$/), rows: 8 });
    const bytes = ['audit.jsonl', 'watches.csv', manifestFile].map((file) => statSync(join(folder, file)).size);
    expect(made.bytes).toBe(bytes.reduce((sum, one) => sum + one, 0));
    const manifest = JSON.parse(readFileSync(join(folder, manifestFile), 'utf8')) as object;
    expect(manifest).toMatchObject({ ...order, exportId: made.exportId, at: longAgo + 5000, rows: 8, seal: { day: '2023-11-14' } });
    const rows = readFileSync(join(folder, 'audit.jsonl'), 'utf8').trim().split('\n');
    expect(rows.map((row) => (JSON.parse(row) as { seq: number }).seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(verifyExport(folder, null)).toMatchObject({ ok: true, fault: null, manifest });
    expect(verifyExport(folder, key.publicKey)).toMatchObject({ ok: true });
  });

  it('has the register as a table that a spreadsheet reads and does not run', async () => {
    await liveAWhile();
    const { exportId } = await make();
    const text = readFileSync(join(exportsFolder, exportId, 'watches.csv'), 'utf8');
    expect(text.startsWith('\ufeff')).toBe(true);
    expect(parse(text, { bom: true, columns: true })).toEqual([
      {
        id: '1',
        kind: 'live',
        camera_id: 'c1',
        camera_number: 'C-1',
        camera_name: `'=HYPERLINK("x")`,
        actor: 'wang',
        address: '10.0.0.7',
        workstation: `'@desk`,
        wall_id: '',
        screen_id: '',
        from: new Date(longAgo - 5000).toISOString(),
        until: new Date(longAgo + 10).toISOString(),
        audit_seq: '2',
      },
      expect.objectContaining({ id: '2', camera_id: 'gone', camera_number: '', until: '' }),
    ]);
  });

  it('may be of a time when nothing was', async () => {
    const { exportId, rows } = await make();
    expect(rows).toBe(0);
    expect(verifyExport(join(exportsFolder, exportId), null)).toMatchObject({ ok: true });
  });

  it('is longer than one step of the worker and of the reader', async () => {
    city.fill(1300, { args: { long: '东'.repeat(300) } });
    const { exportId, rows } = await make();
    expect(rows).toBe(2600);
    expect(verifyExport(join(exportsFolder, exportId), null)).toMatchObject({ ok: true });
  });

  it('leaves nothing behind when its time is over, or a crash left it half made', async () => {
    city.fill(10);
    await expect(make(AbortSignal.abort())).rejects.toThrow('deadline-exceeded');
    expect(readdirSync(exportsFolder)).toEqual([]);
    mkdirSync(join(exportsFolder, 'abc.new'));
    const { exportId } = await make();
    removeUnfinishedExports(exportsFolder);
    expect(readdirSync(exportsFolder)).toEqual([exportId]);
  });
});

describe('checking an export', () => {
  let folder: string;
  const original = () => join(exportsFolder, readdirSync(exportsFolder)[0]!);
  beforeEach(async () => {
    await liveAWhile();
    await make();
    folder = join(city.folder, 'copy');
    cpSync(original(), folder, { recursive: true });
  });

  it.each(['audit.jsonl', 'watches.csv', manifestFile, signatureFile])('finds any one bit that was flipped in %s', (file) => {
    const bytes = readFileSync(join(folder, file));
    for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 61))) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(join(folder, file), flipped);
      expect(verifyExport(folder, null).ok, `byte ${at}`).toBe(false);
    }
    writeFileSync(join(folder, file), bytes);
    expect(verifyExport(folder, null).ok).toBe(true);
  });

  it.each<[string, (folder: string) => void, object]>([
    ['a row too many', (at) => appendFileSync(join(at, 'audit.jsonl'), '{}\n'), { file: 'audit.jsonl' }],
    [
      'a file cut',
      (at) => writeFileSync(join(at, 'watches.csv'), readFileSync(join(at, 'watches.csv')).subarray(0, 20)),
      { file: 'watches.csv' },
    ],
    ['a file that is missing', (at) => rmSync(join(at, 'watches.csv')), { file: 'watches.csv', reason: 'it is missing' }],
    ['a key that is none', (at) => writeFileSync(join(at, publicKeyFile), 'x'), { file: publicKeyFile }],
  ])('finds %s', (_name, harm, fault) => {
    harm(folder);
    expect(verifyExport(folder, null)).toMatchObject({ ok: false, fault });
  });

  it('finds what another key signed anew, when it is told the right one', () => {
    const other = openSealKey(join(city.folder, 'other'), false);
    expect(verifyExport(folder, other.publicKey)).toMatchObject({
      ok: false,
      fault: { file: manifestFile, reason: expect.stringContaining('signature') },
    });
    expect(verifyExport(folder, key.publicKey).keySha256).not.toBe(verifyExport(folder, other.publicKey).keySha256);
  });

  it('finds a row that was rewritten by whoever holds the signing key, by its hash and by its link', async () => {
    const rewrite = async (change: (rows: Record<string, unknown>[]) => void) => {
      const rows = readFileSync(join(original(), 'audit.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row) as Record<string, unknown>);
      change(rows);
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
      await resign(folder, text);
      return verifyExport(folder, null).fault;
    };
    expect(await rewrite(() => {})).toBeNull();
    expect(await rewrite((rows) => void (rows[2]!['actor'] = 'li'))).toEqual({ file: 'audit.jsonl', reason: 'row 3 is not what it was' });
    expect(await rewrite((rows) => void (rows[3]!['scope'] = null))).toEqual({ file: 'audit.jsonl', reason: 'row 4 is not what it was' });
    expect(await rewrite((rows) => void (rows[0]!['seq'] = 'x'))).toEqual({ file: 'audit.jsonl', reason: 'line 1 is no row of the audit' });
  });

  it('throws when there is nothing to read', () => {
    expect(() => verifyExport(join(city.folder, 'nowhere'), null)).toThrow('ENOENT');
    expect(existsSync(join(city.folder, 'nowhere'))).toBe(false);
  });

  /** Writes another audit.jsonl and makes the manifest fit it. */
  async function resign(into: string, text: string): Promise<void> {
    const { createHash, sign } = await import('node:crypto');
    const manifest = JSON.parse(readFileSync(join(original(), manifestFile), 'utf8')) as { files: Record<string, unknown>[] };
    Object.assign(manifest.files[0]!, { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') });
    const bytes = Buffer.from(JSON.stringify(manifest));
    writeFileSync(join(into, 'audit.jsonl'), text);
    writeFileSync(join(into, manifestFile), bytes);
    writeFileSync(join(into, signatureFile), sign(null, bytes, key.privateKey));
  }
});
