import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRelay } from '../../streams/media/relay.ts';
import { silentLog } from '../contract/log.ts';
import { systemClock } from '../supervision/system-clock.ts';
import type { Hub } from './hub.ts';
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
  ownPassword,
  run,
  startedHub,
  subscribe,
  temporaryFolder,
} from './hub-rig.ts';

// What becomes of a session at both doors: socket and HTTP.

const clipsFolder = join(import.meta.dirname, '..', '..', 'streams', 'demo-city', 'clips');
const ends: (() => unknown)[] = [];
let hub: Hub;
let origin: string;
let admin: string;
let cameraId: string;

beforeAll(async () => {
  const folder = temporaryFolder('session-doors');
  ends.push(folder.dispose);
  builtPages(folder.path);
  const key = Buffer.alloc(32, 5).toString('base64');
  const { relay: limits } = hubOptions(folder.path).config;
  const relay = await createRelay(
    { ...limits, host: '127.0.0.1', port: 0, clipsFolder, logLevel: 'fatal', key, tls: undefined, probesAtOnce: 4 },
    { clock: systemClock, log: silentLog },
  );
  ends.push(() => relay.stop());
  hub = await startedHub(hubOptions(folder.path, { relay: { url: `http://127.0.0.1:${relay.port}`, key }, clipsFolder }));
  ends.push(() => hub.stop());
  origin = hub.origin;
  admin = await login(origin);
  const gate = { number: 'G-1', name: 'Gate', district: '320282', source: { kind: 'file', url: 'clip:car-park.sub' } };
  cameraId = (await command(origin, 'camera.upsert', gate, { token: admin })).json.cameraId;
}, 60_000);
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

const leases = async (): Promise<string | undefined> =>
  /^taodu_leases (\d+)$/m.exec((await ask(origin, '/metrics', { token: admin })).text)?.[1];

