import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { problem, type Problem } from '../contract/errors.ts';
import { err, ok, type Result } from '../contract/result.ts';
import type { EpochMs } from '../contract/time.ts';
import type { TlsFiles } from './tls-files.ts';
import { tlsOptions } from './tls-options.ts';

/** A certificate and its key, checked as a pair. */
export interface ServerCertificate {
  /** PEM: the server's certificate first. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
  /** SHA-256 of the public key (SubjectPublicKeyInfo, RFC 5280 clause 4.1), base64. */
  readonly spkiHash: string;
}

/** Why a pair cannot be used, as it stands in `params.reason`. */
export type UnusableReason =
  | 'missing'
  | 'unreadable'
  | 'malformed'
  | 'key-encrypted'
  | 'key-open-to-others'
  | 'key-mismatch'
  | 'refused'
  | 'expired'
  | 'not-yet-valid';

/** No certificate chain or key is nearly as long. */
const longestBytes = 256 * 1024;

/**
 * Reads a pair and makes sure that a server can use it. Whether its time has come or is over is the caller's to judge. Fails with
 * `certificate-unusable` {path, reason}: see `UnusableReason`. A key that everybody on the machine may read counts as one that is known.
 */
export async function readServerCertificate(files: TlsFiles): Promise<Result<ServerCertificate, Problem>> {
  const chain = await readPem(files.certificate);
  if (!chain.ok) return chain;
  const secret = await readPem(files.key);
  if (!secret.ok) return secret;

  // Windows has no such bits: there the folder's own rights count.
  if (process.platform !== 'win32' && (secret.value.mode & 0o007) !== 0) return unusable(files.key, 'key-open-to-others');
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(chain.value.text);
  } catch (cause) {
    return unusable(files.certificate, 'malformed', cause);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(secret.value.text);
  } catch (cause) {
    const isEncrypted = /ENCRYPTED/.test(secret.value.text);
    return unusable(files.key, isEncrypted ? 'key-encrypted' : 'malformed', cause);
  }
  if (!leaf.checkPrivateKey(key)) return unusable(files.key, 'key-mismatch');
  const pair = { certificate: chain.value.text, key: secret.value.text };
  try {
    createSecureContext(tlsOptions(pair));
  } catch (cause) {
    return unusable(files.certificate, 'refused', cause);
  }
  return ok({
    ...pair,
    notBefore: leaf.validFromDate.getTime(),
    notAfter: leaf.validToDate.getTime(),
    spkiHash: spkiHashOf(leaf),
  });
}

/** SHA-256 of a certificate's public key, base64: what browsers pin. */
export function spkiHashOf(certificate: X509Certificate): string {
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}

/** What is wrong with a pair, with a sentence for the person at the terminal. */
export function certificateProblem(path: string, reason: UnusableReason, cause?: unknown): Problem {
  const because = cause instanceof Error ? `: ${cause.message}` : '';
  return problem('certificate-unusable', { path, reason }, `${path} cannot be used for TLS, ${words[reason]}${because}`);
}

const unusable = (...given: Parameters<typeof certificateProblem>): Result<never, Problem> => err(certificateProblem(...given));

const words: Readonly<Record<UnusableReason, string>> = {
  missing: 'it is not there; "npm run hub -- tls init" makes a pair for trying',
  unreadable: 'it cannot be read',
  malformed: 'it is no PEM of the right kind',
  'key-encrypted': 'it is locked with a passphrase that nobody would be there to type',
  'key-open-to-others': 'everybody on this machine may read it (chmod 600)',
  'key-mismatch': 'it does not belong to the certificate',
  refused: 'TLS refuses it',
  expired: 'its time is over',
  'not-yet-valid': 'its time has not come',
};

async function readPem(path: string): Promise<Result<{ readonly text: string; readonly mode: number }, Problem>> {
  try {
    const { size, mode } = await stat(path);
    if (size > longestBytes) return unusable(path, 'malformed');
    return ok({ text: await readFile(path, 'utf8'), mode });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return unusable(path, code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable', cause);
  }
}
