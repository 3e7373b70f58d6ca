import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { FromChild } from '../../main/contract/processes.ts';
import type { RelayStart } from './media-relay.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const config: RelayStart = {
  host: '127.0.0.1',
  port: 0,
  fileRoots: [],
  clipsFolder: join(import.meta.dirname, '..', 'demo-city', 'clips'),
  lingerMs: 1000,
  watchdogMs: 8000,
  maxPaths: 4,
  maxLeases: 4,
  partMs: 334,
  segments: 6,
  cameraNetworks: ['127.0.0.0/8'],
  certificates: [],
  startsAtOnce: 16,
  startsPerSecond: 64,
  perHost: { connections: 64, kbps: 400_000 },
  uplinks: [],
  quarantine: { breaks: 6, withinMs: 60_000, forMs: 30_000 },
  probesAtOnce: 16,
  logLevel: 'info',
  key: Buffer.alloc(32, 3).toString('base64'),
};

async function started(change: Partial<RelayStart> = {}): Promise<{ child: ChildProcess; said: FromChild }> {
  const child = fork(join(import.meta.dirname, 'main.ts'), { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  children.push(child);
  child.send({ kind: 'start', config: { ...config, ...change } });
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const said = await new Promise<FromChild>((resolve, reject) => {
    child.once('message', (message) => resolve(message as FromChild));
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
  return { child, said };
}

test.each<[string, (child: ChildProcess) => void]>([
  ['is told to stop', (child) => child.send({ kind: 'stop' })],
  ['has lost its parent', (child) => child.disconnect()],
])('listens when it is started, and ends when it %s', async (_name, end) => {
  const { child, said } = await started();
  expect(said).toMatchObject({ kind: 'ready', facts: {} });
  const port = said.kind === 'ready' ? said.port : 0;
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({ ok: true });
  end(child);
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('an address that cannot be had is fatal, with its reason', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { child, said } = await started({ port });
  expect(said).toMatchObject({ kind: 'fatal', code: 'config-invalid', params: { key: 'relay', port, reason: 'EADDRINUSE' } });
  expect(await once(child, 'exit')).toEqual([78, null]);
  taken.close();
});

test('a certificate that cannot be read is fatal, and named', async () => {
  const { child, said } = await started({ certificates: ['/nowhere/gate.pem'] });
  expect(said).toMatchObject({
    kind: 'fatal',
    code: 'config-invalid',
    params: { key: 'relay.certificates', file: '/nowhere/gate.pem' },
    detail: 'relay.certificates: /nowhere/gate.pem cannot be read (ENOENT)',
  });
  expect(await once(child, 'exit')).toEqual([78, null]);
});
