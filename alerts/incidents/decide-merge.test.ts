import { expect, test } from 'vitest';
import type { AlertId, CameraId, IncidentId } from '../../main/contract/ids.ts';
import { decideMerge, decideUnmerge } from './decide-merge.ts';
import type { OpenArgs } from './decide-open.ts';
import { Desk, friday } from './testdata/desk.ts';

const alerts = (...ids: string[]) =>
  ids.map((id) => ({ id: id as AlertId, raisedAt: friday, cameras: [`c-${id}`] as CameraId[], drill: false, simulated: false }));
const parentDesk = (args: Partial<OpenArgs> = {}) => new Desk({ number: '2026-1127-0001', ...args }, { id: 'parent' });
const childDesk = (args: Partial<OpenArgs> = {}) => new Desk({ number: '2026-1127-0002', ...args }, { id: 'child' });

/** Merges the records of two desks, or says why not. */
function merge(child: Desk, parent: Desk): string | null {
  const decided = decideMerge(child.incident, parent.incident, { reason: 'The same crash', openTasks: child.openTasks }, parent.context);
  if (!decided.ok) return decided.error.code;
  child.write(decided.value.child);
  parent.write(decided.value.parent);
  return null;
}

function unmerge(child: Desk, parent: Desk): string | null {
  const decided = decideUnmerge(child.incident, parent.incident, parent.context);
  if (!decided.ok) return decided.error.code;
  child.write(decided.value.child);
  parent.write(decided.value.parent);
  return null;
}

test('the child keeps its number and points to its parent, who sees what it brought', () => {
  const [child, parent] = [childDesk({ alerts: alerts('a', 'b') }), parentDesk({ alerts: alerts('b', 'c') })];
  expect(merge(child, parent)).toBeNull();
  expect(child.incident).toMatchObject({ number: '2026-1127-0002', state: 'duplicate', parent: 'parent', alerts: ['a', 'b'] });
  expect(parent.incident).toMatchObject({ children: ['child'], alerts: ['b', 'c', 'a'], alertCount: 3, cameras: ['c-b', 'c-c', 'c-a'] });
  expect([child, parent].map(({ log }) => log.at(-1)!.kind)).toEqual(['merge', 'merge']);
});

test('what nobody worked on is a duplicate, what somebody did is merged', () => {
  const worked = childDesk();
  worked.advance('accept');
  worked.advance('file');
  expect(merge(worked, parentDesk())).toBeNull();
  expect(worked.incident.state).toBe('merged');
});

test.each<[string, Partial<OpenArgs>, Partial<OpenArgs>]>([
  ['a drill into a real one', { drill: true }, {}],
  ['a real one into a drill', {}, { drill: true }],
  ['a simulated one into a real one', { simulated: true }, {}],
])('%s is never merged', (_name, child, parent) => {
  expect(merge(childDesk(child), parentDesk(parent))).toBe('incident-drill-mixed');
});

test('nothing goes into itself, into what is over, or twice', () => {
  const [child, parent] = [childDesk(), parentDesk()];
  expect(merge(child, child)).toBe('incident-event-illegal');
  const over = parentDesk();
  over.advance('reject');
  expect(merge(child, over)).toBe('incident-closed');
  expect(merge(over, parent)).toBe('incident-event-illegal');
  expect(merge(child, parent)).toBeNull();
  expect(merge(child, parent)).toBe('incident-event-illegal');
  // Nor in a circle.
  expect(merge(parent, child)).toBe('incident-closed');
});

test('one takes in two hundred, and no more', () => {
  const parent = parentDesk();
  const full = { ...parent.incident, children: Array.from({ length: 200 }, (_, at) => `child-${at}` as IncidentId) };
  expect(decideMerge(childDesk().incident, full, { reason: 'x', openTasks: 0 }, parent.context)).toMatchObject({
    ok: false,
    error: { code: 'incident-event-illegal' },
  });
});

test('more alerts and cameras than there is room for are counted and left', () => {
  const many = Array.from({ length: 300 }, (_, at) => `${at}`);
  const [child, parent] = [childDesk({ alerts: alerts(...many.map((id) => `x${id}`)) }), parentDesk({ alerts: alerts(...many) })];
  const before = parent.incident;
  merge(child, parent);
  expect([parent.incident.alerts.length, parent.incident.alertCount, parent.incident.cameras.length]).toEqual([500, 600, 16]);
  unmerge(child, parent);
  const { alerts: after, alertCount, cameras } = parent.incident;
  expect({ alerts: after, alertCount, cameras }).toEqual({ alerts: before.alerts, alertCount: before.alertCount, cameras: before.cameras });
});

