import { describe, expect, test } from 'vitest';
import { incidentEventName, type IncidentState } from '../incident-contract.ts';
import { decideAdvance, type AdvanceArgs, type DeskEvent } from './decide-advance.ts';
import { incidentTransition, wantsReason } from './incident-machine.ts';
import { at, calendar, Desk, friday } from './testdata/desk.ts';

const byTaskOrMerge: readonly string[] = ['dispatch', 'unit-acknowledged', 'unit-en-route', 'unit-on-scene', 'merge', 'unmerge'];
const deskEvents = incidentEventName.options.filter((event): event is DeskEvent => !byTaskOrMerge.includes(event));

/** A desk whose incident is in a state that a desk can bring it to. */
const inState: Readonly<Record<string, () => Desk>> = {
  reported: () => new Desk(),
  accepted: () => walked('accept'),
  filed: () => walked('accept', 'file'),
  dispatched: () => sent(),
  controlled: () => sent('control'),
  resolved: () => sent('control', 'resolve'),
  verifying: () => sent('control', 'resolve', 'verify'),
  closed: () => sent('control', 'resolve', 'verify', 'close'),
  rejected: () => walked('reject'),
  transferred: () => walked('accept', 'transfer'),
  voided: () => walked('void'),
};

function walked(...events: DeskEvent[]): Desk {
  const desk = new Desk();
  for (const event of events) expect(desk.advance(event)).toBeNull();
  return desk;
}

/** One whose only unit has long been called back. */
function sent(...events: DeskEvent[]): Desk {
  const desk = walked('accept', 'file');
  expect(desk.task('a', 'sent')).toBeNull();
  for (const event of events) expect(desk.advance(event, { openTasks: 0 })).toBeNull();
  return desk;
}

describe.each(Object.entries(inState))('%s', (state, make) => {
  test.each(deskEvents)('%s: what the machine says', (event) => {
    const desk = make();
    expect(desk.incident.state).toBe(state as IncidentState);
    const before = desk.incident;
    const target = incidentTransition(before.state, false, event);
    const args: AdvanceArgs = { event, openTasks: 0, reason: 'because', extendBy: { value: 1, unit: 'hours' } };
    const decided = decideAdvance(before, args, desk.context);
    expect(decided.ok).toBe(target !== null);
    // A decision changes nothing.
    expect(desk.incident).toBe(before);
    if (!decided.ok) {
      expect(decided.error).toMatchObject({ code: 'incident-event-illegal', params: { state, event } });
      return;
    }
    const written = desk.write(decided.value);
    expect(desk.incident.state).toBe(target === 'stay' ? state : target);
    expect(written.filter(({ kind }) => kind === 'moved')).toHaveLength(event === 'resolve' && state === 'resolved' ? 0 : 1);
    if (wantsReason.has(event)) {
      expect(decideAdvance(before, { ...args, reason: undefined }, desk.context)).toMatchObject({
        ok: false,
        error: { code: 'reason-required' },
      });
      expect(written.at(-1)!.body).toMatchObject({ reason: 'because' });
    }
  });
});

test.each<[DeskEvent, boolean]>([
  ['close', true],
  ['void', true],
  ['transfer', true],
  ['returned', true],
  ['resolve', false],
  ['suspend', false],
])('%s leaves nobody out there: %s', (event, refused) => {
  const desk = event === 'close' ? sent('control', 'resolve') : sent();
  expect(desk.advance(event, { openTasks: 1 })).toBe(refused ? 'incident-tasks-open' : null);
});

test.each<[DeskEvent, Partial<AdvanceArgs>, string | null]>([
  ['close', {}, 'handled'],
  ['close', { disposition: 'minor' }, 'minor'],
  ['void', {}, 'cancelled'],
  ['rework', {}, null],
])('after %s with %o it ended as %s', (event, args, expected) => {
  const desk = sent('control', 'resolve');
  expect(desk.advance(event, { openTasks: 0, ...args })).toBeNull();
  expect(desk.incident.disposition).toBe(expected);
});

test('what was said when it was resolved stands when it is closed, until it is opened again', () => {
  const desk = sent('control');
  desk.advance('resolve', { disposition: 'unfounded', openTasks: 0 });
  desk.advance('close', { openTasks: 0 });
  expect(desk.incident.disposition).toBe('unfounded');
  desk.now += 1000;
  desk.advance('reopen');
  expect(desk.incident).toMatchObject({ state: 'filed', disposition: null, roundAt: desk.now });
});

