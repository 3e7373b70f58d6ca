import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createHub, type Hub, type HubOptions } from './hub.ts';
import {
  adminPassword,
  ask,
  builtPages,
  command,
  connected,
  hubOptions,
  login,
  openLink,
  startedHub,
  subscribe,
  temporaryFolder,
} from './hub-rig.ts';

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const newFolder = () => {
  const folder = temporaryFolder('hub');
  ends.push(folder.dispose);
  builtPages(folder.path);
  return folder.path;
};
const start = async (options: HubOptions): Promise<Hub> => {
  const hub = await startedHub(options);
  ends.push(hub.stop);
  return hub;
};
const district = (code: string) => ({ number: `N-${code}`, name: 'Gate', district: code, source: { kind: 'file', url: 'clip:gate' } });

describe('from start to stop', () => {
  test('it says where it listens, answers, and stops within three seconds, sockets and all', async () => {
    const folder = newFolder();
    const hub = await start(hubOptions(folder));
    expect(hub.origin).toBe(`http://127.0.0.1:${hub.port}`);
    expect((await ask(hub.origin, '/healthz')).json).toMatchObject({ ok: true, epoch: 1 });
    const { socket } = await connected(hub.origin, { token: await login(hub.origin) });
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    const begun = performance.now();
    await hub.stop();
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(await gone).toBe('transport close');
    await expect(ask(hub.origin, '/healthz')).rejects.toThrow('ECONNREFUSED');
    await hub.stop();
  });

  test('a second hub on the same folder is refused and disturbs nothing', async () => {
    const folder = newFolder();
    const hub = await start(hubOptions(folder));
    expect(await createHub(hubOptions(folder))).toMatchObject({ ok: false, error: { code: 'data-folder-in-use' } });
    expect((await ask(hub.origin, '/healthz')).status).toBe(200);
  });

  test('a port that is taken is a problem that names the key, and the folder is free again', async () => {
    const folder = newFolder();
    const other = await start(hubOptions(newFolder()));
    const taken = await createHub(hubOptions(folder, { hub: { port: other.port } }));
    expect(taken).toMatchObject({ ok: false, error: { code: 'config-invalid', params: { key: 'hub.port' } } });
    await start(hubOptions(folder));
  });
});

