import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Wall } from '../../../../layouts/contract.ts';
import type { Hold } from '../../../../layouts/control-contract.ts';
import {
  account,
  ask,
  builtPages,
  command,
  connected,
  hubOptions,
  login,
  operator,
  run,
  startedHub,
  subscribe,
  temporaryFolder,
  type PageSocket,
} from '../../hub-rig.ts';
import type { Hub } from '../../hub.ts';
import { ManualClock } from '../../readings/manual-clock.ts';

const folder = temporaryFolder('hold-doors');
const clock = new ManualClock(1_800_000_000_000);
const options = hubOptions(folder.path, { clock });
let hub: Hub;
let admin: string;
let li: string;
let wang: string;
let socket: PageSocket;

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(options);
  admin = await login(hub.origin);
  li = await operator(hub.origin, admin, 'li');
  wang = await account(hub.origin, admin, 'wang', { roles: ['dispatcher'], scope: { districts: '*', groups: '*' } });
  socket = (await connected(hub.origin, { token: wang })).socket;
}, 60_000);
afterAll(async () => {
  socket.disconnect();
  await hub.stop();
  folder.dispose();
});

const post = (name: string, args: unknown, token: string) => command(hub.origin, name, args, { token });
const collection = async <T>(name: string) =>
  (await ask(hub.origin, `/api/collections/${name}?limit=1000`, { token: admin })).json.items as T[];
const sceneOf = async (screenId: string) => {
  const [wall] = await collection<Wall>('walls');
  return wall!.screens.find(({ id }) => id === screenId)!.scene;
};
const scene = (rows: number) => ({ kind: 'grid', rows, cols: 1, tiles: Array.from({ length: rows }, () => ({ panel: 'clock' })) });
const show = (screenId: string, rows: number) => ({ wallId: 'main', screenId, scene: scene(rows) });

test('what one person holds is refused to another at both doors, until he gives it, and comes back at its end', async () => {
  const taken = await post('hold.take', { wallId: 'main', screenId: '1', reason: '马拉松', minutes: 10 }, li);
  expect(taken.status).toBe(200);
  const { holdId, expiresAt } = taken.json as { holdId: string; expiresAt: number };
  const before = await sceneOf('1');

  const refused = { code: 'wall-held', params: { by: 'li', reason: '马拉松', until: expiresAt, holdId } };
  const answer = await post('wall.show', show('1', 2), wang);
  expect([answer.status, answer.json.error]).toMatchObject([409, refused]);
  expect(await run(socket, 'wall.show', show('1', 2))).toMatchObject({ error: refused });
  expect((await post('wall.show', show('1', 3), li)).status).toBe(200);

  // Everybody at a desk sees who holds what.
  const seen = await subscribe(socket, { id: 1, collection: 'holds' } as never);
  expect(JSON.stringify(seen)).toContain(holdId);

  expect(await run(socket, 'hold.request', { holdId, reason: '车祸' })).toMatchObject({ result: {} });
  const [held] = await collection<Hold>('holds');
  expect(held!.requests).toMatchObject([{ name: 'wang', reason: '车祸' }]);
  expect((await post('hold.yield', { holdId, userId: held!.requests[0]!.userId }, li)).status).toBe(200);
  expect((await post('wall.show', show('1', 2), li)).json.error).toMatchObject({ code: 'wall-held', params: { by: 'wang' } });

  await clock.advance(10 * 60_000);
  expect(await collection('holds')).toEqual([]);
  expect(await sceneOf('1')).toEqual(before);
  const rows = await collection<{ command: string; actor: string; door: string; args: object; after: object }>('audit');
  expect(rows.find((row) => row.command === 'hold.ended')).toMatchObject({
    actor: 'hub',
    door: 'internal',
    args: { holdId, by: 'wang', reason: 'expired' },
    after: { restored: true },
  });
  expect(rows.filter((row) => row.command === 'hold.take')).toHaveLength(2);
});

test('who is disabled loses what he holds', async () => {
  expect((await post('hold.take', { wallId: 'main', screenId: '2', reason: 'x' }, li)).status).toBe(200);
  const args = { name: 'li', roles: ['operator'], scope: { districts: '*', groups: '*' }, disabled: true };
  expect((await post('user.upsert', args, admin)).status).toBe(200);
  expect(await run(socket, 'wall.show', show('2', 2))).toMatchObject({ result: { revision: 1 } });
  expect(await collection('holds')).toEqual([]);
});

test('who may not see a screen neither holds it, nor asks for it, nor takes it away', async () => {
  const source = { kind: 'file', url: 'clip:gate' };
  const made = await post('camera.upsert', { number: '1', name: 'x', district: '320282', source }, admin);
  const tiles = [{ panel: 'video', cameraId: made.json.cameraId as string }];
  await post('wall.show', { wallId: 'main', screenId: '2', scene: { kind: 'grid', rows: 1, cols: 1, tiles } }, admin);
  const zhao = await operator(hub.origin, admin, 'zhao', { districts: ['110000'], groups: '*' });
  const take = { wallId: 'main', screenId: '2', reason: 'x' };
  expect((await post('hold.take', take, zhao)).json.error.code).toBe('out-of-scope');
  const { holdId } = (await post('hold.take', { ...take, priority: 1 }, wang)).json as { holdId: string };
  expect((await post('hold.request', { holdId, reason: 'x' }, zhao)).json.error.code).toBe('out-of-scope');
  expect((await post('hold.override', { holdId, priority: 4, reason: 'x' }, zhao)).json.error.code).toBe('out-of-scope');
  expect((await post('hold.release', { holdId }, wang)).status).toBe(200);
});

test('a preset is recalled by its holder and by others, and holds outlive the hub', async () => {
  expect((await post('preset.save', { presetId: 'p', name: '全墙', number: 7, wallId: 'main' }, wang)).status).toBe(200);
  const taken = await post('hold.take', { wallId: 'main', screenId: '1', reason: 'x', minutes: 5 }, wang);
  expect((await post('preset.recall', { presetId: 'p' }, admin)).json).toMatchObject({
    screens: [{ screenId: '2' }],
    skipped: [{ screenId: '1', code: 'wall-held', by: 'wang' }],
  });
  await hub.stop();
  hub = await startedHub(options);
  expect((await collection<Hold>('holds')).map(({ id }) => id)).toEqual([taken.json.holdId]);
  await hub.stop();
  await clock.advance(6 * 60_000);
  hub = await startedHub(options);
  expect(await collection('holds')).toEqual([]);
  expect((await post('preset.recall', { presetId: 'p' }, admin)).json.skipped).toEqual([]);
}, 60_000);
