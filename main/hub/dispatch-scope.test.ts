import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Incident, IncidentLogEntry, Task, Unit } from '../../alerts/incident-contract.ts';
import { alertEntity } from '../../alerts/contract.ts';
import { handlingIncident } from '../../alerts/incidents/handling-incident.ts';
import { assetEntity, cityEventEntity } from '../../streams/feed-contract.ts';
import { silentLog } from '../contract/log.ts';
import { nowhere } from '../contract/place.ts';
import { covers, type Scope } from '../contract/scope.ts';
import { systemClock } from '../supervision/system-clock.ts';
import { smallJpeg } from './dispatch/testdata/small-jpeg.ts';
import {
  account,
  ask,
  builtPages,
  command,
  connected,
  hubOptions,
  login,
  run,
  startedHub,
  subscribe,
  temporaryFolder,
  type PageSocket,
} from './hub-rig.ts';
import type { Hub } from './hub.ts';
import { openDataFolder } from './ledger/data-folder.ts';
import { openLedger } from './ledger/open-ledger.ts';

/** A county with two towns, another one, and one of another city. */
const districts = ['320282', '320282101', '320282102', '320205', '320106'] as const;
type District = (typeof districts)[number];
const collections = ['incidents', 'units', 'tasks', 'alerts', 'assets', 'events', 'feeds', 'handovers', 'commands'] as const;

/**
 * Every thing has a name that stands in all that is written of it, and a place; nobody may be told the name of a thing whose place he does not cover. A unit is known
 * to those of the incidents that it was sent to as well, and a task to those of the incidents that it is told in.
 */
interface Thing {
  readonly name: string;
  /** One of these must be covered, each of them whole; its own place is the first. */
  places: District[][];
  /** All that there ever were: what was written down then, or was on its way, may still say so. */
  readonly ever: Set<string>;
}

interface Account {
  readonly name: string;
  readonly scope: Scope;
  readonly token: string;
  readonly socket: PageSocket;
  readonly changes: string[];
  readonly told: Set<string>;
}

const folder = temporaryFolder('dispatch-scope');
let hub: Hub;
let origin: string;
let admin: string;
let accounts: Account[] = [];
let auditors: Account[] = [];
const things = new Map<string, Thing>();
const byNumber = new Map<string, string>();
const incidents: { readonly id: string; readonly name: string; alert: string | null }[] = [];
const units: { readonly id: string; readonly name: string }[] = [];
const tasks: { readonly id: string; readonly name: string }[] = [];
const photos: { readonly name: string; readonly incident: string }[] = [];
let refusals = 0;

/** Without words: those stay with whoever was sent there when the incident moves on. */
const place = (district: District) => ({ lat: 31.36, lon: 119.82, district });
const thing = (kind: string, places: District[][]): string => {
  const name = `@${kind}${things.size}@`;
  things.set(name, { name, places: [], ever: new Set() });
  setPlaces(name, places);
  return name;
};
const setPlaces = (name: string, places: District[][]): void => {
  const known = things.get(name)!;
  known.places = places;
  for (const one of places) known.ever.add(one.join());
};
const isSeen = ({ scope }: Pick<Account, 'scope'>, places: readonly (readonly string[])[]): boolean =>
  places.some((all) =>
    covers(
      scope,
      all.map((district) => ({ district, groups: [] })),
    ),
  );

/** The names that stand in a text, by themselves or as the number of an incident. */
function namesIn(text: string): Set<string> {
  const found = new Set(text.match(/@[a-z]+\d+@/g) ?? []);
  for (const number of text.match(/\d{4}-\d{4}-\d{4,}/g) ?? []) if (byNumber.has(number)) found.add(byNumber.get(number)!);
  return found;
}

function check(who: Account, what: string, text: string, when: 'now' | 'ever' = 'now'): void {
  for (const name of namesIn(text)) {
    const { places, ever } = things.get(name)!;
    const outside = !isSeen(who, when === 'now' ? places : [...ever].map((one) => one.split(',')));
    if (outside)
      throw new Error(
        `${who.name} ${JSON.stringify(who.scope)} is told of ${name} (${JSON.stringify(places)}) by ${what}: ${text.slice(0, 2000)}`,
      );
    who.told.add(name);
  }
}