/** Asks until the answer is the one that is waited for; the test's time is the limit. */
async function until<T>(question: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await question();
    if (isIt(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The lease of a picture; the relay may still be on its way to the hub. */
const lease = (token: string) =>
  until(
    () => command(origin, 'stream.lease', { cameraId, profile: 'sub' }, { token }),
    ({ status }) => status === 200,
  );

/** Opens the picture of a lease as a player does; answers how it asks for the next piece. */
async function playing({ urls }: { urls: { hls: string } }) {
  const opening = new URL(urls.hls);
  const master = await ask(opening.origin, `${opening.pathname}${opening.search}`);
  const [path] = /\/hls\/p\/\S+\.m3u8/.exec(master.text) ?? [];
  if (path === undefined) throw new Error(master.text);
  return () => ask(opening.origin, path);
}

describe('a session that ends takes its leases and its pictures along, and says farewell', () => {
  const account = (name: string, more: object = {}) => ({ name, roles: ['operator'], ...more });

  test.each<[string, string, (sessionId: string) => Promise<{ status: number }>, string]>([
    [
      'its user is disabled',
      'li',
      () => command(origin, 'user.upsert', account('li', { disabled: true }), { token: admin }),
      'account-changed',
    ],
    [
      'its user may do something else',
      'wu',
      () => command(origin, 'user.upsert', account('wu', { denied: ['wall.control'] }), { token: admin }),
      'account-changed',
    ],
    ['the security administrator ends it', 'xu', (sessionId) => command(origin, 'session.end', { sessionId }, { token: admin }), 'ended'],
  ])('%s', async (_name, name, end, reason) => {
    const token = await operator(origin, admin, name);
    const { sessions } = (await command(origin, 'session.list', {}, { token: admin })).json;
    const { sessionId } = sessions.find((one: { name: string }) => one.name === name);
    const { socket } = await connected(origin, { token });
    const playlist = await playing((await lease(token)).json);
    expect((await playlist()).status).toBe(200);
    expect(await leases()).toBe('1');

    const farewell = next(socket, 'farewell');
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    expect((await end(sessionId)).status).toBe(200);
    expect(await farewell).toMatchObject({ code: 'login-required', params: { reason } });
    expect(await gone).toBe('io server disconnect');
    expect(await leases()).toBe('0');
    await until(playlist, ({ status }) => status === 410 || status === 404);
    expect(await command(origin, 'session.who', {}, { token })).toMatchObject({ status: 401 });
    await expect(connected(origin, { token })).rejects.toThrow('login-required');
  });
});

describe('the session of a screen', () => {
  test('is given the pictures that were put on its wall, and no others', async () => {
    const tile = { panel: 'video', cameraId };
    const show = (tiles: readonly object[]) =>
      command(origin, 'wall.show', { wallId: 'main', screenId: '1', scene: { kind: 'grid', rows: 1, cols: 1, tiles } }, { token: admin });
    const { cookie } = await openLink(hub.wallLink('main', '1'));
    const token = cookie.split('=')[1]!;
    const refused = { status: 403, json: { error: { code: 'out-of-scope' } } };
    expect(await command(origin, 'stream.lease', { cameraId, profile: 'sub' }, { token })).toMatchObject(refused);
    const many = await command(origin, 'stream.lease-many', { wants: [{ cameraId, profile: 'sub' }] }, { token });
    expect(many.json.leases).toMatchObject([{ error: { code: 'out-of-scope' } }]);
    for (const name of ['camera.snapshot', 'camera.diagnose'])
      expect(await command(origin, name, { cameraId, profile: 'sub' }, { token })).toMatchObject(refused);
    expect((await show([tile])).status).toBe(200);
    const given = await lease(token);
    await show([]);
    expect(await command(origin, 'stream.lease', { cameraId, profile: 'sub' }, { token })).toMatchObject(refused);
    await command(origin, 'stream.release', { leaseId: given.json.leaseId }, { token });
  });
});

describe('a request whose body comes late', () => {
  test('is not done once the session that began it is over', async () => {
    const token = await operator(origin, admin, 'tang');
    await lease(token);
    const { sessions } = (await command(origin, 'session.list', {}, { token: admin })).json;
    const { sessionId } = sessions.find((one: { name: string }) => one.name === 'tang');
    const body = JSON.stringify({ cameraId, profile: 'sub' });
    const { hostname, port } = new URL(origin);
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': String(body.length),
      expect: '100-continue',
    };
    const request = httpRequest({ hostname, port, path: '/api/commands/stream.lease', method: 'POST', agent: false, headers });
    const answered = new Promise<number | undefined>((resolve, reject) => {
      request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    // the door has looked at who asks once it wants the body
    const wanted = new Promise((resolve) => request.once('continue', resolve));
    request.flushHeaders();
    request.write(body.slice(0, 1));
    await wanted;
    await command(origin, 'session.end', { sessionId }, { token: admin });
    request.end(body.slice(1));
    expect(await answered).toBe(401);
    expect(await leases()).toBe('0');
  });
});

describe('a token that is not good opens neither door', () => {
  const refusedEverywhere = async (token: string) => {
    expect(await command(origin, 'session.who', {}, { token })).toMatchObject({ status: 401, json: { error: { code: 'login-required' } } });
    expect(await ask(origin, '/api/collections/cameras', { token })).toMatchObject({ status: 401 });
    await expect(connected(origin, { token })).rejects.toThrow('login-required');
  };
  const asCookie = async (cookie: string) => {
    const headers = { cookie, origin };
    expect(await ask(origin, '/api/commands/session.who', { method: 'POST', body: {}, headers })).toMatchObject({ status: 401 });
    expect(await ask(origin, '/console', { headers: { cookie } })).toMatchObject({ status: 303 });
    await expect(connected(origin, {}, headers)).rejects.toThrow('login-required');
  };
  const loggedIn = async () => {
    const answer = await command(origin, 'session.login', { user: 'admin', password: adminPassword });
    return { token: answer.json.token as string, cookie: answer.headers['set-cookie']![0]!.split(';')[0]! };
  };

  test('stale: its session ended by logging out, and is replayed, in a header and as a cookie', async () => {
    const { token, cookie } = await loggedIn();
    expect((await command(origin, 'session.who', {}, { token })).status).toBe(200);
    await command(origin, 'session.logout', {}, { token });
    await refusedEverywhere(token);
    await asCookie(cookie);
  });

  test('stale: its password was changed elsewhere', async () => {
    const old = await operator(origin, admin, 'zhao');
    const here = await login(origin, 'zhao', ownPassword);
    await command(origin, 'session.password', { current: ownPassword, next: 'Third-Shift-4713' }, { token: here });
    await refusedEverywhere(old);
  });

  test.each<[string, (token: string) => string]>([
    ['another last sign', (token) => token.slice(0, -1) + (token.endsWith('A') ? 'E' : 'A')],
    ['another first sign', (token) => (token.startsWith('A') ? 'B' : 'A') + token.slice(1)],
    ['a sign less', (token) => token.slice(1)],
    ['a sign more', (token) => `${token}A`],
    ['in other case', (token) => token.toLowerCase()],
    ['all alike', () => 'A'.repeat(43)],
    ['the hash that the database holds would be', () => 'a'.repeat(64)],
    ['nothing', () => ''],
  ])('forged: %s', async (_name, forge) => {
    await refusedEverywhere(forge((await loggedIn()).token));
  });

  test('forged: a one-time link is no session', async () => {
    const ticket = new URL(hub.wallLink('main', '1')).searchParams.get('ticket')!;
    await refusedEverywhere(ticket);
  });

  test('replayed: the cookie of one page under the name of another', async () => {
    const [, screen] = (await openLink(hub.wallLink('main', '1'))).cookie.split('=');
    const [console] = (await loggedIn()).cookie.split('=');
    const headers = { cookie: `${console}=${screen}`, origin };
    // a screen's session is good for that screen alone, whatever it is called
    const who = await ask(origin, '/api/commands/session.who', { method: 'POST', body: {}, headers });
    expect(who.json).toMatchObject({ roles: ['wall'], screen: { wallId: 'main', screenId: '1' } });
    const { json } = await ask(origin, '/api/commands/session.list', { method: 'POST', body: {}, headers });
    expect(json).toMatchObject({ error: { code: 'forbidden' } });
  });

  test('foreign: the token and the cookie of another hub', async () => {
    const folder = temporaryFolder('other-hub');
    builtPages(folder.path);
    const other = await startedHub(hubOptions(folder.path));
    try {
      const answer = await command(other.origin, 'session.login', { user: 'admin', password: adminPassword });
      expect(answer.status).toBe(200);
      await refusedEverywhere(answer.json.token);
      await asCookie(answer.headers['set-cookie']![0]!.split(';')[0]!);
    } finally {
      await other.stop();
      folder.dispose();
    }
  });
});

describe('a session that is locked', () => {
  test('shows what a wall shows, hears nothing else, controls nothing, and goes on once it is unlocked', async () => {
    await operator(origin, admin, 'sun');
    const opened = await command(origin, 'session.login', { user: 'sun', password: ownPassword, interactive: true });
    const token = opened.json.token as string;
    const { socket } = await connected(origin, { token });
    expect(await subscribe(socket, { id: 1, collection: 'walls' })).toMatchObject({ kind: 'snapshot' });
    expect(await subscribe(socket, { id: 2, collection: 'commands' })).toMatchObject({ kind: 'snapshot' });
    const withdrawn = next(socket, 'changes');
    expect(await run(socket, 'session.lock', {})).toEqual({ result: {} });
    // the page is told that it missed something, asks anew, and is refused
    expect(await withdrawn).toMatchObject({ id: 2, previous: -1, ops: [] });
    expect(await subscribe(socket, { id: 3, collection: 'commands' })).toMatchObject({
      kind: 'refused',
      error: { code: 'session-locked' },
    });
    expect(await subscribe(socket, { id: 4, collection: 'cameras' })).toMatchObject({ kind: 'snapshot' });
    expect(await lease(token)).toMatchObject({ status: 200 });
    const still = { kind: 'grid', rows: 1, cols: 1, tiles: [null] };
    for (const [name, args] of [
      ['wall.show', { wallId: 'main', screenId: '1', scene: still }],
      ['layout.save', { name: 'mine', scene: still }],
      ['session.password', { current: ownPassword, next: 'Third-Shift-4713' }],
      ['session.lock', {}],
    ] as const) {
      expect([name, await run(socket, name, args)]).toMatchObject([name, { error: { code: 'session-locked' } }]);
      expect([name, await command(origin, name, args, { token })]).toMatchObject([name, { status: 403 }]);
    }
    // a wall page in the same browser goes on, also when it is loaded anew
    const headers = { cookie: opened.headers['set-cookie']![0]!.split(';')[0]!, origin };
    expect((await ask(origin, '/wall/main/1', { headers })).status).toBe(200);
    const wall = await connected(origin, { session: 'wall:main:1' }, headers);
    expect(await subscribe(wall.socket, { id: 1, collection: 'walls', selector: { ids: ['main'] } })).toMatchObject({ kind: 'snapshot' });
    const shown = { revision: 0, at: 5, tiles: [] };
    expect(await run(wall.socket, 'wall.report', { wallId: 'main', screenId: '1', shown })).toMatchObject({ result: {} });
    wall.socket.disconnect();
    expect(await run(socket, 'session.who', {})).toMatchObject({ result: { barrier: 'session-locked', name: 'sun' } });
    expect(await run(socket, 'session.unlock', { password: 'wrong' })).toMatchObject({ error: { code: 'login-refused' } });
    expect(await run(socket, 'session.unlock', { password: ownPassword })).toEqual({ result: {} });
    expect(await subscribe(socket, { id: 5, collection: 'commands' })).toMatchObject({ kind: 'snapshot' });
    expect(await run(socket, 'layout.save', { name: 'mine', scene: still })).toMatchObject({ result: {} });
    socket.disconnect();
  });
});
