import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collections, commands, type CollectionName, type CommandName } from '../../contract/catalog.ts';
import { permissions, personRoles, roles, type Role } from '../../contract/permissions.ts';
import {
  account,
  adminPassword,
  ask,
  builtPages,
  command,
  connected,
  hubOptions,
  login,
  openLink,
  run,
  startedHub,
  subscribe,
  temporaryFolder,
  type PageSocket,
} from '../hub-rig.ts';
import type { Hub } from '../hub.ts';
import { commandSamples as samples } from './testdata/command-samples.ts';

/**
 * Who may do what, written by hand and not worked out: a command or collection without a row here does not compile, and a row that the
 * catalogue does not bear out fails. `public` needs no session, `session` any.
 */
const desks = ['operator', 'dispatcher', 'traffic', 'administrator'] as const satisfies readonly Role[];
const senders = ['dispatcher', 'traffic', 'administrator'] as const satisfies readonly Role[];
const mayRun: Record<CommandName, readonly Role[] | 'public' | 'session'> = {
  'session.login': 'public',
  'session.logout': 'session',
  'session.password': 'session',
  'session.who': 'session',
  'session.activity': 'session',
  'session.lock': 'session',
  'session.unlock': 'session',
  'session.totp-begin': 'session',
  'session.totp-confirm': 'session',
  'session.list': ['security-administrator'],
  'session.end': ['security-administrator'],
  'user.upsert': ['security-administrator'],
  'user.unlock': ['security-administrator'],
  'audit.search': ['auditor'],
  'audit.watches': ['auditor'],
  'audit.verify': ['auditor'],
  'audit.export': ['auditor'],
  'command.approve': ['administrator', 'security-administrator'],
  'command.reject': ['administrator', 'security-administrator'],
  'command.withdraw': 'session',
  'backup.create': ['administrator'],
  'backup.list': ['administrator'],
  'camera.upsert': ['administrator'],
  'camera.import': ['administrator'],
  'camera.remove': ['administrator'],
  'camera.remove-many': ['administrator'],
  'camera.search': [...desks, 'wall'],
  'camera.diagnose': [...desks, 'wall'],
  'camera.snapshot': [...desks, 'wall'],
  'camera.publish-address': ['administrator'],
  'stream.lease': [...desks, 'wall'],
  'stream.lease-many': [...desks, 'wall'],
  'stream.release': [...desks, 'wall'],
  'demo.story': ['administrator'],
  'wall.show': desks,
  'wall.span': desks,
  'wall.upsert': ['administrator'],
  'wall.link': ['administrator'],
  'wall.pairing-begin': 'public',
  'wall.pairing-claim': 'public',
  'wall.pair': ['administrator'],
  'wall.revoke': ['administrator'],
  'wall.refresh': desks,
  'wall.alarms': ['administrator'],
  'wall.alarm-return': desks,
  'wall.report': [...desks, 'wall'],
  'layout.save': desks,
  'layout.remove': desks,
  'layout.versions': desks,
  'layout.version': desks,
  'layout.roll-back': desks,
  'preset.save': desks,
  'preset.recall': desks,
  'preset.remove': desks,
  'tour.control': desks,
  'coverage.report': desks,
  'wall.preview': desks,
  'hold.take': desks,
  'hold.extend': desks,
  'hold.release': desks,
  'hold.request': desks,
  'hold.yield': desks,
  'hold.refuse': desks,
  'hold.override': desks,
  'handover.report': desks,
  'handover.offer': desks,
  'handover.sign': desks,
  'handover.withdraw': desks,
  'favourite.list': desks,
  'favourite.set': desks,
  'feed.create': ['administrator'],
  'feed.update': ['administrator'],
  'feed.remove': ['administrator'],
  'feed.rotate-token': ['administrator'],
  'journal.search': desks,
  'journal.record': desks,
  'journal.retry': ['administrator'],
  'history.read': [...desks, 'wall'],
  'alert.acknowledge': desks,
  'alert.shelve': desks,
  'alert.unshelve': desks,
  'alert.figures': desks,
  'silence.create': senders,
  'silence.end': senders,
  'incident.open': desks,
  'incident.advance': desks,
  'incident.edit': desks,
  'incident.note': desks,
  'incident.step': desks,
  'incident.merge': desks,
  'incident.unmerge': desks,
  'incident.log': desks,
  'incident.report': desks,
  'incident.caller': desks,
  'incident.watch': desks,
  'unit.upsert': senders,
  'unit.status': senders,
  'unit.revoke': senders,
  'unit.recommend': senders,
  'task.dispatch': senders,
  'task.report': [...senders, 'unit'],
  'task.mine': [...senders, 'unit'],
  'task.cancel': senders,
};
const mayRead: Record<CollectionName, readonly Role[]> = {
  users: ['security-administrator', 'auditor'],
  audit: ['auditor'],
  commands: [...desks, 'security-administrator', 'auditor'],
  health: [...desks, 'security-administrator', 'auditor', 'wall'],
  cameras: [...desks, 'wall'],
  districts: [...desks, 'wall'],
  walls: [...desks, 'wall'],
  layouts: [...desks, 'wall'],
  presets: desks,
  holds: desks,
  'wall-alarms': [...desks, 'wall'],
  handovers: desks,
  feeds: desks,
  assets: [...desks, 'wall'],
  observations: [...desks, 'wall'],
  events: [...desks, 'wall'],
  systems: [...desks, 'wall'],
  indicators: [...desks, 'wall'],
  alerts: [...desks, 'wall'],
  silences: [...desks, 'wall'],
  incidents: [...desks, 'wall'],
  units: [...desks, 'wall'],
  tasks: [...desks, 'wall'],
};

