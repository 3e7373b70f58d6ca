import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCertificates } from './read-certificates.ts';

const file = path.join(import.meta.dirname, 'testdata/self-signed.certificate.pem');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'certificates-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file may hold several, with words between them', async () => {
  const pem = (await readFile(file, 'latin1')).trim();
  const two = path.join(folder, 'two.pem');
  await writeFile(two, `north gate\n${pem}\r\nsouth gate\n${pem}\n`);
  expect(await readCertificates([file, two])).toEqual([pem, pem, pem]);
  expect(await readCertificates([])).toEqual([]);
});

test.each([
  ['missing', null, 'cannot be read (ENOENT)'],
  ['something else', 'no certificate', 'holds no certificate in PEM'],
  ['a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'holds no certificate in PEM'],
  ['broken', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'holds no certificate in PEM'],
  ['endless', 'x'.repeat(1024 * 1024 + 1), 'is larger than 1048576 bytes'],
])('a file that is %s is named', async (name, content, message) => {
  const wrong = path.join(folder, `${name}.pem`);
  if (content !== null) await writeFile(wrong, content);
  await expect(readCertificates([file, wrong])).rejects.toMatchObject({
    problem: { code: 'config-invalid', params: { file: wrong, key: 'relay.certificates', message } },
  });
});
