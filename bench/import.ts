import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHub, until } from '../e2e/start-hub.ts';
import { FakeHj212Device } from '../streams/feeds/hj212/fake-device.ts';
import { FakeJt808Device, fakePosition } from '../streams/feeds/jt808/fake-device.ts';
import { FakeBroker } from '../streams/feeds/mqtt/fake-broker.ts';
import { atLeast, printReport } from './report.ts';

/**
 * What each connector takes in a second, over its real connection into a running hub: from the first byte until the hub counts every fact of it as known, raw records on the
 * disk. Peer, in the same run: a program that parses the same JSON and puts each value into SQLite, one transaction a record, and does nothing else with it.
 */
const { values: options } = parseArgs({ options: { items: { type: 'string', default: '20000' } } });
const items = Math.min(200_000, Math.max(1000, Number(options.items)));
const perRecord = 500;
const things = 2000;
const devices = 20;

const begunAt = Date.now() - 1_000_000;
const iso = (at: number) => new Date(at).toISOString();
const thing = (nth: number) => ({ id: `thing-${nth % things}`, free: nth % 400, at: Date.now() });
const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => thing(from + index));
const mappingOf = (format: 'json' | 'csv' | 'xml') => ({
  format,
  ...(format === 'csv' ? {} : { records: format === 'json' ? 'list' : 'park' }),
  entity: { path: format === 'xml' ? '@id' : 'id' },
  asset: { kind: { is: 'car-park' } },
  values: [{ path: 'free', quantity: 'spaces-free' }],
});

interface Pushed {
  readonly kind: string;
  readonly settings?: object;
  readonly contentType: string;
  body(from: number, count: number): string;
  readonly perRecord?: number;
  readonly items?: number;
}

const pushed: Record<string, Pushed> = {
  mapping_json: {
    kind: 'mapping',
    settings: { mapping: mappingOf('json') },
    contentType: 'application/json',
    body: (from, count) => JSON.stringify({ list: rows(from, count) }),
  },
  mapping_csv: {
    kind: 'mapping',
    settings: { mapping: mappingOf('csv') },
    contentType: 'text/csv',
    body: (from, count) =>
      `id,free\n${rows(from, count)
        .map(({ id, free }) => `${id},${free}`)
        .join('\n')}\n`,
  },
  mapping_xml: {
    kind: 'mapping',
    settings: { mapping: mappingOf('xml') },
    contentType: 'application/xml',
    body: (from, count) =>
      `<parks>${rows(from, count)
        .map(({ id, free }) => `<park id="${id}"><free>${free}</free></park>`)
        .join('')}</parks>`,
  },
  ngsi: {
    kind: 'ngsi',
    contentType: 'application/json',
    body: (from, count) =>
      JSON.stringify(
        rows(from, count).map(({ id, free, at }) => ({
          id,
          type: 'OffStreetParking',
          totalSpotNumber: { type: 'Number', value: 400 },
          availableSpotNumber: { type: 'Number', value: free },
          observationDateTime: { type: 'DateTime', value: iso(at) },
        })),
      ),
  },
  indicator: {
    kind: 'indicator',
    contentType: 'application/json',
    body: (from, count) =>
      JSON.stringify(
        rows(from, count).map(({ free }, index) => ({
          indicator: 'availability',
          value: free / 4,
          unit: '%',
          at: iso(begunAt + from + index),
        })),
      ),
  },
  cap: {
    kind: 'cap',
    contentType: 'application/cap+xml',
    perRecord: 1,
    items: 1000,
    body: (
      from,
    ) => `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>bench-${from}</identifier><sender>met@city.example</sender>
<sent>${iso(Date.now() - 1000).replace(/\.\d+Z$/, '+00:00')}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><category>Met</category><event>Rainstorm</event><urgency>Expected</urgency><severity>Minor</severity><certainty>Likely</certainty>
<expires>${iso(Date.now() + 3_600_000).replace(/\.\d+Z$/, '+00:00')}</expires><area><areaDesc>Yicheng</areaDesc></area></info></alert>`,
  },
};

interface FeedRow {
  readonly id: string;
  readonly status: { facts: number; quarantined: number; duplicate: number; problem: unknown } | null;
}