/** What may be done in a locked session of somebody at a desk: what a wall shows, and the way out. */
const whileLocked: readonly CommandName[] = [
  'session.unlock',
  'session.who',
  'session.activity',
  'session.logout',
  'stream.lease',
  'stream.lease-many',
  'stream.release',
  'wall.report',
  'history.read',
];
const readWhileLocked: readonly CollectionName[] = [
  'cameras',
  'districts',
  'walls',
  'layouts',
  'health',
  'assets',
  'observations',
  'events',
  'systems',
  'indicators',
  'alerts',
  'silences',
  'incidents',
  'units',
  'tasks',
  'wall-alarms',
];

/** What may be done before the first password was changed. */
const beforePassword: readonly CommandName[] = ['session.password', 'session.who', 'session.activity', 'session.lock', 'session.logout'];

/** These end or bar the session that asks: they have tests of their own. */
const endings: ReadonlySet<string> = new Set<CommandName>(['session.logout', 'session.lock']);
/** Codes of a door that does not let somebody through; a handler's own refusals are others. */
const barred: ReadonlySet<string> = new Set([
  'login-required',
  'unknown-command',
  'session-locked',
  'password-change-required',
  'second-factor-enrolment-required',
]);

const folder = temporaryFolder('matrix');
let hub: Hub;
let origin: string;
let admin: string;
let consoleCookie: string;
/** A session for each role, and those that are exceptions. */
type Who = Role | 'founder' | 'denied' | 'fresh' | 'locked';
const tokens = new Map<Who, string>();
const sockets = new Map<Who, PageSocket>();

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path));
  origin = hub.origin;
  const answer = await command(origin, 'session.login', { user: 'admin', password: adminPassword });
  admin = answer.json.token;
  consoleCookie = answer.headers['set-cookie']![0]!.split(';')[0]!;
  tokens.set('founder', admin);
  for (const role of personRoles) tokens.set(role, await account(origin, admin, role, { roles: [role] }));
  tokens.set('denied', await account(origin, admin, 'denied', { roles: ['operator'], denied: ['stream.view', 'layout.edit'] }));
  // before anything here fails a login: wrong passwords of all tests come from one address
  tokens.set('locked', await account(origin, admin, 'locked', { roles: ['dispatcher'] }));
  await command(origin, 'user.upsert', { name: 'fresh', roles: ['operator'], password: 'First-Shift-4711' }, { token: admin });
  tokens.set('fresh', await login(origin, 'fresh', 'First-Shift-4711'));
  tokens.set('wall', (await openLink(hub.wallLink('main', '1'))).cookie.split('=')[1]!);
}, 120_000);
afterAll(async () => {
  for (const socket of sockets.values()) socket.disconnect();
  await hub.stop();
  folder.dispose();
});

async function socketOf(who: Who): Promise<PageSocket> {
  const open = sockets.get(who);
  if (open) return open;
  const { socket } = await connected(origin, { token: tokens.get(who)! });
  sockets.set(who, socket);
  return socket;
}

type Refusal = { readonly code: string; readonly params: Readonly<Record<string, unknown>> } | undefined;

/** One call through each door. */
async function bothDoors(who: Who, name: CommandName): Promise<readonly (readonly [string, Refusal])[]> {
  const http = await command(origin, name, samples[name], { token: tokens.get(who)! });
  const reply = await run(await socketOf(who), name, samples[name]);
  return [
    ['http', http.json.error as Refusal],
    ['socket', 'error' in reply ? reply.error : undefined],
  ];
}

