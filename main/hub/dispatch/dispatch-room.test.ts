import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../../alerts/contract.ts';
import { keptOverMs } from '../../../alerts/index.ts';
import { DispatchStep } from '../../../alerts/dispatch/dispatch-step.ts';
import { replayIncident } from '../../../alerts/incidents/replay-incident.ts';
import { dwellMs } from '../../../alerts/units/fence.ts';
import type { CameraId } from '../../contract/ids.ts';
import { nowhere } from '../../contract/place.ts';
import { createIncidentRecords } from './incident-records.ts';
import { DispatchRig, friday, person } from './testdata/dispatch-rig.ts';

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
const kinds = (incidentId: string) => rig.log(incidentId).map(({ kind }) => kind);

describe('time limits', () => {
  const warnings = (incidentId: string) =>
    rig.log(incidentId).flatMap(({ kind, body }) => (kind === 'timer' ? [(body as { timerId: string; percents: number[] }).percents] : []));

  test('of each part somebody is told once, whatever happens to the hub and its clock', async () => {
    const incidentId = opened();
    const limits = rig.incident(incidentId)!.timers;
    expect(limits.length).toBeGreaterThan(0);
    // Two hours: all of the short ones are used up long since.
    for (let minute = 0; minute < 120; minute += 5) {
      await rig.clock.advance(300_000);
      if (minute === 30) {
        expect(rig.room.figures.warnings).toBeGreaterThan(0);
        await rig.restart();
      }
      if (minute === 60) await rig.clock.advance(-1_800_000);
    }
    const told = new Map<string, number[]>();
    for (const { kind, body } of rig.log(incidentId)) {
      if (kind !== 'timer') continue;
      const { timerId, percents } = body as { timerId: string; percents: number[] };
      told.set(timerId, [...(told.get(timerId) ?? []), ...percents]);
    }
    expect(told.size).toBeGreaterThan(0);
    for (const percents of told.values()) expect(percents).toEqual([50, 80, 100, 150].slice(0, percents.length));
    const short = limits.find(({ until }) => until === 'accepted')!;
    expect(told.get(short.id)).toEqual([50, 80, 100, 150]);
    expect(replayIncident(rig.log(incidentId))).toEqual(rig.incident(incidentId));
  });

  test('what a hub that was not there has missed is told when it is there again, in one entry', async () => {
    const incidentId = opened();
    await rig.room.stop();
    await rig.clock.advance(86_400_000);
    expect(warnings(incidentId)).toEqual([]);
    await rig.restart();
    expect(warnings(incidentId)).toContainEqual([50, 80, 100, 150]);
  });

  test('nothing more is told of what is met or over', async () => {
    const incidentId = opened();
    rig.done('incident.advance', { incidentId, event: 'void', reason: 'x' });
    await rig.clock.advance(3_600_000);
    expect(warnings(incidentId)).toEqual([]);
  });
});

test('in the demo city a call is simulated, as its units are: they can be sent; elsewhere a call is real', async () => {
  expect(rig.incident(opened())!.simulated).toBe(false);
  await rig.end();
  rig = new DispatchRig(true);
  const [incidentId, unitId] = [opened(), unit()];
  expect([rig.incident(incidentId), rig.ledger.get('units', unitId)]).toMatchObject([{ simulated: true }, { simulated: true }]);
  const { ranked, wants } = rig.done('unit.recommend', { incidentId: incidentId as never });
  expect(ranked.map((row) => row.unitId)).toEqual([unitId]);
  expect(wants.find(({ capability }) => capability === 'fire-engine')!.short).toBeLessThan(
    wants.find(({ capability }) => capability === 'fire-engine')!.count,
  );
  dispatched(incidentId, unitId);
});

