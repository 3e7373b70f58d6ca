import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collections, commands } from '../../contract/catalog.ts';
import { adminPassword, ask, builtPages, command, hubOptions, openLink, operator, startedHub, temporaryFolder } from '../hub-rig.ts';
import type { Hub } from '../hub.ts';

const folder = temporaryFolder('http');
let hub: Hub;
let origin: string;
let admin: string;
let operatorToken: string;
let wallToken: string;
let wallCookie: string;
let consoleCookie: string;

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path, { hub: { hosts: ['command.city.example:8600'], bodyLimitBytes: 100_000 } }));
  origin = hub.origin;
  const answer = await command(origin, 'session.login', { user: 'admin', password: adminPassword });
  admin = answer.json.token;
  consoleCookie = answer.headers['set-cookie']![0]!.split(';')[0]!;
  operatorToken = await operator(origin, admin, 'wang');
  wallCookie = (await openLink(hub.wallLink('main', '1'))).cookie;
  wallToken = wallCookie.split('=')[1]!;
}, 60_000);
afterAll(async () => {
  await hub.stop();
  folder.dispose();
});

const still = { kind: 'grid', rows: 1, cols: 1, tiles: [null] };

describe('drift', () => {
  test('every command and every collection has its place in the API document', async () => {
    const document = (await ask(origin, '/api/openapi.json', { token: admin })).json;
    for (const { name, permission, risk } of commands) {
      const path = document.paths[`/api/commands/${name}`].post;
      expect(path['x-permission']).toBe(permission);
      expect(path.requestBody.content['application/json'].schema.type, name).toBe('object');
      const answer = path.responses['200'].content['application/json'].schema;
      expect(answer.type, name).toBe('object');
      if (risk === 'two-person')
        expect([Object.keys(answer.properties), path['x-result'].type]).toEqual([['commandId', 'state'], 'object']);
      else expect(path['x-result']).toBeUndefined();
    }
    for (const { name } of collections) {
      const { items } = document.paths[`/api/collections/${name}`].get.responses['200'].content['application/json'].schema.properties.items;
      expect(Object.keys(items.properties).length, name).toBeGreaterThan(2);
    }
    expect(
      document.paths['/api/commands/camera.upsert'].post.responses['200'].content['application/json'].schema.properties.cameraId.type,
    ).toBe('string');
    expect(document.components.schemas.Problem.properties.error.properties.code.enum).toContain('login-required');
  });
});