/** The door's own word: `no` for a missing permission, the code of a barrier, or `yes` whatever the handler says then. */
const verdict = (name: CommandName, refusal: Refusal): string => {
  const { permission } = commands.find((one) => one.name === name)!;
  if (refusal === undefined) return 'yes';
  if (refusal.code === 'forbidden' && refusal.params['permission'] === permission) return 'no';
  return barred.has(refusal.code) ? refusal.code : 'yes';
};

describe('the table', () => {
  test('has a row for every command and every collection, and no other', () => {
    expect(Object.keys(mayRun).sort()).toEqual(commands.map(({ name }) => name).sort());
    expect(Object.keys(samples).sort()).toEqual(commands.map(({ name }) => name).sort());
    expect(Object.keys(mayRead).sort()).toEqual(collections.map(({ name }) => name).sort());
  });

  test('says public and session where the catalogue does, and has a sample that is well formed', () => {
    for (const { name, permission, args } of commands) {
      const row = mayRun[name];
      expect([name, typeof row === 'string' ? row : 'roles']).toEqual([
        name,
        permission === 'public' || permission === 'session' ? permission : 'roles',
      ]);
      if (permission !== 'public' && permission !== 'session') expect(permissions).toContain(permission);
      expect(args.safeParse(samples[name]).success, name).toBe(true);
    }
  });
});

describe('every command at both doors', () => {
  test.each(roles)('as %s', { timeout: 60_000 }, async (role) => {
    const got: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const { name } of commands) {
      const row = mayRun[name];
      if (row === 'public' || endings.has(name)) continue;
      for (const [door, refusal] of await bothDoors(role, name)) {
        got[`${name} ${door}`] = verdict(name, refusal);
        expected[`${name} ${door}`] = row === 'session' || row.includes(role) ? 'yes' : 'no';
      }
    }
    expect(got).toEqual(expected);
  });

  test('as the first account: everything', { timeout: 60_000 }, async () => {
    for (const { name } of commands) {
      if (mayRun[name] === 'public' || endings.has(name)) continue;
      for (const [door, refusal] of await bothDoors('founder', name))
        expect([name, door, verdict(name, refusal)]).toEqual([name, door, 'yes']);
    }
  });

  test('as an operator who is denied some: deny overrides allow', async () => {
    const { permissions: held } = (await command(origin, 'session.who', {}, { token: tokens.get('denied')! })).json;
    expect(held).not.toContain('stream.view');
    for (const [name, word] of [
      ['stream.lease', 'no'],
      ['stream.lease-many', 'no'],
      ['camera.snapshot', 'no'],
      ['layout.save', 'no'],
      ['camera.search', 'yes'],
      ['wall.show', 'yes'],
    ] as const)
      for (const [door, refusal] of await bothDoors('denied', name))
        expect([name, door, verdict(name, refusal)]).toEqual([name, door, word]);
  });

  test('before the first password was changed: the way through, and nothing else', { timeout: 60_000 }, async () => {
    for (const { name } of commands) {
      if (mayRun[name] === 'public' || endings.has(name)) continue;
      const word = beforePassword.includes(name) ? 'yes' : 'password-change-required';
      for (const [door, refusal] of await bothDoors('fresh', name))
        expect([name, door, verdict(name, refusal)]).toEqual([name, door, word]);
    }
    for (const { name } of collections) {
      const answer = await ask(origin, `/api/collections/${name}`, { token: tokens.get('fresh')! });
      expect([name, answer.json.error.code]).toEqual([name, 'password-change-required']);
    }
  });

  test('in a locked session: what a wall shows, and the way out', { timeout: 60_000 }, async () => {
    const token = tokens.get('locked')!;
    expect((await command(origin, 'session.lock', {}, { token })).status).toBe(200);
    const socket = await socketOf('locked');
    for (const { name } of commands) {
      if (mayRun[name] === 'public' || name === 'session.logout') continue;
      const word = whileLocked.includes(name) ? 'yes' : 'session-locked';
      const http = await command(origin, name, samples[name], { token });
      expect([name, 'http', verdict(name, http.json.error)]).toEqual([name, 'http', word]);
      const reply = await run(socket, name, samples[name]);
      expect([name, 'socket', verdict(name, 'error' in reply ? reply.error : undefined)]).toEqual([name, 'socket', word]);
    }
    for (const { name } of collections) {
      const answer = await ask(origin, `/api/collections/${name}`, { token });
      expect([name, answer.status]).toEqual([name, readWhileLocked.includes(name) ? 200 : 403]);
    }
    expect((await command(origin, 'session.logout', {}, { token })).status).toBe(200);
    expect((await command(origin, 'session.who', {}, { token })).status).toBe(401);
  });

  test('a screen reports for itself alone', async () => {
    const token = tokens.get('wall')!;
    const other = { ...samples['wall.report'], screenId: '2' };
    expect((await command(origin, 'wall.report', samples['wall.report'], { token })).status).toBe(200);
    expect((await command(origin, 'wall.report', other, { token })).json.error.code).toBe('forbidden');
  });
});

