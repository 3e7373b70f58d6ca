import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loopbackNames, makeAuthority, makeServerCertificate, type KeyPair } from '../../tools/city-authority.ts';
import type { TlsFiles } from '../tls-files.ts';

export interface CityCertificates {
  readonly folder: string;
  readonly files: TlsFiles;
  readonly authority: KeyPair;
  /** Makes another pair and puts it where the first was, as `tls init` does. Without `key` it has a new key. */
  renew(order?: { readonly days?: number; readonly now?: number; readonly key?: string }): Promise<KeyPair>;
  /** Writes over what is there, in one step. */
  put(which: keyof TlsFiles, text: string, mode?: number): void;
  dispose(): void;
}

/** An authority and a server's certificate under it, in a folder that goes with `dispose`. */
export async function cityCertificates(
  order: { readonly names?: readonly string[]; readonly days?: number; readonly now?: number } = {},
): Promise<CityCertificates & { readonly server: KeyPair }> {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-tls-'));
  const files: TlsFiles = { certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  const { names = loopbackNames, days = 30, now = Date.now() } = order;
  const authority = await makeAuthority(now);
  const put: CityCertificates['put'] = (which, text, mode = 0o600) => {
    writeFileSync(`${files[which]}.new`, text, { mode });
    renameSync(`${files[which]}.new`, files[which]);
  };
  const renew: CityCertificates['renew'] = async (more = {}) => {
    const pair = await makeServerCertificate({ authority, names, days, now, ...more });
    put('key', pair.key);
    put('certificate', pair.certificate);
    return pair;
  };
  const server = await renew();
  return { folder, files, authority, server, renew, put, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
