import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertsCollection } from '../../alerts/contract.ts';
import { incidentsCollection, tasksCollection, unitsCollection, type Unit } from '../../alerts/incident-contract.ts';
import { configSchema } from '../config/config.ts';
import { adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder } from './hub-rig.ts';
import type { Hub } from './hub.ts';

/** Every word that is said in a drill is such a name, and so is every word of what is real; either kind can be found wherever it gets to. */
const named = { drill: /@drill\d+@/, real: /@real\d+@/ } as const;
let names = 0;
const nameOf = (drill: boolean): string => `@${drill ? 'drill' : 'real'}${(names += 1)}@`;
const pumpNames = { drill: [1, 2, 3].map(() => nameOf(true)), real: [1, 2, 3].map(() => nameOf(false)) };
const isOfDrill = (text: string): boolean => named.drill.test(text);

/** What other systems were sent. */
const sent: { readonly path: string; readonly body: string }[] = [];
const outside = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    sent.push({ path: request.url!, body });
    response.statusCode = 204;
    response.end();
  });
});

const folder = temporaryFolder('drills');
let hub: Hub;
let token: string;
const feedTokens: Record<string, string> = {};

const pumps = {
  format: 'json',
  entity: { path: 'pump' },
  asset: { kind: { is: 'pump-station' }, name: { path: 'pump' }, place: { text: 'at' } },
  values: [{ path: 'state', quantity: 'state', type: 'text' }],
};
const cases = {
  format: 'json',
  entity: { path: 'no' },
  event: {
    external: 'no',
    version: 'rev',
    class: { is: 'urban' },
    status: { is: 'open' },
    severity: { is: 'low' },
    title: { path: 'title' },
    text: 'text',
    source: { state: 'state' },
  },
};
const feeds = {
  pumps: { kind: 'mapping', system: 'utilities', settings: { mapping: pumps } },
  cases: { kind: 'mapping', system: 'urban-management', settings: { mapping: cases } },
  warnings: { kind: 'cap', system: 'emergency', settings: {} },
  parking: { kind: 'ngsi', system: 'traffic', settings: {} },
} as const;
type FeedName = keyof typeof feeds;

const run = (name: string, args: unknown) => command(hub.origin, name, args, { token });
const all = async (collection: string): Promise<Record<string, unknown>[]> =>
  (await ask(hub.origin, `/api/collections/${collection}?limit=1000`, { token })).json.items;
const push = async (feed: FeedName, drill: boolean, body: unknown, type = 'application/json') => {
  const id = drill ? `${feed}-drill` : feed;
  const answer = await ask(hub.origin, `/api/feeds/${id}`, {
    method: 'POST',
    token: feedTokens[id]!,
    headers: { 'content-type': type },
    body: type === 'application/json' ? body : String(body),
  });
  expect([id, answer.status]).toEqual([id, 204]);
};

/** Units, with the cookie of the field page that their last link opened. */
const units: { readonly id: string; readonly drill: boolean; cookie: string | null }[] = [];
const told = { drill: 0, real: 0, refused: 0 };

