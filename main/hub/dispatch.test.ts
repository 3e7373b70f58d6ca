import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Incident, IncidentLogEntry, Task, Unit } from '../../alerts/incident-contract.ts';
import { replayIncident } from '../../alerts/incidents/replay-incident.ts';
import { smallJpeg } from './dispatch/testdata/small-jpeg.ts';
import type { Hub } from './hub.ts';
import { account, adminPassword, ask, builtPages, command, hubOptions, login, startedHub, temporaryFolder, type Ask } from './hub-rig.ts';

const folder = temporaryFolder('dispatch');
let hub: Hub;
let admin = '';
let dispatcher = '';
/** Of the district 320282 alone. */
let local = '';

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path));
  admin = await login(hub.origin, 'admin', adminPassword);
  dispatcher = await account(hub.origin, admin, 'wang', { roles: ['dispatcher'], scope: { districts: '*', groups: '*' } });
  local = await account(hub.origin, admin, 'li', { roles: ['dispatcher'], scope: { districts: ['320282'], groups: '*' } });
});
afterAll(async () => {
  await hub.stop();
  folder.dispose();
});

const run = (name: string, args: unknown, token = dispatcher, more: Ask = {}) => command(hub.origin, name, args, { token, ...more });
/** One that must work. */
async function done(name: string, args: unknown, token = dispatcher) {
  const answer = await run(name, args, token);
  if (answer.status !== 200) throw new Error(`${name}: ${answer.text}`);
  return answer.json;
}
const all = async <T>(collection: string, token = dispatcher) =>
  ((await ask(hub.origin, `/api/collections/${collection}?limit=1000`, { token })).json as { items: T[] }).items;
const one = async <T extends { id: string }>(collection: string, id: string) => (await all<T>(collection)).find((item) => item.id === id)!;
const incidentOf = (id: string) => one<Incident>('incidents', id);
const logOf = async (incidentId: string, token = dispatcher) =>
  (await done('incident.log', { incidentId, limit: 500 }, token)).entries as IncidentLogEntry[];

const scene = { lat: 31.36, lon: 119.82, district: '320282', text: '人民南路' };
let titles = 0;
const opened = async (more: object = {}, token = dispatcher): Promise<{ incidentId: string; number: string; duplicates: unknown[] }> =>
  await done(
    'incident.open',
    { type: 'fire.building', title: `Fire ${(titles += 1)}`, place: scene, report: { by: 'phone', text: null, reporter: null }, ...more },
    token,
  );
let numbers = 0;
const unit = async (more: object = {}): Promise<string> => {
  const number = `U-${(numbers += 1)}`;
  return (
    await done('unit.upsert', {
      number,
      name: `Engine ${number}`,
      department: 'Fire',
      capabilities: ['fire-engine'],
      crew: 6,
      home: scene,
      ...more,
    })
  ).unitId;
};
/** The cookie of a field page. */
async function field(link: string): Promise<string> {
  const token = link.slice(link.lastIndexOf('/') + 1);
  const answer = await ask(hub.origin, '/unit/session', { method: 'POST', body: { token }, headers: { origin: hub.origin } });
  if (answer.status !== 204) throw new Error(answer.text);
  return answer.headers['set-cookie']![0]!.split(';')[0]!;
}
const byField = (cookie: string, name: string, args: unknown) =>
  ask(hub.origin, `/unit/commands/${name}`, { method: 'POST', body: args, headers: { cookie, origin: hub.origin } });

