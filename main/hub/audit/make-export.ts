import { createHash, randomBytes, sign } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../contract/errors.ts';
import { ok, type Result } from '../../contract/result.ts';
import type { EpochMs } from '../../contract/time.ts';
import { syncFolder } from '../ledger/durable-file.ts';
import type { AuditReader } from './audit-reader.ts';
import { exportFormat, type ExportManifest, manifestFile, publicKeyFile, signatureFile } from './export-manifest.ts';
import { givenSeal, type Seal } from './seal.ts';
import type { SealKey } from './seal-key.ts';

/** Who takes what out, and who let him. */
export type ExportOrder = Pick<
  ExportManifest,
  'from' | 'to' | 'purpose' | 'caseNumber' | 'requestedBy' | 'approvedBy' | 'workstation' | 'address'
>;

export interface MadeExport {
  readonly exportId: string;
  readonly rows: number;
  /** Of all files. */
  readonly bytes: number;
  /** Of the manifest, which holds those of the others. */
  readonly sha256: string;
}

const unfinished = '.new';

/** Removes what a crash left half made. */
export function removeUnfinishedExports(exportsFolder: string): void {
  mkdirSync(exportsFolder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(exportsFolder)) {
    if (name.endsWith(unfinished)) rmSync(join(exportsFolder, name), { recursive: true, force: true });
  }
}

/**
 * Makes `<exports>/<id>/` with the files, their manifest, its signature and the key to check it: whole, or not at all. Fails with `disk-low` when it
 * would take room that must be left, and as `AuditReader` does.
 */
export async function makeExport(
  order: ExportOrder,
  options: {
    readonly exportsFolder: string;
    readonly reader: AuditReader;
    readonly key: SealKey;
    readonly lastSeal: Seal | null;
    /** Room that must be left on the disk. */
    readonly leaveFreeBytes: number;
    readonly now: EpochMs;
    readonly signal: AbortSignal;
  },
): Promise<Result<MadeExport, Problem>> {
  const { exportsFolder, reader, key, lastSeal, leaveFreeBytes, now, signal } = options;
  const exportId = randomBytes(16).toString('hex');
  const folder = join(exportsFolder, `${exportId}${unfinished}`);
  mkdirSync(folder, { mode: 0o700 });
  try {
    const done = await reader.run({ kind: 'export', from: order.from, to: order.to, folder, leaveFreeBytes }, signal);
    const written = done.ok ? done.value : done;
    if (!written.ok) return written;
    const files = written.value.map((file) => ({ ...file }));
    const manifest: ExportManifest = {
      format: exportFormat,
      exportId,
      ...order,
      at: now,
      rows: files.reduce((sum, file) => sum + file.rows, 0),
      files,
      seal: lastSeal && givenSeal(lastSeal),
    };
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    const own = { mode: 0o600, flag: 'wx', flush: true };
    writeFileSync(join(folder, manifestFile), text, own);
    writeFileSync(join(folder, signatureFile), sign(null, text, key.privateKey), own);
    writeFileSync(join(folder, publicKeyFile), key.publicPem, own);
    syncFolder(folder);
    renameSync(folder, join(exportsFolder, exportId));
    syncFolder(exportsFolder);
    const bytes = files.reduce((sum, file) => sum + file.bytes, text.length);
    return ok({ exportId, rows: manifest.rows, bytes, sha256: createHash('sha256').update(text).digest('hex') });
  } finally {
    // Nothing is there any more once it has its name.
    rmSync(folder, { recursive: true, force: true });
  }
}