describe('every collection at both doors', () => {
  test.each(roles)('as %s', async (role) => {
    const socket = await socketOf(role);
    let id = 0;
    for (const { name, keep } of collections) {
      const may = mayRead[name].includes(role);
      const page = await ask(origin, `/api/collections/${name}`, { token: tokens.get(role)! });
      expect([name, page.status, page.json.error?.code]).toEqual([name, may ? 200 : 403, may ? undefined : 'forbidden']);
      id += 1;
      const reply = await subscribe(socket, { id, collection: name });
      const word = reply.kind === 'refused' ? reply.error.code : reply.kind;
      expect([name, word]).toEqual([name, may ? (keep === 'paged' ? 'unknown-collection' : 'snapshot') : 'forbidden']);
    }
  });

  test('and the figures', async () => {
    const allowed: readonly Role[] = ['operator', 'dispatcher', 'traffic', 'administrator', 'security-administrator', 'auditor', 'wall'];
    for (const role of roles)
      expect([role, (await ask(origin, '/metrics', { token: tokens.get(role)! })).status]).toEqual([
        role,
        allowed.includes(role) ? 200 : 403,
      ]);
  });
});

describe('what is not in the catalogue', () => {
  test.each(['no.such', 'constructor', '__proto__', 'toString', 'session.who ', 'SESSION.WHO', 'session', '', 'camera.search\u0000'])(
    'the command %j is refused at both doors',
    async (name) => {
      const reply = await run(await socketOf('founder'), name, {});
      expect(reply).toMatchObject({ error: { code: 'unknown-command' } });
      const http = await command(origin, encodeURIComponent(name), {}, { token: admin });
      expect([404, 'unknown-command']).toEqual([http.status, name === '' ? 'unknown-command' : http.json.error.code]);
    },
  );

  test.each(['no-such', 'constructor', '__proto__', 'secrets', 'sessions', 'credentials'])(
    'the collection %j is refused at both doors',
    async (name) => {
      const http = await ask(origin, `/api/collections/${name}`, { token: admin });
      expect(http).toMatchObject({ status: 404, json: { error: { code: 'unknown-collection' } } });
      const reply = await subscribe(await socketOf('founder'), { id: 99, collection: name });
      expect(reply).toMatchObject({ kind: 'refused', error: { code: 'unknown-collection' } });
    },
  );
});

describe('nothing without a session', () => {
  const open = new Set([
    'GET /healthz',
    'GET /login',
    'GET /',
    // For drivers and their navigation services; there at all only where the configuration publishes it.
    'GET /api/open/parking',
    ...Object.entries(mayRun)
      .filter(([, row]) => row === 'public')
      .map(([name]) => `POST /api/commands/${name}`),
  ]);
  const routes = [
    'GET /',
    'GET /healthz',
    'GET /login',
    'GET /console',
    'GET /wall/main/1',
    'GET /metrics',
    'GET /api/openapi.json',
    'POST /api/commands/no.such',
    'GET /api/collections/no-such',
    'GET /api/open/parking',
    ...commands.map(({ name }) => `POST /api/commands/${name}`),
    ...collections.map(({ name }) => `GET /api/collections/${name}`),
  ];

  test.each(routes)('%s', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const name = path.split('/').at(-1) as CommandName;
    const forged = { cookie: `${consoleCookie.split('=')[0]}=${'A'.repeat(43)}`, origin };
    for (const more of [{}, { headers: forged }, { token: 'A'.repeat(43) }]) {
      const answer = await ask(origin, path, { method, ...(method === 'POST' && { body: samples[name] ?? {} }), ...more });
      if (open.has(route)) expect(answer.status).not.toBe(403);
      else if (path === '/console') expect([answer.status, answer.headers.location]).toEqual([303, '/login']);
      else expect(answer.status).toBe(401);
      if (path.startsWith('/api/') && !open.has(route)) expect(answer.json).toEqual({ error: { code: 'login-required', params: {} } });
    }
  });

  test('nor on the socket', async () => {
    await expect(connected(origin, {})).rejects.toThrow('login-required');
    await expect(connected(origin, { token: 'A'.repeat(43) })).rejects.toThrow('login-required');
  });
});
