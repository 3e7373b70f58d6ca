import { request as httpRequest } from 'node:http';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  adminPassword,
  ask,
  builtPages,
  command,
  connected,
  hubOptions,
  login,
  next,
  openLink,
  operator,
  run,
  startedHub,
  subscribe,
  temporaryFolder,
} from '../hub-rig.ts';
import type { Hub } from '../hub.ts';

const folder = temporaryFolder('socket');
let hub: Hub;
let origin: string;
let admin: string;
let consoleCookie: string;
let wallCookie: string;
const ends: (() => void)[] = [];

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path));
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

const script = async (token = admin) => {
  const made = await connected(origin, { token });
  ends.push(() => void made.socket.disconnect());
  return made;
};
const camera = (number: string, district = '320282', name = `Camera ${number}`) =>
  command(origin, 'camera.upsert', { number, name, district, source: { kind: 'file', url: 'clip:gate' } }, { token: admin });

/** An upgrade request by hand; answers the status line and body. */
const upgrade = (path: string, headers: Record<string, string>) =>
  new Promise<{ status: number; text: string; headers: object }>((resolve, reject) => {
    const request = httpRequest(`${origin}${path}`, {
      agent: false,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, text: '', headers: response.headers });
    });
    request.on('response', (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    request.on('error', reject);
    request.end();
  });

describe('the handshake', () => {
  test('says welcome before anything else', async () => {
    const { welcome, events } = await script();
    expect(welcome).toMatchObject({ protocol: 1, hubVersion: '0.0.0-test', epoch: 1, demo: false });
    expect(events[0]?.[0]).toBe('welcome');
    const { json } = await ask(origin, '/healthz');
    expect(welcome.seq).toBeLessThanOrEqual(json.seq);
  });

  test.each<[string, object, () => Record<string, string>, string | null]>([
    ['another protocol', { protocol: 2 }, () => ({ cookie: consoleCookie, origin }), 'protocol-incompatible'],
    ['no protocol', { protocol: undefined }, () => ({ cookie: consoleCookie, origin }), 'protocol-incompatible'],
    ['no session', {}, () => ({ origin }), 'login-required'],
    ['a cookie without Origin', { session: 'console' }, () => ({ cookie: consoleCookie }), 'origin-refused'],
    ['a session name that is none', { session: 'wall:main' }, () => ({ cookie: consoleCookie, origin }), 'malformed'],
    ['a screen with the cookie of another', { session: 'wall:main:2' }, () => ({ cookie: wallCookie, origin }), 'login-required'],
    ['the console with a wall cookie', { session: 'console' }, () => ({ cookie: wallCookie, origin }), 'login-required'],
    ['the console cookie', { session: 'console' }, () => ({ cookie: consoleCookie, origin }), null],
    ['the wall cookie', { session: 'wall:main:1' }, () => ({ cookie: wallCookie, origin }), null],
    ['a wall page with a console session', { session: 'wall:main:1' }, () => ({ cookie: consoleCookie, origin }), null],
  ])('%s', async (_name, auth, headers, refused) => {
    const attempt = connected(origin, auth, headers());
    if (refused) return expect(attempt).rejects.toThrow(refused);
    const { socket } = await attempt;
    ends.push(() => void socket.disconnect());
    const answer = await run(socket, 'session.who', {});
    const own = 'session' in auth && auth.session === 'wall:main:1' && headers()['cookie'] === wallCookie;
    return expect(answer).toMatchObject({ result: { screen: own ? { wallId: 'main', screenId: '1' } : null } });
  });

  test.each<[string, string, () => Record<string, string>, number, string]>([
    ['another Host', '/socket.io/?EIO=4&transport=websocket', () => ({ host: 'evil.example' }), 403, 'host-refused'],
    ['another Origin', '/socket.io/?EIO=4&transport=websocket', () => ({ origin: 'http://evil.example' }), 403, 'origin-refused'],
    ['another path', '/other', () => ({}), 404, 'not-found'],
  ])('is not even upgraded: %s', async (_name, path, headers, status, code) => {
    const answer = await upgrade(path, headers());
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code } });
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
  });
});