describe('every answer', () => {
  /** The page of a wall may hold its successor, which is a page of the same wall; of all others nobody makes a frame. */
  const expectHeaders = (headers: Record<string, unknown>, isWall = false) => {
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy.filter((rule) => rule.startsWith('frame-'))).toEqual(
      isWall ? ["frame-ancestors 'self'", "frame-src 'self'"] : ["frame-ancestors 'none'"],
    );
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toContain("style-src 'self'");
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['permissions-policy']).toContain('camera=()');
    expect(headers['server']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  };

  test.each<[string, string, object, number]>([
    ['GET', '/', {}, 303],
    ['GET', '/healthz', {}, 200],
    ['HEAD', '/healthz', {}, 200],
    ['GET', '/login', {}, 200],
    ['GET', '/console', {}, 303],
    ['GET', '/wall/main/1', {}, 401],
    ['GET', '/assets/app-1a2b3c4d.js', {}, 200],
    ['GET', '/assets/none.js', {}, 404],
    ['GET', '/assets/../console.html', {}, 400],
    ['GET', '/assets/%2e%2e/console.html', {}, 400],
    ['GET', '/assets/%zz', {}, 400],
    ['GET', '/nowhere', {}, 404],
    ['DELETE', '/console', {}, 404],
    ['TRACE', '/', {}, 404],
    ['OPTIONS', '/api/commands/session.login', {}, 404],
    ['GET', '/api/commands/session.who', {}, 404],
    ['GET', '/socket.io/?EIO=4&transport=polling', {}, 404],
    ['GET', '/wall/main/../../console', {}, 404],
    ['GET', '/wall/a%20b/1', {}, 404],
    ['POST', '/api/commands/session.login', { body: '{' }, 415],
    ['GET', '/healthz', { headers: { host: 'evil.example' } }, 403],
    ['GET', '/healthz', { headers: { origin: 'http://evil.example' } }, 403],
    ['GET', '/healthz', { headers: { expect: 'cake' } }, 200],
  ])('has the security headers: %s %s (%#)', async (method, path, more, status) => {
    const answer = await ask(origin, path, { method, ...more });
    expect(answer.status).toBe(status);
    expectHeaders(answer.headers, path === '/wall/main/1');
    if (status >= 400 && !path.startsWith('/wall/main/1')) expect(answer.json.error.code).toBeTypeOf('string');
  });

  test('even to what is not HTTP', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(hub.port, '127.0.0.1', () => socket.write('this is not HTTP\r\n\r\n'));
      let all = '';
      socket.on('data', (chunk) => (all += chunk.toString()));
      socket.on('close', () => resolve(all));
      socket.on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    const headers = Object.fromEntries(
      text
        .split('\r\n\r\n')[0]!
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(/: (.*)/s).slice(0, 2)),
    );
    expectHeaders(headers);
    expect(JSON.parse(text.split('\r\n\r\n')[1]!)).toMatchObject({ error: { code: 'malformed' } });
  });

  test('assets may be kept for ever, nothing else may', async () => {
    expect((await ask(origin, '/assets/app-1a2b3c4d.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const path of ['/login', '/healthz', '/nowhere']) expect((await ask(origin, path)).headers['cache-control']).toBe('no-store');
  });
});

describe('Host and Origin', () => {
  const port = () => hub.port;
  test.each<[string, () => string, number]>([
    ['the address', () => `127.0.0.1:${port()}`, 200],
    ['localhost', () => `localhost:${port()}`, 200],
    ['IPv6 loopback', () => `[::1]:${port()}`, 200],
    ['capital letters', () => `LocalHost:${port()}`, 200],
    ['a configured name', () => 'command.city.example:8600', 200],
    ['a configured name with another port', () => 'command.city.example:80', 403],
    ['another name', () => `evil.example:${port()}`, 403],
    ['a name that begins like ours', () => `127.0.0.1.evil.example:${port()}`, 403],
    ['no port', () => '127.0.0.1', 403],
    ['another port', () => '127.0.0.1:1', 403],
    ['credentials', () => `x@127.0.0.1:${port()}`, 403],
    ['a blank', () => ' ', 403],
  ])('Host: %s', async (_name, host, status) => {
    const answer = await ask(origin, '/healthz', { headers: { host: host() } });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.json.error.code).toBe('host-refused');
  });

  test('no Host at all', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(hub.port, '127.0.0.1', () => socket.write('GET /healthz HTTP/1.0\r\n\r\n'));
      let all = '';
      socket.on('data', (chunk) => (all += chunk.toString()));
      socket.on('close', () => resolve(all));
    });
    expect(text).toContain('403 Forbidden');
    expect(text).toContain('host-refused');
  });

  test.each<[string, (() => string) | null, 'cookie' | 'bearer', number]>([
    ['ours', () => origin, 'cookie', 200],
    ['ours by another name', () => `http://localhost:${port()}`, 'cookie', 200],
    ['a configured one, behind TLS', () => 'https://command.city.example:8600', 'cookie', 200],
    ['none', null, 'cookie', 403],
    ['null', () => 'null', 'cookie', 403],
    ['another', () => 'http://evil.example', 'cookie', 403],
    ['another port of this machine', () => 'http://127.0.0.1:1', 'cookie', 403],
    ['ours', () => origin, 'bearer', 200],
    ['none', null, 'bearer', 200],
    ['another', () => 'http://evil.example', 'bearer', 403],
  ])('Origin: %s (%#)', async (_name, from, by, status) => {
    const headers = { ...(from && { origin: from() }), ...(by === 'cookie' && { cookie: consoleCookie }) };
    const answer = await command(origin, 'session.who', {}, { headers, ...(by === 'bearer' && { token: admin }) });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.json.error.code).toBe('origin-refused');
  });
});

