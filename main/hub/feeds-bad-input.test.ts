import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Asset, Feed, Indicator, JournalRecord } from '../../streams/feed-contract.ts';
import { FakeHj212Device } from '../../streams/feeds/hj212/fake-device.ts';
import { encodeFrame } from '../../streams/protocols/hj212/frame.ts';
import { encodeGbk } from '../../streams/protocols/gbk.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from './hub-rig.ts';
import type { Hub } from './hub.ts';

/** What a body may be in this hub. */
const bodyBytes = 1024 * 1024;
const folder = temporaryFolder('feeds-bad-input');
let hub: Hub;
let token: string;
const tokens: Record<string, string> = {};
const ports: Record<string, number> = {};
const sockets: Socket[] = [];

const values = [
  { path: 'v', quantity: 'temperature' },
  { path: 'h', quantity: 'humidity' },
];
const mappingOf = (more: object) => ({ mapping: { entity: { path: 'id' }, time: { path: 't' }, values, ...more } });

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path, { hub: { bodyLimitBytes: bodyBytes } }));
  token = await login(hub.origin, 'admin', adminPassword);
  for (const [id, kind, settings] of [
    ['quiet', 'indicator', undefined],
    ['json', 'mapping', mappingOf({ format: 'json' })],
    ['xml', 'mapping', mappingOf({ format: 'xml', records: 'r', entity: { path: '@id' } })],
    ['csv', 'mapping', mappingOf({ format: 'csv', encoding: 'gbk' })],
    ['ngsi', 'ngsi', undefined],
    ['cap', 'cap', undefined],
    ['hj212', 'hj212', undefined],
    ['jt808', 'jt808', undefined],
    ['mad', 'hj212', undefined],
  ] as const) {
    const answer = await command(hub.origin, 'feed.create', { id, kind, system: 'traffic', ...(settings ? { settings } : {}) }, { token });
    const made = answer.json as { token: string; port: number };
    tokens[id] = made.token;
    ports[id] = made.port;
  }
}, 60_000);
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await hub.stop();
});