describe('the same folder again', () => {
  test('epoch grows; sessions, cookies, facts and positions outlive the hub', async () => {
    const folder = newFolder();
    const first = await start(hubOptions(folder));
    const token = await login(first.origin);
    const made = await command(first.origin, 'camera.upsert', district('320282'), { token });
    expect(made.status).toBe(200);
    const screen = await openLink(first.wallLink('main', '1'));
    const before = await connected(first.origin, { token });
    const reply = await subscribe(before.socket, { id: 1, collection: 'cameras' });
    if (reply.kind !== 'snapshot') throw new Error(reply.kind);
    before.socket.disconnect();
    await first.stop();

    const second = await start(hubOptions(folder, { hub: { port: first.port } }));
    expect(second.epoch).toBe(first.epoch + 1);
    const after = await connected(second.origin, { token });
    ends.push(() => void after.socket.disconnect());
    expect(after.welcome).toMatchObject({ epoch: second.epoch, demo: false, hubVersion: '0.0.0-test', protocol: 1 });
    await command(second.origin, 'camera.upsert', { ...district('320282'), name: 'Gate 2' }, { token });
    const delta = await subscribe(after.socket, { id: 1, collection: 'cameras', last: { epoch: reply.epoch, seq: reply.seq } });
    expect(delta).toMatchObject({ kind: 'delta', epoch: second.epoch, ops: [{ op: 'put', value: { name: 'Gate 2' } }] });
    const wall = await connected(second.origin, { session: 'wall:main:1' }, { cookie: screen.cookie, origin: second.origin });
    wall.socket.disconnect();
  });

  test('a wall link from before a restart opens nothing', async () => {
    const folder = newFolder();
    const first = await start(hubOptions(folder));
    const link = first.wallLink('main', '1');
    await first.stop();
    const second = await start(hubOptions(folder, { hub: { port: first.port } }));
    const answer = await ask(second.origin, link.slice(first.origin.length));
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('the first password', () => {
  test('stands in a file, opens nothing but its own change, and is gone then', async () => {
    const folder = newFolder();
    const hub = await start(hubOptions(folder, { adminPassword: null }));
    expect(hub.passwordFile).toBe(join(folder, 'data', 'admin-password.txt'));
    const generated = readFileSync(hub.passwordFile!, 'utf8').trim();
    const answer = await command(hub.origin, 'session.login', { user: 'admin', password: generated });
    expect(answer.json).toMatchObject({ mustChangePassword: true });
    const token = answer.json.token as string;
    for (const refused of [
      await command(hub.origin, 'camera.search', { text: '' }, { token }),
      await ask(hub.origin, '/api/collections/cameras', { token }),
      await ask(hub.origin, '/metrics', { token }),
    ]) {
      expect(refused).toMatchObject({ status: 403, json: { error: { code: 'password-change-required' } } });
    }
    const { socket } = await connected(hub.origin, { token });
    ends.push(() => void socket.disconnect());
    expect(await subscribe(socket, { id: 1, collection: 'cameras' })).toMatchObject({
      kind: 'refused',
      error: { code: 'password-change-required' },
    });
    expect((await command(hub.origin, 'session.who', {}, { token })).json).toMatchObject({ name: 'admin', mustChangePassword: true });
    expect((await command(hub.origin, 'session.password', { current: generated, next: adminPassword }, { token })).status).toBe(200);
    // the same session and the same socket go on
    expect(await subscribe(socket, { id: 1, collection: 'cameras' })).toMatchObject({ kind: 'snapshot' });
    expect((await command(hub.origin, 'session.login', { user: 'admin', password: generated })).json).toMatchObject({
      error: { code: 'login-refused' },
    });
    await login(hub.origin);
    await hub.stop();
    expect((await start(hubOptions(folder, { adminPassword: null }))).passwordFile).toBeNull();
  });
});

describe('the media relay', () => {
  test('is the only other place that pages may talk to, whether it runs or not', async () => {
    const relay = { url: 'http://127.0.0.1:9', key: Buffer.alloc(32, 7).toString('base64') };
    const options = hubOptions(newFolder(), { relay });
    const config = { ...options.config, relay: { ...options.config.relay, publicUrl: 'http://media.city.example:8700/' } };
    const hub = await start({ ...options, config });
    const policy = String((await ask(hub.origin, '/login')).headers['content-security-policy']);
    const connect = policy.split('; ').find((rule) => rule.startsWith('connect-src'));
    const own = `127.0.0.1:${hub.port}`;
    expect(connect?.split(' ').slice(1).sort()).toEqual(
      [
        "'self'",
        `ws://${own}`,
        `wss://${own}`,
        'http://127.0.0.1:9',
        'ws://127.0.0.1:9',
        'http://media.city.example:8700',
        'ws://media.city.example:8700',
      ].sort(),
    );
  });
});

describe('the demo', () => {
  test('has a one-time link to the console that needs no password', async () => {
    const hub = await start(hubOptions(newFolder(), { demo: true }));
    const { cookie, location } = await openLink(hub.loginUrl!);
    expect(location).toBe('/console');
    expect((await ask(hub.origin, '/console', { headers: { cookie } })).text).toContain('<title>console');
    const who = await command(hub.origin, 'session.who', {}, { headers: { cookie, origin: hub.origin } });
    expect(who.json).toMatchObject({
      name: 'demo',
      roles: ['administrator', 'security-administrator', 'auditor'],
      mustChangePassword: false,
    });
    expect(await openLink(hub.loginUrl!)).toEqual({ cookie: '', location: '/login?problem=ticket-refused' });
    const { socket, welcome } = await connected(hub.origin, { session: 'console' }, { cookie, origin: hub.origin });
    expect(welcome.demo).toBe(true);
    socket.disconnect();
  });

  test('without it there is no such link', async () => {
    expect((await start(hubOptions(newFolder()))).loginUrl).toBeNull();
  });
});
