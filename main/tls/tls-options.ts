import type { TlsOptions } from 'node:tls';
import type { ServerCertificate } from './server-certificate.ts';

/** Only suites with forward secrecy and authenticated encryption (RFC 9325 clause 4.2); TLS 1.3 has no others. */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** How hub and relay speak TLS: 1.2 or newer, with this certificate. The same for a server that starts and for one whose certificate is replaced. */
export function tlsOptions({ certificate, key }: Pick<ServerCertificate, 'certificate' | 'key'>): TlsOptions {
  return { cert: certificate, key, minVersion: 'TLSv1.2', ciphers, honorCipherOrder: true, handshakeTimeout: 10_000 };
}

/** HSTS (RFC 6797): for a year a browser that was here once does not even try without TLS. Sent over TLS alone (clause 7.2). */
export const strictTransportSecurity = 'max-age=31536000';
