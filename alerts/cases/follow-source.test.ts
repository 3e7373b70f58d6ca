import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nowhere } from '../../main/contract/place.ts';
import type { CityEvent } from '../../streams/feed-contract.ts';
import { incidentState, type Incident, type IncidentState } from '../incident-contract.ts';
import { hasReached, incidentTransition, isOver } from '../incidents/incident-machine.ts';
import { caseLevelOf, caseTypeOf, followSource, isCaseEvent, printOf, wordOf, type CaseSource } from './follow-source.ts';
import { sourceWordOf, sourceWords, type SourceWord } from './source-word.ts';

const event = (more: Partial<CityEvent> = {}): CityEvent => ({
  id: 'grid/e1',
  feedId: 'grid' as CityEvent['feedId'],
  system: 'urban-management' as CityEvent['system'],
  external: 'e1',
  version: 2,
  supersedes: [],
  class: 'urban.event.garbage',
  status: 'open',
  severity: 'low',
  title: '暴露垃圾',
  text: '小区北门',
  instruction: null,
  at: 1000,
  startsAt: null,
  endsAt: null,
  receivedAt: 1000,
  place: nowhere,
  area: null,
  source: {},
  exercise: false,
  simulated: false,
  drill: false,
  ...more,
});
const says = (state: string, more: Partial<CityEvent> = {}) => event({ source: { state }, ...more });
const incident = (state: IncidentState, more: Partial<Incident> = {}) => ({ state, suspended: null, revision: 3, ...more }) as Incident;
const before = (more: Partial<CaseSource> = {}): CaseSource => ({
  id: 'grid/e1',
  feedId: 'grid',
  incidentId: 'i1' as Incident['id'],
  openedAt: 0,
  version: 1,
  status: 'open',
  word: null,
  severity: 'low',
  print: printOf(event()),
  revision: 3,
  ...more,
});
/** The moves, or `?` for a note, or nothing. */
const short = ({ moves, notes }: ReturnType<typeof followSource>) => [...moves, ...notes.map(() => '?')].join(' ');

/** From each state, what each word of the source does while nobody has taken the case in hand. */
const table: Record<IncidentState, Record<SourceWord, string>> = {
  reported: {
    report: '',
    accept: 'accept',
    file: 'accept file',
    dispatch: 'accept file dispatch',
    handle: 'accept file dispatch',
    handled: 'accept file dispatch resolve',
    verify: 'accept file dispatch resolve verify',
    close: 'accept file dispatch resolve verify ?',
    return: '?',
    extend: '?',
    suspend: '?',
    rework: '?',
    void: '?',
    reject: '?',
  },
  accepted: {
    report: '',
    accept: '',
    file: 'file',
    dispatch: 'file dispatch',
    handle: 'file dispatch',
    handled: 'file dispatch resolve',
    verify: 'file dispatch resolve verify',
    close: 'file dispatch resolve verify ?',
    return: '?',
    extend: '?',
    suspend: 'suspend',
    rework: '?',
    void: '?',
    reject: '?',
  },
  filed: {
    report: '',
    accept: '',
    file: '',
    dispatch: 'dispatch',
    handle: 'dispatch',
    handled: 'dispatch resolve',
    verify: 'dispatch resolve verify',
    close: 'dispatch resolve verify ?',
    return: '?',
    extend: '?',
    suspend: 'suspend',
    rework: '?',
    void: '?',
    reject: '?',
  },
  dispatched: {
    report: '',
    accept: '',
    file: '',
    dispatch: '',
    handle: '',
    handled: 'resolve',
    verify: 'resolve verify',
    close: 'resolve verify ?',
    return: '?',
    extend: '?',
    suspend: 'suspend',
    rework: '?',
    void: '?',
    reject: '?',
  },
  resolved: {
    report: '?',
    accept: '?',
    file: '?',
    dispatch: '?',
    handle: '?',
    handled: '',
    verify: 'verify',
    close: 'verify ?',
    return: '?',
    extend: '?',
    suspend: '?',
    rework: '?',
    void: '?',
    reject: '?',
  },
  verifying: {
    report: '?',
    accept: '?',
    file: '?',
    dispatch: '?',
    handle: '?',
    handled: '',
    verify: '',
    close: '?',
    return: '?',
    extend: '?',
    suspend: '?',
    rework: '?',
    void: '?',
    reject: '?',
  },
  // Only a unit of ours brings a case there: then somebody here has it in hand, and the source moves nothing.
  ...(Object.fromEntries(
    (['acknowledged', 'enRoute', 'onScene', 'controlled'] as const).map((state) => [
      state,
      {
        report: '',
        accept: '',
        file: '',
        dispatch: '',
        handle: '',
        handled: '',
        verify: '',
        close: '?',
        return: '?',
        extend: '?',
        suspend: 'suspend',
        rework: '?',
        void: '?',
        reject: '?',
      },
    ]),
  ) as Record<'acknowledged' | 'enRoute' | 'onScene' | 'controlled', Record<SourceWord, string>>),
  // What is over here does not listen to its source any more.
  ...(Object.fromEntries(
    (['closed', 'rejected', 'duplicate', 'merged', 'transferred', 'voided'] as const).map((state) => [
      state,
      Object.fromEntries(Object.keys(sourceWords).map((word) => [word, ''])),
    ]),
  ) as Record<'closed' | 'rejected' | 'duplicate' | 'merged' | 'transferred' | 'voided', Record<SourceWord, string>>),
};

