import { join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';

/** Where the certificate and the key of this city lie; absolute paths. */
export interface TlsFiles {
  /** PEM: the server's certificate first, then what leads to its authority. */
  readonly certificate: string;
  /** PEM of its private key. */
  readonly key: string;
}

/** What the configuration says, relative paths meant from the data folder; null without TLS. Nothing is read. */
export function tlsFiles(tls: Config['tls'], dataFolder: string): TlsFiles | null {
  if (!tls.enabled) return null;
  return {
    certificate: resolve(dataFolder, tls.certificate ?? join('tls', 'server.crt')),
    key: resolve(dataFolder, tls.key ?? join('tls', 'server.key')),
  };
}
