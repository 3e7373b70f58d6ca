import { expect, test } from 'vitest';
import { nowhere } from '../../../main/contract/place.ts';
import { taskBoard, type ShownTask, type ShownUnit, type TaskIncident } from './task-board.ts';

const task = (id: string, state: ShownTask['state'], more: Partial<ShownTask> = {}): ShownTask => ({
  id: id as ShownTask['id'],
  incident: 'i1' as ShownTask['incident'],
  unit: `u-${id}` as ShownTask['unit'],
  title: '赶赴现场',
  state,
  place: nowhere,
  dueAt: null,
  history: [],
  simulated: false,
  drill: false,
  ...more,
});
const unit = (id: string, state: ShownUnit['state'], more: Partial<ShownUnit> = {}): [string, ShownUnit] => [
  id,
  { id: id as ShownUnit['id'], number: `JX-${id}`, name: `队 ${id}`, state, stateAt: 50, task: null, queued: [], drill: false, ...more },
];
const incidents = new Map<string, TaskIncident>([['i1', { id: 'i1' as TaskIncident['id'], number: '2026-1', level: 'II' }]]);
const step = (state: ShownTask['state'], at: number) =>
  ({ state, at, by: 'x', source: 'field', text: null, lat: null, lon: null, photo: null }) as ShownTask['history'][number];
const board = (tasks: readonly ShownTask[], units: readonly [string, ShownUnit][] = []) =>
  taskBoard(tasks, new Map(units), incidents, 1000);

test('late first, then who has not answered, then by how far they are and how long; drills last', () => {
  const tasks = [
    task('drill', 'sent', { drill: true }),
    task('there', 'onScene'),
    task('under-way', 'enRoute'),
    task('answered', 'accepted'),
    task('sent-new', 'sent', { history: [step('sent', 900)] }),
    task('sent-old', 'sent', { history: [step('sent', 100)] }),
    task('late', 'onScene', { dueAt: 999 }),
    task('over', 'done'),
    task('no', 'refused'),
    task('back', 'cancelled'),
  ];
  expect(board(tasks).rows.map(({ id }) => id)).toEqual(['late', 'sent-old', 'sent-new', 'answered', 'under-way', 'there', 'drill']);
});

test('since when counts from the last time that it came into this state', () => {
  const history = [step('sent', 100), step('accepted', 200), step('enRoute', 300)];
  expect(board([task('a', 'enRoute', { history })]).rows).toMatchObject([{ since: 300 }]);
  expect(board([task('a', 'enRoute')], [unit('u-a', 'enRoute')]).rows).toMatchObject([{ since: 50 }]);
});

test('what waits behind another task is counted at its unit, and has no row', () => {
  const units = [unit('u', 'enRoute', { task: 'first' as never, queued: ['second', 'third'] as never })];
  const of = { unit: 'u' as never };
  const { rows } = board([task('first', 'enRoute', of), task('second', 'sent', of), task('third', 'sent', of)], units);
  expect(rows).toMatchObject([{ id: 'first', unit: { name: '队 u', queued: 2 }, incident: { number: '2026-1', level: 'II' } }]);
});

test('a unit or an incident that cannot be seen from here leaves its task there', () => {
  expect(board([task('a', 'sent', { incident: 'far' as never })]).rows).toMatchObject([{ unit: null, incident: null }]);
});

test('units without a task are counted as those that could go and those that could not', () => {
  const units = [
    unit('1', 'available'),
    unit('2', 'returning'),
    unit('3', 'outOfService'),
    unit('4', 'unavailable'),
    unit('5', 'onScene', { task: 'x' as never }),
    unit('6', 'available', { drill: true }),
  ];
  expect(board([], units)).toMatchObject({ available: 2, away: 2 });
});