describe('an incident that is late', () => {
  const said = () => rig.told.map(({ rule, kind, severity, subject, drill }) => [rule.id, kind, severity, subject.id, drill].join(' '));
  /** The alert as the room of alerts would have it. */
  const stands = (incidentId: string, more: Partial<Alert> = {}) => {
    const value = { id: 'late', rule: 'dispatch.overdue', group: 'g', active: true, severity: 'medium', incident: null, ...more };
    const subject = { kind: 'incident', id: incidentId, name: 'x' };
    const whole = { ...value, subject, place: nowhere, drill: false, simulated: false };
    rig.ledger.commit([{ collection: 'alerts', op: 'put', key: value.id, value: whole }], { kind: 'feed', id: 'test', by: 'test' });
  };

  test('is an alert, a worse one when it is very late, and no more once somebody moves it on', async () => {
    const incidentId = opened({ type: 'other' });
    await rig.clock.advance(3 * 60_000);
    expect(said()).toEqual([`dispatch.overdue raise medium ${incidentId} false`]);
    await rig.clock.advance(60_000);
    expect(said()).toHaveLength(1);
    await rig.clock.advance(60_000);
    expect(said().slice(1)).toEqual([`dispatch.overdue raise high ${incidentId} false`]);
    rig.done('incident.advance', { incidentId, event: 'void', reason: 'x' });
    expect(said().slice(2)).toEqual([`dispatch.overdue clear high ${incidentId} false`]);
  });

  test('is one of a drill in a drill, and one that stands still is not late', async () => {
    const drill = opened({ type: 'other', drill: true });
    const still = opened({ type: 'other' });
    rig.done('incident.advance', { incidentId: still, event: 'accept' });
    rig.done('incident.advance', { incidentId: still, event: 'suspend', reason: 'x' });
    await rig.clock.advance(240_000);
    expect(said()).toEqual([`dispatch.overdue raise medium ${drill} true`]);
  });

  test('is said after a restart only where it was not said, and ended where it is over', async () => {
    const incidentId = opened({ type: 'other' });
    await rig.clock.advance(240_000);
    rig.told.length = 0;
    // It died before the alert was written.
    await rig.restart();
    expect(said()).toEqual([`dispatch.overdue raise medium ${incidentId} false`]);
    stands(incidentId);
    rig.told.length = 0;
    await rig.restart();
    expect(said()).toEqual([]);
    await rig.room.stop();
    rig.done('incident.advance', { incidentId, event: 'void', reason: 'x' });
    rig.told.length = 0;
    await rig.restart();
    expect(said()).toEqual([`dispatch.overdue clear medium ${incidentId} false`]);
  });

  test('its alert leads to it, and is none of its alerts', async () => {
    const incidentId = opened({ type: 'other' });
    stands(incidentId);
    await rig.clock.advance(1000);
    expect(rig.ledger.get('alerts', 'late')).toMatchObject({ incident: incidentId });
    expect(rig.incident(incidentId)).toMatchObject({ alerts: [], alertCount: 0 });
    stands(incidentId, { id: 'other' as Alert['id'], group: 'g', rule: 'pump' });
    await rig.clock.advance(1000);
    expect(rig.ledger.get('alerts', 'other')).toMatchObject({ incident: null });
  });
});