beforeAll(async () => {
  builtPages(folder.path);
  await new Promise<void>((listening) => outside.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  const config = configSchema.parse({
    hub: { port: 0 },
    publish: { parking: true },
    alerts: {
      networks: ['127.0.0.0/8'],
      groupWaitSeconds: 0,
      webhooks: [
        { name: 'json', url: `${url}/json`, atLeast: 'low' },
        { name: 'cap', url: `${url}/cap`, atLeast: 'low', format: 'cap' },
      ],
    },
  });
  hub = await startedHub({ ...hubOptions(folder.path), config });
  token = await login(hub.origin, 'admin', adminPassword);
  for (const [feed, settings] of Object.entries(feeds))
    for (const drill of [false, true]) {
      const id = drill ? `${feed}-drill` : feed;
      const answer = await run('feed.create', { id, ...settings, drill });
      if (answer.status !== 200) throw new Error(answer.text);
      feedTokens[id] = answer.json.token as string;
    }
  for (const drill of [false, false, true, true]) {
    const args = { number: `U-${units.length}`, name: 'Unit', department: 'Fire', home: {}, drill };
    units.push({ id: (await run('unit.upsert', args)).json.unitId as string, drill, cookie: null });
  }
});
afterAll(async () => {
  await hub.stop();
  outside.close();
  folder.dispose();
});

const pick = fc.nat({ max: 1000 });
type Op = () => Promise<unknown>;
const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

/** Warnings are exercises by their own word, or by their feed's. */
function warning(status: 'Actual' | 'Exercise' | 'Test', isOfDrillFeed: boolean): string {
  const name = () => nameOf(isOfDrillFeed || status !== 'Actual');
  return `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>${names}</identifier><sender>met@city.example</sender><sent>${new Date(
    Date.now() - 1000,
  )
    .toISOString()
    .replace(
      /\.\d+Z/,
      '+00:00',
    )}</sent><status>${status}</status><msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language>
    <category>Met</category><event>${name()}</event><urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>
    <headline>${name()}</headline><description>${name()}</description><area><areaDesc>${name()}</areaDesc></area></info></alert>`;
}

const anyOp: fc.Arbitrary<Op> = fc.oneof(
  fc.tuple(fc.boolean(), pick, fc.constantFrom('trip', 'running')).map(
    ([drill, which, state]): Op =>
      () =>
        push('pumps', drill, { pump: at(pumpNames[drill ? 'drill' : 'real'], which), state, at: nameOf(drill) }),
  ),
  fc.tuple(fc.boolean(), fc.constantFrom('Actual' as const, 'Exercise' as const, 'Test' as const)).map(
    ([drill, status]): Op =>
      () =>
        push('warnings', drill, warning(status, drill), 'application/cap+xml'),
  ),
  fc.boolean().map(
    (drill): Op =>
      () =>
        push('cases', drill, { no: String((names += 1)), rev: 1, state: '上报', title: nameOf(drill), text: nameOf(drill) }),
  ),
  fc.boolean().map(
    (drill): Op =>
      () =>
        push('parking', drill, {
          id: nameOf(drill),
          type: 'OffStreetParking',
          name: nameOf(drill),
          description: nameOf(drill),
          totalSpotNumber: 10,
          availableSpotNumber: 5,
        }),
  ),
  // An incident, of nothing or of an alert, whatever that is.
  fc.tuple(fc.boolean(), fc.option(pick)).map(([drill, which]): Op => async () => {
    const alert = which === null ? undefined : at(await all('alerts'), which);
    const own = alert === undefined ? drill : (alert['drill'] as boolean);
    const answer = await run('incident.open', {
      type: 'fire.building',
      title: nameOf(own),
      place: { text: nameOf(own) },
      report: { by: 'phone', text: nameOf(own), reporter: nameOf(own) },
      drill,
      ...(alert && { alertIds: [alert['id']] }),
    });
    if (answer.status !== 200) told.refused += 1;
  }),
  {
    weight: 4,
    arbitrary: fc.tuple(pick, pick, fc.boolean()).map(([which, unit, queue]): Op => async () => {
      const incident = at(await all('incidents'), which);
      const one = at(units, unit)!;
      if (incident === undefined) return;
      const drill = incident['drill'] as boolean;
      const args = { incidentId: incident['id'], unitId: one.id, title: nameOf(drill), text: nameOf(drill), queue };
      const answer = await run('task.dispatch', args);
      if (answer.status !== 200) return void (told.refused += 1);
      const field = new URL(answer.json.fieldLink as string).pathname.split('/').at(-1);
      const session = await ask(hub.origin, '/unit/session', { method: 'POST', body: { token: field }, headers: { origin: hub.origin } });
      one.cookie = session.headers['set-cookie']![0]!.split(';')[0]!;
    }),
  },
  fc.tuple(pick, pick).map(([one, other]): Op => async () => {
    const incidents = await all('incidents');
    await run('incident.merge', {
      childId: at(incidents, one)?.['id'] ?? 'x',
      parentId: at(incidents, other)?.['id'] ?? 'x',
      reason: 'same',
    });
  }),
  fc.tuple(pick, fc.constantFrom('accept', 'file', 'control', 'resolve', 'close')).map(([which, event]): Op => async () => {
    const incident = at(await all('incidents'), which);
    if (incident) await run('incident.advance', { incidentId: incident['id'], event });
  }),
  pick.map((which): Op => async () => {
    const incident = at(await all('incidents'), which);
    if (incident === undefined) return;
    const name = () => nameOf(incident['drill'] as boolean);
    await run('incident.note', { incidentId: incident['id'], text: name() });
    await run('incident.edit', { incidentId: incident['id'], title: name(), place: { text: name() } });
    await run('incident.report', { incidentId: incident['id'], needs: name() });
  }),
  fc.tuple(pick, fc.constantFrom('accepted', 'enRoute', 'onScene', 'done')).map(([which, state]): Op => async () => {
    const task = at(await all('tasks'), which);
    if (task) await run('task.report', { taskId: task['id'], state, text: nameOf(task['drill'] as boolean) });
  }),
);

/** What was to be sent has been: the last of it has arrived at both. */
async function isTold(): Promise<void> {
  const last = nameOf(false);
  await push('pumps', false, { pump: last, state: 'trip' });
  for (const path of ['/json', '/cap']) while (!sent.some((one) => one.path === path && one.body.includes(last))) await later(20);
}

/** What whoever is not in the room, or is on duty outside of it, can get to see. */
async function seenOutside(): Promise<readonly (readonly [string, string])[]> {
  const seen: [string, string][] = sent.map(({ path, body }) => [path, body]);
  for (const path of ['/api/open/parking', '/healthz', '/metrics', '/api/openapi.json'])
    seen.push([path, (await ask(hub.origin, path, path === '/metrics' || path === '/api/openapi.json' ? { token } : {})).text]);
  for (const { id, drill, cookie } of units) {
    if (drill || cookie === null) continue;
    const mine = await ask(hub.origin, '/unit/commands/task.mine', { method: 'POST', body: {}, headers: { cookie, origin: hub.origin } });
    seen.push([`the page of unit ${id}`, mine.text]);
  }
  return seen;
}

test('6: a drill reaches nobody outside and no crew on duty, whatever is done, and is marked wherever it is shown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyOp, { minLength: 60, maxLength: 60 }), async (ops) => {
      for (const op of ops) await op();
      await isTold();
      for (const [where, text] of await seenOutside()) if (isOfDrill(text)) throw new Error(`${where} tells of a drill: ${text}`);
    }),
    { seed: 20261127, numRuns: 3, endOnFailure: true },
  );
  // What lies in the room says of itself that it is one, at desks and on the screens of walls; what is real does not.
  const collections = [alertsCollection, incidentsCollection, tasksCollection, unitsCollection] as const;
  const onScreens = new Map(
    collections.map((one) => [one.name as string, (one.onScreens ?? ((value) => value)) as (value: never) => object]),
  );
  for (const collection of [...onScreens.keys(), 'events', 'assets', 'feeds'])
    for (const item of await all(collection)) {
      const marked = item['drill'] === true;
      const text = JSON.stringify(item);
      if (isOfDrill(text)) told.drill += 1;
      if (named.real.test(text)) told.real += 1;
      expect([collection, text, marked && named.real.test(text), !marked && isOfDrill(text)]).toEqual([collection, text, false, false]);
      expect(onScreens.get(collection)?.(item as never) ?? item).toMatchObject({ drill: marked });
    }
  // It was about something: there are many of either kind, everybody outside was told of what is real, and units of drills of theirs.
  expect(told.drill).toBeGreaterThan(40);
  expect(told.real).toBeGreaterThan(40);
  expect(told.refused).toBeGreaterThan(5);
  const seen = await seenOutside();
  for (const path of ['/json', '/cap', '/api/open/parking', 'the page of unit'])
    expect([path, seen.some(([where, text]) => where.startsWith(path) && named.real.test(text))]).toEqual([path, true]);
  const rehearsing = (await all('units')).filter(({ drill, task }) => drill === true && task !== null) as unknown as Unit[];
  expect(rehearsing.length).toBeGreaterThan(0);
}, 120_000);
