import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority, makeServerCertificate, type KeyPair } from '../tools/city-authority.ts';
import { isKnownServer } from './known-server.ts';
import { cityCertificates } from './testdata/city-certificates.ts';

const now = Date.now();
let city: Awaited<ReturnType<typeof cityCertificates>>;
let foreign: KeyPair;
beforeAll(async () => {
  city = await cityCertificates({ names: ['127.0.0.1', '::1', 'command.city.example'] });
  foreign = await makeAuthority(now);
});
afterAll(() => city.dispose());

const issued = (authority: KeyPair, names: readonly string[], key?: string, at = now) =>
  makeServerCertificate({ authority, names, days: 10, now: at, key });
const known = (shown: string, hostname = '127.0.0.1', at = now) => isKnownServer(shown, city.server.certificate, hostname, at);

test('our own certificate, by whatever name it is reached and whenever', () => {
  expect(known(city.server.certificate)).toBe(true);
  expect(known(city.server.certificate, 'elsewhere.example', now + 999 * 86_400_000)).toBe(true);
  expect(isKnownServer(new X509Certificate(city.server.certificate).raw, city.server.certificate, '127.0.0.1', now)).toBe(true);
});

test('one with our key, from whoever: it is the same server', async () => {
  expect(known((await issued(foreign, ['x.example'], city.server.key)).certificate)).toBe(true);
});

test.each([
  ['127.0.0.1', true],
  ['[::1]', true],
  ['command.city.example', true],
  ['COMMAND.city.example', true],
  ['127.0.0.2', false],
  ['evil.example', false],
  ['x.command.city.example', false],
])('a renewed one with another key, under our authority, at %s: %s', async (hostname, expected) => {
  const renewed = await issued(city.authority, ['127.0.0.1', '::1', 'command.city.example']);
  expect(known(renewed.certificate, hostname)).toBe(expected);
});

test('under our authority, but its time is over or has not come', async () => {
  const { certificate } = await issued(city.authority, ['127.0.0.1']);
  expect(known(certificate, '127.0.0.1', now + 11 * 86_400_000)).toBe(false);
  expect(known(certificate, '127.0.0.1', now - 86_400_000)).toBe(false);
});

test('under another authority; the authority itself; no certificate', async () => {
  expect(known((await issued(foreign, ['127.0.0.1'])).certificate)).toBe(false);
  expect(known(city.authority.certificate)).toBe(false);
  expect(known('')).toBe(false);
  expect(isKnownServer(city.server.certificate, '', '127.0.0.1', now)).toBe(false);
});

test('a chain that brings ours along proves nothing', async () => {
  const { certificate } = await issued(foreign, ['127.0.0.1']);
  expect(known(certificate + city.server.certificate)).toBe(false);
});
