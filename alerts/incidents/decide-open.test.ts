import { expect, test } from 'vitest';
import type { AlertId, CameraId } from '../../main/contract/ids.ts';
import { incidentEntity } from '../incident-contract.ts';
import { decideOpen, type AlertPart, type OpenArgs } from './decide-open.ts';
import { calendar, Desk, friday, openArgs } from './testdata/desk.ts';

const context = { now: friday, by: 'Wang', userId: 'user-wang', calendar };
const alert = (id: string, more: Partial<AlertPart> = {}): AlertPart => ({
  id: id as AlertId,
  raisedAt: friday - 60_000,
  cameras: [`camera-${id}` as CameraId],
  drill: false,
  simulated: false,
  ...more,
});

test('what is opened is an incident of the contract, with its limits, its plan and one in charge', () => {
  const { incident } = new Desk();
  expect(incidentEntity.parse(incident)).toEqual(incident);
  expect(incident).toMatchObject({
    number: '2026-1127-0001',
    state: 'reported',
    owner: { userId: 'user-wang', name: 'Wang', since: friday },
    instants: { reported: friday, answered: null, verified: null },
    revision: 1,
    lastSeq: 1,
    plan: { planId: 'traffic', version: 1 },
  });
  expect(incident.timers.map(({ id }) => id)).toEqual(['accepted-1', 'dispatched-1', 'first-report-1', 'closed-1']);
  expect(incident.timers.every(({ startedAt, metAt, warned }) => startedAt === friday && metAt === null && warned.length === 0)).toBe(true);
  expect(incident.plan?.steps.every(({ state }) => state === 'open')).toBe(true);
});

test('nobody is in charge of what no person opened', () => {
  const decided = decideOpen(openArgs({ own: true }), { ...context, by: 'grid-feed', userId: null });
  expect(decided.ok && decided.value[0]!.body).toMatchObject({ owner: null });
  expect(new Desk({ own: false }).incident.owner).toBeNull();
});

test.each<[string, Partial<OpenArgs>, number, number | null]>([
  ['a call', {}, friday, null],
  ['a call whose ringing is known', { reportedAt: friday - 15_000, answeredAt: friday - 9000 }, friday - 15_000, friday - 9000],
  ['a call answered before it rang', { reportedAt: friday - 15_000, answeredAt: friday - 20_000 }, friday - 15_000, friday - 15_000],
  ['a desk whose clock is ahead', { reportedAt: friday + 60_000, answeredAt: friday + 90_000 }, friday, friday],
  ['a report of long ago', { reportedAt: 0 }, friday - 86_400_000, null],
  ['alerts', { alerts: [alert('b', { raisedAt: friday - 5000 }), alert('a')] }, friday - 60_000, null],
  ['an alert from the future', { alerts: [alert('a', { raisedAt: friday + 3_600_000 })] }, friday, null],
])('%s: when it was reported and answered', (_name, more, reported, answered) => {
  const { incident } = new Desk(more);
  expect([incident.instants.reported, incident.instants.answered]).toEqual([reported, answered]);
  // Limits count from now: what is replayed or from the future escalates nothing.
  expect(incident.timers.every(({ startedAt, dueAt }) => startedAt === friday && dueAt > friday)).toBe(true);
});

test('alerts bring their cameras, each once, as many as there is room for', () => {
  const alerts = ['a', 'b', 'a'].map((id) => alert(id, { cameras: ['c1', `c-${id}`] as CameraId[] }));
  const { incident } = new Desk({ alerts, cameras: ['c0' as CameraId] });
  expect([incident.alerts, incident.alertCount, incident.cameras]).toEqual([['a', 'b'], 2, ['c0', 'c1', 'c-a', 'c-b']]);
  const many = Array.from({ length: 8 }, (_, at) => alert(`${at}`, { cameras: [`x${at}`, `y${at}`, `z${at}`] as CameraId[] }));
  expect(new Desk({ alerts: many }).incident.cameras).toHaveLength(16);
});

test.each<[string, Partial<OpenArgs>, string | { drill: boolean; simulated: boolean }]>([
  ['a call', {}, { drill: false, simulated: false }],
  ['a drill', { drill: true }, { drill: true, simulated: false }],
  ['alerts of a drill', { alerts: [alert('a', { drill: true })] }, { drill: true, simulated: false }],
  ['a drill with alerts of a drill', { drill: true, alerts: [alert('a', { drill: true })] }, { drill: true, simulated: false }],
  ['simulated alerts', { alerts: [alert('a', { simulated: true })] }, { drill: false, simulated: true }],
  ['a record of a simulated feed', { simulated: true }, { drill: false, simulated: true }],
  ['a drill with real alerts', { drill: true, alerts: [alert('a')] }, 'incident-drill-mixed'],
  ['alerts of a drill and real ones', { alerts: [alert('a'), alert('b', { drill: true })] }, 'incident-drill-mixed'],
  ['simulated and real alerts', { alerts: [alert('a'), alert('b', { simulated: true })] }, 'incident-drill-mixed'],
  ['a type that nobody knows', { type: 'weather' }, 'incident-type-unknown'],
  ['a type below one that is known', { type: 'traffic.accident.lorry' }, { drill: false, simulated: false }],
])('%s', (_name, more, expected) => {
  const decided = decideOpen(openArgs(more), context);
  if (typeof expected === 'string') expect(decided).toMatchObject({ ok: false, error: { code: expected } });
  else expect(decided.ok && decided.value[0]!.body).toMatchObject(expected);
});

test('a city has limits of its own for what it names, and the table for the rest', () => {
  const limitsOf = (type: string) =>
    type === 'urban.garbage' ? ([{ until: 'resolved', from: 'reported', value: 4, unit: 'working-hours' }] as const) : null;
  expect(new Desk({ type: 'urban.garbage' }, { limitsOf }).incident.timers.map(({ until, unit }) => [until, unit])).toEqual([
    ['resolved', 'working-hours'],
  ]);
  expect(new Desk({ type: 'urban.other', level: 'IV' }, { limitsOf }).incident.timers.map(({ id }) => id)).toEqual([
    'accepted-1',
    'closed-1',
  ]);
});
