import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parkingGuidance } from '../../streams/index.ts';
import { configSchema } from '../config/config.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, operator, startedHub, temporaryFolder } from './hub-rig.ts';
import type { Hub } from './hub.ts';

const path = '/api/open/parking';
const folder = temporaryFolder('parking');
let hub: Hub;
let token: string;
let feedToken: string;

const config = (parking: boolean) => configSchema.parse({ hub: { port: 0 }, publish: { parking } });
const push = (entities: readonly object[]) => ask(hub.origin, '/api/feeds/parking', { method: 'POST', token: feedToken, body: entities });
const free = (id: string, count: number, at: number, more: object = {}) => ({
  id,
  type: 'OffStreetParking',
  name: `停车场 ${id}`,
  totalSpotNumber: 100,
  availableSpotNumber: count,
  dateModified: new Date(at).toISOString(),
  location: { type: 'Point', coordinates: [119.82, 31.34] },
  ...more,
});
const history = (of: object, now: number) =>
  command(hub.origin, 'history.read', { of, from: now - 3_600_000, to: now + 60_000, points: 100 }, { token });
const until = async <T>(probe: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await later(50);
  }
};

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub({ ...hubOptions(folder.path), config: config(true) });
  token = await login(hub.origin, 'admin', adminPassword);
  const { json } = await command(hub.origin, 'feed.create', { id: 'parking', kind: 'ngsi', system: 'traffic' }, { token });
  feedToken = json.token as string;
});
afterAll(async () => {
  await hub.stop();
  folder.dispose();
});

test(
  'what a car park told is guidance for everybody, a trend for the desk, and the same after a restart',
  { timeout: 60_000 },
  async () => {
    const now = Date.now();
    for (const [index, count] of [60, 40, 20].entries()) {
      const at = now - (3 - index) * 60_000;
      expect((await push([free('p1', count, at), free('p2', 5, at - 3_600_000)])).status).toBe(204);
    }
    const guidance = () =>
      until(async () => {
        // A page of somebody else, without any login.
        const answer = await ask(hub.origin, path, { headers: { origin: 'https://navigation.example' } });
        expect(answer.status).toBe(200);
        expect(answer.headers).toMatchObject({
          'access-control-allow-origin': '*',
          'cross-origin-resource-policy': 'cross-origin',
          'cache-control': 'public, max-age=30',
        });
        const told = parkingGuidance.parse(answer.json);
        return told.carParks.some((one) => one.free === 20) && told;
      });
    const told = await guidance();
    expect(told.carParks).toHaveLength(2);
    expect(told.carParks.find(({ name }) => name === '停车场 p1')).toMatchObject({
      free: 20,
      total: 100,
      state: 'open',
      lat: 31.34,
    });
    expect(told.carParks.find(({ name }) => name === '停车场 p2')).toMatchObject({ free: null, state: 'unknown' });
    expect(JSON.stringify(told)).not.toMatch(/parking\/|feed/);

    const trend = await until(async () => {
      const { points } = (await history({ assetId: 'parking/p1', quantity: 'spaces-free' }, now)).json as { points: { value: number }[] };
      return points.length >= 3 && points;
    });
    expect(trend.map(({ value }) => value)).toEqual([60, 40, 20]);
    const sum = await until(async () => {
      const { json } = await history({ systemId: 'traffic', indicator: 'spaces-free' }, now);
      return (json.points as { value: number }[]).length > 0 && (json.points as { value: number }[]);
    });
    // The first of a minute; the next one follows in the next.
    expect([60, 40, 20]).toContain(sum[0]!.value);
    const share = await until(async () => {
      const { json } = await ask(hub.origin, '/api/collections/indicators?limit=1000', { token });
      const found = (json.items as { key: string; value: number | null }[]).find(({ key }) => key === 'traffic/car-parks-connected');
      return found?.value !== null && found;
    });
    expect(share).toMatchObject({ value: 50, target: { op: '>', value: 80 } });

    await hub.stop();
    hub = await startedHub({ ...hubOptions(folder.path), config: config(true) });
    token = await login(hub.origin, 'admin', adminPassword);
    const again = await guidance();
    expect(again.carParks.map(({ id, free: spaces }) => [id, spaces])).toEqual(told.carParks.map(({ id, free: spaces }) => [id, spaces]));
  },
);

test('how a value went is for those who may see where it is of', async () => {
  const at = Date.now();
  await push([free('south', 9, at, { district: '320282' })]);
  const scope = { districts: ['320281'], groups: '*' };
  const elsewhere = await operator(hub.origin, token, 'elsewhere', scope);
  const of = { assetId: 'parking/south', quantity: 'spaces-free' };
  const args = { of, from: at - 1000, to: at + 1000, points: 10 };
  await until(async () => (await command(hub.origin, 'history.read', args, { token })).json.points.length > 0);
  expect((await command(hub.origin, 'history.read', args, { token: elsewhere })).json).toMatchObject({ error: { code: 'out-of-scope' } });
  const figure = { ...args, of: { systemId: 'traffic', indicator: 'spaces-free' } };
  expect((await command(hub.origin, 'history.read', figure, { token: elsewhere })).status).toBe(200);
});

test('nothing else is open: other addresses want a login, other origins are refused there, nothing is sent to it', async () => {
  const headers = { origin: 'https://navigation.example' };
  for (const other of ['/api/open/anything', '/api/collections/assets', '/api/open/parking/', '//api/open/parking'])
    expect((await ask(hub.origin, other, { headers })).json).toMatchObject({ error: { code: 'origin-refused' } });
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    expect((await ask(hub.origin, path, { method, headers })).json).toMatchObject({ error: { code: 'origin-refused' } });
  expect((await ask(hub.origin, path, { headers: { host: 'elsewhere.example' } })).json).toMatchObject({ error: { code: 'host-refused' } });
  const document = (await ask(hub.origin, '/api/openapi.json', { token })).json;
  expect(document.paths[path].get).toMatchObject({ operationId: 'open.parking', security: [] });
});

test('who asks without end is told to wait', async () => {
  let answer = await ask(hub.origin, path);
  for (let count = 0; count < 400 && answer.status === 200; count += 1) answer = await ask(hub.origin, path);
  expect(answer).toMatchObject({ status: 429, json: { error: { code: 'too-many-requests' } } });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
});

test('it is not there unless the configuration says so', async () => {
  const other = temporaryFolder('no-parking');
  builtPages(other.path);
  const quiet = await startedHub({ ...hubOptions(other.path), config: configSchema.parse({ hub: { port: 0 } }) });
  expect((await ask(quiet.origin, path)).status).toBe(404);
  expect((await ask(quiet.origin, path, { headers: { origin: 'https://navigation.example' } })).status).toBe(403);
  await quiet.stop();
  other.dispose();
});
