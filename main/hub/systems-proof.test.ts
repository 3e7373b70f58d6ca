import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Indicator } from '../../streams/feed-contract.ts';
import { FakeHj212Device } from '../../streams/feeds/hj212/fake-device.ts';
import { FakeJt808Device, fakePosition } from '../../streams/feeds/jt808/fake-device.ts';
import { startBroker, type StartedBroker } from '../../streams/feeds/mqtt/start-broker.ts';
import { encodeGbk } from '../../streams/protocols/gbk.ts';
import { systems } from '../../streams/systems/systems.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from './hub-rig.ts';
import type { Hub } from './hub.ts';

/**
 * Each of the city's systems sends what it would send, over a real connection, and its figures become what that says. Debian's mosquitto is the broker where it is installed, else our
 * own stands in for it.
 */
const folder = temporaryFolder('systems-proof');
const now = Math.floor(Date.now() / 1000) * 1000;
const iso = new Date(now).toISOString();
let hub: Hub;
let token: string;
let broker: StartedBroker;
let office: Server;

/** A feed of a system, and what is sent to it. */
interface Sent {
  readonly kind: 'mapping' | 'ngsi' | 'indicator' | 'mqtt' | 'cap' | 'hj212' | 'jt808';
  readonly settings?: () => object;
  /** Pushed with the feed's token. */
  readonly push?: { readonly type: string; readonly body: string | Uint8Array };
  /** Published, a message each. */
  readonly messages?: readonly (readonly [topic: string, text: string])[];
  /** By devices, to the feed's port. */
  devices?(port: number): Promise<void>;
}

interface Proof {
  readonly sent: readonly Sent[];
  /** The figures that come of it, each with the number of the feed that is its source; null: none alone. */
  readonly figures: Readonly<Record<string, readonly [value: number, source?: number | null]>>;
}

const json = (value: unknown): NonNullable<Sent['push']> => ({ type: 'application/json', body: JSON.stringify(value) });
const at = (path: string, quantity: string, more: object = {}) => ({ path, quantity, ...more });
const document = (kind: object, values: readonly object[], more: object = {}) => ({
  format: 'json',
  entity: { path: 'id' },
  time: { path: 'time' },
  asset: { kind, name: { path: 'name' } },
  values,
  ...more,
});
const eventDocument = (format: 'json' | 'xml', more: object = {}) => ({
  format,
  ...more,
  entity: { path: 'id' },
  time: { path: 'time' },
  event: {
    external: 'id',
    class: { path: 'class' },
    status: { path: 'state', words: { closed: 'ended' }, otherwise: 'open' },
    severity: { is: 'low' },
    title: { path: 'title' },
  },
});
const mapped = (mapping: object, push: NonNullable<Sent['push']>): Sent => ({ kind: 'mapping', settings: () => ({ mapping }), push });

