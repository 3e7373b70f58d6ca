import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFakeCamera, type FakeCamera } from '../../streams/sources/rtsp/fake-camera.ts';
import { readFakeStream } from '../../streams/sources/rtsp/fake-stream.ts';
import { createRelay } from '../../streams/media/relay.ts';
import { collections } from '../contract/catalog.ts';
import type { Log } from '../contract/log.ts';
import { systemClock } from '../supervision/system-clock.ts';
import { fromBase32 } from './accounts/base32.ts';
import { stepMs, totpCode } from './accounts/totp.ts';
import type { Hub } from './hub.ts';
import {
  adminPassword,
  ask,
  builtPages,
  connected,
  hubOptions,
  openLink,
  run,
  startedHub,
  subscribe,
  temporaryFolder,
  type Answer,
  type Ask,
} from './hub-rig.ts';

// A hub and a relay live through a day, and all that they say and keep is searched for every secret that they were told or made.

const repository = join(import.meta.dirname, '..', '..');
const clipsFolder = join(repository, 'streams', 'demo-city', 'clips');

/** Secrets that people bring: no part of them is a word that is said anyway. */
const brought = {
  'the password of a camera': 'Qz7cameraMain',
  'the password of its small picture': 'Qz7cameraSub',
  'the password of another way to it': 'Qz7cameraAlternate',
  'the password of a camera that refuses it': 'Qz7cameraRefused',
  'the password of a camera that is not there': 'Qz7cameraAbsent',
  'the password in an imported row': 'Qz7importedGood',
  'the password in a row that is refused': 'Qz7importedBad',
  'the password in arguments that are refused': 'Qz7malformed',
  'a password in a token of its own': 'Qz7queryToken',
  'a publish key': 'Qz7publishKeyGiven0000',
  'the administrator’s password': adminPassword,
  'the first password of an account': 'Qz7-first-Shift-4711',
  'its next password': 'Qz7-second-Shift-4712',
  'a wrong password': 'Qz7-wrong-Password-1',
  'a weak password': 'Qz7weak',
  'the number of a caller': '+86 13812345678',
} as const;

/** Names and values, what was brought and what the hub made. */
const secrets = new Map<string, string>(Object.entries(brought));
const learn = (name: string, value: unknown): string => {
  if (typeof value !== 'string' || value.length < 8) throw new Error(`${name} is no secret: ${String(value)}`);
  secrets.set(name, value);
  return value;
};

interface Said {
  readonly where: string;
  readonly text: string;
}
const said: Said[] = [];
const note = (where: string, text: string) => void said.push({ where, text });

/** The secrets in a text, also as they are written in URLs, in base64 and in hexadecimal digits. */
function found({ where, text }: Said): string[] {
  return [...secrets].flatMap(([name, value]) => {
    const bytes = Buffer.from(value);
    const forms = [value, encodeURIComponent(value), bytes.toString('base64').replace(/.?=*$/, ''), bytes.toString('hex')];
    return forms.some((form) => text.includes(form)) ? [`${name} in ${where}`] : [];
  });
}

function loggedAs(name: string): Log {
  return pino({ name, level: 'trace' }, { write: (line: string) => note(`the log of the ${name}`, line) });
}

let hub: Hub;
let camera: FakeCamera;
const folder = temporaryFolder('secrets');
const ends: (() => unknown)[] = [folder.dispose];

/** An answer that tells nobody a secret. */
async function plain(path: string, more: Ask = {}): Promise<Answer> {
  const answer = await ask(hub.origin, path, more);
  note(`the answer of ${more.method ?? 'GET'} ${path} (${answer.status})`, `${JSON.stringify(answer.headers)}\n${answer.text}`);
  return answer;
}
const command = (name: string, args: unknown, more: Ask = {}) => plain(`/api/commands/${name}`, { method: 'POST', body: args, ...more });
/** One whose purpose it is to tell a secret, to the one who asked. */
const telling = (name: string, args: unknown, more: Ask = {}) =>
  ask(hub.origin, `/api/commands/${name}`, { method: 'POST', body: args, ...more });

async function loggedIn(name: string, user: string, password: string, code?: string): Promise<string> {
  const answer = await telling('session.login', { user, password, ...(code !== undefined && { code }) });
  if (answer.status !== 200) throw new Error(answer.text);
  learn(`the cookie of ${name}`, answer.headers['set-cookie']![0]!.split(';')[0]!.split('=')[1]);
  return learn(`the token of ${name}`, answer.json.token);
}

