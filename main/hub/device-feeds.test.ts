import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Asset, CityEvent, Feed, Indicator, JournalRecord } from '../../streams/feed-contract.ts';
import { FakeHj212Device } from '../../streams/feeds/hj212/fake-device.ts';
import { FakeJt808Device, fakePosition } from '../../streams/feeds/jt808/fake-device.ts';
import { FakeBroker } from '../../streams/feeds/mqtt/fake-broker.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from './hub-rig.ts';
import type { Hub } from './hub.ts';

const folder = temporaryFolder('device-feeds');
let hub: Hub;
let token: string;
let broker: FakeBroker;
const ports: Record<string, number> = {};

const start = async () => {
  hub = await startedHub(hubOptions(folder.path));
  token = await login(hub.origin, 'admin', adminPassword);
};
beforeAll(async () => {
  broker = await FakeBroker.start({ login: { user: 'hub', password: 'secret' } });
  builtPages(folder.path);
  await start();
  for (const [kind, system] of [
    ['hj212', 'environment'],
    ['jt808', 'urban-management'],
  ] as const) {
    const answer = await command(hub.origin, 'feed.create', { id: kind, kind, system }, { token });
    ports[kind] = (answer.json as { port: number }).port;
  }
});
afterAll(async () => {
  await hub.stop();
  await broker.stop();
});

const items = async <T>(name: string) =>
  ((await ask(hub.origin, `/api/collections/${name}?limit=1000`, { token })).json as { items: T[] }).items;
const records = async (feedId: string) =>
  ((await command(hub.origin, 'journal.search', { feedId }, { token })).json as { records: JournalRecord[] }).records;
const until = async <T>(probe: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await later(20);
  }
};
const asset = (id: string, isSo: (found: Asset) => boolean) =>
  until(async () => (await items<Asset>('assets')).find((one) => one.id === id && isSo(one)));

test('a station reports over a real socket: answered from the journal, known with its values', async () => {
  const fake = await FakeHj212Device.connect(ports['hj212']!, { mn: '010000A8900016F000169DC0', st: '32' });
  const at = Math.floor(Date.now() / 1000) * 1000;
  expect(await fake.report({ w01018: 62.5, w21003: { value: 1.5, flag: 'D' } }, at)).toMatchObject({ cn: '9014' });
  expect(await records('hj212')).toMatchObject([{ parser: 'hj212/2' }]);
  const found = await asset('hj212/010000A8900016F000169DC0', ({ latest }) => latest['cod'] !== undefined);
  expect(found).toMatchObject({
    assetKind: 'pollution-source',
    system: 'environment',
    latest: { cod: { value: 62.5, quality: 'good', at }, 'ammonia-nitrogen': { value: 1.5, quality: 'bad', flag: 'D' } },
  });
  await fake.close();
});

test('a vehicle registers, reports, and its SOS is an event', async () => {
  const fake = await FakeJt808Device.connect(ports['jt808']!, { phone: '13812345678', plate: '苏B12345', version: 1 });
  await fake.logIn();
  const at = Math.floor(Date.now() / 1000) * 1000;
  expect(await fake.report(fakePosition(at, 31.34, 119.82, { alarms: [0] }))).toBe(0);
  expect(await asset('jt808/13812345678', ({ latest }) => latest['alarm'] !== undefined)).toMatchObject({
    name: '苏B12345',
    latest: { latitude: { value: 31.34 }, speed: { value: 30 }, alarm: { value: 'sos' } },
  });
  const event = await until(async () => (await items<CityEvent>('events')).find((one) => one.class === 'vehicle.sos'));
  expect(event).toMatchObject({ feedId: 'jt808', severity: 'critical', status: 'open', place: { lat: 31.34, lon: 119.82 } });
  // A repeated message makes no second one.
  expect(await fake.report(fakePosition(at, 31.34, 119.82, { alarms: [0] }))).toBe(0);
  await until(async () => (await records('jt808')).some(({ outcome }) => outcome === 'duplicate'));
  expect((await items<CityEvent>('events')).filter((one) => one.class === 'vehicle.sos')).toHaveLength(1);
  await fake.close();
});

test('what cannot be read lies in quarantine, with its bytes', async () => {
  const fake = await FakeHj212Device.connect(ports['hj212']!, { mn: 'MN2', st: '32' });
  fake.send(new TextEncoder().encode('##0012MN=1;CN=20110000\r\n'));
  const record = await until(async () => (await records('hj212')).find(({ outcome }) => outcome === 'quarantined'));
  expect(record.problems).toMatchObject([{ code: 'frame-checksum' }]);
  await fake.close();
});

const figure = (isSo: (found: Indicator) => boolean) =>
  until(async () => (await items<Indicator>('indicators')).find((one) => one.key === 'traffic/car-parks-connected' && isSo(one)));
const said = (value: number) => JSON.stringify([{ indicator: 'car-parks-connected', value, at: Date.now() - 1000 }]);

test('a broker: its messages are acknowledged from the journal, its password is kept to itself', async () => {
  const settings = { url: `mqtt://hub:secret@127.0.0.1:${broker.port}`, topics: ['city/traffic/#'], payload: 'indicator' };
  expect((await command(hub.origin, 'feed.create', { id: 'mqtt', kind: 'mqtt', system: 'traffic', settings }, { token })).status).toBe(200);
  const feed = (await items<Feed>('feeds')).find(({ id }) => id === 'mqtt');
  expect(feed).toMatchObject({ hasSecret: true, port: null });
  expect(JSON.stringify(feed)).not.toContain('secret@');
  await broker.until(() => broker.listeners('city/traffic/figures') === 1);
  broker.publish('city/traffic/figures', said(81));
  await broker.until(() => broker.acknowledged.length === 1);
  expect(await records('mqtt')).toMatchObject([{ parser: 'indicator/1' }]);
  await figure(({ value }) => value === 81);
});

test('after a restart devices find their ports again', async () => {
  await hub.stop();
  broker.publish('city/traffic/figures', said(84));
  await start();
  const fake = await FakeHj212Device.connect(ports['hj212']!, { mn: '010000A8900016F000169DC0', st: '32' });
  const at = Math.floor(Date.now() / 1000) * 1000;
  expect(await fake.report({ w01018: 12 }, at)).toMatchObject({ cn: '9014' });
  await asset('hj212/010000A8900016F000169DC0', ({ latest }) => latest['cod']?.value === 12);
  await fake.close();
  // What was published meanwhile has waited at the broker.
  await figure(({ value }) => value === 84);
  expect(broker.unacknowledged).toBe(0);
});