/** What is reckoned here; what a system reckons itself is sent for all of them alike. */
const proofs: Readonly<Record<string, Proof>> = {
  sensing: {
    sent: [
      {
        kind: 'mqtt',
        settings: () => ({ url: broker.url, topics: ['sensing/#'], payload: 'ngsi' }),
        messages: ['a', 'b'].map((id) => [
          `sensing/${id}`,
          JSON.stringify({
            id: `urn:ngsi-ld:Device:${id}`,
            type: 'Device',
            batteryLevel: { type: 'Property', value: 0.8, observedAt: iso },
            temperature: { type: 'Property', value: 21.5, observedAt: iso },
          }),
        ]),
      },
    ],
    figures: { 'sensors-online': [100], sensors: [2] },
  },
  cloud: {
    sent: [
      mapped(
        document({ is: 'resource-pool' }, [at('cpu', 'cpu-use', { scale: 100 }), at('disk', 'storage-use')]),
        json([
          { id: 'p1', name: 'pool 1', time: iso, cpu: 0.6, disk: 40 },
          { id: 'p2', name: 'pool 2', time: iso, cpu: 0.8, disk: 60 },
        ]),
      ),
    ],
    figures: { 'cpu-use': [70], 'storage-use': [50] },
  },
  'data-centre': {
    sent: [
      mapped(document({ is: 'exchange-job' }, [at('result', 'job-success', { words: { ok: true, failed: false } })], { format: 'csv' }), {
        type: 'text/csv',
        body: `id,name,time,result\nj1,one,${iso},ok\nj2,two,${iso},ok\nj3,three,${iso},ok\nj4,four,${iso},failed\n`,
      }),
    ],
    figures: { 'exchange-success': [75] },
  },
  'gov-services': {
    sent: [
      mapped(
        {
          format: 'csv',
          encoding: 'gbk',
          entity: { path: '窗口' },
          asset: { kind: { is: 'service-window' } },
          values: [at('等候', 'wait-minutes')],
        },
        { type: 'text/csv', body: encodeGbk('窗口,等候\n一号,10\n二号,20\n') },
      ),
    ],
    figures: { waiting: [15] },
  },
  health: {
    sent: [
      mapped(
        {
          format: 'xml',
          records: 'unit',
          entity: { path: '@id' },
          time: { path: 'time' },
          asset: { kind: { path: '@kind' } },
          values: [at('free', 'beds-free'), at('beds', 'beds-total'), at('response', 'response-minutes', { scale: 1 / 60 })],
        },
        {
          type: 'application/xml',
          body: `<units><unit id="h1" kind="hospital"><time>${iso}</time><free>30</free><beds>120</beds></unit><unit id="h2" kind="hospital"><time>${iso}</time><free>10</free><beds>80</beds></unit><unit id="a1" kind="ambulance"><time>${iso}</time><response>480</response></unit><unit id="a2" kind="ambulance"><time>${iso}</time><response>600</response></unit></units>`,
        },
      ),
      mapped(eventDocument('json'), json([{ id: 'sos-1', time: iso, class: 'health.elder-sos', state: 'open', title: '老人求助' }])),
    ],
    figures: { 'beds-free': [40], 'bed-load': [20], 'response-time': [9], 'elder-sos-today': [1, 1] },
  },
  'social-security': {
    sent: [
      mapped(
        document({ is: 'service-window' }, [at('waiting', 'queue-people')], { records: 'data.windows' }),
        json({
          data: {
            windows: [
              { id: 'w1', name: 'one', time: iso, waiting: 7 },
              { id: 'w2', name: 'two', time: iso, waiting: 5 },
            ],
          },
        }),
      ),
    ],
    figures: { queue: [12] },
  },
  education: {
    sent: [
      mapped(
        document({ is: 'school' }, [at('network', 'online', { words: { up: true, down: false } })]),
        json([
          { id: 's1', name: '一小', time: iso, network: 'up' },
          { id: 's2', name: '二小', time: iso, network: 'down' },
        ]),
      ),
    ],
    figures: { 'networks-online': [50] },
  },
  culture: {
    sent: [
      {
        kind: 'ngsi',
        push: json([
          { id: 'm1', type: 'Museum', name: '博物馆', dateModified: iso, capacity: 500, peopleCount: 120 },
          { id: 'm2', type: 'Museum', name: '美术馆', dateModified: iso, capacity: 300, peopleCount: 80 },
        ]),
      },
    ],
    figures: { people: [200], 'venues-online': [100] },
  },
  tourism: {
    sent: [
      {
        kind: 'ngsi',
        push: json(
          [
            ['t1', 300],
            ['t2', 500],
          ].map(([id, people]) => ({
            id,
            type: 'TouristDestination',
            dateObserved: { type: 'DateTime', value: iso, metadata: {} },
            capacity: { type: 'Number', value: 1000, metadata: {} },
            occupancy: { type: 'Number', value: people, metadata: {} },
          })),
        ),
      },
    ],
    figures: { load: [40], people: [800] },
  },
  grid: {
    sent: [
      mapped(
        eventDocument('json'),
        json([
          { id: 'g1', time: iso, class: 'grid.dispute', state: '处置中', title: '邻里纠纷' },
          { id: 'g2', time: iso, class: 'grid.hazard', state: '立案', title: '飞线充电' },
          { id: 'g3', time: iso, class: 'grid.environment', state: 'closed', title: '垃圾' },
        ]),
      ),
    ],
    figures: { open: [2] },
  },
  traffic: {
    sent: [
      {
        kind: 'ngsi',
        push: {
          type: 'application/ld+json',
          body: JSON.stringify({
            type: 'Notification',
            subscriptionId: 'urn:ngsi-ld:Subscription:1',
            data: [
              {
                id: 'urn:ngsi-ld:OffStreetParking:1',
                type: 'OffStreetParking',
                availableSpotNumber: { type: 'Property', value: 30, observedAt: iso },
              },
              {
                id: 'urn:ngsi-ld:OffStreetParking:2',
                type: 'OffStreetParking',
                availableSpotNumber: { type: 'Property', value: 12, observedAt: iso },
              },
              {
                id: 'urn:ngsi-ld:EVChargingStation:1',
                type: 'EVChargingStation',
                status: { type: 'Property', value: 'working', observedAt: iso },
              },
              {
                id: 'urn:ngsi-ld:EVChargingStation:2',
                type: 'EVChargingStation',
                status: { type: 'Property', value: 'outOfService', observedAt: iso },
              },
              {
                id: 'urn:ngsi-ld:RoadAccident:1',
                type: 'RoadAccident',
                accidentDate: { type: 'Property', value: iso },
                status: { type: 'Property', value: 'onGoing' },
                description: { type: 'Property', value: '两车追尾' },
              },
            ],
          }),
        },
      },
      mapped(
        document({ is: 'road-segment' }, [at('index', 'congestion-index'), at('kmh', 'speed'), at('state', 'state', { type: 'text' })]),
        json([
          { id: 'r1', name: '东仓大道', time: iso, index: 1.5, kmh: 40, state: 'free' },
          { id: 'r2', name: '窑湖路', time: iso, index: 4.5, kmh: 10, state: 'congested' },
        ]),
      ),
    ],
    figures: {
      'spaces-free': [42, 0],
      'chargers-safe': [50, 0],
      'events-open': [1, 0],
      'congestion-index': [3, 1],
      speed: [25, 1],
      'roads-congested': [50, 1],
    },
  },
  'urban-management': {
    sent: [
      mapped(eventDocument('xml', { records: 'case' }), {
        type: 'text/xml',
        body: `<cases><case><id>u1</id><time>${iso}</time><class>urban.event.garbage</class><state>open</state><title>暴露垃圾</title></case><case><id>u2</id><time>${iso}</time><class>urban.event.stall</class><state>closed</state><title>占道经营</title></case></cases>`,
      }),
      {
        kind: 'jt808',
        async devices(port) {
          const terminals = [
            await FakeJt808Device.connect(port, { phone: '13800000001', plate: '苏B00001' }),
            await FakeJt808Device.overUdp(port, { phone: '13800000002', plate: '苏B00002', version: 1 }),
          ];
          for (const terminal of terminals) {
            await terminal.logIn();
            expect(await terminal.report(fakePosition(now, 31.34, 119.82))).toBe(0);
            await terminal.close();
          }
        },
      },
    ],
    figures: { open: [1], today: [2], 'vehicles-online': [100, 1] },
  },
  emergency: {
    sent: [
      {
        kind: 'cap',
        settings: () => ({ poll: { url: `http://127.0.0.1:${(office.address() as AddressInfo).port}/index.atom`, everySeconds: 5 } }),
      },
    ],
    figures: { warnings: [1] },
  },
  utilities: {
    sent: [
      {
        kind: 'mqtt',
        settings: () => ({
          url: broker.url,
          topics: ['water/#'],
          payload: 'mapping',
          mapping: document({ path: 'kind', words: { pump: 'pump-station', main: 'water-main' } }, [
            at('kwh', 'energy-per-m3'),
            at('kpa', 'pipe-pressure', { scale: 0.001 }),
            at('cl', 'chlorine'),
          ]),
        }),
        messages: [
          { id: 'p1', kind: 'pump', kwh: 0.3 },
          { id: 'p2', kind: 'pump', kwh: 0.4 },
          { id: 'm1', kind: 'main', kpa: 300, cl: 0.2 },
          { id: 'm2', kind: 'main', kpa: 100, cl: 0.01 },
        ].map((message) => [`water/${message.id}`, JSON.stringify({ ...message, name: message.id, time: iso })] as const),
      },
    ],
    figures: { 'stations-online': [100], 'pressure-in-range': [50], 'chlorine-in-range': [50], 'energy-per-m3': [0.35] },
  },
  environment: {
    sent: [
      {
        kind: 'hj212',
        async devices(port) {
          for (const [mn, pm25] of [
            ['AIR001', 40],
            ['AIR002', 60],
          ] as const) {
            const station = await FakeHj212Device.connect(port, { mn, st: '22' });
            expect(await station.report({ a34004: pm25 }, now)).toMatchObject({ cn: '9014' });
            await station.close();
          }
        },
      },
    ],
    figures: { pm25: [50], 'stations-online': [100] },
  },
  security: {
    sent: [mapped(eventDocument('json'), json({ id: 'x1', time: iso, class: 'security.attack', state: 'open', title: '端口扫描' }))],
    figures: { 'attacks-today': [1] },
  },
};

