import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

/** Below it a passphrase is refused: the file leaves the building. */
export const passphraseAtLeast = 12;
export const sealedKeysBytesAtMost = 1024 * 1024;

/** A file of the keys folder: a plain name, and not much in it. */
export const keyFileForm = /^[a-z][a-z0-9.-]{0,63}$/;

/** Names of the keys folder and what is in them. */
export type KeyFiles = ReadonlyMap<string, Buffer>;

/** RFC 7914: 128 MiB and about half a second. They are part of the format: nobody else says how much work opening takes. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const format = 'taodu-keys-1';

const base64 = z.base64();
const sealedSchema = z.object({ format: z.literal(format), salt: base64, nonce: base64, sealed: base64 }).strict();
const contentSchema = z.record(z.string().regex(keyFileForm), base64);

const derive = promisify<string, Uint8Array, number, typeof cost, Buffer>(scrypt);

/** Seals the keys under a passphrase: scrypt and AES-256-GCM. */
export async function sealKeys(files: KeyFiles, passphrase: string): Promise<Buffer> {
  const salt = randomBytes(16);
  const nonce = randomBytes(nonceBytes);
  const key = await derive(passphrase.normalize('NFC'), salt, keyBytes, cost);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(format));
  const content = JSON.stringify(Object.fromEntries([...files].map(([name, bytes]) => [name, bytes.toString('base64')])));
  const sealed = Buffer.concat([cipher.update(content, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const text = { format, salt: salt.toString('base64'), nonce: nonce.toString('base64'), sealed: sealed.toString('base64') };
  return Buffer.from(`${JSON.stringify(text)}\n`);
}

/** The keys, or null: a wrong passphrase and a damaged file cannot be told apart. */
export async function openKeys(bytes: Uint8Array, passphrase: string): Promise<KeyFiles | null> {
  if (bytes.length > sealedKeysBytesAtMost) return null;
  try {
    const { salt, nonce, sealed } = sealedSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    const [saltBytes, nonceGiven, content] = [salt, nonce, sealed].map((text) => Buffer.from(text, 'base64')) as [Buffer, Buffer, Buffer];
    if (nonceGiven.length !== nonceBytes || content.length < tagBytes) return null;
    const key = await derive(passphrase.normalize('NFC'), saltBytes, keyBytes, cost);
    const decipher = createDecipheriv('aes-256-gcm', key, nonceGiven, { authTagLength: tagBytes })
      .setAAD(Buffer.from(format))
      .setAuthTag(content.subarray(content.length - tagBytes));
    const text = Buffer.concat([decipher.update(content.subarray(0, content.length - tagBytes)), decipher.final()]).toString('utf8');
    const files = contentSchema.parse(JSON.parse(text));
    return new Map(Object.entries(files).map(([name, file]) => [name, Buffer.from(file, 'base64')]));
  } catch {
    return null;
  }
}