beforeAll(async () => {
  builtPages(folder.path);
  const stream = await readFakeStream(join(clipsFolder, 'tunnel.sub.h264'));
  camera = await createFakeCamera({
    streams: { '/live': stream },
    login: { user: 'viewer', password: brought['the password of a camera'] },
  });
  ends.push(() => camera.stop());
  const key = Buffer.alloc(32, 9).toString('base64');
  learn('the key of hub and relay', key);
  const { relay: limits } = hubOptions(folder.path).config;
  const relay = await createRelay(
    {
      ...limits,
      host: '127.0.0.1',
      port: 0,
      clipsFolder,
      cameraNetworks: ['127.0.0.0/8'],
      logLevel: 'trace',
      key,
      probesAtOnce: 8,
      tls: undefined,
    },
    { clock: systemClock, log: loggedAs('relay') },
  );
  ends.push(() => relay.stop());
  const url = `http://127.0.0.1:${relay.port}`;
  hub = await startedHub(hubOptions(folder.path, { log: loggedAs('hub'), relay: { url, key }, clipsFolder }));
  ends.push(() => hub.stop());
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

test('the search finds a secret in each form it could be said in', () => {
  const value = brought['the password of a camera'];
  for (const text of [
    `rtsp://u:${value}@h`,
    Buffer.from(value).toString('base64'),
    `x${Buffer.from(value).toString('hex')}`,
    JSON.stringify({ deep: [value] }),
  ])
    expect(found({ where: 'here', text })).toEqual(['the password of a camera in here']);
  expect(found({ where: 'here', text: 'rtsp://u:…@h' })).toEqual([]);
});

test('cameras are entered, changed, imported, refused', async () => {
  const token = await loggedIn('the administrator', 'admin', adminPassword);
  const upsert = (number: string, source: unknown, more: object = {}) =>
    command('camera.upsert', { number, name: number, district: '320282', source, ...more }, { token });
  const at = (password: string, path = 'live') => `rtsp://viewer:${password}@127.0.0.1:${camera.port}/${path}`;
  const main = {
    kind: 'rtsp',
    url: at(brought['the password of a camera']),
    subUrl: at(brought['the password of its small picture'], 'small'),
  };
  const alternates = [{ kind: 'rtsp', url: at(brought['the password of another way to it']) }];
  expect((await upsert('S-1', main, { alternates })).status).toBe(200);
  expect((await upsert('S-1', main, { name: 'another name', alternates })).status).toBe(200);
  expect((await upsert('S-2', { kind: 'rtsp', url: at(brought['the password of a camera that refuses it']) })).status).toBe(200);
  const absent = `rtsp://viewer:${brought['the password of a camera that is not there']}@127.0.0.1:1/live?token=${brought['a password in a token of its own']}`;
  expect((await upsert('S-3', { kind: 'rtsp', url: absent })).status).toBe(200);
  expect((await upsert('S-4', { kind: 'rtmp', publishKey: brought['a publish key'] })).status).toBe(200);
  const pushes = await upsert('S-5', { kind: 'rtmp' });
  const address = await telling('camera.publish-address', { cameraId: pushes.json.cameraId }, { token });
  learn('a publish key that was made', address.json.key ?? (await publishKeyOf(pushes.json.cameraId as string)));

  const [good, bad, wrong] = [
    brought['the password in an imported row'],
    brought['the password in a row that is refused'],
    brought['the password in arguments that are refused'],
  ];
  const rows = [
    'number,name,district,kind,url',
    `S-6,six,320282,rtsp,rtsp://u:${good}@h/1`,
    `S-7,seven,320282,rtsp,gopher://u:${bad}@h/1`,
    `S-8,eight,x,rtsp,rtsp://u:${bad}@h/1`,
    `S-9,nine,320282,rtsp://u:${bad}@h/1,rtsp`,
    `rtsp://u:${bad}@h/1,ten,320282,rtsp,S-10`,
    `S-11,eleven,320282,rtsp,"rtsp://u:${bad}@h/1`,
  ];
  const imported = await command('camera.import', { format: 'csv', text: rows.join('\n') }, { token });
  expect(imported.json).toMatchObject({ imported: 1 });
  await command('camera.import', { format: 'json', text: `[{"number":"S-10","source":{"url":"rtsp://u:${bad}@h"}}, {` }, { token });

  for (const [name, args] of [
    ['camera.upsert', { number: wrong, password: wrong }],
    ['camera.upsert', { number: 'S-11', name: 'x', district: wrong, source: { kind: wrong, url: wrong } }],
    ['camera.upsert', { number: 'S-11', name: 'x', district: '320282', source: { kind: 'rtsp', url: `http://u:${wrong}@h` } }],
    ['camera.upsert', { number: 'S-11', name: 'x', district: '320282', source: { kind: 'rtsp', url: `rtsp://u:${wrong}@[h` } }],
    ['camera.upsert', { number: 'S-11', name: 'x', district: '320282', source: { kind: 'rtmp', publishKey: `${wrong} with spaces` } }],
    ['session.login', { user: { name: wrong }, password: [wrong] }],
    ['session.login', { user: 'admin', password: { secret: wrong } }],
    ['session.password', { current: 5, next: wrong, again: wrong }],
    ['user.upsert', { name: 'x', roles: ['nobody'], password: wrong }],
    ['session.unlock', { password: [wrong], code: wrong }],
    ['session.totp-confirm', { code: [wrong] }],
  ] as const) {
    expect((await command(name, args, { token })).status, name).toBeGreaterThanOrEqual(400);
    // Neither a body that breaks off nor one of another kind is repeated.
    await command(name, `{"password":"${wrong}","user":"${wrong}`, { token, headers: { 'content-type': 'application/json' } });
    await command(name, `password=${wrong}`, { token, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  }
  await command('session.who', {}, { token, headers: { 'idempotency-key': 'é'.repeat(200) } });
  await command('session.login', { user: 'admin', password: wrong }, { token: `${wrong}${wrong}` });
  await plain(`/wall/main/1?ticket=${wrong}`);
  await plain(`/console?ticket=${wrong}`);
});

/** The key is among the secrets of the ledger when nothing listens for cameras that push. */
async function publishKeyOf(cameraId: string): Promise<string> {
  const renewed = await telling(
    'camera.publish-address',
    { cameraId, renew: true },
    { token: secrets.get('the token of the administrator')! },
  );
  return (renewed.json.key as string | undefined) ?? brought['a publish key'];
}

test('people are let in, refused, given a second factor', async () => {
  const token = secrets.get('the token of the administrator')!;
  const [first, next] = [brought['the first password of an account'], brought['its next password']];
  await command('user.upsert', { name: 'li.wei', roles: ['operator'], password: brought['a weak password'] }, { token });
  expect((await command('user.upsert', { name: 'li.wei', roles: ['operator'], password: first }, { token })).status).toBe(200);
  await command('session.login', { user: 'li.wei', password: brought['a wrong password'] });
  await command('session.login', { user: 'nobody', password: brought['a wrong password'] });
  let session = await loggedIn('an operator', 'li.wei', first);
  await command('session.password', { current: brought['a wrong password'], next }, { token: session });
  await command('session.password', { current: first, next: brought['a weak password'] }, { token: session });
  expect((await command('session.password', { current: first, next }, { token: session })).status).toBe(200);

  const begun = await telling('session.totp-begin', { password: next }, { token: session });
  expect(begun.status).toBe(200);
  const secret = learn('the secret of an authenticator', begun.json.secret);
  const bytes = fromBase32(secret)!;
  secrets.set('the secret of an authenticator, as bytes', bytes.toString('latin1'));
  await command('session.totp-confirm', { code: '000000' }, { token: session });
  const confirmed = await telling('session.totp-confirm', { code: totpCode(bytes, Math.floor(Date.now() / stepMs)) }, { token: session });
  expect(confirmed.status).toBe(200);
  for (const [index, code] of (confirmed.json.recoveryCodes as string[]).entries()) learn(`recovery code ${index + 1}`, code);
  await command('session.login', { user: 'li.wei', password: next });
  await command('session.login', { user: 'li.wei', password: next, code: '123456' });
  session = await loggedIn('an operator with a recovery code', 'li.wei', next, secrets.get('recovery code 1'));
  await command('session.login', { user: 'li.wei', password: next, code: secrets.get('recovery code 1') });
  await command('session.lock', {}, { token: session });
  await command('session.unlock', { password: brought['a wrong password'], code: secrets.get('recovery code 2') }, { token: session });
  await command('session.list', {}, { token });
  await command('session.who', {}, { token });
});

test('pictures are asked for, diagnosed and played', async () => {
  const token = secrets.get('the token of the administrator')!;
  const found = await command('camera.search', { text: 'S-', limit: 50 }, { token });
  const cameras = found.json.cameras as { id: string; number: string }[];
  expect(cameras.length).toBeGreaterThanOrEqual(6);
  for (const { id, number } of cameras) {
    const lease = await telling(
      'stream.lease',
      { cameraId: id, profile: 'main' },
      { token, headers: { 'idempotency-key': `lease-${number}` } },
    );
    if (lease.status !== 200) {
      note(`the lease of ${number}`, lease.text);
      continue;
    }
    const ticket = learn(`the ticket of ${number}`, lease.json.ticket);
    const { origin, pathname, search } = new URL(lease.json.urls.hls as string);
    await ask(origin, `${pathname}${search}`, { headers: { origin: hub.origin } });
    const again = await ask(origin, `${pathname}${search}`, { headers: { origin: hub.origin } });
    note('what a used ticket is answered', again.text);
    const forged = await ask(origin, `${pathname}${search}x`.replace(ticket, `${ticket.slice(0, -4)}AAAA`), {
      headers: { origin: hub.origin },
    });
    note('what a forged ticket is answered', forged.text);
    note('the figures of the relay', (await ask(origin, '/metrics')).text);
  }
  const [asked] = cameras.filter(({ number }) => number === 'S-1');
  await telling('stream.lease-many', { wants: [{ cameraId: asked!.id, profile: 'sub' }] }, { token });
  const looked = cameras.filter(({ number }) => ['S-1', 'S-2', 'S-3', 'S-5'].includes(number));
  for (const { id } of looked) {
    for (const profile of ['main', 'sub']) await command('camera.diagnose', { cameraId: id, profile }, { token });
    await command('camera.snapshot', { cameraId: id }, { token });
  }
}, 60_000);

test('a wall is opened by its link', async () => {
  const token = secrets.get('the token of the administrator')!;
  const link = await telling('wall.link', { wallId: 'main', screenId: '1' }, { token });
  const url = new URL(link.json.url as string);
  learn('the ticket of a wall', url.searchParams.get('ticket'));
  const { cookie } = await openLink(url.href);
  learn('the cookie of a wall', cookie.split('=')[1]);
  await plain(`${url.pathname}${url.search}`);
  await plain(url.pathname, { headers: { cookie } });
  const begun = await telling('wall.pairing-begin', { wallId: 'main', screenId: '2' });
  const pairing = learn('the secret of a pairing', begun.json.secret);
  learn('the code of a pairing', begun.json.code);
  await command('wall.pairing-claim', { secret: pairing });
  await command('wall.pairing-claim', { secret: `${pairing.slice(0, -4)}AAAA` });
  // The code is typed by whoever lets the display in: it is good for nothing any more then, and may be in the audit.
  const paired = await command('wall.pair', { code: begun.json.code }, { token });
  expect(paired.status).toBe(200);
  secrets.delete('the code of a pairing');
  const claimed = await telling('wall.pairing-claim', { secret: pairing });
  learn('the token of a display', claimed.json.session?.token ?? claimed.text);
  const { socket, events } = await connected(hub.origin, { session: 'wall:main:1' }, { cookie, origin: hub.origin });
  note('what the socket of a wall hears', JSON.stringify(await run(socket, 'session.who', {})));
  socket.disconnect();
  note('what the socket of a wall hears', JSON.stringify(events));
});

test('somebody calls, and a unit is sent', async () => {
  const token = secrets.get('the token of the administrator')!;
  const phone = brought['the number of a caller'];
  const report = { by: 'phone', text: 'Smoke', reporter: 'Zhao' };
  const call = { type: 'fire.building', title: 'Smoke', place: {}, report: { ...report, phone } };
  const opened = await command('incident.open', call, { token, headers: { 'idempotency-key': 'call-1' } });
  expect(opened.status).toBe(200);
  const { incidentId } = opened.json;
  await command('incident.open', call, { token });
  await command('incident.open', { ...call, type: phone }, { token });
  await command('incident.open', { ...call, report: { ...report, phone: [phone] } }, { token });
  expect((await telling('incident.caller', { incidentId }, { token })).json).toEqual({ phone });
  await command('incident.report', { incidentId }, { token });
  await command('incident.log', { incidentId }, { token });
  const made = await command('unit.upsert', { number: 'E-1', name: 'Engine 1', department: 'Fire', home: {} }, { token });
  const sent = await telling(
    'task.dispatch',
    { incidentId, unitId: made.json.unitId, title: 'Go' },
    { token, headers: { 'idempotency-key': 'send-1' } },
  );
  const fieldLink = sent.json.fieldLink as string;
  const link = learn('the link of a field page', fieldLink.slice(fieldLink.lastIndexOf('/') + 1));
  const entered = await ask(hub.origin, '/unit/session', { method: 'POST', body: { token: link }, headers: { origin: hub.origin } });
  learn('the cookie of a unit', entered.headers['set-cookie']![0]!.split(';')[0]!.split('=')[1]);
  await plain('/unit/session', { method: 'POST', body: { token: `${link.slice(0, -4)}AAAA` }, headers: { origin: hub.origin } });
  await command('task.report', { taskId: sent.json.taskId, state: 'done' }, { token });
});

test('everything is read by those who may', async () => {
  const token = secrets.get('the token of the administrator')!;
  const { socket, events } = await connected(hub.origin, { token });
  let id = 0;
  for (const { name } of collections) {
    const reply = await subscribe(socket, { id: (id += 1), collection: name });
    note(`a subscription of ${name}`, JSON.stringify(reply));
    let next: string | null = '';
    for (let page = 0; next !== null && page < 20; page += 1) {
      const answer: Answer = await plain(`/api/collections/${name}?limit=1000${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`, {
        token,
      });
      expect(answer.status, name).toBe(200);
      next = answer.json.next as string | null;
    }
  }
  await command(
    'camera.upsert',
    { number: 'S-12', name: 'x', district: '320282', source: { kind: 'rtsp', url: `rtsp://u:${brought['the password of a camera']}@h` } },
    { token },
  );
  note('what subscriptions are told', JSON.stringify(events));
  socket.disconnect();
  await command('audit.search', { limit: 500 }, { token });
  await command('audit.watches', { from: 0 }, { token });
  await command('audit.verify', {}, { token });
  await plain('/metrics', { token });
  await plain('/api/openapi.json', { token });
  await plain('/healthz');
  await plain('/api/collections/users?after=%00', { token });
});

test('copies are taken, and the day is over', async () => {
  const token = secrets.get('the token of the administrator')!;
  const first = brought['the first password of an account'];
  const next = brought['its next password'];
  await command('user.upsert', { name: 'chen', roles: ['security-administrator'], password: first }, { token });
  const second = await loggedIn('the second person', 'chen', first);
  await command('session.password', { current: first, next }, { token: second });
  const asked = await command('audit.export', { from: 0, to: Date.now() + 1000, purpose: 'a test' }, { token });
  const { json: waiting } = await plain('/api/collections/commands', { token });
  const { payloadHash } = (waiting.items as { id: string; payloadHash: string }[]).find(({ id }) => id === asked.json.commandId)!;
  const approved = await command('command.approve', { commandId: asked.json.commandId, payloadHash }, { token: second });
  expect(approved.status, approved.text).toBe(200);
  expect((await command('backup.create', {}, { token })).status).toBe(200);
  await command('backup.list', {}, { token });
  const running = filesOf(join(folder.path, 'data'));
  note('the files while the hub runs', running);
  for (const kind of ['exports', 'backups', 'ledger.db-wal']) expect(running, kind).toContain(`${join('data', kind)}`);
  await hub.stop();
  note('the files after the hub ended', filesOf(join(folder.path, 'data')));
});

/** Everything in the data folder, byte by byte; the keys are what opens it, and must not lie with it elsewhere. */
function filesOf(root: string): string {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(join(root, 'keys')));
  expect(files.map((file) => file.slice(root.length + 1))).toContain('ledger.db');
  return files.map((file) => `\n${file}\n${readFileSync(file, 'latin1')}`).join('');
}

test('no secret was said, and none is kept where it can be read', () => {
  expect(secrets.size).toBeGreaterThan(30);
  expect(said.length).toBeGreaterThan(120);
  expect([...new Set(said.flatMap(found))]).toEqual([]);
});
