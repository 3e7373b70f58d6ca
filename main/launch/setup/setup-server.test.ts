import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../hub/readings/manual-clock.ts';
import type { SetupOutcome, SetupPlan } from './contract.ts';
import { idleMs, openSetupServer, type SetupServer } from './setup-server.ts';

const log = { debug() {}, info() {}, warn() {}, error() {}, fatal() {} } as never;
const plan: SetupPlan = { locale: 'en', dataFolder: '/srv/taodu', port: null, city: { kind: 'open' } };
const done: SetupOutcome = {
  kind: 'done',
  done: { dataFolder: '/srv/taodu', listening: 'http://127.0.0.1:8600', consoleLink: null, command: 'npm run hub -- --data /srv/taodu' },
};

let root = '';
let clock: ManualClock;
let server: SetupServer;
let begun: { readonly plan: SetupPlan; answer(outcome: SetupOutcome): void }[];
let ended = 0;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'taodu-setup-'));
  mkdirSync(join(root, 'assets'));
  writeFileSync(join(root, 'setup.html'), '<!doctype html><title>setup</title>');
  writeFileSync(join(root, 'assets', 'a.js'), 'export {};');
  clock = new ManualClock();
  begun = [];
  ended = 0;
  server = await openSetupServer({
    rendererFolder: root,
    suggestedDataFolder: '/srv/taodu',
    version: '0',
    clock,
    log,
    begin: (chosen) => new Promise((answer) => begun.push({ plan: chosen, answer })),
    onEnd: () => (ended += 1),
  });
});
afterEach(async () => {
  for (const { answer } of begun) answer(done);
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

function ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const host = `127.0.0.1:${server.port}`;
    const asking = request(
      { host: '127.0.0.1', port: server.port, path, method, headers: { host, ...headers }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}

const ticketPath = () => server.url.slice(server.url.indexOf('/?'));
const origin = () => `http://127.0.0.1:${server.port}`;

async function enter(): Promise<string> {
  const opened = await ask(ticketPath());
  expect(opened.status).toBe(303);
  return String(opened.headers['set-cookie']).split(';')[0]!;
}

const post = (path: string, cookie: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, {
    method: 'POST',
    headers: { cookie, origin: origin(), 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('the ticket lets one visitor in, once; its cookie is for this page alone', async () => {
  const opened = await ask(ticketPath());
  expect(String(opened.headers['set-cookie'])).toMatch(/^taodu_setup=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  expect(opened.headers['location']).toBe('/setup');
  const cookie = String(opened.headers['set-cookie']).split(';')[0]!;
  expect((await ask('/setup', { headers: { cookie } })).text).toContain('setup');
  expect((await ask('/assets/a.js', { headers: { cookie } })).status).toBe(200);
  const second = await ask(ticketPath());
  expect(second.status).toBe(403);
  expect(second.headers['set-cookie']).toBeUndefined();
});

test.each(['/', '/?ticket=', '/?ticket=wrong', '/?ticket=a&ticket=b', '/setup', '/assets/a.js', '/api/setup/state'])(
  '%s gives a stranger nothing',
  async (path) => {
    const answer = await ask(path);
    expect([401, 403]).toContain(answer.status);
    expect(answer.text).not.toContain('/srv/taodu');
  },
);

test('every answer has the headers of the hub’s pages', async () => {
  const cookie = await enter();
  for (const path of ['/', '/setup', '/api/setup/state', '/nothing']) {
    const { headers } = await ask(path, { headers: { cookie } });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('no-store');
  }
});

test('another host, another origin, none at all, another method: refused, and nothing begins', async () => {
  const cookie = await enter();
  const cases: [string, Promise<Answer>][] = [
    ['host-refused', post('/api/setup/begin', cookie, plan, { host: `rebound.example:${server.port}` })],
    ['origin-refused', post('/api/setup/begin', cookie, plan, { origin: 'http://elsewhere.example' })],
    ['origin-refused', post('/api/setup/begin', cookie, plan, { origin: 'null' })],
    ['origin-refused', ask('/api/setup/begin', { method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body: '{}' })],
    ['login-required', post('/api/setup/begin', 'taodu_setup=wrong', plan)],
    ['not-found', ask('/api/setup/begin', { headers: { cookie } })],
    ['not-found', ask('/api/setup/state', { method: 'DELETE', headers: { cookie, origin: origin() } })],
    ['unsupported-media-type', post('/api/setup/begin', cookie, 'locale=en', { 'content-type': 'application/x-www-form-urlencoded' })],
    ['payload-too-large', post('/api/setup/begin', cookie, JSON.stringify({ x: 'x'.repeat(70_000) }))],
    ['malformed', post('/api/setup/begin', cookie, '{"locale":')],
    ['malformed', post('/api/setup/begin', cookie, { ...plan, locale: 'de' })],
    ['malformed', post('/api/setup/begin', cookie, { ...plan, more: 1 })],
    ['malformed', post('/api/setup/folder', cookie, { path: '' })],
  ];
  for (const [code, answering] of cases) {
    const { text } = await answering;
    expect((JSON.parse(text) as { error: { code: string } }).error.code).toBe(code);
  }
  expect(begun).toEqual([]);
});

test('a weak password is refused with its reason, and said again in no answer', async () => {
  const cookie = await enter();
  expect(JSON.parse((await post('/api/setup/password', cookie, { password: 'short' })).text)).toEqual({ reason: 'too-short' });
  expect(JSON.parse((await post('/api/setup/password', cookie, { password: 'Admin-Admin-1' })).text)).toEqual({
    reason: 'contains-user-name',
  });
  const fine = await post('/api/setup/password', cookie, { password: 'Kiln-and-glaze-9' });
  expect(JSON.parse(fine.text)).toEqual({ reason: null });
  expect(fine.text).not.toContain('Kiln');
});

test('begun twice it begins once, and both hear what came of it', async () => {
  const cookie = await enter();
  const first = post('/api/setup/begin', cookie, plan);
  const second = post('/api/setup/begin', cookie, plan);
  await expect
    .poll(async () => JSON.parse((await ask('/api/setup/state', { headers: { cookie } })).text))
    .toMatchObject({ phase: 'beginning' });
  begun[0]!.answer(done);
  for (const answering of [first, second]) expect(JSON.parse((await answering).text)).toEqual(done);
  const { text } = await ask('/api/setup/state', { headers: { cookie } });
  expect(JSON.parse(text)).toMatchObject({ phase: 'done', done: done.done, fault: null });
  expect(begun.length).toBe(1);
});

test('what failed is told, and may be begun again', async () => {
  const cookie = await enter();
  const failed: SetupOutcome = { kind: 'fault', fault: { code: 'port-taken', port: 8600, detail: null } };
  const first = post('/api/setup/begin', cookie, plan);
  await expect.poll(() => begun.length).toBe(1);
  begun[0]!.answer(failed);
  expect(JSON.parse((await first).text)).toEqual(failed);
  const { text } = await ask('/api/setup/state', { headers: { cookie } });
  expect(JSON.parse(text)).toMatchObject({ phase: 'choosing', done: null, fault: failed.fault });
  const again = post('/api/setup/begin', cookie, plan);
  await expect.poll(() => begun.length).toBe(2);
  begun[1]!.answer(done);
  expect(JSON.parse((await again).text)).toEqual(done);
});

test('after half an hour without a request it ends, and the visitor’s requests put that off', async () => {
  const cookie = await enter();
  await clock.advance(idleMs - 1);
  await ask('/api/setup/state', { headers: { cookie } });
  await clock.advance(1);
  expect(ended).toBe(0);
  await ask('/setup');
  await clock.advance(idleMs - 1);
  await expect.poll(() => ended).toBe(1);
});
