import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../contract/catalog.ts';
import type { CommandEntity } from '../../contract/commands.ts';
import {
  account,
  ask,
  builtPages,
  command,
  connected,
  hubOptions,
  login,
  next,
  ownPassword,
  run,
  startedHub,
  subscribe,
  temporaryFolder,
  type PageSocket,
} from '../hub-rig.ts';
import type { Hub, HubOptions } from '../hub.ts';
import { commandSamples } from './testdata/command-samples.ts';

const folder = temporaryFolder('two-persons');
let options: HubOptions;
let hub: Hub;
let origin: string;
let admin: string;
let li: string;
let socket: PageSocket;

beforeAll(async () => {
  builtPages(folder.path);
  options = hubOptions(folder.path);
  hub = await startedHub(options);
  origin = hub.origin;
  admin = await login(origin);
  li = await account(origin, admin, 'li', { roles: ['administrator'] });
  await account(origin, admin, 'zhao', { roles: ['administrator'] });
  socket = (await connected(origin, { token: admin })).socket;
}, 60_000);
afterAll(async () => {
  socket.disconnect();
  await hub.stop();
  folder.dispose();
});

const camera = async (number: string) => {
  const source = { kind: 'file', url: 'clip:gate' };
  return (await command(origin, 'camera.upsert', { number, name: number, district: '320282', source }, { token: admin })).json
    .cameraId as string;
};
const collection = async <T>(name: string) =>
  (await ask(origin, `/api/collections/${name}?limit=1000`, { token: admin })).json.items as T[];
const commandOf = async (id: string) => (await collection<CommandEntity>('commands')).find((one) => one.id === id)!;
const exists = async (id: string) => (await collection<{ id: string }>('cameras')).some((one) => one.id === id);
const askFor = async (cameraIds: string[], token = admin) =>
  (await command(origin, 'camera.remove-many', { cameraIds }, { token })).json as { commandId: string; state: string };
const approve = async (commandId: string, token = li) =>
  command(origin, 'command.approve', { commandId, payloadHash: (await commandOf(commandId)).payloadHash }, { token });
/** All rows of the audit about one command. */
const audited = async (commandId: string) =>
  (
    await collection<{
      commandId: string;
      phase: string;
      command: string;
      actor: string;
      outcome: string | null;
      args: { approvedBy?: string };
    }>('audit')
  ).filter((row) => row.commandId === commandId);

describe('every two-person command of the catalogue', () => {
  const rows = commands
    .filter(({ risk }) => risk === 'two-person')
    .flatMap(({ name }) =>
      (['http', 'socket'] as const).flatMap((door) =>
        [null, `key of ${door}`.replaceAll(' ', '-')].map((key) => [name, door, key] as const),
      ),
    );

  test.each(rows)('%s through %s, with key %s: it waits, nothing is begun', async (name, door, key) => {
    const args = commandSamples[name];
    const answer =
      door === 'http'
        ? (await command(origin, name, args, { token: admin, ...(key !== null && { headers: { 'idempotency-key': key } }) })).json
        : await new Promise<{ result: { commandId: string; state: string } }>((resolve) => {
            socket.emit('command', { name, args, ...(key !== null && { idempotencyKey: key }) }, resolve as never);
          }).then(({ result }) => result);
    expect(answer).toEqual({ commandId: expect.any(String) as string, state: 'awaitingApproval' });
    expect(await commandOf(answer.commandId)).toMatchObject({
      name,
      state: 'awaitingApproval',
      requestedBy: 'admin',
      approvedBy: null,
      result: null,
    });
    expect((await audited(answer.commandId)).map(({ phase, outcome }) => [phase, outcome])).toEqual([
      ['open', null],
      ['close', 'ok'],
    ]);
    await run(socket, 'command.withdraw', { commandId: answer.commandId });
  });
});

describe('cameras are removed by two', () => {
  test('not by one: neither at once, nor with his own approval from another session, nor by a repetition', async () => {
    const id = await camera('R-1');
    const headers = { 'idempotency-key': 'twice' };
    const once = await command(origin, 'camera.remove-many', { cameraIds: [id] }, { token: admin, headers });
    const twice = await command(origin, 'camera.remove-many', { cameraIds: [id] }, { token: admin, headers });
    expect(twice.json).toEqual(once.json);
    const { commandId } = once.json;
    expect((await approve(commandId, admin)).json.error.code).toBe('approval-own');
    expect((await approve(commandId, await login(origin))).json.error.code).toBe('approval-own');
    const other = { commandId, payloadHash: 'f'.repeat(64) };
    expect((await command(origin, 'command.approve', other, { token: li })).json.error.code).toBe('payload-mismatch');
    expect(await exists(id)).toBe(true);
    await run(socket, 'command.withdraw', { commandId });
    expect((await approve(commandId)).json.error.code).toBe('command-not-waiting');
    expect(await exists(id)).toBe(true);
  });

  test('with the second one’s yes, seen by everybody step by step, both on record', async () => {
    const [id, stays] = [await camera('R-2'), await camera('R-3')];
    await subscribe(socket, { id: 1, collection: 'commands' });
    const states: string[] = [];
    const confirmed = new Promise<void>((resolve) => {
      socket.on('changes', ({ ops }) => {
        for (const op of ops) if (op.op === 'put') states.push(String(op.value['state']));
        if (states.at(-1) === 'confirmed') resolve();
      });
    });
    const { commandId } = await askFor([id, 'nobody']);
    expect((await approve(commandId)).json).toEqual({ state: 'authorised' });
    await confirmed;
    expect(states).toEqual(['awaitingApproval', 'authorised', 'sent', 'confirmed']);
    expect(await commandOf(commandId)).toMatchObject({ requestedBy: 'admin', approvedBy: 'li', result: { removed: 1 } });
    expect([await exists(id), await exists(stays)]).toEqual([false, true]);
    expect((await audited(commandId)).map(({ phase, actor, outcome, args }) => [phase, actor, outcome, args.approvedBy])).toEqual([
      ['open', 'admin', null, undefined],
      ['close', 'admin', 'ok', undefined],
      ['open', 'admin', null, 'li'],
      ['close', 'admin', 'ok', 'li'],
    ]);
  });

  test('not any more for an account that was disabled meanwhile, and the session of which is over', async () => {
    const id = await camera('R-4');
    const zhao = await login(origin, 'zhao', ownPassword);
    const { commandId } = await askFor([id], zhao);
    await command(origin, 'user.upsert', { name: 'zhao', roles: ['administrator'], disabled: true }, { token: admin });
    expect((await approve(commandId)).json).toEqual({ state: 'failed' });
    expect(await commandOf(commandId)).toMatchObject({ state: 'failed', reason: 'user-unknown' });
    expect(await exists(id)).toBe(true);
  });

  test('after a restart of the hub as before it', async () => {
    const id = await camera('R-5');
    const { commandId } = await askFor([id]);
    socket.disconnect();
    await hub.stop();
    hub = await startedHub(options);
    origin = hub.origin;
    socket = (await connected(origin, { token: admin })).socket;
    await subscribe(socket, { id: 1, collection: 'cameras', selector: { ids: [id] } });
    const gone = next(socket, 'changes');
    expect((await approve(commandId)).json).toEqual({ state: 'authorised' });
    expect(await gone).toMatchObject({ ops: [{ op: 'delete', key: id }] });
    expect(await commandOf(commandId)).toMatchObject({ state: 'confirmed', approvedBy: 'li' });
  });
});
