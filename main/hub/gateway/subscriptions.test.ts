import { beforeEach, describe, expect, test } from 'vitest';
import type { Camera } from '../../../streams/contract.ts';
import type { Change } from '../../contract/ledger.ts';
import { permissions, rolePermissions, type Permission } from '../../contract/permissions.ts';
import type { Barrier, Principal } from '../../contract/principal.ts';
import type { ChangesMessage, SubscribeReply, VolatileMessage } from '../../contract/protocol.ts';
import type { Scope } from '../../contract/scope.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { createLatestValues } from '../readings/latest-values.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import type { SharedText } from './shared-text.ts';
import { createSubscriptions, subscriptionsAtMost, type SubscriberConnection, type Subscriptions } from './subscriptions.ts';
import { nothingKnown } from '../testdata/nothing-known.ts';

const everywhere: Scope = { districts: '*', groups: '*' };
const who = (scope: Scope = everywhere, held: readonly Permission[] = permissions, barrier: Barrier | null = null) =>
  ({
    sessionId: 's',
    userId: 'u',
    name: 'li',
    roles: [],
    permissions: new Set(held),
    scope,
    screen: null,
    barrier,
  }) as unknown as Principal;

const camera = (id: string, district = '320282', groups: string[] = [], name = `Camera ${id}`): Camera => ({
  id: id as Camera['id'],
  number: `N-${id}`,
  name,
  district,
  groups,
  lat: null,
  lon: null,
  datum: 'wgs84',
  aliases: [],
  source: { kind: 'file', url: 'clip:gate', hasSecret: false },
  alternates: [],
  status: { state: 'unknown', at: null, by: null, reason: null },
  link: null,
  simulated: false,
  drill: false,
});
const put = (value: Camera): Change => ({ collection: 'cameras', op: 'put', key: value.id, value });
const remove = (key: string): Change => ({ collection: 'cameras', op: 'delete', key });
const cause = { kind: 'feed', id: 'x', by: 'test' } as const;
const online = { status: { state: 'online', at: 5, by: 'relay', reason: null } };

class TestConnection implements SubscriberConnection {
  congested = false;
  cut = 0;
  readonly changes: ChangesMessage[] = [];
  readonly volatile: VolatileMessage[] = [];
  send(event: 'changes' | 'volatile', head: string, tail: SharedText) {
    const json = head + tail.text;
    if (event === 'changes') this.changes.push(JSON.parse(json) as ChangesMessage);
    else this.volatile.push(JSON.parse(json) as VolatileMessage);
  }
  cutOff() {
    this.cut++;
  }
}

let clock: ManualClock;
let ledger: MemoryLedger;
let latest: ReturnType<typeof createLatestValues>;
let subscriptions: Subscriptions;
let connection: TestConnection;

beforeEach(() => {
  clock = new ManualClock();
  ledger = new MemoryLedger();
  latest = createLatestValues({ flushMs: 100, clock });
  subscriptions = createSubscriptions(ledger, latest, nothingKnown);
  connection = new TestConnection();
  ledger.commit([put(camera('a')), put(camera('b', '320200', ['police']))], cause);
  ledger.commit([put(camera('c', '320282101', ['traffic', 'police']))], cause);
  return () => {
    subscriptions.stop();
    latest.stop();
  };
});

const ask = (request: unknown, principal = who(), on = connection) =>
  new Promise<SubscribeReply>((resolve) => {
    subscriptions.subscribe(on, principal, request, (json) => resolve(JSON.parse(json) as SubscribeReply));
  });
const keysOf = (reply: SubscribeReply) => (reply.kind === 'snapshot' ? reply.items.map((item) => item['id']) : reply.kind);

