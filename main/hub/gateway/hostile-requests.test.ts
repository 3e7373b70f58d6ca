import { request as httpRequest } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { configSchema } from '../../config/config.ts';
import { collections, commands } from '../../contract/catalog.ts';
import { silentLog } from '../../contract/log.ts';
import { adminPassword, ask, builtPages, command, hubOptions, openLink, startedHub, temporaryFolder } from '../hub-rig.ts';
import type { Hub } from '../hub.ts';
import { createHttpServer, patience } from './http-server.ts';
import { createOwnOrigins } from './own-origins.ts';
import { commandSamples } from './testdata/command-samples.ts';

const marker = 'only-for-the-owner-4711';
const folder = temporaryFolder('hostile');
let hub: Hub;
let origin: string;
let admin: string;
let consoleCookie: string;
let wallCookie: string;
const ends: (() => void)[] = [];

beforeAll(async () => {
  builtPages(folder.path);
  const options = hubOptions(folder.path, { hub: { bodyLimitBytes: 100_000 } });
  hub = await startedHub(options);
  // beside the assets, in the pages' folder, in the data folder: all of them within reach of a "..", none of them to be served
  for (const path of [join(folder.path, 'marker.txt'), join(folder.path, 'pages', 'marker.txt'), join(options.dataFolder, 'marker.txt')])
    writeFileSync(path, marker);
  origin = hub.origin;
  const answer = await command(origin, 'session.login', { user: 'admin', password: adminPassword });
  admin = answer.json.token;
  consoleCookie = answer.headers['set-cookie']![0]!.split(';')[0]!;
  wallCookie = (await openLink(hub.wallLink('main', '1'))).cookie;
}, 60_000);
afterEach(() => ends.splice(0).forEach((end) => end()));
afterAll(async () => {
  await hub.stop();
  folder.dispose();
});

const routes = [
  'GET /',
  'GET /healthz',
  'GET /login',
  'GET /console',
  'GET /wall/main/1',
  'GET /metrics',
  'GET /assets/app-1a2b3c4d.js',
  'GET /api/openapi.json',
  'GET /api/exports/none/manifest.json',
  'GET /nowhere',
  ...commands.map(({ name }) => `POST /api/commands/${name}`),
  ...collections.map(({ name }) => `GET /api/collections/${name}`),
];

describe('a page elsewhere', () => {
  test.each(routes)('reaches nothing under a name of its own, whatever session the browser has (DNS rebinding): %s', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const name = path.split('/').at(-1) as keyof typeof commandSamples;
    const body = method === 'POST' ? { body: commandSamples[name] } : {};
    for (const headers of [
      { host: `rebound.example:${hub.port}` },
      { host: `rebound.example:${hub.port}`, origin: `http://rebound.example:${hub.port}`, cookie: consoleCookie },
      { host: `127.0.0.1.rebound.example:${hub.port}`, cookie: wallCookie },
      { host: 'rebound.example', authorization: `Bearer ${admin}` },
    ]) {
      const answer = await ask(origin, path, { method, headers, ...body });
      expect([answer.status, answer.json?.error?.code]).toEqual([403, 'host-refused']);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test.each(routes)('reaches nothing by sending a browser here with its session (forged Origin): %s', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const name = path.split('/').at(-1) as keyof typeof commandSamples;
    const body = method === 'POST' ? { body: commandSamples[name] } : {};
    for (const from of [
      'http://evil.example',
      'null',
      `http://127.0.0.1:1`,
      `http://127.0.0.1.evil.example:${hub.port}`,
      `https://127.0.0.1:${hub.port}`,
      'file://',
    ]) {
      const answer = await ask(origin, path, { method, headers: { origin: from, cookie: consoleCookie }, ...body });
      expect([from, answer.status, answer.json?.error?.code]).toEqual([from, 403, 'origin-refused']);
    }
  });

  test('does not get its words into an answer’s headers', async () => {
    const answer = await ask(origin, '/login', { headers: { host: `evil.example\tscript-src` } }).catch((error: Error) => error);
    if (!(answer instanceof Error)) expect(JSON.stringify(answer.headers)).not.toContain('evil.example');
  });
});

describe('a path that leads outside', () => {
  const climbs = [
    '../marker.txt',
    '../../marker.txt',
    '../data/marker.txt',
    '..%2fmarker.txt',
    '%2e%2e/marker.txt',
    '%2e%2e%2fmarker.txt',
    '..%5cmarker.txt',
    '..\\marker.txt',
    '....//marker.txt',
    '..;/marker.txt',
    '%252e%252e%252fmarker.txt',
    '%c0%ae%c0%ae/marker.txt',
    './/../marker.txt',
    'x/../../marker.txt',
    '%00../marker.txt',
    'marker.txt%00.js',
    '/etc/passwd',
    '//etc/passwd',
    'file:///etc/passwd',
  ];
  const roots = [
    '/',
    '/assets/',
    '/console/',
    '/login/',
    '/wall/main/',
    '/wall/',
    '/api/',
    '/api/commands/',
    '/api/collections/',
    '/api/exports/',
    '/api/exports/x/',
    '/metrics/',
  ];

  test.each(roots)('from %s', async (root) => {
    for (const climb of climbs) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const answer = await ask(origin, `${root}${climb}`, { method, token: admin, ...(method === 'POST' && { body: {} }) });
        expect([method, root + climb, answer.status >= 400 && answer.status < 500]).toEqual([method, root + climb, true]);
        expect(answer.text).not.toContain(marker);
        expect(answer.text).not.toContain('root:');
      }
    }
  });

  test('by an absolute URL in the request line', async () => {
    for (const target of [`http://127.0.0.1:${hub.port}/../marker.txt`, 'http://evil.example/marker.txt', '*', 'marker.txt'])
      expect((await raw(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\nConnection: close\r\n\r\n`)).includes(marker)).toBe(
        false,
      );
  });
});

/** Sends these bytes and answers all that comes back until the hub closes. */
function raw(text: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(hub.port, '127.0.0.1', () => void socket.write(text));
    let all = '';
    socket.on('data', (chunk) => (all += chunk.toString('latin1')));
    socket.on('close', () => resolve(all));
    socket.on('error', () => undefined);
  });
}

const alive = async () => expect((await ask(origin, '/healthz')).status).toBe(200);

describe('a request that is too large', () => {
  test.each<[string, () => string]>([
    ['a header of 64 KB', () => `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`],
    [
      'ten thousand headers',
      () =>
        `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\n${Array.from({ length: 10_000 }, (_, nth) => `X-${nth}: 1\r\n`).join('')}\r\n`,
    ],
    ['a request line of 64 KB', () => `GET /${'x'.repeat(64 * 1024)} HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\n\r\n`],
    ['a cookie of 64 KB', () => `GET /console HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\nCookie: ${'a=b; '.repeat(13_000)}\r\n\r\n`],
  ])('%s is refused and the connection ends', async (_name, text) => {
    expect(await raw(text())).toMatch(/^HTTP\/1\.1 4\d\d /);
    await alive();
  });

  test.each(commands.map(({ name }) => name))('a body that is too long, to %s', async (name) => {
    const answer = await command(origin, name, { more: 'x'.repeat(100_001) }, { token: admin });
    expect([answer.status, answer.json.error.code]).toEqual([413, 'payload-too-large']);
  });

  test('a body in pieces that says no length', async () => {
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const request = httpRequest(`${origin}/api/commands/camera.search`, {
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}`, 'transfer-encoding': 'chunked' },
      });
      request.on('response', (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      });
      request.on('error', reject);
      for (let piece = 0; piece < 12; piece += 1) request.write('x'.repeat(10_000));
      request.end();
    });
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([413, 'payload-too-large']);
  });

  test.each<[string, string]>([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}'],
    ['a length and pieces', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n{}'],
    ['a length that is no number', 'Content-Length: 2x\r\n\r\n{}'],
    ['pieces that are none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n'],
    ['an unknown encoding', 'Transfer-Encoding: gzip\r\n\r\n{}'],
    ['a folded header', 'X-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\n{}'],
  ])('one of which nobody can tell where it ends (request smuggling): %s', async (_name, rest) => {
    const head = `POST /api/commands/session.who HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\nAuthorization: Bearer ${admin}\r\nContent-Type: application/json\r\n`;
    const answer = await raw(`${head}Connection: close\r\n${rest}`);
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    expect(answer.match(/HTTP\/1\.1 /g) ?? []).toHaveLength(1);
    await alive();
  });
});

