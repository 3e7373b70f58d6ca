import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Handover } from '../../contract/desk.ts';
import { ask, builtPages, command, hubOptions, login, operator, ownPassword, startedHub, temporaryFolder } from '../hub-rig.ts';
import type { Hub } from '../hub.ts';

const town = { districts: ['320282101'], groups: '*' };

let folder: ReturnType<typeof temporaryFolder>;
let hub: Hub;
let admin: string;

beforeEach(async () => {
  folder = temporaryFolder('desk');
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path));
  admin = await login(hub.origin);
});
afterEach(async () => {
  await hub.stop();
  folder.dispose();
});

const run = (token: string, name: string, args: object = {}) => command(hub.origin, name, args, { token });
const handovers = async (token: string) => (await ask(hub.origin, '/api/collections/handovers', { token })).json.items as Handover[];
async function camera(number: string, district: string, groups: string[] = []): Promise<string> {
  const source = { kind: 'rtsp', url: 'rtsp://127.0.0.1:1/x' };
  const made = await run(admin, 'camera.upsert', { number, name: `Camera ${number}`, district, groups, source });
  if (made.status !== 200) throw new Error(made.text);
  return made.json.cameraId as string;
}
async function restart(): Promise<void> {
  await hub.stop();
  hub = await startedHub(hubOptions(folder.path));
}

test('a hand-over outlives the hub between its two signatures; the hold goes over with the second', async () => {
  const li = await operator(hub.origin, admin, 'li');
  const wang = await operator(hub.origin, admin, 'wang');
  expect((await run(li, 'hold.take', { wallId: 'main', screenId: '1', reason: 'Marathon' })).status).toBe(200);
  const { handoverId } = (await run(li, 'handover.offer', { note: 'Quiet night', items: [{ text: 'Call the waterworks' }] })).json;
  await restart();
  const [offered] = await handovers(wang);
  expect(offered).toMatchObject({ id: handoverId, state: 'offered', from: { name: 'li' }, note: 'Quiet night' });
  expect(offered!.report.holds).toMatchObject([{ screen: '左屏', by: 'li', reason: 'Marathon' }]);
  expect((await run(li, 'handover.sign', { handoverId })).json.error.code).toBe('handover-own');
  expect((await run(wang, 'handover.sign', { handoverId, remarks: 'Seen' })).json).toEqual({ holdsTaken: 1, holdsLeft: [] });
  expect((await run(wang, 'handover.sign', { handoverId })).json.error.code).toBe('handover-ended');
  await restart();
  expect(await handovers(li)).toMatchObject([{ state: 'signed', to: { name: 'wang' }, remarks: 'Seen' }]);
  expect((await ask(hub.origin, '/api/collections/holds', { token: li })).json.items).toMatchObject([{ name: 'wang' }]);
});

test('a hand-over is read and signed by whoever sees what its writer sees', async () => {
  const local = await operator(hub.origin, admin, 'local', town);
  const neighbour = await operator(hub.origin, admin, 'neighbour', { districts: ['320282102'], groups: '*' });
  const parks = await operator(hub.origin, admin, 'parks', { districts: ['320282101'], groups: ['parks'] });
  const { handoverId } = (await run(local, 'handover.offer')).json;
  expect([await handovers(local), await handovers(admin)].map((all) => all.length)).toEqual([1, 1]);
  for (const outsider of [neighbour, parks]) {
    expect(await handovers(outsider)).toEqual([]);
    expect((await run(outsider, 'handover.sign', { handoverId })).json.error.code).toBe('out-of-scope');
  }
  const ofParks = (await run(parks, 'handover.offer')).json.handoverId as string;
  expect((await handovers(parks)).map(({ id }) => id)).toEqual([ofParks]);
  expect((await run(local, 'handover.sign', { handoverId: ofParks })).status).toBe(200);
});

test('what one keeps at hand is the same in every session, over a restart, and not what one may not see', async () => {
  const [near, far] = [await camera('N-1', '320282101'), await camera('F-1', '320281')];
  const li = await operator(hub.origin, admin, 'li', town);
  expect((await run(li, 'favourite.set', { cameraIds: [far] })).json.error.code).toBe('out-of-scope');
  expect((await run(li, 'favourite.set', { cameraIds: [near, near] })).json).toEqual({ cameraIds: [near] });
  expect((await run(admin, 'favourite.list')).json).toEqual({ cameraIds: [] });
  await restart();
  const elsewhere = await login(hub.origin, 'li', ownPassword);
  expect((await run(elsewhere, 'favourite.list')).json).toEqual({ cameraIds: [near] });
  await run(admin, 'camera.remove', { cameraId: near });
  expect((await run(elsewhere, 'favourite.list')).json).toEqual({ cameraIds: [] });
});
