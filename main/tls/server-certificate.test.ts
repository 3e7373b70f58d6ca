import { createPrivateKey } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readServerCertificate } from './server-certificate.ts';
import { cityCertificates } from './testdata/city-certificates.ts';

type City = Awaited<ReturnType<typeof cityCertificates>>;
let city: City;
beforeEach(async () => {
  city = await cityCertificates({ days: 30 });
});
afterEach(() => city.dispose());

test('a pair that fits is read, with its time and the hash of its key', async () => {
  const read = await readServerCertificate(city.files);
  expect(read).toMatchObject({ ok: true, value: { certificate: city.server.certificate, key: city.server.key } });
  if (!read.ok) return;
  expect(Buffer.from(read.value.spkiHash, 'base64')).toHaveLength(32);
  expect((read.value.notAfter - Date.now()) / 86_400_000).toBeCloseTo(30, 1);
  expect(read.value.notBefore).toBeLessThan(Date.now());
});

test('the hash is of the key: a renewal that keeps the key keeps it', async () => {
  const hashNow = async () => {
    const read = await readServerCertificate(city.files);
    return read.ok ? read.value.spkiHash : null;
  };
  const before = await hashNow();
  await city.renew({ key: city.server.key });
  expect(await hashNow()).toBe(before);
  await city.renew();
  expect(await hashNow()).not.toBe(before);
});

test.each<[string, string, 'certificate' | 'key', (city: City) => void | Promise<void>]>([
  ['no certificate', 'missing', 'certificate', ({ files }) => rmSync(files.certificate)],
  ['no key', 'missing', 'key', ({ files }) => rmSync(files.key)],
  [
    'a folder for a certificate',
    'unreadable',
    'certificate',
    ({ files }) => {
      rmSync(files.certificate);
      mkdirSync(files.certificate);
    },
  ],
  ['rubbish for a certificate', 'malformed', 'certificate', (one) => one.put('certificate', 'rubbish')],
  ['a key for a certificate', 'malformed', 'certificate', (one) => one.put('certificate', one.server.key)],
  ['rubbish for a key', 'malformed', 'key', (one) => one.put('key', 'rubbish')],
  ['much too much', 'malformed', 'certificate', (one) => one.put('certificate', one.server.certificate + ' '.repeat(300_000))],
  ['a chain that breaks off', 'refused', 'certificate', (one) => one.put('certificate', one.server.certificate.slice(0, -60))],
  ['the key of another certificate', 'key-mismatch', 'key', (one) => one.put('key', one.authority.key)],
  [
    'a key with a passphrase',
    'key-encrypted',
    'key',
    (one) =>
      one.put(
        'key',
        createPrivateKey(one.server.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      ),
  ],
])('%s is refused as %s', async (_name, reason, which, spoil) => {
  await spoil(city);
  expect(await readServerCertificate(city.files)).toMatchObject({
    ok: false,
    error: { code: 'certificate-unusable', params: { reason, path: city.files[which] } },
  });
});

test.skipIf(process.platform === 'win32')('a key that everybody may read is refused', async () => {
  chmodSync(city.files.key, 0o640);
  expect((await readServerCertificate(city.files)).ok).toBe(true);
  chmodSync(city.files.key, 0o644);
  expect(await readServerCertificate(city.files)).toMatchObject({ error: { params: { reason: 'key-open-to-others' } } });
});

test('no failure tells anything of the key', async () => {
  city.put('key', `${city.server.key.slice(0, 100)}\n-----END PRIVATE KEY-----`);
  const read = await readServerCertificate(city.files);
  expect(read.ok).toBe(false);
  expect(JSON.stringify(read)).not.toContain(city.server.key.split('\n')[1]!.slice(0, 16));
});

test('whatever lies there, it is read or refused with its reason', async () => {
  const { certificate, key } = city.server;
  const spoiled = (pem: string) =>
    fc.oneof(
      fc.constant(pem),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .tuple(fc.nat(pem.length - 1), fc.string({ minLength: 1, maxLength: 3 }))
        .map(([at, text]) => pem.slice(0, at) + text + pem.slice(at + text.length)),
      fc.nat(pem.length).map((at) => pem.slice(0, at)),
    );
  await fc.assert(
    fc.asyncProperty(spoiled(certificate), spoiled(key), async (crt, secret) => {
      city.put('certificate', crt);
      city.put('key', secret);
      const read = await readServerCertificate(city.files);
      if (!read.ok) expect(read.error).toMatchObject({ code: 'certificate-unusable', params: { reason: expect.any(String) } });
    }),
    { seed: 20261126, numRuns: 300 },
  );
});
