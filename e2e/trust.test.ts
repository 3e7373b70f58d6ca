import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CommandEntity } from '../main/contract/commands.ts';
import type { CommandResult } from '../main/contract/catalog.ts';
import { decodeRecords, recordType, wallProtocol } from '../streams/wire/wall-record.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';

/** People of a real hub with a real relay: who may see what, who was seen seeing it, what two must agree on, and what outlives a bad day. */
const root = resolve(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'taodu-trust-'));
let hub: RunningHub;
let inside: string;
let outside: string;

interface Person {
  readonly name: string;
  readonly userId: string;
  command<T>(name: string, args: object): Promise<T>;
  get(path: string): Promise<Response>;
}

async function call(token: string | null, path: string, args?: object): Promise<Response> {
  return fetch(hub.listening + path, {
    method: args ? 'POST' : 'GET',
    headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...(args && { 'content-type': 'application/json' }) },
    ...(args && { body: JSON.stringify(args) }),
  });
}

async function command<T>(token: string | null, name: string, args: object): Promise<T> {
  const body = (await (await call(token, `/api/commands/${name}`, args)).json()) as T & { error?: { code: string } };
  if (body.error) throw new Error(body.error.code);
  return body;
}

/** An account made by the administrator, whose first password has been changed. */
async function person(name: string, roles: readonly string[], scope: object = { districts: '*', groups: '*' }): Promise<Person> {
  const [first, second] = ['Kiln-Shift-2026', 'Slip-Glaze-2027'];
  const { userId } = await hub.command<{ userId: string }>('user.upsert', { name, roles, scope, password: first });
  const { token } = await command<{ token: string }>(null, 'session.login', {
    user: name,
    password: first,
    workstation: `desk of ${name}`,
  });
  await command(token, 'session.password', { current: first, next: second });
  return { name, userId, command: (what, args) => command(token, what, args), get: (path) => call(token, path) };
}

const camera = async (number: string, district: string) =>
  (
    await hub.command<{ cameraId: string }>('camera.upsert', {
      number,
      name: `路口 ${number}`,
      district,
      source: { kind: 'file', url: 'clip:crossing.main', subUrl: 'clip:crossing.sub' },
    })
  ).cameraId;

