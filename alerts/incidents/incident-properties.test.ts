import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertId, CameraId } from '../../main/contract/ids.ts';
import { nowhere } from '../../main/contract/place.ts';
import {
  incidentEntity,
  incidentEventName,
  incidentLevel,
  taskState,
  timerUnit,
  type Incident,
  type TaskState,
} from '../incident-contract.ts';
import { warningAt, warningTells } from '../timers/warnings.ts';
import { decideAdvance, type DeskEvent } from './decide-advance.ts';
import { decideAlerts } from './decide-alerts.ts';
import { decideEdit } from './decide-edit.ts';
import { decideMerge, decideUnmerge } from './decide-merge.ts';
import { decideNote } from './decide-note.ts';
import { decideReport } from './decide-report.ts';
import { decideStep } from './decide-step.ts';
import { decideTask } from './decide-task.ts';
import { dueTimers, nextTimerAt } from './due-timers.ts';
import { duplicatesOf } from './duplicates.ts';
import { readEntry } from './incident-body.ts';
import { incidentTransition, isOver } from './incident-machine.ts';
import { incidentTypes } from './incident-types.ts';
import { replayIncident } from './replay-incident.ts';
import { at, berlin, calendar, Desk, friday, taskBody } from './testdata/desk.ts';

// The properties of a dispatch that hold whatever people do in whatever order: their numbers are those of the reference.

const byTaskOrMerge: readonly string[] = ['dispatch', 'unit-acknowledged', 'unit-en-route', 'unit-on-scene', 'merge', 'unmerge'];
const deskEvents = incidentEventName.options.filter((event): event is DeskEvent => !byTaskOrMerge.includes(event));
const types = [...incidentTypes.keys()];
const stepIds = ['cameras', 'injured', 'handle', 'what', 'nothing'];

/** What somebody, a unit or time does. */
type Act =
  /** One of those that may happen where it is. */
  | { readonly do: 'go'; readonly which: number }
  | {
      readonly do: 'advance';
      readonly event: DeskEvent;
      readonly reason: boolean;
      readonly value: number;
      readonly unit: 'hours' | 'working-hours' | 'working-days';
    }
  | {
      readonly do: 'edit';
      readonly type: string | null;
      readonly level: Incident['level'] | null;
      readonly title: string | null;
      readonly own: boolean;
    }
  | { readonly do: 'note'; readonly corrects: number | null }
  | { readonly do: 'step'; readonly step: string; readonly state: 'open' | 'done' | 'not-applicable' }
  | { readonly do: 'task'; readonly task: string; readonly state: TaskState; readonly queued: boolean }
  | { readonly do: 'merge'; readonly with: number }
  | { readonly do: 'unmerge' }
  | { readonly do: 'alerts'; readonly ids: readonly number[]; readonly drill: boolean }
  | { readonly do: 'report' }
  | { readonly do: 'clock'; readonly ms: number }
  | { readonly do: 'tick' }
  | { readonly do: 'restart' };

const hour = 3_600_000;
/** Mostly a little later; sometimes much later, over holidays; sometimes the clock is set back. */
const clocks = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 2 * hour }), weight: 5 },
  { arbitrary: fc.integer({ min: 0, max: 30 * 24 * hour }), weight: 2 },
  { arbitrary: fc.integer({ min: -3 * hour, max: 0 }), weight: 1 },
);

const acts: fc.Arbitrary<Act> = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant('go' as const), which: fc.integer({ min: 0, max: 1000 }) }), weight: 10 },
  {
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      event: fc.constantFrom(...deskEvents),
      reason: fc.boolean(),
      value: fc.integer({ min: 1, max: 20 }),
      unit: fc.constantFrom(...timerUnit.options),
    }),
    weight: 8,
  },
  {
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      type: fc.option(fc.constantFrom(...types)),
      level: fc.option(fc.constantFrom(...incidentLevel.options)),
      title: fc.option(fc.constantFrom('One', 'Two')),
      own: fc.boolean(),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ do: fc.constant('note' as const), corrects: fc.option(fc.integer({ min: 0, max: 20 })) }), weight: 1 },
  {
    arbitrary: fc.record({
      do: fc.constant('step' as const),
      step: fc.constantFrom(...stepIds),
      state: fc.constantFrom('open' as const, 'done' as const, 'not-applicable' as const),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      do: fc.constant('task' as const),
      task: fc.constantFrom('a', 'b', 'c'),
      state: fc.constantFrom(...taskState.options),
      queued: fc.boolean(),
    }),
    weight: 6,
  },
  { arbitrary: fc.record({ do: fc.constant('merge' as const), with: fc.nat(2) }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('unmerge' as const) }), weight: 1 },
  {
    arbitrary: fc.record({ do: fc.constant('alerts' as const), ids: fc.array(fc.nat(700), { maxLength: 300 }), drill: fc.boolean() }),
    weight: 1,
  },
  { arbitrary: fc.record({ do: fc.constant('report' as const) }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant('clock' as const), ms: clocks }), weight: 3 },
  { arbitrary: fc.record({ do: fc.constant('tick' as const) }), weight: 3 },
  { arbitrary: fc.record({ do: fc.constant('restart' as const) }), weight: 1 },
);
const stories = fc.array(fc.tuple(fc.nat(2), acts), { minLength: 1, maxLength: 60, size: 'max' });

