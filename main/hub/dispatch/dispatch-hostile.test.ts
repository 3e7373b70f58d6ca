import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Alert } from '../../../alerts/contract.ts';
import { incidentsCollection, unitsCollection } from '../../../alerts/incident-contract.ts';
import { incidentsAtMost } from '../../../alerts/dispatch/incident-handlers.ts';
import { replayIncident } from '../../../alerts/incidents/replay-incident.ts';
import { nowhere } from '../../contract/place.ts';
import { DispatchRig, fieldOf, person } from './testdata/dispatch-rig.ts';

let rig: DispatchRig;
beforeEach(() => {
  rig = new DispatchRig();
});
afterEach(() => rig.end());

const scene = { lat: 31.36, lon: 119.82, district: '320282' };
const opened = (more: object = {}): string =>
  rig.done('incident.open', {
    type: 'fire.building',
    title: 'Fire',
    place: scene,
    report: { by: 'phone', text: null, reporter: null },
    ...more,
  }).incidentId;
const unit = (more: object = {}): string =>
  rig.done('unit.upsert', { number: 'E-1', name: 'Engine 1', department: 'Fire', capabilities: ['fire-engine'], home: scene, ...more })
    .unitId;
const dispatched = (incidentId: string, unitId: string): string => rig.done('task.dispatch', { incidentId, unitId, title: 'Go' }).taskId;
const alert = (id: string, more: Partial<Alert> = {}) => {
  const value = {
    id,
    fingerprint: id,
    rule: 'pump',
    group: 'pumps',
    active: true,
    incident: null,
    raisedAt: rig.clock.now(),
    subject: { kind: 'asset', id: `pump-${id}`, name: id },
    place: { ...nowhere, ...scene },
    cameras: [],
    drill: false,
    simulated: false,
    ...more,
  };
  rig.ledger.commit([{ collection: 'alerts', op: 'put', key: id, value }], { kind: 'feed', id: 'test', by: 'test' });
};

test('an alert whose incident went into another has an incident', () => {
  alert('a');
  const [child, parent] = [opened({ alertIds: ['a'] }), opened()];
  rig.done('incident.merge', { childId: child, parentId: parent, reason: 'same' });
  const answer = rig.run('incident.open', {
    type: 'fire',
    title: 'x',
    place: scene,
    report: { by: 'alert', text: null, reporter: null },
    alertIds: ['a' as Alert['id']],
  });
  expect(answer).toMatchObject({ ok: false, error: { code: 'alert-has-incident', params: { incidentId: parent } } });
});

test('extending again and again stops somewhere, and the hub starts', async () => {
  const incidentId = opened({ type: 'urban' });
  rig.done('incident.advance', { incidentId, event: 'accept' });
  const extendBy = { value: 1000, unit: 'working-days' as const };
  let refused: string | null = null;
  for (let count = 0; count < 10 && refused === null; count += 1)
    refused = rig.refusal('incident.advance', { incidentId, event: 'extend', reason: 'x', extendBy });
  await rig.restart();
  await rig.clock.advance(1000);
  expect(refused).toBe('field-invalid');
});

test('what screens get holds no words of people of each other', () => {
  const [child, parent] = [opened(), opened()];
  rig.done('incident.merge', { childId: child, parentId: parent, reason: 'SECRET' });
  expect(JSON.stringify(incidentsCollection.onScreens!(rig.incident(child)!))).not.toContain('SECRET');
  const unitId = unit();
  rig.done('unit.status', { unitId, state: 'unavailable', reason: 'SECRET' });
  const onScreens = unitsCollection.onScreens ?? ((value) => value);
  expect(JSON.stringify(onScreens(rig.unit(unitId)!))).not.toContain('SECRET');
});

test('what a unit of a merged incident says is told where it went', () => {
  const [child, parent] = [opened(), opened()];
  const unitId = unit();
  dispatched(child, unitId);
  rig.done('incident.merge', { childId: child, parentId: parent, reason: 'same' });
  const before = rig.log(child).length;
  rig.done('unit.status', { unitId, state: 'staging', by: 'radio', reason: 'behind' });
  expect(rig.log(child)).toHaveLength(before);
  expect(rig.log(parent).at(-1)).toMatchObject({ kind: 'unit' });
});

test('a place that is what it was changes no task; one of the whole matter changes those of all', () => {
  const [child, parent] = [opened(), opened()];
  const taskId = dispatched(child, unit());
  rig.done('incident.merge', { childId: child, parentId: parent, reason: 'same' });
  rig.done('incident.edit', { incidentId: parent, place: scene, title: 'Other' });
  expect(rig.task(taskId)).toMatchObject({ revision: 0 });
  rig.done('incident.edit', { incidentId: parent, place: { ...scene, lat: 31.4 } });
  expect(rig.task(taskId)).toMatchObject({ place: { lat: 31.4 } });
});