/** Of cameras the directory tells; a hub without pictures says of each that nothing is known, and without districts nothing of those. */
const ofCameras: Readonly<Record<string, number | null>> = { cameras: 2, online: 0, covered: null };

const given = new Map(systems.map((pack) => [pack.id, pack.indicators.filter(({ from }) => from.kind === 'given')] as const));
/** A figure that no other one is. */
const figureOf = (system: number, index: number) => system * 100 + index + 0.25;

async function send(system: string, id: string, { kind, settings, push, messages, devices }: Sent): Promise<void> {
  const made = await command(hub.origin, 'feed.create', { id, kind, system, ...(settings && { settings: settings() }) }, { token });
  expect(made.status, made.text).toBe(200);
  const { token: own, port } = made.json as { token: string; port?: number };
  // Retained, so that it does not matter who comes first.
  for (const [topic, text] of messages ?? []) await broker.publish(topic, text, { retain: true });
  await devices?.(port!);
  if (!push) return;
  const answer = await fetch(`${hub.origin}/api/feeds/${id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${own}`, 'content-type': push.type },
    body: push.body,
  });
  expect(answer.status).toBe(204);
}

beforeAll(async () => {
  builtPages(folder.path);
  broker = await startBroker();
  office = createHttpServer((request, response) => {
    const { port } = office.address() as AddressInfo;
    response.end(
      request.url === '/index.atom'
        ? `<feed xmlns="http://www.w3.org/2005/Atom"><entry><link type="application/cap+xml" href="http://127.0.0.1:${port}/1.cap"/></entry></feed>`
        : `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>W1</identifier><sender>met@city.example</sender><sent>${iso.replace('.000Z', '+00:00')}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty><headline>暴雨橙色预警</headline></info></alert>`,
    );
  }).listen(0, '127.0.0.1');
  await once(office, 'listening');
  hub = await startedHub(hubOptions(folder.path));
  token = await login(hub.origin, 'admin', adminPassword);
  for (const { id, number } of systems) {
    for (const [index, sent] of (proofs[id]?.sent ?? []).entries()) await send(id, `${id}-${index}`, sent);
    const figures = given.get(id)!.map((indicator, index) => ({ indicator: indicator.id, value: figureOf(number, index), at: iso }));
    if (figures.length > 0) await send(id, `${id}-figures`, { kind: 'indicator', push: json(figures) });
  }
  for (const number of ['C-1', 'C-2']) {
    const camera = { number, name: number, district: '320282', source: { kind: 'rtsp', url: 'rtsp://192.0.2.1/1' } };
    expect((await command(hub.origin, 'camera.upsert', camera, { token })).status).toBe(200);
  }
}, 120_000);
afterAll(async () => {
  await hub?.stop();
  office?.close();
  await broker?.stop();
  folder.dispose();
});