describe.each(incidentState.options)('a case that is %s', (state) => {
  test.each(Object.keys(sourceWords) as SourceWord[])('and a source that says %s', (word) => {
    const [written] = sourceWords[word].written;
    expect(short(followSource(incident(state), says(written!), before()))).toBe(table[state][word]);
  });

  test.each(Object.keys(sourceWords) as SourceWord[])("in somebody's hand is never moved by %s", (word) => {
    const step = followSource(incident(state), says(sourceWords[word].written[0]!), before({ revision: 2 }));
    expect(step.moves).toEqual([]);
    expect(step.extendBy).toBeNull();
    // Where it would have been moved, the log says so.
    if (table[state][word] !== '') expect(step.notes.length).toBeGreaterThan(0);
  });
});

describe('more time, and time to wait', () => {
  test.each([
    ['3 working-days', { value: 3, unit: 'working-days' }],
    ['3工作日', { value: 3, unit: 'working-days' }],
    ['8 个工作小时', { value: 8, unit: 'working-hours' }],
    ['24h', { value: 24, unit: 'hours' }],
  ])('%s is granted', (extendBy, span) => {
    const step = followSource(incident('dispatched'), event({ source: { state: '延期', extendBy } }), before());
    expect(step).toMatchObject({ moves: ['extend'], extendBy: span });
  });
  test.each([undefined, '', 'soon', '0h', '101工作日', '9999 hours', '-3工作日'])('%s is for somebody to decide', (extendBy) => {
    const source = { state: '延期', ...(extendBy === undefined ? {} : { extendBy }) };
    expect(short(followSource(incident('dispatched'), event({ source }), before()))).toBe('?');
  });

  const suspended = { by: 'grid', at: 0, reason: '' };
  test('what waits goes on when its source does, unless somebody here made it wait', () => {
    const waits = incident('filed', { suspended });
    expect(short(followSource(waits, says('缓办'), before({ word: 'file' })))).toBe('');
    expect(short(followSource(waits, says('立案'), before({ word: 'suspend' })))).toBe('resume');
    expect(short(followSource(waits, says('处置中'), before({ word: 'suspend' })))).toBe('resume dispatch');
    expect(short(followSource(waits, says('处置中'), before({ word: 'suspend', revision: 1 })))).toBe('?');
  });
});

describe('what else a new version says', () => {
  test('its end asks for closing, once; its cancellation asks for voiding', () => {
    const close = followSource(incident('filed'), event({ status: 'ended' }), before());
    expect([short(close), close.notes[0]]).toEqual(['dispatch resolve verify ?', expect.stringContaining('请核实后结案')]);
    expect(short(followSource(incident('verifying'), event({ status: 'ended', version: 3 }), before({ word: 'close' })))).toBe('');
    expect(short(followSource(incident('filed'), event({ status: 'cancelled' }), before()))).toBe('?');
  });
  test('other words, and that it has become urgent, stand in the log', () => {
    expect(short(followSource(incident('filed'), event({ text: '已扩大' }), before()))).toBe('?');
    expect(short(followSource(incident('filed'), event({ severity: 'critical' }), before()))).toBe('?');
    expect(short(followSource(incident('filed'), event(), before()))).toBe('');
  });
  test('what was over there and is open again stands in the log', () => {
    expect(short(followSource(incident('verifying'), event(), before({ status: 'ended', word: 'close' })))).toBe('?');
  });
  test('a source that goes back is a conflict, one that lags behind is none', () => {
    expect(short(followSource(incident('dispatched'), says('立案'), before({ word: 'dispatch' })))).toBe('?');
    expect(short(followSource(incident('dispatched'), says('立案'), before({ word: 'accept' })))).toBe('');
  });
  test('the same word again is no news', () => {
    expect(short(followSource(incident('filed'), says('退回'), before({ word: 'return' })))).toBe('');
  });
});