describe('layouts, which are seen with their cameras', () => {
  const here: Scope = { districts: ['320282'], groups: '*' };
  const layout = (id: string, ...cameraIds: string[]): Change => ({
    collection: 'layouts',
    op: 'put',
    key: id,
    value: { id, scene: { kind: 'grid', rows: 1, cols: 1, tiles: cameraIds.map((cameraId) => ({ panel: 'video', cameraId })) } },
  });
  beforeEach(() => {
    subscriptions.stop();
    subscriptions = createSubscriptions(ledger, latest, {
      ...nothingKnown,
      camera: (id) => {
        const found = ledger.get('cameras', id) as Camera | undefined;
        return found && { district: found.district, groups: found.groups };
      },
    });
    ledger.commit([layout('la', 'a'), layout('lab', 'a', 'b')], cause);
  });

  test('come and go with them, for a limited reader alone', async () => {
    const everybody = new TestConnection();
    expect(keysOf(await ask({ id: 1, collection: 'layouts' }, who(here)))).toEqual(['la']);
    expect(keysOf(await ask({ id: 1, collection: 'layouts' }, who(), everybody))).toEqual(['la', 'lab']);
    ledger.commit([put(camera('b', '320282'))], cause);
    ledger.commit([put(camera('a', '320200'))], cause);
    ledger.commit([remove('a'), layout('la', 'c')], cause);
    expect(connection.changes.map(({ ops }) => ops.map(({ op, key }) => `${op} ${key}`))).toEqual([
      ['put lab'],
      ['delete la', 'delete lab'],
      ['put la', 'put lab'],
    ]);
    expect(everybody.changes.map(({ ops }) => ops.map(({ op, key }) => `${op} ${key}`))).toEqual([['put la']]);
  });

  test('are read anew by a limited reader who comes back: what he had may have gone with a camera', async () => {
    const last = { epoch: 1, seq: ledger.seq };
    ledger.commit([put(camera('a', '320200'))], cause);
    expect(keysOf(await ask({ id: 1, collection: 'layouts', last }, who(here)))).toEqual([]);
    expect(await ask({ id: 2, collection: 'layouts', last })).toMatchObject({ kind: 'delta', ops: [] });
  });
});

describe('what a subscription begins with', () => {
  test('a snapshot of all, with the latest volatile values, at the position of the ledger', async () => {
    latest.set({ collection: 'cameras', key: 'a', fields: online });
    const reply = await ask({ id: 1, collection: 'cameras' });
    expect(reply).toMatchObject({ kind: 'snapshot', epoch: 1, seq: 2 });
    expect(keysOf(reply)).toEqual(['a', 'b', 'c']);
    expect(reply.kind === 'snapshot' && reply.items[0]).toEqual({ ...camera('a'), ...online });
  });

  test.each<[string, object, Scope, string[]]>([
    ['ids', { ids: ['c', 'a', 'nobody'] }, everywhere, ['a', 'c']],
    ['a district and below', { district: '320282' }, everywhere, ['a', 'c']],
    ['both hold together', { district: '320282', ids: ['a', 'b'] }, everywhere, ['a']],
    ['scope by district', {}, { districts: ['320200'], groups: '*' }, ['b']],
    ['scope by group', {}, { districts: '*', groups: ['traffic'] }, ['c']],
    ['scope and selector', { ids: ['a', 'b', 'c'] }, { districts: ['3202'], groups: ['police'] }, ['b', 'c']],
    ['nothing in scope', {}, { districts: [], groups: [] }, []],
  ])('only what is asked for and in scope: %s', async (_name, selector, scope, keys) => {
    expect(keysOf(await ask({ id: 1, collection: 'cameras', selector }, who(scope)))).toEqual(keys);
  });

  test('only the fields asked for, and the key', async () => {
    latest.set({ collection: 'cameras', key: 'a', fields: online });
    const reply = await ask({ id: 1, collection: 'cameras', selector: { ids: ['a'], fields: ['name', 'status'] } });
    expect(reply.kind === 'snapshot' && reply.items).toEqual([{ id: 'a', name: 'Camera a', ...online }]);
    ledger.commit(
      [{ collection: 'districts', op: 'put', key: '32', value: { code: '32', name: 'Jiangsu', nameEn: null, parent: null } }],
      cause,
    );
    const districts = await ask({ id: 2, collection: 'districts', selector: { fields: ['name'] } });
    expect(districts.kind === 'snapshot' && districts.items).toEqual([{ code: '32', name: 'Jiangsu' }]);
  });

  test.each<[string, unknown, Principal, string]>([
    ['an unknown collection', { id: 1, collection: 'secrets' }, who(), 'unknown-collection'],
    ['a collection that is read by pages', { id: 1, collection: 'audit' }, who(), 'unknown-collection'],
    ['no permission', { id: 1, collection: 'users' }, who(everywhere, rolePermissions.operator), 'forbidden'],
    [
      'a password to change first',
      { id: 1, collection: 'cameras' },
      who(everywhere, permissions, 'password-change-required'),
      'password-change-required',
    ],
    ['no id', { collection: 'cameras' }, who(), 'malformed'],
    ['an unknown field', { id: 1, collection: 'cameras', selector: { fields: ['password'] } }, who(), 'malformed'],
    ['an unknown condition', { id: 1, collection: 'cameras', selector: { where: '1=1' } }, who(), 'malformed'],
    ['too many ids', { id: 1, collection: 'cameras', selector: { ids: Array.from({ length: 1001 }, String) } }, who(), 'malformed'],
    ['no request at all', null, who(), 'malformed'],
  ])('refused with a reason: %s', async (_name, request, principal, code) => {
    expect(await ask(request, principal)).toMatchObject({ kind: 'refused', error: { code } });
    expect(subscriptions.count).toBe(0);
  });

  test('so many on one connection, and no more', async () => {
    for (let id = 0; id < subscriptionsAtMost; id++) expect((await ask({ id, collection: 'cameras' })).kind).toBe('snapshot');
    expect(await ask({ id: 99, collection: 'cameras' })).toMatchObject({ kind: 'refused', error: { code: 'too-many-requests' } });
    expect((await ask({ id: 0, collection: 'districts' })).kind).toBe('snapshot');
    expect((await ask({ id: 0, collection: 'cameras' }, who(), new TestConnection())).kind).toBe('snapshot');
    subscriptions.drop(connection);
    expect(subscriptions.count).toBe(1);
    expect(subscriptions.groupCount).toBe(1);
  });

  test('a client that asks again and again for work cannot pile it up', async () => {
    const replies = await Promise.all(Array.from({ length: 100 }, () => ask({ id: 1, collection: 'cameras' })));
    expect(replies.filter(({ kind }) => kind === 'refused')).toHaveLength(100 - subscriptionsAtMost);
    expect(subscriptions.count).toBe(1);
  });
});

