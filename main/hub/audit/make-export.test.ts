import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manifestFile, publicKeyFile, signatureFile } from './export-manifest.ts';
import { removeUnfinishedExports } from './make-export.ts';
import { longAgo } from './testdata/audited-ledger.ts';
import { type ExportingCity, exportingCity, order } from './testdata/exporting-city.ts';
import { verifyExport } from './verify-export.ts';

let city: ExportingCity;

beforeEach(() => {
  city = exportingCity();
});
afterEach(() => city.end());

describe('an export', () => {
  it('holds the rows of the period, a manifest that says who takes it for what, and what it is checked with', async () => {
    await city.liveAWhile();
    const made = await city.make();
    const folder = join(city.exportsFolder, made.exportId);
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
    expect(verifyExport(folder, city.key.publicKey)).toMatchObject({ ok: true });
  });

  it('has the register as a table that a spreadsheet reads and does not run', async () => {
    await city.liveAWhile();
    const { exportId } = await city.make();
    const text = readFileSync(join(city.exportsFolder, exportId, 'watches.csv'), 'utf8');
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
    const { exportId, rows } = await city.make();
    expect(rows).toBe(0);
    expect(verifyExport(join(city.exportsFolder, exportId), null)).toMatchObject({ ok: true });
  });

  it('is longer than one step of the worker and of the reader', async () => {
    city.fill(1300, { args: { long: '东'.repeat(300) } });
    const { exportId, rows } = await city.make();
    expect(rows).toBe(2600);
    expect(verifyExport(join(city.exportsFolder, exportId), null)).toMatchObject({ ok: true });
  });

  it('does not take the room that the audit needs, and leaves nothing behind then', async () => {
    city.fill(10);
    await expect(city.make(undefined, 2 ** 60)).rejects.toThrow('disk-low');
    expect(readdirSync(city.exportsFolder)).toEqual([]);
  });

  it('leaves nothing behind when its time is over, or a crash left it half made', async () => {
    city.fill(10);
    await expect(city.make(AbortSignal.abort())).rejects.toThrow('deadline-exceeded');
    expect(readdirSync(city.exportsFolder)).toEqual([]);
    mkdirSync(join(city.exportsFolder, 'abc.new'));
    const { exportId } = await city.make();
    removeUnfinishedExports(city.exportsFolder);
    expect(readdirSync(city.exportsFolder)).toEqual([exportId]);
  });
});