const hub = await startHub({ demo: false });
const broker = await FakeBroker.start();
const ours: Record<string, number> = {};
let counted = 0;
try {
  const nameOf = (name: string) => `bench-${name.replaceAll('_', '-')}`;
  const known = async (id: string) => (await hub.collection<FeedRow>('feeds')).items.find((feed) => feed.id === id)?.status ?? null;
  /** Measures until the hub counts as many facts as `expected`. */
  const measured = async (name: string, expected: number, send: () => Promise<void>) => {
    const id = nameOf(name);
    const begun = performance.now();
    await send();
    await until(`${expected} facts of ${name}`, 180_000, async () => {
      const status = await known(id);
      return status !== null && status.facts + status.duplicate + status.quarantined * perRecord >= expected;
    }).catch(async (cause: unknown) => {
      throw new Error(`${String(cause)}: ${JSON.stringify(await known(id))}`);
    });
    const seconds = (performance.now() - begun) / 1000;
    const { quarantined = 0, problem = null } = (await known(id)) ?? {};
    if (quarantined > 0) throw new Error(`${name}: ${JSON.stringify(problem)}`);
    ours[`${name}_items_per_s`] = Math.round(expected / seconds);
    counted += 1;
    process.stderr.write(`${name}: ${ours[`${name}_items_per_s`]} items/s\n`);
  };

  for (const [name, feed] of Object.entries(pushed)) {
    const id = nameOf(name);
    const system = { cap: 'emergency', indicator: 'cloud' }[feed.kind] ?? 'traffic';
    const { token } = await hub.command<{ token: string }>('feed.create', {
      id,
      kind: feed.kind,
      system,
      ...(feed.settings && { settings: feed.settings }),
    });
    const size = feed.perRecord ?? perRecord;
    const total = feed.items ?? items;
    const bodies = Array.from({ length: Math.ceil(total / size) }, (_, index) => feed.body(index * size, size));
    // Each thing is a fact of its own, besides its values.
    await measured(name, bodies.length * size, async () => {
      for (const group of chunks(bodies, 8))
        await Promise.all(
          group.map(async (body) => {
            const answer = await fetch(`${hub.listening}/api/feeds/${id}`, {
              method: 'POST',
              headers: { authorization: `Bearer ${token}`, 'content-type': feed.contentType },
              body,
            });
            if (answer.status !== 204) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
          }),
        );
    });
  }

  await hub.command('feed.create', {
    id: nameOf('mqtt'),
    kind: 'mqtt',
    system: 'traffic',
    settings: {
      url: `mqtt://127.0.0.1:${broker.port}`,
      topics: ['parks/+'],
      payload: 'mapping',
      mapping: { ...mappingOf('json'), records: '' },
    },
  });
  await broker.until(() => broker.listeners('parks/1') > 0);
  await measured('mqtt', 4000, async () => {
    for (const one of rows(0, 4000)) broker.publish(`parks/${one.id}`, JSON.stringify(one));
    await broker.until(() => broker.unacknowledged === 0);
  });

  const framed = async (kind: 'hj212' | 'jt808', system: string) =>
    (await hub.command<{ port: number }>('feed.create', { id: nameOf(kind), kind, system })).port;
  const hj212 = await framed('hj212', 'environment');
  const stations = await Promise.all(
    Array.from({ length: devices }, (_, index) =>
      FakeHj212Device.connect(hj212, { mn: `BENCH${String(index).padStart(19, '0')}`, st: '32' }),
    ),
  );
  const factors = { w01018: 62.5, w21003: 1.5, w01001: 7.2, w21011: 0.2, w21001: 9.4 };
  const reports = 40;
  const first = Math.floor(Date.now() / 1000) * 1000 - reports * 60_000;
  await measured('hj212', devices * reports * Object.keys(factors).length, () =>
    Promise.all(
      stations.map(async (station) => {
        for (let report = 0; report < reports; report += 1) await station.report(factors, first + report * 60_000);
      }),
    ).then(() => undefined),
  );
  await Promise.all(stations.map((station) => station.close()));

  const jt808 = await framed('jt808', 'urban-management');
  const vehicles = await Promise.all(
    Array.from({ length: devices }, async (_, index) => {
      const vehicle = await FakeJt808Device.connect(jt808, {
        phone: `1381234${String(index).padStart(4, '0')}`,
        plate: `苏B${10_000 + index}`,
        version: 1,
      });
      await vehicle.logIn();
      return vehicle;
    }),
  );
  // Of each position at least its two coordinates are facts.
  await measured('jt808', devices * reports * 2, () =>
    Promise.all(
      vehicles.map(async (vehicle) => {
        for (let report = 0; report < reports; report += 1)
          await vehicle.report(fakePosition(first + report * 60_000, 31.34 + report / 1e4, 119.82));
      }),
    ).then(() => undefined),
  );
  await Promise.all(vehicles.map((vehicle) => vehicle.close()));

  const peerItemsPerS = plainImport();
  printReport({
    bench: 'import',
    ours: { items, connectors: counted, ...ours },
    peer: { name: 'JSON.parse and one SQLite row a value, one transaction a record', items_per_s: peerItemsPerS },
    ratio: { mapping_json: Math.round((ours['mapping_json_items_per_s']! / peerItemsPerS) * 1000) / 1000 },
    goals: [
      atLeast('mapping_json_items_per_s', 2000, ours['mapping_json_items_per_s'] ?? null),
      atLeast('mqtt_items_per_s', 500, ours['mqtt_items_per_s'] ?? null),
    ],
  });
} finally {
  await broker.stop();
  await hub.stop();
}

/** The peer: no journal, no order of times, no things, nobody told. */
function plainImport(): number {
  const folder = mkdtempSync(join(tmpdir(), 'taodu-import-'));
  const database = new Database(join(folder, 'plain.db'));
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.exec('CREATE TABLE value (id TEXT, free REAL, at INTEGER)');
    const add = database.prepare('INSERT INTO value VALUES (?, ?, ?)');
    const record = database.transaction((text: string) => {
      for (const { id, free, at } of (JSON.parse(text) as { list: ReturnType<typeof rows> }).list) add.run(id, free, at);
    });
    const bodies = Array.from({ length: items / perRecord }, (_, index) => pushed['mapping_json']!.body(index * perRecord, perRecord));
    const begun = performance.now();
    for (const body of bodies) record(body);
    return Math.round(items / ((performance.now() - begun) / 1000));
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}