test('taken back it leaves what came to the parent meanwhile', () => {
  const [child, parent] = [childDesk({ alerts: alerts('a') }), parentDesk({ alerts: alerts('b') })];
  merge(child, parent);
  parent.write([{ kind: 'alert', at: parent.now, corrects: null, body: { alerts: ['c' as AlertId], more: 2, cameras: [] } }]);
  parent.advance('accept');
  expect(unmerge(child, parent)).toBeNull();
  expect(parent.incident).toMatchObject({ state: 'accepted', alerts: ['b', 'c'], alertCount: 4, children: [] });
  expect(child.incident).toMatchObject({ state: 'reported', parent: null, merged: null });
});

test('a suspended one comes back suspended', () => {
  const [child, parent] = [childDesk(), parentDesk()];
  child.advance('accept');
  child.advance('suspend');
  merge(child, parent);
  unmerge(child, parent);
  expect(child.incident).toMatchObject({ state: 'accepted', suspended: { reason: 'because' } });
});

test('what was never merged, or into another, is not taken back; nor is it when the parent is over', () => {
  const [child, parent, other] = [childDesk(), parentDesk(), new Desk({}, { id: 'other' })];
  expect(unmerge(child, parent)).toBe('incident-event-illegal');
  merge(child, parent);
  expect(unmerge(child, other)).toBe('incident-event-illegal');
  parent.advance('reject');
  expect(unmerge(child, parent)).toBe('incident-closed');
});

test('what takes in a record with units out is as far as they are, and its limits that wait for them are met', () => {
  const [child, parent] = [childDesk(), parentDesk({ type: 'fire.building', level: 'III' })];
  child.now -= 60_000;
  child.task('engine', 'sent');
  child.task('engine', 'accepted');
  expect(merge(child, parent)).toBeNull();
  expect(parent.incident).toMatchObject({ state: 'acknowledged', instants: { dispatched: friday, acknowledged: friday, verified: null } });
  const open = parent.incident.timers.filter(({ metAt }) => metAt === null).map(({ until }) => until);
  expect(open).not.toContain('dispatched');
  expect(open).toContain('closed');
  // And its other units move it on from there.
  parent.tasks.set('engine', { state: 'accepted', sentAt: friday });
  parent.task('engine', 'enRoute');
  expect(parent.incident.state).toBe('enRoute');
});

test('units that were sent before the parent was opened resolve it all the same', () => {
  const parent = parentDesk();
  const early = new Desk({}, { id: 'early', now: friday - 600_000 });
  early.task('engine', 'sent');
  expect(merge(early, parent)).toBeNull();
  parent.tasks.set('engine', { state: 'sent', sentAt: friday - 600_000 });
  parent.task('engine', 'done');
  expect(parent.incident.state).toBe('resolved');
});

test('a record whose units are out is not put to sleep with one that waits', () => {
  const [child, parent] = [childDesk(), parentDesk()];
  parent.advance('accept');
  parent.advance('suspend');
  child.task('engine', 'sent');
  expect(merge(child, parent)).toBe('incident-event-illegal');
  child.task('engine', 'cancelled');
  expect(merge(child, parent)).toBeNull();
});

test('taken back, the parent is as far as before, unless somebody moved it; what was told of its limits stays told', () => {
  const make = () => {
    const [child, parent] = [childDesk(), parentDesk()];
    child.task('engine', 'sent');
    const before = parent.incident;
    merge(child, parent);
    return { child, parent, before };
  };
  const told = make();
  const { id, dueAt } = told.parent.incident.timers.find(({ until }) => until === 'closed')!;
  told.parent.write([{ kind: 'timer', at: friday, corrects: null, body: { timerId: id, percents: [50], tell: 'owner', dueAt } }]);
  expect(unmerge(told.child, told.parent)).toBeNull();
  expect(told.parent.incident).toMatchObject({ state: 'reported', instants: told.before.instants, roundAt: told.before.roundAt });
  expect(told.parent.incident.timers).toEqual(told.before.timers.map((timer) => ({ ...timer, warned: timer.id === id ? [50] : [] })));
  expect(told.child.incident).toMatchObject({ state: 'dispatched', merged: null });
  const moved = make();
  moved.parent.advance('control');
  expect(unmerge(moved.child, moved.parent)).toBeNull();
  expect(moved.parent.incident.state).toBe('controlled');
});