beforeAll(async () => {
  hub = await startHub({ demo: false });
  inside = await camera('T-1', '320282');
  outside = await camera('T-2', '320205');
});
afterAll(async () => {
  await hub.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** One picture on the wall socket: resolves when it moves; `ended` when the relay ended it. */
async function watch(lease: CommandResult<'stream.lease'>): Promise<{ readonly ended: Promise<void>; close(): void }> {
  const socket = new WebSocket(lease.urls.socket, [wallProtocol], { origin: hub.listening });
  const moving = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  socket.on('open', () =>
    socket.send(JSON.stringify({ op: 'sub', id: 1, ticket: lease.ticket, mode: 'full', format: 'annexb', audio: false })),
  );
  socket.on('message', (data: Buffer) => {
    const records = decodeRecords(data);
    if (!records.ok) throw new Error(records.error);
    for (const record of records.value) {
      if (record.type === recordType.video) moving.resolve();
      else if (
        record.type === recordType.event &&
        (JSON.parse(Buffer.from(record.payload).toString()) as { event: string }).event === 'ended'
      )
        ended.resolve();
    }
  });
  socket.on('close', () => ended.resolve());
  socket.on('error', (error) => moving.reject(error));
  await moving.promise;
  return { ended: ended.promise, close: () => socket.close() };
}

test('an account that is disabled loses its session and its pictures; what it watched stands in the register', async () => {
  const wang = await person('wang', ['operator'], { districts: ['320282'], groups: '*' });
  await expect(wang.command('stream.lease', { cameraId: outside, profile: 'sub' })).rejects.toThrow('out-of-scope');
  const lease = await wang.command<CommandResult<'stream.lease'>>('stream.lease', { cameraId: inside, profile: 'sub' });
  const picture = await watch(lease);
  const watching = await hub.command<CommandResult<'audit.watches'>>('audit.watches', { cameraId: inside });
  expect(watching.watches).toMatchObject([{ actor: 'wang', workstation: 'desk of wang', until: null }]);

  await hub.command('user.upsert', { name: 'wang', roles: ['operator'], scope: { districts: ['320282'], groups: '*' }, disabled: true });
  await picture.ended;
  expect((await wang.get('/api/collections/cameras')).status).toBe(401);
  await until('no lease', 5000, async () => (await hub.metrics())['taodu_leases'] === 0);
  const over = await until('the end of the watch', 5000, async () => {
    const { watches } = await hub.command<CommandResult<'audit.watches'>>('audit.watches', { actor: 'wang' });
    return watches[0]?.until ? watches : null;
  });
  expect(over).toHaveLength(1);
  expect(over[0]!.until!).toBeGreaterThanOrEqual(over[0]!.from);
  expect((await hub.command<CommandResult<'audit.watches'>>('audit.watches', { cameraId: outside })).watches).toEqual([]);
});

test('an export of the audit needs another person, is done once, and proves itself offline', async () => {
  const chen = await person('chen', ['security-administrator']);
  const asked = await hub.command<{ commandId: string; state: string }>('audit.export', { from: 0, to: Date.now(), purpose: '季度审计' });
  expect(asked.state).toBe('awaitingApproval');
  const waiting = (await hub.collection<CommandEntity>('commands')).items.find(({ id }) => id === asked.commandId)!;
  const yes = { commandId: asked.commandId, payloadHash: waiting.payloadHash };
  await expect(hub.command('command.approve', yes)).rejects.toThrow('approval-own');
  await expect(chen.command('command.approve', { ...yes, payloadHash: '0'.repeat(64) })).rejects.toThrow('payload-mismatch');
  await chen.command('command.approve', yes);
  const done = await until('the export', 20_000, async () => {
    const one = (await hub.collection<CommandEntity>('commands')).items.find(({ id }) => id === asked.commandId)!;
    return one.state === 'confirmed' || one.state === 'failed' ? one : null;
  });
  expect(done).toMatchObject({ state: 'confirmed', requestedBy: 'admin', approvedBy: 'chen' });
  await expect(chen.command('command.approve', yes)).rejects.toThrow('command-not-waiting');

  const { exportId } = done.result as CommandResult<'audit.export'>;
  const { token } = await command<{ token: string }>(null, 'session.login', { user: 'admin', password: 'Quiet-harbour-7' });
  const folder = mkdtempSync(join(scratch, 'export-'));
  for (const name of ['audit.jsonl', 'watches.csv', 'manifest.json', 'manifest.sig', 'public.pem']) {
    const file = await call(token, `/api/exports/${exportId}/${name}`);
    expect([name, file.status]).toEqual([name, 200]);
    writeFileSync(join(folder, name), Buffer.from(await file.arrayBuffer()));
  }
  expect((await call(null, `/api/exports/${exportId}/audit.jsonl`)).status).toBe(401);
  expect(tool('export', 'verify', folder)).toMatchObject({ status: 0 });
  const rows = join(folder, 'watches.csv');
  writeFileSync(rows, 'forged');
  expect(tool('export', 'verify', folder).status).toBe(1);
});

function tool(...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist', 'node', 'tools.js'), ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('a backup of the running hub brings everything back; what came later is gone and says so', async () => {
  expect(tool('audit', 'verify', '--data', hub.dataFolder)).toMatchObject({ status: 0 });
  const backup = await hub.command<CommandResult<'backup.create'>>('backup.create', {});
  await camera('T-LATE', '320282');
  await hub.stop(true);
  const restored = tool('restore', '--from', join(hub.dataFolder, 'backups', backup.name), '--data', hub.dataFolder);
  expect(restored.stderr + restored.stdout).toMatch(/RPO/);
  expect(restored.status).toBe(0);
  const before = hub.epoch;
  hub = await startHub({ demo: false, dataFolder: hub.dataFolder });
  expect(hub.epoch).toBeGreaterThan(before);
  const numbers = (await hub.collection<{ number: string }>('cameras')).items.map(({ number }) => number).sort();
  expect(numbers).toEqual(['T-1', 'T-2']);
  expect(tool('audit', 'verify', '--data', hub.dataFolder)).toMatchObject({ status: 0 });
});
