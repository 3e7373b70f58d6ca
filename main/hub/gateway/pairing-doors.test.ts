import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Hub } from '../hub.ts';
import {
  ask,
  builtPages,
  command,
  connected,
  hubOptions,
  login,
  next,
  operator,
  openLink,
  startedHub,
  temporaryFolder,
  type Answer,
} from '../hub-rig.ts';

// A display becomes a screen and ceases to be one, through the doors that it uses.

const folder = temporaryFolder('pairing');
let hub: Hub;
let origin: string;
let admin: string;

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path));
  ({ origin } = hub);
  admin = await login(origin);
});
afterAll(async () => {
  await hub?.stop();
  folder.dispose();
});

const begin = () => command(origin, 'wall.pairing-begin', { wallId: 'main', screenId: '1', workstation: '左屏主机' });
const claim = (secret: string) => command(origin, 'wall.pairing-claim', { secret });
const pair = (code: string, token = admin) => command(origin, 'wall.pair', { code }, { token });
const revoke = (screenId = '1') => command(origin, 'wall.revoke', { wallId: 'main', screenId }, { token: admin });
const page = (cookie: string) => ask(origin, '/wall/main/1', { headers: { cookie } });
const cookieOf = ({ headers }: Answer) => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

/** A display that was let in; answers its cookie and its token. */
async function paired(): Promise<{ cookie: string; token: string }> {
  const { code, secret } = (await begin()).json;
  expect((await pair(code)).status).toBe(200);
  const claimed = await claim(secret);
  return { cookie: cookieOf(claimed), token: claimed.json.session.token };
}

beforeEach(async () => void (await revoke()));

test('a display without a session gets the page that shows the code', async () => {
  const answer = await ask(origin, '/wall/main/1');
  expect([answer.status, answer.text]).toEqual([401, expect.stringContaining('<title>wall</title>')]);
});

test('once its code was entered the claim brings the cookie that opens the page and its socket', async () => {
  const { code, secret } = (await begin()).json;
  const waiting = await claim(secret);
  expect([waiting.json.state, waiting.headers['set-cookie']]).toEqual(['waiting', undefined]);
  expect((await pair(`${code.slice(0, 4)} ${code.slice(4)}`.toLowerCase())).json).toEqual({
    wallId: 'main',
    screenId: '1',
    address: '127.0.0.1',
    workstation: '左屏主机',
  });
  const claimed = await claim(secret);
  expect(claimed.json.session).toMatchObject({ wallId: 'main', screenId: '1' });
  const cookie = cookieOf(claimed);
  expect(claimed.headers['set-cookie']).toEqual([
    expect.stringMatching(/wall!main!1=\S+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/),
  ]);
  expect((await page(cookie)).status).toBe(200);
  expect((await ask(origin, '/wall/main/2', { headers: { cookie } })).status, 'of this screen alone').toBe(401);
  const { socket } = await connected(origin, { session: 'wall:main:1' }, { cookie, origin });
  socket.disconnect();
});

test('revoked: the page hears it at once, and neither cookie nor token open anything', async () => {
  const { cookie, token } = await paired();
  const { socket } = await connected(origin, { session: 'wall:main:1' }, { cookie, origin });
  const farewell = next(socket, 'farewell');
  expect((await revoke()).json).toEqual({ ended: 1 });
  expect(await farewell).toMatchObject({ code: 'login-required', params: { reason: 'revoked' } });
  expect((await page(cookie)).status).toBe(401);
  expect((await command(origin, 'session.who', {}, { token })).status).toBe(401);
  await expect(connected(origin, { session: 'wall:main:1' }, { cookie, origin })).rejects.toThrow('login-required');
  socket.disconnect();
  expect((await revoke()).json).toEqual({ ended: 0 });
});

test('whoever is paired takes the place of the display before, and of windows that a link opened', async () => {
  const first = await paired();
  const opened = await openLink(hub.wallLink('main', '1'));
  expect((await page(opened.cookie)).status).toBe(200);
  const second = await paired();
  expect((await page(first.cookie)).status).toBe(401);
  expect((await page(opened.cookie)).status).toBe(401);
  expect((await page(second.cookie)).status).toBe(200);
});

test('screens that are not meant stay as they are', async () => {
  const other = await openLink(hub.wallLink('main', '2'));
  await paired();
  await revoke('1');
  expect((await ask(origin, '/wall/main/2', { headers: { cookie: other.cookie } })).status).toBe(200);
});

test('only who administers walls pairs and revokes; a display that asks needs nobody', async () => {
  const token = await operator(origin, admin, 'op-pairing');
  const { code } = (await begin()).json;
  for (const answer of [await pair(code, token), await command(origin, 'wall.revoke', { wallId: 'main', screenId: '1' }, { token })])
    expect([answer.status, answer.json.error.code]).toEqual([403, 'forbidden']);
  expect((await command(origin, 'wall.pair', { code })).status).toBe(401);
  expect((await pair(code)).status).toBe(200);
});

test('who was let in, by whom, and who was put out is in the audit; asking is not, and no secret is', async () => {
  const { code, secret } = (await begin()).json;
  await pair('AAAAAAAA');
  await pair(code);
  const { token } = (await claim(secret)).json.session;
  await revoke();
  const rows: { command: string; outcome: string | null; actor: string }[] = [];
  let text = '';
  for (let after = ''; ;) {
    const answer = await ask(origin, `/api/collections/audit?limit=1000${after}`, { token: admin });
    rows.push(...answer.json.items);
    text += answer.text;
    if (answer.json.next === null) break;
    after = `&after=${answer.json.next}`;
  }
  const ofWalls = rows.filter((row) => row.command.startsWith('wall.'));
  expect(new Set(ofWalls.map((row) => row.command))).toEqual(new Set(['wall.pair', 'wall.revoke']));
  expect(text).toContain('左屏主机');
  for (const hidden of [secret, token]) expect(text).not.toContain(hidden);
});

test('a page of elsewhere cannot ask in a display’s place', async () => {
  const answer = await command(
    origin,
    'wall.pairing-begin',
    { wallId: 'main', screenId: '1' },
    { headers: { origin: 'http://evil.example' } },
  );
  expect([answer.status, answer.json.error.code]).toEqual([403, 'origin-refused']);
});

test('who comes in by a link stands in the audit, with the address, as the screen that it opened', async () => {
  const { cookie } = await openLink(hub.wallLink('main', '2'));
  expect(cookie).not.toBe('');
  await openLink(`${origin}/wall/main/2?ticket=forged`);
  const { rows } = (await command(origin, 'audit.search', { command: 'session.link', actor: 'wall:main:2' }, { token: admin })).json;
  expect(rows.slice(0, 2)).toMatchObject([
    { phase: 'close', outcome: 'ok', address: '127.0.0.1', roles: ['wall'], after: { sessionId: expect.any(String) } },
    { phase: 'open', outcome: null, address: '127.0.0.1', door: 'http' },
  ]);
});