describe('facts', () => {
  test('arrive after their commit, in order, at everybody who asked', async () => {
    const [one, two] = [await script(), await script()];
    const reply = await subscribe(one.socket, { id: 1, collection: 'cameras', selector: { district: '320205' } });
    await subscribe(two.socket, { id: 9, collection: 'cameras', selector: { district: '320205' } });
    if (reply.kind !== 'snapshot') throw new Error(reply.kind);
    const [first, other] = [next(one.socket, 'changes'), next(two.socket, 'changes')];
    await camera('F-1', '320205');
    const message = await first;
    expect(message).toMatchObject({ id: 1, previous: reply.seq, ops: [{ op: 'put', value: { number: 'F-1' } }] });
    expect(await other).toMatchObject({ id: 9, seq: message.seq });
    const second = next(one.socket, 'changes');
    await camera('F-1', '320282');
    expect(await second).toMatchObject({ previous: message.seq, ops: [{ op: 'delete' }] });
  });

  test('text of any kind survives the way', async () => {
    const { socket } = await script();
    await subscribe(socket, { id: 1, collection: 'cameras' });
    const name = '陶都 “北门” \\ \u{1f600} </script> 𠮷';
    const change = next(socket, 'changes');
    await camera('F-2', '320282', name);
    expect(await change).toMatchObject({ ops: [{ value: { name } }] });
  });

  test('what a screen shows arrives as a volatile value', async () => {
    const { socket } = await script();
    const { socket: wall } = await connected(origin, { session: 'wall:main:1' }, { cookie: wallCookie, origin });
    ends.push(() => void wall.disconnect());
    await subscribe(socket, { id: 1, collection: 'walls' });
    const value = next(socket, 'volatile');
    expect(await run(wall, 'wall.report', { wallId: 'main', screenId: '1', shown: { revision: 0, at: 1, tiles: [] } })).toEqual({
      result: { previewWanted: false },
    });
    expect(await value).toMatchObject({ id: 1, items: [{ key: 'main', fields: { shown: { '1': { revision: 0 } } } }] });
  });

  test('the hub answers its clock', async () => {
    const { socket } = await script();
    const before = Date.now();
    const now = await new Promise<number>((resolve) => void socket.emit('clock', resolve));
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });
});

describe('the end of a session', () => {
  test('logout: the answer, a farewell with the reason, and the end of every connection, within a second', async () => {
    const token = await login(origin);
    const [here, there] = [await script(token), await script(token)];
    await subscribe(there.socket, { id: 1, collection: 'cameras' });
    const farewells = [next(here.socket, 'farewell'), next(there.socket, 'farewell')];
    const ended = [here, there].map(({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve)));
    const begun = performance.now();
    expect(await run(here.socket, 'session.logout', {})).toEqual({ result: {} });
    for (const farewell of farewells) expect(await farewell).toEqual({ code: 'login-required', params: { reason: 'logout' } });
    expect(await Promise.all(ended)).toEqual(['io server disconnect', 'io server disconnect']);
    expect(performance.now() - begun).toBeLessThan(1000);
    await expect(connected(origin, { token })).rejects.toThrow('login-required');
  });

  test('a disabled account: nothing more is seen or done', async () => {
    const token = await operator(origin, admin, 'sun');
    const { socket, events } = await script(token);
    await subscribe(socket, { id: 1, collection: 'cameras' });
    const farewell = next(socket, 'farewell');
    await command(origin, 'user.upsert', { name: 'sun', roles: ['operator'], disabled: true }, { token: admin });
    expect(await farewell).toMatchObject({ params: { reason: 'account-changed' } });
    await camera('F-3');
    if (socket.connected)
      expect(
        await Promise.race([
          run(socket, 'camera.search', { text: '' }),
          new Promise((resolve) => socket.once('disconnect', () => resolve('gone'))),
        ]),
      ).not.toHaveProperty('result');
    expect(events.filter(([name]) => name === 'changes')).toEqual([]);
  });
});