describe('what is over', () => {
  test('leaves the others after a day with its tasks, and stays readable', async () => {
    const incidentId = opened();
    const taskId = dispatched(incidentId, unit());
    rig.done('task.report', { taskId, state: 'done' });
    rig.done('incident.advance', { incidentId, event: 'close' });
    await rig.clock.advance(keptOverMs - 120_000);
    expect(rig.incident(incidentId)).toMatchObject({ state: 'closed' });
    await rig.clock.advance(180_000);
    expect(rig.incident(incidentId)).toBeUndefined();
    expect(rig.task(taskId)).toBeUndefined();
    expect(rig.room.figures).toMatchObject({ incidents: 0, retired: 1 });
    const { entries, more } = rig.done('incident.log', { incidentId, limit: 2 });
    expect(entries.map(({ kind }) => kind)).toEqual(['opened', 'task']);
    expect(more).toBe(true);
    // A correction is written, and does not bring it back.
    rig.done('incident.note', { incidentId, text: 'It was number 7', corrects: 1 });
    expect(rig.incident(incidentId)).toBeUndefined();
    expect(replayIncident(rig.log(incidentId))).toMatchObject({ state: 'closed', number: '2026-1127-0001' });
    expect(rig.refusal('task.dispatch', { incidentId, unitId: unit(), title: 'x' })).toBe('incident-closed');
  });

  test('one that went into another stays as long as that one is worked on', async () => {
    const [child, parent] = [opened(), opened()];
    rig.done('incident.merge', { childId: child, parentId: parent, reason: 'same' });
    await rig.clock.advance(keptOverMs * 2);
    expect(rig.incident(child)).toMatchObject({ state: 'duplicate' });
    rig.done('incident.unmerge', { childId: child });
    expect(rig.incident(child)).toMatchObject({ state: 'reported' });
  });
});

test('numbers go on after a restart and begin anew each day of the city', async () => {
  expect([rig.incident(opened())!.number, rig.incident(opened())!.number]).toEqual(['2026-1127-0001', '2026-1127-0002']);
  await rig.restart();
  expect(rig.incident(opened())!.number).toBe('2026-1127-0003');
  // Midnight in the city is four in the afternoon in UTC.
  await rig.clock.advance(Date.UTC(2026, 10, 27, 15, 59) - friday);
  expect(rig.incident(opened())!.number).toBe('2026-1127-0004');
  await rig.clock.advance(120_000);
  expect(rig.incident(opened())!.number).toBe('2026-1128-0001');
});

test('an incident that a person opens has the cameras that he named, then those near it, none twice', () => {
  rig.near = ['near', 'both'] as CameraId[];
  expect(rig.incident(opened({ cameraIds: ['own', 'both'] }))!.cameras).toEqual(['own', 'both', 'near']);
});

describe('alerts', () => {
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
  const of = (id: string) => (rig.ledger.get('alerts', id) as Alert | undefined)?.incident;

  test('an incident opened for one has it, and those of its group that come later are counted, in one entry', async () => {
    alert('before', { raisedAt: friday - 1000 });
    alert('a');
    const incidentId = opened({ alertIds: ['a'] });
    expect(of('a')).toBe(incidentId);
    alert('b');
    alert('c');
    alert('other', { group: 'levels' });
    alert('drill', { drill: true });
    await rig.clock.advance(1000);
    expect(rig.incident(incidentId)).toMatchObject({ alerts: ['a', 'b', 'c'], alertCount: 3 });
    expect(kinds(incidentId).filter((kind) => kind === 'alert')).toHaveLength(1);
    expect([of('b'), of('c'), of('other'), of('drill'), of('before')]).toEqual([incidentId, incidentId, null, null, null]);
    // Told again they are not counted again, and a restart knows them.
    await rig.restart();
    alert('c', { incident: incidentId as Alert['incident'] });
    alert('d');
    await rig.clock.advance(1000);
    expect(rig.incident(incidentId)!.alerts).toEqual(['a', 'b', 'c', 'd']);
    expect(replayIncident(rig.log(incidentId))).toEqual(rig.incident(incidentId));
  });

  test('two who open one for the same alert: the second sees whose it is', () => {
    alert('a');
    opened({ alertIds: ['a'] });
    expect(
      rig.run('incident.open', {
        type: 'fire',
        title: 'x',
        place: scene,
        report: { by: 'alert', text: null, reporter: null },
        alertIds: ['a' as Alert['id']],
      }),
    ).toMatchObject({ error: { code: 'alert-has-incident', params: { number: '2026-1127-0001', by: 'wang' } } });
  });

  test('what went into another is counted there, and what is over counts nothing more', async () => {
    alert('a');
    const [child, parent] = [opened({ alertIds: ['a'] }), opened()];
    rig.done('incident.merge', { childId: child, parentId: parent, reason: 'same' });
    alert('b');
    await rig.clock.advance(1000);
    expect(rig.incident(parent)!.alerts).toEqual(['a', 'b']);
    rig.done('incident.advance', { incidentId: parent, event: 'void', reason: 'x' });
    alert('c');
    await rig.clock.advance(1000);
    expect(of('c')).toBeNull();
  });

  test('a storm is a bounded list and a whole count', async () => {
    alert('first');
    const incidentId = opened({ alertIds: ['first'] });
    for (let count = 0; count < 700; count += 1) alert(`n${count}`);
    for (let second = 0; second < 6; second += 1) await rig.clock.advance(1000);
    expect(rig.incident(incidentId)).toMatchObject({ alertCount: 701, alerts: { length: 500 } });
    expect(kinds(incidentId).filter((kind) => kind === 'alert').length).toBeLessThanOrEqual(4);
  });

  test('real alerts open no drill, and a drill is none of theirs', () => {
    alert('a');
    const open = {
      type: 'fire',
      title: 'x',
      place: scene,
      report: { by: 'alert' as const, text: null, reporter: null },
      alertIds: ['a' as Alert['id']],
    };
    expect(rig.refusal('incident.open', { ...open, drill: true })).toBe('incident-drill-mixed');
    alert('d', { drill: true });
    expect(rig.incident(opened({ alertIds: ['d'] }))).toMatchObject({ drill: true });
  });
});

