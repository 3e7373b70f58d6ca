import tls, { type ConnectionOptions } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** Cameras are old. */
const minVersion = 'TLSv1.2' as const;

/** The TLS settings for a camera of this name. */
export type TlsTrust = (host: string) => ConnectionOptions;

/**
 * Whom rtsps: believes. A certificate must lead to an authority that Node knows, and be made for the host. Cameras mostly sign theirs
 * themselves, for no name in particular: such a one is believed only when it is itself among `certificates` (PEM); an installation's own
 * authority can stand there as well. There is no way to believe just anybody.
 */
export function createTlsTrust(certificates: readonly string[]): TlsTrust {
  const known = new Set(certificates.map((pem) => new X509Certificate(pem).fingerprint256));
  // Made once: reading all authorities again for every connection would hold up everybody for a hundredth of a second each time.
  const own =
    certificates.length > 0
      ? { secureContext: tls.createSecureContext({ ca: [...tls.getCACertificates('default'), ...certificates], minVersion }) }
      : { minVersion };
  return (host) => ({
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...own,
    checkServerIdentity: (_name, certificate) =>
      known.has(certificate.fingerprint256) ? undefined : tls.checkServerIdentity(host, certificate),
  });
}