describe('coming back with a position', () => {
  const back = (last: object, selector: object = {}, scope = everywhere) =>
    ask({ id: 1, collection: 'cameras', selector, last }, who(scope));

  test('a delta of what changed since, one operation a key, with the volatile values of now', async () => {
    ledger.commit([put(camera('a', '320282', [], 'renamed once'))], cause);
    ledger.commit([put(camera('a', '320282', [], 'renamed twice')), remove('b')], cause);
    latest.set({ collection: 'cameras', key: 'c', fields: online });
    const reply = await back({ epoch: 1, seq: 2 });
    expect(reply).toMatchObject({ kind: 'delta', epoch: 1, seq: 4 });
    expect(reply.kind === 'delta' && reply.ops).toEqual([
      { op: 'put', key: 'a', value: camera('a', '320282', [], 'renamed twice') },
      { op: 'delete', key: 'b' },
    ]);
    expect(reply.kind === 'delta' && reply.volatile).toEqual([{ key: 'c', fields: online }]);
  });

  test('nothing changed: an empty delta', async () => {
    expect(await back({ epoch: 1, seq: 2 })).toEqual({ kind: 'delta', ops: [], volatile: [], epoch: 1, seq: 2 });
  });

  test('from an older epoch: a delta, and volatile values of a hub that is gone are taken back', async () => {
    latest.set({ collection: 'cameras', key: 'a', fields: online });
    const reply = await back({ epoch: 0, seq: 2 }, { ids: ['a', 'b'] });
    expect(reply.kind === 'delta' && reply.volatile).toEqual([
      { key: 'a', fields: { ...online, link: null } },
      { key: 'b', fields: { status: camera('b').status, link: null } },
    ]);
  });

  test.each([
    ['a position ahead of the ledger', { epoch: 1, seq: 3 }],
    ['a position of a later epoch', { epoch: 2, seq: 1 }],
  ])('%s gets a snapshot', async (_name, last) => {
    expect((await back(last)).kind).toBe('snapshot');
  });

  test('a position that the ledger no longer holds gets a snapshot', async () => {
    for (let i = 0; i < 2100; i++) ledger.commit([put(camera('a'))], cause);
    expect((await back({ epoch: 1, seq: 2 })).kind).toBe('snapshot');
  });

  test('more changes than entities: a snapshot is shorter', async () => {
    ledger.commit(
      Array.from({ length: 300 }, (_, i) => put(camera(`x${i}`))),
      cause,
    );
    ledger.commit(
      Array.from({ length: 300 }, (_, i) => remove(`x${i}`)),
      cause,
    );
    expect((await back({ epoch: 1, seq: 2 })).kind).toBe('snapshot');
  });

  test('what left the selector is deleted; a limited reader gets a snapshot instead and learns no key', async () => {
    ledger.commit([put(camera('a', '320205'))], cause);
    const reply = await back({ epoch: 1, seq: 2 }, { district: '320282' });
    expect(reply.kind === 'delta' && reply.ops).toEqual([{ op: 'delete', key: 'a' }]);
    expect(keysOf(await back({ epoch: 1, seq: 2 }, {}, { districts: ['320282'], groups: '*' }))).toEqual(['c']);
  });

  test('changes outside an ids selector do not matter', async () => {
    ledger.commit([put(camera('a', '320205'))], cause);
    const reply = await back({ epoch: 1, seq: 2 }, { ids: ['c'] });
    expect(reply).toMatchObject({ kind: 'delta', ops: [], seq: 3 });
  });
});