/** Asks at one of the doors; whatever the answer is, it tells of nothing outside. */
async function asks(who: Account, name: string, args: object, door: boolean): Promise<any> {
  // oxlint-disable-line typescript/no-explicit-any -- as the rig's answers
  if (door) {
    const answer = await command(origin, name, args, { token: who.token });
    if (answer.status === 200) await look();
    else refusals += 1;
    check(who, name, answer.text);
    return answer.status === 200 ? answer.json : null;
  }
  const reply = await run(who.socket, name, args);
  if ('error' in reply) refusals += 1;
  else await look();
  check(who, name, JSON.stringify(reply));
  return 'error' in reply ? null : reply.result;
}

const all = async <T>(collection: string): Promise<T[]> =>
  ((await ask(origin, `/api/collections/${collection}?limit=1000`, { token: admin })).json as { items: T[] }).items;

const sentTo = new Map<string, Set<string>>();
/** Where everything is now, as whoever sees everything is told. */
async function look(): Promise<void> {
  const now = new Map((await all<Incident>('incidents')).map((one) => [one.id as string, one]));
  const placeOf = (id: string): District[][] => [[now.get(id)!.place.district as District]];
  for (const { id, name } of incidents) setPlaces(name, placeOf(id));
  const taskOf = new Map((await all<Task>('tasks')).map((one) => [one.id as string, one]));
  const heard = (key: string, incidentId: string): District[][] => {
    const own = now.get(incidentId)!;
    const known = sentTo.get(key) ?? new Set();
    // Where it is told is where it went; what stands there stays there when that comes back.
    for (let at = own; ; at = now.get(at.parent!)!) {
      known.add(at.id);
      if (at.parent === null) break;
    }
    sentTo.set(key, known.add(handlingIncident(own, (id) => now.get(id)).id));
    return [...known].flatMap(placeOf);
  };
  const ofUnits = new Map<string, District[][]>();
  for (const { id, name } of tasks) {
    const task = taskOf.get(id)!;
    const incidentPlaces = heard(id, task.incident);
    setPlaces(name, [[task.place.district as District], ...incidentPlaces]);
    ofUnits.set(task.unit, [...(ofUnits.get(task.unit) ?? []), ...incidentPlaces]);
  }
  const known = new Map((await all<Unit>('units')).map((one) => [one.id as string, one]));
  for (const { id, name } of units) setPlaces(name, [known.get(id)!.districts as District[], ...(ofUnits.get(id) ?? [])]);
}

const marks = { simulated: false, drill: false };
const given = {
  alerts: [] as { id: string; name: string }[],
  assets: [] as { id: string; name: string }[],
  events: [] as { name: string }[],
};

