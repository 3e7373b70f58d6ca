import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, chmodSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError, problem } from '../../contract/errors.ts';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Seals values so that a copy of the database alone does not show them: AES-256-GCM (NIST SP 800-38D). */
export interface SecretBox {
  /** Fingerprint of the key: says which key a stored value needs, and nothing about the key. */
  readonly keyId: string;
  /** `name` is authenticated with the text: a sealed value opens only under the name it was sealed for. */
  seal(name: string, text: string): Buffer;
  /** @throws ProblemError `data-folder-unusable` when the value was damaged, exchanged, or sealed under another key. */
  open(name: string, sealed: Uint8Array): string;
}

/** A box around one 32-byte key. */
export function createSecretBox(key: Uint8Array): SecretBox {
  if (key.length !== keyBytes) throw new RangeError(`the key must be ${keyBytes} bytes`);
  return {
    keyId: createHash('sha256').update('taodu secrets key\n').update(key).digest('hex').slice(0, 16),
    seal(name, text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(name));
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open(name, sealed) {
      try {
        const tagAt = sealed.length - tagBytes;
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
          .setAAD(Buffer.from(name))
          .setAuthTag(sealed.subarray(tagAt));
        return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, tagAt)), decipher.final()]).toString('utf8');
      } catch {
        // The library's message is about the cipher, not about what an administrator can do.
        throw new ProblemError(
          problem('data-folder-unusable', { reason: 'secret-damaged' }, 'a stored secret does not open with this key'),
        );
      }
    },
  };
}

/**
 * The box of this data folder: its key is in `keys/secrets.key`, made at the first start, readable by the owner alone.
 * The caller holds the folder's lock, so nobody else makes the file meanwhile.
 * @param needed what already exists was sealed under a key, so a missing file is a loss and not a first start
 * @throws ProblemError `data-folder-unusable`
 */
export function openSecretBox(folder: string, needed: boolean): SecretBox {
  const keys = join(folder, 'keys');
  const path = join(keys, 'secrets.key');
  const refuse = (reason: string, detail: string) => new ProblemError(problem('data-folder-unusable', { path, reason }, detail));
  let key: Buffer;
  try {
    if (statSync(path).mode & 0o077 && process.platform !== 'win32') chmodSync(path, 0o600);
    key = readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
      throw refuse('secrets-key-unreadable', `${path} cannot be read: ${String(cause)}`);
    if (needed) throw refuse('secrets-key-missing', `${path} is missing, and the ledger holds secrets that only it opens`);
    key = randomBytes(keyBytes);
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    storeKey(keys, path, key);
  }
  if (key.length !== keyBytes) throw refuse('secrets-key-damaged', `${path} must hold ${keyBytes} bytes, it holds ${key.length}`);
  return createSecretBox(key);
}

/** Writes under another name first: a power cut leaves a whole key or none. */
function storeKey(folder: string, path: string, key: Uint8Array): void {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  const file = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(file, key);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
  if (process.platform === 'win32') return;
  const directory = openSync(folder, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
