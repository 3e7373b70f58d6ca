import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { problem, type Problem } from '../../../contract/errors.ts';
import { err, ok, type Result } from '../../../contract/result.ts';
import { epochMs } from '../../../contract/entity.ts';

/** The name of a backup's folder: when it was made (UTC), and the commit that it ends with. Sorted as text it is sorted by time. */
export const backupNameForm = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-\d{1,16}$/;

/** Decades of daily seals fit. */
export const manifestBytesAtMost = 4 * 1024 * 1024;

/** The only files that a backup may hold; a name that leads elsewhere is none of them. */
export const fileNameForm = /^(ledger\.db|keys\.sealed|seals\/(\d{4}-\d\d-\d\d\.json|public\.pem))$/;

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

const manifestSchema = z
  .object({
    format: z.literal('taodu-backup-1'),
    productVersion: z.string().max(64),
    ledgerVersion: z.number().int().positive(),
    /** Which data folder it is of (see instance-id.ts), and which key its secrets need. */
    instanceId: z.string().regex(/^[0-9a-f]{8}$/),
    keyId: z.string().regex(/^[0-9a-f]{16}$/),
    at: epochMs,
    seq: z.number().int().nonnegative(),
    epoch: z.number().int().nonnegative(),
    /** The last row of the audit; `hash` is null when there was none. */
    audit: z.object({ seq: z.number().int().nonnegative(), hash: sha256Hex.nullable() }).strict(),
    files: z
      .array(z.object({ name: z.string().regex(fileNameForm), bytes: z.number().int().nonnegative(), sha256: sha256Hex }).strict())
      .min(1)
      .max(20_000)
      .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'a file stands there twice')
      .refine((files) => files.some(({ name }) => name === 'ledger.db'), 'there is no ledger'),
  })
  .strict();

/** What a backup says of itself. */
export type BackupManifest = z.output<typeof manifestSchema>;

export function encodeManifest(manifest: BackupManifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
}

/** Reads a manifest of any origin. Fails with `backup-damaged` {file: 'manifest.json', reason: 'size' | 'manifest'}. */
export function decodeManifest(bytes: Uint8Array): Result<BackupManifest, Problem> {
  const refuse = (reason: string) =>
    err(problem('backup-damaged', { file: 'manifest.json', reason }, 'manifest.json of the backup is not readable'));
  if (bytes.length > manifestBytesAtMost) return refuse('size');
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return parsed.success ? ok(parsed.data) : refuse('manifest');
  } catch {
    return refuse('manifest');
  }
}

/**
 * What only a holder of the data folder's secrets key can write under a manifest (HMAC-SHA-256, its key by HKDF, RFC 5869): whoever alters a backup
 * and all its checksums is found out.
 */
export function manifestMac(secretsKey: Uint8Array, manifest: Uint8Array): string {
  const key = Buffer.from(hkdfSync('sha256', secretsKey, '', 'taodu backup manifest', 32));
  return createHmac('sha256', key).update(manifest).digest('hex');
}

/** Compares in constant time. */
export function macFits(secretsKey: Uint8Array, manifest: Uint8Array, mac: string): boolean {
  const right = Buffer.from(manifestMac(secretsKey, manifest));
  const given = Buffer.from(mac);
  return given.length === right.length && timingSafeEqual(given, right);
}
