import './reflect-shim.ts';
import { createPrivateKey, createPublicKey, KeyObject, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as ReadableCertificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { EpochMs } from '../contract/time.ts';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** P-256 with SHA-256: what every browser and every Node takes, and small. */
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
const authorityDays = 3650;
/** Clocks of a room differ: a certificate that was just made holds for those that are behind, too. */
const backdatedMs = 3_600_000;

/** What every server certificate is good for besides its own names. */
export const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** An authority of the city's own: signs server certificates for ten years, and no further authorities (RFC 5280 clause 4.2.1.9). */
export async function makeAuthority(now: EpochMs): Promise<KeyPair> {
  const keys = await newKey();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // Two authorities on one computer can be told apart.
    name: `CN=Taodu city authority ${randomBytes(3).toString('hex')}, O=Taodu`,
    serialNumber: serialNumber(),
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(now + authorityDays * dayMs),
    signingAlgorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: pemOfKey(keys.privateKey) };
}

/**
 * A server's certificate under that authority, for these DNS names and IP addresses. `certificate` holds the authority's, too, so that
 * whoever reads the chain knows it. It ends with the authority at the latest.
 */
export async function makeServerCertificate(order: {
  readonly authority: KeyPair;
  readonly names: readonly string[];
  readonly days: number;
  readonly now: EpochMs;
  /** PEM of the server's key, to be kept: pins of open windows hold then. Absent: a new one is made. */
  readonly key?: string | undefined;
}): Promise<KeyPair> {
  const { authority, names, days, now } = order;
  const issuer = new ReadableCertificate(authority.certificate);
  const keys = order.key === undefined ? await newKey() : await importedKey(order.key);
  const certificate = await X509CertificateGenerator.create({
    // Browsers read the alternative names alone; the subject is for people.
    subject: [{ CN: [names[0]!.slice(0, 64)] }, { O: ['Taodu'] }],
    issuer: issuer.subjectName,
    serialNumber: serialNumber(),
    notBefore: new Date(now - backdatedMs),
    notAfter: new Date(Math.min(now + days * dayMs, issuer.notAfter.getTime())),
    signingAlgorithm,
    publicKey: keys.publicKey,
    signingKey: (await importedKey(authority.key)).privateKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }))),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: pem(certificate) + new X509Certificate(authority.certificate).toString(), key: pemOfKey(keys.privateKey) };
}

/** 127 random bits, never negative (RFC 5280 clause 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x01;
  return bytes.toString('hex');
}

const newKey = () => webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);

async function importedKey(text: string): Promise<webcrypto.CryptoKeyPair> {
  const key = createPrivateKey(text);
  const { subtle } = webcrypto;
  return {
    privateKey: await subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), keyAlgorithm, true, ['sign']),
    publicKey: await subtle.importKey('spki', createPublicKey(key).export({ type: 'spki', format: 'der' }), keyAlgorithm, true, ['verify']),
  };
}

const pem = (certificate: ReadableCertificate): string => new X509Certificate(Buffer.from(certificate.rawData)).toString();
const pemOfKey = (key: webcrypto.CryptoKey): string => KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