test.each([
  ['grid.dispute', true],
  ['urban', true],
  ['urban.component.lamp', true],
  ['grid.overdue', false],
  ['urban.overdue.late', false],
  ['gridlock.jam', false],
  ['traffic.accident', false],
])('%s is a case: %s', (name, expected) => {
  expect(isCaseEvent({ class: name })).toBe(expected);
});

test.each([
  [{ class: 'urban.event.garbage.a.b' }, 'urban.event.garbage.a'],
  [{ class: 'urban', source: { code: '3202820102' } }, 'urban.event.garbage'],
  [{ class: 'urban', source: { code: '3202820102', kind: '部件' } }, 'urban.component.sewer-manhole'],
  [{ class: 'urban.component', source: { code: '3202820118' } }, 'urban.component.lamp'],
  [{ class: 'urban', source: { code: 'x' } }, 'urban'],
  [{ class: 'grid.dispute', source: { code: '3202820102' } }, 'grid.dispute'],
])('the type of %j is %s', (more, type) => {
  expect(caseTypeOf(event(more as Partial<CityEvent>))).toBe(type);
});

test('the worst that a source can say is level III: the two above it are reported upward, and that a person decides', () => {
  expect((['critical', 'high', 'medium', 'low', 'information'] as const).map((severity) => caseLevelOf({ severity }))).toEqual([
    'III',
    'IV',
    'IV',
    'IV',
    'IV',
  ]);
});

test('words are found however they are written, each in one place', () => {
  const all = Object.values(sourceWords).flatMap(({ written }) => written);
  expect(new Set(all).size).toBe(all.length);
  expect([
    sourceWordOf(' 处置 中 '),
    sourceWordOf('CLOSED'),
    sourceWordOf('return'),
    sourceWordOf('whatever'),
    sourceWordOf(undefined),
  ]).toEqual(['handle', 'close', 'return', null, null]);
  expect(wordOf(event({ source: { status: '立案' } }))).toBe('file');
});

test('whatever its source says, in whatever order: a case goes forward step by step as the machine allows, or stays (seeded)', () => {
  const rank = incidentState.options.indexOf.bind(incidentState.options);
  const words = fc.constantFrom(...Object.values(sourceWords).map(({ written }) => written[0]!), 'nonsense');
  const version = fc.record({
    state: words,
    status: fc.constantFrom('open' as const, 'open' as const, 'ended' as const, 'cancelled' as const),
    hand: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(version, { maxLength: 12 }), (versions) => {
      let state: IncidentState = 'reported';
      let isSuspended = false;
      let revision = 1;
      let source: CaseSource | null = null;
      let isTouched = false;
      for (const [index, { state: word, status, hand }] of versions.entries()) {
        if (hand && source !== null) [revision, isTouched] = [revision + 1, true];
        const suspended = isSuspended ? { by: 'x', at: 0, reason: '' } : null;
        const told = says(word, { status, version: index + 2 });
        const { moves } = followSource(incident(state, { revision, suspended }), told, source);
        if (isTouched) expect(moves).toEqual([]);
        for (const move of moves) {
          const to = incidentTransition(state, isSuspended, move);
          expect(to).not.toBeNull();
          if (move === 'suspend' || move === 'resume') isSuspended = move === 'suspend';
          else if (to !== 'stay') {
            expect(rank(to as IncidentState)).toBeGreaterThan(rank(state));
            state = to as IncidentState;
          }
          revision += 1;
        }
        source = before({
          version: told.version,
          status,
          word: wordOf(told) ?? source?.word ?? null,
          revision: isTouched ? (source?.revision ?? 0) : revision,
        });
        expect(isOver(state)).toBe(false);
        expect(hasReached(state, 'reported')).toBe(true);
      }
    }),
    { seed: 55, numRuns: 1000 },
  );
});