test.each(systems.map((pack) => [pack.id, pack] as const))(
  '%s: what it sends becomes its figures, with target, age and source',
  { timeout: 60_000 },
  async (id, { number, indicators }) => {
    const sources = (proofs[id]?.sent ?? []).map((_, index) => `${id}-${index}`);
    const wanted = indicators.map((indicator): object => {
      const own = given.get(id)!.findIndex((one) => one.id === indicator.id);
      const [value, source = 0] = own >= 0 ? [figureOf(number, own)] : (proofs[id]?.figures[indicator.id] ?? [ofCameras[indicator.id]]);
      const feed = own >= 0 ? `${id}-figures` : source === null || indicator.from.kind === 'cameras' ? null : sources[source];
      return { key: `${id}/${indicator.id}`, value, target: indicator.target, source: feed, ofSimulated: false };
    });
    expect(wanted.length).toBe(indicators.length);
    let found: readonly Indicator[] = [];
    await expect
      .poll(
        async () => {
          const all = (await ask(hub.origin, '/api/collections/indicators?limit=1000', { token })).json as { items: Indicator[] };
          found = all.items.filter(({ systemId }) => (systemId as string) === id);
          return found.map(({ key, value, target, source, ofSimulated }) => ({ key, value, target, source, ofSimulated })).sort(byKey);
        },
        { timeout: 45_000, interval: 250 },
      )
      .toEqual((wanted as { key: string }[]).sort(byKey));
    for (const { key, value, at: known } of found)
      if (value !== null) expect([key, known !== null && known >= now && known <= Date.now()]).toEqual([key, true]);
  },
);

const byKey = (one: { readonly key: string }, other: { readonly key: string }) => (one.key < other.key ? -1 : 1);

test('nothing of it lies in quarantine', async () => {
  const { records } = (await command(hub.origin, 'journal.search', { outcome: 'quarantined' }, { token })).json as { records: unknown[] };
  expect(records).toEqual([]);
});