test('each instant is written once, also when it comes by there again', () => {
  const desk = sent('control', 'resolve');
  const { resolved, dispatched } = desk.incident.instants;
  desk.now += 60_000;
  desk.advance('rework');
  desk.advance('resolve', { openTasks: 0 });
  expect(desk.incident.instants).toMatchObject({ resolved, dispatched });
  desk.advance('verify');
  expect(desk.incident.instants.verifiedDone).toBe(desk.now);
});

test('suspended, its limits stand still; resumed, what was left is left', () => {
  const desk = new Desk({ type: 'urban', level: 'IV' });
  desk.advance('accept');
  desk.advance('file');
  desk.now = at('2026-11-27 10:00');
  const [left, rest] = [
    desk.incident.timers.filter(({ metAt }) => metAt === null),
    desk.incident.timers.filter(({ metAt }) => metAt !== null),
  ];
  expect(desk.advance('suspend')).toBeNull();
  expect(desk.incident.suspended).toEqual({ by: 'Wang', at: desk.now, reason: 'because' });
  expect(desk.incident.timers.filter(({ pausedAt }) => pausedAt === desk.now).map(({ id }) => id)).toEqual(left.map(({ id }) => id));
  for (const event of ['resolve', 'extend', 'suspend', 'file', 'returned'] as const)
    expect(desk.advance(event)).toBe('incident-event-illegal');
  expect(desk.task('a', 'sent')).toBe('incident-event-illegal');
  // A week later.
  desk.now = at('2026-12-04 10:00');
  expect(desk.advance('resume')).toBeNull();
  expect(desk.incident.suspended).toBeNull();
  for (const timer of left) {
    const after = desk.incident.timers.find(({ id }) => id === timer.id)!;
    expect(calendar.workingMs(desk.now, after.dueAt)).toBe(calendar.workingMs(at('2026-11-27 10:00'), timer.dueAt));
    expect(after.pausedAt).toBeNull();
  }
  for (const timer of rest) expect(desk.incident.timers).toContainEqual(timer);
});

test.each(['void', 'transfer'] as const)('suspended and then %s: opened again it goes on', (event) => {
  const desk = new Desk();
  desk.advance('accept');
  desk.advance('suspend');
  expect(desk.advance(event)).toBeNull();
  expect(desk.incident.suspended).toBeNull();
  desk.advance('reopen');
  expect(desk.incident.timers.every(({ pausedAt }) => pausedAt === null)).toBe(true);
});

test('an extension moves the limits of handling and closing, or the one that was named', () => {
  const desk = new Desk({ type: 'grid', level: 'IV' });
  for (const event of ['accept', 'file'] as const) desk.advance(event);
  desk.task('a', 'sent');
  const due = (id: string) => desk.incident.timers.find((timer) => timer.id === id)!.dueAt;
  const [resolved, closed] = [due('resolved-1'), due('closed-1')];
  expect(desk.advance('extend', { extendBy: { value: 2, unit: 'working-days' } })).toBeNull();
  expect([due('resolved-1'), due('closed-1')].map(calendar.minuteOf)).toEqual(['2026-12-04 09:00', '2026-12-08 09:00']);
  expect(desk.log.at(-1)!.body).toMatchObject({ event: 'extend', reason: 'because', extendBy: { value: 2, unit: 'working-days' } });
  expect(calendar.workingMs(resolved, due('resolved-1'))).toBe(calendar.workingMs(closed, due('closed-1')));
  const before = due('closed-1');
  expect(desk.advance('extend', { extendBy: { value: 1, unit: 'working-hours' }, timerId: 'resolved-1' })).toBeNull();
  expect(calendar.minuteOf(due('resolved-1'))).toBe('2026-12-04 10:00');
  expect(due('closed-1')).toBe(before);
  expect(desk.advance('extend', { extendBy: undefined })).toBe('field-missing');
  expect(desk.advance('extend', { extendBy: { value: 1, unit: 'hours' }, timerId: 'accepted-1' })).toBe('incident-event-illegal');
});

test('returned, it waits to be sent to somebody else, with new limits', () => {
  const desk = new Desk({ type: 'urban', level: 'IV' });
  for (const event of ['accept', 'file'] as const) desk.advance(event);
  desk.now = friday + 3_600_000;
  desk.task('a', 'sent');
  desk.task('a', 'cancelled');
  expect(desk.incident.state).toBe('filed');
  const running = desk.incident.timers.filter(({ metAt }) => metAt === null).map(({ id, startedAt }) => [id, startedAt]);
  expect(running).toEqual([
    ['closed-1', friday],
    ['resolved-1', desk.now],
    ['dispatched-2', desk.now],
  ]);
});
