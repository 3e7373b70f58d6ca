import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { EpochMs } from '../contract/time.ts';
import { spkiHashOf } from './server-certificate.ts';

const certificates = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Is the server that shows this certificate ours? Asked by the product's own windows, which need no authority installed on the machine. Yes
 * when its key is that of our certificate; or when one of the authorities in our chain signed it for this name and its time is now, as it is
 * after a renewal with another key. The TLS handshake has proven that the server holds the key.
 * @param shown DER or PEM of what the server shows
 * @param chain PEM of our own certificate and what leads to its authority
 */
export function isKnownServer(shown: Buffer | string, chain: string, hostname: string, now: EpochMs): boolean {
  let leaf: X509Certificate;
  let ours: X509Certificate[];
  try {
    leaf = new X509Certificate(shown);
    ours = Array.from(chain.matchAll(certificates), ([pem]) => new X509Certificate(pem));
  } catch {
    return false;
  }
  const [own, ...authorities] = ours;
  if (own === undefined) return false;
  if (spkiHashOf(leaf) === spkiHashOf(own)) return true;
  if (leaf.ca || now < leaf.validFromDate.getTime() || now >= leaf.validToDate.getTime()) return false;
  if (!isFor(leaf, hostname)) return false;
  return authorities.some((authority) => authority.ca && leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
}

function isFor(leaf: X509Certificate, hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '');
  return (isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) : leaf.checkIP(name)) !== undefined;
}