describe('a unit', () => {
  test('that stays where it was sent to has arrived, and its incident knows', async () => {
    const unitId = unit({ positionOf: 'gps/7' });
    const incidentId = opened();
    const taskId = dispatched(incidentId, unitId);
    rig.done('task.report', { taskId, state: 'enRoute' });
    const drive = (lat: number) => {
      for (const [quantity, value] of [
        ['latitude', lat],
        ['longitude', 119.82],
      ] as const)
        rig.room.observed({
          asset: { id: 'gps/7', name: '苏B12345' },
          quantity,
          value,
          quality: 'good',
          at: rig.clock.now(),
          receivedAt: rig.clock.now(),
          late: false,
        } as never);
    };
    drive(31.36);
    await rig.clock.advance(dwellMs);
    drive(31.3601);
    await rig.clock.advance(1000);
    expect(rig.task(taskId)).toMatchObject({ state: 'onScene' });
    expect(rig.task(taskId)!.history.at(-1)).toMatchObject({ source: 'fence', by: 'fence', lat: 31.3601 });
    expect(rig.unit(unitId)).toMatchObject({ state: 'onScene', stateBy: 'fence' });
    expect(rig.incident(incidentId)).toMatchObject({ state: 'onScene' });
  });

  test('is told where the place of its task is now', () => {
    const incidentId = opened();
    const taskId = dispatched(incidentId, unit());
    rig.done('incident.edit', { incidentId, place: { ...scene, lat: 31.4 } });
    expect(rig.task(taskId)).toMatchObject({ place: { lat: 31.4 }, revision: 1 });
  });

  test('that waits at the scene says so in the log of its incident', () => {
    const incidentId = opened();
    const unitId = unit();
    dispatched(incidentId, unitId);
    rig.done('unit.status', { unitId, state: 'staging', by: 'radio', reason: 'behind the hall' });
    expect(rig.log(incidentId).at(-1)).toMatchObject({ kind: 'unit', body: { unitId, state: 'staging', text: 'behind the hall' } });
    const before = rig.ledger.seq;
    rig.done('unit.status', { unitId, state: 'staging', by: 'radio', reason: 'behind the hall' });
    expect(rig.ledger.seq).toBe(before);
  });
});