const push = (feedId: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${hub.origin}/api/feeds/${feedId}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens[feedId]}`, 'content-type': 'application/octet-stream', ...headers },
    body,
  });
const items = async <T>(name: string) =>
  ((await ask(hub.origin, `/api/collections/${name}?limit=1000`, { token })).json as { items: T[] }).items;
const newest = async (feedId: string) =>
  ((await command(hub.origin, 'journal.search', { feedId }, { token })).json as { records: JournalRecord[] }).records[0];
const until = async <T>(probe: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await probe();
    if (found) return found;
    await later(20);
  }
};
const feed = async (id: string) => (await items<Feed>('feeds')).find((one) => one.id === id)!;
/** Another feed does as if nothing were. */
const othersAreWell = async (value: number) => {
  expect((await push('quiet', JSON.stringify({ indicator: 'clear-time', value }))).status).toBe(204);
  await until(async () => (await items<Indicator>('indicators')).some((one) => one.key === 'traffic/clear-time' && one.value === value));
};
const dial = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
};

describe('bodies that are too much', () => {
  const opened = (feedToken: string, headers: Record<string, string>): ClientRequest => {
    const asked = request(`${hub.origin}/api/feeds/json`, {
      method: 'POST',
      headers: { authorization: `Bearer ${feedToken}`, 'content-type': 'application/json', ...headers },
    });
    asked.on('error', () => {});
    return asked;
  };
  const statusOf = async (asked: ClientRequest): Promise<number | undefined> => {
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    asked.destroy();
    return answer.statusCode;
  };

  test('a gigabyte that is announced is refused before a byte of it', async () => {
    const asked = opened(tokens['json']!, { 'content-length': String(1024 ** 3) });
    asked.flushHeaders();
    expect(await statusOf(asked)).toBe(413);
    await othersAreWell(1);
  });
  test('one that is not announced is refused where the limit is', async () => {
    const asked = opened(tokens['json']!, { 'transfer-encoding': 'chunked' });
    const sent = { answered: false, bytes: 0 };
    const status = statusOf(asked).finally(() => (sent.answered = true));
    const piece = Buffer.alloc(64 * 1024, 0x20);
    while (!sent.answered && sent.bytes < 64 * bodyBytes) {
      sent.bytes += piece.length;
      if (!asked.write(piece)) await Promise.race([once(asked, 'drain'), status]);
      await later(0);
    }
    expect(await status).toBe(413);
    expect(sent.bytes).toBeLessThan(64 * bodyBytes);
    await othersAreWell(2);
  });
  test('whoever has no token is refused before a byte, however much is announced', async () => {
    const asked = opened('x'.repeat(32), { 'content-length': String(1024 ** 3) });
    asked.flushHeaders();
    expect(await statusOf(asked)).toBe(401);
  });
  test.each(['gzip', 'br', 'deflate, gzip', 'zstd'])('what is packed as %s is refused, and not unpacked', async (encoding) => {
    const answer = await push('json', gzipSync(Buffer.alloc(bodyBytes * 16)), { 'content-encoding': encoding });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toMatchObject({ error: { code: 'unsupported-media-type' } });
  });
  test('as it is, is no packing', async () => {
    const row = JSON.stringify({ id: 'as-it-is', t: new Date().toISOString(), v: 1 });
    expect((await push('json', row, { 'content-encoding': 'identity' })).status).toBe(204);
  });
});

const now = () => new Date().toISOString();
test.each<[string, string, string | Uint8Array, string]>([
  ['json', 'a clock of 2099', JSON.stringify({ id: 'x', t: '2099-01-01T00:00:00Z', v: 1 }), 'time-future'],
  ['json', 'a year of two digits', JSON.stringify({ id: 'x', t: '26-01-01 00:00:00', v: 1 }), 'time-invalid'],
  ['json', 'a 30th of February', JSON.stringify({ id: 'x', t: '2026-02-30T00:00:00Z', v: 1 }), 'time-invalid'],
  ['json', 'deeper than any stack', '['.repeat(400_000), 'json-malformed'],
  ['json', 'half a text', '{"id":"x","t":"2026-', 'json-malformed'],
  ['json', 'bytes of no encoding', Uint8Array.of(0x7b, 0xff, 0xff, 0x7d), 'record-encoding'],
  ['json', 'a number alone', '1e400', 'field-missing'],
  ['json', 'keys of every object', '{"__proto__":{"id":"x"},"constructor":{"id":"y"}}', 'field-missing'],
  ['xml', 'a document type', '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r id="x"><v>&e;</v></r>', 'xml-forbidden'],
  ['xml', 'an entity that nobody declared', '<r id="&e;"/>', 'xml-malformed'],
  ['xml', 'deeper than any document', '<r>'.repeat(100_000), 'xml-malformed'],
  ['csv', 'a quote that nobody closed', '"id,t,v\n', 'csv-malformed'],
  ['ngsi', 'lists in lists', `${'['.repeat(6000)}${']'.repeat(6000)}`, 'field-missing'],
  ['ngsi', 'a forecast', JSON.stringify({ id: 'f', type: 'WeatherForecast', temperature: 12 }), 'record-unsupported'],
  ['cap', 'a billion laughs', '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;">]><alert>&m;</alert>', 'xml-forbidden'],
  ['cap', 'another document', '<kml/>', 'record-unsupported'],
])('to %s: %s lies in quarantine with its reason', async (feedId, _what, body, code) => {
  expect((await push(feedId, body)).status).toBe(204);
  const record = await until(async () => {
    const last = await newest(feedId);
    return last?.outcome !== 'pending' && last;
  });
  expect(record).toMatchObject({ outcome: 'quarantined', facts: 0, problems: [{ code }] });
});

test.each<[string, string, string, object]>([
  [
    'json',
    'a value that cannot be',
    `{"id":"j1","t":"${now()}","v":21,"h":140}`,
    { humidity: { value: 140, quality: 'suspect' }, temperature: { value: 21, quality: 'good' } },
  ],
  [
    'json',
    'a sentinel in its place',
    `{"id":"j2","t":"${now()}","v":9999,"h":50}`,
    { temperature: { value: null, quality: 'no-data' }, humidity: { value: 50 } },
  ],
  [
    'json',
    'more than any number, and a key twice',
    `{"id":"j3","t":"${now()}","v":1e400,"h":1,"h":2}`,
    { temperature: { quality: 'no-data' }, humidity: { value: 2 } },
  ],
  ['json', 'a clock of 1970', '{"id":"j4","t":"1970-01-02T00:00:00Z","v":1}', { temperature: { value: 1, at: 86_400_000 } }],
  ['json', 'a mark of the order of bytes', `\ufeff{"id":"j5","t":"${now()}","v":-0}`, { temperature: { value: 0 } }],
])('to %s: %s is known as that', async (feedId, _what, body, latest) => {
  expect((await push(feedId, body)).status).toBe(204);
  const { id } = JSON.parse(body.replace('\ufeff', '')) as { id: string };
  const asset = await until(async () =>
    (await items<Asset>('assets')).find((one) => one.id === `${feedId}/${id}` && one.latest['temperature'] !== undefined),
  );
  expect(asset.latest).toMatchObject(latest);
});

describe('devices that do not behave', () => {
  test.each([
    ['hj212', '##9999', 'x'],
    ['hj212', '', '#'],
    ['jt808', '~', '\u0001'],
    ['jt808', '', '\u0001'],
  ])('%s: a frame without an end, %j and then %j, is cut off', async (kind, head, more) => {
    const socket = await dial(ports[kind]!);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.resume();
    socket.write(head);
    const piece = more.repeat(32 * 1024);
    let written = 0;
    while (!socket.destroyed) {
      written += piece.length;
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
      await later(0);
    }
    await closed;
    await othersAreWell(written % 1000);
  });

  test('a thousand connections with half a frame each keep no station from being heard', async () => {
    const half = encodeFrame(encodeGbk('QN=20260105083001123;ST=32;CN=2011;PW=1;MN=HALF;Flag=5;CP=&&w01018-Rtd=1&&')).subarray(0, 40);
    for (let round = 0; round < 10; round += 1)
      await Promise.all(Array.from({ length: 100 }, async () => void (await dial(ports['hj212']!)).write(half)));
    await until(async () => (await feed('hj212')).status?.connections === 1000);
    const station = await FakeHj212Device.connect(ports['hj212']!, { mn: 'WHOLE', st: '32' });
    expect(await station.report({ w01018: 12 }, Math.floor(Date.now() / 1000) * 1000)).toMatchObject({ cn: '9014' });
    await station.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    await until(async () => (await feed('hj212')).status?.connections === 0);
    await othersAreWell(77);
  });

  test('a feed gone mad is throttled and named; the others are not', async () => {
    const socket = await dial(ports['mad']!);
    socket.resume();
    const frame = Buffer.from(encodeFrame(encodeGbk('ST=32;CN=2011;PW=1;MN=MAD;Flag=4;CP=&&w01018-Rtd=1&&')));
    socket.write(Buffer.concat(Array.from({ length: 50_000 }, () => frame)));
    await until(async () => (await feed('mad')).status?.state === 'throttled');
    await othersAreWell(88);
    await until(async () => (await feed('quiet')).status?.state === 'live');
    expect((await feed('quiet')).status).toMatchObject({ throttled: 0 });
    expect((await feed('mad')).status!.records).toBeLessThan(50_000);
    socket.destroy();
  });
});
