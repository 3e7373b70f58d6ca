import { beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '../../main/contract/ledger.ts';
import { nowhere } from '../../main/contract/place.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import type { CityEvent } from '../../streams/feed-contract.ts';
import type { IncidentRecords } from '../dispatch/incident-records.ts';
import { DispatchStep } from '../dispatch/dispatch-step.ts';
import type { Incident, IncidentLogEntry } from '../incident-contract.ts';
import { decideAdvance, type DeskEvent } from '../incidents/decide-advance.ts';
import { decideStep } from '../incidents/decide-step.ts';
import { replayIncident } from '../incidents/replay-incident.ts';
import { chinaCalendar } from '../timers/china-calendar.ts';
import { createCityCalendar } from '../timers/city-calendar.ts';
import { CaseFollower, type CaseFollowerDeps } from './case-follower.ts';
import { createCaseLimits } from './case-limits.ts';

const calendar = createCityCalendar(chinaCalendar);
/** A working Tuesday. */
const morning = Date.parse('2026-06-02T09:00:00+08:00');
const dayMs = 86_400_000;

let ledger: MemoryLedger;
let log: IncidentLogEntry[];
let numbers: string[];
let now: number;
let isFull: boolean;
let settings: CaseFollowerDeps['settings'];
let follower: CaseFollower;

const records: IncidentRecords = {
  append(entries) {
    log.push(...entries);
  },
  give(number) {
    if (numbers.includes(number)) throw new Error(`${number} is given`);
    numbers.push(number);
  },
  read: (incidentId, after, limit) => log.filter((entry) => entry.incidentId === incidentId && entry.seq > after).slice(0, limit),
  readForReport: () => [],
  numbered: () => [],
  lastNumber: () => numbers.at(-1) ?? null,
};
let ids = 0;
const open = () => {
  follower = new CaseFollower({
    ledger,
    records,
    calendar,
    limitsOf: createCaseLimits(),
    settings,
    newId: () => `case-${(ids += 1)}`,
  });
  ledger.onCommit(({ changes }) => {
    for (const change of changes) follower.hear(change);
  });
  follower.recall(now);
};
/** All or nothing, as the hub stores it. */
const store = (changes: readonly Change[], alongside: () => void): boolean => {
  if (isFull) return false;
  alongside();
  ledger.commit(changes, { kind: 'timer', id: 'test', by: 'test' });
  return true;
};
const follow = () => follower.follow(now, store);

beforeEach(() => {
  ledger = new MemoryLedger();
  [log, numbers, now, isFull, ids] = [[], [], morning, false, 0];
  settings = { perFeedAndDay: 100, incidentsAtMost: 1000 };
  open();
});

const event = (external: string, version: number, more: Partial<CityEvent> = {}): CityEvent => ({
  id: `${more.feedId ?? 'cases'}/${external}`,
  feedId: 'cases' as CityEvent['feedId'],
  system: 'urban-management' as CityEvent['system'],
  external,
  version,
  supersedes: [],
  class: 'urban.event.garbage',
  status: 'open',
  severity: 'low',
  title: '暴露垃圾',
  text: '小区北门',
  instruction: null,
  at: now - 60_000,
  startsAt: null,
  endsAt: null,
  receivedAt: now,
  place: { ...nowhere, district: '320282' },
  area: null,
  source: {},
  exercise: false,
  simulated: false,
  drill: false,
  ...more,
});
const tell = (...events: CityEvent[]) => {
  ledger.commit(
    events.map((value): Change => ({ collection: 'events', op: 'put', key: value.id, value })),
    { kind: 'feed', id: 'cases', by: 'cases' },
  );
  follow();
};
const cases = () => [...ledger.all('incidents')] as Incident[];
const notes = () => log.filter(({ kind }) => kind === 'note').map(({ body }) => (body as { text: string }).text);
/** Somebody at a desk. */
const desk = (incident: Incident, name: DeskEvent) => {
  const step = new DispatchStep({ ledger, records }, { now, by: 'wang', from: 'desk' });
  const decided = decideAdvance(incident, { event: name, reason: 'because', openTasks: 0 }, { now, by: 'wang', userId: 'wang', calendar });
  if (!decided.ok) throw new Error(decided.error.code);
  step.write(incident, decided.value);
  store(step.changes(), step.alongside);
};

test('an event of a grid or an urban case becomes an incident, with where it came from, its limits and its log', () => {
  tell(
    event('e1', 1),
    event('g1', 1, { class: 'grid.dispute', severity: 'critical', simulated: true }),
    event('x', 1, { class: 'traffic.jam' }),
  );
  expect(cases()).toMatchObject([
    {
      id: 'case-1',
      number: '2026-0602-0001',
      type: 'urban.event.garbage',
      level: 'IV',
      state: 'reported',
      title: '暴露垃圾',
      report: { by: 'platform', text: '小区北门', reporter: null },
      external: { feed: 'cases', id: 'e1' },
      owner: null,
      place: { district: '320282' },
      instants: { reported: morning - 60_000 },
      simulated: false,
    },
    { number: '2026-0602-0002', type: 'grid.dispute', level: 'III', simulated: true },
  ]);
  expect(cases()[0]!.timers).toMatchObject([
    { until: 'accepted', unit: 'working-hours' },
    { until: 'closed', unit: 'working-hours' },
  ]);
  expect(log[0]).toMatchObject({ kind: 'opened', by: 'cases', from: 'feed' });
  for (const incident of cases()) expect(replayIncident(log.filter(({ incidentId }) => incidentId === incident.id))).toEqual(incident);
});

test('the source leads it through its life cycle; a person closes it', () => {
  for (const [index, state] of ['上报', '受理', '立案', '派遣', '处置', '反馈', '核查'].entries())
    tell(event('e1', index + 1, { source: { state } }));
  expect(cases()).toMatchObject([{ state: 'verifying' }]);
  expect(log.filter(({ kind }) => kind === 'moved').map(({ body }) => (body as { event: string }).event)).toEqual([
    'accept',
    'file',
    'dispatch',
    'resolve',
    'verify',
  ]);
  tell(event('e1', 9, { status: 'ended', source: { state: '结案' } }));
  expect(cases()).toMatchObject([{ state: 'verifying' }]);
  expect(notes()).toEqual([expect.stringContaining('请核实后结案')]);
  desk(cases()[0]!, 'close');
  tell(event('e1', 10, { source: { state: '返工' } }));
  expect(cases()).toMatchObject([{ state: 'closed' }]);
  expect(notes()).toHaveLength(1);
});

test('what somebody here has taken in hand is never moved again by its source, which stands in its log', () => {
  tell(event('e1', 1));
  desk(cases()[0]!, 'accept');
  tell(event('e1', 2, { source: { state: '派遣' } }));
  expect(cases()).toMatchObject([{ state: 'accepted' }]);
  expect(notes()).toEqual([expect.stringContaining('派遣')]);
  tell(event('e1', 3, { source: { state: '反馈' } }));
  expect(cases()).toMatchObject([{ state: 'accepted' }]);
  expect(notes()).toHaveLength(2);
});

test('suspended and given more time by its source', () => {
  tell(event('e1', 1, { source: { state: '派遣' } }));
  const due = () => cases()[0]!.timers.find(({ until }) => until === 'resolved')!.dueAt;
  const first = due();
  tell(event('e1', 2, { source: { state: '延期', extendBy: '7 working-hours' } }));
  expect(calendar.workingMs(first, due())).toBe(7 * 3_600_000);
  tell(event('e1', 3, { source: { state: '缓办' } }));
  expect(cases()[0]!.suspended).toMatchObject({ by: 'cases' });
  tell(event('e1', 4, { source: { state: '处置' } }));
  expect(cases()).toMatchObject([{ suspended: null, state: 'dispatched' }]);
});

test('an illegal building has its stages: each step of its plan that is done meets the limit that waits for it', () => {
  tell(event('e1', 1, { class: 'urban.event.illegal-building', source: { state: '派遣' } }));
  const stages = () =>
    cases()[0]!.timers.flatMap(({ step, metAt, dueAt }) => (step === null ? [] : [[step, metAt !== null, calendar.dayOf(dueAt)]]));
  // Dispatched on Tuesday at nine; the dragon-boat days from 19 to 21 June are off.
  expect(stages()).toEqual([
    ['stop-work', false, '2026-06-02'],
    ['fine', false, '2026-06-11'],
    ['demolish', false, '2026-07-01'],
  ]);
  const step = new DispatchStep({ ledger, records }, { now, by: 'wang', from: 'desk' });
  const context = { now, by: 'wang', userId: 'wang', calendar, limitsOf: createCaseLimits() };
  const decided = decideStep(cases()[0]!, { stepId: 'stop-work', state: 'done' }, context);
  if (!decided.ok) throw new Error(decided.error.code);
  step.write(cases()[0]!, decided.value);
  store(step.changes(), step.alongside);
  expect(stages()).toEqual([
    ['stop-work', true, '2026-06-02'],
    ['fine', false, '2026-06-11'],
    ['demolish', false, '2026-07-01'],
  ]);
});

describe('once, and never lost', () => {
  test('told again, or by a hub that was started again, it is no second case', () => {
    tell(event('e1', 1));
    tell(event('e1', 1));
    open();
    follow();
    tell(event('e1', 2));
    expect(cases()).toHaveLength(1);
  });
  test('what was committed and not followed before the end is followed after the start', () => {
    ledger.commit([{ collection: 'events', op: 'put', key: 'cases/e1', value: event('e1', 1) }], { kind: 'feed', id: 'c', by: 'c' });
    open();
    expect(cases()).toHaveLength(0);
    follow();
    expect(cases()).toHaveLength(1);
    ledger.commit([{ collection: 'events', op: 'put', key: 'cases/e1', value: event('e1', 2, { source: { state: '立案' } }) }], {
      kind: 'feed',
      id: 'c',
      by: 'c',
    });
    open();
    follow();
    expect(cases()).toMatchObject([{ state: 'filed' }]);
  });
  test('what the disk refuses is taken again, and a number is given once', () => {
    isFull = true;
    tell(event('e1', 1), event('e2', 1));
    expect([cases().length, numbers.length, follower.figures.waiting]).toEqual([0, 0, 2]);
    isFull = false;
    follow();
    expect([cases().length, numbers.length, follower.figures.waiting]).toEqual([2, 2, 0]);
    expect(numbers).toEqual(['2026-0602-0001', '2026-0602-0002']);
  });
  test('one that left the collection does not come back', () => {
    tell(event('e1', 1));
    desk(cases()[0]!, 'reject');
    ledger.commit([{ collection: 'incidents', op: 'delete', key: 'case-1' }], { kind: 'timer', id: 't', by: 't' });
    tell(event('e1', 2, { source: { state: '立案' } }));
    expect(cases()).toHaveLength(0);
    expect(log).toHaveLength(2);
  });
  test('what ends before it was ever told to be open is no case; its end without a new version is heard', () => {
    tell(event('e1', 1, { status: 'ended' }));
    expect(cases()).toHaveLength(0);
    tell(event('e2', 1));
    tell(event('e2', 1, { status: 'ended' }));
    expect(cases()).toMatchObject([{ state: 'verifying' }]);
  });
});

describe('a feed gone mad', () => {
  test('opens so many cases a day; the rest is counted, said of the feed, and stays so after a restart; others are unharmed', () => {
    settings = { perFeedAndDay: 3, incidentsAtMost: 1000 };
    open();
    tell(...Array.from({ length: 5 }, (_, index) => event(`e${index}`, 1)), event('o1', 1, { feedId: 'other' as never }));
    expect(cases().map(({ external }) => external?.id)).toEqual(['e0', 'e1', 'e2', 'o1']);
    const problem = { code: 'cases-too-many', params: { limit: 3, refused: 2 } };
    expect([follower.problemOf('cases', now), follower.problemOf('other', now)]).toMatchObject([problem, null]);
    open();
    tell(event('e9', 1), event('e4', 2, { source: { state: '立案' } }));
    expect(cases()).toHaveLength(4);
    expect(follower.problemOf('cases', now)).toMatchObject({ params: { refused: 3 } });
    // It goes on with those that it has, and with new ones when the day is over.
    tell(event('e0', 2, { source: { state: '立案' } }));
    expect(cases()[0]).toMatchObject({ state: 'filed' });
    now += dayMs;
    expect(follower.problemOf('cases', now)).toBeNull();
    tell(event('e10', 1));
    expect(cases()).toHaveLength(5);
  });

  test('leaves room for calls: what finds none waits, and what goes on is not kept waiting by it', () => {
    settings = { perFeedAndDay: 1000, incidentsAtMost: 2 };
    open();
    tell(event('e1', 1), event('e2', 1), ...Array.from({ length: 60 }, (_, index) => event(`w${index}`, 1)));
    for (let round = 0; round < 3; round += 1) follow();
    expect([cases().length, follower.figures.waiting]).toEqual([2, 60]);
    tell(event('e2', 2, { source: { state: '受理' } }));
    expect(cases()[1]).toMatchObject({ state: 'accepted' });
    ledger.commit([{ collection: 'incidents', op: 'delete', key: 'case-1' }], { kind: 'timer', id: 't', by: 't' });
    follow();
    expect([cases().length, follower.figures.waiting]).toEqual([2, 59]);
    // An event that is forgotten waits no more.
    ledger.commit([{ collection: 'events', op: 'delete', key: 'cases/w5' }], { kind: 'feed', id: 'c', by: 'c' });
    expect(follower.figures.waiting).toBe(58);
  });
});

test('a case that went into another one is told there, and moves nothing', () => {
  tell(event('e1', 1), event('e2', 1));
  const [child, parent] = cases() as [Incident, Incident];
  store([{ collection: 'incidents', op: 'put', key: child.id, value: { ...child, state: 'duplicate', parent: parent.id } }], () => {});
  tell(event('e1', 2, { source: { state: '派遣' } }));
  expect(cases().map(({ state }) => state)).toEqual(['duplicate', 'reported']);
  expect(log.at(-1)).toMatchObject({ incidentId: parent.id, kind: 'note' });
  // And the other one's own source still leads it.
  tell(event('e2', 2, { source: { state: '受理' } }));
  expect(cases()[1]).toMatchObject({ state: 'accepted' });
});

test('a drill is one', () => {
  tell(event('e1', 1, { drill: true }));
  expect(cases()).toMatchObject([{ drill: true }]);
});