/** Three incidents, one of them a drill. */
function city(): Desk[] {
  return [
    new Desk({ type: 'traffic.accident', level: 'III' }, { id: 'real-1' }),
    new Desk({ type: 'urban', level: 'IV', title: 'Garbage' }, { id: 'real-2' }),
    new Desk({ type: 'fire.building', level: 'II', drill: true }, { id: 'drill-3' }),
  ];
}

function act(desks: readonly Desk[], who: number, what: Act): void {
  const desk = desks[who]!;
  const { incident, context } = desk;
  switch (what.do) {
    case 'advance': {
      const { event, reason, value, unit } = what;
      desk.advance(event, { reason: reason ? 'because' : undefined, extendBy: { value, unit } });
      return;
    }
    case 'go': {
      const possible = deskEvents.filter((event) => incidentTransition(incident.state, incident.suspended !== null, event) !== null);
      const event = possible[what.which % possible.length];
      if (event !== undefined) desk.advance(event, { extendBy: { value: 1, unit: 'working-hours' } });
      return;
    }
    case 'edit': {
      const { type, level, title, own } = what;
      const args = {
        type: type ?? undefined,
        level: level ?? undefined,
        title: title ?? undefined,
        reason: 'because',
        ...(own ? { own: true as const } : {}),
      };
      desk.take(decideEdit(incident, args, context));
      return;
    }
    case 'note':
      desk.take(decideNote(incident, { text: 'Words', corrects: what.corrects ?? undefined }, context));
      return;
    case 'step':
      desk.take(decideStep(incident, { stepId: what.step, state: what.state, note: '1' }, context));
      return;
    case 'task':
      desk.task(what.task, what.state, { queued: what.queued && what.state === 'sent' });
      return;
    case 'merge': {
      const parent = desks[what.with]!;
      const decided = decideMerge(incident, parent.incident, { reason: 'The same', openTasks: desk.openTasks }, context);
      if (!decided.ok) return;
      desk.write(decided.value.child);
      parent.write(decided.value.parent);
      return;
    }
    case 'unmerge': {
      const parent = desks.find(({ incident: { id } }) => id === incident.parent);
      const decided = parent && decideUnmerge(incident, parent.incident, context);
      if (!decided?.ok) return;
      desk.write(decided.value.child);
      parent!.write(decided.value.parent);
      return;
    }
    case 'alerts': {
      const parts = what.ids.map((id) => ({
        id: `alert-${id}` as AlertId,
        raisedAt: desk.now,
        cameras: [`camera-${id}` as CameraId],
        drill: what.drill,
        simulated: false,
      }));
      desk.take(decideAlerts(incident, parts, context));
      return;
    }
    case 'report':
      desk.take(decideReport(incident, desk.entries, {}, context));
      return;
    case 'clock':
      for (const one of desks) one.now = Math.max(one.openedAt - 24 * hour, one.now + what.ms);
      return;
    case 'tick':
      desk.write(dueTimers(incident, desk.now, desk.calendar));
      return;
    case 'restart':
      for (const one of desks) one.restart();
  }
}

const bits = (value: object): string => JSON.stringify(value);

