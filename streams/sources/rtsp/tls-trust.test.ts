import { readFileSync } from 'node:fs';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { expect, test } from 'vitest';
import { createTlsTrust } from './tls-trust.ts';

const pem = readFileSync(path.join(import.meta.dirname, 'testdata/self-signed.certificate.pem'), 'utf8');
const certificate = (fingerprint256: string, name: string) =>
  ({ fingerprint256, subject: { CN: name }, subjectaltname: `DNS:${name}` }) as unknown as PeerCertificate;

test.each([
  ['made for the host', [pem], 'AA:BB', 'camera.example', true],
  ['made for another', [pem], 'AA:BB', 'other.example', false],
  ['made for another, but known', [pem], new X509Certificate(pem).fingerprint256, 'IPCamera', true],
  ['made for another, and nobody is known', [], new X509Certificate(pem).fingerprint256, 'IPCamera', false],
])('a certificate %s', (_name, known, fingerprint, name, isBelieved) => {
  const { checkServerIdentity } = createTlsTrust(known)('camera.example');
  // The name that Node would check is the address: it does not count.
  expect(checkServerIdentity!('10.1.2.3', certificate(fingerprint, name)) === undefined).toBe(isBelieved);
});

test('the authorities are read once, not for every connection', () => {
  const trust = createTlsTrust([pem]);
  expect(trust('one').secureContext).toBeDefined();
  expect(trust('two').secureContext).toBe(trust('one').secureContext);
});

test('the host is named to the server, an address is not; nobody is ever believed blindly', () => {
  expect(createTlsTrust([])('camera.example')).toMatchObject({ servername: 'camera.example' });
  expect(createTlsTrust([])('10.1.2.3')).not.toHaveProperty('servername');
  expect(createTlsTrust([pem])('camera.example')).not.toHaveProperty('rejectUnauthorized');
  expect(() => createTlsTrust(['rubbish'])).toThrow();
});