test('a screen of a wall gets less of an incident than a person: not who reported it, in whatever way it asks', async () => {
  const incident = (title: string) =>
    ({
      id: 'i1',
      number: '2026-1127-0001',
      title,
      place: { district: '320282' },
      report: { by: 'phone', text: '王女士，住三楼，电话 138…', reporter: '王女士' },
      suspended: { by: 'li', at: 1, reason: 'waits for her' },
      plan: { planId: 'p', version: 1, steps: [{ id: 's', state: 'done', by: 'li', at: 1, note: 'called her' }] },
    }) as object;
  const screen = { ...who(everywhere, rolePermissions.wall), screen: { wallId: 'main', screenId: '1' } } as Principal;
  const desk = new TestConnection();
  ledger.commit([{ collection: 'incidents', op: 'put', key: 'i1', value: incident('fire') }], cause);
  const first = await ask({ id: 1, collection: 'incidents' }, screen);
  await ask({ id: 1, collection: 'incidents' }, who(), desk);
  await ask({ id: 2, collection: 'incidents', selector: { fields: ['report', 'suspended', 'plan'] } }, screen);
  ledger.commit([{ collection: 'incidents', op: 'put', key: 'i1', value: incident('fire, put out') }], cause);
  const told = JSON.stringify([first, connection.changes]);
  expect(told).toContain('fire, put out');
  for (const secret of ['王女士', '138', 'waits for her', 'called her']) expect(told).not.toContain(secret);
  expect(desk.changes).toMatchObject([{ ops: [{ value: { report: { reporter: '王女士' } } }] }]);
});

describe('what follows', () => {
  test('whoever may read less than before hears no more of what he may not read, and asks anew', async () => {
    await ask({ id: 1, collection: 'cameras' });
    await ask({ id: 2, collection: 'commands' });
    subscriptions.narrow(connection, who(everywhere, rolePermissions.wall, 'session-locked'));
    expect(connection.changes).toEqual([{ id: 2, epoch: 1, previous: -1, seq: ledger.seq, ops: [] }]);
    expect(subscriptions.count).toBe(1);
    ledger.commit([put(camera('d'))], cause);
    expect(connection.changes.slice(1)).toMatchObject([{ id: 1, ops: [{ key: 'd' }] }]);
    subscriptions.narrow(connection, who());
    expect(subscriptions.count).toBe(1);
  });

  test('changes in order, each naming the message before; commits that do not concern it are not sent', async () => {
    await ask({ id: 7, collection: 'cameras', selector: { ids: ['a', 'd'] } });
    ledger.commit([put(camera('b'))], cause);
    ledger.commit([put(camera('d')), put(camera('a', '320282', [], 'renamed'))], cause);
    ledger.commit([remove('b')], cause);
    ledger.commit([remove('a')], cause);
    expect(connection.changes).toEqual([
      {
        id: 7,
        epoch: 1,
        previous: 2,
        seq: 4,
        ops: [
          { op: 'put', key: 'd', value: camera('d') },
          { op: 'put', key: 'a', value: camera('a', '320282', [], 'renamed') },
        ],
      },
      { id: 7, epoch: 1, previous: 4, seq: 6, ops: [{ op: 'delete', key: 'a' }] },
    ]);
  });

  test.each<[string, object, Scope]>([
    ['selector', { district: '320282' }, everywhere],
    ['scope', {}, { districts: ['320282'], groups: '*' }],
  ])(
    'an entity that leaves the %s is deleted, once; one outside is never mentioned; one that enters is put',
    async (_name, selector, scope) => {
      await ask({ id: 1, collection: 'cameras', selector }, who(scope));
      ledger.commit([put(camera('a', '320205'))], cause);
      ledger.commit([put(camera('a', '320206'))], cause);
      ledger.commit([remove('b'), remove('a')], cause);
      ledger.commit([put(camera('e', '320282'))], cause);
      expect(connection.changes.flatMap(({ ops }) => ops.map(({ op, key }) => `${op} ${key}`))).toEqual(['delete a', 'put e']);
    },
  );

  test('what is committed while a snapshot is being made comes after it and continues it', async () => {
    const first: string[] = [];
    const reply = new Promise<SubscribeReply>((resolve) => {
      subscriptions.subscribe(connection, who(), { id: 1, collection: 'cameras' }, (json) => {
        first.push(`reply after ${connection.changes.length}`);
        resolve(JSON.parse(json) as SubscribeReply);
      });
    });
    ledger.commit([put(camera('d'))], cause);
    expect(connection.changes).toHaveLength(0);
    expect(await reply).toMatchObject({ seq: 2 });
    await Promise.resolve();
    expect(first).toEqual(['reply after 0']);
    expect(keysOf(await reply)).toEqual(['a', 'b', 'c']);
    expect(connection.changes).toMatchObject([{ previous: 2, seq: 3 }]);
  });

  test('many alike are one group: worked out once, each with its own id and position', async () => {
    const others = Array.from({ length: 5 }, () => new TestConnection());
    for (const [index, other] of others.entries()) {
      await ask({ id: index, collection: 'cameras', selector: { ids: ['a', 'c'] } }, who(), other);
      ledger.commit([put(camera('b'))], cause);
    }
    expect(subscriptions.groupCount).toBe(1);
    ledger.commit([put(camera('c'))], cause);
    expect(others.map(({ changes }) => changes.map(({ id, previous, seq }) => [id, previous, seq]))).toEqual(
      [0, 1, 2, 3, 4].map((id) => [[id, 2 + id, 8]]),
    );
  });

  test('no more after unsubscribing or leaving', async () => {
    await ask({ id: 1, collection: 'cameras' });
    await ask({ id: 2, collection: 'cameras' });
    subscriptions.unsubscribe(connection, 1);
    subscriptions.unsubscribe(connection, 'x');
    ledger.commit([put(camera('a'))], cause);
    expect(connection.changes.map(({ id }) => id)).toEqual([2]);
    subscriptions.drop(connection);
    ledger.commit([put(camera('a'))], cause);
    expect(connection.changes).toHaveLength(1);
    expect(subscriptions.groupCount).toBe(0);
  });
});