test('a task of a long chain of merges can be ended', () => {
  const unitId = unit();
  let at = opened();
  const taskId = dispatched(at, unitId);
  for (let count = 0; count < 210; count += 1) {
    const next = opened();
    rig.done('incident.merge', { childId: at, parentId: next, reason: 'same' });
    at = next;
  }
  expect(rig.refusal('task.report', { taskId, state: 'done' })).toBeNull();
});

test('calls find room although much was closed today', async () => {
  const id = opened();
  rig.done('incident.advance', { incidentId: id, event: 'void', reason: 'x' });
  const over = rig.incident(id)!;
  rig.ledger.commit(
    Array.from({ length: incidentsAtMost - 1 }, (_, index) => ({
      collection: 'incidents',
      op: 'put' as const,
      key: `o${index}`,
      value: { ...over, id: `o${index}` },
    })),
    { kind: 'feed', id: 't', by: 't' },
  );
  for (let minute = 0; minute < 4; minute += 1) await rig.clock.advance(60_000);
  expect(
    rig.refusal('incident.open', { type: 'fire', title: 'x', place: scene, report: { by: 'phone', text: null, reporter: null } }),
  ).toBeNull();
});

test('photos that are refused fill nothing', () => {
  const unitId = unit();
  const taskId = dispatched(opened(), unitId);
  rig.done('task.report', { taskId, state: 'refused', text: 'no' }, fieldOf(unitId));
  const jpeg = (n: number) =>
    Buffer.from([
      0xff,
      0xd8,
      0xff,
      0xfe,
      0,
      4,
      n >> 8,
      n & 255,
      0xff,
      0xc0,
      0,
      11,
      8,
      0,
      8,
      0,
      8,
      1,
      1,
      0x11,
      0,
      0xff,
      0xda,
      0,
      8,
      1,
      1,
      0,
      0,
      63,
      0,
      1,
      2,
      0xff,
      0xd9,
    ]).toString('base64');
  for (let n = 0; n < 50; n += 1)
    expect(rig.refusal('task.report', { taskId, state: 'done', photo: jpeg(n) }, fieldOf(unitId))).toBe('task-event-illegal');
  expect(rig.room.photos.bytes).toBe(0);
});

test('who has it is told within his scope alone', () => {
  alert('a');
  opened({ alertIds: ['a'], place: { ...scene, district: '320281' } });
  const answer = rig.run(
    'incident.open',
    { type: 'fire', title: 'x', place: scene, report: { by: 'alert', text: null, reporter: null }, alertIds: ['a' as Alert['id']] },
    person('li', { scope: { districts: ['320282'], groups: '*' } }),
  );
  expect(JSON.stringify(answer)).not.toContain('wang');
});

test('who was faster is known however much was said since', () => {
  const incidentId = opened();
  rig.done('incident.edit', { incidentId, title: 'Mine', own: true }, person('li'));
  for (let count = 0; count < 450; count += 1) rig.done('incident.note', { incidentId, text: 'Words' });
  expect(rig.run('incident.edit', { incidentId, title: 'Yours', baseRevision: 1 })).toMatchObject({
    error: { params: { by: 'li', seq: 2, what: 'title owner' } },
  });
});

test('numbers of units are text like any other', () => {
  expect(() => unit({ number: 'E\u202e1' })).toThrow();
});

test('a clock that was set back keeps no incident open whose units are all done', async () => {
  const incidentId = opened();
  await rig.clock.advance(-600_000);
  const taskId = dispatched(incidentId, unit());
  rig.done('task.report', { taskId, state: 'done' });
  expect(rig.incident(incidentId)).toMatchObject({ state: 'resolved' });
  expect(replayIncident(rig.log(incidentId))).toEqual(rig.incident(incidentId));
});

test('a log that cannot be read stops neither the limits of others nor the hub', async () => {
  const incidentId = opened({ type: 'other' });
  rig.ledger.database
    .prepare(
      `INSERT INTO incident_log (incident_id, seq, at, entered_at, by, source, kind, body, corrects) VALUES ('broken', 1, 1, 1, 'x', NULL, 'note', '{}', NULL)`,
    )
    .run();
  alert('a', { incident: 'broken' as Alert['incident'] });
  alert('b');
  await rig.clock.advance(240_000);
  expect(rig.log(incidentId).filter(({ kind }) => kind === 'timer')).not.toHaveLength(0);
});