describe('logging in and out', () => {
  test('the cookie is for this hub alone, out of reach of scripts and other sites', async () => {
    const answer = await command(origin, 'session.login', { user: 'admin', password: adminPassword });
    expect(answer.headers['set-cookie']![0]).toMatch(
      /^taodu_[0-9a-f]{8}_console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43(200|1\d\d)$/,
    );
    const token = answer.json.token as string;
    const out = await command(origin, 'session.logout', {}, { token });
    expect(out.headers['set-cookie']![0]).toContain('Max-Age=0');
    expect((await command(origin, 'session.who', {}, { token })).status).toBe(401);
  });

  test('what is no bearer token does not fall back to a cookie', async () => {
    for (const authorization of ['Basic YWRtaW46eA==', 'Bearer', 'Bearer a b', 'bearer'])
      expect((await command(origin, 'session.who', {}, { headers: { authorization, cookie: consoleCookie, origin } })).status).toBe(401);
  });

  test('too many failures say how long to wait', async () => {
    const attempt = () => command(origin, 'session.login', { user: 'guessed', password: 'x' });
    let answer = await attempt();
    for (let i = 0; answer.status === 401 && i < 10; i++) answer = await attempt();
    expect(answer).toMatchObject({ status: 429, json: { error: { code: 'too-many-requests' } } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('no answer and no audit row holds a password or a token', async () => {
    let after = '';
    let all = '';
    do {
      const page: Awaited<ReturnType<typeof ask>> = await ask(origin, `/api/collections/audit?limit=1000${after}`, { token: admin });
      all += page.text;
      after = page.json.next ? `&after=${page.json.next}` : '';
    } while (after !== '');
    expect(all).toContain('session.login');
    for (const secret of [adminPassword, admin, wallToken, 'First-Shift-4711', 'Second-Shift-4712']) expect(all).not.toContain(secret);
  });
});

describe('commands', () => {
  test.each<[string, object, number, string]>([
    ['no JSON', { body: '{"text":', headers: { 'content-type': 'application/json' } }, 400, 'malformed'],
    ['empty', { body: '', headers: { 'content-type': 'application/json' } }, 400, 'malformed'],
    ['a prototype', { body: '{"__proto__":{"text":""}}', headers: { 'content-type': 'application/json' } }, 400, 'malformed'],
    ['an array', { body: [] }, 400, 'malformed'],
    ['null', { body: 'null', headers: { 'content-type': 'application/json' } }, 400, 'malformed'],
    ['a missing argument', { body: {} }, 400, 'malformed'],
    ['an unknown argument', { body: { text: '', more: 1 } }, 400, 'malformed'],
    ['a wrong type', { body: { text: 7 } }, 400, 'malformed'],
    ['deep nesting', { body: '['.repeat(40_000), headers: { 'content-type': 'application/json' } }, 400, 'malformed'],
    ['a form', { body: 'text=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'unsupported-media-type'],
    ['plain text', { body: '{"text":""}', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported-media-type'],
    ['too long', { body: { text: 'x'.repeat(100_001) } }, 413, 'payload-too-large'],
    ['a bad idempotency key', { body: { text: '' }, headers: { 'idempotency-key': 'x'.repeat(200) } }, 400, 'malformed'],
  ])('a body that is %s', async (_name, more, status, code) => {
    const answer = await command(origin, 'camera.search', undefined, { token: admin, ...more });
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });

  test('Chinese in GB18030, as older systems send it, is understood; bytes that are no text at all are refused', async () => {
    const post = (body: Uint8Array) =>
      fetch(`${origin}/api/commands/camera.search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}` },
        body: body as Uint8Array<ArrayBuffer>,
      });
    const quoted = (bytes: readonly number[]) => Uint8Array.from([...Buffer.from('{"text":"'), ...bytes, ...Buffer.from('"}')]);
    const understood = await post(quoted([0xd2, 0xcb, 0xd0, 0xcb]));
    expect(understood.status).toBe(200);
    expect((await post(quoted([0xff, 0xff]))).status).toBe(400);
  });

  test('a client that sends far too much learns why', async () => {
    for (let round = 0; round < 4; round += 1) {
      const answer = await fetch(`${origin}/api/commands/camera.search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}` },
        body: Buffer.alloc(20 * 1024 * 1024, 0x20),
      });
      expect(answer.status).toBe(413);
    }
  });

  test('a login may only be short', async () => {
    const answer = await command(origin, 'session.login', { user: 'x', password: 'x'.repeat(20_000) });
    expect(answer).toMatchObject({ status: 413, json: { error: { code: 'payload-too-large' } } });
  });

  test('an unknown one is not found', async () => {
    expect(await command(origin, 'no.such', {}, { token: admin })).toMatchObject({
      status: 404,
      json: { error: { code: 'unknown-command' } },
    });
  });

  test('with an idempotency key: done once, answered twice; another body with the same key is a conflict', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    const save = (name: string) => command(origin, 'layout.save', { name, scene: still }, { token: admin, headers });
    const one = await save('Twice');
    expect((await save('Twice')).text).toBe(one.text);
    expect(await save('Other')).toMatchObject({ status: 409, json: { error: { code: 'idempotency-mismatch' } } });
    const layouts = (await ask(origin, '/api/collections/layouts', { token: admin })).json.items;
    expect(layouts.filter((layout: { name: string }) => layout.name === 'Twice')).toHaveLength(1);
  });
});

describe('collections', () => {
  test('page by page, each entity once, whatever is added or removed meanwhile', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => ({
      number: `P-${i}`,
      name: `Page ${i}`,
      district: '320281',
      kind: 'file',
      url: 'clip:gate',
    }));
    const imported = await command(
      origin,
      'camera.import',
      { format: 'json', text: JSON.stringify(rows.map(({ kind, url, ...row }) => ({ ...row, source: { kind, url } }))) },
      { token: admin },
    );
    expect(imported.json).toMatchObject({ imported: 25 });
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const page: { items: { id: string; number: string }[]; next: string | null; seq: number } = (
        await ask(origin, `/api/collections/cameras?limit=7${next ? `&after=${next}` : ''}`, { token: admin })
      ).json;
      expect(page.items.length).toBeLessThanOrEqual(7);
      seen.push(...page.items.map(({ number }) => number));
      if (seen.length === 7) await command(origin, 'camera.remove', { cameraId: page.items[0]!.id }, { token: admin });
      next = page.next;
    } while (next);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((number) => number.startsWith('P-')).length).toBeGreaterThanOrEqual(24);
  });

  test('carry what is volatile; a wall shows on each screen what it really shows', async () => {
    const shown = { revision: 0, at: 5, tiles: [] };
    await command(origin, 'wall.report', { wallId: 'main', screenId: '1', shown }, { token: wallToken });
    const main = (await ask(origin, '/api/collections/walls', { token: operatorToken })).json.items.find(
      (wall: { id: string }) => wall.id === 'main',
    );
    expect(main.screens[0]).toMatchObject({ id: '1', shown: { revision: 0 } });
    expect(main.screens[1]).toMatchObject({ id: '2', shown: null });
    expect(main.shown).toBeUndefined();
  });

  test.each([
    ['limit=0', 'malformed'],
    ['limit=1001', 'malformed'],
    ['limit=ten', 'malformed'],
    ['limit=1&limit=2', 'malformed'],
    ['after=%00', 'cursor-invalid'],
    ['after=', 'cursor-invalid'],
    [`after=${Buffer.from('users\nx').toString('base64url')}`, 'cursor-invalid'],
  ])('?%s is refused', async (query, code) => {
    expect(await ask(origin, `/api/collections/cameras?${query}`, { token: admin })).toMatchObject({
      status: 400,
      json: { error: { code } },
    });
  });

  test('the audit is read in pages, oldest first, chained', async () => {
    const one = (await ask(origin, '/api/collections/audit?limit=3', { token: admin })).json;
    const two = (await ask(origin, `/api/collections/audit?limit=3&after=${one.next}`, { token: admin })).json;
    expect([...one.items, ...two.items].map((row: { seq: number }) => row.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(two.items[0].previousHash).toBe(one.items[2].hash);
  });
});

describe('pages', () => {
  test('the console with a session, the login without', async () => {
    const page = await ask(origin, '/console', { headers: { cookie: consoleCookie } });
    expect(page.text).toContain('<title>console');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['content-security-policy']).not.toContain('frame-src');
    expect((await ask(origin, '/login')).text).toContain('<title>login');
    expect((await ask(origin, '/')).headers.location).toBe('/console');
  });

  test('a link to a diagnosis is still one behind the login, and nothing else is carried along', async () => {
    const leads = async (path: string) => (await ask(origin, path)).headers.location;
    expect(await leads('/console?diagnose=c-1')).toBe('/login?diagnose=c-1');
    expect(await leads('/console?next=//elsewhere.example')).toBe('/login');
    expect(await leads('/console?diagnose=%0d%0aset-cookie:x')).toBe('/login');
    expect(await leads('/console?diagnose=a&diagnose=b')).toBe('/login');
    expect(await leads('/console?ticket=forged&diagnose=c-1')).toBe('/login?problem=ticket-refused&diagnose=c-1');
  });

  test('a wall page with its own session or with a console session, not with that of another screen', async () => {
    for (const [path, cookie, status] of [
      ['/wall/main/1', wallCookie, 200],
      ['/wall/main/2', wallCookie, 401],
      ['/wall/main/2', consoleCookie, 200],
      ['/console', wallCookie, 303],
    ] as const) {
      expect([path, (await ask(origin, path, { headers: { cookie } })).status]).toEqual([path, status]);
    }
    const refused = await ask(origin, '/wall/main/2');
    expect(refused.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(refused.text).toContain('<title>wall</title>');
  });

  test('a wall link works once, for its screen', async () => {
    const link = hub.wallLink('main', '2');
    const opened = await openLink(link);
    expect(opened.location).toBe('/wall/main/2');
    expect(opened.cookie).toMatch(/^taodu_[0-9a-f]{8}_wall!main!2=/);
    expect(await openLink(link)).toEqual({ cookie: '', location: '' });
    const forOther = hub.wallLink('main', '2').replace('/main/2', '/main/1');
    expect(await openLink(forOther)).toEqual({ cookie: '', location: '' });
    expect(await openLink(hub.wallLink('main', '2').replace('/wall/main/2', '/console'))).toMatchObject({
      location: '/login?problem=ticket-refused',
    });
  });

  test('the link of wall.link is for the name that other machines use', async () => {
    const { json } = await command(origin, 'wall.link', { wallId: 'main', screenId: '2' }, { token: admin });
    expect(json.url).toMatch(/^http:\/\/command\.city\.example:8600\/wall\/main\/2\?ticket=[\w-]{43}$/);
  });
});

test('figures in the Prometheus format', async () => {
  const { text, headers } = await ask(origin, '/metrics', { token: admin });
  expect(headers['content-type']).toContain('text/plain');
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
    'taodu_ledger_seq',
    'taodu_sockets',
    'taodu_volatile_coalesced_total',
  ])
    expect(text).toMatch(new RegExp(`^${name} [\\d.e+-]+$`, 'm'));
  expect(text).toMatch(/^taodu_commands_total\{name="session\.login",outcome="ok"\} \d+$/m);
  expect(text).not.toContain('no.such');
});