describe('requests that take their time', () => {
  /** A connection that sends the beginning of a request and no more. */
  const slow = (text: string): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(hub.port, '127.0.0.1', () => {
        socket.write(text);
        resolve(socket);
      });
      socket.on('error', () => undefined);
      ends.push(() => socket.destroy());
    });

  test('three hundred of them keep nobody else from being answered', async () => {
    const head = `POST /api/commands/camera.search HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\n`;
    await Promise.all(
      Array.from({ length: 300 }, (_, nth) =>
        slow(
          nth % 2 === 0
            ? head
            : `${head}Authorization: Bearer ${admin}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"text":`,
        ),
      ),
    );
    for (let round = 0; round < 5; round += 1)
      expect((await command(origin, 'camera.search', { text: '' }, { token: admin })).status).toBe(200);
  });

  test.each<[string, string]>([
    ['headers that never end', 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-'],
    ['not even a first line', 'GE'],
    ['a body that never ends', 'POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{'],
  ])('are ended: %s', async (_name, text) => {
    const origins = createOwnOrigins(configSchema.parse({ hub: { hosts: ['127.0.0.1'] } }).hub, () => 1);
    const impatient = createHttpServer({
      origins,
      relays: () => [],
      bodyLimitBytes: 100_000,
      certificate: null,
      patience: { headersMs: 60, requestMs: 120, checkEveryMs: 20 },
      log: silentLog,
    });
    impatient.app.post('/echo', () => ({ ok: true }));
    await impatient.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = impatient.app.server.address() as AddressInfo;
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => void socket.write(text));
      let all = '';
      socket.on('data', (chunk) => (all += chunk.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(all));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    await impatient.app.close();
  });

  test('and the hub itself has no more patience than that', () => {
    expect(patience).toEqual({ headersMs: 20_000, requestMs: 120_000, checkEveryMs: 5000 });
  });

  test('a stranger’s body is not waited for: he is refused by his headers', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(hub.port, '127.0.0.1', () => {
        socket.write(
          `POST /api/commands/camera.search HTTP/1.1\r\nHost: 127.0.0.1:${hub.port}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{`,
        );
      });
      ends.push(() => socket.destroy());
      socket.on('data', (chunk) => resolve(chunk.toString()));
      socket.on('error', () => undefined);
    });
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
  });
});