test('from a call to a closed matter: each step is in the log, and the log makes the incident again', async () => {
  const unitId = await unit();
  const { incidentId, number } = await opened({ report: { by: 'phone', text: 'Smoke', reporter: 'Zhao', phone: '13800138000' } });
  expect(number).toMatch(/^\d{4}-\d{4}-\d{4,}$/);
  await done('incident.advance', { incidentId, event: 'accept' });
  await done('incident.advance', { incidentId, event: 'file' });
  const advice = await done('unit.recommend', { incidentId });
  expect(advice.ranked.map(({ unitId: id }: { unitId: string }) => id)).toContain(unitId);
  // A second alarm wants more than the first.
  const more = await done('unit.recommend', { incidentId, secondAlarm: true });
  const engines = ({ wants }: { wants: { capability: string; count: number }[] }) =>
    wants.find(({ capability }) => capability === 'fire-engine')?.count;
  expect([engines(advice), engines(more)]).toEqual([1, 4]);
  const sent = await done('task.dispatch', { incidentId, unitId, title: 'Put it out', dueMinutes: 30 });
  expect(sent).toMatchObject({ queued: false, fieldLink: expect.stringContaining('/unit/') });
  const task = await one<Task>('tasks', sent.taskId);
  expect(task).toMatchObject({ state: 'sent', place: scene, drill: false });
  expect(task.chosenBecause.map(({ code }) => code)).toContain('state');
  expect(await one<Unit>('units', unitId)).toMatchObject({ state: 'committed', task: sent.taskId });

  const cookie = await field(sent.fieldLink);
  expect((await byField(cookie, 'task.mine', {})).json).toMatchObject({
    unit: { id: unitId, state: 'committed' },
    tasks: [{ id: sent.taskId, incidentNumber: number, incidentType: 'fire.building', level: 'IV' }],
  });
  const photo = smallJpeg('here').toString('base64');
  for (const [state, unitState, incidentState, more] of [
    ['accepted', 'committed', 'acknowledged', {}],
    ['enRoute', 'enRoute', 'enRoute', { lat: 31.35, lon: 119.81 }],
    ['onScene', 'onScene', 'onScene', { photo, text: 'Two floors' }],
  ] as const) {
    expect((await byField(cookie, 'task.report', { taskId: sent.taskId, state, ...more })).json).toMatchObject({ state });
    expect(await one<Unit>('units', unitId)).toMatchObject({ state: unitState });
    expect(await incidentOf(incidentId)).toMatchObject({ state: incidentState });
  }
  // Saying it twice changes nothing.
  const before = await logOf(incidentId);
  expect((await byField(cookie, 'task.report', { taskId: sent.taskId, state: 'onScene', photo, text: 'Two floors' })).status).toBe(200);
  expect(await logOf(incidentId)).toEqual(before);
  expect(await one<Unit>('units', unitId)).toMatchObject({ position: { lat: 31.35, lon: 119.81 } });

  expect(await run('incident.advance', { incidentId, event: 'void', reason: 'x' })).toMatchObject({
    status: 409,
    json: { error: { code: 'incident-tasks-open' } },
  });
  await done('incident.advance', { incidentId, event: 'control' });
  expect((await byField(cookie, 'task.report', { taskId: sent.taskId, state: 'done' })).json).toMatchObject({ state: 'done' });
  expect(await one<Unit>('units', unitId)).toMatchObject({ state: 'available', task: null });
  expect(await incidentOf(incidentId)).toMatchObject({ state: 'resolved' });
  await done('incident.advance', { incidentId, event: 'verify' });
  await done('incident.advance', { incidentId, event: 'close' });

  const closed = await incidentOf(incidentId);
  expect(closed).toMatchObject({ state: 'closed', disposition: 'handled' });
  expect(
    Object.entries(closed.instants)
      .filter(([, at]) => at === null)
      .map(([name]) => name),
  ).toEqual(['answered']);
  const log = await logOf(incidentId);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_entry, index) => index + 1));
  expect(replayIncident(log)).toEqual(closed);
  expect(log.filter(({ kind }) => kind === 'task').map(({ body }) => (body as { state: string }).state)).toEqual([
    'sent',
    'accepted',
    'enRoute',
    'onScene',
    'done',
  ]);
  // Closed ones refuse edits, and take corrections.
  expect((await run('incident.edit', { incidentId, title: 'Other' })).json.error).toMatchObject({ code: 'incident-closed' });
  expect((await run('task.dispatch', { incidentId, unitId, title: 'Again' })).json.error).toMatchObject({ code: 'incident-closed' });
  expect((await run('incident.note', { incidentId, text: 'Late' })).json.error).toMatchObject({ code: 'incident-closed' });
  expect(await done('incident.note', { incidentId, text: 'It was the second floor', corrects: 2 })).toEqual({ seq: log.length + 1 });
  const report = await done('incident.report', { incidentId, needs: 'nothing' });
  expect(report).toMatchObject({ number: 1, text: { zh: expect.stringContaining(number), en: expect.stringContaining(number) } });
  expect(report.cites.every((seq: number) => seq <= log.length + 1)).toBe(true);
});