describe('clients that do not keep up', () => {
  test('are cut off when too much waits for them, and others notice nothing', { timeout: 60_000 }, async () => {
    // every change is more than a megabyte and goes to eight subscriptions, so that the bound is reached in a few
    const subscriptions = 8;
    const still = {
      kind: 'grid',
      rows: 20,
      cols: 20,
      tiles: Array.from({ length: 400 }, () => ({ panel: 'note', text: 'x'.repeat(280) })),
    };
    const scene = { kind: 'tour', steps: Array.from({ length: 10 }, () => ({ scene: still, dwellMs: 5000 })) };
    const socketOfWs = new WebSocket(`${origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    ends.push(() => socketOfWs.terminate());
    const opened = new Promise<void>((resolve) => {
      socketOfWs.on('message', (data) => {
        const text = String(data);
        if (text.startsWith('0')) socketOfWs.send(`40${JSON.stringify({ protocol: 1, token: admin })}`);
        if (text.startsWith('42["welcome"'))
          for (let id = 0; id < subscriptions; id++) socketOfWs.send(`42${id}["subscribe",{"id":${id},"collection":"layouts"}]`);
        if (text.startsWith(`43${subscriptions - 1}`)) resolve();
      });
    });
    await opened;
    // it reads no more, but says that it is alive: what ends it is what waits for it
    const alive = setInterval(() => socketOfWs.send('3'), 500);
    ends.push(() => clearInterval(alive));
    (socketOfWs as unknown as { _socket: { pause(): void } })._socket.pause();
    const { socket, events } = await script();
    await subscribe(socket, { id: 1, collection: 'layouts' });
    const cutOff = async () =>
      Number(/^taodu_sockets_cut_off_total (\d+)$/m.exec((await ask(origin, '/metrics', { token: admin })).text)![1]);
    expect(await cutOff()).toBe(0);
    const { json } = await command(origin, 'layout.save', { name: 'Big', scene }, { token: admin });
    expect(json).toHaveProperty('layoutId');
    let saves = 1;
    for (; saves < 200 && (await cutOff()) === 0; saves++)
      await command(origin, 'layout.save', { layoutId: json.layoutId, name: 'Big', scene }, { token: admin });
    expect(await cutOff()).toBe(1);
    const last = next(socket, 'changes');
    await command(
      origin,
      'layout.save',
      { layoutId: json.layoutId, name: 'Small', scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] } },
      { token: admin },
    );
    expect(await last).toMatchObject({ ops: [{ value: { name: 'Small' } }] });
    expect(events.filter(([name]) => name === 'changes').length).toBe(saves + 1);
  });
});

describe('nonsense', () => {
  const alive = async () => {
    expect((await ask(origin, '/healthz')).status).toBe(200);
    const { socket } = await connected(origin, { token: admin });
    expect((await subscribe(socket, { id: 1, collection: 'walls' })).kind).toBe('snapshot');
    socket.disconnect();
  };

  /** Sends raw messages over one connection until the hub has answered the last one or closed it. */
  const send = (messages: readonly (string | Uint8Array)[]) =>
    new Promise<void>((resolve) => {
      const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      socket.on('message', (data) => {
        const text = String(data);
        if (text.startsWith('0')) socket.send(`40${JSON.stringify({ protocol: 1, token: admin })}`);
        if (text.startsWith('42["welcome"')) {
          for (const message of messages) socket.send(message);
          socket.send('4299["clock"]');
        }
        if (text.startsWith('4399')) socket.close();
      });
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
    });

  test.each<[string, string | Uint8Array]>([
    ['an event without arguments', '42["subscribe"]'],
    ['no callback', '42["subscribe",{"id":1,"collection":"cameras"}]'],
    ['null as arguments', '421["subscribe",null]'],
    ['a callback in the arguments', '42["command",{"name":"session.who"},"reply"]'],
    ['an unknown event', '421["admin",{}]'],
    ['a reserved event', '42["disconnect"]'],
    ['no event name', '42[]'],
    ['not JSON', '42["subscribe",'],
    ['deep nesting', `421["command",${'['.repeat(100_000)}`],
    ['a binary event', '451-["subscribe",{"_placeholder":true,"num":0}]'],
    ['binary data', Uint8Array.of(1, 2, 3)],
    ['another namespace', '40/admin,{}'],
    ['an answer to nothing', '4312345["x"]'],
    ['a prototype', '421["command",{"name":"session.who","args":{"__proto__":{"x":1}}}]'],
    ['too long', `42["subscribe","${'x'.repeat(1024 * 1024)}"]`],
    ['an unknown packet type', '49{}'],
    ['an unknown engine type', '9'],
  ])('%s does no harm', async (_name, message) => {
    await send([message]);
    await alive();
  });

  test('seeded fuzz of packets', async () => {
    const values = fc.jsonValue({ maxDepth: 4 });
    const events = fc.tuple(fc.constantFrom('subscribe', 'unsubscribe', 'command', 'clock', 'x'), fc.array(values, { maxLength: 3 }));
    const nearly = fc.record(
      {
        id: fc.oneof(fc.nat(5), values),
        collection: fc.oneof(fc.constantFrom('cameras', 'walls', 'audit', 'users'), values),
        selector: fc.oneof(fc.record({ ids: values, district: values, fields: values }, { requiredKeys: [] }), values),
        last: fc.oneof(fc.record({ epoch: fc.integer(), seq: fc.integer() }), values),
        name: fc.oneof(fc.constantFrom('session.who', 'camera.search', 'wall.show'), values),
        args: values,
      },
      { requiredKeys: [] },
    );
    const packets = fc.oneof(
      fc.tuple(fc.nat(20), events).map(([id, [event, args]]) => `42${id}${JSON.stringify([event, ...args])}`),
      fc
        .tuple(fc.nat(20), fc.constantFrom('subscribe', 'command'), nearly)
        .map(([id, event, arg]) => `42${id}${JSON.stringify([event, arg])}`),
    );
    const samples = fc.sample(fc.array(packets, { minLength: 1, maxLength: 20 }), { seed: 42, numRuns: 40 });
    for (const messages of samples) await send(messages);
    for (const message of fc.sample(fc.string({ maxLength: 60 }), { seed: 43, numRuns: 60 })) await send([message]);
    await alive();
  });

  test('seeded fuzz of requests', async () => {
    const requests = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'),
      path: fc.oneof(
        fc.webPath(),
        fc
          .constantFrom('/api/commands/camera.search', '/api/commands/wall.show', '/api/collections/cameras', '/assets/', '/wall/main/1')
          .chain((path) => fc.webQueryParameters().map((query) => `${path}?${query}`)),
        fc.string({ maxLength: 30 }).map((text) => `/${encodeURI(text.toWellFormed())}`),
      ),
      headers: fc.dictionary(
        fc.constantFrom(
          'cookie',
          'origin',
          'authorization',
          'idempotency-key',
          'content-type',
          'range',
          'if-modified-since',
          'accept-encoding',
        ),
        fc.oneof(fc.constantFrom('application/json', 'null', 'bytes=0-5', 'Bearer'), fc.stringMatching(/^[\x20-\x7e]{0,40}$/)),
      ),
      body: fc.oneof(fc.constant(undefined), fc.json(), fc.string(), fc.uint8Array({ maxLength: 200 })),
    });
    for (const { method, path, headers, body } of fc.sample(requests, { seed: 44, numRuns: 300 })) {
      const answer = await ask(origin, path, {
        method,
        headers,
        body: method === 'GET' || method === 'HEAD' ? undefined : body,
        ...(path.length % 2 && { token: admin }),
      });
      expect([answer.status < 500 || answer.json?.error?.code === 'relay-unavailable', method, path, answer.text]).toEqual([
        true,
        method,
        path,
        answer.text,
      ]);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
    }
    await alive();
  });
});
