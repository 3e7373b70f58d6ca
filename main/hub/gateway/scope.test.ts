import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandName } from '../../contract/catalog.ts';
import { silentLog } from '../../contract/log.ts';
import { systemClock } from '../../supervision/system-clock.ts';
import {
  account,
  ask,
  builtPages,
  command,
  connected,
  hubOptions,
  login,
  next,
  operator,
  run,
  startedHub,
  subscribe,
  temporaryFolder,
  type PageSocket,
} from '../hub-rig.ts';
import type { Hub } from '../hub.ts';
import { openDataFolder } from '../ledger/data-folder.ts';
import { openLedger } from '../ledger/open-ledger.ts';

/** Two counties: T is the one that `here` and `chief` are responsible for, Y is another. Cameras ending in 2 belong to the group `traffic`. */
const sites = {
  'T-1': { district: '320205', groups: [] },
  'T-2': { district: '320205101', groups: ['traffic'] },
  'Y-1': { district: '320282', groups: ['police'] },
  'Y-2': { district: '320282101', groups: ['traffic'] },
} as const;
type Site = keyof typeof sites;
const districts = ['32', '3202', '320205', '320205101', '320282', '320282101'];
const source = { kind: 'file', url: 'clip:gate' } as const;

const folder = temporaryFolder('scope');
let hub: Hub;
let origin: string;
let admin: string;
const ids = {} as Record<Site, string>;
/** `here`: an operator of T; `traffic`: an operator of a group; `chief`: an administrator of T; `reviewer`: an auditor of T; `security`: of T too. */
type Who = 'admin' | 'here' | 'traffic' | 'chief' | 'reviewer' | 'security';
const tokens = new Map<Who, string>();
const sockets = new Map<Who, PageSocket>();
const layouts = {} as Record<'inside' | 'mixed' | 'empty', string>;

const scene = (...numbers: Site[]) => ({
  kind: 'grid',
  rows: 1,
  cols: 4,
  tiles: numbers.map((number) => ({ panel: 'video', cameraId: ids[number] })),
});

beforeAll(async () => {
  builtPages(folder.path);
  const options = hubOptions(folder.path);
  // places come with a city, and no command makes them
  const opened = openDataFolder(options.dataFolder);
  if (!opened.ok) throw new Error(opened.error.code);
  const ledger = openLedger(opened.value.path, { changesKept: 100, clock: systemClock, log: silentLog });
  ledger.commit(
    districts.map((code) => ({
      collection: 'districts',
      op: 'put',
      key: code,
      value: { code, name: code, nameEn: null, parent: null, simulated: false, drill: false },
    })),
    { kind: 'start', id: 'test', by: 'test' },
  );
  ledger.close();
  opened.value.release();

  hub = await startedHub(options);
  origin = hub.origin;
  admin = await login(origin);
  tokens.set('admin', admin);
  const t = { districts: ['320205'], groups: '*' };
  tokens.set('here', await operator(origin, admin, 'here', t));
  tokens.set('traffic', await operator(origin, admin, 'traffic', { districts: '*', groups: ['traffic'] }));
  tokens.set('chief', await account(origin, admin, 'chief', { roles: ['administrator'], scope: t }));
  tokens.set('reviewer', await account(origin, admin, 'reviewer', { roles: ['auditor'], scope: t }));
  tokens.set('security', await account(origin, admin, 'security', { roles: ['security-administrator'], scope: t }));
  for (const [who, token] of tokens) sockets.set(who, (await connected(origin, { token })).socket);
  for (const [number, site] of Object.entries(sites)) {
    const made = await command(origin, 'camera.upsert', { number, name: `Camera ${number}`, ...site, source }, { token: admin });
    ids[number as Site] = made.json.cameraId as string;
  }
  const save = async (name: string, ...numbers: Site[]) =>
    (await command(origin, 'layout.save', { name, scene: scene(...numbers) }, { token: admin })).json.layoutId as string;
  layouts.inside = await save('Inside', 'T-1', 'T-2');
  layouts.mixed = await save('Mixed', 'T-1', 'Y-1');
  layouts.empty = await save('Empty');
  await command(origin, 'wall.show', { wallId: 'main', screenId: '1', scene: scene('T-1', 'Y-1') }, { token: admin });
}, 120_000);
afterAll(async () => {
  for (const socket of sockets.values()) socket.disconnect();
  await hub.stop();
  folder.dispose();
});