test('tasks of what went into another move the other', () => {
  const [child, parent] = [opened(), opened()];
  const taskId = dispatched(child, unit());
  rig.done('incident.merge', { childId: child, parentId: parent, reason: 'same' });
  // Nobody waits for a unit that is on its way already.
  expect(rig.incident(parent)).toMatchObject({ state: 'dispatched' });
  rig.done('task.report', { taskId, state: 'onScene' });
  expect(rig.incident(parent)).toMatchObject({ state: 'onScene' });
  expect(rig.log(parent).slice(-2)).toMatchObject([
    { kind: 'task', body: { taskId, state: 'onScene' } },
    { kind: 'moved', body: { to: 'onScene', task: taskId } },
  ]);
  expect(rig.refusal('incident.advance', { incidentId: parent, event: 'void', reason: 'x' })).toBe('incident-tasks-open');
  rig.done('task.cancel', { taskId, reason: 'x' });
  rig.done('incident.advance', { incidentId: parent, event: 'void', reason: 'x' });
});

test('what comes back is as far as its units have got meanwhile, each step at its time', async () => {
  const [child, parent] = [opened(), opened()];
  const unitId = unit();
  const taskId = dispatched(child, unitId);
  rig.done('incident.merge', { childId: child, parentId: parent, reason: 'same' });
  const times: number[] = [];
  for (const state of ['accepted', 'enRoute', 'onScene', 'done'] as const) {
    await rig.clock.advance(60_000);
    times.push(rig.clock.now());
    rig.done('task.report', { taskId, state });
  }
  await rig.clock.advance(60_000);
  rig.done('incident.unmerge', { childId: child });
  const { state, instants, timers } = rig.incident(child)!;
  expect([state, instants.acknowledged, instants.turnedOut, instants.arrived, instants.resolved]).toEqual(['resolved', ...times]);
  // Nobody is told that it is late with what was done in time.
  expect(timers.filter(({ until, metAt }) => metAt === null && until !== 'closed')).toEqual([]);
  expect(replayIncident(rig.log(child))).toEqual(rig.incident(child));
  expect(rig.unit(unitId)).toMatchObject({ task: null, state: 'available' });
});

test('what waited for its unit and began meanwhile is told to what comes back', async () => {
  const [busy, child, parent] = [opened(), opened(), opened()];
  const unitId = unit();
  const first = dispatched(busy, unitId);
  const { taskId } = rig.done('task.dispatch', { incidentId: child, unitId, title: 'Then there', queue: true });
  rig.done('incident.merge', { childId: child, parentId: parent, reason: 'same' });
  expect(rig.incident(parent)).toMatchObject({ state: 'reported' });
  await rig.clock.advance(60_000);
  rig.done('task.report', { taskId: first, state: 'done' });
  expect(rig.incident(parent)).toMatchObject({ state: 'dispatched' });
  expect(rig.unit(unitId)).toMatchObject({ task: taskId });
  rig.done('incident.unmerge', { childId: child });
  expect(rig.incident(child)).toMatchObject({ state: 'dispatched' });
});

test('the same call twice is suggested as one, and callers are compared without being told', () => {
  const call = {
    type: 'fire.building',
    title: 'Smoke',
    place: { ...scene, lat: null, lon: null, text: 'Market' },
    report: { by: 'phone' as const, text: null, reporter: null },
  };
  const phone = '13800138000';
  const first = rig.done('incident.open', { ...call, report: { ...call.report, phone } });
  const second = rig.done('incident.open', { ...call, report: { ...call.report, phone: '138-0013 8000' } });
  expect(second.duplicates).toMatchObject([{ incidentId: first.incidentId, parts: { caller: expect.any(Number) } }]);
  const third = rig.done('incident.open', { ...call, report: { ...call.report, phone: '13800138001' } });
  expect(third.duplicates.every(({ parts }) => !('caller' in parts))).toBe(true);
  expect(rig.done('incident.caller', { incidentId: first.incidentId })).toEqual({ phone });
  const rows = rig.ledger.database
    .prepare('SELECT body FROM incident_log UNION ALL SELECT body FROM entities UNION ALL SELECT body FROM changes')
    .pluck()
    .all();
  expect(JSON.stringify(rows)).not.toContain(phone);
});

