import { createPublicKey } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../contract/log.ts';
import { createAuditReader } from '../hub/audit/audit-reader.ts';
import { makeExport } from '../hub/audit/make-export.ts';
import { openSealKey } from '../hub/audit/seal-key.ts';
import { auditedLedger, type AuditedLedger, longAgo } from '../hub/audit/testdata/audited-ledger.ts';
import { exportVerify } from './export-verify.ts';

let city: AuditedLedger;
let folder: string;

beforeEach(async () => {
  city = auditedLedger();
  city.fill(5);
  const key = openSealKey(city.folder, false);
  const exportsFolder = join(city.folder, 'exports');
  mkdirSync(exportsFolder);
  const reader = createAuditReader({ ledgerPath: join(city.folder, 'ledger.db'), log: silentLog });
  const made = await makeExport(
    {
      from: 0,
      to: longAgo,
      purpose: '督察',
      caseNumber: null,
      requestedBy: 'zhao',
      approvedBy: 'qian',
      workstation: 'desk 3',
      address: '10.0.0.7',
    },
    { exportsFolder, reader, key, lastSeal: null, leaveFreeBytes: 0, now: longAgo, signal: new AbortController().signal },
  );
  await reader.stop();
  if (!made.ok) throw new Error(made.error.code);
  folder = join(exportsFolder, made.value.exportId);
});
afterEach(() => city.dispose());

async function verify(...args: string[]): Promise<{ code: number; answer: unknown; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await exportVerify.run(args, { out: (line) => out.push(line), err: (line) => err.push(line), cwd: city.folder, env: {} });
  expect(out.length).toBe(code <= 1 ? 1 : 0);
  return { code, answer: out[0] === undefined ? null : JSON.parse(out[0]), err };
}

describe('export verify', () => {
  it('says that all is as it was made, by whom, and with which key', async () => {
    const { code, answer, err } = await verify(folder);
    const keySha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(answer).toMatchObject({ ok: true, requestedBy: 'zhao', approvedBy: 'qian', rows: 10, fault: null, keySha256 });
    expect([code, err.length]).toEqual([0, 1]);
    const given = await verify(folder, '--public-key', join(city.folder, 'seals', 'public.pem'));
    expect([given.code, given.answer]).toEqual([0, answer]);
  });

  it('exits with 1 when one bit was flipped', async () => {
    const file = join(folder, 'audit.jsonl');
    const bytes = readFileSync(file);
    bytes[100]! ^= 4;
    writeFileSync(file, bytes);
    const { code, answer, err } = await verify(folder);
    expect([code, answer]).toMatchObject([1, { ok: false, fault: { file: 'audit.jsonl' } }]);
    expect(err[0]).toContain('audit.jsonl');
  });

  it('exits with 1 when the key is not the hub’s', async () => {
    const other = openSealKey(join(city.folder, 'other'), false);
    expect(createPublicKey(other.publicPem).asymmetricKeyType).toBe('ed25519');
    expect((await verify(folder, '--public-key', join(city.folder, 'other', 'seals', 'public.pem'))).code).toBe(1);
  });

  it('exits with 78 for what cannot be read, and with 64 for wrong usage', async () => {
    expect((await verify(join(city.folder, 'nowhere'))).code).toBe(78);
    copyFileSync(join(folder, 'manifest.json'), join(city.folder, 'no-key'));
    expect((await verify(folder, '--public-key', join(city.folder, 'no-key'))).code).toBe(78);
    expect((await verify()).code).toBe(64);
    expect((await verify(folder, folder)).code).toBe(64);
    expect((await verify(folder, '--nonsense')).code).toBe(64);
  });
});