/** What a command comes to at both doors: its results, or the codes of its refusals. */
async function bothDoors(who: Who, name: CommandName, args: object): Promise<readonly (readonly [string, unknown])[]> {
  const http = await command(origin, name, args, { token: tokens.get(who)! });
  const reply = await run(sockets.get(who)!, name, args);
  return [
    ['http', http.json.error?.code ?? http.json],
    ['socket', 'error' in reply ? reply.error.code : reply.result],
  ];
}

/** Everything of a collection that somebody reads, by both doors; both must be the same. */
async function reads(who: Who, collection: string): Promise<Record<string, unknown>[]> {
  const page = await ask(origin, `/api/collections/${collection}?limit=1000`, { token: tokens.get(who)! });
  if (page.status !== 200) throw new Error(page.text);
  const reply = await subscribe(sockets.get(who)!, { id: 1, collection });
  if (reply.kind !== 'snapshot') throw new Error(JSON.stringify(reply));
  const key = (entity: Record<string, unknown>) => String(entity['id'] ?? entity['code']);
  const keys = (entities: readonly Record<string, unknown>[]) => entities.map(key).sort();
  expect(keys(reply.items)).toEqual(keys(page.json.items));
  return page.json.items as Record<string, unknown>[];
}

describe('what is read', () => {
  const seen: readonly [Who, readonly Site[], readonly string[]][] = [
    ['admin', ['T-1', 'T-2', 'Y-1', 'Y-2'], districts],
    ['here', ['T-1', 'T-2'], ['32', '3202', '320205', '320205101']],
    ['traffic', ['T-2', 'Y-2'], districts],
  ];

  test.each(seen)('%s: cameras, search and its count, places of the tree', async (who, numbers, places) => {
    expect((await reads(who, 'cameras')).map(({ number }) => number).sort()).toEqual(numbers);
    expect((await reads(who, 'districts')).map(({ code }) => code).sort()).toEqual(places);
    for (const [door, found] of await bothDoors(who, 'camera.search', { text: 'Camera', limit: 1 }))
      expect([door, found]).toMatchObject([door, { total: numbers.length, cameras: [{ number: numbers[0] }] }]);
    for (const [door, found] of await bothDoors(who, 'camera.search', { text: 'Y-1' }))
      expect([door, found]).toMatchObject([door, { total: numbers.includes('Y-1') ? 1 : 0 }]);
  });

  test('by id or place, what is outside is not there', async () => {
    const selector = { ids: Object.values(ids) };
    const reply = await subscribe(sockets.get('here')!, { id: 2, collection: 'cameras', selector });
    expect(reply.kind === 'snapshot' && reply.items.map(({ number }) => number).sort()).toEqual(['T-1', 'T-2']);
    const elsewhere = await subscribe(sockets.get('here')!, { id: 3, collection: 'cameras', selector: { district: '320282' } });
    expect(elsewhere).toMatchObject({ kind: 'snapshot', items: [] });
  });

  test('saved layouts: only those all of whose cameras may be seen', async () => {
    const mine = async (who: Who) => {
      const names = (await reads(who, 'layouts')).map(({ name }) => name);
      return ['Inside', 'Mixed', 'Empty'].filter((name) => names.includes(name));
    };
    expect(await mine('admin')).toEqual(['Inside', 'Mixed', 'Empty']);
    expect(await mine('here')).toEqual(['Inside', 'Empty']);
    expect(await mine('traffic')).toEqual(['Empty']);
  });

  test('a wall is seen whole, but of a camera outside only its opaque id, in what is to be shown and in what is', async () => {
    const tile = { tileId: 'g-0-1', cameraId: ids['Y-1'], state: 'live', engine: 'mosaic', fps: 25, frameAgeMs: 100 };
    await command(origin, 'wall.report', { wallId: 'main', screenId: '1', shown: { revision: 1, at: 1, tiles: [tile] } }, { token: admin });
    const walls = JSON.stringify(await reads('here', 'walls'));
    expect(walls.split(ids['Y-1'])).toHaveLength(3);
    expect(walls).not.toContain('Y-1');
    expect(walls).not.toContain('Camera');
  });

  test('commands that wait: only those that touch nothing outside', async () => {
    for (const numbers of [['T-1'], ['T-1', 'Y-1']] as const) {
      const cameraIds = numbers.map((number) => ids[number]);
      expect((await command(origin, 'camera.remove-many', { cameraIds }, { token: admin })).json.state).toBe('awaitingApproval');
    }
    expect(await reads('admin', 'commands')).toHaveLength(2);
    expect(await reads('here', 'commands')).toMatchObject([{ args: { cameraIds: [ids['T-1']] } }]);
    expect(await reads('traffic', 'commands')).toEqual([]);
  });

  test('the audit: rows that touch nothing outside', async () => {
    const page = async (who: Who) => {
      const items: Record<string, unknown>[] = [];
      for (let after: string | null = ''; after !== null;) {
        const answer: Awaited<ReturnType<typeof ask>> = await ask(origin, `/api/collections/audit?limit=50${after && `&after=${after}`}`, {
          token: tokens.get(who)!,
        });
        items.push(...answer.json.items);
        after = answer.json.next;
      }
      return items;
    };
    const all = await page('admin');
    const mine = await page('reviewer');
    expect(mine.length).toBeLessThan(all.length);
    const touched = (rows: readonly Record<string, unknown>[]) =>
      rows
        .filter(({ command: name, phase }) => name === 'camera.upsert' && phase === 'close')
        .map(({ args }) => (args as { number: string }).number);
    expect(touched(all)).toEqual(['T-1', 'T-2', 'Y-1', 'Y-2']);
    expect(touched(mine)).toEqual(['T-1', 'T-2']);
    expect(mine.filter((row) => JSON.stringify(row).includes(ids['Y-1']))).toEqual([]);
    expect(all.some(({ command: name }) => name === 'user.upsert')).toBe(true);
    expect(mine.some(({ command: name }) => name === 'user.upsert')).toBe(false);
  });

  test('accounts belong to the whole city', async () => {
    expect(await reads('security', 'users')).toEqual([]);
    expect((await reads('admin', 'users')).length).toBeGreaterThan(5);
  });

  test('figures count the whole city', async () => {
    expect(await ask(origin, '/metrics', { token: tokens.get('here')! })).toMatchObject({
      status: 403,
      json: { error: { code: 'out-of-scope' } },
    });
    expect((await ask(origin, '/metrics', { token: admin })).status).toBe(200);
  });
});