describe('a photo', () => {
  test('is seen by the desk and by its unit, and by nobody else', async () => {
    const unitId = await unit();
    const { incidentId } = await opened({ place: { ...scene, district: '320281' } });
    const { taskId, fieldLink } = await done('task.dispatch', { incidentId, unitId, title: 'Look' });
    const cookie = await field(fieldLink);
    const picture = smallJpeg('roof');
    expect((await byField(cookie, 'task.report', { taskId, state: 'accepted', photo: picture.toString('base64') })).status).toBe(200);
    const { photo } = (await one<Task>('tasks', taskId)).history.at(-1)!;
    const path = `/api/photos/${photo}`;
    const seen = await ask(hub.origin, path, { token: dispatcher });
    expect(seen.status).toBe(200);
    expect(seen.headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect((await ask(hub.origin, path, { headers: { cookie } })).status).toBe(200);
    expect((await ask(hub.origin, path)).status).toBe(401);
    expect((await ask(hub.origin, path, { token: local })).json.error).toMatchObject({ code: 'out-of-scope' });
    const auditor = await account(hub.origin, admin, `auditor-${numbers}`, { roles: ['security-administrator'] });
    expect((await ask(hub.origin, path, { token: auditor })).json.error).toMatchObject({ code: 'forbidden' });
    expect((await ask(hub.origin, `/api/photos/${'0'.repeat(40)}.jpg`, { token: auditor })).json.error).toMatchObject({
      code: 'forbidden',
    });
    expect((await ask(hub.origin, `/api/photos/${'0'.repeat(40)}.jpg`, { token: dispatcher })).status).toBe(404);
    expect((await ask(hub.origin, '/api/photos/..%2fledger.db', { token: dispatcher })).status).toBe(404);
    const other = await unit();
    const { incidentId: second } = await opened();
    const elsewhere = await field((await done('task.dispatch', { incidentId: second, unitId: other, title: 'Look' })).fieldLink);
    expect((await ask(hub.origin, path, { headers: { cookie: elsewhere } })).status).toBe(403);
    expect((await byField(elsewhere, 'task.report', { taskId, state: 'enRoute' })).json.error).toMatchObject({ code: 'out-of-scope' });
  });

  test.each([
    ['no JPEG', Buffer.from('hello').toString('base64')],
    ['no base64', '<script>'],
  ])('that is %s is refused, and nothing of its report is kept', async (_name, photo) => {
    const { incidentId } = await opened();
    const { taskId } = await done('task.dispatch', { incidentId, unitId: await unit(), title: 'Look' });
    expect((await run('task.report', { taskId, state: 'accepted', photo })).json.error).toMatchObject({ code: 'photo-invalid' });
    expect(await one<Task>('tasks', taskId)).toMatchObject({ state: 'sent', history: { length: 1 } });
  });
});

test('who called is told by one command alone, and written nowhere else', async () => {
  const phone = '13912345678';
  const { incidentId } = await opened({ report: { by: 'phone', text: 'Smoke', reporter: 'Zhao', phone } });
  expect(await done('incident.caller', { incidentId })).toEqual({ phone });
  expect(await done('incident.caller', { incidentId: (await opened()).incidentId })).toEqual({ phone: null });
  await done('incident.report', { incidentId });
  const said = JSON.stringify([await all('incidents'), await logOf(incidentId), await all('audit', admin)]);
  expect(said).toContain('incident.caller');
  expect(said).not.toContain(phone);
  const audit = (await all<{ command: string; args: unknown }>('audit', admin)).filter((row) => row.command === 'incident.caller');
  expect(audit.length).toBeGreaterThanOrEqual(4);
});

test('two act at once: one wins, the other sees who', async () => {
  const { incidentId } = await opened({ place: { ...scene } });
  const { revision } = await incidentOf(incidentId);
  await done('incident.edit', { incidentId, title: 'Mine', baseRevision: revision }, local);
  for (const [name, args] of [
    ['incident.edit', { title: 'Yours' }],
    ['incident.advance', { event: 'accept' }],
    ['task.dispatch', { unitId: await unit(), title: 'Go' }],
  ] as const)
    expect((await run(name, { incidentId, baseRevision: revision, ...args })).json.error).toMatchObject({
      code: 'revision-conflict',
      params: { by: 'li', revision: revision + 1 },
    });
  // What is in nobody's way is no conflict.
  await done('incident.note', { incidentId, text: 'x' });
  await done('incident.edit', { incidentId, title: 'Later', baseRevision: revision + 1 });
});

test('two send one unit at once: one wins', async () => {
  const unitId = await unit();
  const [first, second] = [(await opened()).incidentId, (await opened()).incidentId];
  const answers = await Promise.all([first, second].map((incidentId) => run('task.dispatch', { incidentId, unitId, title: 'Go' })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect(answers.find(({ status }) => status === 409)!.json.error).toMatchObject({ code: 'unit-busy', params: { unitId } });
  const lost = answers[0]!.status === 200 ? second : first;
  const queued = await done('task.dispatch', { incidentId: lost, unitId, title: 'Then there', queue: true });
  expect(queued.queued).toBe(true);
  expect(await incidentOf(lost)).toMatchObject({ state: 'reported' });
  // The first is called back: the unit takes the next, and its incident hears of it.
  const won = answers.find(({ status }) => status === 200)!.json.taskId as string;
  await done('task.cancel', { taskId: won, reason: 'False alarm' });
  await done('task.cancel', { taskId: won, reason: 'False alarm' });
  expect(await one<Unit>('units', unitId)).toMatchObject({ state: 'committed', task: queued.taskId, queued: [] });
  expect(await incidentOf(lost)).toMatchObject({ state: 'dispatched' });
  expect((await run('unit.status', { unitId, state: 'available' })).json.error).toMatchObject({ code: 'unit-busy' });
});

describe('a scope', () => {
  test('holds for what is asked, told, suggested and sent', async () => {
    const far = { ...scene, district: '320281' };
    const { incidentId } = await opened({ place: far, title: 'Fire at the market' });
    for (const [name, args] of [
      ['incident.log', {}],
      ['incident.caller', {}],
      ['incident.watch', { open: true }],
      ['incident.report', {}],
      ['incident.note', { text: 'x' }],
      ['incident.advance', { event: 'accept' }],
      ['incident.edit', { title: 'x' }],
      ['unit.recommend', {}],
    ] as const)
      expect((await run(name, { incidentId, ...args }, local)).json.error, name).toMatchObject({ code: 'out-of-scope' });
    expect((await all<Incident>('incidents', local)).some(({ id }) => id === incidentId)).toBe(false);
    const here = await opened({ title: 'Fire at the market', place: scene }, local);
    expect(JSON.stringify(here.duplicates)).not.toContain(incidentId);
    expect(
      (await run('incident.merge', { childId: here.incidentId, parentId: incidentId, reason: 'same' }, local)).json.error,
    ).toMatchObject({ code: 'out-of-scope' });
    const foreign = await unit({ districts: ['320281'] });
    const advice = await done('unit.recommend', { incidentId: here.incidentId, limit: 50 }, local);
    expect(JSON.stringify(advice)).not.toContain(foreign);
    expect((await run('task.dispatch', { incidentId: here.incidentId, unitId: foreign, title: 'Go' }, local)).json.error).toMatchObject({
      code: 'out-of-scope',
    });
  });
});

test('a merge is taken back, and both are as they were', async () => {
  const same = { title: 'Smoke over the market' };
  const first = await opened(same);
  const second = await opened(same);
  expect(second.duplicates).toContainEqual(expect.objectContaining({ incidentId: first.incidentId, number: first.number }));
  const [child, parent] = [await incidentOf(second.incidentId), await incidentOf(first.incidentId)];
  await done('incident.merge', { childId: child.id, parentId: parent.id, reason: 'The same smoke' });
  expect(await incidentOf(child.id)).toMatchObject({ state: 'duplicate', parent: parent.id });
  await done('incident.unmerge', { childId: child.id });
  const apart = ({ lastSeq: _lastSeq, revision: _revision, changedAt: _changedAt, ...rest }: Incident) => rest;
  expect(apart(await incidentOf(child.id))).toEqual(apart(child));
  expect(apart(await incidentOf(parent.id))).toEqual(apart(parent));
  for (const { id } of [child, parent]) expect(replayIncident(await logOf(id))).toEqual(await incidentOf(id));
});

test('a drill is one in all that comes of it, and never mixed with what is real', async () => {
  const { incidentId } = await opened({ drill: true });
  const real = await opened();
  const forDrills = await unit({ drill: true });
  const { taskId } = await done('task.dispatch', { incidentId, unitId: forDrills, title: 'Exercise' });
  expect(await one<Task>('tasks', taskId)).toMatchObject({ drill: true });
  // A crew on duty is not sent to it, not behind its task either.
  const onDuty = await unit();
  for (const queue of [false, true])
    expect((await run('task.dispatch', { incidentId, unitId: onDuty, title: 'Exercise', queue })).json.error).toMatchObject({
      code: 'incident-drill-mixed',
    });
  expect(await one<Unit>('units', onDuty)).toMatchObject({ state: 'available', task: null, queued: [] });
  expect((await run('incident.merge', { childId: incidentId, parentId: real.incidentId, reason: 'x' })).json.error).toMatchObject({
    code: 'incident-drill-mixed',
  });
  expect((await run('task.dispatch', { incidentId: real.incidentId, unitId: forDrills, title: 'x' })).json.error).toMatchObject({
    code: 'incident-drill-mixed',
  });
});

test('who has an incident open is told to the others', async () => {
  const { incidentId } = await opened();
  await done('incident.watch', { incidentId, open: true }, local);
  expect(await incidentOf(incidentId)).toMatchObject({ openBy: ['li'] });
  await done('incident.watch', { incidentId, open: false }, local);
  expect(await incidentOf(incidentId)).toMatchObject({ openBy: [] });
});

test('a unit is entered once, changed by its number, and what it does stays', async () => {
  const unitId = await unit({ number: 'E-1' });
  const { taskId } = await done('task.dispatch', { incidentId: (await opened()).incidentId, unitId, title: 'Go' });
  expect(await unit({ number: 'E-1', crew: 8, capabilities: ['ladder-truck'] })).toBe(unitId);
  expect(await one<Unit>('units', unitId)).toMatchObject({ crew: 8, capabilities: ['ladder-truck'], task: taskId, state: 'committed' });
  expect((await run('unit.upsert', { number: 'E-1', name: 'x', department: 'x', home: {}, drill: true })).json.error).toMatchObject({
    code: 'unit-busy',
  });
});

test.each([
  ['incident.advance', { incidentId: 'nobody', event: 'accept' }, 'incident-unknown'],
  ['incident.log', { incidentId: 'nobody' }, 'incident-unknown'],
  [
    'incident.open',
    { type: 'nothing.known', title: 'x', place: {}, report: { by: 'desk', text: null, reporter: null } },
    'incident-type-unknown',
  ],
  [
    'incident.open',
    { type: 'fire', title: 'x', place: {}, report: { by: 'alert', text: null, reporter: null }, alertIds: ['nobody'] },
    'alert-unknown',
  ],
  ['task.report', { taskId: 'nobody', state: 'accepted' }, 'task-unknown'],
  ['task.cancel', { taskId: 'nobody', reason: 'x' }, 'task-unknown'],
  ['unit.status', { unitId: 'nobody', state: 'available' }, 'unit-unknown'],
  ['task.mine', {}, 'unit-unknown'],
])('%s of what is not there: %s', async (name, args, code) => {
  expect((await run(name, args)).json.error).toMatchObject({ code });
});

test('figures are among those of the hub', async () => {
  const { text } = await ask(hub.origin, '/metrics', { token: admin });
  for (const name of ['taodu_incidents ', 'taodu_tasks ', 'taodu_units ', 'taodu_photo_bytes ']) expect(text).toContain(`\n${name}`);
});