test('somebody who is only a unit’s crew, without its link, speaks of no task', () => {
  const taskId = dispatched(opened(), unit());
  const crew = person('crew', { roles: ['unit'], permissions: new Set(['task.report'] as const) });
  expect(rig.refusal('task.report', { taskId, state: 'accepted' }, crew)).toBe('out-of-scope');
  expect(rig.refusal('task.mine', {}, crew)).toBe('unit-unknown');
});

test('numbers of callers go after a year, once, and their incidents stay', async () => {
  const year = 365 * 86_400_000;
  const report = { by: 'phone' as const, text: null, reporter: null };
  const [old, without] = [opened({ report: { ...report, phone: '110' } }), opened()];
  await rig.clock.advance(86_400_000);
  const later = opened({ report: { ...report, phone: '119' } });
  const kept = (id: string) => rig.done('incident.caller', { incidentId: id }).phone;
  await rig.clock.advance(year - 86_400_000);
  expect([kept(old), kept(later)]).toEqual(['110', '119']);
  await rig.clock.advance(86_400_000);
  expect([kept(old), kept(without), kept(later)]).toEqual([null, null, '119']);
  expect(rig.room.figures.callersForgotten).toBe(1);
  expect(rig.log(old)).not.toHaveLength(0);
  // A hub that was not there does it when it is there again; what is gone does not go twice.
  await rig.room.stop();
  await rig.clock.advance(86_400_000);
  await rig.restart();
  expect(kept(later)).toBeNull();
  expect(rig.room.figures.callersForgotten).toBe(1);
});

test('a full log takes no words any more; its units are heard, its alerts stand for themselves, and it can be closed', async () => {
  const incidentId = opened({ type: 'fire.building' });
  const unitId = unit();
  const taskId = dispatched(incidentId, unitId);
  const step = new DispatchStep(
    { ledger: rig.ledger, records: createIncidentRecords(rig.ledger) },
    { now: friday, by: 'wang', from: null },
  );
  const many = Array.from({ length: 19_496 }, () => ({ kind: 'note', at: friday, corrects: null, body: { text: 'x' } }) as const);
  step.write(rig.incident(incidentId)!, many);
  rig.ledger.transact({ changes: step.changes(), cause: { kind: 'timer', id: 'test', by: 'test' } }, step.alongside);
  const before = rig.incident(incidentId)!.lastSeq;
  const refused = { incidentId, text: 'more' };
  while (rig.incident(incidentId)!.lastSeq < 19_500) rig.done('incident.note', refused);
  expect(rig.incident(incidentId)!.lastSeq).toBeGreaterThan(before);
  expect(rig.run('incident.note', refused)).toMatchObject({
    ok: false,
    error: { code: 'incident-log-full', params: { number: '2026-1127-0001', limit: 19_500 } },
  });
  expect(rig.refusal('incident.report', { incidentId })).toBe('incident-log-full');
  expect(rig.refusal('incident.edit', { incidentId, title: 'Other' })).toBe('incident-log-full');
  expect(rig.refusal('task.dispatch', { incidentId, unitId: unit({ number: 'E-2' }), title: 'Go' })).toBe('incident-log-full');
  rig.done('unit.status', { unitId, state: 'staging' });
  expect(rig.unit(unitId)).toMatchObject({ state: 'staging' });
  rig.done('task.report', { taskId, state: 'done' });
  rig.done('incident.advance', { incidentId, event: 'close' });
  expect(rig.incident(incidentId)).toMatchObject({ state: 'closed' });
  expect(replayIncident(rig.log(incidentId))).toEqual(rig.incident(incidentId));
}, 30_000);
