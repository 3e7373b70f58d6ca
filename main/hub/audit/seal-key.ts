import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { problem, ProblemError } from '../../contract/errors.ts';
import { replaceFile } from '../ledger/durable-file.ts';

/** The key pair that seals days and signs exports. */
export interface SealKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public key as it is given away: PEM (SubjectPublicKeyInfo, RFC 8410). */
  readonly publicPem: string;
}

/**
 * The key of this data folder: `keys/seal.key` (Ed25519, PEM), made at the first start, readable by the owner alone. Its public half is written to
 * `seals/public.pem` whenever that is not what stands there. The caller holds the folder's lock.
 * @param needed days were sealed already, so a missing file is a loss and not a first start
 * @throws ProblemError `data-folder-unusable`
 */
export function openSealKey(dataFolder: string, needed: boolean): SealKey {
  const keys = join(dataFolder, 'keys');
  const path = join(keys, 'seal.key');
  const refuse = (reason: string, detail: string) => new ProblemError(problem('data-folder-unusable', { path, reason }, detail));
  let pem: string;
  try {
    if (statSync(path).mode & 0o077 && process.platform !== 'win32') chmodSync(path, 0o600);
    pem = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw refuse('seal-key-unreadable', `${path} cannot be read: ${String(cause)}`);
    if (needed) throw refuse('seal-key-missing', `${path} is missing, and days of the audit were sealed with it`);
    pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    replaceFile(path, pem);
  }
  const privateKey = ed25519Of(pem);
  if (!privateKey) throw refuse('seal-key-damaged', `${path} holds no Ed25519 key`);
  const publicKey = createPublicKey(privateKey);
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const seals = join(dataFolder, 'seals');
  mkdirSync(seals, { recursive: true, mode: 0o700 });
  if (readText(join(seals, 'public.pem')) !== publicPem) replaceFile(join(seals, 'public.pem'), publicPem);
  return { privateKey, publicKey, publicPem };
}

/** An Ed25519 public key from PEM; null for anything else. */
export function publicKeyOf(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

function ed25519Of(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