describe('what is done', () => {
  const of = (number: Site) => ids[number];
  /** Command, its arguments, who asks; true when it touches something outside. */
  const rows: readonly (readonly [string, CommandName, () => object, Who, boolean])[] = [
    ['a picture inside', 'stream.lease', () => ({ cameraId: of('T-1'), profile: 'sub' }), 'here', false],
    ['a picture outside', 'stream.lease', () => ({ cameraId: of('Y-1'), profile: 'sub' }), 'here', true],
    ['a picture of one’s group', 'stream.lease', () => ({ cameraId: of('Y-2'), profile: 'sub' }), 'traffic', false],
    ['a picture of another group', 'stream.lease', () => ({ cameraId: of('Y-1'), profile: 'sub' }), 'traffic', true],
    ['pictures inside', 'stream.lease-many', () => ({ wants: [{ cameraId: of('T-1'), profile: 'sub' }] }), 'here', false],
    [
      'pictures, one of them outside',
      'stream.lease-many',
      () => ({ wants: (['T-1', 'Y-1'] as const).map((number) => ({ cameraId: of(number), profile: 'sub' })) }),
      'here',
      true,
    ],
    ['a snapshot inside', 'camera.snapshot', () => ({ cameraId: of('T-2') }), 'here', false],
    ['a snapshot outside', 'camera.snapshot', () => ({ cameraId: of('Y-2') }), 'here', true],
    ['a diagnosis inside', 'camera.diagnose', () => ({ cameraId: of('T-2') }), 'here', false],
    ['a diagnosis outside', 'camera.diagnose', () => ({ cameraId: of('Y-2') }), 'here', true],
    ['the publish address inside', 'camera.publish-address', () => ({ cameraId: of('T-1') }), 'chief', false],
    ['the publish address outside', 'camera.publish-address', () => ({ cameraId: of('Y-1') }), 'chief', true],
    ['a camera changed', 'camera.upsert', () => ({ number: 'T-1', name: 'Camera T-1', ...sites['T-1'], source }), 'chief', false],
    ['a camera made outside', 'camera.upsert', () => ({ number: 'N-1', name: 'New', district: '320282', source }), 'chief', true],
    ['a camera moved out', 'camera.upsert', () => ({ number: 'T-1', name: 'Camera T-1', district: '320282', source }), 'chief', true],
    ['a camera moved in', 'camera.upsert', () => ({ number: 'Y-1', name: 'Camera Y-1', district: '320205', source }), 'chief', true],
    ['an import, which may touch anything', 'camera.import', () => ({ format: 'json', text: '[]' }), 'chief', true],
    ['a camera removed outside', 'camera.remove', () => ({ cameraId: of('Y-1') }), 'chief', true],
    ['cameras removed inside', 'camera.remove-many', () => ({ cameraIds: [of('T-1'), of('T-2')] }), 'chief', false],
    ['cameras removed, one outside', 'camera.remove-many', () => ({ cameraIds: [of('T-1'), of('Y-1')] }), 'chief', true],
    ['a wall of cameras inside', 'wall.show', () => ({ wallId: 'main', screenId: '2', scene: scene('T-1', 'T-2') }), 'here', false],
    ['a wall with one outside', 'wall.show', () => ({ wallId: 'main', screenId: '2', scene: scene('T-1', 'Y-1') }), 'here', true],
    [
      'a wall with one outside in a tour',
      'wall.show',
      () => ({ wallId: 'main', screenId: '2', scene: { kind: 'tour', steps: [{ scene: scene('Y-1'), dwellMs: 5000 }] } }),
      'here',
      true,
    ],
    [
      'a tile over screens, outside',
      'wall.span',
      () => ({
        wallId: 'main',
        tiles: [{ tileId: 'w', rect: { x: 0, y: 0, width: 9, height: 9 }, panel: { panel: 'video', cameraId: of('Y-1') } }],
      }),
      'here',
      true,
    ],
    [
      'the topology of a wall',
      'wall.upsert',
      () => ({ wallId: 'm', name: 'M', screens: [{ id: '1', rect: { x: 0, y: 0, width: 9, height: 9 } }] }),
      'chief',
      true,
    ],
    ['a layout inside', 'layout.save', () => ({ name: 'Mine', scene: scene('T-1') }), 'here', false],
    ['a layout with one outside', 'layout.save', () => ({ name: 'Mine', scene: scene('Y-1') }), 'here', true],
    [
      'a layout that one sees, overwritten',
      'layout.save',
      () => ({ layoutId: layouts.inside, name: 'Inside', scene: scene('T-1') }),
      'here',
      false,
    ],
    [
      'a layout that one does not see, overwritten',
      'layout.save',
      () => ({ layoutId: layouts.mixed, name: 'Gone', scene: scene() }),
      'here',
      true,
    ],
    ['a layout that one does not see, removed', 'layout.remove', () => ({ layoutId: layouts.mixed }), 'here', true],
    ['what was watched outside', 'audit.watches', () => ({ cameraId: of('Y-1') }), 'reviewer', true],
    ['what was watched inside', 'audit.watches', () => ({ cameraId: of('T-1') }), 'reviewer', false],
    ['the whole audit taken out', 'audit.export', () => ({ from: 0, to: 1, purpose: 'Test' }), 'reviewer', true],
    ['the whole audit verified', 'audit.verify', () => ({}), 'reviewer', true],
    ['an account changed', 'user.upsert', () => ({ name: 'x', roles: ['operator'] }), 'security', true],
    ['the sessions of everybody', 'session.list', () => ({}), 'security', true],
  ];

  test.each(rows)('%s: %s', async (_what, name, args, who, outside) => {
    for (const [door, outcome] of await bothDoors(who, name, args()))
      expect([door, outcome === 'out-of-scope', outcome]).toEqual([door, outside, outcome]);
  });

  test('leaves what is outside as it was', async () => {
    expect((await reads('admin', 'cameras')).map(({ number, district }) => [number, district]).sort()).toEqual(
      Object.entries(sites).map(([number, { district }]) => [number, district]),
    );
    expect((await reads('admin', 'layouts')).map(({ name }) => name)).toContain('Mixed');
  });

  test('the second person must be responsible for what is touched', async () => {
    const { commandId } = (await command(origin, 'camera.remove-many', { cameraIds: [ids['Y-2']] }, { token: admin })).json;
    const { payloadHash } = (await reads('admin', 'commands')).find(({ id }) => id === commandId) as { payloadHash: string };
    for (const [, outcome] of await bothDoors('chief', 'command.approve', { commandId, payloadHash })) expect(outcome).toBe('out-of-scope');
    for (const [, outcome] of await bothDoors('chief', 'command.reject', { commandId, reason: 'No' })) expect(outcome).toBe('out-of-scope');
    await command(origin, 'command.withdraw', { commandId }, { token: admin });
  });
});

