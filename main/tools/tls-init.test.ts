import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readServerCertificate } from '../tls/server-certificate.ts';
import { runTool } from './run-tool.ts';
import { certifiableName, tlsInit } from './tls-init.ts';

let folder: string;
let out: string[];
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-tls-init-'));
  out = [];
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  runTool([tlsInit], ['tls', 'init', ...args], { out: (line) => out.push(line), err: (line) => said.push(line), cwd: folder, env: {} });
const file = (name: string) => join(folder, 'data', 'tls', name);
const read = (name: string) => readFileSync(file(name), 'utf8');

/** What a client that trusts this authority alone says of a server with this pair. */
async function handshake(authority: string, servername: string, host = '127.0.0.1'): Promise<string> {
  const server = createServer({ cert: read('server.crt'), key: read('server.key') }, (socket) => socket.end());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  let socket: TLSSocket | null = null;
  try {
    return await new Promise<string>((resolve) => {
      socket = connect({ host, port, servername, ca: authority }, () => resolve('trusted'));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  } finally {
    (socket as TLSSocket | null)?.destroy();
    await new Promise((closed) => server.close(closed));
  }
}

test('makes an authority and a certificate that its clients trust, for the names given and for this machine', async () => {
  expect(await run('--name', 'command.city.example,10.1.2.3', '--name', 'fd00::7')).toBe(0);
  const { names, notAfter, renewed } = JSON.parse(out[0]!);
  expect(names).toEqual(['command.city.example', '10.1.2.3', 'fd00::7', 'localhost', '127.0.0.1', '::1']);
  expect([renewed, Math.round((Date.parse(notAfter) - Date.now()) / 86_400_000)]).toEqual([false, 397]);
  for (const name of ['command.city.example', 'localhost']) expect(await handshake(read('ca.crt'), name)).toBe('trusted');
  expect(await handshake(read('ca.crt'), 'evil.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  const leaf = new X509Certificate(read('server.crt'));
  expect([leaf.checkIP('10.1.2.3'), leaf.checkIP('fd00::7'), leaf.checkIP('::1'), leaf.checkIP('10.1.2.4')]).toEqual([
    '10.1.2.3',
    'fd00::7',
    '::1',
    undefined,
  ]);
  expect([leaf.ca, leaf.keyUsage]).toEqual([false, ['1.3.6.1.5.5.7.3.1']]);
  expect(new X509Certificate(read('ca.crt')).ca).toBe(true);
  expect((await readServerCertificate({ certificate: file('server.crt'), key: file('server.key') })).ok).toBe(true);
  expect(said.join('\n')).toContain('hosts: ["command.city.example:8600"]');
});

test.skipIf(process.platform === 'win32')('keys are for their owner alone', async () => {
  await run();
  for (const name of ['ca.key', 'server.key']) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
});

const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' });
test.skipIf(openssl.status !== 0)('openssl agrees', async () => {
  await run('--name', 'command.city.example');
  const verify = (...args: string[]) => spawnSync('openssl', ['verify', '-x509_strict', ...args], { encoding: 'utf8' });
  const checked = verify(
    '-CAfile',
    file('ca.crt'),
    '-purpose',
    'sslserver',
    '-verify_hostname',
    'command.city.example',
    file('server.crt'),
  );
  expect([checked.status, checked.stderr]).toEqual([0, '']);
  expect(verify('-CAfile', file('ca.crt'), '-verify_hostname', 'evil.example', file('server.crt')).status).not.toBe(0);
});

test('run again it renews the certificate under the same authority, with the same names and key', async () => {
  await run('--name', 'command.city.example', '--days', '30');
  const before = { ca: read('ca.crt'), caKey: read('ca.key'), server: read('server.crt'), key: read('server.key') };
  expect(await run()).toBe(0);
  expect([read('ca.crt'), read('ca.key'), read('server.key')]).toEqual([before.ca, before.caKey, before.key]);
  expect(new X509Certificate(read('server.crt')).serialNumber).not.toBe(new X509Certificate(before.server).serialNumber);
  expect(JSON.parse(out[1]!)).toMatchObject({ names: ['command.city.example', 'localhost', '127.0.0.1', '::1'], renewed: true });
  expect(await handshake(before.ca, 'command.city.example')).toBe('trusted');
  expect(await run('--new-key', '--name', '10.9.9.9')).toBe(0);
  expect(read('server.key')).not.toBe(before.key);
  expect(read('ca.crt')).toBe(before.ca);
  expect(await handshake(before.ca, 'command.city.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('no certificate outlives its authority', async () => {
  await run('--days', '825');
  const authority = new X509Certificate(read('ca.crt'));
  expect(new X509Certificate(read('server.crt')).validToDate.getTime()).toBeLessThanOrEqual(authority.validToDate.getTime());
});

describe('what cannot be used is left as it is', () => {
  test.each([
    ['the authority without its key', 'ca.key'],
    ['the key without its authority', 'ca.crt'],
  ])('%s', async (_name, gone) => {
    await run();
    const before = read('server.crt');
    rmSync(file(gone));
    expect(await run()).toBe(78);
    expect(said.at(-1)).toContain('without its other half');
    expect(read('server.crt')).toBe(before);
  });

  test('an authority and a key that do not belong together, or are none', async () => {
    await run();
    const { key } = { key: read('server.key') };
    const kept = read('ca.key');
    writeFileSync(file('ca.key'), key);
    expect(await run()).toBe(78);
    writeFileSync(file('ca.key'), 'rubbish');
    expect(await run()).toBe(78);
    writeFileSync(file('ca.key'), kept);
    expect(await run()).toBe(0);
  });

  test('a folder that cannot be made', async () => {
    writeFileSync(join(folder, 'data'), '');
    expect(await run()).toBe(78);
  });
});

test.each([
  [['--days', '0']],
  [['--days', '826']],
  [['--days', 'x']],
  [['--name', '']],
  [['--name', 'a b']],
  [['--name', 'host:8600']],
  [['--name', '10.1.2']],
  [['--nam', 'x']],
  [['extra']],
])('wrong usage: %j', async (args) => {
  expect(await run(...args)).toBe(64);
  expect(said).toHaveLength(1);
  expect(out).toEqual([]);
});

test('--help says what it does', async () => {
  expect(await run('--help')).toBe(0);
  expect(out[0]).toContain('tls init --data DIR');
});

test.each([
  ['Command.City.Example', 'command.city.example'],
  ['*.city.example', '*.city.example'],
  ['陶都.example', 'xn--…'],
  ['10.1.2.3', '10.1.2.3'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['fe80::1%eth0', null],
  ['10.1.2.3/24', null],
  ['-x.example', null],
  ['a..b', null],
  ['https://x', null],
])('the name %s in a certificate is %s', (given, expected) => {
  const name = certifiableName(given);
  if (given.startsWith('陶')) expect(name).toMatch(/^xn--[a-z0-9]+\.example$/);
  else expect(name).toBe(expected);
});

test('whatever is typed, a name in a certificate is one that stands for itself', () => {
  const typed = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.domain(), fc.ipV4(), fc.ipV6(), fc.webUrl());
  fc.assert(
    fc.property(typed, (text) => {
      const name = certifiableName(text);
      if (name === null) return;
      expect(name).toMatch(/^[a-z0-9.:*-]+$/);
      expect(certifiableName(name)).toBe(name);
    }),
    { seed: 20261126, numRuns: 2000 },
  );
});