describe('volatile values', () => {
  test('go to those who see the entity and asked for the field', async () => {
    const named = new TestConnection();
    const limited = new TestConnection();
    await ask({ id: 1, collection: 'cameras' });
    await ask({ id: 1, collection: 'cameras', selector: { fields: ['name'] } }, who(), named);
    await ask({ id: 1, collection: 'cameras' }, who({ districts: ['320200'], groups: '*' }), limited);
    for (const key of ['a', 'b', 'nobody']) latest.set({ collection: 'cameras', key, fields: online });
    await clock.advance(100);
    expect(connection.volatile).toEqual([
      {
        id: 1,
        items: [
          { key: 'a', fields: online },
          { key: 'b', fields: online },
        ],
      },
    ]);
    expect(named.volatile).toEqual([]);
    expect(limited.volatile).toEqual([{ id: 1, items: [{ key: 'b', fields: online }] }]);
  });

  test('a committed change carries them, so that it does not undo them', async () => {
    await ask({ id: 1, collection: 'cameras' });
    latest.set({ collection: 'cameras', key: 'a', fields: online });
    ledger.commit([put(camera('a', '320282', [], 'renamed'))], cause);
    expect(connection.changes[0]?.ops).toEqual([{ op: 'put', key: 'a', value: { ...camera('a', '320282', [], 'renamed'), ...online } }]);
  });

  test('are kept back for a congested client and made up for, latest only; facts are not', async () => {
    await ask({ id: 1, collection: 'cameras' });
    connection.congested = true;
    latest.set({ collection: 'cameras', key: 'a', fields: { status: 'old' } });
    await clock.advance(100);
    latest.set({ collection: 'cameras', key: 'a', fields: online });
    await clock.advance(100);
    ledger.commit([put(camera('b'))], cause);
    expect(connection.volatile).toEqual([]);
    expect(connection.changes).toHaveLength(1);
    expect(subscriptions.counters.volatileHeldBack).toBe(2);
    connection.congested = false;
    subscriptions.relieved(connection);
    expect(connection.volatile).toEqual([{ id: 1, items: [{ key: 'a', fields: online }] }]);
    latest.set({ collection: 'cameras', key: 'b', fields: online });
    await clock.advance(100);
    expect(connection.volatile).toHaveLength(2);
  });
});
