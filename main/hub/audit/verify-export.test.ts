import { createHash, sign } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportedFiles, manifestFile, publicKeyFile, signatureFile } from './export-manifest.ts';
import { openSealKey } from './seal-key.ts';
import { type ExportingCity, exportingCity } from './testdata/exporting-city.ts';
import { parseManifest, verifyExport } from './verify-export.ts';

let city: ExportingCity;

beforeAll(async () => {
  city = exportingCity();
  await city.liveAWhile();
  await city.make();
});
afterAll(() => city.end());

describe('checking an export', () => {
  let folder: string;
  let copies = 0;
  const original = () => join(city.exportsFolder, readdirSync(city.exportsFolder)[0]!);
  beforeEach(() => {
    folder = join(city.folder, `copy-${(copies += 1)}`);
    cpSync(original(), folder, { recursive: true });
  });

  it.each(['audit.jsonl', 'watches.csv', manifestFile, signatureFile])('finds any one bit that was flipped in %s', (file) => {
    const bytes = readFileSync(join(folder, file));
    for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 29))) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(join(folder, file), flipped);
      expect(verifyExport(folder, null).ok, `byte ${at}`).toBe(false);
    }
    writeFileSync(join(folder, file), bytes);
    expect(verifyExport(folder, null).ok).toBe(true);
  });

  it('takes the files as a browser saves them, of one export', () => {
    const save = (id: string) => {
      for (const name of readdirSync(original())) cpSync(join(original(), name), join(folder, `${id}-${name}`));
    };
    for (const name of readdirSync(folder)) renameSync(join(folder, name), join(folder, `${'a'.repeat(32)}-${name}`));
    writeFileSync(join(folder, 'letter.txt'), 'x');
    expect(verifyExport(folder, null)).toMatchObject({ ok: true, fault: null });
    appendFileSync(join(folder, `${'a'.repeat(32)}-watches.csv`), 'x');
    expect(verifyExport(folder, null)).toMatchObject({ ok: false, fault: { file: 'watches.csv' } });
    save('b'.repeat(32));
    expect(() => verifyExport(folder, null)).toThrow('more than one export');
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
    expect(verifyExport(folder, city.key.publicKey).keySha256).not.toBe(verifyExport(folder, other.publicKey).keySha256);
  });

  it('finds a row that was rewritten by whoever holds the signing key, by its hash and by its link', () => {
    const rewrite = (change: (rows: Record<string, unknown>[]) => void) => {
      const rows = readFileSync(join(original(), 'audit.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row) as Record<string, unknown>);
      change(rows);
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
      resign(folder, text);
      return verifyExport(folder, null).fault;
    };
    expect(rewrite(() => {})).toBeNull();
    expect(rewrite((rows) => void (rows[2]!['actor'] = 'li'))).toEqual({ file: 'audit.jsonl', reason: 'row 3 is not what it was' });
    expect(rewrite((rows) => void (rows[3]!['scope'] = null))).toEqual({ file: 'audit.jsonl', reason: 'row 4 is not what it was' });
    expect(rewrite((rows) => void (rows[0]!['seq'] = 'x'))).toEqual({ file: 'audit.jsonl', reason: 'line 1 is no row of the audit' });
  });

  it('reads no manifest from noise, and takes no row that was altered', () => {
    const text = readFileSync(join(folder, manifestFile), 'utf8');
    const rows = readFileSync(join(folder, 'audit.jsonl'), 'utf8');
    const altered = (of: string) =>
      fc.tuple(fc.nat(of.length), fc.string({ maxLength: 3 })).map(([at, by]) => of.slice(0, at) + by + of.slice(at + 1));
    const manifests = fc.property(fc.oneof(fc.string(), fc.json(), altered(text)), (given) => {
      const read = parseManifest(given);
      return read === null || exportedFiles.every((name) => read.files.some((file) => file.name === name));
    });
    expect(fc.check(manifests, { seed: 20261126, numRuns: 500 }).counterexample).toBeNull();
    const lines = fc.property(fc.oneof(fc.string(), fc.json(), altered(rows)), (given) => {
      resign(folder, given);
      const { fault } = verifyExport(folder, null);
      return fault !== null || given === rows;
    });
    expect(fc.check(lines, { seed: 20261126, numRuns: 100 }).counterexample).toBeNull();
  });

  it('reads no manifest that names one file twice', () => {
    const text = readFileSync(join(folder, manifestFile), 'utf8');
    expect(parseManifest(text)).not.toBeNull();
    expect(parseManifest(text.replace('watches.csv', 'audit.jsonl'))).toBeNull();
    expect(parseManifest(text.replace('watches.csv', '../../ledger.db'))).toBeNull();
  });

  it('throws when there is nothing to read', () => {
    expect(() => verifyExport(join(city.folder, 'nowhere'), null)).toThrow('ENOENT');
    expect(existsSync(join(city.folder, 'nowhere'))).toBe(false);
  });

  /** Writes another audit.jsonl and makes the manifest fit it. */
  function resign(into: string, text: string): void {
    const manifest = JSON.parse(readFileSync(join(original(), manifestFile), 'utf8')) as { files: Record<string, unknown>[] };
    Object.assign(manifest.files[0]!, { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') });
    const bytes = Buffer.from(JSON.stringify(manifest));
    writeFileSync(join(into, 'audit.jsonl'), text);
    writeFileSync(join(into, manifestFile), bytes);
    writeFileSync(join(into, signatureFile), sign(null, bytes, city.key.privateKey));
  }
});