beforeAll(async () => {
  builtPages(folder.path);
  const options = hubOptions(folder.path);
  const opened = openDataFolder(options.dataFolder);
  if (!opened.ok) throw new Error(opened.error.code);
  const ledger = openLedger(opened.value.path, { changesKept: 100, clock: systemClock, log: silentLog });
  const put = (collection: string, value: { readonly id: string }) => ({ collection, op: 'put' as const, key: value.id, value });
  const changes = districts.flatMap((district) => {
    const asset = { id: `f/${district}`, name: thing('asset', [[district]]) };
    const event = { name: thing('event', [[district]]) };
    given.assets.push(asset);
    given.events.push(event);
    const alerts = [0, 1, 2].map((index) => ({ id: `alert-${district}-${index}`, name: thing('alert', [[district]]) }));
    given.alerts.push(...alerts);
    const where = { ...nowhere, ...place(district) };
    return [
      put(
        'assets',
        assetEntity.parse({
          ...marks,
          id: asset.id,
          feedId: 'f',
          system: 'water-supply',
          entity: district,
          assetKind: 'pump-station',
          name: asset.name,
          place: where,
          properties: {},
        }),
      ),
      put(
        'events',
        cityEventEntity.parse({
          ...marks,
          id: `f/event-${district}`,
          feedId: 'f',
          system: 'water-supply',
          receivedAt: Date.now(),
          at: Date.now(),
          external: district,
          version: 1,
          class: 'warning.flood',
          severity: 'high',
          status: 'open',
          title: event.name,
          text: event.name,
          place: where,
          startsAt: null,
          expiresAt: null,
        }),
      ),
      ...alerts.map(({ id, name }) =>
        put(
          'alerts',
          alertEntity.parse({
            ...marks,
            id,
            fingerprint: id,
            rule: 'pump',
            system: 'water-supply',
            severity: 'high',
            title: { zh: name, en: name },
            advice: null,
            labels: { district },
            subject: { kind: 'asset', id: asset.id, name },
            place: where,
            reading: null,
            active: true,
            since: 1,
            raisedAt: 1,
            clearedAt: null,
            count: 1,
            lastAt: 1,
            acknowledged: null,
            shelved: null,
            held: null,
            group: id,
            firstOut: false,
            incident: null,
            cameras: [],
          }),
        ),
      ),
    ];
  });
  ledger.commit(changes, { kind: 'start', id: 'test', by: 'test' });
  ledger.close();
  opened.value.release();

  hub = await startedHub(options);
  origin = hub.origin;
  admin = await login(origin);
  const enter = async (name: string, role: string, scope: Scope): Promise<Account> => {
    const token = await account(origin, admin, name, { roles: [role], scope });
    return { name, scope, token, socket: (await connected(origin, { token })).socket, changes: [], told: new Set() };
  };
  const [drawn] = fc.sample(fc.array(fc.subarray(['3202', ...districts], { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 3 }), {
    seed: 20261127,
    numRuns: 1,
  });
  const scopes: Scope[] = [
    { districts: '*', groups: '*' },
    { districts: ['320282101'], groups: '*' },
    { districts: '*', groups: ['traffic'] },
    ...drawn!.map((codes) => ({ districts: codes, groups: '*' }) as const),
  ];
  accounts = await Promise.all(scopes.map((scope, index) => enter(`desk-${index}`, 'dispatcher', scope)));
  auditors = await Promise.all(scopes.slice(0, 4).map((scope, index) => enter(`auditor-${index}`, 'auditor', scope)));
  for (const who of accounts) {
    // What it tells of may have moved just now: they are looked through in the end.
    who.socket.on('changes', (message) => who.changes.push(JSON.stringify(message)));
    for (const [id, collection] of collections.entries()) {
      const reply = await subscribe(who.socket, { id: 100 + id, collection });
      check(who, collection, JSON.stringify(reply));
    }
  }
  // Things of every district, so that there is something to keep from everybody.
  for (const district of districts) await open(accounts[0]!, true, { district, alert: null, phone: true });
  for (const own of [['320282'], ['320282101', '320205'], ['320106']] as District[][]) {
    const name = thing('unit', [own]);
    const made = await command(
      origin,
      'unit.upsert',
      { number: name, name, department: name, capabilities: ['fire-engine'], home: place(own[0]!), districts: own },
      { token: admin },
    );
    units.push({ id: made.json.unitId, name });
  }
}, 120_000);
afterAll(async () => {
  for (const { socket } of [...accounts, ...auditors]) socket.disconnect();
  await hub.stop();
  folder.dispose();
});

interface Wants {
  readonly district: District;
  readonly alert: string | null;
  readonly phone: boolean;
}
async function open(who: Account, door: boolean, { district, alert, phone }: Wants): Promise<void> {
  const name = thing('incident', [[district]]);
  const made = await asks(
    who,
    'incident.open',
    {
      type: 'fire.building',
      title: name,
      place: place(district),
      report: { by: 'phone', text: name, reporter: name, ...(phone && { phone: '110' }) },
      ...(alert !== null && { alertIds: [alert] }),
    },
    door,
  );
  if (made === null) return;
  incidents.push({ id: made.incidentId, name, alert });
  byNumber.set(made.number, name);
}

type Op = (who: Account, door: boolean) => Promise<unknown>;
const pick = fc.nat({ max: 1000 });
const at = <T>(list: readonly T[], index: number): T => list[index % list.length]!;
const ofIncident = (name: string, args: (name: string) => object = () => ({})) =>
  pick.map((which): Op => (who, door) => {
    const one = at(incidents, which);
    return asks(who, name, { incidentId: one.id, ...args(one.name) }, door);
  });

/** What goes the way of a task: drawn more often, because most of it comes at the wrong moment. */
const dispatches: fc.Arbitrary<Op> = fc.tuple(pick, pick, fc.boolean()).map(([which, unit, queue]): Op => async (who, door) => {
  const incident = at(incidents, which);
  const { places } = things.get(incident.name)!;
  const name = thing('task', places);
  const sent = await asks(
    who,
    'task.dispatch',
    { incidentId: incident.id, unitId: at(units, unit).id, title: name, text: name, queue },
    door,
  );
  if (sent === null) return;
  tasks.push({ id: sent.taskId, name });
  await look();
});
const reports: fc.Arbitrary<Op> = fc
  .tuple(pick, fc.constantFrom('accepted', 'enRoute', 'onScene', 'done', 'refused'), fc.boolean())
  .map(([which, state, withPhoto]): Op => async (who, door) => {
    if (tasks.length === 0) return;
    const { id, name } = at(tasks, which);
    const photo = withPhoto ? { photo: smallJpeg(`${name} ${state}`).toString('base64') } : {};
    await asks(who, 'task.report', { taskId: id, state, text: name, ...photo }, door);
  });

const anyOp: fc.Arbitrary<Op> = fc.oneof(
  { arbitrary: dispatches, weight: 4 },
  { arbitrary: reports, weight: 6 },
  fc.record({ district: fc.constantFrom(...districts), alert: fc.option(pick), phone: fc.boolean() }).map(
    ({ district, alert, phone }): Op =>
      (who, door) =>
        open(who, door, { district, alert: alert === null ? null : at(given.alerts, alert).id, phone }),
  ),
  ofIncident('incident.note', (name) => ({ text: name })),
  fc
    .constantFrom('accept', 'file', 'suspend', 'resume', 'control', 'resolve', 'close', 'reopen')
    .chain((event) => ofIncident('incident.advance', (name) => ({ event, reason: name }))),
  ofIncident('incident.edit', (name) => ({ title: name, own: true, baseRevision: 0 })),
  fc.constantFrom(...districts).chain((district) => ofIncident('incident.edit', () => ({ place: place(district) }))),
  ofIncident('incident.report', (name) => ({ needs: name })),
  ofIncident('incident.log'),
  ofIncident('incident.caller'),
  ofIncident('incident.watch', () => ({ open: true })),
  fc.boolean().chain((secondAlarm) => ofIncident('unit.recommend', () => ({ secondAlarm }))),
  fc.tuple(pick, pick).map(
    ([child, parent]): Op =>
      (who, door) =>
        asks(who, 'incident.merge', { childId: at(incidents, child).id, parentId: at(incidents, parent).id, reason: 'same' }, door),
  ),
  pick.map(
    (which): Op =>
      (who, door) =>
        asks(who, 'incident.unmerge', { childId: at(incidents, which).id }, door),
  ),
  pick.map((which): Op => async (who, door) => {
    if (tasks.length > 0) await asks(who, 'task.cancel', { taskId: at(tasks, which).id, reason: at(tasks, which).name }, door);
  }),
  pick.map((which): Op => (who, door) => {
    const { id, name } = at(units, which);
    return asks(who, 'unit.status', { unitId: id, state: 'staging', reason: name }, door);
  }),
  fc.tuple(pick, pick).map(([one, other]): Op => (who, door) => {
    const { id, name } = at(given.alerts, one);
    return asks(
      who,
      'alert.acknowledge',
      { alertIds: [...new Set([id, at(given.alerts, other).id])], ...(one === other && { note: name }) },
      door,
    );
  }),
  pick.map((which): Op => (who, door) => {
    const { id, name } = at(given.alerts, which);
    return asks(who, 'alert.shelve', { alertId: id, minutes: 10, reason: name }, door);
  }),
  fc.constant<Op>((who, door) => asks(who, 'handover.report', {}, door)),
);

/** Everything that somebody can read. */
async function readAll(who: Account): Promise<void> {
  const isWhole = who.scope.districts === '*' && who.scope.groups === '*';
  const fails = async (name: string, args: object): Promise<boolean> => {
    const answer = await command(origin, name, args, { token: who.token });
    check(who, name, answer.text);
    return answer.status !== 200;
  };
  for (const collection of [...collections, 'observations', 'silences', 'systems', 'indicators']) {
    const page = await ask(origin, `/api/collections/${collection}?limit=1000`, { token: who.token });
    expect([collection, page.status]).toEqual([collection, 200]);
    check(who, collection, page.text);
    if (collection === 'observations') continue;
    const reply = await subscribe(who.socket, { id: 1, collection });
    check(who, `${collection} by socket`, JSON.stringify(reply));
    expect(reply.kind === 'snapshot' && reply.items.length).toBe(page.json.items.length);
  }
  for (const { id, name } of incidents) {
    const outside = !isSeen(who, things.get(name)!.places);
    for (const [command_, args] of [
      ['incident.log', { limit: 500 }],
      ['incident.caller', {}],
      ['unit.recommend', { limit: 50 }],
      ['incident.watch', { open: true }],
    ] as const)
      expect([command_, await fails(command_, { incidentId: id, ...args })]).toEqual([command_, outside]);
  }
  for (const { id, name } of given.assets)
    expect(await fails('history.read', { of: { assetId: id, quantity: 'level' }, from: 0, to: Date.now() })).toBe(
      !isSeen(who, things.get(name)!.places),
    );
  // Of a thing that is gone nobody knows where it was.
  expect(await fails('history.read', { of: { assetId: 'f/gone', quantity: 'level' }, from: 0, to: Date.now() })).toBe(!isWhole);
  for (const [name, args] of [
    ['journal.search', {}],
    ['journal.record', { id: 1 }],
    ['alert.figures', { from: 0, to: Date.now() }],
  ] as const)
    if (!isWhole) expect([name, await fails(name, args)]).toEqual([name, true]);
  for (const { name, incident } of photos) {
    const answer = await ask(origin, `/api/photos/${name}`, { token: who.token });
    expect([name, answer.status]).toEqual([name, isSeen(who, things.get(incident)!.places) ? 200 : 403]);
  }
  const metrics = await ask(origin, '/metrics', { token: who.token });
  expect(metrics.status).toBe(isWhole ? 200 : 403);
  // Figures are of the whole city: of no thing by its name.
  expect([...namesIn(metrics.text)]).toEqual([]);
}

test('9: nobody is told of a district outside his own, whatever he asks, and whatever is done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anyOp, pick, fc.boolean()), { minLength: 100, maxLength: 100 }), async (ops) => {
      for (const [op, who, door] of ops) await op(at(accounts, who % 3 === 0 ? 0 : who), door);
    }),
    { seed: 20261127, numRuns: 6, endOnFailure: true },
  );
  const whole = accounts[0]!;
  for (const { id } of incidents) {
    const { entries } = (await command(origin, 'incident.log', { incidentId: id, limit: 500 }, { token: admin })).json as {
      entries: IncidentLogEntry[];
    };
    for (const { kind, body } of entries)
      if (kind === 'task' && (body as { photo: string | null }).photo !== null) {
        const { photo, taskId } = body as { photo: string; taskId: string };
        const own = (await all<Task>('tasks')).find((task) => task.id === taskId)!.incident;
        if (!photos.some(({ name: known }) => known === photo))
          photos.push({ name: photo, incident: incidents.find((one) => one.id === own)!.name });
      }
  }
  for (const who of accounts) await readAll(who);
  for (const who of accounts) for (const message of who.changes) check(who, 'a change', message, 'ever');
  for (const who of auditors) {
    for (let after: string | null = ''; after !== null;) {
      const page: Awaited<ReturnType<typeof ask>> = await ask(origin, `/api/collections/audit?limit=500${after && `&after=${after}`}`, {
        token: who.token,
      });
      expect(page.status).toBe(200);
      check(who, 'the audit', page.text, 'ever');
      after = page.json.next as string | null;
    }
  }
  // It was about something: whoever sees everything was told of everything, others of what is theirs, and of some of it nothing was said.
  const kinds = (who: Account) => new Set([...who.told].map((name) => name.replaceAll(/[@\d]/g, '')));
  expect([...kinds(whole)].sort()).toEqual(['alert', 'asset', 'event', 'incident', 'task', 'unit']);
  for (const { name } of incidents) expect(whole.told).toContain(name);
  for (const who of accounts.slice(1))
    for (const { name } of [...incidents, ...given.assets, ...given.events, ...tasks])
      if (isSeen(who, things.get(name)!.places.slice(0, 1))) expect(who.told).toContain(name);
  expect(accounts[1]!.told.size).toBeGreaterThan(5);
  expect(accounts[1]!.told.size).toBeLessThan(whole.told.size);
  expect(accounts[2]!.told.size).toBe(0);
  expect(photos.length).toBeGreaterThan(0);
  expect(refusals).toBeGreaterThan(50);
  expect(auditors[1]!.told.size).toBeGreaterThan(0);
}, 120_000);
