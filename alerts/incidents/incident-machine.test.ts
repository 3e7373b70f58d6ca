import { expect, test } from 'vitest';
import { incidentEventName, incidentInstants, incidentState, type IncidentEventName, type IncidentState } from '../incident-contract.ts';
import { hasReached, incidentTransition, instantOf, isOver, wantsReason, type Target } from './incident-machine.ts';

const events = [
  'accept',
  'reject',
  'file',
  'dispatch',
  'unit-acknowledged',
  'unit-en-route',
  'unit-on-scene',
  'returned',
  'control',
  'resolve',
  'verify',
  'rework',
  'close',
  'reopen',
  'suspend',
  'extend',
  'transfer',
  'void',
  'merge',
  'unmerge',
] as const satisfies readonly IncidentEventName[];
type Cells = readonly (Target | null)[];

const no = null;
// prettier-ignore
const table: readonly [IncidentState, Cells][] = [
  //              accept      reject      file     dispatch      acknowledged    en-route   on-scene   returned control       resolve     verify       rework        close     reopen      suspend extend  transfer       void      merge        unmerge
  ['reported',     ['accepted', 'rejected', no,      'dispatched', no,             no,        no,        no,      no,           no,         no,          no,           no,       no,         no,     'stay', no,            'voided', 'duplicate', no]],
  ['accepted',     [no,         'rejected', 'filed', 'dispatched', no,             no,        no,        no,      no,           no,         no,          no,           no,       no,         'stay', 'stay', 'transferred', 'voided', 'duplicate', no]],
  ['filed',        [no,         no,         no,      'dispatched', no,             no,        no,        no,      no,           'resolved', no,          no,           no,       no,         'stay', 'stay', 'transferred', 'voided', 'merged',    no]],
  ['dispatched',   [no,         no,         no,      'stay',       'acknowledged', 'enRoute', 'onScene', 'filed', 'controlled', 'resolved', no,          no,           no,       no,         'stay', 'stay', 'transferred', 'voided', 'merged',    no]],
  ['acknowledged', [no,         no,         no,      'stay',       'stay',         'enRoute', 'onScene', 'filed', 'controlled', 'resolved', no,          no,           no,       no,         'stay', 'stay', 'transferred', 'voided', 'merged',    no]],
  ['enRoute',      [no,         no,         no,      'stay',       'stay',         'stay',    'onScene', 'filed', 'controlled', 'resolved', no,          no,           no,       no,         'stay', 'stay', 'transferred', 'voided', 'merged',    no]],
  ['onScene',      [no,         no,         no,      'stay',       'stay',         'stay',    'stay',    'filed', 'controlled', 'resolved', no,          no,           no,       no,         'stay', 'stay', 'transferred', 'voided', 'merged',    no]],
  ['controlled',   [no,         no,         no,      'stay',       'stay',         'stay',    'stay',    no,      no,           'resolved', no,          no,           no,       no,         'stay', 'stay', 'transferred', 'voided', 'merged',    no]],
  ['resolved',     [no,         no,         no,      'dispatched', 'stay',         'stay',    'stay',    no,      no,           'stay',     'verifying', 'dispatched', 'closed', no,         no,     'stay', no,            'voided', 'merged',    no]],
  ['verifying',    [no,         no,         no,      no,           'stay',         'stay',    'stay',    no,      no,           no,         no,          'dispatched', 'closed', no,         no,     'stay', no,            'voided', 'merged',    no]],
  ['closed',       [no,         no,         no,      no,           no,             no,        no,        no,      no,           no,         no,          no,           no,       'filed',    no,     no,     no,            no,       no,          no]],
  ['rejected',     [no,         no,         no,      no,           no,             no,        no,        no,      no,           no,         no,          no,           no,       'reported', no,     no,     no,            no,       no,          no]],
  ['transferred',  [no,         no,         no,      no,           no,             no,        no,        no,      no,           no,         no,          no,           no,       'accepted', no,     no,     no,            no,       no,          no]],
  ['voided',       [no,         no,         no,      no,           no,             no,        no,        no,      no,           no,         no,          no,           no,       'reported', no,     no,     no,            no,       no,          no]],
  ['duplicate',    [no,         no,         no,      no,           no,             no,        no,        no,      no,           no,         no,          no,           no,       no,         no,     no,     no,            no,       no,          'back']],
  ['merged',       [no,         no,         no,      no,           no,             no,        no,        no,      no,           no,         no,          no,           no,       no,         no,     no,     no,            no,       no,          'back']],
];

test('the table has every state and every event', () => {
  expect(table.map(([state]) => state).toSorted()).toEqual([...incidentState.options].toSorted());
  expect([...events, 'resume'].toSorted()).toEqual([...incidentEventName.options].toSorted());
});

test.each(table)('%s', (state, cells) => {
  expect(cells).toHaveLength(events.length);
  expect(events.map((event) => incidentTransition(state, false, event))).toEqual(cells);
  expect(incidentTransition(state, false, 'resume')).toBeNull();
});

test.each(table)('%s, suspended', (state, cells) => {
  // Only what puts it aside or takes it up again, and what nobody can keep units from telling.
  const still: readonly IncidentEventName[] = [
    'unit-acknowledged',
    'unit-en-route',
    'unit-on-scene',
    'transfer',
    'void',
    'merge',
    'unmerge',
  ];
  expect(events.map((event) => incidentTransition(state, true, event))).toEqual(
    cells.map((cell, index) => (still.includes(events[index]!) ? cell : null)),
  );
  // What can be suspended can be resumed.
  const resumable = cells[events.indexOf('suspend')] === 'stay';
  expect(incidentTransition(state, true, 'resume')).toBe(resumable ? 'stay' : null);
});

test('nothing leads out of what is over but to open it again', () => {
  for (const state of incidentState.options) {
    const possible = incidentEventName.options.filter((event) => incidentTransition(state, false, event) !== null);
    expect(isOver(state)).toBe(possible.every((event) => event === 'reopen' || event === 'unmerge'));
  }
});

test('each instant from T2 to T11 is written by one event', () => {
  const written = Object.values(instantOf);
  expect(new Set(written).size).toBe(written.length);
  expect(['reported', 'answered', ...written].toSorted()).toEqual(Object.keys(incidentInstants.shape).toSorted());
});

test('what somebody will ask about wants a reason', () => {
  expect([...wantsReason].toSorted()).toEqual(['extend', 'merge', 'reject', 'reopen', 'returned', 'rework', 'suspend', 'transfer', 'void']);
});

test.each<[IncidentState, IncidentState, boolean]>([
  ['reported', 'reported', true],
  ['reported', 'accepted', false],
  ['dispatched', 'filed', true],
  ['closed', 'resolved', true],
  ['rejected', 'reported', false],
  ['merged', 'reported', false],
])('%s has reached %s: %s', (state, step, expected) => {
  expect(hasReached(state, step)).toBe(expected);
});