/** An expectation that is asked ten thousand times. */
function must(holds: boolean, what: string, shown?: unknown): asserts holds {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(shown)}`);
}

test('2: every state change has exactly one entry, and the log alone rebuilds the incident bit for bit', () => {
  let changes = 0;
  const holds = fc.property(stories, (story) => {
    const desks = city();
    for (const [who, what] of story) {
      const before = desks.map(({ incident, log }) => ({ incident, entries: log.length }));
      act(desks, who, what);
      desks.forEach(({ incident, log }, index) => {
        const { incident: was, entries } = before[index]!;
        const moves = log.slice(entries).filter(({ kind, body }) => {
          const { from, to, did, course } = body as { from?: string; to?: string; did?: string; course?: { state?: string } | null };
          if (kind === 'moved') return from !== to;
          if (kind !== 'merge') return false;
          return did === 'went-into' || did === 'came-back' || (course !== null && course!.state !== was.state);
        });
        must(moves.length === (was.state === incident.state ? 0 : 1), 'a change of state has one entry', { was, incident, moves });
        if (was.state !== incident.state) changes++;
        must(what.do === 'restart' || log.length > entries || incident === was, 'a change has an entry', { was, incident });
      });
    }
    for (const { incident, log } of desks) {
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
      for (const entry of log)
        must(bits(readEntry(entry)) === bits({ ok: true, value: entry }), 'an entry is read as it was written', entry);
      expect(bits(replayIncident(JSON.parse(JSON.stringify(log)) as typeof log)!)).toBe(bits(incident));
      expect(incidentEntity.parse(incident)).toEqual(incident);
    }
  });
  fc.assert(holds, { seed: 11, numRuns: 60 });
  expect(changes).toBeGreaterThan(250);
});

/** What an incident is apart from its log: how many entries, revisions and when the last was written. */
const apart = ({ lastSeq: _seq, revision: _revision, changedAt: _at, ...rest }: Incident): string => JSON.stringify(rest);

test('3: a merge that is taken back leaves both bit for bit as they were, apart from their logs', () => {
  let merged = 0;
  let withUnits = 0;
  const holds = fc.property(stories, fc.nat(2), fc.nat(2), fc.boolean(), (story, one, other, send) => {
    const desks = city();
    for (const [who, what] of story) act(desks, who, what);
    const [child, parent] = [desks[one]!, desks[other]!];
    if (send) child.task('z', 'sent');
    const before = desks.map(({ incident }) => apart(incident));
    act(desks, one, { do: 'merge', with: other });
    if (child.incident.parent !== parent.incident.id || apart(child.incident) === before[one]) return;
    merged++;
    if (child.incident.merged?.course?.made.state !== child.incident.merged?.course?.was.state) withUnits++;
    child.now += 1000;
    parent.now += 1000;
    act(desks, one, { do: 'restart' });
    act(desks, one, { do: 'unmerge' });
    expect(desks.map(({ incident }) => apart(incident))).toEqual(before);
  });
  fc.assert(holds, { seed: 13, numRuns: 300 });
  expect(merged).toBeGreaterThan(30);
  expect(withUnits).toBeGreaterThan(5);
});

test.each([
  // Over the longest holidays of the year.
  ['holidays', calendar, ['2026-02-13 16:00', '2026-09-30 10:00', '2026-11-27 09:00', '2026-11-28 03:00']],
  // Into the night in which an hour is missing, and into the one in which an hour comes twice.
  ['clocks that change', berlin, ['2026-03-27 22:00', '2026-03-29 08:00', '2026-10-23 20:00', '2026-10-25 07:30']],
] as const)('4: a part of a limit is told once across restart, clock steps, %s and pauses, and never missed', (_name, days, from) => {
  let told = 0;
  // One incident whose limits run in all three units.
  const starts = fc.constantFrom(...from).map(at);
  const timely = fc.oneof(
    { arbitrary: acts.filter((what) => what.do === 'clock' || what.do === 'tick' || what.do === 'restart'), weight: 6 },
    {
      arbitrary: fc.record({
        do: fc.constant('advance' as const),
        event: fc.constantFrom('suspend' as const, 'resume' as const, 'extend' as const, 'accept' as const, 'file' as const),
        reason: fc.constant(true),
        value: fc.integer({ min: 1, max: 5 }),
        unit: fc.constantFrom(...timerUnit.options),
      }),
      weight: 3,
    },
  );
  const limitsOf = () =>
    [
      { until: 'accepted', from: 'reported', value: 2, unit: 'hours' },
      { until: 'resolved', from: 'reported', value: 6, unit: 'working-hours' },
      { until: 'closed', from: 'reported', value: 3, unit: 'working-days' },
    ] as const;
  const holds = fc.property(starts, fc.array(timely, { minLength: 5, maxLength: 60, size: 'max' }), (start, story) => {
    const desk = new Desk({ type: 'urban', level: 'IV' }, { now: start, limitsOf, calendar: days });
    let touched = false;
    const used = ({ startedAt, unit }: Incident['timers'][number]) =>
      unit === 'hours' ? desk.now - startedAt : days.workingMs(startedAt, desk.now);
    /** What was told of each limit since it was granted; an extension grants another. */
    const heard = new Map<string, number[]>();
    for (const what of story) {
      const entries = desk.log.length;
      const before = desk.incident;
      act([desk], 0, what);
      for (const entry of desk.entries.slice(entries)) {
        if (entry.kind === 'moved' && (entry.body.event === 'extend' || entry.body.event === 'suspend')) touched = true;
        if (entry.kind === 'moved' && entry.body.event === 'extend') {
          // What a longer limit has not used up yet is to be told again, and only that.
          for (const timer of desk.incident.timers) {
            const again: readonly number[] = warningTells
              .filter(({ percent }) => desk.now < warningAt(timer, percent, days))
              .map(({ percent }) => percent);
            if (timer.limitMs !== before.timers.find(({ id }) => id === timer.id)!.limitMs)
              heard.set(
                timer.id,
                (heard.get(timer.id) ?? []).filter((percent) => !again.includes(percent)),
              );
          }
        }
        if (entry.kind !== 'timer') continue;
        const { timerId, percents } = entry.body;
        const timer = before.timers.find(({ id }) => id === timerId)!;
        must(timer.pausedAt === null && timer.metAt === null, 'a limit that runs', timer);
        for (const percent of percents) {
          must(!(heard.get(timerId) ?? []).includes(percent), 'told once', entry);
          must(desk.now >= warningAt(timer, percent, days), 'not told before its time', entry);
          // Of what was neither stopped nor extended: reckoned from its beginning, not from its end as the timers do.
          if (!touched) must(used(timer) >= (percent / 100) * timer.limitMs, 'so much has been used', { entry, used: used(timer) });
          heard.set(timerId, [...(heard.get(timerId) ?? []), percent]);
          told++;
        }
      }
      if (what.do === 'tick' && !isOver(desk.incident.state)) {
        for (const timer of desk.incident.timers) {
          if (timer.pausedAt !== null || timer.metAt !== null) continue;
          for (const { percent } of warningTells)
            must(desk.now < warningAt(timer, percent, days) || heard.get(timer.id)?.includes(percent) === true, 'never missed', timer);
          if (!touched)
            for (const { percent } of warningTells)
              must(used(timer) <= (percent / 100) * timer.limitMs || heard.get(timer.id)?.includes(percent) === true, 'never late', timer);
        }
        const next = nextTimerAt(desk.incident, days);
        must(next === null || next > desk.now, 'nothing is due after a tick', desk.incident.timers);
      }
      // A limit in working time is never due while nobody works.
      for (const { unit, dueAt } of desk.incident.timers)
        must(unit === 'hours' || days.workingMs(dueAt - 1, dueAt + 1) > 0, 'due in working time', dueAt);
    }
  });
  fc.assert(holds, { seed: 14, numRuns: 80 });
  expect(told).toBeGreaterThan(100);
});

test('4: what stood still has as much left as when it was stopped', () => {
  const holds = fc.property(fc.integer({ min: 0, max: 9 * 24 * hour }), fc.integer({ min: 1, max: 90 * 24 * hour }), (before, pause) => {
    const desk = new Desk({ type: 'urban', level: 'IV' }, { now: at('2026-09-23 11:00') });
    desk.advance('accept');
    desk.now += before;
    const left = desk.incident.timers.map(({ dueAt }) => calendar.workingMs(desk.now, dueAt) - calendar.workingMs(dueAt, desk.now));
    desk.advance('suspend');
    desk.restart();
    desk.now += pause;
    desk.advance('resume');
    desk.incident.timers.forEach((timer, index) => {
      if (timer.metAt !== null) return;
      expect(calendar.workingMs(desk.now, timer.dueAt) - calendar.workingMs(timer.dueAt, desk.now)).toBe(left[index]);
    });
  });
  fc.assert(holds, { seed: 15, numRuns: 200 });
});

test('5: what is over refuses everything but a correction, a report, and to be opened or given back', () => {
  let over = 0;
  const holds = fc.property(stories, (story) => {
    const desks = city();
    for (const [who, what] of story) act(desks, who, what);
    for (const { incident, context, entries } of desks) {
      if (!isOver(incident.state)) continue;
      over++;
      const alert = { id: 'new' as AlertId, raisedAt: 0, cameras: [], drill: incident.drill, simulated: false };
      const other = new Desk({ drill: incident.drill }, { id: 'other' }).incident;
      const back = incident.state === 'duplicate' || incident.state === 'merged';
      for (const event of deskEvents) {
        const decided = decideAdvance(incident, { event, reason: 'x', extendBy: { value: 1, unit: 'hours' }, openTasks: 0 }, context);
        expect(decided.ok).toBe(event === 'reopen' && !back);
      }
      expect(
        [
          decideEdit(incident, { title: 'Another' }, context),
          decideEdit(incident, { level: 'I', reason: 'x' }, context),
          decideEdit(incident, { own: true }, context),
          decideNote(incident, { text: 'x' }, context),
          decideStep(incident, { stepId: incident.plan!.steps[0]!.id, state: 'done', note: '1' }, context),
          decideAlerts(incident, [alert], context),
          ...taskState.options.map((state) =>
            decideTask(incident, { task: taskBody('z', state), all: [{ state, sentAt: context.now }] }, context),
          ),
          decideMerge(incident, other, { reason: 'x', openTasks: 0 }, context),
          decideMerge(other, incident, { reason: 'x', openTasks: 0 }, context),
        ].filter(({ ok }) => ok),
      ).toEqual([]);
      expect(dueTimers(incident, context.now + 365 * 24 * hour, calendar)).toEqual([]);
      expect(decideNote(incident, { text: 'x', corrects: 1 }, context).ok).toBe(true);
      expect(decideReport(incident, entries, {}, context).ok).toBe(true);
    }
  });
  fc.assert(holds, { seed: 17, numRuns: 60 });
  expect(over).toBeGreaterThan(30);
});

test('6: a drill is a drill for ever, and nothing of it comes to a real one or the other way', () => {
  const holds = fc.property(stories, (story) => {
    const desks = city();
    for (const [who, what] of story) act(desks, who, what);
    const incidents = desks.map(({ incident }) => incident);
    expect(incidents.map(({ drill }) => drill)).toEqual([false, false, true]);
    const drills = new Set(incidents.filter(({ drill }) => drill).map(({ id }) => id));
    for (const { id, parent, children } of incidents)
      for (const related of [...children, ...(parent === null ? [] : [parent])]) expect(drills.has(related)).toBe(drills.has(id));
    const asked = {
      id: null,
      type: 'fire.building',
      place: { ...nowhere, lat: 31.5, lon: 120.2 },
      title: 'Two cars',
      text: null,
      simulated: false,
      assets: [],
    };
    for (const drill of [true, false])
      for (const { incidentId } of duplicatesOf({ ...asked, drill }, incidents, friday)) expect(drills.has(incidentId)).toBe(drill);
  });
  fc.assert(holds, { seed: 16, numRuns: 60 });
});

test('10: an alert from the future or of long ago escalates nothing by what it says of its time', () => {
  const far = 400 * 24 * hour;
  const holds = fc.property(
    fc.integer({ min: -far, max: far }),
    fc.constantFrom(...types),
    fc.constantFrom(...incidentLevel.options),
    (away, type, level) => {
      const alerts = [{ id: 'a' as AlertId, raisedAt: friday + away, cameras: [], drill: false, simulated: false }];
      const desk = new Desk({ type, level, alerts, reportedAt: friday + away });
      expect(dueTimers(desk.incident, friday, calendar)).toEqual([]);
      const fresh = new Desk({ type, level });
      expect(desk.incident.timers).toEqual(fresh.incident.timers);
      expect(desk.incident.instants.reported).toBeLessThanOrEqual(friday);
      // And one that comes later moves no limit.
      desk.take(decideAlerts(desk.incident, [{ ...alerts[0]!, id: 'b' as AlertId }], desk.context));
      expect(desk.incident.timers).toEqual(fresh.incident.timers);
    },
  );
  fc.assert(holds, { seed: 10, numRuns: 300 });
});