describe('what moves', () => {
  test('out of a scope goes from every copy, and with it the layouts that show it; and comes back', async () => {
    const socket = sockets.get('here')!;
    await command(origin, 'layout.save', { layoutId: layouts.inside, name: 'Inside', scene: scene('T-1', 'T-2') }, { token: admin });
    await subscribe(socket, { id: 11, collection: 'cameras', selector: { ids: [ids['T-2']] } });
    await subscribe(socket, { id: 12, collection: 'layouts', selector: { ids: [layouts.inside, layouts.empty] } });
    const told = async (move: () => Promise<unknown>) => {
      const heard = new Map<number, unknown>();
      const both = new Promise<void>((resolve) => {
        const listen = ({ id, ops }: { id: number; ops: readonly unknown[] }) => {
          if (id !== 11 && id !== 12) return;
          heard.set(id, ops);
          if (heard.size < 2) return;
          socket.off('changes', listen);
          resolve();
        };
        socket.on('changes', listen);
      });
      await move();
      await both;
      return heard;
    };
    const moveTo = (district: string) =>
      command(origin, 'camera.upsert', { number: 'T-2', name: 'Camera T-2', district, groups: ['traffic'], source }, { token: admin });
    const gone = await told(() => moveTo('320282'));
    expect(gone.get(11)).toEqual([{ op: 'delete', key: ids['T-2'] }]);
    expect(gone.get(12)).toEqual([{ op: 'delete', key: layouts.inside }]);
    expect((await reads('here', 'layouts')).map(({ id }) => id)).not.toContain(layouts.inside);
    const back = await told(() => moveTo('320205101'));
    expect(back.get(11)).toMatchObject([{ op: 'put', value: { number: 'T-2' } }]);
    expect(back.get(12)).toMatchObject([{ op: 'put', value: { name: 'Inside' } }]);
  });

  test('a scope that is changed ends the sessions that had the old one', async () => {
    const farewell = next(sockets.get('traffic')!, 'farewell');
    await command(
      origin,
      'user.upsert',
      { name: 'traffic', roles: ['operator'], scope: { districts: ['11'], groups: '*' } },
      { token: admin },
    );
    expect(await farewell).toMatchObject({ params: { reason: 'account-changed' } });
  });
});
